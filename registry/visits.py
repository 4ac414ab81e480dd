"""Who asks for which publication, as of which day, in which language: what a public page or data file is made of.

A visitor never needs a document to be told that nothing has changed: what is said here of a publication is remembered.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from registry import clock, published, text
from registry.errors import Problem
from registry.models import Publication, Register
from registry.pages.words import Reader
from registry.published import Published
from registry.snapshot import RegisterHead
from registry.work import Work

_DAY = re.compile(r"[12]\d{3}-\d{2}-\d{2}")
_SLUG = re.compile(r"[a-z0-9-]{1,200}")


@dataclass(frozen=True)
class Asked:
    """What a request says about language: its Accept-Language header, and the tag of `?lang=`."""

    accept: str = ""
    wanted: str = ""


@dataclass(frozen=True)
class Languages:
    """`reading` for the texts of the record, `interface` for everything around them, `offered` to switch to.

    `chosen` is the tag of `?lang=` when it is one of those there are, else empty.
    """

    reading: str
    interface: str
    chosen: str
    offered: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """One publication of a register, for one reader on one civil day of the register's zone."""

    register: Register
    head: Publication
    about: RegisterHead
    languages: Languages
    reader: Reader

    @property
    def key(self) -> tuple[str, str, date, Languages]:
        """All that a page about this depends on."""
        return self.head.id, self.head.hash, self.reader.today, self.languages

    def load(self, work: Work) -> Published:
        """The publication with its document."""
        return published.numbered(work, self.register, self.head.number)


def current(work: Work, slug: str, asked: Asked) -> Subject:
    """The newest publication as of today. Raises Problem("not_found")."""
    register = _visible(work, slug)
    head = published.head(work, register)
    about = _about(work, register, head)
    return _subject(register, head, about, asked, clock.civil_date(work.now, about["timezone"]))


def numbered(work: Work, slug: str, number: int, asked: Asked) -> Subject:
    """Publication `number` as of the day it was published, for ever. Raises Problem("not_found")."""
    register = _visible(work, slug)
    head = published.head(work, register, number)
    about = _about(work, register, head)
    return _subject(register, head, about, asked, clock.civil_date(head.published_at, about["timezone"]))


def on_day(work: Work, slug: str, day: str, asked: Asked) -> Subject:
    """What was published by the end of a civil day (ISO 8601), as of that day; a day to come shows what is announced.

    Raises Problem("not_found") for a day before the first publication and for what is no day.
    """
    register = _visible(work, slug)
    on = parse_day(day)
    head = published.head(work, register, published.as_of(work, register, on).number)
    return _subject(register, head, _about(work, register, head), asked, on)


def all_current(work: Work, asked: Asked) -> list[Subject]:
    """The newest publication of every public register, in order, all in the same language."""
    found = [(register, published.head(work, register)) for register in published.public_registers(work)]
    abouts = [_about(work, register, head) for register, head in found]
    languages = negotiate(abouts, asked)
    days = [clock.civil_date(work.now, about["timezone"]) for about in abouts]
    together = zip(found, abouts, days, strict=True)
    return [_made(*pair, about, languages, day) for pair, about, day in together]


def negotiate(abouts: Sequence[RegisterHead], asked: Asked) -> Languages:
    """The languages for a page about these registers.

    The texts come in the language wanted, also one that the interface does not speak; the interface follows if it can.
    """
    own = [tag for about in abouts for tag in (about["prevailing_language"], *about["languages"])]
    offered = tuple(dict.fromkeys(own))
    available = list(dict.fromkeys([*own, *text.languages()]))
    reading = text.negotiate(asked.accept, asked.wanted, available)
    chosen = text.negotiate("", asked.wanted, ["", *available]) if asked.wanted else ""
    return Languages(reading, text.negotiate(asked.accept, reading, text.languages()), chosen, offered)


def parse_day(day: str) -> date:
    """The civil date behind ISO 8601 text. Raises Problem("not_found"): the day is part of an address."""
    try:
        if _DAY.fullmatch(day):
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise Problem("not_found", "day-unknown", "There is no such day. Write it as year-month-day, such as 2026-05-01.")


def _visible(work: Work, slug: str) -> Register:
    """What cannot be a slug is not looked up: PostgreSQL refuses some characters even in a question."""
    if not _SLUG.fullmatch(slug):
        raise Problem("not_found", "register-unknown", "There is no such register.")
    return published.public_register(work, slug)


def _subject(register: Register, head: Publication, about: RegisterHead, asked: Asked, day: date) -> Subject:
    return _made(register, head, about, negotiate([about], asked), day)


def _made(register: Register, head: Publication, about: RegisterHead, languages: Languages, day: date) -> Subject:
    reader = Reader(languages.interface, languages.reading, about["prevailing_language"], day)
    return Subject(register, head, about, languages, reader)


_KEPT_MOST = 4096
_kept: dict[tuple[str, str], RegisterHead] = {}


def _about(work: Work, register: Register, head: Publication) -> RegisterHead:
    """The head of a publication's document."""
    key = (head.id, head.hash)
    if key not in _kept:
        if len(_kept) >= _KEPT_MOST:
            _kept.clear()
        _kept[key] = published.numbered(work, register, head.number).document["register"]
    return _kept[key]
