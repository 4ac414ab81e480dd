"""What waits to be sent: putting a message into the outbox, and taking a person out of it."""

from sqlalchemy import update
from sqlmodel import col

from notifications import tokens
from notifications.models import AT_ONCE, CANCELLED, DEFERRED, QUEUED, Delivery
from registry.settings import Settings
from registry.work import Work

CONFIRMATION, ALREADY_SUBSCRIBED = "confirmation", "already-subscribed"
ADDRESS_CHANGE, GOODBYE, TEST, NOTICE = "address-change", "goodbye", "test", "notice"

FORGOTTEN_AFTERWARDS = frozenset({GOODBYE, TEST})
"""Messages whose recipient is emptied once they are done with: no living subscription holds the address."""


def queue(
    work: Work, settings: Settings, message: str, *, email: str, language: str, subscriber_id: str | None = None
) -> Delivery:
    """Add one message that a person waits for; it goes before notices."""
    delivery = Delivery(
        message=message,
        recipient=email,
        address_hash=tokens.address_hash(settings.secret_key, email),
        language=language,
        subscriber_id=subscriber_id,
        precedence=AT_ONCE,
        queued_at=work.now,
    )
    work.session.add(delivery)
    work.session.flush()
    return delivery


def forget(work: Work, address_hash: str) -> None:
    """Cancel what waits for an address and empty it wherever it stands; that something was sent stays on record."""
    theirs = col(Delivery.address_hash) == address_hash
    waiting = col(Delivery.state).in_((QUEUED, DEFERRED))
    work.session.execute(update(Delivery).where(theirs, waiting).values(state=CANCELLED, next_at=None))
    work.session.execute(update(Delivery).where(theirs).values(recipient=""))


def forget_unconfirmed(work: Work, subscriber_id: str, address_hash: str) -> None:
    """The same for an address that never confirmed anything: not even its hash stays."""
    forget(work, address_hash)
    theirs = (col(Delivery.address_hash) == address_hash, col(Delivery.subscriber_id) == subscriber_id)
    work.session.execute(update(Delivery).where(*theirs, col(Delivery.event_id).is_(None)).values(address_hash=""))
