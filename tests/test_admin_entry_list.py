"""The list of entries: order, standing, doubts, what is missing, and taking one away."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import sign_in
from tests.filled_forms import words
from tests.records import names
from tests.test_admin_entries import BASE, Address, address, document, edi, edit, opened, sent, stands

__all__ = ["address", "edi"]  # fixtures


def line(app: Flask, client: FlaskClient, name: str) -> str:
    return words(client.get(BASE).text, f"#entry-{stands(app, name)['id']}")


def test_each_entry_says_how_it_stands(sample_app: Flask, edi: FlaskClient) -> None:
    edit(sample_app, "Sample Models SAS", ends_on="2020-01-01")
    assert "Announced" in line(sample_app, edi, "Sample Analytics B.V.")
    assert "Edited" not in line(sample_app, edi, "Sample Analytics B.V.")
    assert "Ended Edited since publication 4" in line(sample_app, edi, "Sample Models SAS")


def test_what_is_new_and_what_was_removed_is_said(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    assert edi.post(f"{address('Sample Models SAS')}/removal").status_code == 303
    company = stands(sample_app, "Acme Support d.o.o. Sarajevo", "eu-region")["sub_processor"]
    assert sent(edi, BASE, opened(edi, f"{BASE}/new?company={company['id']}")).status_code == 303
    assert "New, not published" in line(sample_app, edi, company["legal_name"])
    page = words(edi.get(BASE).text, "main")
    assert page.endswith("Removed since publication 4 Sample Models SAS")


def test_doubts_and_gaps_are_shown(sample_app: Flask, edi: FlaskClient) -> None:
    location = {"place": {"code": "US"}, "mechanisms": [{"code": "NT-UNKNOWN"}]}
    company = {**stands(sample_app, "Sample Models SAS")["sub_processor"], "address": ""}
    edit(sample_app, "Sample Models SAS", locations=[location], sub_processor=company)
    shown = line(sample_app, edi, "Sample Models SAS")
    assert "Not assessed: it is not said which rule a transfer to United States relies on." in shown
    assert "71 % complete. Missing: registered address, transfer mechanism" in shown


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("speech saudi", "Placeholder Speech Inc."), ("DEUTSCHLAND", ""), ("analytics", "Sample Analytics B.V.")],
)
def test_entries_are_found_by_what_they_say(edi: FlaskClient, wanted: str, found: str) -> None:
    page = words(edi.get(BASE, query_string={"q": wanted}).text, "main")
    assert f"{1 if found else 0} of 7 entries" in page
    assert ("Placeholder Speech Inc." in page) == (found == "Placeholder Speech Inc.")


def test_an_entry_is_moved_one_place(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    before = names(document(sample_app)["entries"])
    assert edi.post(f"{address(before[1])}/move", data={"by": "-1"}).status_code == 303
    assert names(document(sample_app)["entries"]) == [before[1], before[0], *before[2:]]
    assert edi.post(f"{address(before[1])}/move", data={"by": "-1"}).status_code == 303
    assert edi.post(f"{address(before[1])}/move", data={"by": "1"}).status_code == 303
    assert names(document(sample_app)["entries"]) == before


def test_removal_asks_first_and_recommends_a_last_day(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    url = address("Sample Models SAS")
    page = edi.get(f"{url}/removal").text
    assert "this will be announced as: Sample Models SAS" in words(page, "main")
    assert f'href="{url}#ends_on"' in page
    assert 'id="ends_on"' in edi.get(url).text
    assert edi.post(f"{url}/removal").status_code == 303
    assert "Sample Models SAS" not in names(document(sample_app)["entries"])


def test_removing_what_was_never_published_is_told_to_nobody(sample_app: Flask, edi: FlaskClient) -> None:
    form = opened(edi, f"{BASE}/new").put(sub_processor__legal_name="Mistake Ltd")
    assert sent(edi, BASE, form).status_code == 303
    page = edi.get(f"{BASE}/{stands(sample_app, 'Mistake Ltd')['id']}/removal").text
    assert "never been published" in words(page, "main")


def test_who_may_only_look_sees_the_form_and_no_button_that_changes(sample_app: Flask, address: Address) -> None:
    vito = sign_in(sample_app, "vito@acme.example")
    page = vito.get(address("Sample Models SAS")).text
    assert 'name="do"' not in page
    assert "disabled" in page
    assert "Move up" not in vito.get(BASE).text
    assert vito.get(f"{BASE}/new").status_code == 403
    assert vito.get("/admin/registers/eu-region/entries/unknown").status_code == 404
