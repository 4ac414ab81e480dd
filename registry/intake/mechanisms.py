"""Transfer mechanisms in prose to codes, in the languages of `registry/data/mechanism_words.toml`.

"N/A" is never one: what a list leaves out is recorded as not assessed, and said.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from registry.intake.place_names import fold

_DATA = Path(__file__).parent.parent / "data" / "mechanism_words.toml"
_CLAUSES = "EU-46-2-C"
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "eins": 1, "zwei": 2, "drei": 3, "vier": 4}
_NUMBERS |= {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ARTICLES = r"(?:\s+(?:a|an|any|the|valid|current|ein|eine|einen|une|un|una))*\s+$"
_LONGEST = 4_000


@dataclass(frozen=True)
class Named:
    """One mechanism a text names. `start` and `end` are places in the folded text."""

    code: str
    module: int | None
    start: int
    end: int


@dataclass(frozen=True)
class Mechanisms:
    """`nothing`: the cell is empty or says N/A; `inside`: it says that nothing leaves the EEA."""

    found: tuple[Named, ...] = ()
    notes: tuple[str, ...] = ()
    nothing: bool = False
    inside: bool = False
    folded: str = ""


@dataclass(frozen=True)
class _Words:
    mechanisms: tuple[tuple[str, re.Pattern[str]], ...]
    none: tuple[tuple[str, re.Pattern[str]], ...]
    nothing: frozenset[str]
    inside: re.Pattern[str]
    denial: re.Pattern[str]
    module: re.Pattern[str]


@lru_cache(maxsize=8192)
def read_mechanisms(text: str) -> Mechanisms:
    """The mechanisms a text names, in its order (so the first of "A or B" is the primary one)."""
    folded = fold(" ".join(text[:_LONGEST].split()))
    known = _words()
    if folded.strip(" .") in known.nothing:
        return Mechanisms(nothing=True, folded=folded)
    found, notes = _named(folded, known)
    for says, pattern in known.none:
        other = pattern.search(folded)
        if other and (not found or "Court" in says):
            notes.append(f"“{other[0]}” {says}.")
    inside = not found and bool(known.inside.search(folded))
    return Mechanisms(tuple(found), tuple(notes), inside=inside, folded=folded)


def mentions(text: str) -> bool:
    """Whether a text names a mechanism at all."""
    return bool(read_mechanisms(text).found)


def without_mechanisms(text: str) -> str:
    """A text with the names of mechanisms (and "N/A") taken out, to look for places in the rest."""
    folded = " ".join(text[:_LONGEST].split())
    if len(fold(folded)) != len(folded):
        return folded
    for named in sorted(read_mechanisms(text).found, key=lambda each: -each.start):
        folded = folded[: named.start] + " ; " + folded[named.end :]
    return folded


def _named(folded: str, known: _Words) -> tuple[list[Named], list[str]]:
    taken: list[tuple[int, int]] = []
    found: list[Named] = []
    notes: list[str] = []
    for code, pattern in known.mechanisms:
        for match in pattern.finditer(folded):
            if any(start < match.end() and match.start() < end for start, end in taken) or match.start() == match.end():
                continue
            taken.append(match.span())
            if known.denial.search(folded[max(0, match.start() - 60) : match.start()]):
                notes.append(f"“{match[0]}” is named only to say that it is not used.")
                continue
            modules = _modules(folded, known) if code == _CLAUSES else []
            found += [Named(f"EU-SCC-M{number}", number, *match.span()) for number in modules]
            found += [] if modules else [Named(code, None, *match.span())]
    ordered = {each.code: each for each in sorted(found, key=lambda each: -each.start)}
    return sorted(_without_general(list(ordered.values())), key=lambda each: (each.start, each.module or 0)), notes


def _without_general(found: list[Named]) -> list[Named]:
    """Clauses named twice, once with the module, are named with the module."""
    exact = any(each.code.startswith("EU-SCC-M") for each in found)
    return [each for each in found if not (exact and each.code == _CLAUSES)]


def _modules(folded: str, known: _Words) -> list[int]:
    numbers: list[int] = []
    for match in known.module.finditer(folded):
        numbers += [_NUMBERS[word] for word in re.findall(r"[a-z]+|\d", f"{match[1]} {match[2]}") if word in _NUMBERS]
    return list(dict.fromkeys(numbers))[:4]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = tomllib.loads(_DATA.read_text("utf-8"))
    return _Words(
        mechanisms=tuple((entry["code"], _any(entry["words"])) for entry in data["mechanism"]),
        none=tuple((entry["says"], _any(entry["words"])) for entry in data["none"]),
        nothing=frozenset(fold(word) for word in data["nothing"]["words"]),
        inside=_any(data["inside"]["words"]),
        denial=re.compile(rf"(?:^|\W)(?:{'|'.join(data['denial']['words'])}){_ARTICLES}"),
        module=_any(data["modules"]["words"], bare=True),
    )


def _any(expressions: list[Any], *, bare: bool = False) -> re.Pattern[str]:
    joined = "|".join(expressions)
    return re.compile(joined if bare else f"(?:{joined})")
