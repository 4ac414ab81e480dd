"""Two snapshots of 10,000 entries, compared: at most five times what comparing them as plain dicts costs."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

from registry.diff import compare
from registry.snapshot import Document, Entry
from tests.benchmarks.measuring import Measurement, beside, entries
from tests.factories import document, location, sub_processor, text_row

ON = date(2026, 11, 22)
ENTRIES = 10_000
ROUNDS = 9
CHANGES = 5
"""Sorts of change that `_changed` deals out in turn."""


def run() -> list[Measurement]:
    """A register in which 2 % of the entries changed, and one in which all did: what is equal is passed over."""
    before = document(*entries(ENTRIES))
    return [_measure("2 % changed", before, 50, limit=5.0), _measure("all changed", before, 1, limit=None)]


def _measure(what: str, before: Document, every: int, *, limit: float | None) -> Measurement:
    after = _later(before, every)
    ours, plain = _alternately(lambda: compare(before, after, on=ON), lambda: _differing(before, after))
    return beside(
        f"compare 10,000 entries, {what}",
        ours,
        baseline="plain dicts, ids that differ",
        baseline_seconds=plain,
        limit=limit,
    )


def _later(before: Document, every: int) -> Document:
    """A later publication, read from its own bytes as in life (so that nothing is equal by being the same object)."""
    after: Document = json.loads(json.dumps(before))
    for number in range(0, len(after["entries"]), every):
        after["entries"][number] = _changed(after["entries"][number], number // every % CHANGES)
    return after


def _changed(entry: Entry, sort: int) -> Entry:
    changed = deepcopy(entry)
    if sort == 0:
        changed["locations"].append(location("IE", id=f"new-{entry['id']}"))
    elif sort == 1:
        changed["purposes"][0] = text_row("Hosting of our website", id=changed["purposes"][0]["id"])
    elif sort == 2:
        name = f"{entry['sub_processor']['legal_name']} & Co. KG"
        changed["sub_processor"] = sub_processor(name, id=entry["sub_processor"]["id"], address="2 Sample Street")
    elif sort == 3:
        changed["ends_on"] = "2026-12-31"
    else:
        changed["locations"][1]["mechanisms"][0]["module"] = 2
    return changed


def _differing(before: Document, after: Document) -> list[str]:
    """The baseline: the ids whose entries differ, or that only one of the two has."""
    old = {entry["id"]: entry for entry in before["entries"]}
    new = {entry["id"]: entry for entry in after["entries"]}
    return [id_ for id_ in old.keys() | new.keys() if old.get(id_) != new.get(id_)]


def _alternately(*acts: Callable[[], Any]) -> list[float]:
    """The median seconds of each, measured in turns so that a busy moment of the machine falls on all."""
    taken: list[list[float]] = [[] for _ in acts]
    for _ in range(ROUNDS):
        for act, times in zip(acts, taken, strict=True):
            began = perf_counter()
            act()
            times.append(perf_counter() - began)
    return [median(times) for times in taken]
