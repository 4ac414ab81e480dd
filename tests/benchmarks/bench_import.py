"""Importing 10,000 rows: reading and planning, against the csv module alone; and the memory it takes."""

import csv
import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from registry import clock, drafting, importing, migrations, schemas
from registry.intake import Reading, read
from registry.work import OPERATOR, Work, begin, make_engine
from tests.benchmarks.measuring import Measurement, beside, best

ROWS = 10_000
_PLACES = ("Germany", "USA", "Ireland (eu-west-1)", "Frankfurt, Germany (EU)", "United States, EEA", "UK", "Worldwide")
_MECHANISMS = ("SCCs Module 3", "N/A", "EU-US Data Privacy Framework", "adequacy decision", "")
# VmHWM and not getrusage, whose maximum a child inherits from the process that started it.
_MEASURE = "import re, sys; {}; print(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"


def run() -> Iterator[Measurement]:
    """Microseconds a row, and megabytes at the peak, each beside `csv.DictReader` on the same bytes."""
    data = listed(ROWS)
    plain = best(lambda: list(csv.DictReader(io.StringIO(data.decode()))))
    seconds = best(lambda: read(data, name="list.csv"), times=2)
    yield _per_row(f"read a list of {ROWS:,} rows", seconds, plain)
    reading = read(data, name="list.csv")
    with _work() as work:
        yield _per_row(f"plan an import of {ROWS:,} rows", best(lambda: _plan(work, reading), times=2), plain)
    ours = _megabytes("from registry.intake import read; read(sys.stdin.buffer.read(), name='list.csv')", data)
    theirs = _megabytes("import csv, io; rows = list(csv.DictReader(io.StringIO(sys.stdin.read())))", data)
    name = f"memory at the peak of reading {ROWS:,} rows"
    yield beside(name, ours, baseline="csv.DictReader", baseline_seconds=theirs, limit=12.0, unit="MB")


def listed(count: int) -> bytes:
    """A list of that many different companies as CSV."""
    lines = ["Company,Address,Purpose,Data,Location,Transfer mechanism"]
    lines += [
        f'"Example {number} Services, Inc.","{number} Sample Street, 10000 Zagreb, Croatia",'
        f'"Hosting of part {number}; support","Name, e-mail, usage {number % 50}",'
        f'"{_PLACES[number % len(_PLACES)]}","{_MECHANISMS[number % len(_MECHANISMS)]}"'
        for number in range(count)
    ]
    return "\n".join(lines).encode()


def _per_row(name: str, seconds: float, plain: float) -> Measurement:
    micro = 1_000_000 / ROWS
    return beside(
        f"{name} ({ROWS / seconds:,.0f} rows a second)",
        seconds * micro,
        baseline="csv.DictReader",
        baseline_seconds=plain * micro,
        unit="µs a row",
    )


def _plan(work: Work, reading: Reading) -> None:
    register = drafting.add_register(
        work,
        schemas.load(schemas.RegisterSchema(), {"slug": f"r{clock.now().timestamp():.0f}", "title": {"en": "List"}}),
    )
    importing.plan(work, register, reading, check=lambda values: schemas.load(schemas.EntrySchema(), values))
    work.session.rollback()


@contextmanager
def _work() -> Iterator[Work]:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'bench.db'}")
        migrations.upgrade(engine)
        with begin(engine, now=clock.now(), actor=OPERATOR) as work:
            yield work
        engine.dispose()


def _megabytes(statement: str, data: bytes) -> float:
    """The greatest memory a fresh Python took for a statement that reads `data` from standard input."""
    command = [sys.executable, "-c", _MEASURE.format(statement)]
    done = subprocess.run(command, input=data, capture_output=True, check=True, cwd=Path(__file__).parents[2])
    return float(done.stdout) / 1024
