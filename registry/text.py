"""Texts in several languages: which one a reader gets, how it is cleaned, and how dates and the interface are worded.

English is the source language of the interface; every other language is one catalogue in `registry/locales/`.
"""

import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError, dates
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE_LANGUAGE = "en"
"""The language the templates are written in, and the last resort everywhere."""

LOCALES = Path(__file__).parent / "locales"

# English is read by customers in many countries: day, month, year, and a 24-hour clock.
_REGIONS = {"en": "en_GB"}
# A header longer than this is no browser's.
_MAX_RANGES = 32
# Controls but tab and line feed, surrogates, noncharacters: what XML 1.0 (section 2.2) cannot carry or should not.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_RANGE = re.compile(r"([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)(?:\s*;\s*[qQ]=([01](?:\.\d{0,3})?))?")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


@dataclass(frozen=True)
class Picked:
    """A text as a reader gets it. `language` is the tag of `value`; `fallback` says it is not the one asked for."""

    value: str
    language: str
    fallback: bool


def pick(text: Mapping[str, str], language: str, prevailing: str) -> Picked:
    """The text in `language`, else in the prevailing language, else in any it has; empty when there is none.

    A regional tag is content with its language and the other way round: `de-AT` takes `de`, `de` takes `de-AT`.
    """
    if text.get(language):
        return Picked(text[language], language, fallback=False)
    filled = {tag: value for tag, value in text.items() if value}
    for wanted in (language, prevailing):
        tag = _nearest(wanted, sorted(filled))
        if tag:
            return Picked(filled[tag], tag, fallback=_primary(tag) != _primary(language))
    if not filled:
        return Picked("", language, fallback=False)
    tag = min(filled)
    return Picked(filled[tag], tag, fallback=True)


def negotiate(accept_language: str, wanted: str | None, available: Sequence[str]) -> str:
    """The language to answer in: the one `wanted` by name if it exists, else the best of the Accept-Language header.

    `available` begins with the prevailing language, which is the answer when nothing fits. Ranges are looked up as in
    RFC 4647 section 3.4, in order of their weight (RFC 9110 section 12.5.4); a weight of 0 means "never this one".
    """
    if not available:
        return SOURCE_LANGUAGE
    found = _nearest(wanted, available) if wanted else None
    if found:
        return found
    ranges = _accepted(accept_language)
    refused = {tag for tag, weight in ranges if weight == 0}
    left = [tag for tag in available if tag.lower() not in refused and _primary(tag) not in refused]
    for tag, _ in sorted(((t, w) for t, w in ranges if w > 0), key=lambda pair: -pair[1]):
        found = next(iter(left), None) if tag == "*" else _nearest(tag, left)
        if found:
            return found
    return available[0]


def languages() -> list[str]:
    """The languages of the interface: English, and each that has a catalogue."""
    return list(_languages())


@lru_cache(maxsize=64)
def translator(language: str) -> NullTranslations:
    """The interface in `language`: an object with gettext, ngettext, pgettext and npgettext.

    Made for jinja2's `install_gettext_callables`. A language without a catalogue, and English, give back the source.
    """
    tag = _nearest(language, _languages())
    return catalogue(LOCALES / f"{tag}.po") if tag and tag != SOURCE_LANGUAGE else NullTranslations()


def catalogue(path: Path) -> NullTranslations:
    """A catalogue as the standard library's translations: the .po is compiled in memory, so no .mo is kept in step."""
    with path.open("rb") as source:
        messages = read_po(source, locale=str(locale(path.stem)), abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return GNUTranslations(compiled)


def language_name(tag: str, reader: str = "") -> str:
    """What a language calls itself, to choose it by: "Deutsch", "English"; the tag itself when it is not known.

    With `reader`, what a reader of that language calls it, for use in a sentence: "German", "Englisch".
    """
    name = locale(reader or tag).languages.get(_primary(tag)) if _is_known(tag) else None
    return name[:1].upper() + name[1:] if name else tag


def format_date(day: date, language: str) -> str:
    """A civil date in words: "22 December 2026", "22. Dezember 2026"."""
    return dates.format_date(day, "long", locale=locale(language))


def format_instant(instant: datetime, zone: str, language: str) -> str:
    """An aware instant on the clock of a zone (IANA name): "22 December 2026, 23:59 (Europe/Zagreb)".

    The clock has 24 hours in every language, so that no deadline is misread.
    """
    local = instant.astimezone(ZoneInfo(zone))
    return f"{format_date(local.date(), language)}, {local:%H:%M} ({zone})"


@lru_cache(maxsize=64)
def locale(language: str) -> Locale:
    """The CLDR data for a language tag; international English for a tag CLDR does not know."""
    tag = _REGIONS.get(language, language).replace("-", "_")
    for candidate in (tag, _primary(language)):
        try:
            return Locale.parse(candidate)
        except (ValueError, UnknownLocaleError):
            continue
    return Locale.parse(_REGIONS[SOURCE_LANGUAGE])


def clean(text: str) -> str:
    """A text fit to be stored and shown: line ends are line feeds, no control characters, surrogates or noncharacters.

    The result is in Unicode Normalization Form C, so equal words are equal strings and canonical JSON takes them.
    """
    return unicodedata.normalize("NFC", _UNFIT.sub("", _LINE_ENDS.sub("\n", text)))


def _nearest(wanted: str, available: Sequence[str]) -> str | None:
    """The tag for `wanted`: the same, else with fewer subtags (RFC 4647 lookup), else the same language elsewhere."""
    by_lower = {tag.lower(): tag for tag in reversed(available)}
    parts = wanted.lower().replace("_", "-").split("-")
    for length in range(len(parts), 0, -1):
        tag = by_lower.get("-".join(parts[:length]))
        if tag:
            return tag
    return next((tag for tag in available if _primary(tag) == parts[0]), None)


def _accepted(header: str) -> list[tuple[str, float]]:
    """The language ranges of an Accept-Language header in lower case, each with its weight, malformed ones left out."""
    ranges = []
    for item in header.split(",")[:_MAX_RANGES]:
        found = _RANGE.fullmatch(item.strip())
        if found:
            ranges.append((found[1].lower(), min(float(found[2] or 1), 1.0)))
    return ranges


def _primary(tag: str) -> str:
    return re.split("[-_]", tag, maxsplit=1)[0].lower()


def _is_known(tag: str) -> bool:
    return locale(tag).language == _primary(tag)


@lru_cache(maxsize=1)
def _languages() -> tuple[str, ...]:
    """Read from the folder once: the files come with the program."""
    return (SOURCE_LANGUAGE, *sorted(path.stem for path in LOCALES.glob("*.po") if path.stem != SOURCE_LANGUAGE))
