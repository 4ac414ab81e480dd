"""What a set of changes comes to: keys, kinds, reclassification, sums."""

import json
from datetime import date

import pytest

from registry.diff import compare
from registry.diff.kinds import (
    KINDS,
    OWING_KINDS,
    QUIET_KINDS,
    Change,
    Reclassification,
    counts,
    earliest_effective_on,
    keyed_apart,
    owes,
    reclassify,
    worth_telling,
)
from registry.errors import Problem
from tests.factories import document, entry

ON = date(2026, 11, 22)
LATER = date(2026, 12, 22)


def change(kind: str, *, effective_on: date = ON, row: str | None = None, owed: bool = False) -> Change:
    subject = {"type": "location", "id": row, "name": "Example Hosting GmbH", "field": None}
    return Change(kind, "e-1", subject, None, None, effective_on, owed)  # type: ignore[arg-type]


def test_every_kind_is_owing_or_quiet_or_told_and_known() -> None:
    assert set(KINDS) >= OWING_KINDS | QUIET_KINDS
    assert not OWING_KINDS & QUIET_KINDS
    assert len(set(KINDS)) == len(KINDS)


def test_a_change_as_json_has_exactly_the_keys_of_the_contract() -> None:
    [found] = compare(document(), document(entry("Sample Mail Ltd.")), on=ON)
    told = json.loads(json.dumps(found.as_json()))
    assert list(told) == ["kind", "entry", "subject", "before", "after", "effective_on", "owes_notice", "reason"]
    assert told["subject"] == {"type": "sub-processor", "id": None, "name": "Sample Mail Ltd.", "field": None}
    assert told["effective_on"] == "2026-11-22"
    assert told["after"]["sub_processor"]["legal_name"] == "Sample Mail Ltd."


def test_a_key_names_kind_entry_and_row() -> None:
    assert change("location-added", row="l-1").key == "location-added:e-1:l-1"


def test_two_rows_with_one_id_still_have_two_keys() -> None:
    twice = keyed_apart([change("location-added", row="l-1"), change("location-added", row="l-1")])
    assert [item.key for item in twice] == ["location-added:e-1:l-1", "location-added:e-1:l-1:2"]


def test_a_reclassified_change_takes_the_kind_its_default_and_the_reason_and_keeps_its_key() -> None:
    after = document(entry())
    [found] = compare(document(), after, on=ON)
    word = Reclassification(found.key, "text-corrected", "Left out of the first list by mistake.")
    [changed] = compare(document(), after, on=ON, reclassified=[word])
    assert (changed.kind, changed.owes_notice, changed.reason) == ("text-corrected", False, word.reason)
    assert changed.key == found.key


def test_a_reclassified_change_can_come_to_owe_notice() -> None:
    before, after = document(notice_days=30), document(notice_days=5)
    [found] = compare(before, after, on=ON)
    [changed] = compare(before, after, on=ON, reclassified=[Reclassification(found.key, "scope-changed", "Material.")])
    assert (found.owes_notice, changed.owes_notice) == (False, True)


def test_a_reason_alone_leaves_what_was_decided_about_notice() -> None:
    narrowed = change("scope-changed", owed=False)
    [kept] = reclassify([narrowed], [Reclassification(narrowed.key, "scope-changed", "Only fewer products.")])
    assert (kept.owes_notice, kept.reason) == (False, "Only fewer products.")


def test_a_reclassified_change_takes_its_new_place_in_the_order() -> None:
    after = document(entry("Alpha Hosting GmbH"), entry("Beta Mail Ltd."))
    first, _ = compare(document(), after, on=ON)
    assert first.subject["name"] == "Alpha Hosting GmbH"
    found = compare(document(), after, on=ON, reclassified=[Reclassification(first.key, "reordered", "Moved.")])
    assert [item.subject["name"] for item in found] == ["Beta Mail Ltd.", "Alpha Hosting GmbH"]


@pytest.mark.parametrize(
    ("key", "kind", "problem"),
    [
        ("subprocessor-added:nobody", "text-corrected", "unknown-change"),
        ("subprocessor-added:e-example-hosting-gmbh", "improved", "unknown-change-kind"),
    ],
)
def test_a_reclassification_that_does_not_fit_is_refused(key: str, kind: str, problem: str) -> None:
    with pytest.raises(Problem) as refused:
        compare(document(), document(entry()), on=ON, reclassified=[Reclassification(key, kind, "Because.")])
    assert (refused.value.code, refused.value.key) == ("invalid", problem)


def test_counts_say_how_many_of_each_kind_the_gravest_first() -> None:
    found = [change("text-corrected"), change("location-added"), change("text-corrected")]
    assert list(counts(found).items()) == [("location-added", 1), ("text-corrected", 2)]
    assert counts([]) == {}


def test_the_earliest_date_passes_over_quiet_changes_unless_there_is_nothing_else() -> None:
    added = change("location-added", effective_on=LATER)
    assert earliest_effective_on([change("text-corrected"), added]) == LATER
    assert earliest_effective_on([change("text-corrected")]) == ON
    assert earliest_effective_on([]) is None


def test_only_changes_that_are_not_quiet_are_worth_telling() -> None:
    assert not worth_telling([change(kind) for kind in sorted(QUIET_KINDS)])
    assert worth_telling([change("text-corrected"), change("location-removed")])
    assert not worth_telling([])


def test_the_changes_that_owe_notice_are_picked_out() -> None:
    owing, other = change("location-added", owed=True), change("location-removed")
    assert owes([other, owing]) == [owing]
    assert not owes([other])
