"""The pages of transfer impact assessments: the whole of each is kept, part of it is published."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry import clock, drafting
from registry.models import Assessment
from registry.work import OPERATOR, begin
from tests.conftest import sign_in
from tests.filled_forms import FilledForm, beside, filled_form, words
from tests.standing import complaints

BASE = "/admin/assessments"
FORM = "main form[method=post]"


@pytest.fixture
def edi(sample_app: Flask) -> FlaskClient:
    return sign_in(sample_app, "edi@acme.example")


def kept(app: Flask) -> list[Assessment]:
    with begin(app.extensions["subregistry"]["engine"], now=clock.now(), actor=OPERATOR, write=False) as work:
        return drafting.assessments(work)


def sample(app: Flask) -> str:
    return f"{BASE}/{kept(app)[0].id}"


def sent(client: FlaskClient, url: str, form: FilledForm) -> TestResponse:
    answer = client.post(url, data=form)
    if answer.status_code != 303:
        assert complaints(answer.text) == []
    return answer


def test_the_list_says_what_each_concludes_and_who_leans_on_it(edi: FlaskClient) -> None:
    page = words(edi.get(BASE).text, "main")
    assert "Remote support from Bosnia and Herzegovina" in page
    assert "Essentially equivalent with the measures described" in page
    assert "Used by Acme Support d.o.o. Sarajevo in EU region-locked data centre." in page


def test_saving_one_untouched_changes_nothing(sample_app: Flask, edi: FlaskClient) -> None:
    (before,) = kept(sample_app)
    url = sample(sample_app)
    assert sent(edi, url, filled_form(edi.get(url).text, FORM)).status_code == 303
    (after,) = kept(sample_app)
    assert after.model_dump(exclude={"version"}) == before.model_dump(exclude={"version"})


def test_one_is_added_and_offered_to_locations(sample_app: Flask, edi: FlaskClient) -> None:
    form = filled_form(edi.get(f"{BASE}/new").text, FORM)
    form.put(title__en="Storage in Riyadh", destination="SA", tool="EU-46-2-C", module="3", edition="1.0")
    assert sent(edi, BASE, form.put(assessed_on="2026-11-01", private_annex="Secret")).status_code == 303
    (found,) = [row for row in kept(sample_app) if row.destination == "SA"]
    assert (found.tool, found.module, found.edition, found.private_annex) == ("EU-46-2-C", 3, "1.0", "Secret")
    assert "Storage in Riyadh (Saudi Arabia)" in edi.get("/admin/registers/general/entries/new").text


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(sample_app: Flask, edi: FlaskClient) -> None:
    url = sample(sample_app)
    form = filled_form(edi.get(url).text, FORM).put(assessed_on="2026-09-31", edition="x" * 600, laws="kept")
    answer = sent(edi, url, form)
    assert answer.status_code == 400
    assert "Must be a date that exists" in beside(answer.text, "assessed_on")
    assert "Longer than 500 characters." in beside(answer.text, "edition")
    again = filled_form(answer.text, FORM)
    assert (again.one("laws"), again.one("assessed_on")) == ("kept", "2026-09-31")
    again.put(assessed_on="", edition="3", title__en="", title__de=" ")
    assert "A title is needed." in words(sent(edi, url, again).text, "#title")


def test_two_editors_see_both_texts(sample_app: Flask, edi: FlaskClient) -> None:
    url = sample(sample_app)
    mine = filled_form(edi.get(url).text, FORM).put(laws="Mine", residual_risk="mine alone")
    olga = sign_in(sample_app, "olga@acme.example")
    theirs = filled_form(olga.get(url).text, FORM).put(laws="Theirs", practice="theirs alone")
    assert sent(olga, url, theirs).status_code == 303
    answer = sent(edi, url, mine)
    assert answer.status_code == 409
    assert "Theirs" in words(answer.text, ".conflict")
    assert sent(edi, url, filled_form(answer.text, FORM)).status_code == 303
    (after,) = kept(sample_app)
    assert (after.laws, after.residual_risk, after.practice) == ("Mine", "mine alone", "theirs alone")


def test_who_may_only_look_can_read_but_not_change(sample_app: Flask) -> None:
    vito = sign_in(sample_app, "vito@acme.example")
    assert "Transcript of the interview" in vito.get(sample(sample_app)).text
    assert vito.post(sample(sample_app), data={}).status_code == 403
    assert vito.get(f"{BASE}/new").status_code == 403
    assert vito.get(f"{BASE}/unknown").status_code == 404
