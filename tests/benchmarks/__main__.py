"""`make bench`: every measurement, each beside a baseline run in the same minute on the same machine.

A module called bench_….py has `run()`, which gives measurements as dicts: name, seconds, baseline_name,
baseline_seconds, ratio and limit (the greatest ratio that is fine; None when only looked at). A module may give
another unit than seconds in `unit`. Name modules to run only those: `make bench ARGS="diff web"`.
"""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from typing import Any

from tests import benchmarks

HEADINGS = ("measured", "value", "baseline", "value", "ratio", "limit", "")


def main(wanted: list[str]) -> int:
    """Run and print; the exit status is 1 when a limit is passed."""
    rows, status = [HEADINGS], 0
    for module in _modules(wanted):
        print(f"{module} …", file=sys.stderr, flush=True)
        for found in importlib.import_module(f"{benchmarks.__name__}.{module}").run():
            passed = found["limit"] is not None and found["ratio"] > found["limit"]
            status = 1 if passed else status
            rows.append(_row(found, passed))
    _print(rows)
    return status


def _modules(wanted: list[str]) -> Iterator[str]:
    for module in pkgutil.iter_modules(benchmarks.__path__):
        short = module.name.removeprefix("bench_")
        if short != module.name and (not wanted or short in wanted):
            yield module.name


def _row(found: dict[str, Any], passed: bool) -> tuple[str, ...]:
    unit = found.get("unit", "s")
    limit = "" if found["limit"] is None else f"{found['limit']:.1f}"
    values = (_amount(found["seconds"], unit), found["baseline_name"], _amount(found["baseline_seconds"], unit))
    return (found["name"], *values, f"{found['ratio']:.2f}", limit, "over the limit" if passed else "")


def _amount(value: float, unit: str) -> str:
    return f"{value * 1000:.2f} ms" if unit == "s" and value < 1 else f"{value:.2f} {unit}"


def _print(rows: list[tuple[str, ...]]) -> None:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
