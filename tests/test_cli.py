"""The operator's commands as they are typed: what they print, what they refuse, and the status they end with."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

import wsgi
from registry import migrations
from registry.settings import SETTINGS, Settings
from tests.typed import Run, answer, done, environment, refused

SCRIPT = Path(sys.executable).with_name("subregistry")
one_database = pytest.mark.parametrize("backend", ["sqlite"])


# The program itself


@one_database
def test_the_installed_script_ends_with_the_status_and_the_streams_of_its_answer(
    settings: Settings, backend: str
) -> None:
    def status(*arguments: str) -> tuple[int, bool, bool]:
        environ = {**os.environ, **environment(settings)}
        ended = subprocess.run([SCRIPT, *arguments], env=environ, capture_output=True, check=False)
        return ended.returncode, bool(ended.stdout), bool(ended.stderr)

    assert status("--version") == (0, True, False)
    assert status("register", "list", "--json") == (0, True, False)
    assert status("verify", "nowhere") == (1, False, True)
    assert status("verify") == (2, False, True)


@one_database
@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "publish",
        "publish --register general --effective-on 2026-02-30",
        "publish --register general --effective-on tomorrow",
        "export --register general --format pdf",
        "export --register general --revision first",
        "register add general",
        "register add general --title T --notice-days many",
        "deliveries --register general",
    ],
)
def test_a_wrong_call_ends_with_two_and_says_how_to_call(run: Run, line: str, backend: str) -> None:
    result = run(*line.split())
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Usage: " in result.stderr


@one_database
def test_every_command_explains_itself(run: Run, backend: str) -> None:
    group: Any = wsgi.command_line()
    paths = [[name] for name in group.commands]
    paths += [[name, inner] for name, one in group.commands.items() for inner in getattr(one, "commands", ())]
    assert len(paths) > 15
    for path in paths:
        assert done(run(*path, "--help")).startswith("Usage: "), path


def test_a_schema_of_another_version_is_refused_and_migrating_twice_mends_it(run: Run, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE alembic_version RENAME TO kept"))
    assert "subregistry migrate" in refused(run("register", "list"))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE kept RENAME TO alembic_version"))
    assert done(run("migrate")) == done(run("migrate")) == "The database is up to date.\n"
    assert migrations.is_current(engine)


@one_database
def test_migrating_makes_the_database_where_there_is_none(run: Run, tmp_path: Path, backend: str) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/registry.db"
    done(run("migrate", DATABASE_URL=url))
    assert answer(run("register", "list", "--json", DATABASE_URL=url)) == []


@one_database
def test_a_database_that_does_not_answer_is_said_in_one_line(run: Run, backend: str) -> None:
    reason = refused(run("register", "list", DATABASE_URL="postgresql://me:hidden@127.0.0.1:1/register"))
    assert "does not answer" in reason
    assert "hidden" not in reason
    assert reason.count("\n") == 1


@one_database
def test_a_wrong_setting_is_named(run: Run, backend: str) -> None:
    assert refused(run("settings", PORT="eighty")).startswith("Refused: PORT: must be a whole number")
    assert "DATABASE_URL" in refused(run("register", "list", DATABASE_URL="mysql://db.example/register"))


@one_database
def test_the_settings_in_force_are_listed_without_their_secrets(run: Run, backend: str) -> None:
    given = {"SMTP_URL": "smtp://me:hidden@mail.example:587", "MAIL_FROM": "Acme <privacy@acme.example>"}
    url = "postgres://me:hidden@db.example/register"
    shown = done(run("settings", SECRET_KEY="a hidden key", DATABASE_URL=url, **given)).splitlines()
    assert [line.partition("=")[0] for line in shown] == [setting.name for setting in SETTINGS]
    assert "MAIL_FROM=Acme <privacy@acme.example>" in shown
    assert not any("hidden" in line for line in shown)
    assert any("db.example" in line for line in shown)


# Registers


def test_a_register_is_added_and_listed(run: Run) -> None:
    options = ["--intro", "Who helps us.", "--language", "de", "--language", "en", "--notice-days", "45"]
    done(run("register", "add", "eu-region", "--title", "Unterauftragsverarbeiter", *options))
    (listed,) = answer(run("register", "list", "--json"))
    assert listed == {"slug": "eu-region", "title": {"de": "Unterauftragsverarbeiter"}, "publication": 0}
    assert done(run("register", "list")) == "eu-region  publication -\n"
    done(run("publish", "--register", "eu-region"))
    sent = answer(run("export", "--register", "eu-region"))
    assert sent["register"]["languages"] == ["de", "en"]
    assert sent["register"]["prevailing_language"] == "de"
    assert (sent["notice_days"], sent["objection_days"]) == (45, 14)


@one_database
@pytest.mark.parametrize(
    ("field", "arguments"),
    [
        ("slug", ["Not_A_Slug", "--title", "T"]),
        ("title", ["general", "--title", "  "]),
        ("timezone", ["general", "--title", "T", "--timezone", "Mars/Phobos"]),
        ("languages", ["general", "--title", "T", "--language", "English"]),
        ("notice_days", ["general", "--title", "T", "--notice-days", "-1"]),
    ],
)
def test_a_register_that_cannot_be_is_refused_by_field(
    run: Run, field: str, arguments: list[str], backend: str
) -> None:
    assert f"  {field}" in refused(run("register", "add", *arguments))
    assert answer(run("register", "list", "--json")) == []


def test_a_short_name_is_given_once(run: Run) -> None:
    done(run("register", "add", "general", "--title", "Sub-processors"))
    assert "already a register" in refused(run("register", "add", "general", "--title", "Again"))


def test_a_folder_that_cannot_be_made_is_said_in_one_line(run: Run, tmp_path: Path, backend: str) -> None:
    file = tmp_path / "a-file"
    file.write_text("not a folder")
    said = refused(run("migrate", DATABASE_URL=f"sqlite:///{file}/inside/registry.db"))
    assert str(file) in said
    assert len(said.splitlines()) == 1
