"""What every Flask edge shares: one unit of work a request, who may, refusals, the origin check, caching headers.

A view is marked `@public` or `@requires("permission")`; one that says neither answers nobody. Safe methods read
only; an unsafe request commits once when its status is below 400 and leaves no trace otherwise.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, current_app, g, redirect, render_template, request, url_for
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix

from registry import accounts, clock, text
from registry.errors import Problem
from registry.models import User
from registry.settings import Settings
from registry.work import PUBLIC, Actor, Work, open_session

SESSION_COOKIE = "subregistry_session"
STATUS = {"invalid": 400, "unauthenticated": 401, "forbidden": 403, "not_found": 404, "conflict": 409}
_DATA_ENDINGS = (".json", ".csv", ".jsonld", ".md", ".rss", ".atom", ".ics")
_SAFE = ("GET", "HEAD", "OPTIONS")
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
Answer = tuple[str, int] | Response
View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anybody may call this view, without login, cookie or script."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def requires(permission: str) -> Callable[[View], View]:
    """Only a signed-in person whose role has this permission may call this view (see `accounts.PERMISSIONS`)."""

    def mark(view: View) -> View:
        view.access = permission  # type: ignore[attr-defined]
        return view

    return mark


def any_origin(view: View) -> View:
    """Exempt from the origin check: mail providers post one-click unsubscriptions (RFC 8058 section 3.2)."""
    view.any_origin = True  # type: ignore[attr-defined]
    return view


class CleanRequest(Request):
    """A request whose texts hold nothing that can neither be stored nor shown: control characters, lone surrogates."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        return _cleaned(super().args)

    def _load_form_data(self) -> None:
        super()._load_form_data()
        self.__dict__["form"] = _cleaned(self.__dict__["form"])


def install(app: Flask, engine: Engine, settings: Settings, now: Callable[[], datetime] = clock.now) -> None:
    """Give an application its unit of work, its gates and its manner of refusing."""
    app.request_class = CleanRequest
    app.extensions["subregistry"] = {"engine": engine, "settings": settings, "now": now}
    app.config["MAX_CONTENT_LENGTH"] = 4 * 1024 * 1024
    app.config["MAX_FORM_PARTS"] = 20_000
    app.config["MAX_FORM_MEMORY_SIZE"] = 4 * 1024 * 1024
    app.before_request(_enter)
    app.after_request(_leave)
    app.teardown_request(_close)
    app.register_error_handler(Problem, _refuse)
    app.register_error_handler(IntegrityError, _refuse_collision)
    app.register_error_handler(HTTPException, _refuse_http)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    cast(Any, app.jinja_env).install_gettext_callables(
        lambda message: text.translator(language()).gettext(message),
        lambda one, many, count: text.translator(language()).ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals.update(
        language=language, signed_in=current_user, settings=settings, interface_languages=text.languages
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def current_work() -> Work:
    """The unit of work of this request."""
    return cast(Work, g.work)


def current_settings() -> Settings:
    return cast(Settings, current_app.extensions["subregistry"]["settings"])


def current_user() -> User | None:
    """The person signed in to the admin pages, if any."""
    return cast("User | None", g.get("user"))


def language() -> str:
    """The reader's language: `?lang=` first, then Accept-Language, then English."""
    if "language" not in g:
        accepted = request.headers.get("Accept-Language", "")
        g.language = text.negotiate(accepted, request.args.get("lang", ""), text.languages())
    return cast(str, g.language)


def speak(tag: str) -> None:
    """Answer this request in a language of the interface that was chosen otherwise (by what a register exists in)."""
    g.language = tag


def commit_anyway() -> None:
    """Keep what this request wrote although it is answered with a refusal (a failed sign-in is counted)."""
    g.commit_anyway = True


def data(body: bytes, media_type: str) -> Response:
    """A data file or feed as a response; caching headers are added like everywhere."""
    if ";" in media_type:  # it says its parameters itself
        return Response(body, content_type=media_type)
    return Response(body, mimetype=media_type)


def _cleaned(values: MultiDict[str, str]) -> MultiDict[str, str]:
    return ImmutableMultiDict((name, text.clean(value)) for name, value in values.items(multi=True))


def _enter() -> Response | None:
    config = current_app.extensions["subregistry"]
    write = request.method not in _SAFE
    view = current_app.view_functions.get(request.endpoint or "")
    _check_characters()
    _check_host(config["settings"])
    if write and not getattr(view, "any_origin", False):
        _check_origin(request, config["settings"])
    g.session = open_session(config["engine"], write=write)
    g.work = Work(g.session, config["now"](), PUBLIC)
    if view is None or request.endpoint == "static":
        return None
    return _check_access(getattr(view, "access", "nobody"))


def _check_access(access: str) -> Response | None:
    if access == "public":
        return None
    g.user = accounts.signed_in(g.work, request.cookies.get(SESSION_COOKIE, ""))
    if g.user is None:
        if request.method in ("GET", "HEAD") and not _wants_data(request):
            there = request.full_path.rstrip("?")
            return cast(Response, redirect(url_for("admin.sign_in", next=there), 303))
        raise Problem("unauthenticated", "sign-in-first", "Please sign in first.")
    g.work.actor = Actor(g.user.name or g.user.email, g.user.id, g.user.role)
    if not accounts.may(g.user, access):
        raise Problem("forbidden", "not-your-role", f"Your role, {g.user.role}, does not allow this.")
    return None


def _check_characters() -> None:
    """No address of ours holds a NUL, and PostgreSQL refuses to be asked for one."""
    if "\0" in request.path or b"%00" in request.query_string:
        raise Problem("not_found", "page-unknown", "There is no such page.")


def _check_host(settings: Settings) -> None:
    inside = request.path == "/admin" or request.path.startswith("/admin/")
    if inside and settings.admin_host and request.host.split(":")[0] != settings.admin_host.split(":")[0]:
        raise Problem("not_found", "page-unknown", "There is no such page.")


def _check_origin(request: Request, settings: Settings) -> None:
    """Refuse an unsafe request that a browser says comes from another site."""
    if request.headers.get("Sec-Fetch-Site") in ("same-origin", "none"):
        return
    origin = request.headers.get("Origin") or request.headers.get("Referer")
    if origin is None and "Sec-Fetch-Site" not in request.headers:
        return  # not a browser; no cookie of a person's can be ridden
    ours = {request.host.lower(), _site(settings.base_url)}
    if origin is None or _site(origin) not in ours:
        raise Problem("forbidden", "other-origin", "This request came from another site, so it was not carried out.")


def _site(address: str) -> str:
    """Host and port of an address; empty for what is none, such as the origin `null`."""
    try:
        return urlsplit(address).netloc.lower()
    except ValueError:
        return ""


def _leave(response: Response) -> Response:
    if "work" in g and not g.get("finished"):
        g.finished = True
        unsafe = request.method not in _SAFE
        if unsafe and (response.status_code < 400 or g.get("commit_anyway")):
            g.work.commit()
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    view = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "access", "") not in ("", "public"):
        headers["Cache-Control"] = "no-store"
    elif request.method in ("GET", "HEAD") and response.status_code == 200 and request.endpoint != "static":
        return _cacheable(response)
    return response


def _cacheable(response: Response) -> Response:
    """Public answers are revalidated by content: same bytes, same ETag, 304 (RFC 9110 section 13)."""
    response.headers.setdefault("Cache-Control", "public, no-cache")
    response.vary.add("Accept-Language")
    if not response.direct_passthrough and not response.is_streamed:
        response.add_etag()
        response.make_conditional(request)
    return response


def _close(_error: BaseException | None) -> None:
    session = g.pop("session", None)
    if session is not None:
        session.close()


def _refuse(problem: Problem) -> Answer:
    status = STATUS.get(problem.code, 503)
    return _refusal(status, problem.key, problem.message, problem.fields)


def _refuse_collision(error: IntegrityError) -> Answer:
    """The database's own rules caught what two requests did at once, or rows that belong to something else."""
    current_app.logger.warning("collision: %s", error.orig)
    message = "This collides with something saved meanwhile. Nothing was changed: go back, look again, and retry."
    return _refuse(Problem("conflict", "collision", message))


def _refuse_http(error: HTTPException) -> Answer:
    if error.code is None or error.code < 400:
        return cast(Response, error.get_response())
    key = (error.name or "error").lower().replace(" ", "-")
    answer = current_app.make_response(_refusal(error.code, key, error.description or error.name, {}))
    allow = dict(error.get_headers()).get("Allow")
    if allow:
        answer.headers["Allow"] = allow
    return answer


def _refusal(status: int, key: str, message: str, fields: dict[str, list[str]]) -> Answer:
    """A page for people, RFC 9457 problem details for machines."""
    if _wants_data(request):
        body: dict[str, Any] = {"type": f"urn:subregistry:problem:{key}", "title": message, "status": status}
        if fields:
            body["fields"] = fields
        raw = current_app.json.dumps(body)
        return Response(raw, status, mimetype="application/problem+json")
    return render_template("errors/problem.html", status=status, message=message, fields=fields), status


def _wants_data(request: Request) -> bool:
    if request.path.endswith(_DATA_ENDINGS) or request.path.startswith("/api/"):
        return True
    accepted = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return bool(request.headers.get("Accept")) and accepted in ("application/json", "application/problem+json")
