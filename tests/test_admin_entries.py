"""The entry form: every row of an entry is edited on one form without scripts, and nothing typed is ever lost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from registry import clock, published
from registry.snapshot import Document
from registry.work import OPERATOR, Work, begin
from registry.working_copy import working_document
from tests.conftest import sign_in
from tests.filled_forms import FilledForm, beside, filled_form, words
from tests.records import entry_of, names, save, values_of
from tests.standing import complaints

BASE = "/admin/registers/general/entries"
Address = Callable[[str], str]


@contextmanager
def working(app: Flask, *, write: bool = False) -> Iterator[Work]:
    with begin(app.extensions["subregistry"]["engine"], now=clock.now(), actor=OPERATOR, write=write) as work:
        yield work


def document(app: Flask, slug: str = "general") -> Document:
    with working(app) as work:
        return working_document(work, published.register(work, slug))


def edit(app: Flask, name: str, **given: Any) -> None:
    """Change an entry behind the back of whoever has its form open."""
    with working(app, write=True) as work:
        entry = entry_of(work, published.register(work, "general"), name)
        save(work, entry, {**values_of(work, entry), **given})


def stands(app: Flask, name: str, slug: str = "general") -> dict[str, Any]:
    (found,) = [one for one in document(app, slug)["entries"] if one["sub_processor"]["legal_name"] == name]
    return dict(found)


@pytest.fixture
def edi(sample_app: Flask) -> FlaskClient:
    return sign_in(sample_app, "edi@acme.example")


@pytest.fixture
def address(sample_app: Flask) -> Address:
    return lambda name: f"{BASE}/{stands(sample_app, name)['id']}"


def opened(client: FlaskClient, url: str) -> FilledForm:
    answer = client.get(url)
    assert answer.status_code == 200
    return filled_form(answer.text)


def sent(client: FlaskClient, url: str, form: FilledForm, do: str = "save") -> TestResponse:
    answer = client.post(url, data={**form, "do": do})
    if answer.mimetype == "text/html" and answer.status_code != 303:
        assert complaints(answer.text) == []
    return answer


def test_saving_any_entry_untouched_changes_nothing(sample_app: Flask, edi: FlaskClient) -> None:
    for slug in ("general", "eu-region"):
        before = document(sample_app, slug)
        for entry in before["entries"]:
            url = f"/admin/registers/{slug}/entries/{entry['id']}"
            assert sent(edi, url, opened(edi, url)).status_code == 303
        assert document(sample_app, slug) == before


def test_an_untouched_entry_is_said_to_mean_nothing_new(edi: FlaskClient, address: Address) -> None:
    page = edi.get(address("Sample Models SAS")).text
    assert "Readers are told of nothing: this says what publication 4 says." in words(page, "#meaning")


def test_a_new_entry_with_all_its_rows_is_added(sample_app: Flask, edi: FlaskClient) -> None:
    form = opened(edi, f"{BASE}/new").type_in(
        {
            "sub_processor.legal_name": "Newcomer AG",
            "sub_processor.address": "Beispielgasse 2\n8001 Zürich",
            "sub_processor.country": "CH",
            "sub_processor.affiliate": "yes",
            "group.en": "Acme affiliates",
            "exceptional_use.used": "yes",
            "exceptional_use.conditions.en": "Only at night",
            "purposes.0.text.en": "Night watch",
            "data_categories.0.text.en": "Log files",
            "data_categories.0.starts_on": "2027-01-10",
            "applies_to.0.en": "Voice products",
            "data_subjects.0.en": "Callers",
            "locations.0.activity": "remote-access",
            "locations.0.place.code": "X-EUROPE",
            "locations.0.place.text.en": "our partners' offices",
            "locations.0.place.countries": "Switzerland, de; United Kingdom",
            "locations.0.mechanisms.0.code": "EU-46-2-C",
            "locations.0.mechanisms.0.module": "3",
            "locations.0.mechanisms.0.reference": "signed in May",
            "starts_on": "2027-01-01",
        }
    )
    form["locations.0.purposes"] = [form.one("purposes.0.id")]
    answer = sent(edi, BASE, form)
    assert answer.status_code == 303, words(answer.text, "main")
    found = stands(sample_app, "Newcomer AG")
    place = found["locations"][0]["place"]
    assert place == {"code": "X-EUROPE", "text": {"en": "our partners' offices"}, "countries": ["CH", "DE", "GB"]}
    assert found["locations"][0]["purposes"] == [found["purposes"][0]["id"]]
    mechanism = found["locations"][0]["mechanisms"][0]
    assert (mechanism["module"], mechanism["reference"], mechanism["primary"]) == (3, "signed in May", True)
    assert (found["starts_on"], found["data_categories"][0]["starts_on"]) == ("2027-01-01", "2027-01-10")
    assert found["exceptional_use"] == {"conditions": {"en": "Only at night"}}
    assert (found["applies_to"], found["data_subjects"]) == ([{"en": "Voice products"}], [{"en": "Callers"}])
    assert found["sub_processor"]["address"] == "Beispielgasse 2\n8001 Zürich"
    assert found["sub_processor"]["affiliate"] is True
    assert names(document(sample_app)["entries"])[-1] == "Newcomer AG"


def test_rows_nobody_filled_in_are_left_out(sample_app: Flask, edi: FlaskClient) -> None:
    form = opened(edi, f"{BASE}/new").put(sub_processor__legal_name="Bare GmbH")
    assert sent(edi, BASE, form).status_code == 303
    found = stands(sample_app, "Bare GmbH")
    assert (found["purposes"], found["data_categories"], found["locations"]) == ([], [], [])


def test_a_new_entry_sent_twice_is_added_once(sample_app: Flask, edi: FlaskClient) -> None:
    form = opened(edi, f"{BASE}/new").put(sub_processor__legal_name="Once GmbH")
    assert sent(edi, BASE, form).status_code == 303
    again = sent(edi, BASE, form)
    assert again.status_code == 409
    assert "already been saved" in words(again.text, "#errors")
    assert names(document(sample_app)["entries"]).count("Once GmbH") == 1


@pytest.mark.parametrize("path", ["purposes", "data_categories", "applies_to", "data_subjects", "locations"])
def test_a_row_is_added_without_saving_and_keeps_what_was_typed(
    sample_app: Flask, edi: FlaskClient, address: Address, path: str
) -> None:
    before, url = document(sample_app), address("Placeholder Speech Inc.")
    form = opened(edi, url).put(notes__en="half a thou", purposes__0__starts_on="2027-02-30")
    answer = sent(edi, url, form, do=f"add:{path}")
    assert answer.status_code == 200
    after = filled_form(answer.text)
    assert (after.one("notes.en"), after.one("purposes.0.starts_on")) == ("half a thou", "2027-02-30")
    new = set(after) - set(form)
    assert new
    assert all(name.startswith(f"{path}.") for name in new)
    assert document(sample_app) == before


def test_mechanisms_are_rows_of_their_location(edi: FlaskClient, address: Address) -> None:
    url = address("Placeholder Speech Inc.")
    form = opened(edi, url)
    after = filled_form(sent(edi, url, form, do="add:locations.1.mechanisms").text)
    assert {name.rsplit(".", 1)[0] for name in set(after) - set(form)} == {"locations.1.mechanisms.1"}
    assert after.one("locations.1.mechanisms.1.primary") == ""


def test_rows_are_moved_and_removed_without_saving(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    before, url = document(sample_app), address("Placeholder Speech Inc.")
    form = opened(edi, url)
    down = filled_form(sent(edi, url, form, do="down:purposes.0").text)
    assert down.one("purposes.1.text.en") == "Text-to-speech and speech-to-text"
    left = filled_form(sent(edi, url, down, do="remove:purposes.1").text)
    assert "purposes.1.id" not in left
    assert document(sample_app) == before
    assert sent(edi, url, left).status_code == 303
    assert [row["text"]["en"] for row in stands(sample_app, "Placeholder Speech Inc.")["purposes"]] == [
        "Storage of recordings"
    ]


@pytest.mark.parametrize("do", ["add:nothing", "add:locations.9.mechanisms", "remove:purposes.x", "up:", "down:a.b.9"])
def test_a_row_button_that_names_nothing_changes_nothing(edi: FlaskClient, address: Address, do: str) -> None:
    url = address("Placeholder Speech Inc.")
    form = opened(edi, url)
    assert set(filled_form(sent(edi, url, form, do=do).text)) == set(form)


def test_row_buttons_lead_to_the_row_they_are_about(edi: FlaskClient, address: Address) -> None:
    url = address("Placeholder Speech Inc.")
    page = edi.get(url).text
    for do, row in (
        ("add:locations", "locations-2"),
        ("remove:purposes.1", "purposes"),
        ("down:purposes.0", "purposes-1"),
    ):
        button = re.search(rf'<button[^>]*value="{re.escape(do)}"[^>]*formaction="([^"]+)"', page)
        assert button, do
        assert button[1] == f"{url}#{row}"
        assert f'id="{row}"' in sent(edi, url, opened(edi, url), do=do).text


def test_removing_the_only_purpose_a_place_was_limited_to_is_pointed_out(edi: FlaskClient, address: Address) -> None:
    url = address("Placeholder Speech Inc.")
    page = sent(edi, url, opened(edi, url), do="remove:purposes.1").text
    assert "it is for all now" in words(page, "#locations-1-purposes")


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(
    sample_app: Flask, edi: FlaskClient, address: Address
) -> None:
    before, url = document(sample_app), address("Placeholder Speech Inc.")
    typed = {
        "sub_processor.legal_name": " ",
        "sub_processor.contact.email": "not an address",
        "purposes.0.text.en": "",
        "purposes.0.text.de": "",
        "purposes.1.ends_on": "2027-02-30",
        "locations.0.place.countries": "Germany, Atlantis",
        "locations.0.mechanisms.0.code": "",
        "exceptional_use.conditions.en": "At night",
        "ends_on": "31.12.2027",
        "notes.de": "  zwei Leerzeichen",
    }
    answer = sent(edi, url, opened(edi, url).type_in(typed))
    assert answer.status_code == 400
    after = filled_form(answer.text)
    assert {name: after.one(name) for name in typed} == typed
    assert "A legal name is needed." in beside(answer.text, "sub_processor.legal_name")
    assert "does not look like an e-mail address" in beside(answer.text, "sub_processor.contact.email")
    assert "Say it in at least one language." in words(answer.text, "#purposes-0-text")
    assert "Must be a date that exists" in beside(answer.text, "purposes.1.ends_on")
    assert "“Atlantis”" in beside(answer.text, "locations.0.place.countries")
    assert "Choose one." in beside(answer.text, "locations.0.mechanisms.0.code")
    assert "tick this" in words(answer.text, "#exceptional_use-used")
    assert document(sample_app) == before


def test_check_says_what_will_be_announced_and_saves_nothing(
    sample_app: Flask, edi: FlaskClient, address: Address
) -> None:
    before, url = document(sample_app), address("Sample Models SAS")
    form = filled_form(sent(edi, url, opened(edi, url), do="add:locations").text)
    form.put(locations__1__place__code="US", locations__1__mechanisms__0__code="NT-UNKNOWN")
    answer = sent(edi, url, form, do="check")
    said = words(answer.text, "#meaning")
    assert "Compared with publication 4, this will be announced as:" in said
    assert "United States" in said
    assert "Owes 30 days' notice" in said
    assert "Not assessed" in beside(answer.text, "locations.1.mechanisms.0.code")
    assert document(sample_app) == before


def test_a_last_day_is_announced_as_a_removal_on_that_day(edi: FlaskClient, address: Address) -> None:
    url = address("Sample Models SAS")
    said = words(sent(edi, url, opened(edi, url).put(ends_on="2099-12-31"), do="check").text, "#meaning")
    assert "Sample Models SAS" in said
    assert "1 January 2100" in said
    assert "No advance notice owed" in said


def test_taking_over_from_another_entry_is_told_as_a_replacement(
    sample_app: Flask, edi: FlaskClient, address: Address
) -> None:
    edit(sample_app, "Sample Models SAS", ends_on="2099-12-31")
    form = opened(edi, f"{BASE}/new").put(sub_processor__legal_name="Successor SAS", starts_on="2100-01-01")
    form["replaces"] = [stands(sample_app, "Sample Models SAS")["id"]]
    said = words(sent(edi, BASE, form, do="check").text, "#meaning")
    assert "Sample Models SAS" in said
    assert "Successor SAS" in said
    assert "replace" in said


def test_no_transfer_outside_the_eea_is_doubted_beside_the_mechanism(edi: FlaskClient, address: Address) -> None:
    url = address("Sample Models SAS")
    answer = sent(edi, url, opened(edi, url).put(locations__0__place__code="US"), do="check")
    assert "cannot hold for United States" in beside(answer.text, "locations.0.mechanisms.0.code")


def test_a_company_of_several_registers_is_said_to_be_shared_and_is(
    sample_app: Flask, edi: FlaskClient, address: Address
) -> None:
    url = address("Example Hosting GmbH")
    page = edi.get(url).text
    assert "Also in EU region-locked data centre." in words(page, ".shared")
    assert sent(edi, url, filled_form(page).put(sub_processor__address="Elsewhere 7")).status_code == 303
    assert stands(sample_app, "Example Hosting GmbH", "eu-region")["sub_processor"]["address"] == "Elsewhere 7"


def test_a_new_entry_may_begin_with_a_known_company(sample_app: Flask, edi: FlaskClient) -> None:
    company = stands(sample_app, "Acme Support d.o.o. Sarajevo", "eu-region")["sub_processor"]
    form = opened(edi, f"{BASE}/new?company={company['id']}")
    assert form.one("sub_processor.address") == company["address"]
    assert sent(edi, BASE, form).status_code == 303
    assert stands(sample_app, "Acme Support d.o.o. Sarajevo")["sub_processor"] == company


def test_texts_in_a_language_the_register_gave_up_stay(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    edit(sample_app, "Sample Models SAS", notes={"en": "Note", "fr": "Remarque"})
    url = address("Sample Models SAS")
    assert "not a language of this register" in beside(edi.get(url).text, "notes.fr")
    assert sent(edi, url, opened(edi, url).put(notes__en="Other note")).status_code == 303
    assert stands(sample_app, "Sample Models SAS")["notes"] == {"en": "Other note", "fr": "Remarque"}
