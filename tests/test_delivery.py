"""Each recipient once: what is sent, tried again, given up, or left to a person to decide."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Signal

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from notifications import fanout, ledger, subscriptions
from notifications.channels import open_mailer
from notifications.delivery import Post, Round, deliver_batch
from notifications.messages import Writer
from notifications.models import Attempt, Delivery
from registry import snapshot
from registry.models import Register
from registry.settings import Settings
from registry.work import OPERATOR, WORKER, begin
from tests.audience import announce, deliveries, leave_token, many, published_register, states, steps
from tests.conftest import settings_for
from tests.servers import MailServer

FIRST, SECOND, THIRD = (f"person000{number}@customer.example" for number in range(3))


@pytest.fixture
def settings(database_url: str, tmp_path: Path, mail_server: MailServer) -> Settings:
    return settings_for(database_url, tmp_path, SMTP_URL=mail_server.url)


@pytest.fixture
def register(engine: Engine, now: datetime) -> Register:
    with begin(engine, now=now, actor=OPERATOR) as work:
        return published_register(work)


@pytest.fixture
def three(engine: Engine, settings: Settings, now: datetime, register: Register) -> list[str]:
    """Three recipients, each with a queued notice."""
    return queue(engine, settings, now, register, 3)


def queue(engine: Engine, settings: Settings, now: datetime, register: Register, count: int) -> list[str]:
    emails = many(engine, settings, count, now=now, register_id=register.id)
    with begin(engine, now=now, actor=OPERATOR) as work:
        announce(work, register)
    with begin(engine, now=now, actor=WORKER) as work:
        for event_id in fanout.unfinished(work):
            while not fanout.step(work, event_id):
                pass
    return emails


class Desk:
    """A worker's sending without its loop. `at` is the time it believes it is."""

    def __init__(self, engine: Engine, settings: Settings, at: datetime, name: str = "one") -> None:
        self.at, self.stop = at, Signal()
        self._engine, self._settings, self._name = engine, settings, name

    def deliver(self, most: int = 50) -> Round:
        with open_mailer(self._settings) as mailer:
            writer = Writer(self._settings)
            now: Callable[[], datetime] = lambda: self.at  # noqa: E731
            post = Post(self._engine, self._settings, writer, mailer, self._name, now, self.stop)
            return deliver_batch(post, most=most)


@pytest.fixture
def desk(engine: Engine, settings: Settings, now: datetime) -> Desk:
    return Desk(engine, settings, now)


def test_each_recipient_gets_one_message_and_a_row_that_says_so(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    assert desk.deliver().counts == {"accepted": 3}
    assert sorted(one.recipients[0] for one in mail_server.received) == three
    row = deliveries(engine, now)[FIRST]
    assert (row.state, row.tries, row.lease_by, row.lease_until) == ("accepted", 1, None, None)
    (received,) = mail_server.to(FIRST)
    assert row.rendered_sha256 == snapshot.digest(received.raw)
    assert row.message_id == received.message["Message-ID"]
    assert [outcome for outcome, _, _ in steps(engine, now, FIRST)] == ["started", "accepted"]
    assert steps(engine, now, FIRST)[1][1] == 250
    assert steps(engine, now, FIRST)[1][2].startswith("250 2.0.0 Accepted as")
    assert desk.deliver().taken == 0


def test_the_attempt_is_on_record_before_anything_is_sent(
    engine: Engine, now: datetime, settings: Settings, three: list[str]
) -> None:
    seen: list[list[tuple[str, int | None, str]]] = []

    class Looking:
        def send(self, parcel: object) -> object:
            seen.append(steps(engine, now, parcel.recipient))  # type: ignore[attr-defined]
            raise KeyboardInterrupt

    post = Post(engine, settings, Writer(settings), Looking(), "one", lambda: now, Signal())  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        deliver_batch(post)
    assert [[outcome for outcome, _, _ in found] for found in seen] == [["started"]]


def test_a_permanent_refusal_is_final(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    mail_server.at_rcpt[FIRST] = f"550 5.1.1 <{FIRST}> unknown"
    assert desk.deliver().counts == {"failed": 1, "accepted": 2}
    row = deliveries(engine, now)[FIRST]
    assert (row.state, row.next_at) == ("failed", None)
    assert steps(engine, now, FIRST)[-1] == ("failed", 550, "550 5.1.1 <recipient> unknown")
    mail_server.heal()
    desk.at += timedelta(days=30)
    assert desk.deliver().taken == 0


def test_a_temporary_refusal_is_tried_again_later_and_not_before(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    mail_server.at_data[FIRST] = "452 4.2.2 Mailbox full"
    desk.deliver()
    row = deliveries(engine, now)[FIRST]
    assert row.state == "deferred"
    assert row.next_at == now + ledger.delay(1, row.id or 0)
    mail_server.heal()
    desk.at = row.next_at - timedelta(seconds=1)
    assert desk.deliver().taken == 0
    desk.at = row.next_at
    assert desk.deliver().counts == {"accepted": 1}
    assert [outcome for outcome, _, _ in steps(engine, now, FIRST)] == ["started", "deferred", "started", "accepted"]
    assert len(mail_server.to(FIRST)) == 1


def test_the_delays_grow_and_differ_and_are_the_same_each_time() -> None:
    delays = [ledger.delay(tries, 7) for tries in range(1, 12)]
    assert all(timedelta(minutes=3) < one < timedelta(hours=8) for one in delays)
    assert delays[5] > delays[2] > delays[0]
    assert delays == [ledger.delay(tries, 7) for tries in range(1, 12)]
    assert len({ledger.delay(1, delivery_id) for delivery_id in range(50)}) > 25


def test_after_three_days_it_is_given_up(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    mail_server.at_rcpt[FIRST] = "451 4.7.1 Try again later"
    tries = 0
    while deliveries(engine, now)[FIRST].state != "failed":
        desk.deliver()
        tries += 1
        assert desk.at < now + timedelta(days=4)
        desk.at = deliveries(engine, now)[FIRST].next_at or desk.at
    assert desk.at >= now + timedelta(days=3)
    assert 10 < tries < 30
    assert mail_server.to(FIRST) == []


def test_a_lost_answer_makes_the_row_uncertain_and_is_never_sent_again(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    mail_server.hang_up_after.add(FIRST)
    assert desk.deliver().counts == {"uncertain": 1, "accepted": 2}
    mail_server.heal()
    desk.at += timedelta(days=30)
    assert desk.deliver().taken == 0
    assert deliveries(engine, now)[FIRST].state == "uncertain"
    assert len(mail_server.to(FIRST)) == 1
    assert steps(engine, now, FIRST)[-1][0] == "uncertain"


def test_trouble_of_the_relay_costs_no_recipient_a_try(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer, settings: Settings
) -> None:
    mail_server.stop()
    done = desk.deliver()
    assert "Cannot reach the mail server" in done.relay_failed
    found = deliveries(engine, now)
    assert sorted(row.state for row in found.values()) == ["deferred", "queued", "queued"]
    assert {row.tries for row in found.values()} == {0}
    assert {row.lease_by for row in found.values()} == {None}
    mail_server.start()
    desk = Desk(engine, Settings(**{**vars(settings), "smtp_url": mail_server.url}), now + timedelta(minutes=1))
    assert desk.deliver().counts == {"accepted": 3}


def test_what_was_claimed_but_not_begun_is_claimed_again_when_the_lease_is_over(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    with begin(engine, now=now, actor=WORKER) as work:
        assert len(ledger.claim(work, "killed", most=50)) == 3
    assert desk.deliver().taken == 0
    desk.at += ledger.LEASE + timedelta(seconds=1)
    assert desk.deliver().counts == {"accepted": 3}
    assert len(mail_server.received) == 3


def test_what_was_begun_and_never_ended_becomes_uncertain(
    engine: Engine, now: datetime, settings: Settings, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    with begin(engine, now=now, actor=WORKER) as work:
        claimed = ledger.claim(work, "killed", most=1)
        letter = Writer(settings).letter(work, claimed[0])
        assert letter is not None
        assert ledger.start(work, "killed", claimed[0], letter)
    desk.at += ledger.LEASE + timedelta(seconds=1)
    assert desk.deliver().counts == {"accepted": 2}
    found = deliveries(engine, now)[claimed[0].recipient]
    assert found.state == "uncertain"
    assert mail_server.to(claimed[0].recipient) == []


def test_a_worker_that_wakes_up_late_sends_nothing_but_may_say_how_its_message_ended(
    engine: Engine, now: datetime, settings: Settings, desk: Desk, three: list[str]
) -> None:
    with begin(engine, now=now, actor=WORKER) as work:
        first, second, *_ = ledger.claim(work, "slow", most=3)
        letters = [Writer(settings).letter(work, one) for one in (first, second)]
        assert letters[0] is not None
        assert letters[1] is not None
        ledger.start(work, "slow", first, letters[0])
    desk.at += ledger.LEASE + timedelta(seconds=1)
    desk.deliver()
    with begin(engine, now=desk.at, actor=WORKER) as work:
        assert not ledger.start(work, "slow", second, letters[1])
        ledger.accepted(work, "slow", first, code=250, reply="250 late", server="mail.example")
    found = deliveries(engine, now)
    assert found[first.recipient].state == "accepted"
    outcomes = [outcome for outcome, _, _ in steps(engine, now, first.recipient)]
    assert outcomes == ["started", "uncertain", "accepted"]
    assert [outcome for outcome, _, _ in steps(engine, now, second.recipient)] == ["started", "accepted"]


def test_two_workers_never_claim_the_same_row(
    engine: Engine, now: datetime, settings: Settings, register: Register
) -> None:
    queue(engine, settings, now, register, 40)
    taken: list[int] = []
    for number in range(8):
        with begin(engine, now=now, actor=WORKER) as work:
            taken += [one.id for one in ledger.claim(work, f"worker {number}", most=7)]
    assert len(taken) == len(set(taken)) == 40


def test_workers_claim_at_the_same_time_without_waiting_for_each_other(
    engine: Engine, backend: str, now: datetime, settings: Settings, register: Register
) -> None:
    if backend == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    queue(engine, settings, now, register, 20)
    with begin(engine, now=now, actor=WORKER) as one, begin(engine, now=now, actor=WORKER) as other:
        mine, theirs = ledger.claim(one, "one", most=10), ledger.claim(other, "other", most=10)
    assert len({row.id for row in mine} | {row.id for row in theirs}) == 20


def test_mail_somebody_waits_for_goes_first(
    engine: Engine, now: datetime, desk: Desk, three: list[str], settings: Settings, mail_server: MailServer
) -> None:
    with begin(engine, now=now, actor=WORKER) as work:
        subscriptions.request(
            work, settings, email="new@customer.example", registers=["general"], language="en", source=""
        )
    desk.deliver(most=1)
    assert [one.recipients for one in mail_server.received] == [["new@customer.example"]]


def test_a_worker_told_to_stop_gives_the_rest_back(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    desk.stop.set()
    desk.deliver()
    assert states(engine, now) == {"queued": 3}
    assert mail_server.received == []
    desk.stop.clear()
    assert desk.deliver().counts == {"accepted": 3}


def test_who_leaves_after_the_claim_gets_no_mail(
    engine: Engine, now: datetime, settings: Settings, three: list[str]
) -> None:
    from notifications.models import Subscriber

    with begin(engine, now=now, actor=WORKER) as work:
        claimed = ledger.claim(work, "one", most=3)
        letters = [Writer(settings).letter(work, one) for one in claimed]
    with begin(engine, now=now, actor=OPERATOR) as work:
        leaving = work.session.get_one(Subscriber, claimed[0].subscriber_id)
        subscriptions.leave(work, settings, leave_token(settings, leaving), source="")
    assert letters[0] is not None
    with begin(engine, now=now, actor=WORKER) as work:
        assert not ledger.start(work, "one", claimed[0], letters[0])
        ledger.cancel_if_erased(work, "one", claimed[0])
        row = work.session.get_one(Delivery, claimed[0].id)
        assert (row.state, row.recipient) == ("cancelled", "")


def test_who_leaves_while_it_is_deferred_is_not_tried_again(
    engine: Engine, now: datetime, settings: Settings, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    from notifications.models import Subscriber

    mail_server.at_rcpt[FIRST] = "451 4.7.1 Later"
    desk.deliver()
    with begin(engine, now=now, actor=OPERATOR) as work:
        leaving = work.session.exec(select(Subscriber).where(Subscriber.email == FIRST)).one()
        subscriptions.leave(work, settings, leave_token(settings, leaving), source="")
    mail_server.heal()
    desk.at += timedelta(days=1)
    desk.deliver()
    assert [one.message["Subject"][:13] for one in mail_server.to(FIRST)] == ["You have left"]


def test_a_goodbye_forgets_its_recipient_once_it_is_sent(
    engine: Engine, now: datetime, settings: Settings, desk: Desk, three: list[str]
) -> None:
    from notifications.models import Subscriber

    with begin(engine, now=now, actor=OPERATOR) as work:
        leaving = work.session.exec(select(Subscriber).where(Subscriber.email == FIRST)).one()
        subscriptions.leave(work, settings, leave_token(settings, leaving), source="")
    desk.deliver()
    with begin(engine, now=now, actor=OPERATOR, write=False) as work:
        row = work.session.exec(select(Delivery).where(Delivery.message == "goodbye")).one()
        assert (row.state, row.recipient) == ("accepted", "")


def test_no_reply_in_the_ledger_names_an_address(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    mail_server.at_rcpt[FIRST] = f"550 5.1.1 {FIRST.upper()} is not here, {FIRST} never was"
    mail_server.at_data[SECOND] = f"451 4.3.0 {SECOND} later"
    desk.deliver()
    with begin(engine, now=now, actor=OPERATOR, write=False) as work:
        replies = [row.reply for row in work.session.exec(select(Attempt).order_by(col(Attempt.id)))]
    assert "customer.example" not in " ".join(replies).lower()
    assert any("recipient" in reply for reply in replies)


def test_on_a_staging_system_every_mail_goes_to_one_address(
    engine: Engine, now: datetime, settings: Settings, three: list[str], mail_server: MailServer
) -> None:
    staging = Settings(**{**vars(settings), "mail_only_to": "tests@acme.example"})
    Desk(engine, staging, now).deliver()
    assert {one.recipients[0] for one in mail_server.received} == {"tests@acme.example"}
    assert {one.message["To"] for one in mail_server.received} == {"tests@acme.example"}
    assert sorted(one.message["X-Intended-For"] for one in mail_server.received) == three


def test_a_recipient_that_cannot_be_written_to_fails_alone(
    engine: Engine, now: datetime, desk: Desk, three: list[str], mail_server: MailServer
) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        row = work.session.exec(select(Delivery).where(Delivery.recipient == FIRST)).one()
        row.recipient = "x\r\nBcc: eve@elsewhere.example"
        work.session.add(row)
    assert desk.deliver().counts == {"failed": 1, "accepted": 2}
    assert all(b"elsewhere" not in one.raw for one in mail_server.received)
