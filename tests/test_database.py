"""The schema and the unit of work, on both databases."""

import importlib
import pkgutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    DateTime,
    Engine,
    Integer,
    LargeBinary,
    Table,
    TypeDecorator,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

import notifications
from registry import migrations
from registry.errors import Problem
from registry.models import LogEntry, new_id
from registry.work import OPERATOR, begin, make_engine

for _module in pkgutil.iter_modules(notifications.__path__):
    if _module.name == "models":
        importlib.import_module("notifications.models")

PROOF = ["revision", "review", "publication", "event", "log_entry", "consent", "attempt"]
_INSTANT = datetime(2026, 11, 22, tzinfo=UTC)


def test_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    before = sorted(inspect(engine).get_table_names())
    migrations.upgrade(engine)
    assert sorted(inspect(engine).get_table_names()) == before
    assert migrations.is_current(engine)


def test_the_newest_schema_is_the_one_alembic_ends_with() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert scripts.get_heads() == [migrations.head()]


def test_a_database_without_our_schema_is_refused(tmp_path: Any) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(Problem) as refusal:
        migrations.require_current(engine)
    engine.dispose()
    assert refusal.value.key == "schema-stale"


@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", PROOF)
def test_proof_refuses_to_be_changed_or_deleted(engine: Engine, table: str, statement: str) -> None:
    with engine.begin() as connection:
        _insert(connection, SQLModel.metadata.tables[table])
    with pytest.raises(DBAPIError, match=f"{table} is append-only"), engine.begin() as connection:
        connection.execute(text(statement.format(table)))


@pytest.mark.parametrize("table", PROOF)
def test_proof_refuses_to_be_replaced_or_emptied(engine: Engine, backend: str, table: str) -> None:
    with engine.begin() as connection:
        _insert(connection, SQLModel.metadata.tables[table])
    replace = f"REPLACE INTO {table} SELECT * FROM {table}"
    empty = f"TRUNCATE {table} CASCADE"
    with pytest.raises(DBAPIError, match="is append-only"), engine.begin() as connection:
        connection.execute(text(replace if backend == "sqlite" else empty))


def test_an_act_that_fails_leaves_nothing_behind(engine: Engine, now: datetime) -> None:
    def fail() -> None:
        with begin(engine, now=now, actor=OPERATOR) as work:
            work.record("tried")
            work.session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert _actions(engine, now) == []


def test_an_act_that_succeeds_is_kept_with_its_instant_and_actor(engine: Engine, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        work.record("tried", subject="something")
    with begin(engine, now=now, actor=OPERATOR, write=False) as work:
        (entry,) = work.session.scalars(select(LogEntry)).all()
    assert (entry.action, entry.actor, entry.at, entry.subject) == ("tried", "operator", now, "something")


def _actions(engine: Engine, now: datetime) -> list[str]:
    with begin(engine, now=now, actor=OPERATOR, write=False) as work:
        return [entry.action for entry in work.session.scalars(select(LogEntry))]


def _insert(connection: Connection, table: Table) -> Any:
    """Insert a row with a value in every column that needs one, and the rows it refers to; gives its key."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.nullable or (column.primary_key and column.type.python_type is int):
            continue
        if column.foreign_keys:
            row[column.name] = _insert(connection, next(iter(column.foreign_keys)).column.table)
        else:
            row[column.name] = _value(column.type)
    return connection.execute(table.insert().values(row)).inserted_primary_key[0]  # type: ignore[index]


def _value(kind: Any) -> Any:
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    simple: dict[type, Any] = {DateTime: _INSTANT, Boolean: True, Integer: 1, LargeBinary: b"{}", JSON: {}}
    return next((value for known, value in simple.items() if isinstance(kind, known)), new_id())
