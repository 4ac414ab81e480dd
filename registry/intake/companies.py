"""Names of companies: several in one cell, trading names, legal forms, and names that name no company."""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from registry.intake import words
from registry.intake.headers import plain
from registry.intake.places import read_places
from registry.intake.shapes import Cell

_EAST_ASIAN = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_BRACKETS = re.compile(r"^(.*\S)\s*\(([^()]+)\)\s*$")
_DIGITS = re.compile(r"\d")
_COMMAS = re.compile(r"\s*[,、，]\s*(?![^()]*\))")
_AND = re.compile(r"\s+(?:and|und|et|y|e|i|en|&)\s+")
_IN_TEXT = re.compile(
    r"(?:[A-Z][\w&.'-]{0,40}\s+){1,5}?(?:Inc|LLC|Ltd|Limited|GmbH|AG|B\.V|BV|S\.A|SAS|S\.r\.l|d\.o\.o|d\.d|Corp|PBC)\b\.?"
)
_MOST_IN_A_CELL = 30


@dataclass(frozen=True)
class Company:
    """One company a cell names. `extra` is what else stood below the name (an address); `group`: no single entity."""

    legal_name: str
    trading_name: str = ""
    country: str = ""
    extra: str = ""
    group: bool = False
    notes: tuple[str, ...] = ()


def read_companies(cell: Cell) -> list[Company]:
    """The companies in a name cell, usually one; empty when the cell is."""
    pieces, extra, notes = _pieces(cell)
    found = [_read(piece) for piece in pieces[:_MOST_IN_A_CELL]]
    if len(found) > 1:
        notes.append(f"The list names {len(found)} companies in one cell; each became an entry.")
    return [replace(one, extra=extra, notes=(*one.notes, *notes)) for one in found if one.legal_name]


@lru_cache(maxsize=65536)
def name_key(name: str) -> tuple[str, ...]:
    """What two spellings of one name share: its words in order of the alphabet, without legal forms.

    "Azure (Microsoft)" and "Microsoft (Azure)" have the same key, "Acme, Inc." and "ACME LLC" too.
    """
    tokens = [token for token in plain(name.replace(".", "")).split() if token not in ("and", "the")]
    kept = [token for token in tokens if token not in _forms()] or tokens
    return tuple(sorted(set(kept)))


def has_form(name: str) -> bool:
    """Whether a name ends with a legal form (Inc., GmbH, d.o.o.) or carries an East Asian one."""
    if any(form in name for form in words.lists()["east_asian_forms"]):
        return True
    tokens = re.sub(r"\([^()]*\)", " ", name).replace(",", " ").split()
    tail = [re.sub(r"[^a-z]", "", plain(token).replace(" ", "")) for token in tokens[-4:]]
    return len(tokens) > 1 and any("".join(tail[-length:]) in _forms() for length in range(1, len(tail) + 1))


def companies_in(sentence: str) -> list[str]:
    """Names with a legal form in running text: "…our affiliate, Acme UK Limited, may…"."""
    return list(dict.fromkeys(match[0].strip() for match in _IN_TEXT.finditer(sentence)))


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset(words.lists()["forms"])


def _pieces(cell: Cell) -> tuple[list[str], str, list[str]]:
    """The names in a cell, the lines that are an address, and what was unclear."""
    lines = [line.strip(" ,;") for part in cell.text.split("\n") for line in part.split(";") if line.strip(" ,;")]
    names: list[str] = []
    extra: list[str] = []
    for line in lines:
        if names and (extra or not _looks_like_a_name(line) or line.count(",") > 1 or _only_place(line)):
            extra.append(line)
        elif names and (line.startswith("(") or _only_form(line) or words.begins(line, "former")):
            names[-1] = f"{names[-1]} {line}"
        else:
            names.append(line)
    found: list[str] = []
    notes: list[str] = []
    for name in names:
        found += _apart(name, notes)
    return found, "\n".join(extra), notes


def _looks_like_a_name(line: str) -> bool:
    """A line of its own that may be another company: words in capitals, no number, or a legal form."""
    if line.startswith("(") or _only_form(line) or words.begins(line, "former"):
        return True
    if _DIGITS.search(line) or "@" in line:
        return False
    large = all(not word[0].islower() for word in line.split())
    return has_form(line) or bool(_EAST_ASIAN.search(line)) or (large and len(line.split()) <= 6)


def _apart(name: str, notes: list[str]) -> list[str]:
    """A line with commas or "and" in it, taken apart where each part is a company."""
    parts: list[str] = []
    for part in _COMMAS.split(name):
        if parts and _only_form(part):
            parts[-1] = f"{parts[-1]}, {part}"
        elif part:
            parts.append(part)
    if len(parts) == 1:
        parts = _AND.split(name)
        whole = len(parts) > 1 and all(has_form(part) and not _only_form(part) for part in parts)
        return parts if whole else [name]
    if all(_EAST_ASIAN.search(part) or has_form(part) for part in parts):
        return parts
    if all(len(part.split()) <= 3 for part in parts) and not any(map(has_form, parts)):
        notes.append(f"“{name}” may name several companies; it was kept as one.")
    return [name]


def _read(piece: str) -> Company:
    name, trading = _trading(" ".join(piece.split()))
    country, notes = "", list[str]()
    brackets = _BRACKETS.match(name)
    if brackets and not trading:
        outer, inner = brackets[1].strip(" ,"), brackets[2].strip()
        place = read_places(inner)
        if words.begins(inner, "former"):
            notes.append(f"The list calls it “{piece}”.")
            name = outer
        elif has_form(inner) and not has_form(outer):
            name, trading = inner, outer
            notes.append(f"“{inner}” in brackets was taken as the legal name, “{outer}” as the trading name.")
        elif has_form(outer) and len(place.found) == 1 and place.understood and len(place.found[0].code) == 2:
            name, country = outer, place.found[0].code
        elif (has_form(outer) and len(inner.split()) <= 4) or _is_short_for(inner, outer):
            name, trading = outer, inner
    group = bool(words.has(name, "groups")) and not has_form(name)
    if group:
        notes.append(f"“{name}” names no single legal entity; each company has to be named in the end.")
    elif words.begins(name, "no_company") or (name[:1].islower() and " " in name):
        notes.append(f"“{name}” looks like no company; name, address and contact of each are expected.")
    return Company(name, trading, country, group=group, notes=tuple(notes))


def _trading(name: str) -> tuple[str, str]:
    for word in words.lists()["trading"]:
        before, found, after = re.sub(r"[()]", " ", name).partition(f" {word} ")
        if found and before.strip() and after.strip():
            return " ".join(before.split()).rstrip(","), " ".join(after.split())
    return name, ""


def _is_short_for(inner: str, outer: str) -> bool:
    initials = "".join(word[0] for word in re.findall(r"[^\W_]+", outer))
    return inner.isupper() and inner.casefold() in (initials.casefold(), "".join(filter(str.isupper, outer)).casefold())


def _only_form(piece: str) -> bool:
    joined = re.sub(r"[^a-z]", "", plain(piece).replace(" ", ""))
    tokens = [re.sub(r"[^a-z]", "", plain(token).replace(" ", "")) for token in piece.split()]
    return joined in _forms() or (bool(tokens) and all(token in _forms() for token in tokens))


def _only_place(line: str) -> bool:
    place = read_places(line)
    return place.understood and not place.notes and len(line.split()) <= 4
