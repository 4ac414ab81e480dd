"""The public pages for readers: search, languages, several lists, and texts that mean harm."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from registry import drafting
from registry.models import Register
from registry.work import Work
from tests import records
from tests.conftest import NOW
from tests.publications import announced, set_clock, soup
from tests.standing import complaints

HOSTILE = """<script>alert(1)</script>"><img src=x onerror=alert(1)> {{ 7*7 }} & 'quoted'"""


@pytest.fixture
def app(app: Flask) -> Flask:
    set_clock(app, NOW)
    return app


@pytest.fixture
def register(work: Work) -> Register:
    return announced(work)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("words=speech", ["Sample Speech Inc."]),
        ("words=&country=DE&kind=", ["Example Hosting GmbH"]),
        ("kind=adequacy", ["Sample Speech Inc."]),
        ("words=speech&country=DE", []),
        ("country=nowhere", []),
    ],
)
def test_a_search_is_answered_without_a_script(client: FlaskClient, query: str, names: list[str]) -> None:
    answer = client.get(f"/registers/general?{query}")
    assert complaints(answer.text) == []
    page = BeautifulSoup(answer.text, "html5lib")
    found = [str(cell.find(string=True)).strip() for cell in page.select("tbody th[scope=row]")]
    assert found == names
    assert bool(page.select_one(".empty")) == (not names)


def every_word_hostile() -> Iterator[tuple[str, Any]]:
    row = {"text": {"en": HOSTILE}}
    yield "purposes", [row]
    yield "data_categories", [row]
    yield (
        "locations",
        [
            {
                "place": {"code": "X-UNKNOWN", "text": {"en": HOSTILE}},
                "mechanisms": [{"code": "EU-45", "reference": HOSTILE}],
            }
        ],
    )
    for name in ("data_subjects", "applies_to"):
        yield name, [{"en": HOSTILE}]
    for name in ("group", "description", "retention", "notes"):
        yield name, {"en": HOSTILE}
    yield "exceptional_use", {"conditions": {"en": HOSTILE}}


def test_text_is_text_wherever_it_stands(client: FlaskClient, work: Work, register: Register) -> None:
    company = {"legal_name": HOSTILE, "trading_name": HOSTILE + "2", "address": HOSTILE, "parent": HOSTILE}
    contact = {"role": HOSTILE, "email": "", "url": ""}
    given = dict(every_word_hostile())
    records.add_entry(work, register, HOSTILE, sub_processor={**company, "contact": contact}, **given)
    values = {"title": {"en": HOSTILE}, "intro": {"en": HOSTILE}, "slug": "general", "languages": ["en"]}
    drafting.save_register(
        work,
        register,
        {**register.model_dump(include={"timezone", "prevailing_language", "notice_days", "objection_days"}), **values},
        version=register.version,
    )
    records.publish(work, register, note=HOSTILE)
    work.commit()
    for url in (
        "/",
        "/registers/general",
        "/registers/general/history",
        "/registers/general/compare/2...3",
        "/registers/general/revisions/3",
    ):
        answer = client.get(url)
        assert complaints(answer.text) == [], url
        page = BeautifulSoup(answer.text, "html5lib")
        assert page.find_all(["script", "img"]) == [], url
        assert "{{ 7*7 }}" in page.get_text(), url
        assert "49 &" not in page.get_text(), url


# Several registers, several languages


def test_home_shows_all_lists_in_order_with_what_is_announced(
    client: FlaskClient, work: Work, register: Register
) -> None:
    second = records.add_register(work, "eu-region", title={"en": "EU region"})
    records.add_entry(work, second, "Example Hosting GmbH")
    records.publish(work, second)
    hidden = records.add_register(work, "secret", title={"en": "Hidden one"})
    records.add_entry(work, hidden, "Hidden Ltd")
    records.publish(work, hidden)
    hidden.hidden_at = work.now
    records.add_register(work, "draft", title={"en": "Unpublished one"})
    work.commit()
    page = soup(client, "/")
    assert [heading.get_text(strip=True) for heading in page.select("h2.large")] == ["Sub-processors", "EU region"]
    assert "Announced: 1 change from 22 December 2026" in page.get_text()
    assert "Hidden" not in page.get_text()
    assert [field["value"] for field in page.select("input[name=registers]")] == ["general", "eu-region"]
    for url in ("/registers/secret", "/registers/draft", "/registers/secret/history", "/registers/secret/revisions/1"):
        assert client.get(url).status_code == 404


def test_before_anything_is_published_home_says_so_kindly(client: FlaskClient) -> None:
    answer = client.get("/")
    assert complaints(answer.text) == []
    assert "Nothing is published yet" in answer.text
    assert "/subscribe" not in answer.text


@pytest.fixture
def bilingual(work: Work) -> Register:
    title = {"en": "Sub-processors", "de": "Unterauftragsverarbeiter"}
    register = records.add_register(work, title=title, languages=["en", "de"], prevailing_language="en")
    records.add_entry(work, register, "Example Hosting GmbH", purposes=[{"text": {"en": "Hosting", "de": "Betrieb"}}])
    records.publish(work, register)
    work.commit()
    return register


@pytest.mark.usefixtures("bilingual")
@pytest.mark.parametrize(
    ("url", "accept"),
    [("/registers/general?lang=de", "en"), ("/registers/general", "de-AT,de;q=0.9,en;q=0.5"), ("/?lang=de", "fr")],
)
def test_address_or_browser_choose_the_language(client: FlaskClient, url: str, accept: str) -> None:
    answer = client.get(url, headers={"Accept-Language": accept})
    page = BeautifulSoup(answer.text, "html5lib")
    assert page.find("html")["lang"] == "de"  # type: ignore[index]
    assert answer.headers["Content-Language"] == "de"
    assert "Accept-Language" in answer.headers["Vary"]
    assert "Betrieb" in page.get_text()
    assert "Deutschland" in page.get_text()
    missing = page.find("span", lang="en", string="Contact data")
    assert missing is not None


@pytest.mark.usefixtures("bilingual")
def test_a_chosen_language_is_carried_along_and_every_language_has_its_address(client: FlaskClient) -> None:
    page = soup(client, "/registers/general?lang=de")
    inner = [str(link["href"]) for link in page.select("main a[href^='/registers/general/history']")]
    assert inner
    assert all("lang=de" in href for href in inner)
    alternates = {link["hreflang"]: link["href"] for link in page.select("link[hreflang]")}
    assert alternates["de"] == "http://localhost/registers/general?lang=de"
    assert alternates["x-default"] == "http://localhost/registers/general"
    assert page.select_one("link[rel=canonical]")["href"] == "http://localhost/registers/general?lang=de"  # type: ignore[index]
    assert page.select_one("nav a[hreflang=en]") is not None


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("lang", ["xx", "../..", "en%22%3E%3Cscript%3E", "-"])
def test_an_unknown_language_is_as_none(client: FlaskClient, lang: str) -> None:
    answer = client.get(f"/registers/general?lang={lang}")
    assert (answer.status_code, complaints(answer.text)) == (200, [])
    assert not re.search(r"href=\"[^\"]*lang=(xx|en)", answer.text)


@pytest.mark.usefixtures("register")
def test_feeds_and_data_files_can_be_found_from_the_page(client: FlaskClient) -> None:
    links = soup(client, "/registers/general").select("link[rel=alternate][type]")
    found = {str(link["type"]): str(link["href"]) for link in links}
    assert set(found) == {
        "application/rss+xml",
        "application/atom+xml",
        "application/feed+json",
        "application/json",
        "application/ld+json",
        "text/csv",
        "text/markdown",
    }
    for media_type, href in found.items():
        assert client.get(href).mimetype == media_type


@pytest.mark.usefixtures("register")
def test_the_form_asks_for_mail_about_this_list(client: FlaskClient) -> None:
    form = soup(client, "/registers/general").select_one("form[method=post]")
    assert form is not None
    assert form["action"] == "/subscribe"
    fields = {str(field["name"]): field.get("value") for field in form.find_all("input")}
    assert fields == {"registers": "general", "language": "en", "email": None}
    assert "/privacy" in str(form)
