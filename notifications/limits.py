"""How many mails somebody may have sent by typing addresses into a form: few per address, more per source."""

from datetime import timedelta

from sqlalchemy import delete, func
from sqlmodel import col, select

from notifications.models import MailRequest
from registry import throttle
from registry.errors import Problem
from registry.work import Work

PER_ADDRESS, ADDRESS_SPAN = 3, timedelta(hours=24)
PER_SOURCE, SOURCE_SPAN = 20, timedelta(hours=1)


def take_turn(work: Work, *, address_hash: str, source: str) -> bool:
    """Count a request; false when this address has had its share and must not be mailed again today.

    A source is an IPv4 address or an IPv6 /64. Raises Problem("unavailable", "too-many-requests") when it has used up
    its share of this hour, whatever addresses it typed; so neither answer tells whether an address is known.
    """
    by_source = throttle.source(source)
    throttle.queue_up(work, f"mail:{by_source}")
    if _count(work, by_source, SOURCE_SPAN) >= PER_SOURCE:
        message = "Too many requests came from your network. Please try again in an hour."
        raise Problem("unavailable", "too-many-requests", message)
    allowed = _count(work, f"address:{address_hash}", ADDRESS_SPAN) < PER_ADDRESS
    for subject in (by_source, f"address:{address_hash}") if allowed else (by_source,):
        work.session.add(MailRequest(subject=subject, at=work.now))
    work.session.flush()
    return allowed


def forget_old(work: Work) -> None:
    """Delete counts that no limit looks at any more."""
    work.session.execute(delete(MailRequest).where(col(MailRequest.at) < work.now - max(ADDRESS_SPAN, SOURCE_SPAN)))


def _count(work: Work, subject: str, span: timedelta) -> int:
    recent = col(MailRequest.at) > work.now - span
    return work.session.exec(select(func.count()).where(MailRequest.subject == subject, recent)).one()
