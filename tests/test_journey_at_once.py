"""Several people at the same time: whoever comes second sees what the first one did, and nothing is done twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func
from sqlmodel import col, select
from werkzeug.test import TestResponse

from notifications import tokens
from notifications.models import Consent, Delivery, Subscriber
from registry import clock, published, publishing
from registry.models import Event, Publication, Register, Review
from registry.work import OPERATOR, begin
from tests.conftest import sign_in
from tests.records import add_entry, entry_of
from tests.staff import sent, soup
from tests.standing import complaints

BASE = "/admin/registers/general"
PEOPLE = ("olga@acme.example", "edi@acme.example")


@pytest.fixture
def engine(sample_app: Flask) -> Engine:
    engine: Engine = sample_app.extensions["subregistry"]["engine"]
    return engine


@pytest.fixture
def rivals(sample_app: Flask) -> list[FlaskClient]:
    return [sign_in(sample_app, email) for email in PEOPLE]


def at_once(acts: Sequence[Callable[[], TestResponse]]) -> list[TestResponse]:
    """What came of acts that all begin in the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable[[], TestResponse]) -> TestResponse:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def statuses(answers: list[TestResponse]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def newcomer(engine: Engine, name: str = "Newcomer SAS") -> None:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        add_entry(work, published.register(work, "general"), name)


def count(engine: Engine, table: type, *where: object) -> int:
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        return work.session.exec(select(func.count()).select_from(table).where(*where)).one()  # type: ignore[arg-type]


def test_of_two_who_publish_one_wins_and_the_other_is_told(engine: Engine, rivals: list[FlaskClient]) -> None:
    newcomer(engine)
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        register = published.register(work, "general")
        revision = publishing.propose(work, register)
        work.session.add(Review(revision_id=revision.id, verdict="approved", reviewed_at=work.now, reviewed_by="Rena"))
        before = published.latest_number(work, register)
    there = f"{BASE}/revisions/{revision.id}/publication"
    answers = at_once([lambda one=one: one.post(there) for one in rivals])  # type: ignore[misc]
    assert statuses(answers) == [303, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert "no longer waits" in lost.text
    assert complaints(lost.text) == []
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        assert published.latest_number(work, published.register(work, "general")) == before + 1
    assert count(engine, Event) == count(engine, Publication)


def test_two_who_propose_at_once_leave_one_open_proposal(engine: Engine, rivals: list[FlaskClient]) -> None:
    newcomer(engine)
    answers = at_once([lambda one=one: one.post(f"{BASE}/revisions") for one in rivals])  # type: ignore[misc]
    assert statuses(answers) == [303, 303]
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        register = published.register(work, "general")
        revision = publishing.open_revision(work, register)
        assert revision is not None
        publishing.withdraw(work, register, revision)
        assert publishing.open_revision(work, register) is None


def test_of_two_who_save_an_entry_one_is_shown_both_texts(engine: Engine, rivals: list[FlaskClient]) -> None:
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        entry = entry_of(work, published.register(work, "general"), "Sample Models SAS")
    there = f"{BASE}/entries/{entry.id}"
    words = ["Suggesting answers", "Suggesting words"]
    forms = [
        {**sent(soup(one, there), there), "purposes.0.text.en": said} for one, said in zip(rivals, words, strict=True)
    ]
    acts = [lambda one=one, form=form: one.post(there, data=form) for one, form in zip(rivals, forms, strict=True)]
    answers = at_once(acts)
    assert statuses(answers) == [303, 409]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert complaints(lost.text) == []
    assert all(said in lost.text for said in words)


def test_two_registers_of_one_name_do_not_come_into_being(engine: Engine, sample_app: Flask) -> None:
    olga = [sign_in(sample_app, PEOPLE[0]) for _ in range(2)]
    given = {**sent(soup(olga[0], "/admin/registers/new"), "/admin/registers"), "slug": "new", "title": "New"}
    answers = at_once([lambda one=one: one.post("/admin/registers", data=given) for one in olga])  # type: ignore[misc]
    assert 303 in statuses(answers)
    assert max(statuses(answers)) in (400, 409)
    assert count(engine, Register, Register.slug == "new") == 1


def test_asking_twice_at_once_is_asking_once(engine: Engine, sample_app: Flask) -> None:
    form = {"email": "rita@customer.example", "registers": "general"}
    answers = at_once([lambda: sample_app.test_client().post("/subscribe", data=form)] * 4)
    assert statuses(answers) == [200] * 4
    assert len({answer.data for answer in answers}) == 1
    assert count(engine, Subscriber, Subscriber.email == "rita@customer.example") == 1


def test_confirming_and_leaving_twice_at_once_is_once(engine: Engine, sample_app: Flask) -> None:
    secret = sample_app.extensions["subregistry"]["settings"].secret_key
    form = {"email": "rita@customer.example", "registers": "general"}
    assert sample_app.test_client().post("/subscribe", data=form).status_code == 200
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        rita = work.session.exec(select(Subscriber).where(Subscriber.email == form["email"])).one()
    confirm = tokens.make(secret, tokens.CONFIRM, rita.id, address=rita.address_hash)
    leave = tokens.make(secret, tokens.LEAVE, rita.id)
    for act, token, lines in (("confirmation", confirm, 2), ("unsubscribe", leave, 3)):
        there = f"/subscriptions/{token}/{act}"
        answers = at_once([lambda there=there: sample_app.test_client().post(there)] * 3)  # type: ignore[misc]
        assert statuses(answers) == [200] * 3
        assert count(engine, Consent, Consent.address_hash == rita.address_hash) == lines
    assert count(engine, Subscriber, Subscriber.id == rita.id) == 0
    assert count(engine, Delivery, col(Delivery.recipient) == form["email"]) <= 1
