"""When a dated row holds, and what a moved date means on the day of a publication.

Both dates of a row are inclusive; an open one is null. A row never holds outside the entry or location it belongs
to, so its own span is cut to that of its holder, and a date that only follows the holder's is no change of its own.
"""

from datetime import date, timedelta
from typing import Literal, NamedTuple

from registry.snapshot import Dated


class Span(NamedTuple):
    """ISO civil dates, both inclusive, null when open. They compare as strings."""

    starts_on: str | None
    ends_on: str | None


ALWAYS = Span(None, None)


class Shift(NamedTuple):
    """What the dates of a row mean: it comes, leaves, or a plan for it is moved, withdrawn or put right.

    `field` is null when the row itself comes or goes (it goes also when its last day is announced). `sooner` is true
    when a start was brought forward.
    """

    what: Literal["added", "removed", "moved", "withdrawn", "corrected"]
    effective_on: date
    field: str | None = None
    before: str | None = None
    after: str | None = None
    sooner: bool = False


def span(row: Dated, within: Span) -> Span:
    """When a row holds, cut to the span of what it belongs to."""
    starts = [day for day in (row["starts_on"], within.starts_on) if day]
    ends = [day for day in (row["ends_on"], within.ends_on) if day]
    return Span(max(starts, default=None), min(ends, default=None))


def ended(held: Span, on: date) -> bool:
    """Whether the last day was before `on`."""
    return held.ends_on is not None and held.ends_on < on.isoformat()


def arrival(row: Dated, within: Span, on: date) -> Shift:
    """A row that was not there: it takes effect on its own date, but not before what it belongs to."""
    return Shift("added", _begins(row, within, on))


def departure(row: Dated, within: Span, on: date) -> Shift | None:
    """A row that is no longer there. None when it had ended: its removal was told when the end was set."""
    held = span(row, within)
    if ended(held, on):
        return None
    if _future(held.starts_on, on):
        return Shift("withdrawn", on)
    if held.ends_on is None:
        return Shift("removed", on)
    last_day = (on - timedelta(days=1)).isoformat()
    return Shift("moved", on, "ends_on", held.ends_on, last_day)


def shifts(rows: tuple[Dated, Dated], within: tuple[Span, Span], on: date) -> list[Shift]:
    """What the dates of one row, in the two publications, say; `within` are the spans it belongs to in each."""
    before, after = span(rows[0], within[0]), span(rows[1], within[1])
    if before == after:
        return []
    if ended(before, on) and not ended(after, on):
        return [Shift("added", change_day(after, on))]
    found = []
    if _moved(before.starts_on, after.starts_on, within[0].starts_on, within[1].starts_on):
        found.append(_start(rows, (before, after), _begins(rows[1], within[1], on), on))
    if _moved(before.ends_on, after.ends_on, within[0].ends_on, within[1].ends_on):
        found.append(_end(before.ends_on, after.ends_on, on))
    return found


def change_day(held: Span, on: date) -> date:
    """When an edit of a row takes effect: at publication, or with the row when that is still to come."""
    return no_earlier(on, held)


def no_earlier(day: date, held: Span) -> date:
    """A day, or the first one of a span when that is later."""
    return date.fromisoformat(max(day.isoformat(), held.starts_on or ""))


def _moved(before: str | None, after: str | None, held_before: str | None, held_after: str | None) -> bool:
    return before != after and (before, after) != (held_before, held_after)


def _start(rows: tuple[Dated, Dated], held: tuple[Span, Span], effective_on: date, on: date) -> Shift:
    own = rows[0]["starts_on"], rows[1]["starts_on"]
    before, after = own if own[0] != own[1] else (held[0].starts_on, held[1].starts_on)
    planned = held[0].starts_on if _future(held[0].starts_on, on) else None
    if planned is None and not _future(held[1].starts_on, on):
        return Shift("corrected", on, "starts_on", before, after)
    sooner = planned is not None and effective_on.isoformat() < planned
    return Shift("moved", effective_on, "starts_on", before, after, sooner)


def _end(before: str | None, after: str | None, on: date) -> Shift:
    if before is None and after is not None:
        return Shift("removed", _day_after(after))
    if after is None:
        return Shift("withdrawn", on, "ends_on", before)
    if before is not None and before < on.isoformat():
        return Shift("corrected", on, "ends_on", before, after)
    return Shift("moved", _day_after(after), "ends_on", before, after)


def _begins(row: Dated, within: Span, on: date) -> date:
    """The row's own date wins over the day of publication; without one it begins at once, in its holder's time."""
    day = row["starts_on"] or on.isoformat()
    return date.fromisoformat(max(day, within.starts_on or day))


def _future(day: str | None, on: date) -> bool:
    return day is not None and day > on.isoformat()


def _day_after(day: str) -> date:
    last = date.fromisoformat(day)
    return last if last == date.max else last + timedelta(days=1)
