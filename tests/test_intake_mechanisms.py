"""Transfer mechanisms in prose, and for which place each holds."""

import pytest

from registry.intake.mechanisms import read_mechanisms
from registry.intake.places import read_places
from registry.intake.transfers import transfers


def codes(text: str) -> list[str]:
    return [named.code for named in read_mechanisms(text).found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("EC Standard Contractual Clauses", ["EU-46-2-C"]),
        ("SCCs", ["EU-46-2-C"]),
        ("Standardvertragsklauseln", ["EU-46-2-C"]),
        ("Clauses contractuelles types", ["EU-46-2-C"]),
        ("Clausole contrattuali tipo", ["EU-46-2-C"]),
        ("Cláusulas contractuales tipo", ["EU-46-2-C"]),
        ("Standaardcontractbepalingen", ["EU-46-2-C"]),
        ("standardne ugovorne klauzule", ["EU-46-2-C"]),
        ("표준계약조항", ["EU-46-2-C"]),
        ("SCCs Module 3", ["EU-SCC-M3"]),
        ("SCC (Modules 2 and 3)", ["EU-SCC-M2", "EU-SCC-M3"]),
        ("Standardvertragsklauseln, Modul drei", ["EU-SCC-M3"]),
        ("DPF", ["EU-45-DPF"]),
        ("EU-U.S. Data Privacy Framework", ["EU-45-DPF"]),
        ("EU-US Data Privacy Framework oder Standardvertragsklauseln", ["EU-45-DPF", "EU-46-2-C"]),
        ("adequacy decision", ["EU-45"]),
        ("Angemessenheitsbeschluss", ["EU-45"]),
        ("Décision d’adéquation", ["EU-45"]),
        ("BCR", ["EU-46-2-B"]),
        ("Binding Corporate Rules for processors", ["EU-BCR-P"]),
        ("UK Addendum", ["UK-ADDENDUM"]),
        ("SCC and IDTA", ["EU-46-2-C", "UK-IDTA"]),
        ("UK Extension to the EU-US Data Privacy Framework", ["UK-BRIDGE"]),
        ("Swiss-U.S. DPF", ["CH-DPF"]),
        ("Not certified under the DPF; SCCs", ["EU-46-2-C"]),
        ("No adequacy decision", []),
        ("Privacy Shield", []),
        ("DPA", []),
        ("ISO 27001", []),
        ("legitimate interests", []),
    ],
)
def test_mechanisms_are_recognised_in_prose(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    "text", ["", "-", "–", "N/A", "n/a.", "none", "Not applicable", "entfällt", "s/o", "해당 없음"]
)
def test_a_cell_that_says_nothing_names_nothing(text: str) -> None:
    read = read_mechanisms(text)
    assert read.nothing
    assert not read.found


@pytest.mark.parametrize(
    ("text", "word"), [("Privacy Shield", "struck down"), ("our DPA", "art. 28"), ("SOC 2", "security")]
)
def test_what_is_mistaken_for_a_mechanism_is_said(text: str, word: str) -> None:
    assert word in read_mechanisms(text).notes[0]


def on_places(places: str, cell: str | None, *, remote: bool = False) -> tuple[list[list[str]], str]:
    found = transfers(read_places(places).found, cell, remote=remote)
    return [[code for code, _ in codes] for codes in found.by_place], " ".join(found.notes)


def test_not_applicable_is_no_mechanism_outside_the_eea() -> None:
    on, notes = on_places("United Kingdom", "N/A")
    assert on == [["NT-UNKNOWN"]]
    assert "“N/A” is not a transfer mechanism: United Kingdom is outside the EEA." in notes


def test_not_applicable_inside_the_eea_is_no_transfer() -> None:
    assert on_places("Croatia, Germany", "N/A") == ([["NT-EEA"], ["NT-EEA"]], "")


def test_remote_access_inside_the_eea_is_not_taken_for_no_transfer() -> None:
    on, notes = on_places("Croatia", "N/A", remote=True)
    assert on == [["NT-UNKNOWN"]]
    assert "Remote access" in notes


def test_a_place_that_is_not_fixed_is_not_assessed() -> None:
    assert on_places("chosen by the customer", "N/A")[0] == [["NT-UNKNOWN"]]
    assert on_places("Worldwide", "")[0] == [["NT-UNKNOWN"]]
    assert on_places("Worldwide", "EEA only")[0] == [["NT-UNKNOWN"]]


def test_without_a_column_nothing_is_said_row_by_row() -> None:
    assert on_places("United States, EEA", None) == ([["NT-UNKNOWN"], []], "")


def test_mechanisms_go_to_the_places_outside() -> None:
    assert on_places("Germany, USA", "SCCs Module 3")[0] == [[], ["EU-SCC-M3"]]


def test_the_framework_holds_for_the_united_states_alone() -> None:
    on, _ = on_places("USA, India", "DPF or SCCs")
    assert on == [["EU-45-DPF", "EU-46-2-C"], ["EU-46-2-C"]]
    on, notes = on_places("India", "DPF")
    assert on == [["NT-UNKNOWN"]]
    assert "India" in notes


def test_a_cell_may_tie_mechanisms_to_places() -> None:
    on, _ = on_places("USA, United Kingdom", "SCCs (US), adequacy decision (UK)")
    assert on == [["EU-46-2-C"], ["EU-45"]]


def test_a_mechanism_named_for_a_place_inside_is_kept_and_asked_about() -> None:
    on, notes = on_places("EU", "SCCs")
    assert on == [["EU-46-2-C"]]
    assert "access from outside" in notes


def test_words_that_are_not_understood_are_said() -> None:
    on, notes = on_places("India", "the usual arrangements")
    assert on == [["NT-UNKNOWN"]]
    assert "the usual arrangements" in notes
