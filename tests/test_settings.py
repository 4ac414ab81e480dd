"""Reading the settings: every usual spelling, and one clear line for a wrong one."""

from pathlib import Path

import pytest

from registry import settings
from registry.errors import Problem


def load(tmp_path: Path, **given: str) -> settings.Settings:
    return settings.load({"DATA_DIR": str(tmp_path), **given})


def test_without_any_environment_the_defaults_hold(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert (found.database_url, found.port, found.base_url) == (
        "sqlite:///var/registry.db",
        8000,
        "http://localhost:8000",
    )


def test_an_empty_value_is_no_value(tmp_path: Path) -> None:
    assert load(tmp_path, PORT="", BASE_URL="").base_url == "http://localhost:8000"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_is_understood(tmp_path: Path, scheme: str) -> None:
    found = load(tmp_path, DATABASE_URL=f"{scheme}://me:secret@db.example/register", SECRET_KEY="k" * 32)
    assert found.database_url == "postgresql+psycopg://me:secret@db.example/register"
    assert not found.uses_sqlite


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "relay").write_text("smtps://me:secret@mail.example:465\n", encoding="utf-8")
    assert load(tmp_path, SMTP_URL_FILE=str(tmp_path / "relay")).smtp_url == "smtps://me:secret@mail.example:465"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"SMTP_URL_FILE: cannot read .*/nowhere"):
        load(tmp_path, SMTP_URL_FILE=f"{tmp_path}/nowhere")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://db.example/register"),
        ("BASE_URL", "privacy.acme.example"),
        ("BASE_URL", "https://privacy.acme.example/?a=b"),
        ("SMTP_URL", "mail.example:25"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "me@acme.example\r\nBcc: all@acme.example"),
        ("LOG_FORMAT", "xml"),
        ("WEB_CONCURRENCY", "0"),
    ],
)
def test_a_wrong_value_stops_the_start_with_one_line_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(Problem) as refusal:
        load(tmp_path, **{name: value})
    assert refusal.value.message.startswith(f"{name}: must ")
    assert "\n" not in refusal.value.message


def test_on_sqlite_a_secret_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = load(tmp_path / "data").secret_key
    assert len(first) >= 32
    assert load(tmp_path / "data").secret_key == first
    assert (tmp_path / "data" / "secret-key").stat().st_mode & 0o077 == 0


def test_on_postgresql_the_secret_key_must_be_given(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="SECRET_KEY: must be set"):
        load(tmp_path, DATABASE_URL="postgresql://db.example/register")
