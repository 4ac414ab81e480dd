"""How benchmarks measure: the best of a few runs, beside a baseline's best."""

import time
from collections.abc import Callable
from typing import Any

from registry.snapshot import Entry
from tests import factories

Measurement = dict[str, Any]


def best(act: Callable[[], object], times: int = 3) -> float:
    """The shortest of some runs, in seconds: what the code costs when the machine does nothing else."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append(time.perf_counter() - began)
    return min(taken)


def beside(
    name: str, seconds: float, *, baseline: str, baseline_seconds: float, limit: float | None = None, unit: str = "s"
) -> Measurement:
    """A measurement as `make bench` prints it."""
    return {
        "name": name,
        "seconds": seconds,
        "baseline_name": baseline,
        "baseline_seconds": baseline_seconds,
        "ratio": seconds / baseline_seconds,
        "limit": limit,
        "unit": unit,
    }


def entries(count: int) -> list[Entry]:
    """That many different entries: two purposes, two data categories, two locations, one mechanism each."""
    return [_entry(number) for number in range(count)]


def _entry(number: int) -> Entry:
    purposes = [
        factories.text_row(text, id=f"p{number}-{index}")
        for index, text in enumerate(("Hosting", "Backups of databases"))
    ]
    categories = [
        factories.text_row(text, id=f"d{number}-{index}") for index, text in enumerate(("Names", "Log lines"))
    ]
    clauses = factories.mechanism("EU-SCC-M3", id=f"m{number}")
    locations = [
        factories.location("DE", id=f"l{number}-0"),
        factories.location("IN", id=f"l{number}-1", activity="support", mechanisms=[clauses]),
    ]
    return factories.entry(
        f"Example Company {number} GmbH", purposes=purposes, data_categories=categories, locations=locations
    )
