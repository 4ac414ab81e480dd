"""Two people save one form: nobody's text is lost, and nobody overwrites what they have not seen."""

from collections.abc import Iterator
from functools import partial

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Engine

from registry import clock, published
from registry.models import Register
from registry.work import OPERATOR, begin
from tests.databases import Templates
from tests.staff import SignInAs, bilingual_register, client_of, sent, soup, staffed
from tests.standing import complaints


@pytest.fixture
def database_url(templates: Templates, backend: str) -> Iterator[str]:
    yield from staffed(templates, backend)


@pytest.fixture
def sign_in(app: Flask) -> SignInAs:
    return partial(client_of, app)


@pytest.fixture
def general(engine: Engine) -> str:
    return bilingual_register(engine)


def read(engine: Engine, slug: str) -> Register:
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        return published.register(work, slug)


def test_a_save_over_somebody_elses_shows_both_texts_and_changes_nothing(
    sign_in: SignInAs, engine: Engine, general: str
) -> None:
    edi, olga, there = sign_in("edi"), sign_in("olga"), "/admin/registers/general/settings"
    mine, theirs = sent(soup(edi, there), there), sent(soup(olga, there), there)
    olga.post(there, data={**theirs, "title.en": "Our sub-processors", "notice_days": "60", "intro.de": "Neu"})
    answer = edi.post(there, data={**mine, "title.en": "Companies we use", "objection_days": "20"})
    assert answer.status_code == 409
    assert complaints(answer.text) == []
    assert read(engine, general).title["en"] == "Our sub-processors"
    shown = BeautifulSoup(answer.text, "html5lib").select(".versus")
    texts = {one.h4.get_text(strip=True): [dd.get_text() for dd in one.find_all("dd")] for one in shown if one.h4}
    assert texts == {
        "Title, en": ["Companies we use", "Our sub-processors"],
        "Days of notice": ["30", "60"],
        "Introduction, de": ["(empty)", "Neu"],
    }


def test_after_a_conflict_the_form_holds_both_and_saving_again_works(
    sign_in: SignInAs, engine: Engine, general: str
) -> None:
    edi, olga, there = sign_in("edi"), sign_in("olga"), "/admin/registers/general/settings"
    mine, theirs = sent(soup(edi, there), there), sent(soup(olga, there), there)
    olga.post(there, data={**theirs, "title.en": "Our sub-processors", "notice_days": "60"})
    answer = edi.post(there, data={**mine, "title.en": "Companies we use", "objection_days": "20"})
    refilled = sent(BeautifulSoup(answer.text, "html5lib"), there)
    assert (refilled["title.en"], refilled["notice_days"], refilled["objection_days"]) == (
        "Companies we use",
        "60",
        "20",
    )
    assert edi.post(there, data=refilled).status_code == 303
    found = read(engine, general)
    assert (found.title["en"], found.notice_days, found.objection_days) == ("Companies we use", 60, 20)


def test_a_second_conflict_in_a_row_is_noticed_too(sign_in: SignInAs, engine: Engine, general: str) -> None:
    edi, olga, there = sign_in("edi"), sign_in("olga"), "/admin/registers/general/settings"
    mine = sent(soup(edi, there), there)
    olga.post(there, data={**sent(soup(olga, there), there), "notice_days": "60"})
    first = edi.post(there, data={**mine, "title.en": "Companies we use"})
    olga.post(there, data={**sent(soup(olga, there), there), "notice_days": "61"})
    second = edi.post(there, data=sent(BeautifulSoup(first.text, "html5lib"), there))
    assert second.status_code == 409
    refilled = sent(BeautifulSoup(second.text, "html5lib"), there)
    assert (refilled["title.en"], refilled["notice_days"]) == ("Companies we use", "61")


def test_what_is_wrong_with_a_form_does_not_hide_a_conflict(sign_in: SignInAs, engine: Engine, general: str) -> None:
    edi, olga, there = sign_in("edi"), sign_in("olga"), "/admin/registers/general/settings"
    mine = sent(soup(edi, there), there)
    olga.post(there, data={**sent(soup(olga, there), there), "notice_days": "60"})
    first = edi.post(there, data={**mine, "objection_days": "many"})
    assert first.status_code == 400
    again = {**sent(BeautifulSoup(first.text, "html5lib"), there), "objection_days": "20"}
    assert edi.post(there, data=again).status_code == 409


@pytest.mark.parametrize("base", ["", "not json", "[]", "[" * 100_000])
def test_without_what_the_form_began_with_every_difference_is_shown(
    sign_in: SignInAs, engine: Engine, general: str, base: str
) -> None:
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    mine = sent(soup(edi, there), there)
    answer = edi.post(there, data={**mine, "version": "99", "base": base, "title.en": "Mine"})
    assert answer.status_code == 409
    labels = [one.get_text(strip=True) for one in BeautifulSoup(answer.text, "html5lib").select(".versus h4")]
    assert labels == ["Title, en"]


def test_two_save_the_company_at_once(sign_in: SignInAs, engine: Engine) -> None:
    olga, there = sign_in("olga"), "/admin/publisher"
    one, other = sent(soup(olga, there), there), sent(soup(olga, there), there)
    olga.post(there, data={**one, "name": "Acme Cloud d.d.", "contact.role": "Privacy office"})
    answer = olga.post(there, data={**other, "name": "Acme d.d.", "address": "Sample Road 1"})
    assert answer.status_code == 409
    assert complaints(answer.text) == []
    refilled = sent(BeautifulSoup(answer.text, "html5lib"), there)
    assert (refilled["name"], refilled["contact.role"], refilled["address"]) == (
        "Acme d.d.",
        "Privacy office",
        "Sample Road 1",
    )
    assert olga.post(there, data=refilled).status_code == 303
