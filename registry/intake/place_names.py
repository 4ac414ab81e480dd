"""The dictionary of places: country names of CLDR in many languages, and `registry/data/place_words.toml`."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale

from registry import reference

_DATA = Path(__file__).parent.parent / "data" / "place_words.toml"
# English first: where two languages use one word for two countries, the first language wins.
_LANGUAGES = "en de fr it es pt nl hr pl cs sv da nb fi hu ro sl sk lt lv et el bg uk tr ko ja zh".split()  # noqa: SIM905
_CLDR_AREAS = {"001": "X-GLOBAL", "150": "X-EUROPE", "EU": "X-EU"}
_HYPHENS = re.compile("[\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
TOKEN = re.compile(r"&|[^\W_](?:[^\W_]|['’´`.*@_\-\u2010-\u2015](?=[^\W_]))*")
_SHORTEST_FOREIGN = 4
_SHORTEST_TYPO = 6
_CLOSE = 0.85

Kind = Literal["country", "area", "part", "region"]


@dataclass(frozen=True)
class Name:
    """What a name stands for. `capitals`: it counts only when written in capitals ("US" is no pronoun)."""

    code: str
    kind: Kind
    capitals: bool = False


@dataclass(frozen=True)
class Dictionary:
    names: dict[tuple[str, ...], Name]
    longest: dict[str, int]
    """The most words of any name that begins with this word."""
    spellings: dict[str, tuple[str, ...]]
    """English names and our own by first letter, to find what a misspelt word was meant to be."""
    filler: frozenset[str]
    open_words: frozenset[str]
    activities: dict[str, str]

    def closest(self, words: str) -> tuple[str, Name] | None:
        """The name that a misspelt one was meant to be, and what it stands for."""
        key = " ".join(tokens_of(words))
        if not _SHORTEST_TYPO <= len(key) <= 50:
            return None
        found = get_close_matches(key, self.spellings.get(key[0], ()), 1, _CLOSE)
        return (found[0], self.names[tuple(found[0].split())]) if found else None


def fold(word: str) -> str:
    """A word to compare by: no case, accents or kinds of hyphen and apostrophe."""
    if word.isascii():
        return "and" if word == "&" else word.lower()
    plain = unicodedata.normalize("NFKD", _HYPHENS.sub("-", word).replace("’", "'").replace("´", "'"))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return unicodedata.normalize("NFC", plain)


def tokens_of(text: str) -> tuple[str, ...]:
    return tuple(fold(match[0]) for match in TOKEN.finditer(text))


@lru_cache(maxsize=1)
def dictionary() -> Dictionary:
    """Built once, on first use (about a tenth of a second)."""
    data = tomllib.loads(_DATA.read_text("utf-8"))
    names: dict[tuple[str, ...], Name] = {}
    ours = [*_ours(data, "areas", "area"), *_ours(data, "countries", "country"), *_ours(data, "regions", "region")]
    for written, name in [*ours, *_cldr("en"), *_ours(data, "parts", "part")]:
        _add(names, written, name)
    known = [" ".join(key) for key, name in names.items() if name.kind != "region" and not name.capitals]
    spellings = {letter: tuple(word for word in known if word[0] == letter) for letter in {word[0] for word in known}}
    for language in _LANGUAGES[1:]:
        for written, name in _cldr(language):
            if len(written) >= _SHORTEST_FOREIGN or not written.isascii():
                _add(names, written, name)
    longest: dict[str, int] = {}
    for key in names:
        longest[key[0]] = max(longest.get(key[0], 0), len(key))
    activities = {" ".join(tokens_of(word)): code for code, words in data["activities"].items() for word in words}
    fillers, opens = (_folded(data[section]["words"]) for section in ("filler", "open"))
    return Dictionary(names, longest, spellings, fillers, opens, activities)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(token for word in words for token in tokens_of(word))


def _ours(data: dict[str, Any], section: str, kind: Kind) -> list[tuple[str, Name]]:
    return [
        (written, Name(code, kind, capitals=kind in ("area", "country") and written.isupper() and len(written) <= 6))
        for code, spellings in data[section].items()
        for written in spellings
    ]


def _cldr(language: str) -> list[tuple[str, Name]]:
    found = []
    countries = reference.countries()
    for code, written in Locale(language).territories.items():
        if code in countries:
            found.append((written, Name(code, "country")))
        elif code in _CLDR_AREAS and code != "001":
            found.append((written, Name(_CLDR_AREAS[code], "area")))
    return found


def _add(names: dict[tuple[str, ...], Name], written: str, name: Name) -> None:
    for spelling in {written, written.replace("-", " ")} if name.kind != "region" else {written}:
        key = tokens_of(spelling)
        if key:
            names.setdefault(key, name)
