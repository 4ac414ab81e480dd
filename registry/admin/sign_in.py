"""Signing in and out, links that set a password once, and one's own account."""

from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from registry import accounts, web
from registry.admin import DONE, blueprint
from registry.errors import Problem
from registry.models import User

DONE |= {
    "signed-out": "You have signed out.",
    "password-changed": "Your password has been changed. Other sessions of yours have ended.",
    "session-ended": "The session has ended.",
    "sessions-ended": "All your other sessions have ended.",
}


@blueprint.get("/sign-in")
@web.public
def sign_in() -> AnyResponse:
    """The form; who is signed in already goes on."""
    there = _own_path(request.args.get("next", ""))
    if accounts.signed_in(web.current_work(), _token()) is not None:
        return redirect(there, 303)
    return _form({}, there, 200)


@blueprint.post("/sign-in")
@web.public
def sign_in_post() -> AnyResponse:
    there = _own_path(request.form.get("next", ""))
    email, password = request.form.get("email", ""), request.form.get("password", "")
    try:
        token = accounts.sign_in(
            web.current_work(), email, password, hours=_hours(), address=_address(), agent=_agent(), former=_token()
        )
    except Problem as problem:
        web.commit_anyway()
        wait = int(problem.details.get("wait", 0))
        answer = _form({"email": email, "message": problem.message}, there, 429 if wait else 401)
        if wait:
            answer.headers["Retry-After"] = str(wait)
        return answer
    return _with_cookie(redirect(there, 303), token)


@blueprint.post("/sign-out")
@web.requires("view")
def sign_out() -> AnyResponse:
    accounts.sign_out(web.current_work(), _token())
    answer = redirect(url_for("admin.sign_in", done="signed-out"), 303)
    answer.delete_cookie(web.SESSION_COOKIE, path="/admin", httponly=True, samesite="Lax", secure=_secure())
    return answer


@blueprint.get("/password/<token>")
@web.public
def password_link(token: str) -> Response:
    """The page of a link with which somebody sets a password once."""
    person = accounts.user_of_link(web.current_work(), token, web.current_settings().secret_key)
    return _no_store(render_template("admin/password_link.html", email=person.email, errors={}))


@blueprint.post("/password/<token>")
@web.public
def password_link_post(token: str) -> AnyResponse:
    work, secret = web.current_work(), web.current_settings().secret_key
    try:
        person = accounts.use_link(work, token, secret, request.form.get("password", ""))
    except Problem as problem:
        if problem.code != "invalid":
            raise
        email = accounts.user_of_link(work, token, secret).email
        return _no_store(render_template("admin/password_link.html", email=email, errors=problem.fields), 400)
    return _with_cookie(redirect(url_for("admin.home"), 303), _open(person))


@blueprint.get("/account")
@web.requires("view")
def account() -> str:
    """One's own role, password and sessions."""
    return _account({})


@blueprint.post("/account/password")
@web.requires("view")
def account_password() -> AnyResponse:
    work, person, form = web.current_work(), _me(), request.form
    current, new = form.get("current", ""), form.get("password", "")
    try:
        accounts.change_password(work, person, current=current, new=new, token=_token(), address=_address())
    except Problem as problem:
        web.commit_anyway()
        fields = problem.fields or {"current": [problem.message]}
        return _no_store(_account(fields), web.STATUS[problem.code])
    accounts.sign_out(work, _token())
    return _with_cookie(redirect(url_for("admin.account", done="password-changed"), 303), _open(person))


@blueprint.post("/account/sessions/<session>/end")
@web.requires("view")
def session_end(session: str) -> AnyResponse:
    accounts.revoke(web.current_work(), _me(), session)
    return redirect(url_for("admin.account", done="session-ended"), 303)


@blueprint.post("/account/sessions/end-others")
@web.requires("view")
def sessions_end_others() -> AnyResponse:
    accounts.revoke_all(web.current_work(), _me(), but=_token())
    return redirect(url_for("admin.account", done="sessions-ended"), 303)


def _form(values: dict[str, str], there: str, status: int) -> Response:
    return _no_store(render_template("admin/sign_in.html", next=there, **values), status)


def _account(errors: dict[str, list[str]]) -> str:
    rows = [
        {
            "id": row.id,
            "here": row.id == accounts.session_id(_token()),
            "created_at": row.created_at,
            "seen_at": row.seen_at,
            "expires_at": row.expires_at,
            "address": row.address,
            "agent": row.agent,
        }
        for row in accounts.sessions(web.current_work(), _me())
    ]
    rows.sort(key=lambda row: not row["here"])
    return render_template("admin/account.html", sessions=rows, errors=errors)


def _me() -> User:
    person = web.current_user()
    assert person is not None  # the gate of the view has seen to it
    return person


def _open(person: User) -> str:
    work = web.current_work()
    return accounts.open_session(work, person, hours=_hours(), address=_address(), agent=_agent())


def _with_cookie(answer: AnyResponse, token: str) -> AnyResponse:
    """The session goes to the admin pages alone, is out of reach of scripts, and over TLS where we have it."""
    seconds = _hours() * 3600
    answer.set_cookie(
        web.SESSION_COOKIE, token, max_age=seconds, path="/admin", httponly=True, samesite="Lax", secure=_secure()
    )
    return answer


def _own_path(target: str) -> str:
    """A path of the admin pages, never an address elsewhere (`//host`, `/\\host`, `https:…`)."""
    home = url_for("admin.home")
    try:
        parts = urlsplit(target)
    except ValueError:  # such as http://[::1
        return home
    plain = not parts.scheme and not parts.netloc and target.isprintable() and "\\" not in target
    return target if plain and (parts.path == home or parts.path.startswith("/admin/")) else home


def _no_store(body: str, status: int = 200) -> Response:
    answer = make_response(body, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _token() -> str:
    return request.cookies.get(web.SESSION_COOKIE, "")


def _secure() -> bool:
    return web.current_settings().base_url.startswith("https://")


def _hours() -> int:
    return web.current_settings().session_hours


def _address() -> str:
    return request.remote_addr or ""


def _agent() -> str:
    return request.headers.get("User-Agent", "")
