"""What the law and the map say: transfer mechanisms, adequacy decisions, countries and areas, as dated data.

The facts live in `registry/data/*.toml`, so they can be replaced without a release. Nothing here is legal advice.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from registry import text
from registry.errors import Problem

Kind = Literal["none", "adequacy", "safeguard", "derogation", "unknown", "not-a-mechanism"]
Words = Mapping[str, str]

DATA = Path(__file__).parent / "data"
"""The data that comes with the program."""

_EEA_GROUP = "EEA"
_LAST_RESORT = "en"


@dataclass(frozen=True)
class MechanismInfo:
    """One transfer mechanism. `label`, `cite` (the printed article) and `sentence` are for readers, `notes` for editors.

    `regime` is the legal area whose rule it is (EU, UK, CH, KR …); `article` is numbered as in the law; `iri` is the
    term of the W3C Data Privacy Vocabulary; `modules` are the numbers a location may name with it.
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
class Reference:
    """All the data, read once."""

    mechanisms: Mapping[str, MechanismInfo]
    module_names: Mapping[int, Words]
    adequacy: Mapping[tuple[str, str], Adequacy]
    areas: Mapping[str, Area]
    countries: frozenset[str]
    eu: frozenset[str]
    eea: frozenset[str]
    eea_territories: frozenset[str]


def mechanism(code: str) -> MechanismInfo:
    """The mechanism behind a code, also one of those that only look like a mechanism.

    Raises Problem invalid `unknown-mechanism`.
    """
    found = load().mechanisms.get(code)
    if found is None:
        raise Problem("invalid", "unknown-mechanism", f"There is no transfer mechanism with the code {code!r}.")
    return found


def mechanisms() -> list[MechanismInfo]:
    """The mechanisms a location may name, in the order they are offered."""
    return [info for info in load().mechanisms.values() if info.kind != "not-a-mechanism"]


def is_mechanism(code: str) -> bool:
    """Whether a location may name this code. "N/A" is not one, nor is what is only mistaken for a mechanism."""
    return kind(code) != "not-a-mechanism" and code in load().mechanisms


def kind(code: str) -> Kind:
    """What sort of ground a mechanism is; `unknown` also for a code that is not in the data (any more)."""
    found = load().mechanisms.get(code)
    return found.kind if found else "unknown"


def plain_words(code: str, module: int | None, language: str) -> str:
    """What a customer reads: the mechanism's name, its module if it has several, and the article.

    A code that is not in the data is its own name: an old publication must stay readable for ever.
    """
    info = load().mechanisms.get(code)
    if info is None:
        return code
    words = _in_language(info.label, language)
    named = info.modules[0] if len(info.modules) == 1 else module
    if named in info.modules:
        words = f"{words}, {_in_language(load().module_names[named], language)}"
    cite = _in_language(info.cite, language)
    return f"{words} ({cite})" if cite else words


def sentence(code: str, language: str) -> str:
    """What the mechanism means, in one sentence for somebody who is no lawyer; empty for a code not in the data."""
    info = load().mechanisms.get(code)
    return _in_language(info.sentence, language) if info else ""


def adequacy(origin: str, destination: str) -> Adequacy | None:
    """What an origin ("EU", "UK", "CH") has decided about a destination, in force or not; None when it has not.

    A transfer within the EEA is none, so the EU has no decision about its own states.
    """
    return load().adequacy.get((origin, destination))


def adequacies() -> list[Adequacy]:
    """Every recognition, one per origin and destination."""
    return list(load().adequacy.values())


def is_place(code: str) -> bool:
    """Whether a location may be there: an ISO 3166-1 alpha-2 code, or one of our X-… codes."""
    return code in load().countries or code in load().areas


def areas() -> list[Area]:
    """The places that are no country, in the order they are offered."""
    return list(load().areas.values())


def countries() -> frozenset[str]:
    """The officially assigned codes of ISO 3166-1 alpha-2."""
    return load().countries


def eu() -> frozenset[str]:
    """The Member States of the European Union."""
    return load().eu


def eea() -> frozenset[str]:
    """The states of the European Economic Area. For a location ask `in_eea`, which knows their territories too."""
    return load().eea


def in_eea(place_code: str, countries: Sequence[str] = ()) -> bool:
    """Whether everything at a place is certain to stay in the EEA; if not, it may be a transfer (GDPR art. 44).

    A country or an area decides by itself, and any countries it is expanded into must be inside as well. Words that
    promise nothing (Europe, worldwide, the customer's choice) are decided by the countries alone. An international
    organisation is never inside, wherever its offices are (GDPR art. 44 names it beside third countries).
    """
    data = load()
    inside = data.eea | data.eea_territories
    area = data.areas.get(place_code)
    if area is None:
        return place_code in inside and inside.issuperset(countries)
    if area.inside_eea:
        return inside.issuperset(countries)
    return area.kind != "body" and bool(countries) and inside.issuperset(countries)


def place_name(code: str, language: str) -> str:
    """A place as the reader's language calls it: CLDR for countries, our own words for areas; else the code."""
    area = load().areas.get(code)
    if area:
        return _in_language(area.name, language)
    return text.locale(language).territories.get(code, code) if code in load().countries else code


@lru_cache(maxsize=4)
def load(directory: Path | None = None) -> Reference:
    """All the data from a directory with the same three files; from the program's own without one.

    A file the directory does not have is taken from the program's own.
    """
    places = _read(directory, "places.toml")
    mechanisms_file = _read(directory, "mechanisms.toml")
    eu_states = frozenset(places["eu"].split())
    eea_states = eu_states | frozenset(places["eea_efta"].split())
    return Reference(
        mechanisms={row["code"]: _mechanism(row) for row in mechanisms_file["mechanism"]},
        module_names={row["number"]: row["name"] for row in mechanisms_file["module"]},
        adequacy={(a.origin, a.destination): a for a in _adequacies(_read(directory, "adequacy.toml"), eea_states)},
        areas={row["code"]: Area(**row) for row in places["area"]},
        countries=frozenset(places["countries"].split()),
        eu=eu_states,
        eea=eea_states,
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


def _adequacies(file: dict[str, Any], eea_states: frozenset[str]) -> list[Adequacy]:
    """One record per destination; the group EEA stands for its states."""
    found = []
    for row in file["adequacy"]:
        for named in row["to"]:
            for destination in sorted(eea_states) if named == _EEA_GROUP else [named]:
                found.append(_adequacy(row, destination))
    return found


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


def _in_language(words: Words, language: str) -> str:
    return text.pick(words, language, _LAST_RESORT).value


def _read(directory: Path | None, name: str) -> dict[str, Any]:
    own = directory / name if directory else None
    path = own if own and own.is_file() else DATA / name
    return tomllib.loads(path.read_text(encoding="utf-8"))
