"""From an event to one delivery per recipient, by INSERT … SELECT. Killed anywhere, a second run gives the same rows.

Each step adds a chunk of recipients in the order of their ids and notes how far it came in the same transaction; a
delivery that exists already is left alone. Who counts is settled by the instant the fan-out of the event began.
"""

from typing import Any

from sqlalchemy import func, literal
from sqlalchemy import select as sql
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel, col, select

from notifications import outbox
from notifications.models import IN_TURN, QUEUED, Choice, Fanout, Subscriber, Suppression
from registry.models import Event, Publication
from registry.work import Work

CHUNK = 5_000
"""Recipients a step adds: on SQLite other writers wait for less than a tenth of a second meanwhile."""

_DELIVERY = SQLModel.metadata.tables["delivery"]


def unfinished(work: Work) -> list[int]:
    """Events that have not all their deliveries yet, oldest first."""
    query = (
        select(Event.id)
        .join(Fanout, col(Fanout.event_id) == col(Event.id), isouter=True)
        .where(col(Fanout.finished_at).is_(None))
        .order_by(col(Event.id))
    )
    return [event_id for event_id in work.session.exec(query) if event_id is not None]


def step(work: Work, event_id: int, *, chunk: int = CHUNK) -> bool:
    """Add the next chunk of an event's deliveries; true when that was the last.

    A publication that is not announced (a baseline, or nothing but quiet changes) gets none.
    """
    fanout = _locked(work, event_id)
    if fanout.finished_at is not None:
        return True
    event = work.session.get_one(Event, event_id)
    reached = _end_of_chunk(work, event, fanout, chunk) if _is_told(work, event) else None
    if reached is None:
        fanout.finished_at = work.now
    else:
        fanout.recipients += _insert(work, event, fanout, reached)
        fanout.reached = reached
    work.session.add(fanout)
    work.session.flush()
    return reached is None


def _locked(work: Work, event_id: int) -> Fanout:
    """The mark of this event, made if need be, and ours until the step is over."""
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"event_id": event_id, "started_at": work.now, "reached": "", "recipients": 0}
    work.session.execute(dialect.insert(Fanout).values(row).on_conflict_do_nothing())
    query = select(Fanout).where(Fanout.event_id == event_id).with_for_update()
    return work.session.exec(query.execution_options(populate_existing=True)).one()


def _is_told(work: Work, event: Event) -> bool:
    if event.kind != "published":
        return False
    return work.session.get_one(Publication, event.publication_id).announced


def _in_scope(event: Event, fanout: Fanout, *columns: Any) -> Any:
    """Confirmed subscribers of the register after the last one reached, without those that must not be mailed."""
    suppressed = sql(col(Suppression.address_hash)).where(
        col(Suppression.address_hash) == col(Subscriber.address_hash),
    )
    return (
        sql(*columns)
        .select_from(Subscriber)
        .join(Choice, col(Choice.subscriber_id) == col(Subscriber.id))
        .where(
            col(Choice.register_id) == event.register_id,
            col(Choice.subscriber_id) > fanout.reached,
            col(Subscriber.confirmed_at) <= fanout.started_at,
            ~suppressed.exists(),
        )
    )


def _end_of_chunk(work: Work, event: Event, fanout: Fanout, chunk: int) -> str | None:
    ids = _in_scope(event, fanout, col(Choice.subscriber_id)).order_by(col(Choice.subscriber_id)).limit(chunk)
    last: str | None = work.session.execute(sql(func.max(ids.subquery().c.subscriber_id))).scalar_one()
    return last


def _insert(work: Work, event: Event, fanout: Fanout, reached: str) -> int:
    """One statement for the whole chunk; gives the number of new rows."""
    values: dict[str, Any] = {
        "event_id": literal(event.id),
        "channel": literal("mail"),
        "message": literal(outbox.NOTICE),
        "subscriber_id": col(Subscriber.id),
        "recipient": col(Subscriber.email),
        "address_hash": col(Subscriber.address_hash),
        "language": col(Subscriber.language),
        "precedence": literal(IN_TURN),
        "state": literal(QUEUED),
        "queued_at": literal(work.now, type_=_DELIVERY.c.queued_at.type),
        "tries": literal(0),
    }
    rows = _in_scope(event, fanout, *values.values()).where(col(Choice.subscriber_id) <= reached)
    dialect = postgresql if work.session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(_DELIVERY).from_select(list(values), rows, include_defaults=False)
    counted = statement.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    done: Any = work.session.execute(counted)
    return int(done.rowcount)
