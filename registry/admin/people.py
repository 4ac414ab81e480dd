"""The people with access: who they are, their role, and the ends of their sessions. For owners."""

from collections.abc import Mapping
from typing import Any

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import accounts, schemas, web
from registry.admin import DONE, blueprint
from registry.errors import Problem
from registry.models import User
from registry.schemas_people import ChangedPersonSchema, PersonSchema, person

DONE |= {
    "person-added": "The person has been added and can sign in now.",
    "person-disabled": "This person has no access any more.",
    "person-enabled": "This person has access again.",
    "person-sessions-ended": "All sessions of this person have ended.",
}
ROLES = (
    ("owner", "Owner: everything, also people and registers"),
    ("editor", "Editor: edit, propose, review, publish"),
    ("reviewer", "Reviewer: read, approve or refuse proposals"),
    ("viewer", "Viewer: read"),
)
_Answer = str | tuple[str, int] | Response


@blueprint.get("/people")
@web.requires("manage")
def people() -> str:
    """Everybody, those without access last."""
    rows = [_row(found) for found in accounts.users(web.current_work())]
    return render_template("admin/people.html", people=rows)


@blueprint.get("/people/new")
@web.requires("manage")
def person_new() -> str:
    return _new_form({"role": "editor"}, {})


@blueprint.post("/people")
@web.requires("manage")
def person_add() -> _Answer:
    """Add somebody: with a password the owner passes on, or with a link that is shown once."""
    values, work = person(request.form), web.current_work()
    try:
        added = accounts.add_user(work, **schemas.load(PersonSchema(), values))
    except Problem as problem:
        if problem.code not in ("invalid", "conflict"):
            raise
        return _new_form(values, problem.fields), web.STATUS[problem.code]
    if not values["password"]:
        return _link_page(added)
    return redirect(url_for("admin.person_page", user_id=added.id, done="person-added"), 303)


@blueprint.get("/people/<user_id>")
@web.requires("manage")
def person_page(user_id: str) -> str:
    return _page(accounts.user(web.current_work(), user_id), None, {})


@blueprint.post("/people/<user_id>")
@web.requires("manage")
def person_save(user_id: str) -> _Answer:
    work = web.current_work()
    found, values = accounts.user(work, user_id), person(request.form)
    try:
        accounts.change_user(work, found, **schemas.load(ChangedPersonSchema(), values))
    except Problem as problem:
        return _page(found, values, problem.fields or {"role": [problem.message]}), web.STATUS[problem.code]
    return redirect(url_for("admin.person_page", user_id=user_id, done="saved"), 303)


@blueprint.post("/people/<user_id>/link")
@web.requires("manage")
def person_link(user_id: str) -> _Answer:
    """A link with which somebody sets a new password, shown this once."""
    return _link_page(accounts.user(web.current_work(), user_id))


@blueprint.post("/people/<user_id>/disabled")
@web.requires("manage")
def person_disable(user_id: str) -> _Answer:
    work = web.current_work()
    found = accounts.user(work, user_id)
    try:
        accounts.disable(work, found)
    except Problem as problem:
        return _page(found, None, {"role": [problem.message]}), web.STATUS[problem.code]
    return redirect(url_for("admin.person_page", user_id=user_id, done="person-disabled"), 303)


@blueprint.post("/people/<user_id>/enabled")
@web.requires("manage")
def person_enable(user_id: str) -> _Answer:
    work = web.current_work()
    accounts.enable(work, accounts.user(work, user_id))
    return redirect(url_for("admin.person_page", user_id=user_id, done="person-enabled"), 303)


@blueprint.post("/people/<user_id>/sessions/end")
@web.requires("manage")
def person_sessions_end(user_id: str) -> _Answer:
    work = web.current_work()
    accounts.revoke_all(work, accounts.user(work, user_id))
    return redirect(url_for("admin.person_page", user_id=user_id, done="person-sessions-ended"), 303)


def _new_form(values: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    return render_template("admin/person_new.html", values=values, errors=errors, roles=ROLES)


def _page(found: User, values: Mapping[str, Any] | None, errors: Mapping[str, list[str]]) -> str:
    sessions = accounts.sessions(web.current_work(), found)
    return render_template(
        "admin/person.html",
        person=_row(found),
        values=values or {"name": found.name, "role": found.role},
        errors=errors,
        roles=ROLES,
        sessions=[{"seen_at": row.seen_at, "address": row.address, "agent": row.agent} for row in sessions],
    )


def _row(found: User) -> dict[str, Any]:
    return {
        "id": found.id,
        "email": found.email,
        "name": found.name,
        "role": found.role,
        "disabled": found.disabled_at is not None,
        "invited": not found.password_hash,
        "created_at": found.created_at,
    }


def _link_page(found: User) -> Response:
    """The link stands on this page alone; nothing keeps it."""
    settings = web.current_settings()
    token = accounts.make_link(web.current_work(), found, settings.secret_key)
    address = settings.base_url + url_for("admin.password_link", token=token)
    return make_response(render_template("admin/person_link.html", person=_row(found), address=address))
