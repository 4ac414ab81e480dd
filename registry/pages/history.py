"""What publications changed, as the pages show it: a row of the history, and a comparison in full."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from registry import clock, diff, text, wording
from registry.chain import Link
from registry.diff.kinds import Change
from registry.pages.words import Reader
from registry.snapshot import Document
from registry.wording import particulars
from registry.wording.headlines import ChangeFields, is_entry
from registry.wording.particulars import Pair

_MOST_HEADLINES = 6
_COMING = ("subprocessor-added", "subprocessor-replaced")


@dataclass(frozen=True)
class HistoryRow:
    """One publication. `more` counts the changes beyond `headlines`; `effective` is empty when all hold at once.

    `object_by` is the last day to object to what it announced, in words, and `objectable_on` that day: both are empty
    where nothing owes notice.
    """

    number: int
    day: str
    instant: str
    note: str
    baseline: bool
    title: str
    headlines: tuple[str, ...]
    more: int
    counts: Mapping[str, int]
    earliest_effective_on: date | None
    effective: str
    object_by: str
    objectable_on: date | None
    link: Link


@dataclass(frozen=True)
class ChangeView:
    """One change of a comparison. `details` are label and value."""

    headline: str
    kind: str
    effective: str
    owes_notice: bool
    reason: str
    details: tuple[Pair, ...]


def history_row(
    link: Link,
    after: Document,
    reader: Reader,
    *,
    before: Document | None,
    changes: Sequence[Change],
    note: str,
    baseline: bool,
) -> HistoryRow:
    """A publication with what it changed; `before` is the document of the one before it, None for the first."""
    zone = after["register"]["timezone"]
    instant = clock.parse_stamp(link.published_at)
    earliest = diff.earliest_effective_on(changes)
    published = clock.civil_date(instant, zone)
    last_day = _objectable(changes, published, after["objection_days"]) if before and not baseline else None
    headlines = _headlines(before, after, changes, reader) if before else ()
    return HistoryRow(
        number=link.number,
        day=reader.day(published),
        instant=text.format_instant(instant, zone, reader.interface),
        note=note,
        baseline=baseline,
        title=_title(before, after, changes, reader),
        headlines=headlines[:_MOST_HEADLINES],
        more=max(0, len(headlines) - _MOST_HEADLINES),
        counts=diff.counts(changes),
        earliest_effective_on=earliest,
        effective=reader.day(earliest) if before and earliest and earliest > published else "",
        object_by=_end_of(last_day, zone, reader) if last_day else "",
        objectable_on=last_day,
        link=link,
    )


def change_views(
    before: Document, after: Document, changes: Sequence[Change], reader: Reader
) -> tuple[ChangeView, ...]:
    """Every change of a comparison, in the order given, with its old and new values."""
    known, voice = wording.Known.of(before, after), reader.voice
    views = []
    for change in changes:
        fields = change.as_json()
        views.append(
            ChangeView(
                headline=wording.headline(fields, voice, known=known),
                kind=wording.kind_name(change.kind, voice),
                effective=reader.day(change.effective_on),
                owes_notice=change.owes_notice,
                reason=change.reason,
                details=tuple(_details(change, fields, reader, known)),
            )
        )
    return tuple(views)


def _details(change: Change, fields: ChangeFields, reader: Reader, known: wording.Known) -> list[Pair]:
    """Old and new value; everything that must be known of an entry which comes."""
    pairs = particulars.values(fields, reader.voice, known)
    if change.kind in _COMING and is_entry(change.after):
        pairs += particulars.entry_pairs(change.after, reader.voice, change.effective_on)
    return pairs


def _title(before: Document | None, after: Document, changes: Sequence[Change], reader: Reader) -> str:
    """The changes in a few words; the first publication changed nothing, it is where the list begins."""
    if before:
        return wording.title([change.as_json() for change in changes], reader.voice)
    count = len(after["entries"])
    words = reader.translator.ngettext("First publication: %(num)d entry", "First publication: %(num)d entries", count)
    return words % {"num": count}


def _headlines(before: Document | None, after: Document, changes: Sequence[Change], reader: Reader) -> tuple[str, ...]:
    known = wording.Known.of(before, after)
    return tuple(wording.headline(change.as_json(), reader.voice, known=known) for change in changes)


def _objectable(changes: Sequence[Change], published: date, days: int) -> date | None:
    """The last day to object: so many days after publication, as long as something owes notice (GDPR Art. 28(2))."""
    return published + timedelta(days=days) if diff.owes(changes) else None


def _end_of(day: date, zone: str, reader: Reader) -> str:
    last_minute = datetime(day.year, day.month, day.day, 23, 59, tzinfo=ZoneInfo(zone))
    return text.format_instant(last_minute, zone, reader.interface)
