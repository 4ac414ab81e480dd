"""Rows that are one entry: the same company, and nothing but the purpose, or nothing but the place, differs.

A careful person enters such a company once, with two purposes or two locations. Where scope, data or service differ as
well, the rows say different things, and each stays an entry of its own.
"""

from collections.abc import Callable, Sequence
from typing import Any

from registry.intake.companies import name_key
from registry.intake.entries import Candidate


def merged(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of one list with rows joined that differ in nothing but the purpose, or but the place."""
    joined = _joined(candidates, _all_but_purposes, _take_purposes, "the purpose")
    return _joined(joined, _all_but_locations, _take_locations, "the place")


def _joined(
    candidates: Sequence[Candidate],
    rest: Callable[[dict[str, Any]], dict[str, Any]],
    take: Callable[[dict[str, Any], dict[str, Any]], None],
    what: str,
) -> list[Candidate]:
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        key = repr((name_key(candidate.name), rest(candidate.values)))
        first = kept.get(key)
        if first is None:
            kept[key] = candidate
            continue
        take(first.values, candidate.values)
        first.source = f"{first.source} and {candidate.source}"
        said = [*first.notes, *candidate.notes, f"Rows that differ only in {what} were joined."]
        first.notes = list(dict.fromkeys(said))
    return list(kept.values())


def _take_purposes(first: dict[str, Any], other: dict[str, Any]) -> None:
    known = [row["text"] for row in first["purposes"]]
    first["purposes"] += [row for row in other["purposes"] if row["text"] not in known]


def _take_locations(first: dict[str, Any], other: dict[str, Any]) -> None:
    first["locations"] += [row for row in other["locations"] if row not in first["locations"]]


def _all_but_purposes(values: dict[str, Any]) -> dict[str, Any]:
    company = {name: value for name, value in values["sub_processor"].items() if name != "legal_name"}
    locations = [{**row, "purposes": bool(row["purposes"])} for row in values["locations"]]
    return {**values, "purposes": None, "sub_processor": company, "locations": locations}


def _all_but_locations(values: dict[str, Any]) -> dict[str, Any]:
    company = {name: value for name, value in values["sub_processor"].items() if name != "legal_name"}
    return {**values, "locations": None, "sub_processor": company}
