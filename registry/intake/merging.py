"""Rows that are one entry: the same company, and nothing but the purpose differs.

A careful person enters such a company once, with two purposes. Where scope, data, place or service differ as well, the
rows say different things, and each stays an entry of its own.
"""

from collections.abc import Sequence
from typing import Any

from registry.intake.companies import name_key
from registry.intake.entries import Candidate


def merged(candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates of one list with rows joined that differ in nothing but the purpose."""
    kept: dict[str, Candidate] = {}
    for candidate in candidates:
        key = repr((name_key(candidate.name), _all_but_purposes(candidate.values)))
        first = kept.get(key)
        if first is None:
            kept[key] = candidate
            continue
        known = [row["text"] for row in first.values["purposes"]]
        first.values["purposes"] += [row for row in candidate.values["purposes"] if row["text"] not in known]
        first.source = f"{first.source} and {candidate.source}"
        first.notes = list(
            dict.fromkeys([*first.notes, *candidate.notes, "Rows that differ only in the purpose were joined."])
        )
    return list(kept.values())


def _all_but_purposes(values: dict[str, Any]) -> dict[str, Any]:
    company = {name: value for name, value in values["sub_processor"].items() if name != "legal_name"}
    locations = [{**row, "purposes": bool(row["purposes"])} for row in values["locations"]]
    return {**values, "purposes": None, "sub_processor": company, "locations": locations}
