"""The worker as a process: started, told to stop, killed."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import select

from notifications import ledger, progress, worker
from notifications.models import Delivery, Heartbeat
from registry import clock
from registry.errors import Problem
from registry.settings import Settings
from registry.work import OPERATOR, begin, make_engine
from tests.audience import announce, ask, many, published_register, states, subscribe, written
from tests.conftest import settings_for
from tests.records import PASSWORD, add_person
from tests.servers import MailServer

ROOT = Path(__file__).parent.parent


def announce_to(engine: Engine, settings: Settings, count: int) -> list[str]:
    """That many subscribers, and a publication nobody has been told of yet."""
    now = clock.now()
    with begin(engine, now=now, actor=OPERATOR) as work:
        register = published_register(work)
    emails = many(engine, settings, count, now=now, register_id=register.id)
    with begin(engine, now=now, actor=OPERATOR) as work:
        announce(work, register)
    return emails


def start_worker(settings: Settings, *arguments: str) -> "subprocess.Popen[str]":
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url.replace("+psycopg", ""),
        "DATA_DIR": settings.data_dir,
        "BASE_URL": settings.base_url,
        "SECRET_KEY": settings.secret_key,
        "SMTP_URL": settings.smtp_url,
    }
    program = "import wsgi; wsgi.main()"
    command = [sys.executable, "-W", "error", "-c", program, "worker", *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE
    )


def wait_until(holds: object, process: "subprocess.Popen[str]") -> None:
    """Wait for a condition, as long as the process lives."""
    while not holds():  # type: ignore[operator]
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)


@pytest.fixture
def relayed(database_url: str, tmp_path: Path, mail_server: MailServer) -> Settings:
    return settings_for(database_url, tmp_path, SMTP_URL=mail_server.url)


def test_once_does_what_is_due_and_stops(engine: Engine, settings: Settings, tmp_path: Path, now: datetime) -> None:
    emails = announce_to(engine, settings, 3)
    done = worker.run(engine, settings, once=True)
    assert done.messages == {"accepted": 3}
    assert sorted(message["To"] for message in written(tmp_path)) == emails
    assert worker.run(engine, settings, once=True).messages == {}


def test_a_worker_leaves_a_heartbeat_and_takes_its_leave(engine: Engine, settings: Settings, now: datetime) -> None:
    worker.run(engine, settings, once=True, now=lambda: now)
    with begin(engine, now=now, actor=OPERATOR, write=False) as work:
        (row,) = work.session.exec(select(Heartbeat)).all()
        assert (row.started_at, row.seen_at, row.stopped_at) == (now, now, now)
        assert progress.worker_seen_at(work) == now


def test_it_refuses_a_database_of_another_schema(tmp_path: Path) -> None:
    settings = settings_for(f"sqlite:///{tmp_path}/empty.db", tmp_path)
    engine = make_engine(settings.database_url)
    with pytest.raises(Problem) as refusal:
        worker.run(engine, settings, once=True)
    engine.dispose()
    assert refusal.value.key == "schema-stale"


def test_it_refuses_a_sender_that_cannot_stand_in_a_mail(engine: Engine, database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path, MAIL_FROM="a@b@c, d <>")
    with pytest.raises(Problem, match="MAIL_FROM"):
        worker.run(engine, settings, once=True)


def test_requests_that_were_never_confirmed_are_purged(engine: Engine, settings: Settings, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        published_register(work)
        subscribe(work, settings).confirmed_at = None
    later = now + timedelta(days=settings.unconfirmed_days + 1)
    worker.run(engine, settings, once=True, now=lambda: later)
    assert states(engine, now) == {"cancelled": 1}


def test_a_rate_is_kept(engine: Engine, database_url: str, tmp_path: Path) -> None:
    settings = settings_for(database_url, tmp_path, MAIL_RATE="20")
    announce_to(engine, settings, 10)
    began = time.monotonic()
    worker.run(engine, settings, once=True)
    assert time.monotonic() - began >= 10 / 20


def test_told_to_stop_it_ends_well_and_gives_the_rest_back(
    engine: Engine, relayed: Settings, mail_server: MailServer, now: datetime
) -> None:
    emails = announce_to(engine, relayed, 120)
    process = start_worker(relayed)
    wait_until(lambda: len(mail_server.received) >= 10, process)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate()
    assert process.returncode == 0, errors
    found = states(engine, now)
    assert set(found) <= {"queued", "accepted"}
    assert found["accepted"] == len(mail_server.received) < len(emails)
    worker.run(engine, relayed, once=True)
    assert Counter(one.recipients[0] for one in mail_server.received) == Counter(emails)


@pytest.mark.parametrize("kills", [1, 4])
def test_killed_in_the_middle_of_300_each_recipient_has_it_once_or_is_uncertain(
    engine: Engine, relayed: Settings, mail_server: MailServer, now: datetime, kills: int
) -> None:
    emails = announce_to(engine, relayed, 300)
    for number in range(kills):
        enough = len(mail_server.received) + 13 + 7 * number
        process = start_worker(relayed)
        wait_until(lambda enough=enough: len(mail_server.received) >= enough, process)
        process.kill()
        process.communicate()
    assert len(mail_server.received) < 300
    after_the_leases = clock.now() + ledger.LEASE + timedelta(minutes=1)
    worker.run(engine, relayed, once=True, now=lambda: after_the_leases)
    got = Counter(one.recipients[0] for one in mail_server.received)
    assert max(got.values()) == 1
    with begin(engine, now=now, actor=OPERATOR, write=False) as work:
        rows = {row.recipient: row.state for row in work.session.exec(select(Delivery))}
    assert sorted(rows) == emails
    assert set(rows.values()) <= {"accepted", "uncertain"}
    assert [email for email in emails if rows[email] == "accepted" and not got[email]] == []
    assert [email for email in emails if not got[email] and rows[email] != "uncertain"] == []
    assert list(rows.values()).count("uncertain") <= kills


def test_several_workers_share_the_work(engine: Engine, relayed: Settings, mail_server: MailServer) -> None:
    emails = announce_to(engine, relayed, 150)
    processes = [start_worker(relayed, "--once") for _ in range(3)]
    for process in processes:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert Counter(one.recipients[0] for one in mail_server.received) == Counter(emails)


def test_a_fault_in_one_round_does_not_end_the_worker(
    engine: Engine, settings: Settings, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The database is away for a moment: here the table is, as far as the worker sees."""
    from sqlalchemy import text

    announce_to(engine, settings, 2)
    monkeypatch.setattr(worker, "PAUSE", timedelta(milliseconds=50))
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE fanout RENAME TO fanout_away"))
    pid = os.getpid()

    def mend_then_stop() -> None:
        while not caplog.records:
            time.sleep(0.02)
        with engine.begin() as connection:
            connection.execute(text("ALTER TABLE fanout_away RENAME TO fanout"))
        while states(engine, now).get("accepted") != 2:
            time.sleep(0.02)
        os.kill(pid, signal.SIGTERM)

    helper = threading.Thread(target=mend_then_stop)
    helper.start()
    done = worker.run(engine, settings)
    helper.join()
    assert done.messages == {"accepted": 2}
    assert re.search("trying again", caplog.text)


def test_readiness_says_when_no_worker_has_been_seen_lately(
    engine: Engine, settings: Settings, app: Flask, client: FlaskClient
) -> None:
    silent = client.get("/readyz")
    assert silent.status_code == 503
    assert "worker: no worker has ever been seen" in silent.text
    worker.run(engine, settings, once=True)
    at_work = client.get("/readyz")
    assert at_work.status_code == 200, at_work.text
    later = clock.now() + timedelta(minutes=5)
    app.extensions["subregistry"]["now"] = lambda: later
    assert "worker: no worker seen since" in client.get("/readyz").text


def test_the_task_list_says_that_mail_waits_and_nobody_sends(
    engine: Engine, settings: Settings, client: FlaskClient
) -> None:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        published_register(work)
        ask(work, settings)
        person = add_person(work, "Olga", "owner")
    client.post("/admin/sign-in", data={"email": person.email, "password": PASSWORD})
    assert "1 message waits and nobody sends" in client.get("/admin/").text
    worker.run(engine, settings, once=True)
    assert "nobody sends" not in client.get("/admin/").text
