"""What the entry form offers to choose from, in words, and how it names the rows it has."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from registry import drafting, published, reference, schemas, text
from registry.admin import forms
from registry.models import Entry, Register, SubProcessor
from registry.snapshot import LocalText
from registry.wording import phrases
from registry.work import Work
from registry.working_copy import companies, entries_of

Options = Sequence[tuple[str, Any]]
"""Pairs of value and label, or of heading and such pairs."""

_VOICE = phrases.voice("en", "en")
_REGIMES = {"EU": "European Union", "UK": "United Kingdom", "CA-QC": "Québec", "CBPR": "Several countries"}


def choices(work: Work, register: Register, entry_id: str, tags: Iterable[str]) -> dict[str, Any]:
    """Everything the form of an entry offers; `tags` are the languages it is written in beyond the register's."""
    rows, known = entries_of(work, register), {row.id: row for row in companies(work)}
    return {
        "roles": [(code, phrases.role(code, _VOICE)) for code in schemas.ROLES],
        "activities": [(code, phrases.activity(code, _VOICE)) for code in schemas.ACTIVITIES],
        "places": places(),
        "countries": forms.countries(),
        "mechanisms": mechanisms(),
        "modules": [(str(number), words["en"]) for number, words in reference.load().module_names.items()],
        "assessments": assessments(work),
        "replaceable": _replaceable(work, register, rows, known, entry_id),
        "headings": headings(rows),
        "companies": [row.legal_name for row in known.values()],
        "languages": languages(register, tags),
    }


def languages(register: Register, tags: Iterable[str]) -> list[tuple[str, str]]:
    """The languages of the register, the prevailing one first, and others in which something is written already."""
    ours = forms.languages(register.languages, register.prevailing_language)
    others = sorted(set(tags) - set(register.languages))
    return [*ours, *((tag, f"{text.language_name(tag)} (not a language of this register)") for tag in others)]


@cache
def places() -> Options:
    areas = [(area.code, area.name["en"]) for area in reference.areas()]
    return [("Areas, organisations and open places", areas), ("Countries", list(forms.countries()))]


@cache
def mechanisms() -> Options:
    """The transfer mechanisms in plain words, by the law they come from."""
    by_law: dict[str, list[tuple[str, str]]] = {}
    for info in reference.mechanisms():
        where = _REGIMES.get(info.regime) or reference.place_name(info.regime, "en")
        heading = f"{where}: {info.law}" if info.law else "Not settled"
        by_law.setdefault(heading, []).append((info.code, reference.plain_words(info.code, None, "en")))
    return list(by_law.items())


def assessments(work: Work) -> list[tuple[str, str]]:
    """The transfer impact assessments, each by title and destination."""
    found = []
    for row in drafting.assessments(work):
        where = reference.place_name(row.destination, "en") if row.destination else "no destination"
        found.append((row.id, f"{_words(row.title) or 'Without a title'} ({where})"))
    return found


def headings(rows: Iterable[Entry]) -> dict[str, list[str]]:
    """The group headings in use, by language."""
    used: dict[str, dict[str, None]] = {}
    for row in rows:
        for tag, words in row.heading.items():
            used.setdefault(tag, {})[words] = None
    return {tag: list(words) for tag, words in used.items()}


def row_names(values: Mapping[str, Any]) -> dict[str, str]:
    """What rows of the form are called: locations and their mechanisms by path, purposes by id."""
    named = {}
    for index, row in enumerate(values["purposes"]):
        named[row["id"]] = _words(row["text"]) or f"Purpose {index + 1} (not filled in yet)"
    for index, row in enumerate(values["locations"]):
        code = row["place"]["code"]
        where = reference.place_name(code, "en") if code else "place not chosen yet"
        doing = phrases.activity(row["activity"], _VOICE) or "Activity not chosen yet"
        named[f"locations.{index}"] = f"{doing}: {where}"
        codes = [one["code"] for one in row["mechanisms"] if reference.is_mechanism(one["code"])]
        named[f"locations.{index}.mechanisms"] = "; ".join(reference.mechanism(code).label["en"] for code in codes)
    return named


def _replaceable(
    work: Work, register: Register, rows: Iterable[Entry], known: Mapping[str, SubProcessor], entry_id: str
) -> list[tuple[str, str]]:
    """The entries another one may take over from: those of the working copy, and those published that left it."""
    latest = published.latest(work, register)
    gone = latest.document["entries"] if latest else []
    found = {row["id"]: f"{row['sub_processor']['legal_name']} (no longer in the working copy)" for row in gone}
    found |= {row.id: known[row.sub_processor_id].legal_name for row in rows}
    return [(id_, name) for id_, name in found.items() if id_ != entry_id]


def _words(texts: LocalText) -> str:
    return next((words for words in texts.values() if words.strip()), "")
