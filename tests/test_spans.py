"""What the dates of rows say on the day of a publication."""

from datetime import date
from typing import Any

import pytest

from registry.diff import Change, compare
from registry.snapshot import Entry
from tests.factories import document, entry, location, text_row

ON = date(2026, 11, 22)
PAST, YESTERDAY, TODAY, SOON, LATER = "2026-01-31", "2026-11-21", "2026-11-22", "2026-12-22", "2027-01-31"


def of_entries(before: Entry, after: Entry) -> list[Change]:
    return compare(document(before), document(after), on=ON)


def of_location(before: dict[str, Any] | None, after: dict[str, Any] | None, **given: Any) -> list[Change]:
    """The changes when one location beside another has these dates; None when it is not there."""
    rows = [[location("DE")] + ([] if dates is None else [location("US", **dates)]) for dates in (before, after)]
    return of_entries(entry(locations=rows[0], **given), entry(locations=rows[1], **given))


def told(found: list[Change]) -> list[tuple[str, Any, Any, str]]:
    return [(change.kind, change.before, change.after, change.effective_on.isoformat()) for change in found]


@pytest.mark.parametrize(("starts_on", "effective"), [(None, TODAY), (SOON, SOON), (PAST, PAST)])
def test_an_addition_takes_effect_on_its_own_date_else_at_publication(starts_on: str | None, effective: str) -> None:
    row = {"starts_on": starts_on}
    assert told(of_location(None, row)) == [("location-added", None, location("US", **row), effective)]


def test_a_row_does_not_hold_before_its_entry_does() -> None:
    assert [change.effective_on for change in of_location(None, {}, starts_on=SOON)] == [date(2026, 12, 22)]
    assert [change.effective_on for change in of_location(None, {}, starts_on=PAST)] == [ON]


def test_a_last_day_newly_set_is_the_removal_effective_the_day_after() -> None:
    assert told(of_location({}, {"ends_on": "2026-12-31"})) == [
        ("location-removed", location("US"), None, "2027-01-01")
    ]


def test_the_last_day_of_the_calendar_has_no_day_after() -> None:
    assert told(of_location({}, {"ends_on": "9999-12-31"}))[0][3] == "9999-12-31"


def test_a_row_that_had_ended_may_be_tidied_away() -> None:
    assert of_location({"ends_on": YESTERDAY}, None) == []


def test_a_row_gone_before_its_announced_last_day_leaves_earlier_than_planned() -> None:
    [found] = of_location({"ends_on": SOON}, None)
    assert told([found]) == [("planned-change-moved", SOON, YESTERDAY, TODAY)]
    assert (found.subject["field"], found.owes_notice) == ("ends_on", False)


def test_a_planned_row_that_is_dropped_is_a_plan_withdrawn() -> None:
    row = {"starts_on": SOON}
    [found] = of_location(row, None)
    assert told([found]) == [("planned-change-withdrawn", location("US", **row), None, TODAY)]
    assert (found.owes_notice, found.subject["type"]) == (False, "location")


def test_an_undated_row_dropped_from_a_planned_entry_is_a_plan_withdrawn() -> None:
    assert [change.kind for change in of_location({}, None, starts_on=SOON)] == ["planned-change-withdrawn"]


def test_a_row_that_began_today_was_no_longer_a_plan() -> None:
    assert [change.kind for change in of_location({"starts_on": TODAY}, None)] == ["location-removed"]


def test_a_planned_start_put_off_is_told_and_one_brought_forward_owes_notice() -> None:
    [put_off], [forward] = (
        of_location({"starts_on": SOON}, {"starts_on": LATER}),
        of_location({"starts_on": LATER}, {"starts_on": SOON}),
    )
    assert told([put_off]) == [("planned-change-moved", SOON, LATER, LATER)]
    assert told([forward]) == [("planned-change-moved", LATER, SOON, SOON)]
    assert (put_off.owes_notice, forward.owes_notice) == (False, True)
    assert put_off.key == f"planned-change-moved:{entry()['id']}:loc-us:location:starts_on"


def test_a_planned_start_that_becomes_at_once_is_brought_forward() -> None:
    [found] = of_location({"starts_on": SOON}, {})
    assert told([found]) == [("planned-change-moved", SOON, None, TODAY)]
    assert found.owes_notice


def test_a_start_set_into_the_future_after_all_is_told_as_moved() -> None:
    assert told(of_location({}, {"starts_on": SOON})) == [("planned-change-moved", None, SOON, SOON)]


def test_a_start_in_the_past_put_right_is_a_correction() -> None:
    assert told(of_location({}, {"starts_on": PAST})) == [("text-corrected", None, PAST, TODAY)]
    assert told(of_location({"starts_on": PAST}, {"starts_on": "2026-02-01"}))[0][0] == "text-corrected"


def test_a_planned_start_that_has_meanwhile_come_is_no_change() -> None:
    assert of_location({"starts_on": PAST}, {"starts_on": PAST}) == []


def test_an_announced_end_moved_is_told_and_takes_effect_the_day_after() -> None:
    [found] = of_location({"ends_on": SOON}, {"ends_on": LATER})
    assert told([found]) == [("planned-change-moved", SOON, LATER, "2027-02-01")]
    assert not found.owes_notice


@pytest.mark.parametrize("ends_on", [TODAY, SOON])
def test_an_announced_end_taken_back_is_a_plan_withdrawn(ends_on: str) -> None:
    [found] = of_location({"ends_on": ends_on}, {})
    assert told([found]) == [("planned-change-withdrawn", ends_on, None, TODAY)]
    assert found.subject["field"] == "ends_on"


@pytest.mark.parametrize("ends_on", [None, SOON])
def test_a_row_that_comes_back_after_its_end_is_an_addition(ends_on: str | None) -> None:
    after = {"starts_on": PAST, "ends_on": ends_on}
    [found] = of_location({"starts_on": PAST, "ends_on": YESTERDAY}, after)
    assert told([found]) == [("location-added", None, location("US", **after), TODAY)]
    assert found.owes_notice


def test_the_end_of_a_past_row_put_right_is_a_correction() -> None:
    assert told(of_location({"ends_on": PAST}, {"ends_on": YESTERDAY})) == [("text-corrected", PAST, YESTERDAY, TODAY)]


def test_the_wording_or_place_of_a_row_that_is_past_is_only_put_right() -> None:
    past: dict[str, Any] = {"id": "x", "ends_on": PAST}
    before = entry(purposes=[text_row("Hosting"), text_row("Audits", **past)], locations=[location("DE", **past)])
    after = entry(purposes=[text_row("Hosting"), text_row("Taxes", **past)], locations=[location("US", **past)])
    assert {change.kind for change in of_entries(before, after)} == {"text-corrected"}


def test_dates_of_an_entry_are_told_once_also_when_its_rows_have_the_same() -> None:
    rows: dict[str, Any] = {
        "purposes": [text_row("Hosting", starts_on=SOON)],
        "locations": [location("DE", starts_on=SOON)],
    }
    moved: dict[str, Any] = {
        "purposes": [text_row("Hosting", starts_on=LATER)],
        "locations": [location("DE", starts_on=LATER)],
    }
    found = of_entries(entry(starts_on=SOON, **rows), entry(starts_on=LATER, **moved))
    assert told(found) == [("planned-change-moved", SOON, LATER, LATER)]
    assert (found[0].subject["type"], found[0].subject["id"]) == ("sub-processor", None)


def test_the_end_of_an_entry_is_one_removal_also_when_its_rows_end_with_it() -> None:
    ending = entry(ends_on=SOON, locations=[location("DE", ends_on=SOON)])
    assert told(of_entries(entry(), ending)) == [("subprocessor-removed", entry(), None, "2026-12-23")]


def test_a_row_that_ends_before_its_entry_is_told_by_itself() -> None:
    two = [location("DE"), location("US")]
    ending = entry(ends_on=LATER, locations=[location("DE"), location("US", ends_on=SOON)])
    found = of_entries(entry(locations=two), ending)
    assert [change.kind for change in found] == ["location-removed", "subprocessor-removed"]


def test_a_row_with_a_date_of_its_own_is_moved_by_its_entry_and_told() -> None:
    later_than_entry = [location("DE"), location("US", starts_on="2026-12-31")]
    found = of_entries(
        entry(starts_on=SOON, locations=later_than_entry), entry(starts_on=LATER, locations=later_than_entry)
    )
    assert [(change.subject["type"], change.before, change.after) for change in found] == [
        ("location", "2026-12-31", LATER),
        ("sub-processor", SOON, LATER),
    ]


def test_an_entry_that_comes_back_is_one_addition_without_its_rows() -> None:
    before = entry(ends_on=PAST)
    after = entry(locations=[location("US")], role="processor")
    assert told(of_entries(before, after)) == [("subprocessor-added", None, after, TODAY)]


def test_a_planned_entry_that_is_dropped_is_a_plan_withdrawn() -> None:
    planned = entry("Sample Mail Ltd.", starts_on=SOON)
    [found] = compare(document(planned), document(), on=ON)
    assert told([found]) == [("planned-change-withdrawn", planned, None, TODAY)]
    assert found.key == f"planned-change-withdrawn:{planned['id']}:sub-processor"


def test_a_role_or_scope_of_a_planned_entry_changes_when_it_begins() -> None:
    after = entry(starts_on=SOON, role="processor", applies_to=[{"en": "Mail"}])
    found = of_entries(entry(starts_on=SOON), after)
    assert {change.kind: change.effective_on.isoformat() for change in found} == {
        "role-changed": SOON,
        "scope-changed": SOON,
    }
