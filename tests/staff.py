"""The people of Acme Cloud at the admin pages: hired, signed in, reading pages and sending forms as a browser would."""

from collections.abc import Callable, Iterator

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from registry import clock, migrations
from registry.work import OPERATOR, begin
from tests.databases import Templates
from tests.records import PASSWORD, add_entry, add_person, add_register
from tests.standing import complaints

SignInAs = Callable[..., FlaskClient]


def staffed(templates: Templates, backend: str) -> Iterator[str]:
    """A new database in which Olga, Edi, Rena and Vito have been hired (once: their passwords take a while)."""
    url = templates.fresh(backend, "staff", _hire)
    yield url
    templates.discard(url)


def bilingual_register(engine: Engine) -> str:
    """A register in two languages with one entry, in its working copy only; gives its slug."""
    titles = {"en": "Sub-processors", "de": "Unterauftragsverarbeiter"}
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        found = add_register(work, "general", title=titles, languages=["en", "de"])
        add_entry(work, found, "Example Hosting GmbH")
    return "general"


def client_of(app: Flask, name: str, password: str = PASSWORD) -> FlaskClient:
    """A browser in which one of them has signed in."""
    client = app.test_client()
    answer = client.post("/admin/sign-in", data={"email": f"{name}@acme.example", "password": password})
    assert answer.status_code == 303, answer.text
    return client


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


def _hire(engine: Engine) -> None:
    migrations.upgrade(engine)
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        for name, role in (("Olga", "owner"), ("Edi", "editor"), ("Rena", "reviewer"), ("Vito", "viewer")):
            add_person(work, name, role)
