"""The pages about people, and the log of what they did."""

import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from sqlalchemy import Engine

from registry import accounts, activity, clock
from registry.models import User
from registry.work import OPERATOR, begin
from tests.databases import Templates
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


def test_the_lines_of_one_act_stand_in_the_order_they_were_written(sign_in: SignInAs, engine: Engine) -> None:
    with begin(engine, now=clock.now() + timedelta(minutes=1), actor=OPERATOR) as work:
        for number in range(12):
            work.record("register.saved", subject=f"number-{number}", entry="an id for programs", note="a note")
    page = BeautifulSoup(sign_in("olga").get("/admin/log").text, "html5lib")
    subjects = [row.strong.get_text() for row in page.select("tbody tr")[:12] if row.strong]
    assert subjects == [f"number-{number}" for number in reversed(range(12))]
    assert "a note" in page.get_text()
    assert "an id for programs" not in page.get_text()


def test_every_act_of_the_record_has_words_in_the_log() -> None:
    sources = [path.read_text(encoding="utf-8") for path in Path(activity.__file__).parent.rglob("*.py")]
    recorded = {action for source in sources for action in re.findall(r'\.record\(\s*"([^"]+)"', source)}
    assert len(recorded) > 20
    assert recorded - activity.WORDS.keys() == set()
