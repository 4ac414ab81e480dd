"""Two people at one entry: both texts are shown, and nothing is lost."""

from flask import Flask
from flask.testing import FlaskClient

from registry import drafting, published
from tests.filled_forms import filled_form, words
from tests.records import entry_of
from tests.test_admin_entries import BASE, Address, address, document, edi, edit, opened, sent, stands, working

__all__ = ["address", "edi"]  # fixtures


def test_what_both_changed_is_laid_side_by_side_and_saved_again(
    sample_app: Flask, edi: FlaskClient, address: Address
) -> None:
    url = address("Sample Models SAS")
    mine = opened(edi, url).put(retention__en="Mine: thirty days", description__en="Only mine")
    edit(sample_app, "Sample Models SAS", retention={"en": "Theirs: a year"}, notes={"en": "Only theirs"})
    answer = sent(edi, url, mine)
    assert answer.status_code == 409
    said = words(answer.text, ".conflict")
    assert "Mine: thirty days" in said
    assert "Theirs: a year" in said
    assert "Only theirs" in said
    assert stands(sample_app, "Sample Models SAS")["retention"] == {"en": "Theirs: a year"}
    assert sent(edi, url, filled_form(answer.text)).status_code == 303
    after = stands(sample_app, "Sample Models SAS")
    assert after["retention"] == {"en": "Mine: thirty days"}
    assert after["description"] == {"en": "Only mine"}
    assert after["notes"] == {"en": "Only theirs"}


def test_rows_of_both_are_kept(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    url = address("Sample Models SAS")
    mine = filled_form(sent(edi, url, opened(edi, url), do="add:purposes").text).put(purposes__1__text__en="Mine")
    rows = stands(sample_app, "Sample Models SAS")["purposes"]
    edit(sample_app, "Sample Models SAS", purposes=[*rows, {"text": {"en": "Theirs"}}])
    answer = sent(edi, url, mine)
    assert answer.status_code == 409
    assert sent(edi, url, filled_form(answer.text)).status_code == 303
    kept = [row["text"]["en"] for row in stands(sample_app, "Sample Models SAS")["purposes"]]
    assert sorted(kept[1:]) == ["Mine", "Theirs"]


def test_ids_and_codes_are_shown_by_their_names(sample_app: Flask, edi: FlaskClient, address: Address) -> None:
    url = address("Placeholder Speech Inc.")
    mine = opened(edi, url).put(locations__0__place__code="CA")
    mine["locations.1.purposes"] = [mine.one("purposes.0.id")]
    locations = stands(sample_app, "Placeholder Speech Inc.")["locations"]
    locations[0]["place"]["code"] = "JP"
    locations[1]["purposes"] = []
    edit(sample_app, "Placeholder Speech Inc.", locations=locations)
    said = words(sent(edi, url, mine).text, ".conflict")
    assert "Canada" in said
    assert "Japan" in said
    assert "Text-to-speech and speech-to-text" in said
    assert mine.one("purposes.0.id") not in said


def test_an_entry_somebody_removed_can_be_added_again_as_the_same(
    sample_app: Flask, edi: FlaskClient, address: Address
) -> None:
    url = address("Sample Models SAS")
    mine = opened(edi, url).put(retention__en="Thirty days")
    before = stands(sample_app, "Sample Models SAS")
    with working(sample_app, write=True) as work:
        drafting.remove_entry(work, entry_of(work, published.register(work, "general"), "Sample Models SAS"))
    answer = sent(edi, url, mine)
    assert answer.status_code == 409
    assert "Somebody removed this entry" in words(answer.text, "#errors")
    assert sent(edi, BASE, filled_form(answer.text)).status_code == 303
    assert stands(sample_app, "Sample Models SAS") == {**before, "retention": {"en": "Thirty days"}}


def test_a_company_edited_meanwhile_is_not_written_over_by_a_new_entry(sample_app: Flask, edi: FlaskClient) -> None:
    company = stands(sample_app, "Example Hosting GmbH")["sub_processor"]
    mine = opened(edi, f"{BASE}/new?company={company['id']}").put(purposes__0__text__en="Another use")
    edit(sample_app, "Example Hosting GmbH", sub_processor={**company, "address": "Moved to 9"})
    count = len(document(sample_app)["entries"])
    answer = sent(edi, BASE, mine)
    assert answer.status_code == 409
    assert "Moved to 9" in words(answer.text, ".conflict")
    assert len(document(sample_app)["entries"]) == count
    assert sent(edi, BASE, filled_form(answer.text)).status_code == 303
    addresses = {
        one["sub_processor"]["address"]
        for one in document(sample_app)["entries"]
        if one["sub_processor"]["id"] == company["id"]
    }
    assert addresses == {"Moved to 9"}
