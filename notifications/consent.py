"""Proof of consent (GDPR Art. 7(1)): the texts people agreed to, and the ledger of who agreed to which, when.

What is proved survives erasure: the ledger holds keyed hashes, the plain address and IP go with the subscription.
A request that is never confirmed leaves no line: its facts enter the ledger together with the confirmation.
"""

from datetime import datetime

from sqlmodel import col, select

from notifications import tokens
from notifications.models import Choice, Consent, Subscriber
from registry.models import Register
from registry.settings import Settings
from registry.work import Work

TEXTS = {
    "1": "I want to be told by e-mail about changes to the lists I have chosen. I can leave at any time with the link "
    "that stands in every mail.",
}
"""Every wording that was ever shown, by version. A wording is never changed: a new one gets a new version."""

VERSION = "1"
"""The version shown now."""

REQUESTED, CONFIRMED, CHANGED, WITHDRAWN, IMPORTED = "requested", "confirmed", "changed", "withdrawn", "imported"


def record(
    work: Work, settings: Settings, subscriber: Subscriber, *, act: str, source: str = "", at: datetime | None = None
) -> None:
    """Add a line to the ledger: this subscriber did `act` now (or at `at`), from the IP address `source`."""
    line = Consent(
        subscriber_id=subscriber.id,
        address_hash=subscriber.address_hash,
        act=act,
        registers=chosen_slugs(work, subscriber),
        language=subscriber.language,
        form=subscriber.form,
        consent_version=subscriber.consent_version,
        at=at or work.now,
        source_hash=tokens.source_hash(settings.secret_key, source),
    )
    work.session.add(line)
    work.session.flush()


def lines(work: Work, subscriber_id: str) -> list[Consent]:
    """The ledger of one subscription, oldest first."""
    query = select(Consent).where(Consent.subscriber_id == subscriber_id)
    order = {REQUESTED: 0, CONFIRMED: 1, IMPORTED: 1}
    return sorted(work.session.exec(query), key=lambda line: (line.at, order.get(line.act, 2)))


def chosen_slugs(work: Work, subscriber: Subscriber) -> list[str]:
    """The registers a subscriber has chosen, in the order of the page."""
    query = (
        select(Register.slug)
        .join(Choice, col(Choice.register_id) == col(Register.id))
        .where(Choice.subscriber_id == subscriber.id)
        .order_by(col(Register.position), col(Register.slug))
    )
    return list(work.session.exec(query))
