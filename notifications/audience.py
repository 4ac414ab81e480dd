"""Who subscribes: counts for the preview, the list of the admin pages, and what is held of one person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import col, select

from notifications import consent
from notifications.models import Attempt, Choice, Delivery, Subscriber
from registry import clock, published
from registry.errors import Problem
from registry.models import Register
from registry.work import Work


@dataclass(frozen=True)
class Listed:
    """A subscriber as the admin pages list them."""

    subscriber: Subscriber
    registers: tuple[str, ...]


def recipients(work: Work, register: Register) -> dict[str, int]:
    """How many confirmed subscribers a notice of this register goes to, by language, most frequent first."""
    query = (
        select(Subscriber.language, func.count())
        .join(Choice, col(Choice.subscriber_id) == col(Subscriber.id))
        .where(Choice.register_id == register.id, col(Subscriber.confirmed_at).is_not(None))
        .group_by(Subscriber.language)
        .order_by(func.count().desc(), Subscriber.language)
    )
    return dict(work.session.exec(query).all())


def subscriber(work: Work, subscriber_id: str) -> Subscriber:
    """The subscriber of that id. Raises Problem("not_found")."""
    found = work.session.get(Subscriber, subscriber_id)
    if found is None:
        raise Problem("not_found", "subscriber-unknown", "There is no such subscriber.")
    return found


def search(work: Work, words: str = "", *, most: int = 100, skip: int = 0) -> tuple[list[Listed], int]:
    """Subscribers whose address contains `words`, by address, with how many there are in all."""
    found = select(Subscriber)
    counted = select(func.count()).select_from(Subscriber)
    if words:
        contains = func.lower(col(Subscriber.email)).contains(words.lower(), autoescape=True)
        found, counted = found.where(contains), counted.where(contains)
    page = work.session.exec(found.order_by(col(Subscriber.email), col(Subscriber.id)).limit(most).offset(skip)).all()
    slugs = slugs_of(work, [one.id for one in page])
    return [Listed(one, tuple(slugs.get(one.id, ()))) for one in page], work.session.exec(counted).one()


def slugs_of(work: Work, subscriber_ids: Sequence[str]) -> dict[str, list[str]]:
    """The registers (slugs, in the order of the page) of each of these subscribers."""
    query = (
        select(Choice.subscriber_id, Register.slug)
        .join(Register, col(Choice.register_id) == col(Register.id))
        .where(col(Choice.subscriber_id).in_(subscriber_ids))
        .order_by(col(Register.position), col(Register.slug))
    )
    found: dict[str, list[str]] = {}
    for subscriber_id, slug in work.session.exec(query):
        found.setdefault(subscriber_id, []).append(slug)
    return found


def held(work: Work, subscriber: Subscriber) -> dict[str, Any]:
    """Everything held of a subscriber, to be handed to them (GDPR Art. 15 and 20)."""
    confirmed = subscriber.confirmed_at
    return {
        "publisher": published.publisher(work).name,
        "email": subscriber.email,
        "registers": consent.chosen_slugs(work, subscriber),
        "language": subscriber.language,
        "frequency": subscriber.frequency,
        "requested": {"at": clock.stamp(subscriber.requested_at), "from": subscriber.requested_from},
        "confirmed": {"at": clock.stamp(confirmed), "from": subscriber.confirmed_from} if confirmed else None,
        "address_to_be_confirmed": subscriber.pending_email or None,
        "consent": [_line(line.act, clock.stamp(line.at), line) for line in consent.lines(work, subscriber.id)],
        "messages": [_message(work, delivery) for delivery in deliveries_of(work, subscriber)],
    }


def deliveries_of(work: Work, subscriber: Subscriber) -> list[Delivery]:
    """Every message to a subscriber, oldest first."""
    theirs = Delivery.address_hash == subscriber.address_hash
    return list(work.session.exec(select(Delivery).where(theirs).order_by(col(Delivery.id))))


def _line(act: str, at: str, line: Any) -> dict[str, Any]:
    text = consent.TEXTS.get(line.consent_version, "")
    return {
        "act": act,
        "at": at,
        "registers": line.registers,
        "language": line.language,
        "form": line.form,
        "text": text,
    }


def _message(work: Work, delivery: Delivery) -> dict[str, Any]:
    steps = work.session.exec(select(Attempt).where(Attempt.delivery_id == delivery.id).order_by(col(Attempt.id)))
    attempts = [{"at": clock.stamp(step.at), "outcome": step.outcome, "reply": step.reply} for step in steps]
    queued_at = clock.stamp(delivery.queued_at)
    return {"message": delivery.message, "queued_at": queued_at, "state": delivery.state, "attempts": attempts}
