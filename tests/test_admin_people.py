"""Signing in and out, one's own account, and the pages about people."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlmodel import select
from werkzeug.test import TestResponse

from registry import accounts, activity, clock, web
from registry import settings as registry_settings
from registry.cli import commands
from registry.cli_users import user as user_commands
from registry.console import Console
from registry.models import LogEntry, SignIn, User
from registry.work import OPERATOR, begin
from tests.records import PASSWORD, add_person
from tests.standing import complaints

SignInAs = Callable[..., FlaskClient]
Run = Callable[..., Result]


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
    def as_(name: str, password: str = PASSWORD) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/admin/sign-in", data={"email": f"{name}@acme.example", "password": password})
        assert answer.status_code == 303, answer.text
        return client

    return as_


def read(engine: Engine, email: str) -> User:
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        return accounts.user_by_email(work, email)


def cookie(answer: TestResponse) -> str:
    return next((line for line in answer.headers.getlist("Set-Cookie") if line.startswith(web.SESSION_COOKIE)), "")


# Signing in and out


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


# One's own account


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


# People


@pytest.mark.parametrize("name", ["edi", "rena", "vito"])
def test_only_owners_see_and_change_people(sign_in: SignInAs, engine: Engine, name: str) -> None:
    client = sign_in(name)
    olga = read(engine, "olga@acme.example").id
    assert 'href="/admin/people"' not in client.get("/admin/").text
    for path in ("/admin/people", "/admin/people/new", f"/admin/people/{olga}"):
        assert client.get(path).status_code == 403
    for path in ("/admin/people", f"/admin/people/{olga}/disabled", f"/admin/people/{olga}/link"):
        assert client.post(path, data={"email": "x@acme.example", "role": "owner"}).status_code == 403
    assert read(engine, "olga@acme.example").disabled_at is None


def test_somebody_added_with_a_password_can_sign_in(sign_in: SignInAs) -> None:
    data = {"email": "Ana@Acme.example", "name": "Ana", "role": "viewer", "password": "a first battery staple"}
    answer = sign_in("olga").post("/admin/people", data=data)
    assert answer.status_code == 303
    assert sign_in("ana", "a first battery staple").get("/admin/").status_code == 200


def test_somebody_added_without_a_password_gets_a_link_that_works_once(sign_in: SignInAs, app: Flask) -> None:
    olga = sign_in("olga")
    answer = olga.post("/admin/people", data={"email": "ana@acme.example", "name": "Ana", "role": "editor"})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    (link,) = re.findall(r"http://localhost(/admin/password/[^\"]+)", answer.text)
    assert "No password yet" in olga.get("/admin/people").text
    ana = app.test_client()
    page = ana.get(link)
    assert "ana@acme.example" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert ana.post(link, data={"password": "short"}).status_code == 400
    assert ana.post(link, data={"password": "a first battery staple"}).location == "/admin/"
    assert ana.get("/admin/").status_code == 200
    assert ana.get(link).status_code == 404
    assert ana.post(link, data={"password": "a second battery staple"}).status_code == 404


@pytest.mark.parametrize(
    ("values", "status", "says"),
    [
        ({"email": "no address", "role": "viewer"}, 400, "does not look like an e-mail address"),
        ({"email": "", "role": "viewer"}, 400, "e-mail address is needed"),
        ({"email": "a@acme.example", "role": "emperor"}, 400, "Must be one of"),
        ({"email": "a@acme.example", "role": "viewer", "password": "short"}, 400, "at least 12"),
        ({"email": "EDI@acme.example", "role": "viewer"}, 409, "is here already"),
    ],
)
def test_a_person_that_cannot_be_is_refused_beside_the_field(
    sign_in: SignInAs, values: dict[str, str], status: int, says: str
) -> None:
    answer = sign_in("olga").post("/admin/people", data={"name": "Kept as typed", **values})
    assert answer.status_code == status
    assert says in answer.text
    assert 'value="Kept as typed"' in answer.text
    assert complaints(answer.text) == []


def test_a_role_is_changed_and_counts_at_once(sign_in: SignInAs, engine: Engine) -> None:
    olga, vito = sign_in("olga"), sign_in("vito")
    there = f"/admin/people/{read(engine, 'vito@acme.example').id}"
    assert olga.post(there, data={"name": "Vito", "role": "owner"}).status_code == 303
    assert vito.get("/admin/people").status_code == 200


def test_taking_access_away_ends_it_at_once_and_giving_it_back_asks_to_sign_in(
    sign_in: SignInAs, engine: Engine
) -> None:
    olga, edi = sign_in("olga"), sign_in("edi")
    there = f"/admin/people/{read(engine, 'edi@acme.example').id}"
    olga.post(f"{there}/disabled")
    assert edi.get("/admin/").status_code == 303
    assert "No access" in olga.get("/admin/people").text
    olga.post(f"{there}/enabled")
    assert edi.get("/admin/").status_code == 303
    assert sign_in("edi").get("/admin/").status_code == 200


def test_the_only_owner_is_told_why_they_must_stay(sign_in: SignInAs, engine: Engine) -> None:
    olga = sign_in("olga")
    there = f"/admin/people/{read(engine, 'olga@acme.example').id}"
    for answer in (olga.post(there, data={"name": "Olga", "role": "viewer"}), olga.post(f"{there}/disabled")):
        assert answer.status_code == 409
        assert "only owner" in answer.text
        assert complaints(answer.text) == []
    assert olga.get("/admin/people").status_code == 200


def test_an_owner_ends_all_sessions_of_somebody(sign_in: SignInAs, engine: Engine) -> None:
    olga, edi = sign_in("olga"), sign_in("edi")
    olga.post(f"/admin/people/{read(engine, 'edi@acme.example').id}/sessions/end")
    assert edi.get("/admin/").status_code == 303
    assert olga.get("/admin/").status_code == 200


@pytest.mark.parametrize("user_id", ["unknown", "%00", "%F0%9F%90%8E"])
def test_a_person_nobody_knows_is_not_found(sign_in: SignInAs, user_id: str) -> None:
    assert sign_in("olga").get(f"/admin/people/{user_id}").status_code == 404


def test_the_log_says_who_did_what_and_can_be_narrowed_down(sign_in: SignInAs, engine: Engine) -> None:
    olga = sign_in("olga")
    olga.post(f"/admin/people/{read(engine, 'vito@acme.example').id}", data={"name": "Vito", "role": "reviewer"})
    sign_in("edi")
    everything = olga.get("/admin/log").text
    assert "changed a person" in everything
    assert "viewer → reviewer" in everything
    rows = BeautifulSoup(olga.get("/admin/log?who=Edi").text, "html5lib").select("tbody tr")
    assert [row.find_all("td")[1].get_text(strip=True) for row in rows] == ["Edi"]
    assert "Nothing to show" in olga.get("/admin/log?who=nobody").text


def test_a_long_log_has_pages(sign_in: SignInAs, engine: Engine) -> None:
    olga = sign_in("olga")
    with begin(engine, now=clock.now() + timedelta(minutes=1), actor=OPERATOR) as work:
        for number in range(120):
            work.record("register.saved", subject=f"number-{number}")
    counts, there = [], "/admin/log?who=operator"
    while there:
        page = BeautifulSoup(olga.get(there).text, "html5lib")
        counts.append(len(page.select("tbody tr")))
        older = page.find("a", rel="next")
        there = str(older["href"]) if older else ""
    assert counts == [50, 50, 24]


def test_every_act_of_the_record_has_words_in_the_log() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(activity.__file__).parent.rglob("*.py")]
    recorded = {action for source in sources for action in re.findall(r'\.record\(\s*"([^"]+)"', source)}
    assert len(recorded) > 20
    assert recorded - activity.WORDS.keys() == set()


# The command line


@pytest.fixture
def run(app: Flask, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    environment = {"DATABASE_URL": database_url, "SECRET_KEY": "a secret for tests and nothing else"}
    for setting in registry_settings.SETTINGS:
        monkeypatch.delenv(setting.name, raising=False)
    for name, value in {**environment, "DATA_DIR": str(tmp_path), "BASE_URL": "http://localhost"}.items():
        monkeypatch.setenv(name, value)
    if "user" not in commands.commands:
        commands.add_command(user_commands)

    def call(*arguments: str, given: str = "") -> Result:
        console = Console(lambda path: b"")
        try:
            return CliRunner().invoke(commands, ["user", *arguments], input=given, obj=console)
        finally:
            console.engine.dispose()

    return call


def test_the_operator_adds_somebody_who_sets_their_password_by_the_printed_link(run: Run, client: FlaskClient) -> None:
    done = run("add", "Olga@acme.example", "--role", "owner", "--name", "Olga")
    assert done.exit_code == 0, done.output
    (link,) = re.findall(r"http://localhost(/admin/password/\S+)", done.output)
    assert client.post(link, data={"password": PASSWORD}).status_code == 303
    assert client.get("/admin/").status_code == 200


def test_the_operator_gives_lists_and_takes_away(run: Run, client: FlaskClient) -> None:
    def ok(*arguments: str, given: str = "") -> str:
        done = run(*arguments, given=given)
        assert done.exit_code == 0, done.output
        return str(done.output)

    ok("add", "olga@acme.example", "--role", "owner", "--password-stdin", given=PASSWORD + "\n")
    ok("add", "vito@acme.example", "--role", "viewer", "--password-stdin", given=PASSWORD + "\n")
    ok("password", "vito@acme.example", "--password-stdin", given="another battery staple\n")
    data = {"email": "vito@acme.example", "password": "another battery staple"}
    assert client.post("/admin/sign-in", data=data).status_code == 303
    ok("disable", "vito@acme.example")
    assert client.get("/admin/").status_code == 303
    assert ok("list") == "olga@acme.example  owner\nvito@acme.example  viewer  disabled\n"
    ok("enable", "vito@acme.example")
    assert '"disabled": false' in ok("list", "--json").split("vito")[1]
    assert "/admin/password/" in ok("password", "vito@acme.example")


@pytest.mark.parametrize(
    ("call", "status", "says"),
    [
        ("add no-address --role owner", 1, "does not look like"),
        ("add a@acme.example --role owner --password-stdin", 1, "at least 12"),
        ("add a@acme.example --role emperor", 2, "emperor"),
        ("disable olga@acme.example", 1, "only owner"),
        ("password nobody@acme.example", 1, "Nobody has the address"),
    ],
)
def test_the_operator_is_refused_with_a_reason(run: Run, engine: Engine, call: str, status: int, says: str) -> None:
    done = run(*call.split())
    assert (done.exit_code, says in done.output) == (status, True), done.output


def test_what_the_operator_did_stands_in_the_log(run: Run, app: Flask) -> None:
    run("add", "olga@acme.example", "--role", "owner")
    with begin(app.extensions["subregistry"]["engine"], now=clock.now(), actor=OPERATOR, write=False) as work:
        lines = {(row.actor, row.action, row.subject) for row in work.session.exec(select(LogEntry))}
    assert lines == {
        ("operator", "user.added", "olga@acme.example"),
        ("operator", "password-link.made", "olga@acme.example"),
    }


@pytest.mark.parametrize("path", ["/admin/sign-in", "/admin/", "/admin/account", "/admin/people", "/admin/people/new"])
def test_the_pages_keep_the_standing_checks(sign_in: SignInAs, path: str) -> None:
    client = sign_in("olga")
    page = client.get(path)
    page = client.get(page.location) if page.status_code == 303 else page
    assert complaints(page.text) == []
