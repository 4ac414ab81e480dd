"""Which row of a file is which entry, and what of a row goes into it."""

from typing import Any

from registry.intake import Candidate, read
from registry.intake.carrying import carried, differences, fresh
from registry.intake.pairing import pair

TODAY = "2026-11-22"
HEADER = "Vendor | Purpose | Data | Products | Location | Transfer mechanism\n---|---|---|---|---|---\n"


def candidates(*rows: str) -> list[Candidate]:
    return read((HEADER + "\n".join(rows) + "\n").encode()).candidates


def entries(*rows: str) -> list[dict[str, Any]]:
    made = [fresh(candidate) for candidate in candidates(*rows)]
    for entry in made:
        entry["sub_processor"]["id"] = "sp-" + entry["id"]
    return made


def outcome(before: list[dict[str, Any]], after: list[Candidate]) -> dict[str, str]:
    pairs = pair(before, after)
    same = {after[number].name: "same" for number in pairs.same}
    return {
        **same,
        **{after[number].name: entry["sub_processor"]["legal_name"] for number, entry in pairs.renamed.items()},
    }


def again(row: str, later: str, **edits: Any) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """An entry made from a row (and edited), and what it becomes when a later version of the row is carried in."""
    (entry,) = entries(row)
    entry.update(edits)
    notes: list[str] = []
    return entry, carried(entry, candidates(later)[0], TODAY, notes), notes


ACME = "Acme, Inc. | Sending of mail | Name, E-mail | Mail | USA | SCCs"


def test_spelling_makes_no_other_company_and_another_order_is_the_same() -> None:
    assert outcome(entries(ACME, "Beta GmbH | x"), candidates("Beta | x", "ACME Inc | Sending of mail")) == {
        "Beta": "same",
        "ACME Inc": "same",
    }
    assert outcome(entries("Azul (Megasoft) | x"), candidates("Megasoft (Azul) | x")) == {"Megasoft (Azul)": "same"}


def test_a_rename_needs_likeness_of_name_and_content() -> None:
    before = entries("EWS | Backups of data | Logs | | Germany")
    assert outcome(before, candidates("Example Web Services | Backups of data | Logs | | Germany")) == {
        "Example Web Services": "EWS"
    }
    assert outcome(before, candidates("Example Web Services | Payment of bills | Cards | | India")) == {}
    assert outcome(before, candidates("Zeta | Backups of data | Logs | | Germany")) == {}


def test_rows_of_one_company_are_told_apart_by_their_products() -> None:
    before = entries("Acme | Hosting | | Cloud | USA", "Acme | Hosting | | Flows | USA")
    after = candidates("Acme | Hosting of all | | Flows | USA", "Acme | Hosting | | Cloud | USA")
    pairs = pair(before, after)
    assert [pairs.same[number]["id"] for number in (0, 1)] == [before[1]["id"], before[0]["id"]]


def test_the_same_row_again_changes_nothing() -> None:
    entry, values, _ = again(ACME, ACME)
    assert differences(entry, values) == []


def test_a_typo_corrected_keeps_the_id_and_another_purpose_does_not() -> None:
    entry, values, _ = again("Acme | Sending of mial | x", "Acme | Sending of mail | x")
    assert values["purposes"][0]["id"] == entry["purposes"][0]["id"]
    assert values["purposes"][0]["text"] == {"en": "Sending of mail"}
    entry, values, _ = again("Acme | Sending of mail | x", "Acme | Payment of bills | x")
    assert values["purposes"][0]["id"] != entry["purposes"][0]["id"]


def test_a_lost_comma_changes_nothing() -> None:
    entry, values, notes = again("Acme | x | User names, Log files, Cards", "Acme | x | User names Log files, Cards")
    assert values["data_categories"] == entry["data_categories"]
    assert "2 texts" in notes[0]


def test_words_of_a_place_may_change_and_the_place_stays() -> None:
    entry, values, _ = again(
        "Acme | x | y | | USA, Europen Economic Area", "Acme | x | y | | USA, European Economic Area"
    )
    assert [row["id"] for row in values["locations"]] == [row["id"] for row in entry["locations"]]
    assert values["locations"][1]["place"]["text"] == {"en": "European Economic Area"}


def test_what_an_editor_put_right_is_not_put_wrong_again() -> None:
    row = "Acme | Mail; calls | y | | chosen by the customer | N/A"
    (entry,) = entries(row)
    (location,) = entry["locations"]
    location["mechanisms"][0]["code"] = "EU-SCC-M3"
    location["place"]["countries"] = ["DE", "US"]
    location["purposes"] = [entry["purposes"][0]["id"]]
    location["tia"] = "assessment"
    assert differences(entry, carried(entry, candidates(row)[0], TODAY, [])) == []


def test_general_clauses_do_not_replace_the_module_an_editor_chose() -> None:
    (entry,) = entries("Acme | x | y | | USA | SCCs")
    entry["locations"][0]["mechanisms"][0].update(code="EU-SCC-M3", module=3)
    assert differences(entry, carried(entry, candidates("Acme | x | y | | USA | SCCs")[0], TODAY, [])) == []
    changed = carried(entry, candidates("Acme | x | y | | USA | Adequacy decision")[0], TODAY, [])
    assert [each["code"] for each in changed["locations"][0]["mechanisms"]] == ["EU-45"]


def test_a_place_that_comes_takes_no_mechanism_from_the_others() -> None:
    entry, values, _ = again("Acme | x | y | | Germany | N/A", "Acme | x | y | | Germany, USA | SCCs")
    assert values["locations"][0] == entry["locations"][0]
    assert [each["code"] for each in values["locations"][1]["mechanisms"]] == ["EU-46-2-C"]


def test_fields_without_a_column_keep_what_they_hold() -> None:
    (entry,) = entries(ACME)
    entry["notes"] = {"en": "Ours"}
    entry["sub_processor"]["address"] = "1 Sample Road"
    (row,) = read(b"Vendor | Purpose\n---|---\nAcme, Inc. | Sending of letters\n").candidates
    values = carried(entry, row, TODAY, [])
    assert differences(entry, values) == ["purposes"]
    assert values["data_categories"] == entry["data_categories"]


def test_translations_stay_and_are_mentioned_when_their_text_is_reworded() -> None:
    (entry,) = entries("Acme | Sending of mial | x")
    entry["purposes"][0]["text"]["de"] = "Versand von Post"
    notes: list[str] = []
    values = carried(entry, candidates("Acme | Sending of mail | x")[0], TODAY, notes)
    assert values["purposes"][0]["text"] == {"en": "Sending of mail", "de": "Versand von Post"}
    assert "de" in notes[0]


def test_rows_that_have_ended_stay_as_history() -> None:
    (entry,) = entries("Acme | Mail; calls | x")
    entry["purposes"][1]["ends_on"] = "2026-01-31"
    values = carried(entry, candidates("Acme | Mail | x")[0], TODAY, [])
    assert [row["text"]["en"] for row in values["purposes"]] == ["Mail", "calls"]
