"""The admin pages about mail: subscribers, deliveries, the notice to come."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import select

from notifications import demo as sample_subscribers
from notifications import worker
from notifications.models import Subscriber
from registry import clock, published, publishing
from registry.settings import Settings
from registry.work import OPERATOR, begin, make_engine
from tests import records
from tests.conftest import sign_in
from tests.servers import MailServer
from tests.standing import complaints


@pytest.fixture
def sample_settings(sample_app: Flask) -> Settings:
    settings: Settings = sample_app.extensions["subregistry"]["settings"]
    return settings


@pytest.fixture
def sample(sample_url: str, sample_settings: Settings) -> Iterator[Engine]:
    """The sample company with its subscribers, all told of the newest publication."""
    engine = make_engine(sample_url)
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        known = list(work.session.exec(select(Subscriber)))
    if not known:
        sample_subscribers.load(lambda at: begin(engine, now=at, actor=OPERATOR), clock.now(), sample_settings)
    yield engine
    engine.dispose()


def soup(page: str) -> BeautifulSoup:
    return BeautifulSoup(page, "html5lib")


def text_of(page: str) -> str:
    return " ".join(soup(page).get_text(" ").split())


def test_subscribers_are_listed_and_found_by_a_part_of_their_address(sample: Engine, owner: FlaskClient) -> None:
    page = owner.get("/admin/subscribers").text
    assert complaints(page) == []
    for email, _language in sample_subscribers.PEOPLE:
        assert email in page
    found = owner.get("/admin/subscribers?words=KLINIK").text
    assert "datenschutz@klinik.example" in found
    assert "security@bank.example" not in found
    assert "contains “%”" in owner.get("/admin/subscribers?words=%25").text


def test_one_subscriber_is_shown_with_consent_and_mail(
    sample: Engine, owner: FlaskClient, sample_settings: Settings
) -> None:
    worker.run(sample, sample_settings, once=True)
    link = soup(owner.get("/admin/subscribers?words=bank").text).select_one("tbody th a")
    assert link is not None
    page = owner.get(str(link["href"])).text
    assert complaints(page) == []
    for words in ("imported", "Notice", "Accepted", "250 Written to", "Message-ID"):
        assert words in text_of(page), words


def test_only_an_owner_may_erase_and_export(sample: Engine, sample_app: Flask, owner: FlaskClient) -> None:
    link = soup(owner.get("/admin/subscribers?words=bank").text).select_one("tbody th a")
    assert link is not None
    address = str(link["href"])
    viewer = sign_in(sample_app, "vito@acme.example")
    assert viewer.get(address).status_code == 200
    assert viewer.post(f"{address}/erasure").status_code == 403
    assert viewer.get("/admin/subscribers/export").status_code == 403
    assert "Erase" not in text_of(viewer.get(address).text)
    assert owner.get("/admin/subscribers/export").data.count(b"\r\n") == len(sample_subscribers.PEOPLE) + 1
    answer = owner.post(f"{address}/erasure")
    assert answer.status_code == 303
    page = owner.get(answer.location).text
    assert "security@bank.example" not in page
    assert "Deleted." in page


def test_deliveries_are_shown_per_publication_with_their_attempts(
    sample: Engine, owner: FlaskClient, sample_settings: Settings
) -> None:
    worker.run(sample, sample_settings, once=True)
    overview = owner.get("/admin/deliveries").text
    assert complaints(overview) == []
    assert f"{len(sample_subscribers.PEOPLE)} accepted" in overview
    link = next(one for one in soup(overview).select("tbody th a") if "register=" in str(one["href"]))
    page = owner.get(str(link["href"])).text
    assert complaints(page) == []
    assert "security@bank.example" in page
    assert "250 Written to" in page
    filtered = owner.get(f"{link['href']}&words=klinik&state=accepted").text
    assert "datenschutz@klinik.example" in filtered
    assert "security@bank.example" not in filtered
    assert "Nothing to show" in owner.get(f"{link['href']}&state=failed").text


def test_a_refusal_is_shown_in_the_servers_words(
    sample: Engine, owner: FlaskClient, sample_settings: Settings, mail_server: MailServer
) -> None:
    mail_server.at_rcpt["security@bank.example"] = "550 5.7.1 <script>alert(1)</script>"
    relayed = Settings(**{**vars(sample_settings), "smtp_url": mail_server.url})
    worker.run(sample, relayed, once=True)
    link = soup(owner.get("/admin/deliveries").text).select_one("tbody th a")
    assert link is not None
    page = owner.get(str(link["href"])).text
    assert "550 5.7.1 &lt;script&gt;" in page
    assert "Failed" in text_of(page)


def test_the_notice_is_shown_before_it_goes_out_in_every_language_with_its_readers(
    sample: Engine, owner: FlaskClient, tmp_path: Path
) -> None:
    with begin(sample, now=clock.now(), actor=OPERATOR) as work:
        register = published.register(work, "general")
        records.add_entry(work, register, "Preview Company B.V.", starts_on="2030-01-01")
        revision = publishing.propose(work, register)
    address = f"/admin/registers/general/revisions/{revision.id}/notice"
    page = owner.get(address).text
    assert complaints(page) == []
    shown = text_of(page)
    assert "5 subscribers get this mail" in shown
    assert "English (3)" in shown
    assert "Deutsch (2)" in shown
    assert "Preview Company B.V. is added" in shown
    frame = soup(page).select_one("iframe")
    assert frame is not None
    assert "Preview Company B.V." in str(frame["srcdoc"])
    assert frame.get_attribute_list("sandbox") == []
    german = owner.get(f"{address}?language=de").text
    assert "1. Januar 2030" in german
    assert complaints(german) == []
    assert address in owner.get(f"/admin/registers/general/revisions/{revision.id}").text


def test_looking_at_a_preview_tells_nobody(
    sample: Engine, owner: FlaskClient, sample_settings: Settings, now: datetime
) -> None:
    worker.run(sample, sample_settings, once=True)
    with begin(sample, now=clock.now(), actor=OPERATOR) as work:
        register = published.register(work, "general")
        records.add_entry(work, register, "Preview Company B.V.", starts_on="2030-01-01")
        revision = publishing.propose(work, register)
    owner.get(f"/admin/registers/general/revisions/{revision.id}/notice")
    assert worker.run(sample, sample_settings, once=True).messages == {}
