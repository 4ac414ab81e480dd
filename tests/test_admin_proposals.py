"""The proposal pages: what would change is shown, somebody else judges it, and only then it becomes public."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from registry import clock, published
from registry.work import OPERATOR, begin
from registry.working_copy import working_document
from tests.conftest import sign_in
from tests.records import add_entry, entry_of, save, values_of

BASE = "/admin/registers/general"


@pytest.fixture
def edited(sample_app: Flask) -> Flask:
    """The sample company with a newcomer and a typo corrected in the working copy of its general register."""
    engine = sample_app.extensions["subregistry"]["engine"]
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        register = published.register(work, "general")
        add_entry(work, register, "Newcomer SAS", starts_on="2027-01-10")
        entry = entry_of(work, register, "Sample Models SAS")
        values = values_of(work, entry)
        values["retention"] = {"en": "Thirty days"}
        save(work, entry, values)
    return sample_app


@pytest.fixture
def edi(edited: Flask) -> FlaskClient:
    return sign_in(edited, "edi@acme.example")


@pytest.fixture
def rena(edited: Flask) -> FlaskClient:
    return sign_in(edited, "rena@acme.example")


def propose(client: FlaskClient, **form: str) -> str:
    answer = client.post(f"{BASE}/revisions", data={"note": "A newcomer", **form})
    assert answer.status_code == 303, answer.text
    return answer.location.split("?")[0]


def test_the_page_says_what_would_change(edi: FlaskClient) -> None:
    page = edi.get(f"{BASE}/proposals").text
    assert "Newcomer SAS is added" in page
    assert "from 10 January 2027" in page
    assert "Advance notice owed" in page
    assert "No advance notice owed" in page


def test_a_proposal_goes_from_editor_to_reviewer_to_the_public_page(edi: FlaskClient, rena: FlaskClient) -> None:
    address = propose(edi)
    assert "Approve exactly this" in rena.get(address).text
    assert rena.post(f"{address}/reviews", data={"verdict": "approved", "comment": "Fine"}).status_code == 303
    assert edi.post(f"{address}/publication", data={"note": "A newcomer joins", "audience": "usual"}).status_code == 303
    page = edi.get("/registers/general").text
    assert "Newcomer SAS" in page
    assert "A newcomer joins" in edi.get(f"{BASE}/publications").text


def test_the_proposer_is_told_that_somebody_else_has_to_approve(edi: FlaskClient) -> None:
    address = propose(edi)
    assert "Approve exactly this" not in edi.get(address).text
    answer = edi.post(f"{address}/reviews", data={"verdict": "approved"})
    assert answer.status_code == 403
    assert "somebody else has to approve it" in answer.text


def test_a_refusal_without_a_reason_keeps_the_page_and_asks_for_one(edi: FlaskClient, rena: FlaskClient) -> None:
    address = propose(edi)
    answer = rena.post(f"{address}/reviews", data={"verdict": "refused"})
    assert answer.status_code == 400
    assert "A reason is needed." in answer.text
    assert rena.post(f"{address}/reviews", data={"verdict": "refused", "comment": "Too early"}).status_code == 303
    assert "Too early" in edi.get(address).text


def test_nobody_publishes_without_approval(edi: FlaskClient) -> None:
    answer = edi.post(f"{propose(edi)}/publication", data={})
    assert answer.status_code == 403
    assert "Nobody has approved this proposal yet." in answer.text


@pytest.mark.parametrize("email", ["rena@acme.example", "vito@acme.example"])
def test_who_may_only_review_or_look_cannot_propose_or_publish(edited: Flask, edi: FlaskClient, email: str) -> None:
    address = propose(edi)
    client = sign_in(edited, email)
    assert client.post(f"{BASE}/revisions", data={}).status_code == 403
    assert client.post(f"{address}/publication", data={}).status_code == 403
    assert client.post(f"{BASE}/publications/1/restoration").status_code == 403


def test_a_change_is_reclassified_with_a_reason_and_only_with_one(edi: FlaskClient) -> None:
    page = edi.get(f"{BASE}/proposals").text
    key = next(key for key in re.findall(r'name="kind:([^"]+)"', page) if key.startswith("subprocessor-added"))
    answer = edi.post(f"{BASE}/revisions", data={f"kind:{key}": "text-corrected", "note": "kept"})
    assert answer.status_code == 400
    assert "kept" in answer.text
    address = propose(edi, **{f"kind:{key}": "text-corrected", f"reason:{key}": "It was used all along."})
    assert "It was used all along." in edi.get(address).text


def test_a_date_that_does_not_exist_is_refused_beside_its_field(edi: FlaskClient) -> None:
    answer = edi.post(f"{BASE}/revisions", data={"effective_on": "2026-09-31", "note": "kept"})
    assert answer.status_code == 400
    assert "Must be a date that exists" in answer.text
    assert "kept" in answer.text


def test_an_older_revision_can_be_loaded_back(edited: Flask, edi: FlaskClient) -> None:
    assert edi.post(f"{BASE}/publications/1/restoration").status_code == 303
    engine = edited.extensions["subregistry"]["engine"]
    with begin(engine, now=clock.now(), actor=OPERATOR, write=False) as work:
        register = published.register(work, "general")
        assert working_document(work, register)["entries"] == published.numbered(work, register, 1).document["entries"]


def test_a_post_from_another_site_is_not_carried_out(edi: FlaskClient) -> None:
    answer = edi.post(f"{BASE}/revisions", data={}, headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403
    assert "came from another site" in answer.text
