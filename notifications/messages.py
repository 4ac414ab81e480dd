"""From a delivery to a letter: which words, which links, which headers, in which envelope."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from typing import Any
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlmodel import col, select

from notifications import consent, notice, outbox, tokens, wire
from notifications.channels import Parcel
from notifications.models import Subscriber
from notifications.rendering import Rendered, render
from registry import published, snapshot
from registry.errors import DeliveryFailed, Problem
from registry.models import Event, Register
from registry.settings import Settings
from registry.wording.phrases import local, voice
from registry.work import Work

_MOST_KEPT = 64


@dataclass(frozen=True)
class Addressed:
    """What a delivery needs to be written: its frozen recipient and language, and what it is about."""

    id: int
    event_id: int | None
    message: str
    subscriber_id: str
    recipient: str
    address_hash: str
    language: str
    queued_at: datetime

    @classmethod
    def of(cls, row: Any) -> "Addressed":
        frozen = (row.recipient, row.address_hash, row.language, row.queued_at)
        return cls(row.id, row.event_id, row.message, row.subscriber_id or "", *frozen)


@dataclass(frozen=True)
class Letter:
    """A delivery written: ready to be handed over, with what the ledger keeps of it."""

    parcel: Parcel
    message_id: str
    rendered_sha256: str


@dataclass(frozen=True)
class _Notice:
    """The notice of an event in one language, and its place among the notices before it."""

    rendered: Rendered
    slug: str
    number: int
    follows: tuple[int, ...]


class Writer:
    """Writes letters; the notice of an event is rendered once for each language and kept."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: dict[tuple[int, str], _Notice] = {}

    def letter(self, work: Work, delivery: Addressed) -> Letter | None:
        """The letter of a delivery; None when there is nobody left to write to, or nothing left to say.

        Raises DeliveryFailed (permanent) when it cannot be written as mail.
        """
        if not delivery.recipient:
            return None
        if delivery.event_id is not None:
            return self._notice_letter(work, delivery, delivery.event_id)
        rendered = personal(work, self._settings, delivery)
        own_id = f"m.{delivery.id}.{tokens.short(self._settings.secret_key, 'message', str(delivery.id))}"
        return self._letter(work, delivery, rendered, own_id, {}) if rendered else None

    def _notice_letter(self, work: Work, delivery: Addressed, event_id: int) -> Letter:
        settings = self._settings
        found = self._notice(work, event_id, delivery.language)
        manage_url, leave_url = links(settings, delivery.subscriber_id, delivery.address_hash)
        rendered = found.rendered.replaced({notice.MANAGE_MARK: manage_url, notice.LEAVE_MARK: leave_url})
        headers = {
            "List-Id": f"<{found.slug}.{_host(settings)}>",
            "List-Unsubscribe": f"<{leave_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "X-Register": found.slug,
            "X-Publication": str(found.number),
        }
        earlier = [f"<{_notice_id(settings, event, delivery)}@{_host(settings)}>" for event in found.follows]
        if earlier:
            headers["References"] = " ".join(earlier)
        return self._letter(work, delivery, rendered, _notice_id(settings, event_id, delivery), headers)

    def _notice(self, work: Work, event_id: int, language: str) -> _Notice:
        if (event_id, language) not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[event_id, language] = _written(work, self._settings, event_id, language)
        return self._kept[event_id, language]

    def _letter(
        self, work: Work, delivery: Addressed, rendered: Rendered, own_id: str, headers: Mapping[str, str]
    ) -> Letter:
        settings = self._settings
        message_id = f"<{own_id}@{_host(settings)}>"
        common = {"Auto-Submitted": "auto-generated", **headers}
        try:
            recipient = _wire_address(settings.mail_only_to or delivery.recipient)
            if settings.mail_only_to:
                common["X-Intended-For"] = _wire_address(delivery.recipient)
            content = wire.to_bytes(
                rendered,
                sender=_sender(work, settings),
                recipient=recipient,
                reply_to=_reply_to(work, settings),
                sent_at=delivery.queued_at,
                message_id=message_id,
                headers=common,
            )
        except (ValueError, EmailNotValidError) as error:
            raise DeliveryFailed(f"This mail cannot be written: {error}", permanent=True) from None
        parcel = Parcel(_envelope_sender(work, settings, delivery), recipient, content, own_id)
        return Letter(parcel, message_id, snapshot.digest(content))


def test_letter(work: Work, settings: Settings, email: str, language: str) -> Letter:
    """A mail that says nothing but that mail arrives. Raises DeliveryFailed when it cannot be written."""
    address_hash = tokens.address_hash(settings.secret_key, email)
    number = int(work.now.timestamp())
    delivery = Addressed(number, None, outbox.TEST, "", email, address_hash, language, work.now)
    letter = Writer(settings).letter(work, delivery)
    if letter is None:
        raise DeliveryFailed("There is nobody to write to.", permanent=True)
    return letter


def links(settings: Settings, subscriber_id: str, address_hash: str) -> tuple[str, str]:
    """The addresses of a subscriber's own page and of leaving."""
    manage = tokens.make(settings.secret_key, tokens.MANAGE, subscriber_id, address=address_hash)
    leave = tokens.make(settings.secret_key, tokens.LEAVE, subscriber_id)
    return f"{settings.base_url}/subscriptions/{manage}", f"{settings.base_url}/subscriptions/{leave}/unsubscribe"


def personal(work: Work, settings: Settings, delivery: Addressed) -> Rendered | None:
    """A message to one person; None when the request or subscription it speaks of is gone."""
    subscriber = work.session.get(Subscriber, delivery.subscriber_id) if delivery.subscriber_id else None
    if subscriber is None and delivery.message not in outbox.FORGOTTEN_AFTERWARDS:
        return None
    confirm = tokens.make(settings.secret_key, tokens.CONFIRM, delivery.subscriber_id, address=delivery.address_hash)
    values: dict[str, Any] = {
        "company": published.publisher(work).name or _host(settings),
        "confirm_url": f"{settings.base_url}/subscriptions/{confirm}/confirmation",
        "manage_url": links(settings, delivery.subscriber_id, delivery.address_hash)[0],
        "subscribe_url": f"{settings.base_url}/subscribe",
        "privacy_url": f"{settings.base_url}/privacy",
        "days": settings.unconfirmed_days,
        "registers": _titles(work, subscriber, delivery.language) if subscriber else [],
    }
    return render(delivery.message, delivery.language, values)


def _written(work: Work, settings: Settings, event_id: int, language: str) -> _Notice:
    event = work.session.get_one(Event, event_id)
    publication = published.with_id(work, event.publication_id)
    rendered = notice.render_notice(notice.told(work, publication), settings, language)
    ids = [one.id for one in notice.first_publications(work, publication)]
    query = select(Event.id).where(col(Event.publication_id).in_(ids)).order_by(col(Event.id))
    follows = tuple(event_id for event_id in work.session.exec(query) if event_id is not None)
    return _Notice(rendered, publication.slug, publication.number, follows)


def _notice_id(settings: Settings, event_id: int, delivery: Addressed) -> str:
    """The left half of a notice's Message-ID: follows from event and recipient, so later notices can refer to it."""
    return f"n.{event_id}.{tokens.short(settings.secret_key, 'notice', f'{event_id}:{delivery.address_hash}')}"


def _titles(work: Work, subscriber: Subscriber, language: str) -> list[str]:
    chosen = consent.chosen_slugs(work, subscriber)
    query = select(Register).where(col(Register.slug).in_(chosen)).order_by(col(Register.position), col(Register.slug))
    return [local(one.title, voice(language, one.prevailing_language)) for one in work.session.exec(query)]


def check_sender(settings: Settings) -> None:
    """Raises Problem("invalid") when MAIL_FROM or MAIL_REPLY_TO is not an address that can stand in a mail."""
    for name, words in (("MAIL_FROM", settings.mail_from), ("MAIL_REPLY_TO", settings.mail_reply_to)):
        try:
            fits = not words or wire.address(words).addr_spec.isascii()
        except ValueError:
            fits = False
        if not fits:
            raise Problem("invalid", "setting-wrong", f"{name}: must be an e-mail address, or a name and <address>")


def _sender(work: Work, settings: Settings) -> Address:
    """MAIL_FROM, or an address at our own host; the company's name stands before an address alone."""
    return wire.address(settings.mail_from or f"notices@{_host(settings)}", name=published.publisher(work).name)


def _reply_to(work: Work, settings: Settings) -> Address | None:
    """Where answers go: MAIL_REPLY_TO, else the company's contact."""
    words = settings.mail_reply_to or published.publisher(work).contact_email
    return wire.address(words) if words else None


def _envelope_sender(work: Work, settings: Settings, delivery: Addressed) -> str:
    """Where a bounce comes back: its own address for each delivery when a bounce domain is set (VERP)."""
    if settings.mail_bounce_domain:
        mark = tokens.short(settings.secret_key, tokens.BOUNCE, str(delivery.id))
        return f"bounce-{delivery.id}-{mark}@{settings.mail_bounce_domain}"
    return _sender(work, settings).addr_spec


def _wire_address(address: str) -> str:
    """An address with its domain in ASCII (RFC 5891); only a name outside ASCII needs SMTPUTF8."""
    if address.isascii():
        return address
    checked = validate_email(address, check_deliverability=False)
    return checked.ascii_email or checked.normalized


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or "localhost"
