"""The admin pages: one blueprint, a module for each group of pages, the shell they share.

Templates extend `admin/base.html`, set `section` to a key of `NAVIGATION`, and use the macros of `admin/parts/`.
After an act a page redirects with `?done=<key>`; the shell says the sentence that `DONE` has for it.
"""

from datetime import datetime

from flask import Blueprint, current_app, request, url_for

from registry import accounts, clock, text, web

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

# Key, label, endpoint, permission. A page that is not there, or not for this person, has no link.
NAVIGATION = (
    ("home", "Tasks", "admin.home", "view"),
    ("registers", "Registers", "admin.registers", "view"),
    ("assessments", "Assessments", "admin.assessments", "view"),
    ("proposals", "Proposals", "admin.proposals", "view"),
    ("subscribers", "Subscribers", "notify_admin.subscribers", "view"),
    ("deliveries", "Deliveries", "notify_admin.deliveries", "view"),
    ("publisher", "Company", "admin.publisher", "view"),
    ("people", "People", "admin.people", "manage"),
    ("log", "Log", "admin.log", "view"),
)
DONE = {"saved": "Saved.", "deleted": "Deleted."}


@blueprint.app_template_global("may")
def may(permission: str) -> bool:
    """Whether the person signed in may do this."""
    return accounts.may(web.current_user(), permission)


@blueprint.app_template_global("has_view")
def has_view(endpoint: str) -> bool:
    """Whether there is such a page."""
    return endpoint in current_app.view_functions


@blueprint.app_template_global("admin_navigation")
def navigation() -> list[tuple[str, str, str]]:
    """Key, label and address of the pages in the head of every admin page."""
    shown = [row for row in NAVIGATION if has_view(row[2]) and may(row[3])]
    return [(key, label, url_for(endpoint)) for key, label, endpoint, _permission in shown]


@blueprint.app_template_global("done_message")
def done_message() -> str:
    """What the act before this page did, in a sentence; empty when there was none."""
    return DONE.get(request.args.get("done", ""), "")


@blueprint.app_template_filter("stamp")
def stamp(at: datetime) -> str:
    """An instant for machines."""
    return clock.stamp(at)


@blueprint.app_template_filter("instant")
def instant(at: datetime, zone: str = "UTC") -> str:
    """An instant for the readers of these pages."""
    return text.format_instant(at, zone, "en")


@blueprint.before_request
def _note_use() -> None:
    """Sessions show when they were last used to do something; looking writes nothing."""
    if web.current_user() is not None and request.method not in ("GET", "HEAD", "OPTIONS"):
        accounts.touch(web.current_work(), request.cookies.get(web.SESSION_COOKIE, ""))


# Each page module puts its views on the blueprint, so it must be there before they are read.
from registry.admin import (  # noqa: E402
    assessments,
    entries,
    entry_page,
    home,
    log,
    people,
    proposals,
    publisher,
    registers,
    sign_in,
)

__all__ = [
    "assessments",
    "blueprint",
    "entries",
    "entry_page",
    "home",
    "log",
    "people",
    "proposals",
    "publisher",
    "registers",
    "sign_in",
]
