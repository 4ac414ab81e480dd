"""What a register announces: the days to come on which the list becomes another one, and what changes on each.

Read off the dated rows of one document, so that something announced long ago is still there, and something whose day
has come is not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar, cast

from registry import diff, snapshot, wording
from registry.pages.words import ONE_DAY, Reader, entry_turning_points
from registry.snapshot import Dated, Document, Entry

_Row = TypeVar("_Row", bound=Dated)


@dataclass(frozen=True)
class AnnouncedDay:
    """A day to come, and in a sentence each what changes on it."""

    on: str
    day: str
    headlines: tuple[str, ...]


def announced(document: Document, reader: Reader) -> tuple[AnnouncedDay, ...]:
    """The days after the reader's on which something changes, the nearest first."""
    turning: dict[date, list[Entry]] = {}
    for entry in document["entries"]:
        for day in {day for day in entry_turning_points(entry) if day > reader.today}:
            turning.setdefault(day, []).append(entry)
    found = (_announced_day(day, turning[day], document, reader) for day in sorted(turning))
    return tuple(day for day in found if day.headlines)


def in_effect(document: Document, entries: Iterable[Entry], on: date) -> Document:
    """The document with only those of `entries`, and of their rows, that hold on a day.

    They hold, so their dates are taken off: a comparison must not take what was to end for something told before.
    """
    held = [_held_entry(entry, on) for entry in _held(entries, on)]
    return cast(Document, {**document, "entries": held})


def _announced_day(day: date, entries: list[Entry], document: Document, reader: Reader) -> AnnouncedDay:
    before, after = in_effect(document, entries, day - ONE_DAY), in_effect(document, entries, day)
    known = wording.Known.of(before, after)
    changes = [change.as_json() for change in diff.compare(before, after, on=day)]
    headlines = tuple(wording.headline(change, reader.voice, known=known) for change in changes)
    return AnnouncedDay(day.isoformat(), reader.day(day), headlines)


def _held(rows: Iterable[_Row], on: date) -> list[_Row]:
    held = (row for row in rows if snapshot.status(row, on) == "in-effect")
    return [cast(_Row, {**row, "starts_on": None, "ends_on": None}) for row in held]


def _held_entry(entry: Entry, on: date) -> Entry:
    locations = [{**row, "mechanisms": _held(row["mechanisms"], on)} for row in _held(entry["locations"], on)]
    purposes, categories = _held(entry["purposes"], on), _held(entry["data_categories"], on)
    held = {**entry, "purposes": purposes, "data_categories": categories, "locations": locations}
    return cast(Entry, held)
