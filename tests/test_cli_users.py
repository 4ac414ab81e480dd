"""The operator's commands on people."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import select

from registry import clock
from registry import settings as registry_settings
from registry.cli import commands
from registry.cli_users import user as user_commands
from registry.console import Console
from registry.models import LogEntry
from registry.work import OPERATOR, begin
from tests.records import PASSWORD

Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": "a secret for tests and nothing else"}
    for setting in registry_settings.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    for name, value in {**environment, "DATA_DIR": str(tmp_path), "BASE_URL": "http://localhost"}.items():
        monkeypatch.setenv(name, value)
    if "user" not in commands.commands:
        commands.add_command(user_commands)

    def call(*arguments: str, given: str = "") -> Result:
        console = Console(lambda path: b"")
        try:
            return CliRunner().invoke(commands, ["user", *arguments], input=given, obj=console)
        finally:
            console.engine.dispose()

    return call


def test_the_operator_adds_somebody_who_sets_their_password_by_the_printed_link(run: Run, client: FlaskClient) -> None:
    done = run("add", "Olga@acme.example", "--role", "owner", "--name", "Olga")
    assert done.exit_code == 0, done.output
    (link,) = re.findall(r"http://localhost(/admin/password/\S+)", done.output)
    assert client.post(link, data={"password": PASSWORD}).status_code == 303
    assert client.get("/admin/").status_code == 200


def test_the_operator_gives_lists_and_takes_away(run: Run, client: FlaskClient) -> None:
    def ok(*arguments: str, given: str = "") -> str:
        done = run(*arguments, given=given)
        assert done.exit_code == 0, done.output
        return str(done.output)

    ok("add", "olga@acme.example", "--role", "owner", "--password-stdin", given=PASSWORD + "\n")
    ok("add", "vito@acme.example", "--role", "viewer", "--password-stdin", given=PASSWORD + "\n")
    ok("password", "vito@acme.example", "--password-stdin", given="another battery staple\n")
    data = {"email": "vito@acme.example", "password": "another battery staple"}
    assert client.post("/admin/sign-in", data=data).status_code == 303
    ok("disable", "vito@acme.example")
    assert client.get("/admin/").status_code == 303
    assert ok("list") == "olga@acme.example  owner\nvito@acme.example  viewer  disabled\n"
    ok("enable", "vito@acme.example")
    assert '"disabled": false' in ok("list", "--json").split("vito")[1]
    assert "/admin/password/" in ok("password", "vito@acme.example")


@pytest.mark.parametrize(
    ("call", "status", "says"),
    [
        ("add no-address --role owner", 1, "does not look like"),
        ("add a@acme.example --role owner --password-stdin", 1, "at least 12"),
        ("add a@acme.example --role emperor", 2, "emperor"),
        ("disable olga@acme.example", 1, "only owner"),
        ("password nobody@acme.example", 1, "Nobody has the address"),
    ],
)
def test_the_operator_is_refused_with_a_reason(run: Run, call: str, status: int, says: str) -> None:
    run("add", "olga@acme.example", "--role", "owner")
    done = run(*call.split())
    assert (done.exit_code, says in done.output) == (status, True), done.output


def test_what_the_operator_did_stands_in_the_log(run: Run, app: Flask) -> None:
    run("add", "olga@acme.example", "--role", "owner")
    with begin(app.extensions["subregistry"]["engine"], now=clock.now(), actor=OPERATOR, write=False) as work:
        lines = {(row.actor, row.action, row.subject) for row in work.session.exec(select(LogEntry))}
    assert lines == {
        ("operator", "user.added", "olga@acme.example"),
        ("operator", "password-link.made", "olga@acme.example"),
    }
