"""A register with a short past, for the tests of what visitors see of it, and a clock that stands still."""

from datetime import datetime, timedelta
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from registry.models import Register
from registry.work import Work
from tests import records


def announced(work: Work) -> Register:
    """Two publications: Example Hosting, 30 days ago; today Sample Speech, announced for 22 December."""
    register = records.add_register(work, objection_days=14)
    records.add_entry(work, register, "Example Hosting GmbH")
    records.publish(records.acting(work, None, at=work.now - timedelta(days=30)), register, baseline=True)
    place = {"place": {"code": "US"}, "mechanisms": [{"code": "EU-45-DPF"}, {"code": "EU-SCC-M3", "primary": False}]}
    speech = {"purposes": [{"text": {"en": "Text to speech"}}], "starts_on": "2026-12-22", "locations": [place]}
    records.add_entry(work, register, "Sample Speech Inc.", **speech)
    records.publish(work, register, note="Speech comes in December.")
    work.commit()
    return register


def set_clock(app: Flask, instant: datetime) -> None:
    app.extensions["subregistry"]["now"] = lambda: instant


def start_anew(app: Flask) -> None:
    """Forget what the process has kept of finished pages and files."""
    for name in ("registry.public", "registry.public_data"):
        app.extensions.pop(name, None)


def soup(client: FlaskClient, url: str, **options: Any) -> BeautifulSoup:
    answer = client.get(url, **options)
    assert answer.status_code == 200, url
    return BeautifulSoup(answer.text, "html5lib")
