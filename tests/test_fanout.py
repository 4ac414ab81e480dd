"""From an event to one delivery per recipient, however often it is interrupted."""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlmodel import col, select

from notifications import audience as reads
from notifications import fanout, suppression
from notifications.models import IN_TURN, Delivery, Fanout, Subscriber
from registry.models import Register
from registry.settings import Settings
from registry.work import OPERATOR, WORKER, Work, begin
from tests import records
from tests.audience import announce, many, published_register, subscribe


@pytest.fixture
def register(work: Work) -> Register:
    return published_register(work)


def fan_out(work: Work, *, chunk: int = fanout.CHUNK) -> None:
    for event_id in fanout.unfinished(work):
        while not fanout.step(work, event_id, chunk=chunk):
            pass


def notices(work: Work) -> list[tuple[str, str]]:
    """Recipient and language of every notice, by recipient."""
    rows = work.session.exec(select(Delivery).where(Delivery.message == "notice").order_by(Delivery.recipient))
    return [(row.recipient, row.language) for row in rows]


def test_every_confirmed_subscriber_of_the_register_gets_one(
    work: Work, settings: Settings, register: Register
) -> None:
    published_register(work, "eu")
    subscribe(work, settings, "ana@customer.example", language="de")
    subscribe(work, settings, "both@customer.example", registers=["eu", "general"])
    subscribe(work, settings, "eu@customer.example", registers=["eu"])
    unconfirmed = subscribe(work, settings, "late@customer.example")
    unconfirmed.confirmed_at = None
    announce(work, register)
    fan_out(work)
    assert notices(work) == [("ana@customer.example", "de"), ("both@customer.example", "en")]
    assert sum(reads.recipients(work, register).values()) == len(notices(work))


def test_a_delivery_is_queued_behind_the_mail_people_wait_for(
    work: Work, settings: Settings, register: Register
) -> None:
    subscriber = subscribe(work, settings)
    announce(work, register)
    fan_out(work)
    row = work.session.exec(select(Delivery).where(Delivery.message == "notice")).one()
    assert (row.state, row.precedence, row.tries, row.channel) == ("queued", IN_TURN, 0, "mail")
    assert (row.subscriber_id, row.address_hash) == (subscriber.id, subscriber.address_hash)
    assert row.queued_at == work.now


def test_a_baseline_and_mere_corrections_are_told_to_nobody(work: Work, settings: Settings, register: Register) -> None:
    subscribe(work, settings)
    entry = records.entry_of(work, register, "Example Hosting GmbH")
    records.save(work, entry, {**records.values_of(work, entry), "notes": {"en": "A note that is new"}})
    quiet = records.publish(work, register)
    fan_out(work)
    assert not quiet.announced
    assert notices(work) == []
    assert fanout.unfinished(work) == []


def test_who_must_not_be_mailed_is_left_out(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    suppression.add(work, subscriber.address_hash, suppression.BOUNCED)
    announce(work, register)
    fan_out(work)
    assert notices(work) == []


def test_a_second_run_adds_nothing(work: Work, settings: Settings, register: Register) -> None:
    subscribe(work, settings)
    announce(work, register)
    fan_out(work)
    event_id = work.session.exec(select(Fanout.event_id).order_by(col(Fanout.event_id).desc())).first()
    assert event_id is not None
    assert fanout.step(work, event_id)
    assert len(notices(work)) == 1


def test_even_a_lost_mark_doubles_nobody(work: Work, settings: Settings, register: Register) -> None:
    """The unique key holds where the bookkeeping does not."""
    subscribe(work, settings)
    announce(work, register)
    fan_out(work)
    work.session.exec(text("DELETE FROM fanout"))  # type: ignore[call-overload]
    work.session.expire_all()
    fan_out(work)
    assert len(notices(work)) == 1


def test_each_publication_is_told_by_its_own_deliveries(work: Work, settings: Settings, register: Register) -> None:
    subscribe(work, settings)
    announce(work, register)
    announce(work, register, "Second Company B.V.")
    fan_out(work)
    rows = list(work.session.exec(select(Delivery).where(Delivery.message == "notice")))
    assert len({row.event_id for row in rows}) == 2


def test_who_leaves_after_being_told_is_not_told_again_when_the_rows_are_made_anew(
    work: Work, settings: Settings, register: Register
) -> None:
    subscribe(work, settings)
    announce(work, register)
    fan_out(work)
    row = work.session.exec(select(Delivery).where(Delivery.message == "notice")).one()
    row.recipient, row.state = "", "accepted"
    work.session.exec(text("DELETE FROM fanout"))  # type: ignore[call-overload]
    work.session.expire_all()
    fan_out(work)
    assert notices(work) == [("", "en")]


@pytest.mark.parametrize("interrupted_after", [0, 1, 3, 6])
def test_interrupted_anywhere_it_ends_with_exactly_the_same_rows(
    engine: Engine, settings: Settings, now: datetime, interrupted_after: int
) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        register = published_register(work)
    emails = many(engine, settings, 25, now=now, register_id=register.id)
    with begin(engine, now=now, actor=OPERATOR) as work:
        announce(work, register)
    with begin(engine, now=now, actor=WORKER) as work:
        event_id = fanout.unfinished(work)[-1]
    for _ in range(interrupted_after):
        with begin(engine, now=now, actor=WORKER) as work:
            fanout.step(work, event_id, chunk=4)
    with suppress(ZeroDivisionError), begin(engine, now=now, actor=WORKER) as work:
        fanout.step(work, event_id, chunk=4)
        _ = 1 / 0  # killed before the commit
    finished = False
    while not finished:
        with begin(engine, now=now, actor=WORKER) as work:
            finished = fanout.step(work, event_id, chunk=4)
    with begin(engine, now=now, actor=WORKER, write=False) as work:
        assert [recipient for recipient, _ in notices(work)] == emails
        assert work.session.get_one(Fanout, event_id).recipients == len(emails)


def test_who_confirms_after_it_began_is_not_caught_halfway(engine: Engine, settings: Settings, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        register = published_register(work)
    many(engine, settings, 4, now=now, register_id=register.id)
    with begin(engine, now=now, actor=OPERATOR) as work:
        announce(work, register)
    with begin(engine, now=now, actor=WORKER) as work:
        event_id = fanout.unfinished(work)[-1]
        fanout.step(work, event_id, chunk=2)
    with begin(engine, now=now + timedelta(seconds=5), actor=WORKER) as work:
        late = subscribe(work, settings, "late@customer.example")
        assert late.confirmed_at == work.now
    with begin(engine, now=now + timedelta(seconds=9), actor=WORKER) as work:
        fan_out(work, chunk=2)
        assert "late@customer.example" not in dict(notices(work))
        assert len(notices(work)) == 4


def test_the_subscriber_row_is_not_touched(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    before = subscriber.model_dump()
    announce(work, register)
    fan_out(work)
    work.session.expire_all()
    assert work.session.exec(select(Subscriber)).one().model_dump() == before
