"""The locations of a row: places and activities, limited purposes, and the mechanisms that hold there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry.intake import words
from registry.intake.contacts import kind_of_link
from registry.intake.headers import plain
from registry.intake.mechanisms import read_mechanisms
from registry.intake.places import Place, read_places
from registry.intake.shapes import Cell
from registry.intake.transfers import transfers


@dataclass(frozen=True)
class Context:
    """What stands around a list: heading, status, the place a heading or sentence gives, the language of the texts."""

    language: str = "en"
    group: str = ""
    status: str = ""
    place: str = ""
    place_from: str = ""
    affiliates: bool = False
    meanings: frozenset[str] = frozenset()


def locations(
    cells: dict[str, Cell], context: Context, notes: list[str], said: Sequence[str]
) -> tuple[list[dict[str, Any]], bool]:
    """The locations of a row with their mechanisms; and whether the list's own words gave those."""
    purpose = " ; ".join(said)
    placed: list[tuple[str, Place]] = []
    for meaning, activity in (("place", ""), ("storage_place", "storage"), ("access_place", "remote-access")):
        text = _without_list_sentence(cells.get(meaning, Cell()))
        read = read_places(text, purpose if "(" in text else "")  # without brackets it is the same for every row
        if read_mechanisms(text).nothing and not read.understood:
            continue
        notes += read.notes
        placed += [(activity or place.activity, place) for place in read.found]
    mechanism = cells.get("mechanism", Cell()).line if "mechanism" in context.meanings else None
    if not placed:
        placed = [("", place) for place in _elsewhere(cells, context, notes, mechanism)]
    remote = _is_remote(f"{purpose} {cells.get('place', Cell()).line}")
    on_places = transfers([place for _, place in placed], mechanism, remote=remote)
    notes += on_places.notes
    usual = "remote-access" if remote else "processing"
    rows = [
        _location(activity or usual, place, codes, context.language, said)
        for (activity, place), codes in zip(placed, on_places.by_place, strict=True)
    ]
    return rows, on_places.stated


def _without_list_sentence(cell: Cell) -> str:
    """The lines of a place cell without those that only point to the company's own list."""
    lines = cell.text.split("\n")
    around = [(line_with(cell, link.text), link.url) for link in cell.links]
    own = [line for line, url in around if kind_of_link(url, line) == "own_list_url"]
    kept = [line for line in lines if line not in own]
    return "\n".join(kept or lines)


def line_with(cell: Cell, words_of_link: str) -> str:
    return next((line for line in cell.text.split("\n") if words_of_link in line), words_of_link)


def _elsewhere(cells: dict[str, Cell], context: Context, notes: list[str], mechanism: str | None) -> Sequence[Place]:
    """The place when the row gives none: from the sentence or heading above or, where a transfer is named, the seat."""
    if context.place:
        notes.append(f"The place “{context.place}” stands in the {context.place_from} above the list.")
        return read_places(context.place).found
    seat = cells.get("seat", Cell()).line
    if seat and mechanism and read_mechanisms(mechanism).found:
        notes.append(f"The list names a transfer mechanism but no place; the seat “{seat[:80]}” was taken.")
        return read_places(seat).found
    if {"place", "storage_place", "access_place"} & context.meanings:
        notes.append("The row names no place.")
    return ()


def _is_remote(text: str) -> bool:
    word = words.has(text, "remote")
    return bool(word) and (word != "remote" or " access" in f" {plain(text)}")


def _location(
    activity: str, place: Place, codes: list[tuple[str, int | None]], language: str, said: Sequence[str]
) -> dict[str, Any]:
    limited = [text for text in said if any(limit.casefold() in text.casefold() for limit in place.limits)]
    return {
        "activity": activity,
        "place": {"code": place.code, "text": {language: place.words}, "countries": list(place.countries)},
        "purposes": limited if len(limited) < len(said) else [],
        "mechanisms": [
            {"code": code, "module": module, "reference": "", "primary": not number, "starts_on": None, "ends_on": None}
            for number, (code, module) in enumerate(codes)
        ],
        "tia": None,
        "starts_on": None,
        "ends_on": None,
    }
