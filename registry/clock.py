"""The only reader of the clock. Everybody else is handed an instant (`work.now`) or asks for a civil date."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def now() -> datetime:
    """The present instant, aware, in UTC, in whole seconds (the precision of everything we publish)."""
    return datetime.now(UTC).replace(microsecond=0)


def civil_date(instant: datetime, zone: str) -> date:
    """The calendar date of an instant in a time zone (IANA name), as a register's deadlines are counted."""
    return instant.astimezone(ZoneInfo(zone)).date()


def stamp(instant: datetime) -> str:
    """An instant as published: RFC 3339 in UTC with whole seconds, `2026-11-22T10:00:00Z`."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_stamp(text: str) -> datetime:
    """The instant behind `stamp`'s text. Raises ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
