"""Fixtures everybody uses. Whatever asks for a database runs twice: on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
from sqlalchemy import Engine

from registry import migrations
from registry import settings as registry_settings
from registry.settings import Settings
from registry.work import OPERATOR, Work, begin, make_engine, open_session
from tests.databases import NO_POSTGRESQL, Templates
from tests.programs import postgres_bin
from tests.servers import MailServer
from tests.typed import Run, runner

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

# The same examples every time, and no verdict on how fast this machine is today.
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=True, max_examples=50, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("house")

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)

without_postgresql = pytest.mark.skipif(postgres_bin() is None, reason=NO_POSTGRESQL)
BACKENDS = ["sqlite", pytest.param("postgresql", marks=without_postgresql)]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    """Where fresh databases come from; one PostgreSQL cluster per test process, started when first needed."""
    templates = Templates(tmp_path_factory.mktemp("databases"))
    yield templates
    templates.stop()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def database_url(templates: Templates, backend: str) -> Iterator[str]:
    """A new database with the schema the real migrations make, and nothing in it."""
    url = templates.fresh(backend, "empty", migrations.upgrade)
    yield url
    templates.discard(url)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def now() -> datetime:
    """The instant of tests: Sunday 22 November 2026, 10:00 UTC (11:00 in Zagreb)."""
    return NOW


@pytest.fixture
def work(engine: Engine, now: datetime) -> Iterator[Work]:
    """A unit of work of the operator. What it did is lost unless the test commits."""
    with open_session(engine, write=True) as session:
        yield Work(session, now, OPERATOR)


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    """A real SMTP server on loopback; see `tests.servers`."""
    server = MailServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings of tests: nothing of this machine's environment, mail into `tmp_path/outbox`."""
    return settings_for(database_url, tmp_path)


@pytest.fixture
def run(settings: Settings) -> Run:
    """Types command lines as the operator; see `tests.typed`."""
    return runner(settings)


def settings_for(database_url: str, folder: Path, **given: str) -> Settings:
    basic = {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "BASE_URL": "http://localhost"}
    return registry_settings.load({**basic, "SECRET_KEY": "a secret for tests and nothing else", **given})


def application(settings: Settings) -> Iterator["Flask"]:
    import wsgi

    app = wsgi.create_app(settings)
    yield app
    app.extensions["subregistry"]["engine"].dispose()


@pytest.fixture
def app(settings: Settings) -> Iterator["Flask"]:
    yield from application(settings)


@pytest.fixture
def client(app: "Flask") -> "FlaskClient":
    return app.test_client()


@pytest.fixture
def sample_url(templates: Templates, backend: str) -> Iterator[str]:
    """A new database with the sample company in it, its history ending now."""
    url = templates.fresh(backend, "sample", fill_with_sample)
    yield url
    templates.discard(url)


def fill_with_sample(engine: Engine) -> None:
    from registry import clock, demo

    migrations.upgrade(engine)
    demo.load(lambda instant: begin(engine, now=instant, actor=OPERATOR), clock.now())


@pytest.fixture
def sample_app(sample_url: str, tmp_path: Path) -> Iterator["Flask"]:
    yield from application(settings_for(sample_url, tmp_path))


@pytest.fixture
def visitor(sample_app: "Flask") -> "FlaskClient":
    """Somebody from outside, looking at the sample company."""
    return sample_app.test_client()


@pytest.fixture
def owner(sample_app: "Flask") -> "FlaskClient":
    """Olga, signed in to the admin pages of the sample company."""
    return sign_in(sample_app, "olga@acme.example")


def sign_in(app: "Flask", email: str) -> "FlaskClient":
    """A client of somebody of the sample company, signed in as people do it: by the form."""
    from registry import demo

    client = app.test_client()
    answer = client.post("/admin/sign-in", data={"email": email, "password": demo.PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
