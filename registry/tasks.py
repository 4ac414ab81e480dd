"""What waits for somebody: how each register stands between the working copy and its last publication."""

from dataclasses import dataclass
from datetime import datetime

from registry import diff, published, publishing, snapshot
from registry.models import Register, Revision
from registry.work import Work
from registry.working_copy import working_document


@dataclass(frozen=True)
class Standing:
    """How one register stands. `revision` is the open proposal; `differs` says the working copy is other than
    what is published and what is proposed."""

    register: Register
    number: int
    published_at: datetime | None
    entries: int
    revision: Revision | None
    approved: bool
    differs: bool
    changes: int


@dataclass(frozen=True)
class TaskLine:
    """One line of the task list: what to do, where, and why."""

    words: str
    address: str
    why: str = ""
    state: str = ""
    tone: str = "plain"


def standings(work: Work) -> list[Standing]:
    """How every register stands, in the order of the page."""
    return [_standing(work, register) for register in published.registers(work)]


def _standing(work: Work, register: Register) -> Standing:
    latest = published.latest(work, register)
    revision = publishing.open_revision(work, register)
    working = working_document(work, register)
    raw = snapshot.canonical(working)
    differs = raw not in (latest.raw if latest else b"", revision.document if revision else b"")
    before = latest.document if latest else None
    changes = diff.compare(before, working, on=published.today(work, register)) if differs else []
    return Standing(
        register=register,
        number=latest.number if latest else 0,
        published_at=latest.published_at if latest else None,
        entries=len(working["entries"]),
        revision=revision,
        approved=revision is not None and publishing.is_approved(work, revision),
        differs=differs,
        changes=len(changes),
    )
