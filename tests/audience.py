"""Subscribers and notices for tests, made by the verbs that people use."""

import re
from collections.abc import Sequence
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from notifications import subscriptions, tokens
from notifications.models import Attempt, Delivery, Subscriber
from registry.models import Register
from registry.published import Published
from registry.settings import Settings
from registry.work import PUBLIC, Work, begin
from tests import records

SOURCE = "192.0.2.7"


def published_register(work: Work, slug: str = "general", **given: Any) -> Register:
    """A register whose first publication was a baseline: nobody is told of it."""
    register = records.add_register(work, slug, **given)
    records.add_entry(work, register, "Example Hosting GmbH")
    records.publish(work, register, baseline=True)
    return register


def announce(work: Work, register: Register, name: str = "Sample Analytics B.V.", **given: Any) -> Published:
    """A publication with one addition, in effect from 22 December 2026 unless given otherwise."""
    records.add_entry(work, register, name, **{"starts_on": "2026-12-22", **given})
    return records.publish(work, register)


def ask(work: Work, settings: Settings, email: str = "ana@customer.example", **given: Any) -> None:
    """Ask for mail as somebody does on the page."""
    defaults: dict[str, Any] = {"registers": ["general"], "language": "en", "source": SOURCE}
    subscriptions.request(work, settings, email=email, **{**defaults, **given})


def subscribe(work: Work, settings: Settings, email: str = "ana@customer.example", **given: Any) -> Subscriber:
    """A confirmed subscriber. The source differs by address, so that no limit is met."""
    ask(work, settings, email, **{"source": f"10.{len(email)}.{hash_of(email)}", **given})
    subscriber = by_email(work, email)
    return subscriptions.confirm(work, settings, confirm_token(settings, subscriber), source=SOURCE)


def hash_of(email: str) -> str:
    """Two numbers that follow from an address."""
    return f"{sum(email.encode()) % 250}.{len(email) * 7 % 250}"


def by_email(work: Work, email: str) -> Subscriber:
    return work.session.exec(select(Subscriber).where(Subscriber.email == email)).one()


def confirm_token(settings: Settings, subscriber: Subscriber, email: str = "") -> str:
    address = tokens.address_hash(settings.secret_key, email or subscriber.email)
    return tokens.make(settings.secret_key, tokens.CONFIRM, subscriber.id, address=address)


def leave_token(settings: Settings, subscriber: Subscriber) -> str:
    return tokens.make(settings.secret_key, tokens.LEAVE, subscriber.id)


def many(engine: Engine, settings: Settings, count: int, *, now: datetime, register_id: str) -> list[str]:
    """That many confirmed subscribers at once, without the mails a real confirmation takes."""
    from notifications.models import Choice

    emails = [f"person{number:04}@customer.example" for number in range(count)]
    with begin(engine, now=now, actor=PUBLIC) as work:
        rows = [
            Subscriber(
                email=email,
                address_hash=tokens.address_hash(settings.secret_key, email),
                requested_at=now,
                confirmed_at=now,
            )
            for email in emails
        ]
        work.session.add_all(rows)
        work.session.flush()
        work.session.add_all(Choice(register_id=register_id, subscriber_id=row.id) for row in rows)
    return emails


def queued(work: Work) -> list[tuple[str, str]]:
    """Message and recipient of everything that waits, in the order it was made."""
    rows = work.session.exec(select(Delivery).where(Delivery.state == "queued").order_by(col(Delivery.id)))
    return [(row.message, row.recipient) for row in rows]


def states(engine: Engine, now: datetime) -> dict[str, int]:
    """How many deliveries are in each state."""
    found: dict[str, int] = {}
    with begin(engine, now=now, actor=PUBLIC, write=False) as work:
        for row in work.session.exec(select(Delivery)):
            found[row.state] = found.get(row.state, 0) + 1
    return found


def deliveries(engine: Engine, now: datetime) -> dict[str, Delivery]:
    """The deliveries by recipient."""
    with begin(engine, now=now, actor=PUBLIC, write=False) as work:
        return {row.recipient: row for row in work.session.exec(select(Delivery).order_by(col(Delivery.id)))}


def steps(engine: Engine, now: datetime, recipient: str) -> list[tuple[str, int | None, str]]:
    """Outcome, code and reply of every step for a recipient, in order."""
    query = select(Attempt).join(Delivery, col(Delivery.id) == col(Attempt.delivery_id))
    with begin(engine, now=now, actor=PUBLIC, write=False) as work:
        rows = work.session.exec(query.where(Delivery.recipient == recipient).order_by(col(Attempt.id)))
        return [(row.outcome, row.code, row.reply) for row in rows]


def written(folder: Path) -> list[EmailMessage]:
    """The mails in an outbox folder, by file name."""
    return [parsed(path.read_bytes()) for path in sorted((folder / "outbox").glob("*.eml"))]


def parsed(raw: bytes) -> EmailMessage:
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


def plain(message: EmailMessage) -> str:
    return part(message, "plain")


def part(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))  # type: ignore[arg-type]
    assert body is not None
    return str(body.get_content())


def links(text: str) -> Sequence[str]:
    """The paths of our own addresses in a text, in order."""
    return re.findall(r"http://localhost(/\S*)", text)
