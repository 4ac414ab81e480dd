"""What every part of a public page is made with: the reader, words that know their language, and dates as words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from gettext import NullTranslations
from typing import Literal

from registry import snapshot, text
from registry.snapshot import Dated, Entry, LocalText
from registry.wording.phrases import Voice

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Words:
    """A text of the record. `language` is its tag where that is not the language of the page around it, else empty."""

    value: str
    language: str = ""

    def __bool__(self) -> bool:
        return bool(self.value)

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class Mark:
    """That something does not simply hold today: `announced`, `ending` (it has a last day) or `ended`, in words."""

    kind: Literal["announced", "ending", "ended"]
    words: str


@dataclass(frozen=True)
class Reader:
    """For whom a page is made. `interface` is the language of the page itself: labels, dates, names of countries;
    `reading` the one wanted for the texts of the record, which may exist in languages the interface does not speak.
    """

    interface: str
    reading: str
    prevailing: str
    today: date

    @property
    def voice(self) -> Voice:
        return Voice(self.translator, self.interface, self.prevailing)

    @property
    def translator(self) -> NullTranslations:
        return text.translator(self.interface)

    def words(self, texts: LocalText) -> Words:
        """A localised text, in the wanted language or else the prevailing one."""
        picked = text.pick(texts, self.reading, self.prevailing)
        same = picked.language.split("-")[0] == self.interface.split("-")[0]
        return Words(text.clean(picked.value).strip(), "" if same else picked.language)

    def list(self, texts: Iterable[LocalText]) -> tuple[Words, ...]:
        return tuple(words for words in map(self.words, texts) if words)

    def day(self, day: date | str | None) -> str:
        """A civil date in words; empty for none."""
        if not day:
            return ""
        return text.format_date(date.fromisoformat(day) if isinstance(day, str) else day, self.interface)

    def mark(self, row: Dated | Entry) -> Mark | None:
        """How the dates of a row stand to today; None when it simply holds."""
        _ = self.translator.gettext
        first, last = self.day(row["starts_on"]), self.day(row["ends_on"])
        status = snapshot.status(row, self.today)
        if status == "ended":
            return Mark("ended", _("Ended on %(last)s") % {"last": last})
        if status == "in-effect":
            return Mark("ending", _("Until %(last)s") % {"last": last}) if last else None
        if last:
            return Mark("announced", _("From %(first)s until %(last)s") % {"first": first, "last": last})
        return Mark("announced", _("From %(first)s") % {"first": first})


def turning_points(row: Dated | Entry) -> Iterable[date]:
    """The days on which a dated row changes the list: its first day, and the day after its last."""
    if row["starts_on"]:
        yield date.fromisoformat(row["starts_on"])
    if row["ends_on"] and row["ends_on"] < date.max.isoformat():
        yield date.fromisoformat(row["ends_on"]) + ONE_DAY


def entry_turning_points(entry: Entry) -> Iterable[date]:
    """The days on which an entry or a row of it comes or goes."""
    rows: list[Dated] = [*entry["purposes"], *entry["data_categories"], *entry["locations"]]
    rows += [mechanism for location in entry["locations"] for mechanism in location["mechanisms"]]
    yield from turning_points(entry)
    for row in rows:
        yield from turning_points(row)
