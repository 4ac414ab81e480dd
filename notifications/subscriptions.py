"""Asking for mail, confirming, changing and leaving: what a subscriber may do, and nothing about how it is shown.

No answer reveals whether an address is known (the mail that follows says it to its owner alone). Nothing is sent to
an address that has not confirmed, except the request to confirm.
"""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete
from sqlmodel import col, select

from notifications import consent, limits, outbox, suppression, tokens
from notifications.models import Choice, Subscriber
from registry import published, throttle
from registry.errors import Problem
from registry.models import Register
from registry.settings import Settings
from registry.work import Work


def request(
    work: Work,
    settings: Settings,
    *,
    email: str,
    registers: Sequence[str],
    language: str,
    source: str,
    form: str = "page",
) -> None:
    """Ask for mail about registers (slugs): the address gets a mail with a button to confirm.

    Somebody already confirmed gets a link to their page instead, a suppressed address nothing; the caller cannot
    tell which. Raises Problem("invalid") for registers nobody can choose, Problem("unavailable",
    "too-many-requests") when this source has asked for too many mails.
    """
    chosen = choosable(work, registers)
    address_hash = tokens.address_hash(settings.secret_key, email)
    throttle.queue_up(work, f"subscribe:{address_hash}")
    if not limits.take_turn(work, address_hash=address_hash, source=source) or not suppression.may_be_asked(
        work, address_hash
    ):
        return
    subscriber = _with_hash(work, address_hash)
    if subscriber is not None and subscriber.confirmed_at is not None:
        _queue(work, settings, subscriber, outbox.ALREADY_SUBSCRIBED)
        return
    if subscriber is None:
        subscriber = Subscriber(email=email, address_hash=address_hash, requested_at=work.now)
    subscriber.email, subscriber.language, subscriber.form = email, language, form
    subscriber.requested_at, subscriber.requested_from = work.now, source
    subscriber.consent_version = consent.VERSION
    work.session.add(subscriber)
    choose(work, subscriber, chosen)
    _queue(work, settings, subscriber, outbox.CONFIRMATION)


def awaiting(work: Work, settings: Settings, token: str) -> Subscriber:
    """Whom a confirmation link belongs to: a request, or the correction of an address.

    Raises Problem("not_found", "link-unknown") for a link we did not make, or whose request is gone.
    """
    subscriber = work.session.get(Subscriber, tokens.subscriber_id(token))
    if subscriber is None or not (
        _is_for(settings, token, subscriber.address_hash) or _is_move(settings, token, subscriber)
    ):
        raise _no_such_link()
    return subscriber


def confirm(work: Work, settings: Settings, token: str, *, source: str) -> Subscriber:
    """Confirm a request or a corrected address; a second time changes nothing. Raises Problem("not_found")."""
    _take_turn(work, tokens.subscriber_id(token))
    subscriber = awaiting(work, settings, token)
    if _is_move(settings, token, subscriber):
        _move(work, settings, subscriber, source)
    elif subscriber.confirmed_at is None:
        subscriber.confirmed_at, subscriber.confirmed_from = work.now, source
        suppression.lift(work, subscriber.address_hash)
        asked_at, asked_from = subscriber.requested_at, subscriber.requested_from
        consent.record(work, settings, subscriber, act=consent.REQUESTED, source=asked_from, at=asked_at)
        consent.record(work, settings, subscriber, act=consent.CONFIRMED, source=source)
    return subscriber


def managed(work: Work, settings: Settings, token: str) -> Subscriber:
    """Whose page a link opens. Raises Problem("not_found", "link-unknown")."""
    subscriber = work.session.get(Subscriber, tokens.subscriber_id(token))
    address = subscriber.address_hash if subscriber else ""
    if not tokens.holds(settings.secret_key, tokens.MANAGE, token, address=address) or subscriber is None:
        raise _no_such_link()
    return subscriber


def change(
    work: Work, settings: Settings, subscriber: Subscriber, *, registers: Sequence[str], language: str, source: str
) -> None:
    """Set which registers a subscriber hears about, and in which language. Raises Problem("invalid")."""
    chosen = choosable(work, registers)
    before = consent.chosen_slugs(work, subscriber), subscriber.language
    subscriber.language = language
    choose(work, subscriber, chosen)
    if before != (consent.chosen_slugs(work, subscriber), language):
        consent.record(work, settings, subscriber, act=consent.CHANGED, source=source)


def change_address(work: Work, settings: Settings, subscriber: Subscriber, *, email: str, source: str) -> None:
    """Correct the address: it counts once the new one has confirmed; until then mail goes to the old one.

    Raises Problem("unavailable", "too-many-requests").
    """
    address_hash = tokens.address_hash(settings.secret_key, email)
    if address_hash == subscriber.address_hash:
        subscriber.email = email  # only its capitals differ
        return
    subscriber.pending_email, subscriber.pending_at = email, work.now
    work.session.add(subscriber)
    allowed = limits.take_turn(work, address_hash=address_hash, source=source)
    if allowed and suppression.may_be_asked(work, address_hash):
        asked = {"email": email, "language": subscriber.language, "subscriber_id": subscriber.id}
        outbox.queue(work, settings, outbox.ADDRESS_CHANGE, **asked)


def leave(work: Work, settings: Settings, token: str, *, source: str) -> None:
    """Leave, at once and for all registers. Again and again is fine. Raises Problem("not_found") for a false link."""
    require_leave_link(settings, token)
    subscriber = _take_turn(work, tokens.subscriber_id(token))
    if subscriber is None:
        return
    email, language, gone = subscriber.email, subscriber.language, subscriber.id
    remove(work, settings, subscriber, reason=suppression.LEFT, source=source)
    outbox.queue(work, settings, outbox.GOODBYE, email=email, language=language, subscriber_id=gone)


def require_leave_link(settings: Settings, token: str) -> None:
    """Raises Problem("not_found", "link-unknown") unless we made this link for leaving."""
    if not tokens.holds(settings.secret_key, tokens.LEAVE, token):
        raise _no_such_link()


def remove(work: Work, settings: Settings, subscriber: Subscriber, *, reason: str, source: str = "") -> None:
    """Forget a subscriber: the address goes everywhere, the ledger and a suppression keep its keyed hash."""
    hashes = {subscriber.address_hash}
    if subscriber.pending_email:
        pending = tokens.address_hash(settings.secret_key, subscriber.pending_email)
        outbox.forget_unconfirmed(work, subscriber.id, pending)
    if subscriber.confirmed_at is not None:
        hashes |= {line.address_hash for line in consent.lines(work, subscriber.id)}
        consent.record(work, settings, subscriber, act=consent.WITHDRAWN, source=source)
    for address_hash in sorted(hashes):
        outbox.forget(work, address_hash)
    suppression.add(work, subscriber.address_hash, reason)
    work.session.delete(subscriber)
    work.session.flush()


def erase(work: Work, settings: Settings, subscriber: Subscriber, *, source: str) -> None:
    """Erase a subscription at its owner's wish; nothing more is sent, not even a receipt."""
    if _take_turn(work, subscriber.id) is None:
        return
    remove(work, settings, subscriber, reason=suppression.ERASED, source=source)


def erase_address(work: Work, settings: Settings, email: str) -> bool:
    """Erase what is held of an address, known or not, and never mail it again. Whether there was a subscriber."""
    address_hash = tokens.address_hash(settings.secret_key, email)
    subscriber = _with_hash(work, address_hash)
    if subscriber is not None:
        remove(work, settings, subscriber, reason=suppression.ERASED)
    else:
        outbox.forget(work, address_hash)
        suppression.add(work, address_hash, suppression.ERASED)
    work.record("subscriber.erased", subject=address_hash)
    return subscriber is not None


def purge(work: Work, settings: Settings) -> int:
    """Delete what was never confirmed within settings.unconfirmed_days, and old counts; how many requests went."""
    limits.forget_old(work)
    before = work.now - timedelta(days=settings.unconfirmed_days)
    stale = select(Subscriber).where(col(Subscriber.confirmed_at).is_(None), Subscriber.requested_at < before)
    gone = work.session.exec(stale).all()
    for subscriber in gone:
        outbox.forget_unconfirmed(work, subscriber.id, subscriber.address_hash)
        work.session.delete(subscriber)
    moved = select(Subscriber).where(col(Subscriber.pending_at) < before)
    for subscriber in work.session.exec(moved):
        pending = tokens.address_hash(settings.secret_key, subscriber.pending_email)
        outbox.forget_unconfirmed(work, subscriber.id, pending)
        subscriber.pending_email, subscriber.pending_at = "", None
    work.session.flush()
    return len(gone)


def choosable(work: Work, slugs: Sequence[str]) -> list[Register]:
    """The public registers behind slugs. Raises Problem("invalid") when there is none, or one nobody can choose."""
    public = {register.slug: register for register in published.public_registers(work)}
    if not slugs:
        wrong = "Choose at least one list."
    elif not set(slugs) <= public.keys():
        wrong = "There is no such list."
    else:
        return [register for slug, register in public.items() if slug in slugs]
    raise Problem("invalid", "fields-wrong", wrong, fields={"registers": [wrong]})


def choose(work: Work, subscriber: Subscriber, registers: Sequence[Register]) -> None:
    """Make these the registers of a subscriber, and no others."""
    work.session.flush()
    work.session.execute(delete(Choice).where(col(Choice.subscriber_id) == subscriber.id))
    work.session.add_all(Choice(subscriber_id=subscriber.id, register_id=register.id) for register in registers)
    work.session.flush()


def _move(work: Work, settings: Settings, subscriber: Subscriber, source: str) -> None:
    """Make the pending address the address. Whoever held it before is the same person and is merged in."""
    address_hash = tokens.address_hash(settings.secret_key, subscriber.pending_email)
    other = _with_hash(work, address_hash)
    if other is not None:
        work.session.delete(other)
        work.session.flush()
    subscriber.email, subscriber.address_hash = subscriber.pending_email, address_hash
    subscriber.pending_email, subscriber.pending_at = "", None
    work.session.flush()
    suppression.lift(work, address_hash)
    consent.record(work, settings, subscriber, act=consent.CHANGED, source=source)


def _is_for(settings: Settings, token: str, address_hash: str) -> bool:
    return tokens.holds(settings.secret_key, tokens.CONFIRM, token, address=address_hash)


def _is_move(settings: Settings, token: str, subscriber: Subscriber) -> bool:
    pending = tokens.address_hash(settings.secret_key, subscriber.pending_email) if subscriber.pending_email else ""
    return bool(pending) and _is_for(settings, token, pending)


def _take_turn(work: Work, subscriber_id: str) -> Subscriber | None:
    """Read a subscriber anew and keep others from acting until we are done: a button pressed twice acts once."""
    return work.session.get(Subscriber, subscriber_id, with_for_update=True, populate_existing=True)


def _queue(work: Work, settings: Settings, subscriber: Subscriber, message: str) -> None:
    to = {"email": subscriber.email, "language": subscriber.language, "subscriber_id": subscriber.id}
    outbox.queue(work, settings, message, **to)


def _with_hash(work: Work, address_hash: str) -> Subscriber | None:
    return work.session.exec(select(Subscriber).where(Subscriber.address_hash == address_hash)).first()


def _no_such_link() -> Problem:
    message = "This link is not valid any more. Enter your address on the subscription page to get a new one."
    return Problem("not_found", "link-unknown", message)
