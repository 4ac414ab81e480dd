"""Sending what is queued: claim, write down, hand over, write down. The network is never used inside a transaction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Signal

from sqlalchemy import Engine

from notifications import ledger
from notifications.channels import Mailer, OutcomeUnknown, Receipt, RelayUnavailable
from notifications.messages import Addressed, Letter, Writer
from registry.errors import DeliveryFailed
from registry.settings import Settings
from registry.work import WORKER, Work, begin

BATCH = 50
PAUSE = timedelta(seconds=30)
"""How long a message waits when the relay is in trouble; the worker pauses at least as long."""

Settle = Callable[[Work], None]
"""What is left to write down of the message just sent."""


@dataclass
class Round:
    """What one round of sending came to. `relay_failed` says why it was broken off, if it was."""

    taken: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    relay_failed: str = ""

    def count(self, outcome: str) -> None:
        self.counts[outcome] = self.counts.get(outcome, 0) + 1


@dataclass(frozen=True)
class Post:
    """What sending needs: where rows live, who writes and carries letters, whose leases they are, and the time."""

    engine: Engine
    settings: Settings
    writer: Writer
    mailer: Mailer
    worker: str
    now: Callable[[], datetime]
    stop: Signal


def deliver_batch(post: Post, *, most: int = BATCH) -> Round:
    """Send up to `most` queued messages. Stops between two messages when `post.stop` is set or the relay fails."""
    with begin(post.engine, now=post.now(), actor=WORKER) as work:
        ledger.recover(work)
        ledger.requeue_due(work)
        claimed = ledger.claim(work, post.worker, most=most)
    done = Round(taken=len(claimed))
    written = _write(post, claimed, done)
    settle: Settle | None = None
    while written and not post.stop.is_set() and not done.relay_failed:
        delivery, letter = written.pop(0)
        if _begin(post, delivery, letter, settle):
            settle = _hand_over(post, delivery, letter, done)
            if post.settings.mail_rate:
                post.stop.wait(1 / post.settings.mail_rate)
        else:
            settle = None
            done.count("passed over")
    with begin(post.engine, now=post.now(), actor=WORKER) as work:
        if settle:
            settle(work)
        ledger.give_back(work, post.worker, [delivery for delivery, _letter in written])
    return done


def _write(post: Post, claimed: list[Addressed], done: Round) -> list[tuple[Addressed, Letter]]:
    """The letters of a batch; what cannot be written is settled at once."""
    written: list[tuple[Addressed, Letter]] = []
    unwritable: list[Settle] = []
    with begin(post.engine, now=post.now(), actor=WORKER, write=False) as work:
        for delivery in claimed:
            try:
                letter = post.writer.letter(work, delivery)
            except DeliveryFailed as failure:
                done.count("failed")
                unwritable.append(_failure(post, delivery, failure))
                continue
            if letter is None:
                done.count("cancelled")
                unwritable.append(_cancellation(post, delivery))
            else:
                written.append((delivery, letter))
    if unwritable:
        with begin(post.engine, now=post.now(), actor=WORKER) as work:
            for settle in unwritable:
                settle(work)
    return written


def _begin(post: Post, delivery: Addressed, letter: Letter, settle: Settle | None) -> bool:
    """Settle the message before and write down that this one begins, in one transaction."""
    with begin(post.engine, now=post.now(), actor=WORKER) as work:
        if settle:
            settle(work)
        if ledger.start(work, post.worker, delivery, letter):
            return True
        ledger.cancel_if_erased(work, post.worker, delivery)
        return False


def _hand_over(post: Post, delivery: Addressed, letter: Letter, done: Round) -> Settle:
    """Send one message; gives what is to be written down of it, in the transaction that begins the next one."""
    try:
        receipt = post.mailer.send(letter.parcel)
    except OutcomeUnknown as failure:
        done.count("uncertain")
        return _doubt(post, delivery, failure)
    except RelayUnavailable as failure:
        done.relay_failed = failure.reason
        return _trouble(post, delivery, failure)
    except DeliveryFailed as failure:
        done.count("failed" if failure.permanent else "deferred")
        return _failure(post, delivery, failure)
    done.count("accepted")
    return _acceptance(post, delivery, receipt)


def _acceptance(post: Post, delivery: Addressed, receipt: Receipt) -> Settle:
    said = {"reply": f"{receipt.code} {receipt.reply}", "server": receipt.server}
    return lambda work: ledger.accepted(work, post.worker, delivery, code=receipt.code, **said)


def _failure(post: Post, delivery: Addressed, failure: DeliveryFailed) -> Settle:
    return lambda work: ledger.failed(work, post.worker, delivery, permanent=failure.permanent, reply=failure.reply)


def _trouble(post: Post, delivery: Addressed, failure: DeliveryFailed) -> Settle:
    return lambda work: ledger.relay_failed(work, post.worker, delivery, reply=failure.reply, again_in=PAUSE)


def _doubt(post: Post, delivery: Addressed, failure: DeliveryFailed) -> Settle:
    return lambda work: ledger.uncertain(work, post.worker, delivery, reply=failure.reply)


def _cancellation(post: Post, delivery: Addressed) -> Settle:
    return lambda work: ledger.cancel(work, post.worker, delivery)
