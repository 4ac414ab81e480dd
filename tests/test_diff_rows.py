"""The typed changes of purposes, data categories, locations and mechanisms."""

from datetime import date
from typing import Any

import pytest

from registry.diff import Change, compare
from registry.snapshot import Entry, Location
from tests.factories import document, entry, location, mechanism, text_row

ON = date(2026, 11, 22)
BOTH_TEXTS = pytest.mark.parametrize(("field", "noun"), [("purposes", "purpose"), ("data_categories", "data-category")])


def of_entries(before: Entry, after: Entry, *, language: str = "en") -> list[Change]:
    register = {**document()["register"], "prevailing_language": language}
    return compare(document(before, register=register), document(after, register=register), on=ON)


def having(field: str, value: Any) -> Entry:
    given: dict[str, Any] = {field: value}
    return entry(**given)


def of_texts(field: str, before: dict[str, str], after: dict[str, str], *, language: str = "en") -> list[Change]:
    rows: list[Any] = [[{**text_row("x", id="r-1"), "text": text}] for text in (before, after)]
    return of_entries(having(field, rows[0]), having(field, rows[1]), language=language)


def of_locations(before: list[Location], after: list[Location], **given: Any) -> list[Change]:
    return of_entries(entry(locations=before, **given), entry(locations=after, **given))


def place(code: str, *countries: str, text: str = "") -> dict[str, Any]:
    return {"code": code, "text": {"en": text} if text else {}, "countries": list(countries)}


def kinds(found: list[Change]) -> list[str]:
    return [change.kind for change in found]


@BOTH_TEXTS
def test_a_text_row_more_or_less_is_an_addition_or_a_removal(field: str, noun: str) -> None:
    one, two = text_row("Hosting"), text_row("Analytics")
    fewer, more = having(field, [one]), having(field, [one, two])
    [added], [removed] = of_entries(fewer, more), of_entries(more, fewer)
    assert (added.kind, added.owes_notice, added.before, added.after) == (f"{noun}-added", True, None, two)
    assert (removed.kind, removed.owes_notice, removed.before, removed.after) == (f"{noun}-removed", False, two, None)
    assert added.subject == {"type": noun, "id": two["id"], "name": "Example Hosting GmbH", "field": None}
    assert added.key == f"{noun}-added:{entry()['id']}:{two['id']}"


@BOTH_TEXTS
def test_the_same_text_under_another_id_is_no_change(field: str, noun: str) -> None:
    rows = [text_row("Hosting"), text_row("Backups")]
    afresh = [text_row("backups", id="z"), text_row("Hosting", id="y")]
    found = of_entries(having(field, rows), having(field, afresh))
    assert [(change.kind, change.subject["type"], change.after) for change in found] == [
        ("text-corrected", noun, {"en": "backups"})
    ]


@BOTH_TEXTS
def test_a_corrected_wording_is_quiet(field: str, noun: str) -> None:
    [found] = of_texts(field, {"en": "Costumer support"}, {"en": "Customer support"})
    assert (found.kind, found.owes_notice, found.subject["field"]) == ("text-corrected", False, "text")
    assert (found.before, found.after) == ({"en": "Costumer support"}, {"en": "Customer support"})
    assert found.key == f"text-corrected:{entry()['id']}:r-1:{noun}:text"


@BOTH_TEXTS
def test_another_purpose_or_category_under_an_old_id_does_not_slip_past_the_duty_to_notify(
    field: str, noun: str
) -> None:
    added, removed = of_texts(field, {"en": "Hosting"}, {"en": "Hosting and advertising"})
    assert (added.kind, added.owes_notice, removed.kind) == (f"{noun}-added", True, f"{noun}-removed")
    assert (removed.before["text"], added.after["text"]) == ({"en": "Hosting"}, {"en": "Hosting and advertising"})


def test_only_the_prevailing_language_can_make_it_another_purpose() -> None:
    before, after = {"en": "Hosting", "de": "Betrieb"}, {"en": "Hosting", "de": "Werbung"}
    assert kinds(of_texts("purposes", before, after)) == ["text-corrected"]
    assert kinds(of_texts("purposes", before, after, language="de")) == ["purpose-added", "purpose-removed"]


def test_ids_that_traded_their_texts_are_no_change() -> None:
    before = [text_row("Hosting", id="a"), text_row("Analytics", id="b")]
    after = [text_row("Hosting", id="b"), text_row("Analytics", id="a")]
    assert of_entries(entry(purposes=before), entry(purposes=after)) == []


def test_the_order_of_rows_is_no_change() -> None:
    rows: dict[str, Any] = {
        "purposes": [text_row("Hosting"), text_row("Backups")],
        "data_categories": [text_row("Names"), text_row("Log lines")],
        "locations": [location("DE"), location("US", mechanisms=[mechanism(), mechanism("EU-45-DPF", primary=False)])],
        "applies_to": [{"en": "Mail"}, {"en": "Chat"}],
    }
    turned = {field: values[::-1] for field, values in rows.items()}
    turned["locations"][0]["mechanisms"].reverse()
    assert of_entries(entry(**rows), entry(**turned)) == []


def test_a_location_more_or_less_is_an_addition_or_a_removal() -> None:
    [added] = of_locations([location("DE")], [location("DE"), location("US")])
    [removed] = of_locations([location("DE"), location("US")], [location("DE")])
    assert (added.kind, added.owes_notice, added.subject["id"]) == ("location-added", True, "loc-us")
    assert (removed.kind, removed.owes_notice, removed.before) == ("location-removed", False, location("US"))


@pytest.mark.parametrize("other", [location("IE", id="loc-de"), location("DE", activity="remote-access")])
def test_another_place_or_activity_under_one_id_is_a_location_that_left_and_one_that_came(other: Location) -> None:
    added, removed = of_locations([location("DE", starts_on="2024-01-01")], [{**other, "starts_on": "2024-01-01"}])
    assert (added.kind, removed.kind) == ("location-added", "location-removed")
    assert (added.effective_on, removed.effective_on) == (ON, ON)


def test_the_same_activity_and_place_under_another_id_is_no_change() -> None:
    assert of_locations([location("DE"), location("US")], [location("US", id="x"), location("DE", id="y")]) == []


def test_a_row_that_took_over_an_old_place_is_told_by_what_really_changed() -> None:
    [found] = of_locations([location("DE", id="a")], [location("US", id="a"), location("DE", id="b")])
    assert (found.kind, found.subject["id"]) == ("location-added", "a")


def test_places_are_a_set_of_codes() -> None:
    before = location("X-CUSTOMER", place=place("X-CUSTOMER", "US", "IE"))
    same = location("X-CUSTOMER", place=place("X-CUSTOMER", "IE", "US"))
    assert of_locations([before], [same]) == []
    more = location("X-CUSTOMER", place=place("X-CUSTOMER", "IE", "US", "IN"))
    assert kinds(of_locations([before], [more])) == ["location-added", "location-removed"]


def test_other_words_for_the_same_place_are_a_correction() -> None:
    before, after = (location("DE", place=place("DE", text=text)) for text in ("Frankfurt", "Frankfurt am Main"))
    [found] = of_locations([before], [after])
    assert (found.kind, found.subject["field"]) == ("text-corrected", "place")
    assert (found.before, found.after) == (before["place"], after["place"])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (place("X-UNKNOWN", text="Frankfurt region"), place("DE", text="Frankfurt region"), ["text-corrected"]),
        (place("X-UNKNOWN", text="Frankfurt regoin"), place("DE", text="Frankfurt region"), ["text-corrected"]),
        (place("X-UNKNOWN", text="Frankfurt"), place("US", text="Ohio"), ["location-added", "location-removed"]),
        (place("X-UNKNOWN", text="Frankfurt"), place("X-UNKNOWN", text="Ohio"), ["location-added", "location-removed"]),
        (place("X-UNKNOWN"), place("US"), ["location-added", "location-removed"]),
        (place("X-UNKNOWN"), place("X-UNKNOWN"), []),
    ],
)
def test_words_understood_at_last_name_the_same_place(before: Any, after: Any, expected: list[str]) -> None:
    assert kinds(of_locations([location("DE", place=before)], [location("DE", place=after)])) == expected


def test_two_places_that_were_not_understood_are_told_apart_by_their_words() -> None:
    ohio, oslo = (location("X-UNKNOWN", id=text, place=place("X-UNKNOWN", text=text)) for text in ("Ohio", "Oslo"))
    assert of_locations([ohio, oslo], [{**oslo, "id": "x"}, {**ohio, "id": "y"}]) == []


@pytest.mark.parametrize(
    ("before", "after", "widened"),
    [
        (["a"], ["a", "b"], True),
        (["a", "b"], ["b"], False),
        (["a"], [], True),
        ([], ["a"], False),
    ],
)
def test_more_purposes_at_a_location_are_a_wider_scope(before: list[str], after: list[str], widened: bool) -> None:
    purposes = [text_row("Hosting", id="a"), text_row("Analytics", id="b")]
    [found] = of_locations([location(purposes=before)], [location(purposes=after)], purposes=purposes)
    assert (found.kind, found.subject["id"], found.subject["field"]) == ("scope-changed", "loc-de", "purposes")
    assert (found.before, found.after, found.owes_notice) == (before, after, widened)


def test_a_limit_follows_its_purpose_to_another_id_and_falls_with_it() -> None:
    two = [text_row("Hosting", id="a"), text_row("Analytics", id="b")]
    before = entry(purposes=two, locations=[location(purposes=["a", "b"])])
    afresh = [text_row("Analytics", id="d"), text_row("Hosting", id="c")]
    assert of_entries(before, entry(purposes=afresh, locations=[location(purposes=["c", "d"])])) == []
    one = entry(purposes=two[:1], locations=[location(purposes=["a"])])
    assert kinds(of_entries(before, one)) == ["purpose-removed"]


def test_a_location_freed_by_the_loss_of_its_only_purpose_has_a_wider_scope() -> None:
    two = [text_row("Hosting", id="a"), text_row("Analytics", id="b")]
    before = entry(purposes=two, locations=[location(purposes=["b"])])
    found = of_entries(before, entry(purposes=two[:1], locations=[location(purposes=[])]))
    assert [(change.kind, change.owes_notice) for change in found] == [
        ("scope-changed", True),
        ("purpose-removed", False),
    ]


def test_mechanisms_of_a_location_are_one_change_with_both_lists() -> None:
    before = [mechanism(), mechanism("EU-45-DPF", primary=False)]
    after = [mechanism(), mechanism("EU-46-2-B", primary=False), mechanism("EU-49-1-A", primary=False)]
    [found] = of_locations([location("US", mechanisms=before)], [location("US", mechanisms=after)])
    assert (found.kind, found.owes_notice, found.subject["id"]) == ("mechanism-changed", True, "loc-us")
    assert (found.before, found.after) == (before, after)


@pytest.mark.parametrize("given", [{"module": 2}, {"primary": False}, {"code": "EU-46-2-C"}])
def test_another_module_rank_or_code_is_another_mechanism(given: dict[str, Any]) -> None:
    before, after = location("US", mechanisms=[mechanism()]), location("US", mechanisms=[mechanism(**given)])
    assert kinds(of_locations([before], [after])) == ["mechanism-changed"]


def test_the_same_mechanism_under_another_id_is_no_change_and_its_reference_may_be_corrected() -> None:
    before = location("US", mechanisms=[mechanism()])
    assert of_locations([before], [location("US", mechanisms=[mechanism(id="m-2")])]) == []
    [found] = of_locations([before], [location("US", mechanisms=[mechanism(reference="Annex 2")])])
    assert (found.kind, found.subject["type"], found.subject["field"]) == ("text-corrected", "mechanism", "reference")


def test_a_mechanism_of_a_later_date_changes_then() -> None:
    before = location("US", mechanisms=[mechanism("EU-45-DPF")])
    until = mechanism("EU-45-DPF", ends_on="2026-12-31")
    [found] = of_locations([before], [location("US", mechanisms=[until, mechanism(starts_on="2027-01-01")])])
    assert (found.kind, found.effective_on) == ("mechanism-changed", date(2027, 1, 1))


def test_a_planned_location_that_gets_another_mechanism_changes_when_it_begins() -> None:
    planned = {"starts_on": "2026-12-22"}
    before, after = (location("US", mechanisms=[mechanism(code)], **planned) for code in ("EU-45-DPF", "EU-SCC-M3"))
    [found] = of_locations([before], [after])
    assert (found.kind, found.effective_on) == ("mechanism-changed", date(2026, 12, 22))


def test_a_planned_mechanism_that_is_dropped_is_a_withdrawn_plan() -> None:
    plan = mechanism("EU-46-2-B", starts_on="2027-01-01", primary=False)
    [found] = of_locations([location("US", mechanisms=[mechanism(), plan])], [location("US", mechanisms=[mechanism()])])
    assert (found.kind, found.subject["type"], found.before) == ("planned-change-withdrawn", "mechanism", plan)


def test_the_assessment_a_location_leans_on_is_quiet() -> None:
    [found] = of_locations([location("IN")], [location("IN", tia="t-1")])
    assert (found.kind, found.before, found.after, found.subject["field"]) == ("tia-updated", None, "t-1", "tia")
