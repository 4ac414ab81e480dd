"""The pages about registers and the company."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from sqlalchemy import Engine

from registry import clock, published
from registry.models import Register
from registry.work import OPERATOR, Work, begin
from tests.databases import Templates
from tests.records import publish as publish_register
from tests.staff import SignInAs, bilingual_register, client_of, sent, soup, staffed
from tests.standing import complaints

NEW = {
    "title": "EU region",
    "slug": "eu-region",
    "intro": "Only in the Union.",
    "languages": "en de",
    "timezone": "Europe/Zagreb",
    "notice_days": "30",
    "objection_days": "14",
}


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


def do(engine: Engine, act: Callable[[Work, Register], Any], slug: str = "general") -> Any:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        return act(work, published.register(work, slug))


def test_a_register_is_added_and_its_first_language_prevails(sign_in: SignInAs, engine: Engine) -> None:
    answer = sign_in("olga").post("/admin/registers", data=NEW)
    assert answer.location == "/admin/registers/eu-region/settings?done=register-added"
    found = read(engine, "eu-region")
    assert (found.title, found.intro) == ({"en": "EU region"}, {"en": "Only in the Union."})
    assert (found.languages, found.prevailing_language, found.timezone) == (["en", "de"], "en", "Europe/Zagreb")
    assert (found.notice_days, found.objection_days, found.hidden_at) == (30, 14, None)


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"slug": "EU region"}, 400, "slug"),
        ({"slug": "eu region"}, 400, "slug"),
        ({"slug": ""}, 400, "slug"),
        ({"slug": "general"}, 409, "slug"),
        ({"title": " "}, 400, "title"),
        ({"languages": "english"}, 400, "languages"),
        ({"languages": "en_US"}, 400, "languages"),
        ({"languages": ""}, 400, "languages"),
        ({"timezone": "Zagreb"}, 400, "timezone"),
        ({"notice_days": "soon"}, 400, "notice_days"),
        ({"objection_days": "-1"}, 400, "objection_days"),
    ],
)
def test_a_register_that_cannot_be_is_refused_beside_the_field(
    sign_in: SignInAs, general: str, given: dict[str, str], status: int, field: str
) -> None:
    answer = sign_in("olga").post("/admin/registers", data={**NEW, **given})
    assert answer.status_code == status
    assert complaints(answer.text) == []
    page = BeautifulSoup(answer.text, "html5lib")
    wrong = page.find(attrs={"name": field})
    assert isinstance(wrong, Tag)
    assert wrong["aria-invalid"] == "true"
    assert page.select_one(f"#errors a[href='#{field}']") is not None
    assert "Only in the Union." in answer.text


def test_settings_are_saved_with_texts_in_every_language(sign_in: SignInAs, engine: Engine, general: str) -> None:
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    values = sent(soup(edi, there), there)
    assert (values["title.en"], values["title.de"]) == ("Sub-processors", "Unterauftragsverarbeiter")
    values |= {"title.de": "Unterauftragnehmer", "intro.en": "One\r\nTwo", "notice_days": "45"}
    assert edi.post(there, data=values).location == f"{there}?done=saved"
    found = read(engine, general)
    assert found.title == {"en": "Sub-processors", "de": "Unterauftragnehmer"}
    assert (found.intro, found.notice_days, found.version) == ({"en": "One\nTwo"}, 45, 2)
    assert "Saved." in soup(edi, f"{there}?done=saved").get_text()


def test_a_language_that_is_added_gets_its_boxes_and_another_may_prevail(
    sign_in: SignInAs, engine: Engine, general: str
) -> None:
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    values = sent(soup(edi, there), there)
    edi.post(there, data={**values, "languages": "de en hr"})
    assert read(engine, general).prevailing_language == "de"
    values = sent(soup(edi, there), there)
    assert [name for name in values if name.startswith("title.")] == ["title.de", "title.en", "title.hr"]


def test_a_language_without_a_title_cannot_prevail(sign_in: SignInAs, engine: Engine, general: str) -> None:
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    values = sent(soup(edi, there), there)
    answer = edi.post(there, data={**values, "languages": "hr en de"})
    assert answer.status_code == 400
    assert "title in the prevailing language is needed" in answer.text
    assert 'name="title.hr"' in answer.text
    assert complaints(answer.text) == []
    assert read(engine, general).version == 1


def test_no_text_vanishes_from_a_form_that_is_refused(sign_in: SignInAs, general: str) -> None:
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    mine = {**sent(soup(edi, there), there), "languages": "english", "title.en": "Typed", "title.de": "Getippt"}
    answer = edi.post(there, data=mine)
    assert answer.status_code == 400
    refilled = sent(BeautifulSoup(answer.text, "html5lib"), there)
    assert (refilled["title.en"], refilled["title.de"], refilled["languages"]) == ("Typed", "Getippt", "english")


def test_the_short_name_never_changes(sign_in: SignInAs, engine: Engine, general: str) -> None:
    edi, there = sign_in("edi"), "/admin/registers/general/settings"
    edi.post(there, data={**sent(soup(edi, there), there), "slug": "other"})
    assert read(engine, general).version == 2


def test_registers_are_put_in_order(sign_in: SignInAs, engine: Engine, general: str) -> None:
    olga = sign_in("olga")
    olga.post("/admin/registers", data=NEW)

    def order() -> list[str]:
        return [str(one.get_text()) for one in soup(olga, "/admin/registers").select(".item strong")]

    assert order() == ["Sub-processors", "EU region"]
    olga.post("/admin/registers/eu-region/move", data={"by": "-1"})
    assert order() == ["EU region", "Sub-processors"]
    olga.post("/admin/registers/eu-region/move", data={"by": "-1"})
    olga.post("/admin/registers/eu-region/move", data={"by": "1"})
    assert order() == ["Sub-processors", "EU region"]


def test_a_hidden_register_is_off_the_public_pages_until_it_is_shown(
    sign_in: SignInAs, engine: Engine, general: str
) -> None:
    do(engine, publish_register)
    olga = sign_in("olga")
    assert olga.get("/registers/general.json").status_code == 200
    olga.post("/admin/registers/general/hidden")
    assert olga.get("/registers/general.json").status_code == 404
    assert "Hidden" in soup(olga, "/admin/registers").get_text()
    olga.post("/admin/registers/general/shown")
    assert olga.get("/registers/general.json").status_code == 200


@pytest.mark.parametrize(
    ("name", "allowed"), [("edi", {"settings"}), ("rena", set()), ("vito", set()), ("olga", {"settings", "the rest"})]
)
def test_roles_decide_who_changes_registers(sign_in: SignInAs, general: str, name: str, allowed: set[str]) -> None:
    client, there = sign_in(name), "/admin/registers/general/settings"
    page = soup(client, there)
    assert (page.find("button", string="Save") is not None) is ("settings" in allowed)
    assert (page.find("fieldset", disabled=True) is None) is ("settings" in allowed)
    assert (client.post(there, data=sent(page, there)).status_code == 303) is ("settings" in allowed)
    for path in ("/admin/registers", "/admin/registers/general/hidden", "/admin/registers/general/move"):
        assert (client.post(path, data=NEW).status_code == 303) is ("the rest" in allowed)
    values = sent(soup(client, "/admin/publisher"), "/admin/publisher")
    saved = client.post("/admin/publisher", data={**values, "name": "Acme Cloud d.d."})
    assert (saved.status_code == 303) is ("the rest" in allowed)


@pytest.mark.parametrize(
    "path", ["/admin/registers/unknown/settings", "/admin/registers/%00/settings", "/admin/log?who=%00"]
)
def test_what_nobody_knows_is_not_found(sign_in: SignInAs, path: str) -> None:
    assert sign_in("olga").get(path).status_code == 404


def test_the_company_is_saved_and_checked(sign_in: SignInAs, engine: Engine, general: str) -> None:
    olga = sign_in("olga")
    values = sent(soup(olga, "/admin/publisher"), "/admin/publisher")
    values |= {"name": "Acme Cloud d.d.", "country": "HR", "contact.email": "privacy@acme.example"}
    wrong = olga.post("/admin/publisher", data={**values, "name": "", "website": "acme", "contact.email": "privacy"})
    assert wrong.status_code == 400
    assert complaints(wrong.text) == []
    page = BeautifulSoup(wrong.text, "html5lib")
    assert [str(one["name"]) for one in page.select("[aria-invalid]")] == ["name", "website", "contact.email"]
    assert olga.post("/admin/publisher", data={**values, "privacy_text.de": "Kurz."}).status_code == 303
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        found = published.publisher(work)
    assert (found.name, found.country, found.contact_email) == ("Acme Cloud d.d.", "HR", "privacy@acme.example")
    assert found.privacy_text == {"de": "Kurz."}


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/registers", "/admin/registers/new", "/admin/publisher", "/admin/log"]
)
def test_the_pages_keep_the_standing_checks(sign_in: SignInAs, general: str, path: str) -> None:
    assert soup(sign_in("olga"), path).h1 is not None
