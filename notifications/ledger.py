"""The steps of a delivery as rows: claimed, begun, ended. What is sent twice or not at all is decided here.

A row is claimed with a lease. Before anything of it is sent, a `started` attempt is committed. A lease that runs out
without one is claimed again; with one, the message may have gone out, so the row becomes `uncertain` and is left to a
person. A worker that wakes up late finds its lease gone and sends nothing.
"""

import hashlib
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import SQLModel

from notifications import outbox
from notifications.messages import Addressed, Letter
from notifications.models import (
    ACCEPTED,
    CANCELLED,
    DEFERRED,
    FAILED,
    QUEUED,
    SENDING,
    STARTED,
    UNCERTAIN,
)
from registry.work import Work

LEASE = timedelta(minutes=2)
GIVE_UP_AFTER = timedelta(days=3)
_FIRST_DELAY, _LONGEST_DELAY = timedelta(minutes=5), timedelta(hours=6)
_MOST_AT_ONCE = 1_000

_ROWS = SQLModel.metadata.tables["delivery"]
_STEPS = SQLModel.metadata.tables["attempt"]


def claim(work: Work, worker: str, *, most: int) -> list[Addressed]:
    """Lease up to `most` queued deliveries to a worker, mail people wait for first.

    One statement on both databases; rows that another worker is about to take are passed over, not waited for.
    """
    due = (
        select(_ROWS.c.id)
        .where(_ROWS.c.state == QUEUED)
        .order_by(_ROWS.c.precedence, _ROWS.c.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    taken = (
        update(_ROWS)
        .where(_ROWS.c.id.in_(select(due.c.id)))
        .values(state=SENDING, lease_by=worker, lease_until=work.now + LEASE)
        .returning(*_ROWS.c)
    )
    rows = sorted(work.session.execute(taken), key=lambda row: (row.precedence, row.id))
    return [Addressed.of(row) for row in rows]


def start(work: Work, worker: str, delivery: Addressed, letter: Letter) -> bool:
    """Write down that a message is about to be sent; false when it must not be (lease gone, recipient erased)."""
    begun = (
        update(_ROWS)
        .where(*_held(worker, delivery.id), _ROWS.c.state == SENDING, _ROWS.c.recipient != "")
        .values(
            tries=_ROWS.c.tries + 1,
            lease_until=work.now + LEASE,
            message_id=letter.message_id,
            rendered_sha256=letter.rendered_sha256,
        )
    )
    if not _changed(work, begun):
        return False
    _step(work, delivery.id, STARTED)
    return True


def accepted(work: Work, worker: str, delivery: Addressed, *, code: int, reply: str, server: str) -> None:
    """The far end took the message."""
    if _end(work, worker, delivery, ACCEPTED):
        _step(work, delivery.id, ACCEPTED, code=code, reply=_anonymous(reply, delivery), server=server)


def failed(work: Work, worker: str, delivery: Addressed, *, permanent: bool, reply: str) -> None:
    """The far end did not take it: for good, or until a later try. After three days every failure is for good."""
    spent = work.now - delivery.queued_at >= GIVE_UP_AFTER
    words = _anonymous(reply, delivery)
    if permanent or spent:
        outcome, values = FAILED, {}
    else:
        tries = work.session.execute(select(_ROWS.c.tries).where(_ROWS.c.id == delivery.id)).scalar_one()
        outcome, values = DEFERRED, {"next_at": work.now + delay(tries, delivery.id)}
    if _end(work, worker, delivery, outcome, **values):
        _step(work, delivery.id, outcome, code=_code(reply), reply=words)


def relay_failed(work: Work, worker: str, delivery: Addressed, *, reply: str, again_in: timedelta) -> None:
    """The relay is in trouble: this try does not count against the recipient."""
    if work.now - delivery.queued_at >= GIVE_UP_AFTER:
        failed(work, worker, delivery, permanent=True, reply=reply)
        return
    if _end(work, worker, delivery, DEFERRED, next_at=work.now + again_in, tries=_ROWS.c.tries - 1):
        _step(work, delivery.id, DEFERRED, code=_code(reply), reply=_anonymous(reply, delivery))


def uncertain(work: Work, worker: str, delivery: Addressed, *, reply: str) -> None:
    """The message may have been taken or not. It is never sent again by itself."""
    if _end(work, worker, delivery, UNCERTAIN):
        _step(work, delivery.id, UNCERTAIN, reply=_anonymous(reply, delivery))


def cancel(work: Work, worker: str, delivery: Addressed) -> None:
    """There is nobody left to send it to."""
    _end(work, worker, delivery, CANCELLED)


def cancel_if_erased(work: Work, worker: str, delivery: Addressed) -> None:
    """The same, if its owner left after it was claimed."""
    erased = (*_held(worker, delivery.id), _ROWS.c.state == SENDING, _ROWS.c.recipient == "")
    work.session.execute(update(_ROWS).where(*erased).values(state=CANCELLED, lease_by=None, lease_until=None))


def give_back(work: Work, worker: str, deliveries: Iterable[Addressed]) -> None:
    """Return claimed deliveries that were not begun to the queue."""
    ids = [delivery.id for delivery in deliveries]
    mine = (_ROWS.c.id.in_(ids), _ROWS.c.lease_by == worker, _ROWS.c.state == SENDING)
    work.session.execute(update(_ROWS).where(*mine).values(state=QUEUED, lease_by=None, lease_until=None))


def recover(work: Work) -> tuple[int, int]:
    """See to leases that ran out; gives how many rows went back to the queue and how many became uncertain."""
    expired = (
        select(_ROWS.c.id)
        .where(_ROWS.c.state == SENDING, _ROWS.c.lease_until < work.now)
        .order_by(_ROWS.c.lease_until)
        .limit(_MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    ids = list(work.session.execute(expired).scalars())
    last = select(func.max(_STEPS.c.id)).where(_STEPS.c.delivery_id.in_(ids)).group_by(_STEPS.c.delivery_id)
    begun = select(_STEPS.c.delivery_id).where(_STEPS.c.id.in_(last), _STEPS.c.outcome == STARTED)
    unsure = set(work.session.execute(begun).scalars())
    back = [one for one in ids if one not in unsure]
    work.session.execute(
        update(_ROWS).where(_ROWS.c.id.in_(back)).values(state=QUEUED, lease_by=None, lease_until=None)
    )
    # The lease keeps its holder's name: should that worker still be alive, it may say how its message ended.
    work.session.execute(update(_ROWS).where(_ROWS.c.id.in_(unsure)).values(state=UNCERTAIN, lease_until=None))
    for delivery_id in sorted(unsure):
        _step(work, delivery_id, UNCERTAIN, reply="The worker stopped before the answer was heard.")
    _forget_recipients(work, unsure)
    return len(back), len(unsure)


def requeue_due(work: Work) -> int:
    """Put deferred deliveries whose time has come back into the queue; how many."""
    due = (
        select(_ROWS.c.id)
        .where(_ROWS.c.state == DEFERRED, _ROWS.c.next_at <= work.now)
        .order_by(_ROWS.c.next_at)
        .limit(_MOST_AT_ONCE)
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
    again = update(_ROWS).where(_ROWS.c.id.in_(select(due.c.id))).values(state=QUEUED, next_at=None)
    return _changed(work, again)


def delay(tries: int, delivery_id: int) -> timedelta:
    """How long to wait after the n-th try: 5 minutes, doubling up to 6 hours, give or take a quarter.

    The quarter follows from the delivery's id, so that a thousand failures do not come back in one second and a
    test sees the same delays every time.
    """
    digest = hashlib.sha256(f"{delivery_id}:{tries}".encode()).digest()
    spread = 0.75 + int.from_bytes(digest[:4], "big") / 2**33
    doubled = min(_FIRST_DELAY * 2 ** max(0, min(tries, 20) - 1), _LONGEST_DELAY)
    return timedelta(seconds=int(doubled.total_seconds() * spread))


def _end(work: Work, worker: str, delivery: Addressed, state: str, **values: Any) -> bool:
    """Settle a row that is still ours; a row whose owner left meanwhile is not tried again."""
    ended = {"state": state, "lease_by": None, "lease_until": None, **values}
    held = (*_held(worker, delivery.id), _ROWS.c.state.in_((SENDING, UNCERTAIN)))
    if not _changed(work, update(_ROWS).where(*held).values(ended)):
        return False
    if state == DEFERRED:
        erased = (_ROWS.c.id == delivery.id, _ROWS.c.recipient == "")
        work.session.execute(update(_ROWS).where(*erased).values(state=CANCELLED, next_at=None))
    elif delivery.message in outbox.FORGOTTEN_AFTERWARDS:
        _forget_recipients(work, [delivery.id])
    return True


def _forget_recipients(work: Work, ids: Iterable[int]) -> None:
    done = (_ROWS.c.id.in_(list(ids)), _ROWS.c.message.in_(sorted(outbox.FORGOTTEN_AFTERWARDS)))
    work.session.execute(update(_ROWS).where(*done).values(recipient=""))


def _held(worker: str, delivery_id: int) -> tuple[Any, ...]:
    return _ROWS.c.id == delivery_id, _ROWS.c.lease_by == worker


def _changed(work: Work, statement: Any) -> int:
    result: Any = work.session.execute(statement)
    return int(result.rowcount)


def _step(
    work: Work, delivery_id: int, outcome: str, *, code: int | None = None, reply: str = "", server: str = ""
) -> None:
    row = {"delivery_id": delivery_id, "at": work.now, "outcome": outcome, "code": code, "reply": reply}
    work.session.execute(_STEPS.insert().values(**row, server=server))


def _anonymous(reply: str, delivery: Addressed) -> str:
    """The far end's words without the address, so that the ledger need not change when its owner is erased."""
    return re.sub(re.escape(delivery.recipient), "recipient", reply, flags=re.IGNORECASE)[:500]


def _code(reply: str) -> int | None:
    found = re.match(r"[245]\d\d\b", reply)
    return int(found[0]) if found else None
