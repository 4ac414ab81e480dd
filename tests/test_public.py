"""The public pages through the real application and a real database."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry.models import Register
from registry.work import Work
from tests import records
from tests.conftest import NOW
from tests.publications import announced, set_clock, soup, start_anew
from tests.standing import complaints

PAGES = [
    "/",
    "/registers/general",
    "/registers/general/history",
    "/registers/general/revisions/1",
    "/registers/general/revisions/2",
    "/registers/general/compare/1...2",
    "/registers/general/compare/2...1",
    "/registers/general/compare/2...2",
    "/registers/general/on/2026-11-22",
    "/registers/general/on/2027-01-31",
]


@pytest.fixture
def app(app: Flask) -> Flask:
    set_clock(app, NOW)
    return app


@pytest.fixture
def register(work: Work) -> Register:
    return announced(work)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("url", PAGES)
def test_every_page_is_sound_repeatable_and_answers_304(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.mimetype, complaints(answer.text)) == (200, "text/html", [])
    assert client.get(url).data == answer.data
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    "url",
    [
        "/registers/nobody",
        "/registers/%00",
        "/registers/GENERAL",
        "/registers/general/revisions/3",
        "/registers/general/revisions/0",
        "/registers/general/revisions/99999999999999999999",
        "/registers/general/compare/1...3",
        "/registers/general/compare/1..2",
        "/registers/general/on/2026-10-01",
        "/registers/general/on/2026-02-30",
        "/registers/general/on/yesterday",
        "/registers/general/on/0001-01-01",
        "/registers/general/on?day=22.11.2026",
    ],
)
def test_what_is_not_there_is_a_page_that_says_so(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.mimetype, complaints(answer.text)) == (404, "text/html", [])


@pytest.mark.usefixtures("register")
def test_the_page_names_who_where_and_under_which_safeguard(client: FlaskClient) -> None:
    page = soup(client, "/registers/general")
    text = page.get_text(" ", strip=True)
    for words in (
        "Example Hosting GmbH",
        "Germany",
        "No transfer",
        "Art. 45(3) GDPR",
        "As a fallback:",
        "Contact data",
    ):
        assert words in text
    [announced] = page.select("tr.soon th")
    assert announced.get_text(" ", strip=True).startswith("Sample Speech Inc. From 22 December 2026")


@pytest.mark.usefixtures("register")
def test_what_is_announced_stands_first_with_the_last_day_to_object(client: FlaskClient) -> None:
    page = soup(client, "/registers/general")
    box = page.select_one(".notice")
    assert box is not None
    told = " ".join(box.get_text(" ").split())
    assert "Announced: 1 change from 22 December 2026" in told
    assert "Sample Speech Inc. is added" in told
    assert "until 6 December 2026, 23:59 (Europe/Zagreb)" in told
    assert box.sourceline is not None
    assert page.find("table").sourceline > box.sourceline  # type: ignore[union-attr,operator]


@pytest.mark.usefixtures("register")
def test_the_page_changes_when_the_day_of_a_change_has_come_and_not_before(app: Flask, client: FlaskClient) -> None:
    tag = client.get("/registers/general").headers["ETag"]
    set_clock(app, datetime(2026, 11, 22, 22, 30, tzinfo=UTC))  # half past eleven in Zagreb
    assert client.get("/registers/general").headers["ETag"] == tag
    set_clock(app, datetime(2026, 12, 21, 23, 30, tzinfo=UTC))  # already the 22nd in Zagreb
    page = soup(client, "/registers/general")
    assert page.select_one(".notice") is None
    assert page.select("tr.soon") == []
    assert "2, in 2 countries" in page.get_text()


def test_a_revision_is_the_same_bytes_for_ever(app: Flask, client: FlaskClient, work: Work, register: Register) -> None:
    before = client.get("/registers/general/revisions/2").data
    set_clock(app, NOW + timedelta(days=200))
    records.add_entry(work, register, "Later Ltd")
    records.publish(work, register)
    work.commit()
    start_anew(app)
    assert client.get("/registers/general/revisions/2").data == before
    assert b"Later Ltd" in client.get("/registers/general").data


@pytest.mark.usefixtures("register")
def test_a_day_shows_what_had_been_published_by_then(app: Flask, client: FlaskClient) -> None:
    assert "Sample Speech" not in soup(client, "/registers/general/on/2026-11-21").get_text()
    assert soup(client, "/registers/general/on/2026-11-22").select("tr.soon")
    later = soup(client, "/registers/general/on/2026-12-22")
    assert "Sample Speech Inc." in later.get_text()
    assert not later.select("tr.soon")
    assert "A look ahead" in later.get_text()
    set_clock(app, NOW + timedelta(days=30))
    assert "A look ahead" not in soup(client, "/registers/general/on/2026-12-22").get_text()


@pytest.mark.usefixtures("register")
def test_the_forms_of_the_history_lead_to_addresses_that_stay(client: FlaskClient) -> None:
    def leads(url: str) -> str:
        answer = client.get(url)
        assert answer.status_code == 303
        return answer.headers["Location"]

    assert leads("/registers/general/on?day=2026-11-22") == "/registers/general/on/2026-11-22"
    assert leads("/registers/general/on?day=2026-11-22&lang=de") == "/registers/general/on/2026-11-22?lang=de"
    assert leads("/registers/general/on") == "/registers/general"
    assert leads("/registers/general/compare?before=1&after=2") == "/registers/general/compare/1...2"
    assert leads("/registers/general/compare?before=x") == "/registers/general/history"


@pytest.mark.usefixtures("register")
def test_a_comparison_gives_every_change_with_what_must_be_known(client: FlaskClient) -> None:
    text = soup(client, "/registers/general/compare/1...2").get_text(" ", strip=True)
    for words in ("Sample Speech Inc. is added", "Sub-processor added", "Notice owed", "from 22 December 2026"):
        assert words in text
    assert "Remote access" not in text
    assert "Nothing that a reader could notice" in soup(client, "/registers/general/compare/2...2").get_text()


def test_a_reclassified_change_gives_its_reason(client: FlaskClient, work: Work, register: Register) -> None:
    from registry import published, publishing
    from registry.diff import Reclassification

    entry = records.entry_of(work, register, "Example Hosting GmbH")
    values = records.values_of(work, entry)
    values["locations"].append({"place": {"code": "FI"}, "mechanisms": [{"code": "NT-EEA"}]})
    records.save(work, entry, values)
    [change] = publishing.pending(work, register).changes
    reason = Reclassification(change.key, "text-corrected", "It had always been there.")
    publishing.publish(work, register, publishing.propose(work, register, reclassified=[reason]))
    work.commit()
    assert published.latest_number(work, register) == 3
    text = soup(client, "/registers/general/compare/2...3").get_text(" ", strip=True)
    assert "It had always been there." in text
    assert "Notice owed" not in text
