"""Proposing and publishing a register of 1,000 entries, against writing the same rows with nothing around them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlmodel import SQLModel

from registry import clock, drafting, migrations, published, publishing
from registry.work import OPERATOR, Work, begin, make_engine
from tests.benchmarks.measuring import Measurement, beside, best, entries

SIZE = 1000
ROWS = ("sub_processor", "entry", "purpose", "data_category", "location", "location_mechanism")


def run() -> list[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        engine, other = _database(folder, "ours"), _database(folder, "bare")
        fill = best(lambda: _fill(engine), times=1)
        rows = _rows(engine)
        bare = best(lambda: _insert(other, rows), times=1)
        publish = best(lambda: _publish(engine), times=3)
        for one in (engine, other):
            one.dispose()
    baseline = f"the same {sum(map(len, rows.values()))} rows inserted bare"
    return [
        beside(f"{SIZE} entries written to the working copy", fill, baseline=baseline, baseline_seconds=bare),
        beside(f"{SIZE} entries proposed and published", publish, baseline=baseline, baseline_seconds=bare),
    ]


def _database(folder: str, name: str) -> Engine:
    engine = make_engine(f"sqlite:///{Path(folder) / name}.db")
    migrations.upgrade(engine)
    return engine


@contextmanager
def _work(engine: Engine) -> Iterator[Work]:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        yield work


def _fill(engine: Engine) -> None:
    head = {"slug": "general", "title": {"en": "Sub-processors"}, "timezone": "Europe/Zagreb", "languages": ["en"]}
    with _work(engine) as work:
        register = drafting.add_register(work, {**head, "prevailing_language": "en"})
        for entry in entries(SIZE):
            drafting.add_entry(work, register, entry)


def _publish(engine: Engine) -> None:
    """Each time with one entry worded differently, as nothing may be published twice."""
    with _work(engine) as work:
        register = published.register(work, "general")
        number = published.latest_number(work, register)
        changed = entries(1)[0]
        changed["notes"] = {"en": f"As of publication {number + 1}"}
        drafting.save_entry(work, drafting.entry(work, register, changed["id"]), changed, version=None)
        revision = publishing.propose(work, register)
        publishing.publish(work, register, revision, baseline=number == 0, override_reason="A measurement.")


def _rows(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    tables = ("register", *ROWS)
    with engine.connect() as connection:
        return {name: [dict(row._mapping) for row in connection.execute(select(_table(name)))] for name in tables}


def _insert(engine: Engine, rows: dict[str, list[dict[str, Any]]]) -> None:
    with engine.begin() as connection:
        for name, values in rows.items():
            connection.execute(_table(name).insert(), values)


def _table(name: str) -> Any:
    return SQLModel.metadata.tables[name]
