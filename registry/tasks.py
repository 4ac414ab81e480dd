"""What waits for somebody: how each register stands between the working copy and its last publication."""

from dataclasses import dataclass
from datetime import datetime

from registry import published, publishing
from registry.models import Register, Revision
from registry.work import Work


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
    pending = publishing.pending(work, register)
    latest, revision = pending.latest, publishing.open_revision(work, register)
    differs = pending.differs and (revision is None or pending.raw != revision.document)
    return Standing(
        register=register,
        number=latest.number if latest else 0,
        published_at=latest.published_at if latest else None,
        entries=len(pending.document["entries"]),
        revision=revision,
        approved=revision is not None and publishing.is_approved(work, revision),
        differs=differs,
        changes=len(pending.changes) if differs else 0,
    )
