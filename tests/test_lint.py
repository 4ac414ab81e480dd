"""What is doubtful in a document: a rule at a time, each with what it must not say."""

from datetime import date
from typing import Any

import pytest

from registry.lint import Finding, lint
from registry.snapshot import Location
from tests.factories import document, entry, location, mechanism, text_row

TODAY = date(2026, 11, 22)


def found(*locations: Location, **given: Any) -> list[Finding]:
    return lint(document(entry(locations=list(locations), **given)), TODAY)


def rules(*locations: Location, **given: Any) -> list[tuple[str, str]]:
    return [(finding.rule, finding.field) for finding in found(*locations, **given)]


def test_a_third_country_without_a_mechanism_is_not_assessed() -> None:
    (finding,) = found(location("DE"), location("US"))
    assert (finding.rule, finding.severity, finding.field) == ("not-assessed", "warning", "locations.1.mechanisms")
    assert finding.message.startswith("Not assessed: ")
    assert "United States" in finding.message
    assert finding.entry == "e-example-hosting-gmbh"


@pytest.mark.parametrize("code", ["NT-UNKNOWN", "NT-CUSTOMER-CHOICE"])
def test_an_unknown_mechanism_is_none(code: str) -> None:
    assert rules(location("US", mechanisms=[mechanism(code)])) == [("not-assessed", "locations.0.mechanisms.0.code")]


def test_one_mechanism_that_says_something_is_enough() -> None:
    assert rules(location("US", mechanisms=[mechanism("NT-UNKNOWN"), mechanism()])) == []


@pytest.mark.parametrize("code", ["X-GLOBAL", "X-EUROPE", "X-CUSTOMER", "X-UNKNOWN", "X-EPO"])
def test_an_area_that_does_not_guarantee_the_eea_counts_as_outside(code: str) -> None:
    assert rules(location(code)) == [("not-assessed", "locations.0.mechanisms")]


def test_an_area_whose_countries_are_all_inside_counts_as_inside() -> None:
    place = {"code": "X-CUSTOMER", "text": {}, "countries": ["DE", "IS"]}
    assert rules(location("DE", place=place, mechanisms=[mechanism("NT-EEA")])) == []


def test_a_mechanism_that_has_ended_is_none() -> None:
    ended = mechanism(ends_on="2026-11-21")
    assert rules(location("US", mechanisms=[ended])) == [("not-assessed", "locations.0.mechanisms")]
    assert rules(location("US", mechanisms=[{**ended, "ends_on": "2026-11-22"}])) == []


def test_what_has_ended_is_no_longer_judged() -> None:
    assert rules(location("US", ends_on="2026-11-21")) == []
    assert rules(location("US"), ends_on="2026-11-21") == []
    assert rules(location("US", starts_on="2027-01-01")) != []


def test_no_transfer_cannot_be_said_of_a_third_country() -> None:
    assert rules(location("GB", mechanisms=[mechanism("NT-EEA")])) == [
        ("no-transfer-outside", "locations.0.mechanisms.0.code")
    ]


@pytest.mark.parametrize("activity", ["remote-access", "support"])
def test_no_transfer_cannot_be_said_of_what_is_reached_from_outside(activity: str) -> None:
    stored = location("DE", activity="storage", mechanisms=[mechanism("NT-EEA")])
    reached = location("BA", activity=activity, mechanisms=[mechanism()])
    assert rules(stored, reached) == [("no-transfer-access", "locations.0.mechanisms.0.code")]
    assert rules(stored, {**reached, "activity": "storage"}) == []
    assert rules(stored, {**reached, "place": {"code": "HR", "text": {}, "countries": []}}) == []
    assert rules(stored, {**reached, "ends_on": "2026-01-01"}) == []


def test_access_for_other_purposes_is_another_matter() -> None:
    rows = [text_row("Hosting"), text_row("Support")]
    stored = location("DE", mechanisms=[mechanism("NT-EEA")], purposes=[rows[0]["id"]])
    reached = location("BA", activity="remote-access", mechanisms=[mechanism()], purposes=[rows[1]["id"]])
    assert rules(stored, reached, purposes=rows) == []
    assert rules({**stored, "purposes": []}, reached, purposes=rows) != []


def test_clauses_with_modules_must_say_which() -> None:
    clauses = mechanism("EU-46-2-C")
    assert rules(location("US", mechanisms=[clauses])) == [("module-missing", "locations.0.mechanisms.0.module")]
    assert rules(location("US", mechanisms=[{**clauses, "module": 3}])) == []
    assert rules(location("US", mechanisms=[mechanism("EU-SCC-M3", module=None)])) == []


def test_a_code_that_is_not_in_the_data_is_no_failure() -> None:
    assert rules(location("US", mechanisms=[mechanism("XX-OLD")])) == [
        ("not-assessed", "locations.0.mechanisms.0.code")
    ]


def test_findings_travel_as_plain_values() -> None:
    (finding,) = found(location("US"))
    assert finding.as_json().keys() == {"rule", "severity", "entry", "field", "message", "source", "hint"}
