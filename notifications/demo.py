"""The subscribers of the sample company: invented people at addresses that exist nowhere (RFC 2606)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from sqlmodel import col, select

from notifications import fanout, subscriber_file
from notifications.models import Fanout
from registry import clock, published
from registry.models import Event
from registry.settings import Settings
from registry.work import Work

PEOPLE = (
    ("ana.horvat@retailer.example", "en"),
    ("datenschutz@klinik.example", "de"),
    ("einkauf@maschinenbau.example", "de"),
    ("privacy@university.example", "en"),
    ("security@bank.example", "en"),
)
_CONFIRMED_BEFORE = timedelta(days=60)
Begin = Callable[[datetime], AbstractContextManager[Work]]


def load(begin: Begin, now: datetime, settings: Settings) -> None:
    """Add subscribers to all registers. Only the newest announcement is still to be told, and never over a real relay.

    `begin(instant)` opens a unit of work that acts at that instant and commits.
    """
    with begin(now) as work:
        subscriber_file.read(work, settings, _file(work, now - _CONFIRMED_BEFORE))
        newest = work.session.exec(select(Event.id).order_by(col(Event.id).desc()).limit(1)).first()
        for event_id in fanout.unfinished(work):
            if settings.smtp_url or event_id != newest:
                work.session.add(Fanout(event_id=event_id, started_at=now, finished_at=now))


def _file(work: Work, confirmed_at: datetime) -> bytes:
    slugs = " ".join(register.slug for register in published.registers(work))
    stamp = clock.stamp(confirmed_at)
    lines = [",".join(subscriber_file.COLUMNS)]
    lines += [f"{email},{slugs},{language},immediate,{stamp},sample" for email, language in PEOPLE]
    return "\n".join(lines).encode()
