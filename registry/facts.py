"""The dated facts behind `registry.reference`, and how they are read from their three files and checked.

`places.toml`, `mechanisms.toml` and `adequacy.toml` explain their own fields. They can be replaced without a release.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from registry.errors import Problem

Kind = Literal["none", "adequacy", "safeguard", "derogation", "unknown", "not-a-mechanism"]
Words = Mapping[str, str]

DATA = Path(__file__).parent / "data"
"""The data that comes with the program."""

_EEA_GROUP = "EEA"
_COUNTRY = re.compile("[A-Z]{2}")
_AREA = re.compile("X-[A-Z]+(-[A-Z]+)*")
# "N/A" says neither that no transfer takes place nor on what one would rest.
_MECHANISM = re.compile("[A-Z0-9]+(-[A-Z0-9]+)*")


@dataclass(frozen=True)
class MechanismInfo:
    """One transfer mechanism. `label`, `cite` and `sentence` are for readers, `notes` for editors.

    `regime` is the legal area whose rule it is (EU, UK, CH, KR …); `article` is numbered as in the law, `cite` is the
    article as printed; `iri` is the term of the W3C Data Privacy Vocabulary; `modules` are the numbers a location may
    name with it.
    """

    code: str
    kind: Kind
    regime: str
    law: str
    article: str
    cite: Words
    label: Words
    sentence: Words
    iri: str
    applies_from: date | None
    modules: tuple[int, ...]
    notes: str


@dataclass(frozen=True)
class Area:
    """A place that is no country. `kind`: area, body or open; `inside_eea`: the words alone guarantee the EEA."""

    code: str
    kind: str
    inside_eea: bool
    name: Words
    meaning: Words


@dataclass(frozen=True)
class Adequacy:
    """One legal area's recognition of a destination. An empty `condition` means everybody there.

    `expires_on` is the last day; `mechanism` is the code that a certified recipient leans on, when there is one.
    """

    origin: str
    destination: str
    condition: Words
    condition_kind: str
    mechanism: str
    instrument: str
    adopted_on: date | None
    in_force_on: date | None
    expires_on: date | None
    source: str
    confidence: str
    notes: str

    def holds_on(self, day: date) -> bool:
        """Whether the recognition is in force on a day. Without a known date it is taken to be."""
        start = self.in_force_on or self.adopted_on
        return (start is None or start <= day) and (self.expires_on is None or day <= self.expires_on)


@dataclass(frozen=True)
class Facts:
    """All the data, read once."""

    mechanisms: Mapping[str, MechanismInfo]
    module_names: Mapping[int, Words]
    adequacy: Mapping[tuple[str, str], Adequacy]
    areas: Mapping[str, Area]
    countries: frozenset[str]
    eu: frozenset[str]
    eea: frozenset[str]
    eea_territories: frozenset[str]


@lru_cache(maxsize=4)
def load(directory: Path | None = None) -> Facts:
    """All the data: each file from `directory` when it is there, otherwise the one that comes with the program.

    Raises Problem invalid `reference-data` when a file cannot be understood, naming the file and what is wrong.
    """
    places = _read(directory, "places.toml")
    words = _read(directory, "mechanisms.toml")
    decisions = _read(directory, "adequacy.toml")
    try:
        facts = _facts(places, words, decisions)
    except (KeyError, TypeError, AttributeError) as wrong:
        raise _problem(f"a field is missing or of the wrong kind: {wrong}") from wrong
    for complaint in _complaints(facts):
        raise _problem(complaint)
    return facts


def _read(directory: Path | None, name: str) -> dict[str, Any]:
    own = directory / name if directory else None
    path = own if own and own.is_file() else DATA / name
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise _problem(f"{name}: {wrong}") from wrong


def _facts(places: dict[str, Any], words: dict[str, Any], decisions: dict[str, Any]) -> Facts:
    eu = frozenset(places["eu"].split())
    eea = eu | frozenset(places["eea_efta"].split())
    return Facts(
        mechanisms={row["code"]: _mechanism(row) for row in words["mechanism"]},
        module_names={row["number"]: row["name"] for row in words["module"]},
        adequacy={(found.origin, found.destination): found for found in _adequacies(decisions, eea)},
        areas={row["code"]: Area(**row) for row in places["area"]},
        countries=frozenset(places["countries"].split()),
        eu=eu,
        eea=eea,
        eea_territories=frozenset(places["eea_territories"].split()),
    )


def _mechanism(row: dict[str, Any]) -> MechanismInfo:
    return MechanismInfo(
        code=row["code"],
        kind=row["kind"],
        regime=row["regime"],
        law=row["law"],
        article=row["article"],
        cite=row["cite"],
        label=row["label"],
        sentence=row["sentence"],
        iri=row.get("dpv", ""),
        applies_from=row.get("applies_from"),
        modules=tuple(row.get("modules", ())),
        notes=row.get("notes", ""),
    )


def _adequacies(decisions: dict[str, Any], eea: frozenset[str]) -> Iterator[Adequacy]:
    """One record per destination; the group EEA stands for its states."""
    for row in decisions["adequacy"]:
        for named in row["to"]:
            for destination in sorted(eea) if named == _EEA_GROUP else [named]:
                yield _adequacy(row, destination)


def _adequacy(row: dict[str, Any], destination: str) -> Adequacy:
    return Adequacy(
        origin=row["origin"],
        destination=destination,
        condition=row.get("condition", {}),
        condition_kind=row.get("condition_kind", ""),
        mechanism=row.get("mechanism", ""),
        instrument=row["instrument"],
        adopted_on=row.get("adopted_on"),
        in_force_on=row.get("in_force_on"),
        expires_on=row.get("expires_on"),
        source=row["source"],
        confidence=row["confidence"],
        notes=row.get("notes", ""),
    )


def _complaints(facts: Facts) -> Iterator[str]:
    """What is wrong with data that could be read, in words for the operator."""
    for code in sorted(facts.countries | facts.eea | facts.eea_territories):
        if not _COUNTRY.fullmatch(code) or code not in facts.countries:
            yield f"places.toml: {code!r} is not among the countries"
    for area in facts.areas.values():
        if not _AREA.fullmatch(area.code) or not area.name.get("en"):
            yield f"places.toml: the area {area.code!r} needs a code that begins with X- and an English name"
    for info in facts.mechanisms.values():
        yield from _mechanism_complaints(info, facts)
    for found in facts.adequacy.values():
        if found.destination not in facts.countries and found.destination not in facts.areas:
            yield f"adequacy.toml: the destination {found.destination!r} is no place"
        if found.mechanism and found.mechanism not in facts.mechanisms:
            yield f"adequacy.toml: {found.mechanism!r} is no mechanism"
        if any(
            day is not None and type(day) is not date for day in (found.adopted_on, found.in_force_on, found.expires_on)
        ):
            yield f"adequacy.toml: {found.origin} to {found.destination} has a date that is none"


def _mechanism_complaints(info: MechanismInfo, facts: Facts) -> Iterator[str]:
    if not _MECHANISM.fullmatch(info.code):
        yield f"mechanisms.toml: {info.code!r} cannot be a code (capital letters, digits and hyphens)"
    if info.kind not in get_args(Kind):
        yield f"mechanisms.toml: {info.code} has the unknown kind {info.kind!r}"
    if not info.label.get("en") or not info.sentence.get("en"):
        yield f"mechanisms.toml: {info.code} needs an English label and sentence"
    if not facts.module_names.keys() >= set(info.modules):
        yield f"mechanisms.toml: {info.code} names a module that is not described"


def _problem(what: str) -> Problem:
    return Problem("invalid", "reference-data", f"The reference data cannot be used. {what}")
