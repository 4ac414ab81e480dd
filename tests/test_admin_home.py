"""The task list."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from registry import accounts, clock, published, publishing
from registry.models import Register
from registry.work import OPERATOR, Work, begin
from tests.databases import Templates
from tests.records import acting, add_entry, add_register
from tests.records import publish as publish_register
from tests.staff import SignInAs, bilingual_register, client_of, sent, soup, staffed


@pytest.fixture
def database_url(templates: Templates, backend: str) -> Iterator[str]:
    yield from staffed(templates, backend)


@pytest.fixture
def sign_in(app: Flask) -> SignInAs:
    return partial(client_of, app)


@pytest.fixture
def general(engine: Engine) -> str:
    return bilingual_register(engine)


def do(engine: Engine, act: Callable[[Work, Register], Any], slug: str = "general") -> Any:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        return act(work, published.register(work, slug))


def tasks(client: FlaskClient) -> list[str]:
    return [str(one.get_text()) for one in soup(client, "/admin/").select(".task > a")]


def test_an_empty_record_says_where_to_begin(sign_in: SignInAs) -> None:
    assert tasks(sign_in("olga")) == ["Say which company this is", "Add the first register"]
    assert tasks(sign_in("vito")) == []


def test_the_task_list_follows_a_register_from_empty_to_published(sign_in: SignInAs, engine: Engine) -> None:
    vito = sign_in("vito")
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        add_register(work)
    assert tasks(vito) == ["Put the list into “Sub-processors”"]
    entry = do(engine, lambda work, register: add_entry(work, register, "Example Hosting GmbH"))
    assert tasks(vito) == ["Publish “Sub-processors” for the first time"]
    revision = do(engine, publishing.propose)
    assert tasks(vito) == ["Review the proposal for “Sub-processors”"]
    do(engine, lambda work, register: publishing.approve(work, register, revision, proposer_may="yes"))
    assert tasks(vito) == ["Publish the approved proposal for “Sub-processors”"]
    do(engine, lambda work, register: publishing.publish(work, register, revision))
    assert tasks(vito) == []
    assert "Nothing waits for anybody" in soup(vito, "/admin/").get_text()
    do(engine, lambda work, register: add_entry(work, register, "Sample Analytics B.V."))
    assert tasks(vito) == ["The working copy of “Sub-processors” is other than revision 1"]
    assert entry is not None


def test_edits_after_a_proposal_are_pointed_out(sign_in: SignInAs, engine: Engine, general: str) -> None:
    do(engine, publishing.propose)
    do(engine, lambda work, register: add_entry(work, register, "Sample Analytics B.V."))
    assert tasks(sign_in("vito")) == [
        "Review the proposal for “Sub-processors”",
        "The working copy of “Sub-processors” is other than what is proposed",
    ]


def test_an_edit_taken_back_is_no_task(sign_in: SignInAs, engine: Engine, general: str) -> None:
    do(engine, publish_register)
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    values = sent(soup(edi, there), there)
    edi.post(there, data={**values, "title.en": "Else"})
    assert len(tasks(edi)) == 1
    edi.post(there, data={**sent(soup(edi, there), there), "title.en": "Sub-processors"})
    assert tasks(edi) == []


def test_other_packages_add_their_own_tasks(sign_in: SignInAs, app: Flask) -> None:
    from registry.admin.home import TaskLine

    vito = sign_in("vito")
    line = TaskLine("One notice could not be delivered", "/admin/deliveries", "After 5 attempts.", "Failed", "bad")
    app.extensions["subregistry"]["tasks"] = [lambda _work: [line]]
    assert tasks(vito) == ["One notice could not be delivered"]


def test_proposals_are_named_with_who_made_them(sign_in: SignInAs, engine: Engine, general: str) -> None:
    with begin(engine, now=clock.now() - timedelta(minutes=1), actor=OPERATOR) as work:
        edi = accounts.user_by_email(work, "edi@acme.example")
        publishing.propose(acting(work, edi), published.register(work, general))
    assert "Proposed by Edi" in soup(sign_in("rena"), "/admin/").get_text()
