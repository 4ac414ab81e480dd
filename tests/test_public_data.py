"""Data files, chain and feeds through the real application and a real database."""

import hashlib
import json
import subprocess
from datetime import timedelta
from pathlib import Path

import feedparser
import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry import chain, snapshot
from registry.models import Register
from registry.work import Work
from tests import records
from tests.conftest import NOW
from tests.publications import announced, set_clock, soup, start_anew

FILES = {
    "/registers/general.json": "application/json",
    "/registers/general.csv": "text/csv; charset=utf-8; header=present",
    "/registers/general.jsonld": "application/ld+json",
    "/registers/general.md": "text/markdown; charset=utf-8; variant=GFM",
    "/registers/general/history.json": "application/json",
    "/registers/general/revisions/2.json": "application/json",
    "/registers/general/revisions/2.csv": "text/csv; charset=utf-8; header=present",
    "/registers/general/revisions/2.jsonld": "application/ld+json",
    "/registers/general/revisions/2/document.json": "application/json",
    "/registers/general/compare/1...2.json": "application/json",
    "/registers/general/on/2026-11-22.json": "application/json",
    "/registers/general/chain.json": "application/json",
    "/registers/general/feed.rss": "application/rss+xml; charset=utf-8",
    "/registers/general/feed.atom": "application/atom+xml; charset=utf-8",
    "/registers/general/feed.json": "application/feed+json",
    "/feed.rss": "application/rss+xml; charset=utf-8",
    "/feed.atom": "application/atom+xml; charset=utf-8",
    "/feed.json": "application/feed+json",
    "/schemas/register-1.json": "application/schema+json",
}
FOR_EVER = [url for url in FILES if "/revisions/" in url or "/compare/" in url]


@pytest.fixture
def app(app: Flask) -> Flask:
    set_clock(app, NOW)
    return app


@pytest.fixture
def register(work: Work) -> Register:
    return announced(work)


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(("url", "media_type"), FILES.items())
def test_every_file_has_its_media_type_is_repeatable_and_answers_304(
    app: Flask, client: FlaskClient, url: str, media_type: str
) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, media_type)
    start_anew(app)
    assert client.get(url).data == answer.data
    again = client.get(url, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize(
    "url",
    [
        "/registers/nobody.json",
        "/registers/%00.csv",
        "/registers/general/revisions/3.json",
        "/registers/general/revisions/3/document.json",
        "/registers/general/revisions/99999999999999999999.csv",
        "/registers/general/compare/1...3.json",
        "/registers/general/on/2026-10-01.json",
        "/registers/general/on/2026-02-30.json",
        "/registers/nobody/chain.json",
        "/registers/nobody/feed.atom",
    ],
)
def test_what_is_not_there_is_a_problem_in_the_form_of_rfc_9457(client: FlaskClient, url: str) -> None:
    answer = client.get(url)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    problem = json.loads(answer.data)
    assert (problem["status"], bool(problem["title"])) == (404, True)


def test_files_of_a_revision_are_the_same_bytes_for_ever(
    app: Flask, client: FlaskClient, work: Work, register: Register
) -> None:
    before = {url: client.get(url).data for url in FOR_EVER}
    set_clock(app, NOW + timedelta(days=200))
    records.add_entry(work, register, "Later Ltd")
    records.publish(work, register)
    work.commit()
    start_anew(app)
    assert {url: client.get(url).data for url in FOR_EVER} == before


@pytest.mark.usefixtures("register")
def test_status_is_that_of_today_of_the_day_or_of_the_publication(app: Flask, client: FlaskClient) -> None:
    def statuses(url: str) -> list[str]:
        return [entry["status"] for entry in client.get(url).get_json()["entries"]]

    set_clock(app, NOW + timedelta(days=40))
    assert statuses("/registers/general.json") == ["in-effect", "in-effect"]
    assert statuses("/registers/general/revisions/2.json") == ["in-effect", "announced"]
    assert statuses("/registers/general/on/2026-12-21.json") == ["in-effect", "announced"]
    assert statuses("/registers/general/on/2026-12-22.json") == ["in-effect", "in-effect"]
    assert statuses("/registers/general/on/2026-11-21.json") == ["in-effect"]


@pytest.mark.usefixtures("register")
def test_the_json_is_what_the_served_schema_says(client: FlaskClient) -> None:
    schema = client.get("/schemas/register-1.json").get_json(force=True)
    jsonschema.Draft202012Validator.check_schema(schema)
    for url in (
        "/registers/general.json",
        "/registers/general/revisions/1.json",
        "/registers/general/on/2026-11-22.json",
    ):
        jsonschema.Draft202012Validator(schema).validate(client.get(url).get_json())


@pytest.mark.usefixtures("register")
def test_the_chain_holds_over_the_exact_bytes_that_are_served(client: FlaskClient) -> None:
    served = client.get("/registers/general/chain.json").get_json()
    links = [chain.Link(**link) for link in served["links"]]
    documents = {
        link.number: client.get(f"/registers/general/revisions/{link.number}/document.json").data for link in links
    }
    hashes = {number: hashlib.sha256(raw).hexdigest() for number, raw in documents.items()}
    assert [link.number for link in links] == [1, 2]
    assert chain.verify(served["register"], links, hashes) == []
    assert snapshot.canonical(snapshot.parse(documents[2])) == documents[2]
    newest = client.get("/registers/general.json").get_json()["publication"]
    assert newest["hash"] == links[-1].hash


@pytest.mark.usefixtures("register")
def test_what_the_history_says_to_type_really_checks_the_chain(client: FlaskClient, tmp_path: Path) -> None:
    fetch, link = (block.get_text() for block in soup(client, "/registers/general/history").select("pre code"))
    address, expected = fetch.split()[2], fetch.split()[-2]
    raw = client.get(address.removeprefix("http://localhost")).data
    (tmp_path / "document.json").write_bytes(raw)
    summed = subprocess.run(["sha256sum", tmp_path / "document.json"], capture_output=True, text=True, check=True)
    assert summed.stdout.split()[0] == expected
    *command, expected = link.splitlines()
    typed = subprocess.run(["bash", "-c", "\n".join(command)], capture_output=True, text=True, check=True)
    assert typed.stdout.strip() == expected
    assert expected.split()[0] in soup(client, "/registers/general").get_text()


@pytest.mark.usefixtures("register")
def test_history_counts_the_changes_of_every_publication(client: FlaskClient) -> None:
    second, first = client.get("/registers/general/history.json").get_json()["publications"]
    assert (first["number"], first["baseline"], second["baseline"]) == (1, True, False)
    assert second["changes"] == {"subprocessor-added": 1}
    assert second["earliest_effective_on"] == "2026-12-22"
    assert second["url"] == "http://localhost/registers/general/revisions/2"
    assert second["note"] == "Speech comes in December."


@pytest.mark.usefixtures("register")
def test_a_comparison_has_typed_changes(client: FlaskClient) -> None:
    compared = client.get("/registers/general/compare/1...2.json").get_json()
    assert (compared["from"], compared["to"]) == (1, 2)
    [change] = compared["changes"]
    assert (change["kind"], change["owes_notice"], change["effective_on"]) == ("subprocessor-added", True, "2026-12-22")
    assert client.get("/registers/general/compare/2...2.json").get_json()["changes"] == []


@pytest.mark.usefixtures("register")
@pytest.mark.parametrize("ending", ["rss", "atom"])
def test_a_reader_of_feeds_finds_every_publication_with_its_changes(client: FlaskClient, ending: str) -> None:
    parsed = feedparser.parse(client.get(f"/registers/general/feed.{ending}").data)
    assert not parsed.bozo
    assert [item.link for item in parsed.entries] == [
        f"http://localhost/registers/general/revisions/{number}" for number in (2, 1)
    ]
    assert "Sample Speech Inc. is added" in parsed.entries[0].summary
    assert "First publication" in parsed.entries[1].title


@pytest.mark.usefixtures("register")
def test_json_feed_items_carry_their_changes_and_the_head_of_the_chain(client: FlaskClient) -> None:
    newest, first = client.get("/registers/general/feed.json").get_json(force=True)["items"]
    assert [change["kind"] for change in newest["_changes"]] == ["subprocessor-added"]
    assert first["_changes"] == []
    assert newest["_publication"]["hash"] == client.get("/registers/general.json").get_json()["publication"]["hash"]


def test_the_feed_of_all_registers_has_every_one_of_them_newest_first(
    client: FlaskClient, work: Work, register: Register
) -> None:
    second = records.add_register(work, "eu-region", title={"en": "EU region"})
    records.add_entry(work, second, "Example Hosting GmbH")
    records.publish(records.acting(work, None, at=NOW - timedelta(days=1)), second)
    work.commit()
    items = client.get("/feed.json").get_json(force=True)["items"]
    assert [(item["_publication"]["register"], item["_publication"]["number"]) for item in items] == [
        ("general", 2),
        ("eu-region", 1),
        ("general", 1),
    ]


@pytest.mark.parametrize("ending", ["rss", "atom", "json"])
def test_before_anything_is_published_the_feed_is_empty_but_sound(client: FlaskClient, ending: str) -> None:
    answer = client.get(f"/feed.{ending}")
    assert answer.status_code == 200
    if ending != "json":
        assert not feedparser.parse(answer.data).bozo


def test_texts_in_a_table_follow_the_reader(client: FlaskClient, work: Work) -> None:
    register = records.add_register(work, languages=["en", "de"], prevailing_language="en")
    records.add_entry(work, register, "Example Hosting GmbH", purposes=[{"text": {"en": "Hosting", "de": "Betrieb"}}])
    records.publish(work, register)
    work.commit()
    assert "Betrieb" in client.get("/registers/general.csv?lang=de").text
    assert "Betrieb" in client.get("/registers/general.md", headers={"Accept-Language": "de"}).text
    assert "Hosting" in client.get("/registers/general/revisions/1.csv").text


def test_alive_and_able_to_serve(app: Flask, client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok\n"
    app.extensions["readiness"] = {}
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "database: ok\nschema: ok\n")
    app.extensions["readiness"] = {"worker": lambda work: f"not seen since {work.now:%H:%M}"}
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text.splitlines()[-1]) == (503, "worker: not seen since 10:00")
    assert answer.headers["Cache-Control"] == "no-store"
