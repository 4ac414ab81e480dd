"""The pages of subscribers, as a browser, a plain HTTP client, a mail provider and a link scanner see them."""

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, text
from sqlmodel import SQLModel
from werkzeug.test import TestResponse

from notifications import consent, limits, messages, worker
from registry.settings import Settings
from registry.work import OPERATOR, begin
from tests.audience import announce, by_email, leave_token, links, plain, published_register, subscribe, written
from tests.standing import complaints

ANA = "ana@customer.example"


@pytest.fixture(autouse=True)
def register(engine: Engine, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        published_register(work)
        published_register(work, "eu-region", title={"en": "EU region", "de": "EU-Region"}, languages=["en", "de"])


@pytest.fixture
def ana(engine: Engine, settings: Settings, now: datetime) -> dict[str, str]:
    """The links of a confirmed subscriber: her page, and the one to leave."""
    with begin(engine, now=now, actor=OPERATOR) as work:
        subscriber = subscribe(work, settings, ANA, registers=["general"])
        manage, leave = messages.links(settings, subscriber.id, subscriber.address_hash)
    return {"page": path(manage), "leave": path(leave), "id": subscriber.id}


def path(url: str) -> str:
    return url.removeprefix("http://localhost")


def contents(engine: Engine) -> dict[str, list[str]]:
    with engine.connect() as connection:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: sorted(map(repr, connection.execute(select(table)))) for table in tables}


def count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def errors(answer: TestResponse) -> list[str]:
    return [one.get_text(strip=True) for one in BeautifulSoup(answer.text, "html5lib").select(".error")]


def test_the_whole_way_from_the_form_to_leaving(
    engine: Engine, settings: Settings, client: FlaskClient, tmp_path: Path, now: datetime
) -> None:
    form = {"email": "Ana@Customer.example", "registers": ["general", "eu-region"], "language": "en"}
    assert "Ana@customer.example" in client.post("/subscribe", data=form).text
    worker.run(engine, settings, once=True)
    (mail,) = written(tmp_path)
    confirm = next(link for link in links(plain(mail)) if link.endswith("/confirmation"))
    assert "<button>" in client.get(confirm).text
    page = re.search(r'href="http://localhost(/subscriptions/[\w-]+)"', client.post(confirm).text)
    assert page is not None
    assert "Ana@customer.example" in client.get(page[1]).text
    with begin(engine, now=now, actor=OPERATOR) as work:
        from registry import published

        announce(work, published.register(work, "general"))
    worker.run(engine, settings, once=True)
    notice = next(one for one in written(tmp_path) if one["X-Register"])
    leave = path(notice["List-Unsubscribe"].strip("<>"))
    assert "<button>" in client.get(leave).text
    assert client.post(leave).status_code == 200
    assert count(engine, "subscriber") == 0


def test_the_form_offers_all_lists_chosen_and_the_consent_in_words(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/subscribe").text, "html5lib")
    boxes = page.select('input[name="registers"]')
    assert [box["value"] for box in boxes] == ["general", "eu-region"]
    assert all(box.has_attr("checked") for box in boxes)
    assert consent.TEXTS[consent.VERSION] in page.get_text()
    assert page.select_one('a[href="/privacy"]') is not None


def test_the_small_form_on_the_register_page_says_the_same_and_works(engine: Engine, client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/registers/eu-region").text, "html5lib")
    form = page.select_one('form[action="/subscribe"]')
    assert form is not None
    assert consent.TEXTS[consent.VERSION] in form.get_text()
    given = {str(one["name"]): str(one.get("value", "")) for one in form.select("input[name]")}
    assert given["registers"] == "eu-region"
    assert client.post("/subscribe", data={**given, "email": ANA}).status_code == 200
    assert count(engine, "delivery") == 1


def test_a_hidden_or_unpublished_list_is_not_offered(engine: Engine, client: FlaskClient, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        from registry import published
        from tests import records

        records.add_register(work, "draft")
        published.register(work, "eu-region").hidden_at = now
    assert "draft" not in client.get("/subscribe").text
    for slug in ("draft", "eu-region"):
        assert client.post("/subscribe", data={"email": ANA, "registers": slug}).status_code == 400


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@c.example", "ana@customer.example\r\nBcc: x@y.example"])
def test_a_wrong_address_is_said_beside_it_and_nothing_is_lost(client: FlaskClient, email: str) -> None:
    answer = client.post("/subscribe", data={"email": email, "registers": ["eu-region"], "language": "de"})
    assert answer.status_code == 400
    assert errors(answer) == ["Enter an e-mail address such as name@company.example."]
    page = BeautifulSoup(answer.text, "html5lib")
    assert [box["value"] for box in page.select('input[name="registers"][checked]')] == ["eu-region"]
    assert [option["value"] for option in page.select("option[selected]")] == ["de"]
    shown = page.select_one("#email")
    assert shown is not None
    assert shown["value"] == email.replace("\r\n", "\n") or shown["value"] == email
    assert complaints(answer.text) == []


def test_at_least_one_list_must_be_chosen(client: FlaskClient) -> None:
    answer = client.post("/subscribe", data={"email": ANA})
    assert (answer.status_code, errors(answer)) == (400, ["Choose at least one list."])
    assert complaints(answer.text) == []


def test_the_answer_tells_nothing_about_an_address(engine: Engine, client: FlaskClient, ana: dict[str, str]) -> None:
    def ask(email: str) -> str:
        answer = client.post("/subscribe", data={"email": email, "registers": "general"})
        assert answer.status_code == 200
        return answer.text.replace(email, "…")

    new = ask("somebody.new@customer.example")
    assert ask(ANA) == new
    for _ in range(limits.PER_ADDRESS + 2):
        assert ask("somebody.new@customer.example") == new
    client.post(ana["leave"])
    assert ask(ANA) == new


def test_too_many_requests_from_one_place_are_refused_politely(client: FlaskClient) -> None:
    for number in range(limits.PER_SOURCE):
        client.post("/subscribe", data={"email": f"p{number}@customer.example", "registers": "general"})
    answer = client.post("/subscribe", data={"email": ANA, "registers": "general"})
    assert answer.status_code == 429
    assert "Too many requests" in errors(answer)[0]


def test_looking_acts_on_nothing(engine: Engine, settings: Settings, client: FlaskClient, ana: dict[str, str]) -> None:
    """Mail scanners follow every link, twice, with GET and HEAD, and forward them."""
    client.post("/subscribe", data={"email": "new@customer.example", "registers": "general"})
    client.post(f"{ana['page']}/address", data={"email": "other@customer.example"})
    with begin(engine, now=datetime.fromisoformat("2026-11-22T10:00:00+00:00"), actor=OPERATOR, write=False) as work:
        from tests.audience import confirm_token

        pending = confirm_token(settings, by_email(work, "new@customer.example"))
        moving = confirm_token(settings, by_email(work, ANA), "other@customer.example")
    before = contents(engine)
    addresses = [ana["page"], ana["leave"], f"{ana['page']}/export"]
    addresses += [f"/subscriptions/{token}/confirmation" for token in (pending, moving)]
    for address in addresses:
        for method in (client.get, client.head, client.get):
            assert method(address).status_code == 200, address
        assert client.options(address).status_code == 200
    for act in ("erase", "address"):
        assert client.get(f"{ana['page']}/{act}").status_code == 405
    assert contents(engine) == before


def one_click(client: FlaskClient, address: str, content_type: str) -> TestResponse:
    """As mail providers post it: from nowhere, without a cookie (RFC 8058 section 3.2)."""
    headers = {"Origin": "https://mail.elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    return client.post(address, data={"List-Unsubscribe": "One-Click"}, content_type=content_type, headers=headers)


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_one_click_leaves_with_200_again_and_again(
    engine: Engine, app: Flask, ana: dict[str, str], content_type: str
) -> None:
    for _ in range(3):
        answer = one_click(app.test_client(use_cookies=False), ana["leave"], content_type)
        assert (answer.status_code, answer.history) == (200, ())
        assert "Set-Cookie" not in answer.headers
        assert count(engine, "subscriber") == 0
    assert count(engine, "suppression") == 1


@pytest.mark.parametrize("body", [b"", b"rubbish", b"\x00\xff", b"List-Unsubscribe=One-Click&" * 50])
def test_one_click_does_not_care_what_the_body_is(
    engine: Engine, client: FlaskClient, ana: dict[str, str], body: bytes
) -> None:
    assert client.post(ana["leave"], data=body, content_type="multipart/form-data").status_code == 200
    assert count(engine, "subscriber") == 0


def test_a_made_up_link_opens_nothing(client: FlaskClient, engine: Engine, ana: dict[str, str]) -> None:
    before = contents(engine)
    token = ana["leave"].split("/")[2]
    for wrong in ("x", token[:-1] + ("A" if token[-1] != "A" else "B"), ana["id"] + "A" * 22, "%00", "ü" * 38):
        for tail in ("", "/unsubscribe", "/confirmation", "/export"):
            assert client.get(f"/subscriptions/{wrong}{tail}").status_code == 404
        assert one_click(client, f"/subscriptions/{wrong}/unsubscribe", "multipart/form-data").status_code == 404
        assert client.post(f"/subscriptions/{wrong}/erase").status_code == 404
    assert client.get(f"/subscriptions/{token}").status_code == 404, "a link to leave opens no page"
    assert contents(engine) == before


def test_the_page_of_a_subscriber_shows_and_changes_what_is_held(
    engine: Engine, settings: Settings, client: FlaskClient, ana: dict[str, str]
) -> None:
    assert ANA in client.get(ana["page"]).text
    answer = client.post(ana["page"], data={"registers": ["eu-region"], "language": "de"})
    assert answer.status_code == 303
    page = BeautifulSoup(client.get(answer.location).text, "html5lib")
    assert page.select_one('[role="status"]') is not None
    assert [box["value"] for box in page.select('input[name="registers"][checked]')] == ["eu-region"]
    html = page.select_one("html")
    assert html is not None
    assert html["lang"] == "de"
    wrong = client.post(ana["page"], data={"language": "de"})
    assert (wrong.status_code, len(errors(wrong))) == (400, 1)


def test_everything_held_can_be_taken_along_as_a_file(client: FlaskClient, ana: dict[str, str]) -> None:
    answer = client.get(f"{ana['page']}/export")
    assert answer.mimetype == "application/json"
    assert "attachment" in answer.headers["Content-Disposition"]
    held = json.loads(answer.data)
    assert (held["email"], held["registers"]) == (ANA, ["general"])


def test_a_corrected_address_is_confirmed_from_its_own_mailbox(
    engine: Engine, settings: Settings, client: FlaskClient, ana: dict[str, str], tmp_path: Path
) -> None:
    answer = client.post(f"{ana['page']}/address", data={"email": "horvat@customer.example"})
    assert answer.status_code == 303
    worker.run(engine, settings, once=True)
    mail = next(one for one in written(tmp_path) if one["To"] == "horvat@customer.example")
    confirm = links(plain(mail))[0]
    client.post(confirm)
    assert client.get(ana["page"]).status_code == 404
    with begin(engine, now=datetime.fromisoformat("2026-11-22T10:00:00+00:00"), actor=OPERATOR, write=False) as work:
        assert by_email(work, "horvat@customer.example").confirmed_at is not None


def test_erasing_leaves_no_address_in_the_database(
    engine: Engine, settings: Settings, client: FlaskClient, ana: dict[str, str]
) -> None:
    worker.run(engine, settings, once=True)
    assert "customer.example" in repr(contents(engine))
    assert client.post(f"{ana['page']}/erase").status_code == 200
    left = contents(engine)
    assert "customer.example" not in repr(left)
    assert len(left["consent"]) == 3
    assert len(left["suppression"]) == 1
    assert client.get(ana["page"]).status_code == 404


def test_pages_behind_a_token_are_for_one_person(client: FlaskClient, ana: dict[str, str]) -> None:
    for address in (ana["page"], ana["leave"], f"{ana['page']}/export"):
        headers = client.get(address).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_page_passes_the_standing_checks(
    engine: Engine, settings: Settings, client: FlaskClient, ana: dict[str, str], language: str, now: datetime
) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        other = subscribe(work, settings, "bea@customer.example")
        leave = f"/subscriptions/{leave_token(settings, other)}/unsubscribe"
        from tests.audience import confirm_token

        confirm = f"/subscriptions/{confirm_token(settings, other)}/confirmation"
    asks: list[Callable[[], TestResponse]] = [
        lambda: client.get(f"/subscribe?lang={language}"),
        lambda: client.post(
            f"/subscribe?lang={language}", data={"email": "c@customer.example", "registers": "general"}
        ),
        lambda: client.get(f"{confirm}?lang={language}"),
        lambda: client.post(f"{confirm}?lang={language}"),
        lambda: client.get(f"{ana['page']}?lang={language}"),
        lambda: client.get(f"{leave}?lang={language}"),
        lambda: client.post(f"{leave}?lang={language}"),
        lambda: client.get(f"{leave}?lang={language}"),
        lambda: client.post(f"{ana['page']}/erase?lang={language}"),
        lambda: client.get(f"/privacy?lang={language}"),
    ]
    for number, ask in enumerate(asks):
        answer = ask()
        assert answer.status_code == 200, number
        assert complaints(answer.text) == [], number
        assert f'<html lang="{language}">' in answer.text, number


def test_a_confirmation_that_is_too_late_says_what_to_do(
    engine: Engine, settings: Settings, client: FlaskClient, tmp_path: Path
) -> None:
    from registry import clock

    client.post("/subscribe", data={"email": ANA, "registers": "general"})
    worker.run(engine, settings, once=True)
    confirm = links(plain(written(tmp_path)[0]))[0]
    late = clock.now() + timedelta(days=settings.unconfirmed_days + 1)
    worker.run(engine, settings, once=True, now=lambda: late)
    answer = client.get(confirm)
    assert answer.status_code == 404
    assert "not valid any more" in answer.text
