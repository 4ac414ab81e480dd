"""Reading the log of who did what. Every act of the record writes one line with itself (`Work.record`)."""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from registry.models import LogEntry
from registry.work import Work

PER_PAGE = 50

WORDS = {
    "assessment.added": "added a transfer impact assessment",
    "list.imported": "imported a list",
    "assessment.saved": "changed a transfer impact assessment",
    "entries.ordered": "put the entries of a register in order",
    "entry.added": "added an entry",
    "entry.removed": "removed an entry",
    "entry.saved": "changed an entry",
    "password-link.made": "made a link that sets a password",
    "password-link.used": "set a password by link",
    "password.changed": "changed their password",
    "password.set": "set a password",
    "publisher.saved": "changed what is said of the company",
    "publication.published": "published",
    "register.added": "added a register",
    "register.hidden": "hid a register",
    "register.saved": "changed the settings of a register",
    "register.shown": "showed a register again",
    "registers.ordered": "changed the order of the registers",
    "revision.approved": "approved a proposal",
    "revision.proposed": "proposed a revision",
    "revision.refused": "refused a proposal",
    "revision.withdrawn": "withdrew a proposal",
    "session.closed": "signed out",
    "session.opened": "signed in",
    "session.refused": "was refused: wrong password or no access",
    "session.revoked": "ended a session",
    "sessions.revoked": "ended sessions",
    "subscriber.erased": "erased a subscriber",
    "user.added": "added a person",
    "user.changed": "changed a person",
    "user.disabled": "took somebody's access away",
    "user.enabled": "gave somebody their access back",
    "working-copy.restored": "loaded a publication back into the working copy",
}
_FOR_PROGRAMS = frozenset({"assessment", "entry", "revision"})  # ids, kept for whoever must be certain


@dataclass(frozen=True)
class Page:
    """Some lines of the log, newest first; `more` says that older ones follow."""

    lines: list[dict[str, Any]]
    more: bool


def read(work: Work, *, page: int = 1, actor: str = "", register_id: str | None = None) -> Page:
    """A page of the log, of one actor or one register if asked."""
    query = select(LogEntry).order_by(col(LogEntry.at).desc(), col(LogEntry.id).desc())
    if actor:
        query = query.where(LogEntry.actor == actor)
    if register_id:
        query = query.where(LogEntry.register_id == register_id)
    rows = work.session.exec(query.offset((page - 1) * PER_PAGE).limit(PER_PAGE + 1)).all()
    return Page([_line(row) for row in rows[:PER_PAGE]], len(rows) > PER_PAGE)


def actors(work: Work) -> list[str]:
    """Everybody who stands in the log, by name."""
    return sorted(work.session.exec(select(LogEntry.actor).distinct()), key=str.casefold)


def _line(row: LogEntry) -> dict[str, Any]:
    shown = [
        (name.replace("_", " "), _words(value))
        for name, value in row.detail.items()
        if value not in (None, "") and name not in _FOR_PROGRAMS
    ]
    return {
        "at": row.at,
        "actor": row.actor,
        "act": WORDS.get(row.action, row.action.replace(".", ": ").replace("-", " ")),
        "subject": row.subject,
        "register_id": row.register_id,
        "detail": shown,
    }


def _words(value: Any) -> str:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(item, str) for item in value):
        return " → ".join(item or "(empty)" for item in value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
