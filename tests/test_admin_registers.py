"""The pages about registers and the company, the task list, and what happens when two save one form."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from registry import accounts, clock, published, publishing
from registry.models import Register
from registry.work import OPERATOR, Work, begin
from tests.records import PASSWORD, acting, add_entry, add_person, add_register
from tests.records import publish as publish_register
from tests.standing import complaints

SignInAs = Callable[[str], FlaskClient]
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
def engine(app: Flask) -> Engine:
    """The application's own database, with the cast in it."""
    engine: Engine = app.extensions["subregistry"]["engine"]
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        for name, role in (("Olga", "owner"), ("Edi", "editor"), ("Rena", "reviewer"), ("Vito", "viewer")):
            add_person(work, name, role)
    return engine


@pytest.fixture
def sign_in(app: Flask, engine: Engine) -> SignInAs:
    def as_(name: str) -> FlaskClient:
        client = app.test_client()
        client.post("/admin/sign-in", data={"email": f"{name}@acme.example", "password": PASSWORD})
        return client

    return as_


@pytest.fixture
def general(engine: Engine) -> str:
    """The slug of a register in two languages with one entry."""
    titles = {"en": "Sub-processors", "de": "Unterauftragsverarbeiter"}
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        found = add_register(work, "general", title=titles, languages=["en", "de"])
        add_entry(work, found, "Example Hosting GmbH")
    return "general"


def read(engine: Engine, slug: str) -> Register:
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        return published.register(work, slug)


def do(engine: Engine, act: Callable[[Work, Register], Any], slug: str = "general") -> Any:
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        return act(work, published.register(work, slug))


def soup(client: FlaskClient, path: str) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert complaints(answer.text) == []
    return BeautifulSoup(answer.text, "html5lib")


def sent(page: BeautifulSoup, action: str) -> dict[str, str]:
    """What a browser would send of the form with that action."""
    form = page.find("form", action=action)
    assert isinstance(form, Tag), action
    values = {str(box["name"]): str(box.get("value", "")) for box in form.find_all("input", attrs={"name": True})}
    values |= {str(box["name"]): box.get_text().removeprefix("\n") for box in form.find_all("textarea")}
    for box in form.find_all("select"):
        chosen = box.find("option", selected=True)
        values[str(box["name"])] = str(chosen["value"]) if chosen else ""
    return values


def tasks(client: FlaskClient) -> list[str]:
    return [str(one.get_text()) for one in soup(client, "/admin/").select(".task > a")]


# Registers


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


# The company


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


# Two save one form


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


# The task list


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


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/registers", "/admin/registers/new", "/admin/publisher", "/admin/log"]
)
def test_the_pages_keep_the_standing_checks(sign_in: SignInAs, general: str, path: str) -> None:
    assert soup(sign_in("olga"), path).h1 is not None
