"""What the law and the map say: transfer mechanisms, adequacy decisions, countries and areas.

The facts are dated data (`registry/data/*.toml`, read by `registry.facts`). Nothing here is legal advice.
"""

from collections.abc import Sequence

from registry import text
from registry.errors import Problem
from registry.facts import Adequacy, Area, Kind, MechanismInfo, Words, load

__all__ = ["Adequacy", "Area", "Kind", "MechanismInfo", "load"]


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
    if len(info.modules) > 1 and module in info.modules:
        words = f"{words}, {_in_language(load().module_names[module], language)}"
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


def _in_language(words: Words, language: str) -> str:
    return text.pick(words, language, text.SOURCE_LANGUAGE).value
