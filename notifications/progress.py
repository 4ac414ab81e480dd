"""What became of notices: counts, recipients with their attempts, and whether anybody is there to send."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, literal_column
from sqlmodel import col, select

from notifications.models import (
    DEFERRED,
    FAILED,
    QUEUED,
    STARTED,
    STATES,
    UNCERTAIN,
    Attempt,
    Delivery,
    Fanout,
    Heartbeat,
)
from registry import clock
from registry.models import Event, Publication, Register
from registry.published import Published
from registry.work import Work

_WORKER_SILENT = timedelta(seconds=90)
"""A worker says every 15 seconds that it is there; after this long without a word none is."""


@dataclass(frozen=True)
class Sent:
    """A delivery with the steps of its attempts, oldest first."""

    delivery: Delivery
    attempts: tuple[Attempt, ...]

    @property
    def results(self) -> list[Attempt]:
        """What came of each attempt; one that is still under way stands last."""
        last = self.attempts[-1:]
        return [step for step in self.attempts if step.outcome != STARTED or step in last]


@dataclass(frozen=True)
class Announcement:
    """A publication that is told, and how far that has come."""

    slug: str
    number: int
    published_at: datetime
    fanned_out: bool
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def announcements(work: Work, *, most: int = 20) -> list[Announcement]:
    """The newest announced publications of all registers, newest first."""
    query = (
        select(Event, Publication, Register, Fanout)
        .join(Publication, col(Publication.id) == col(Event.publication_id))
        .join(Register, col(Register.id) == col(Event.register_id))
        .join(Fanout, col(Fanout.event_id) == col(Event.id), isouter=True)
        .where(col(Publication.announced))
        .order_by(col(Event.id).desc())
        .limit(most)
    )
    rows = work.session.exec(query).all()
    counted = _counts(work, [event.id for event, *_ in rows if event.id is not None])
    return [
        Announcement(
            register.slug,
            publication.number,
            publication.published_at,
            fanned_out=fanout is not None and fanout.finished_at is not None,
            counts=counted.get(event.id or 0, {}),
        )
        for event, publication, register, fanout in rows
    ]


def counts(work: Work, publication: Published) -> dict[str, int]:
    """How many deliveries of a publication are in each state that occurs."""
    totals: dict[str, int] = {}
    for by_state in _counts(work, _events(work, publication)).values():
        for state, number in by_state.items():
            totals[state] = totals.get(state, 0) + number
    return {state: totals[state] for state in STATES if state in totals}


def deliveries(
    work: Work, publication: Published, *, words: str = "", state: str = "", most: int | None = None, skip: int = 0
) -> list[Sent]:
    """The deliveries of a publication in the order they were made; `words` are part of the recipient's address."""
    query = select(Delivery).where(col(Delivery.event_id).in_(_events(work, publication)))
    if words:
        query = query.where(func.lower(col(Delivery.recipient)).contains(words.lower(), autoescape=True))
    if state:
        query = query.where(Delivery.state == state)
    return with_attempts(work, work.session.exec(query.order_by(col(Delivery.id)).limit(most).offset(skip)).all())


def with_attempts(work: Work, rows: Sequence[Delivery]) -> list[Sent]:
    """Deliveries with their attempts, in the same order."""
    found: dict[int, list[Attempt]] = {}
    for part in _slices([row.id for row in rows if row.id is not None], 500):
        query = select(Attempt).where(col(Attempt.delivery_id).in_(part)).order_by(col(Attempt.id))
        for attempt in work.session.exec(query):
            found.setdefault(attempt.delivery_id, []).append(attempt)
    return [Sent(row, tuple(found.get(row.id or 0, ()))) for row in rows]


def as_json(sent: Sent) -> dict[str, Any]:
    """A delivery as programs read it; the recipient is empty when its owner has left."""
    attempts = [{"at": clock.stamp(one.at), "outcome": one.outcome, "reply": one.reply} for one in sent.results]
    row = sent.delivery
    facts = {"recipient": row.recipient, "channel": row.channel, "state": row.state, "attempts": attempts}
    return {**facts, "message_id": row.message_id, "rendered_sha256": row.rendered_sha256, "language": row.language}


def waiting(work: Work) -> int:
    """How many messages are queued or deferred."""
    query = select(func.count()).select_from(Delivery).where(col(Delivery.state).in_((QUEUED, DEFERRED)))
    return work.session.exec(query).one()


def worker_seen_at(work: Work) -> datetime | None:
    """When a worker was last seen; None when none ever was."""
    return work.session.exec(select(Heartbeat.seen_at).order_by(col(Heartbeat.seen_at).desc()).limit(1)).first()


def worker_problem(work: Work) -> str:
    """Why mail would wait now: no worker has been seen lately. Empty when one is at work."""
    seen = worker_seen_at(work)
    if seen is not None and work.now - seen <= _WORKER_SILENT:
        return ""
    return f"no worker seen since {clock.stamp(seen)}" if seen else "no worker has ever been seen"


def unsettled(work: Work) -> dict[str, int]:
    """How many deliveries of notices have failed or are uncertain, by state: each needs a person."""
    # Written out, not bound: only so does SQLite see that the small index of exactly these rows will do.
    either = col(Delivery.state).in_([literal_column(f"'{state}'") for state in (FAILED, UNCERTAIN)])
    query = select(Delivery.state, func.count()).where(col(Delivery.event_id).is_not(None), either)
    return dict(work.session.exec(query.group_by(col(Delivery.state))).all())


def _events(work: Work, publication: Published) -> list[int]:
    query = select(Event.id).where(Event.publication_id == publication.id)
    return [event_id for event_id in work.session.exec(query) if event_id is not None]


def _counts(work: Work, event_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    query = (
        select(Delivery.event_id, Delivery.state, func.count())
        .where(col(Delivery.event_id).in_(event_ids))
        .group_by(col(Delivery.event_id), col(Delivery.state))
    )
    found: dict[int, dict[str, int]] = {}
    for event_id, state, number in work.session.exec(query):
        found.setdefault(event_id or 0, {})[state] = number
    return {key: {state: by[state] for state in STATES if state in by} for key, by in found.items()}


def _slices(values: list[int], size: int) -> Iterator[list[int]]:
    return (values[start : start + size] for start in range(0, len(values), size))
