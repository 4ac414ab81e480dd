"""The operator's commands on mail, as they are typed."""

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

import wsgi
from registry import clock
from registry.console import Console
from registry.settings import Settings
from registry.work import OPERATOR, begin
from tests.audience import announce, ask, published_register, subscribe, written
from tests.servers import MailServer

ANA = "ana@customer.example"


class Shell:
    """Types commands. What a console needs from the environment is given here."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        for name in ("database_url", "data_dir", "base_url", "secret_key"):
            monkeypatch.setenv(name.upper(), str(getattr(settings, name)))

    def set(self, name: str, value: str) -> None:
        self._monkeypatch.setenv(name, value)

    def __call__(self, *words: str, given: bytes | None = None) -> Result:
        console = Console(lambda _path: b"")
        try:
            return CliRunner().invoke(wsgi.command_line(), list(words), obj=console, input=given)
        finally:
            if "engine" in vars(console):
                console.engine.dispose()


@pytest.fixture
def shell(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(settings, monkeypatch)


@pytest.fixture
def told(engine: Engine, settings: Settings) -> None:
    """A publication one subscriber is to be told of; the commands live by the real clock."""
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        register = published_register(work)
        subscribe(work, settings, ANA)
        announce(work, register)


def test_the_worker_sends_what_is_due_and_says_so(shell: Shell, told: None, tmp_path: Path) -> None:
    done = shell("worker", "--once")
    assert done.exit_code == 0
    assert "2 accepted" in done.stdout
    assert {message["X-Register"] for message in written(tmp_path)} == {None, "general"}


def test_a_relay_in_trouble_is_exit_status_1(shell: Shell, told: None, mail_server: MailServer) -> None:
    shell.set("SMTP_URL", mail_server.url)
    mail_server.stop()
    done = shell("worker", "--once")
    mail_server.start()
    assert done.exit_code == 1
    assert "Cannot reach the mail server" in done.stderr


def test_deliveries_are_listed_for_people_and_programs(shell: Shell, told: None) -> None:
    shell("worker", "--once")
    where = ("deliveries", "--register", "general", "--publication", "2")
    assert shell(*where).stdout.splitlines()[-1] == "1 accepted"
    (row,) = json.loads(shell(*where, "--json").stdout)
    assert {"recipient": ANA, "channel": "mail", "state": "accepted"}.items() <= row.items()
    assert row["message_id"].startswith("<n.")
    (attempt,) = row["attempts"]
    assert attempt["at"].endswith("Z")
    assert attempt["reply"].startswith("250 ")
    assert shell("deliveries", "--register", "general", "--publication", "1").stdout == "Nobody was told.\n"
    assert shell("deliveries", "--register", "general", "--publication", "9").exit_code == 1


def test_subscribers_go_in_and_out_and_are_erased(shell: Shell, told: None, tmp_path: Path) -> None:
    out = shell("subscribers", "export")
    assert out.stdout.splitlines()[1].startswith(f"{ANA},general,en,immediate,20")
    shell("subscribers", "export", str(tmp_path / "all.csv"))
    assert (tmp_path / "all.csv").read_bytes().decode() == out.stdout.replace("\n", "\r\n").replace("\r\r", "\r")
    lines = b"bea@customer.example,general,de,immediate,2024-01-01,CRM\nwrong,general,de,immediate,2024-01-01,CRM\n"
    given = b"email,registers,language,frequency,confirmed_at,consent_source\n" + lines
    done = shell("subscribers", "import", "-", given=given)
    assert done.stdout == "1 added, 0 updated, 1 skipped.\n"
    assert done.stderr.startswith("Line 3 skipped:")
    answer = json.loads(shell("subscribers", "import", "-", "--json", given=given).stdout)
    assert (answer["added"], answer["updated"], len(answer["skipped"])) == (0, 1, 1)
    assert shell("subscribers", "erase", ANA).stdout == "Erased.\n"
    assert "no subscriber" in shell("subscribers", "erase", ANA).stdout
    assert ANA not in shell("subscribers", "export").stdout
    assert shell("subscribers", "erase", "nobody").exit_code == 1


def test_a_test_mail_says_what_the_server_answered(shell: Shell, engine: Engine, mail_server: MailServer) -> None:
    shell.set("SMTP_URL", mail_server.url)
    done = shell("mail-test", ANA)
    assert done.stdout == "127.0.0.1 took it: 250 2.0.0 Accepted as 1\n"
    assert [one.recipients for one in mail_server.received] == [[ANA]]
    mail_server.at_rcpt[ANA] = "550 5.1.1 no such user"
    refused = shell("mail-test", ANA)
    assert (refused.exit_code, refused.stderr) == (1, "Refused: 550 5.1.1 no such user\n")


def test_without_a_relay_a_test_mail_is_a_file(shell: Shell, engine: Engine, tmp_path: Path) -> None:
    assert "outbox took it" in shell("mail-test", ANA, "--language", "de").stdout
    (message,) = written(tmp_path)
    assert message["To"] == ANA


def test_an_unconfirmed_address_is_not_exported(
    shell: Shell, engine: Engine, settings: Settings, now: datetime
) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        published_register(work)
        ask(work, settings)
    assert len(shell("subscribers", "export").stdout.splitlines()) == 1
