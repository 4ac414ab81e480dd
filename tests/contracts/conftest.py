"""Every address of the application with the sample company in it, for sweeps over all of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import SQLModel
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from notifications.models import Heartbeat
from registry import clock
from registry.work import WORKER, begin, make_engine

SAFE = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True)
class Address:
    """One route with a method and, where it takes arguments, with arguments of the sample company."""

    url: str
    method: str
    endpoint: str
    access: str | None
    any_origin: bool
    real: bool

    def __str__(self) -> str:
        return f"{self.method} {self.url}"


class Addresses(list[Address]):
    def that(self, matches: Callable[[Address], bool]) -> "Addresses":
        return Addresses(one for one in self if matches(one))

    @property
    def pages(self) -> "Addresses":
        """What can be looked at: GET, of things that exist."""
        return self.that(lambda one: one.method == "GET" and one.real)


@pytest.fixture
def sample_engine(sample_url: str) -> Iterator[Engine]:
    engine = make_engine(sample_url)
    with begin(engine, now=clock.now(), actor=WORKER) as work:  # a worker is at work, so the service is ready
        work.session.add(Heartbeat(worker="test", host="localhost", started_at=work.now, seen_at=work.now))
    yield engine
    engine.dispose()


@pytest.fixture
def addresses(sample_app: Flask, sample_engine: Engine) -> Addresses:
    known = _known(sample_engine)
    return Addresses(one for rule in sample_app.url_map.iter_rules() for one in _of_rule(sample_app, rule, known))


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is in the database, by table."""
    with engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: sorted(map(tuple, connection.execute(select(table))), key=repr) for table in tables}


def _of_rule(app: Flask, rule: Rule, known: dict[str, Any]) -> Iterator[Address]:
    if rule.endpoint == "static":
        return
    view = app.view_functions[rule.endpoint]
    real = all(name in known or isinstance(rule._converters[name], AnyConverter) for name in rule.arguments)
    names = sorted(rule.arguments)
    for values in product(*(_values(rule._converters[name], name, known) for name in names)):
        arguments = dict(zip(names, values, strict=True))
        url = app.url_map.bind("localhost").build(rule.endpoint, arguments)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            access, any_origin = getattr(view, "access", None), getattr(view, "any_origin", False)
            yield Address(url, method, rule.endpoint, access, any_origin, real)


def _values(converter: BaseConverter, name: str, known: dict[str, Any]) -> list[Any]:
    """All that a choice allows, one of the sample company, or (for a token from a mail) something unknown to us."""
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)
    return [known.get(name, 1 if isinstance(converter, IntegerConverter) else "unknown-to-us")]


def _known(engine: Engine) -> dict[str, Any]:
    known: dict[str, Any] = {"slug": "general", "number": 1, "a": 1, "b": 2, "before": 1, "after": 2}
    known["day"] = datetime.now(UTC).date().isoformat()
    with engine.connect() as connection:
        for name in ("entry", "revision", "assessment", "publication"):
            table = SQLModel.metadata.tables[name]
            query = select(table.c.id).order_by(table.c.id)
            if "register_id" in table.c:
                register = SQLModel.metadata.tables["register"]
                query = query.join(register, register.c.id == table.c.register_id).where(register.c.slug == "general")
            known[f"{name}_id"] = known[name] = connection.execute(query).scalars().first()
    return known
