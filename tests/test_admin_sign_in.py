"""Signing in and out of the admin pages, and one's own account."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import select
from werkzeug.test import TestResponse

from registry import accounts, clock, web
from registry.models import SignIn, User
from registry.work import OPERATOR, begin
from tests.databases import Templates
from tests.records import PASSWORD
from tests.staff import SignInAs, client_of, staffed
from tests.standing import complaints


@pytest.fixture
def database_url(templates: Templates, backend: str) -> Iterator[str]:
    yield from staffed(templates, backend)


@pytest.fixture
def sign_in(app: Flask) -> SignInAs:
    return partial(client_of, app)


def read(engine: Engine, email: str) -> User:
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        return accounts.user_by_email(work, email)


def cookie(answer: TestResponse) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(web.SESSION_COOKIE)), "")


def test_who_is_not_signed_in_is_sent_to_the_form_and_then_on(client: FlaskClient, engine: Engine) -> None:
    away = client.get("/admin/people?x=1&y=2")
    assert away.status_code == 303
    form = client.get(away.location)
    wanted = BeautifulSoup(form.text, "html5lib").find("input", {"name": "next"})
    assert wanted is not None
    assert wanted["value"] == "/admin/people?x=1&y=2"
    data = {"email": "olga@acme.example", "password": PASSWORD, "next": wanted["value"]}
    assert client.post("/admin/sign-in", data=data).location == "/admin/people?x=1&y=2"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/admin/",
        "//evil.example/admin/",
        "/\\evil.example",
        "\\\\evil.example",
        "/admin/\\evil",
        "/registers/general",
        "javascript:alert(1)",
        "/adminevil",
        " /admin/",
        "/admin/\r\nSet-Cookie: x=y",
        "",
    ],
)
def test_signing_in_leads_nowhere_but_to_our_own_pages(client: FlaskClient, engine: Engine, elsewhere: str) -> None:
    data = {"email": "olga@acme.example", "password": PASSWORD, "next": elsewhere}
    assert client.post("/admin/sign-in", data=data).location == "/admin/"


def test_the_cookie_is_for_the_admin_pages_and_not_for_scripts(client: FlaskClient, engine: Engine) -> None:
    answer = client.post("/admin/sign-in", data={"email": "olga@acme.example", "password": PASSWORD})
    parts = {part.strip() for part in cookie(answer).split(";")[1:]}
    assert {"HttpOnly", "Path=/admin", "SameSite=Lax", "Max-Age=43200"} <= parts
    assert "Secure" not in parts


def test_the_cookie_is_secure_where_the_service_is(app: Flask, engine: Engine) -> None:
    from dataclasses import replace

    held = app.extensions["subregistry"]
    held["settings"] = replace(held["settings"], base_url="https://privacy.acme.example")
    client = app.test_client()
    answer = client.post("/admin/sign-in", data={"email": "olga@acme.example", "password": PASSWORD})
    assert "Secure" in {part.strip() for part in cookie(answer).split(";")}


def test_a_refused_sign_in_says_so_keeps_the_address_and_gives_no_session(client: FlaskClient, engine: Engine) -> None:
    answer = client.post("/admin/sign-in", data={"email": "olga@acme.example", "password": "wrong"})
    assert answer.status_code == 401
    assert "do not belong together" in answer.text
    assert 'value="olga@acme.example"' in answer.text
    assert "wrong" not in BeautifulSoup(answer.text, "html5lib").find("form").get_text()  # type: ignore[union-attr]
    assert not cookie(answer)
    assert client.get("/admin/").status_code == 303


def test_failures_are_counted_although_they_are_refused(client: FlaskClient, engine: Engine) -> None:
    wrong = {"email": "olga@acme.example", "password": "wrong"}
    assert [client.post("/admin/sign-in", data=wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    answer = client.post("/admin/sign-in", data={**wrong, "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 30


def test_signing_out_ends_the_session_on_the_server_too(sign_in: SignInAs, app: Flask) -> None:
    client = sign_in("olga")
    kept = client.get_cookie(web.SESSION_COOKIE, path="/admin")
    assert kept is not None
    assert client.post("/admin/sign-out").location == "/admin/sign-in?done=signed-out"
    assert client.get_cookie(web.SESSION_COOKIE, path="/admin") is None
    thief = app.test_client()
    thief.set_cookie(web.SESSION_COOKIE, kept.value, path="/admin")
    assert thief.get("/admin/").status_code == 303


def test_signing_in_again_gives_another_token_and_ends_the_former(sign_in: SignInAs, app: Flask) -> None:
    client = sign_in("olga")
    before = client.get_cookie(web.SESSION_COOKIE, path="/admin")
    client.post("/admin/sign-in", data={"email": "olga@acme.example", "password": PASSWORD})
    after = client.get_cookie(web.SESSION_COOKIE, path="/admin")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    thief = app.test_client()
    thief.set_cookie(web.SESSION_COOKIE, before.value, path="/admin")
    assert thief.get("/admin/").status_code == 303


def test_a_form_on_another_site_can_neither_sign_in_nor_act(sign_in: SignInAs, client: FlaskClient) -> None:
    there = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    data = {"email": "olga@acme.example", "password": PASSWORD}
    assert client.post("/admin/sign-in", data=data, headers=there).status_code == 403
    olga = sign_in("olga")
    assert olga.post("/admin/sign-out", headers=there).status_code == 403
    assert olga.get("/admin/").status_code == 200


def test_a_password_is_changed_with_the_present_one_and_other_sessions_end(sign_in: SignInAs) -> None:
    here, there = sign_in("edi"), sign_in("edi")
    new = "a new battery staple"
    answer = here.post("/admin/account/password", data={"current": PASSWORD, "password": new})
    assert answer.status_code == 303
    assert "has been changed" in here.get(answer.location).text
    assert there.get("/admin/").status_code == 303
    assert sign_in("edi", new).get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [("wrong", "a new battery staple", "not your present password"), (PASSWORD, "short", "at least 12 characters")],
)
def test_a_refused_change_of_password_changes_nothing(sign_in: SignInAs, current: str, new: str, says: str) -> None:
    client = sign_in("edi")
    answer = client.post("/admin/account/password", data={"current": current, "password": new})
    assert answer.status_code == 400
    assert says in answer.text
    assert complaints(answer.text) == []
    assert client.get("/admin/").status_code == 200
    assert sign_in("edi")


def test_a_stolen_session_cannot_guess_the_password_for_long(sign_in: SignInAs) -> None:
    client = sign_in("edi")
    data = {"current": "a guess", "password": "a new battery staple"}
    statuses = [client.post("/admin/account/password", data=data).status_code for _ in range(6)]
    assert statuses == [400] * 5 + [403]


def test_ones_sessions_are_listed_and_ended(sign_in: SignInAs) -> None:
    here, there, third = sign_in("vito"), sign_in("vito"), sign_in("vito")
    page = BeautifulSoup(here.get("/admin/account").text, "html5lib")
    ends = [str(form["action"]) for form in page.find_all("form") if str(form["action"]).endswith("/end")]
    assert len(ends) == 2
    assert page.get_text().count("This session") == 1
    there_or_third = here.post(ends[0])
    assert there_or_third.status_code == 303
    assert sorted(client.get("/admin/").status_code for client in (here, there, third)) == [200, 200, 303]
    here.post("/admin/account/sessions/end-others")
    assert sorted(client.get("/admin/").status_code for client in (here, there, third)) == [200, 303, 303]


def test_nobody_ends_somebody_elses_session(sign_in: SignInAs, engine: Engine) -> None:
    vito, edi = sign_in("vito"), sign_in("edi")
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        of_edi = work.session.exec(select(SignIn.id).where(SignIn.user_id == read(engine, "edi@acme.example").id)).one()
    assert vito.post(f"/admin/account/sessions/{of_edi}/end").status_code == 404
    assert edi.get("/admin/").status_code == 200


def test_looking_writes_nothing_and_acting_notes_the_time(app: Flask, sign_in: SignInAs, engine: Engine) -> None:
    client = sign_in("olga")

    def seen() -> object:
        with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
            return work.session.exec(select(SignIn.seen_at)).one()

    before = seen()
    app.extensions["subregistry"]["now"] = lambda: clock.now() + timedelta(minutes=5)
    client.get("/admin/account")
    assert seen() == before
    client.post("/admin/account/sessions/end-others")
    assert seen() != before


@pytest.mark.parametrize("path", ["/admin/sign-in", "/admin/", "/admin/account", "/admin/people", "/admin/people/new"])
def test_the_pages_keep_the_standing_checks(sign_in: SignInAs, path: str) -> None:
    client = sign_in("olga")
    page = client.get(path)
    page = client.get(page.location) if page.status_code == 303 else page
    assert complaints(page.text) == []
