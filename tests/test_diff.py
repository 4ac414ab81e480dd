"""The typed changes of entries and of the register itself."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from registry.diff import Change, compare, owes, worth_telling
from registry.snapshot import Assessment, Document, Entry
from tests.factories import document, entry, location, sub_processor, text_row

ON = date(2026, 11, 22)


def changes(before: Document | None, after: Document) -> list[Change]:
    return compare(before, after, on=ON)


def of_entries(before: Entry, after: Entry) -> list[Change]:
    return changes(document(before), document(after))


def having(field: str, value: Any) -> Entry:
    given: dict[str, Any] = {field: value}
    return entry(**given)


def kinds(found: list[Change]) -> list[str]:
    return [change.kind for change in found]


def assessment(title: str = "Support from India", **given: Any) -> Assessment:
    base = {"id": "t-1", "title": {"en": title}, "destination": "IN", "tool": "EU-SCC-M3", "module": 3, "summary": {}}
    rest = {"conclusion": "equivalent", "residual_risk": "low", "assessed_on": "2026-01-05", "next_review_on": None}
    return {**base, **rest, "assessor_role": "Privacy office", "version": "1", **given}  # type: ignore[typeddict-item]


def test_the_same_document_has_no_changes() -> None:
    assert changes(document(entry()), deepcopy(document(entry()))) == []


def test_without_an_earlier_publication_every_entry_is_an_addition_and_nothing_else_is_told() -> None:
    found = changes(None, document(entry("Sample Mail Ltd."), entry("Alpha Hosting GmbH")))
    assert kinds(found) == ["subprocessor-added"] * 2
    assert [change.subject["name"] for change in found] == ["Alpha Hosting GmbH", "Sample Mail Ltd."]


def test_an_added_entry_is_one_change_that_owes_notice_and_has_the_whole_entry() -> None:
    added = entry("Sample Mail Ltd.", starts_on="2026-12-22")
    [found] = changes(document(), document(added))
    assert (found.kind, found.owes_notice, found.entry) == ("subprocessor-added", True, added["id"])
    assert (found.before, found.after, found.effective_on) == (None, added, date(2026, 12, 22))
    assert found.key == f"subprocessor-added:{added['id']}"


def test_an_entry_that_is_gone_is_one_removal_told_without_notice_owed() -> None:
    gone = entry()
    [found] = changes(document(gone), document())
    assert (found.kind, found.owes_notice, found.before, found.after) == ("subprocessor-removed", False, gone, None)
    assert found.effective_on == ON
    assert worth_telling([found])


def test_the_order_of_entries_is_no_change() -> None:
    one, two = entry("Alpha Hosting GmbH"), entry("Sample Mail Ltd.")
    assert changes(document(one, two), document(two, one)) == []


@pytest.mark.parametrize("field", ["legal_name", "trading_name"])
def test_a_new_name_of_the_same_company_is_a_rename(field: str) -> None:
    after = entry(sub_processor=sub_processor("Example Hosting GmbH", **{field: "Beispiel Hosting"}))
    [found] = of_entries(entry(), after)
    assert (found.kind, found.owes_notice) == ("subprocessor-renamed", False)
    assert (found.before, found.after) == (entry(), after)
    assert found.subject["name"] == after["sub_processor"]["legal_name"]


def test_an_entry_that_takes_over_from_one_that_leaves_is_one_replacement() -> None:
    old = entry("Alpha Hosting GmbH")
    new = entry("Sample Mail Ltd.", replaces=old["id"], starts_on="2026-12-22")
    [found] = changes(document(old), document(new))
    assert (found.kind, found.owes_notice, found.entry) == ("subprocessor-replaced", True, new["id"])
    assert (found.before, found.after, found.effective_on) == (old, new, date(2026, 12, 22))
    assert found.key == f"subprocessor-replaced:{new['id']}"


def test_a_replacement_may_leave_by_an_announced_last_day() -> None:
    old = entry("Alpha Hosting GmbH")
    new = entry("Sample Mail Ltd.", replaces=old["id"], starts_on="2026-12-22")
    [found] = changes(document(old), document({**old, "ends_on": "2026-12-31"}, new))
    assert (found.kind, found.before, found.effective_on) == ("subprocessor-replaced", old, date(2026, 12, 22))


def test_naming_an_entry_that_stays_or_had_left_is_an_addition() -> None:
    old = entry("Alpha Hosting GmbH")
    new = entry("Sample Mail Ltd.", replaces=old["id"])
    assert kinds(changes(document(old), document(old, new))) == ["subprocessor-added"]
    ended: Entry = {**old, "ends_on": "2026-10-31"}
    assert kinds(changes(document(ended), document(new))) == ["subprocessor-added"]


def test_a_takeover_told_earlier_leaves_only_the_removal_to_tell() -> None:
    old = entry("Alpha Hosting GmbH")
    new = entry("Sample Mail Ltd.", replaces=old["id"])
    assert kinds(changes(document(old, new), document({**new, "replaces": None}))) == ["subprocessor-removed"]


def test_another_company_under_the_same_entry_is_a_replacement() -> None:
    before = entry("Alpha Hosting GmbH")
    after: Entry = {**entry("Sample Mail Ltd.", locations=[location("US")]), "id": before["id"]}
    [found] = of_entries(before, after)
    assert (found.kind, found.before, found.after) == ("subprocessor-replaced", before, after)
    [planned] = of_entries({**before, "starts_on": "2026-12-22"}, {**after, "starts_on": "2026-12-22"})
    assert planned.effective_on == date(2026, 12, 22)
    [long_since] = of_entries({**before, "starts_on": "2024-01-01"}, {**after, "starts_on": "2024-01-01"})
    assert long_since.effective_on == ON


def test_another_company_that_is_to_leave_is_told_both() -> None:
    before = entry("Alpha Hosting GmbH")
    after: Entry = {**entry("Sample Mail Ltd."), "id": before["id"], "ends_on": "2026-12-31"}
    assert kinds(of_entries(before, after)) == ["subprocessor-replaced", "subprocessor-removed"]


def test_an_entry_entered_afresh_for_the_same_company_is_compared_with_the_one_removed() -> None:
    again: Entry = {**entry(), "id": "e-again"}
    assert of_entries(entry(), again) == []
    [found] = of_entries(entry(), {**again, "locations": [location("DE"), location("US")]})
    assert (found.kind, found.entry, found.subject["id"]) == ("location-added", "e-again", "loc-us")


def test_two_entries_of_one_company_are_not_guessed_together() -> None:
    afresh = [{**entry(), "id": f"e-{number}"} for number in (1, 2)]
    found = changes(document(entry()), document(*afresh))  # type: ignore[arg-type]
    assert sorted(kinds(found)) == ["subprocessor-added", "subprocessor-added", "subprocessor-removed"]


def test_another_role_owes_notice() -> None:
    [found] = of_entries(entry(), entry(role="independent-controller"))
    assert (found.kind, found.owes_notice) == ("role-changed", True)
    assert (found.before, found.after) == ("sub-processor", "independent-controller")


def test_everything_about_a_companys_seat_and_contact_is_one_quiet_change_with_only_what_differs() -> None:
    moved = sub_processor("Example Hosting GmbH", address="2 Sample Street", country="AT", affiliate=True)
    [found] = of_entries(entry(), entry(sub_processor=moved))
    assert (found.kind, found.owes_notice) == ("contact-changed", False)
    assert found.before == {"address": "1 Sample Street", "affiliate": False, "country": "DE"}
    assert found.after == {"address": "2 Sample Street", "affiliate": True, "country": "AT"}
    assert not worth_telling([found])


def test_a_field_an_older_publication_does_not_have_is_no_change() -> None:
    before, after = entry(), entry()
    del before["sub_processor"]["dpa_url"]  # type: ignore[misc]
    del before["retention"]  # type: ignore[misc]
    assert of_entries(before, after) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", {"en": "Runs our servers."}),
        ("retention", {"en": "30 days"}),
        ("notes", {"en": "Certified."}),
        ("group", {"en": "Infrastructure"}),
        ("replaces", "e-somebody"),
    ],
)
def test_other_texts_of_an_entry_are_corrections_that_name_their_field(field: str, value: object) -> None:
    [found] = of_entries(entry(), having(field, value))
    assert (found.kind, found.subject["type"], found.subject["field"]) == ("text-corrected", "text", field)
    assert (found.after, found.owes_notice) == (value, False)


@pytest.mark.parametrize("field", ["applies_to", "data_subjects"])
@pytest.mark.parametrize(
    ("before", "after", "widened"),
    [
        (["Mail"], ["Mail", "Chat"], True),
        (["Mail", "Chat"], ["Mail"], False),
        (["Mail"], ["Chat"], True),
        (["Mail"], [], True),
        ([], ["Mail"], False),
    ],
)
def test_a_wider_scope_owes_notice_and_none_named_means_all(
    field: str, before: list[str], after: list[str], widened: bool
) -> None:
    [found] = of_entries(
        having(field, [{"en": text} for text in before]), having(field, [{"en": text} for text in after])
    )
    assert (found.kind, found.subject["field"], found.owes_notice) == ("scope-changed", field, widened)


def test_a_scope_is_a_set_and_its_spelling_may_be_corrected() -> None:
    before = entry(applies_to=[{"en": "Mail"}, {"en": "Confrencing"}])
    assert of_entries(before, entry(applies_to=[{"en": "Confrencing"}, {"en": "Mail"}])) == []
    [found] = of_entries(before, entry(applies_to=[{"en": "Conferencing"}, {"en": "Mail"}]))
    assert (found.kind, found.subject["field"]) == ("text-corrected", "applies_to")


def test_dropping_the_limit_to_exceptional_use_widens_and_setting_it_narrows() -> None:
    plain, limited = entry(), entry(exceptional_use={"conditions": {"en": "Only when the first line is overloaded."}})
    [dropped], [set_] = of_entries(limited, plain), of_entries(plain, limited)
    assert (dropped.kind, dropped.owes_notice) == ("scope-changed", True)
    assert (set_.kind, set_.owes_notice) == ("scope-changed", False)


def test_other_conditions_of_exceptional_use_are_a_correction() -> None:
    before = entry(exceptional_use={"conditions": {"en": "On request."}})
    [found] = of_entries(before, entry(exceptional_use={"conditions": {"en": "On your request."}}))
    assert (found.kind, found.subject["field"]) == ("text-corrected", "exceptional_use")


def test_changes_of_the_register_belong_to_no_entry_and_bear_its_title() -> None:
    after = document(notice_days=45, register={**document()["register"], "intro": {"en": "Whom we use."}})
    found = changes(document(), after)
    assert kinds(found) == ["text-corrected"] * 2
    assert [(change.entry, change.subject["type"], change.subject["name"]) for change in found] == [
        (None, "register", "Sub-processors")
    ] * 2
    assert [(change.subject["field"], change.after) for change in found] == [
        ("intro", {"en": "Whom we use."}),
        ("notice_days", 45),
    ]


def test_the_publishers_address_and_contact_are_one_contact_change_and_its_name_a_correction() -> None:
    publisher = {**document()["publisher"], "name": "Acme Cloud plc", "address": "Sample Road 2", "country": "IE"}
    corrected, moved = changes(document(), document(publisher=publisher))[::-1]
    assert (moved.kind, moved.entry, sorted(moved.after)) == ("contact-changed", None, ["address", "country"])
    assert (corrected.kind, corrected.subject["field"]) == ("text-corrected", "publisher.name")


def test_place_in_the_chain_and_status_are_no_part_of_what_is_compared() -> None:
    before = document(entry())
    served = {**before, "$schema": "/schemas/other.json", "publication": {"number": 7}}
    served["entries"] = [{**entry(), "status": "in-effect"}]
    assert changes(before, served) == []  # type: ignore[arg-type]


def test_an_assessment_added_edited_or_taken_away_is_quiet_and_bears_its_title() -> None:
    one, edited = assessment(), assessment(version="2")
    with_one = document(transfer_impact_assessments=[one])
    [added] = changes(document(), with_one)
    [changed] = changes(with_one, document(transfer_impact_assessments=[edited]))
    [gone] = changes(with_one, document())
    assert {added.kind, changed.kind, gone.kind} == {"tia-updated"}
    assert (added.before, added.after, gone.before, gone.after) == (None, one, one, None)
    assert (changed.subject["name"], changed.subject["field"]) == ("Support from India", "version")
    assert not worth_telling([added, changed, gone])


def test_what_owes_notice_comes_first_then_what_is_told_then_the_rest_each_by_date_and_name() -> None:
    stays = entry("Stays GmbH")
    before = document(stays, entry("Leaves Ltd."))
    after = document(
        {**stays, "notes": {"en": "Certified."}, "purposes": [text_row("Hosting"), text_row("Backups")]},
        entry("Zeta Mail Ltd."),
        entry("Beta Mail Ltd."),
        entry("Alpha Mail Ltd.", starts_on="2026-12-22"),
    )
    found = changes(before, after)
    assert [(change.kind, change.subject["name"]) for change in found] == [
        ("subprocessor-added", "Beta Mail Ltd."),
        ("purpose-added", "Stays GmbH"),
        ("subprocessor-added", "Zeta Mail Ltd."),
        ("subprocessor-added", "Alpha Mail Ltd."),
        ("subprocessor-removed", "Leaves Ltd."),
        ("text-corrected", "Stays GmbH"),
    ]
    assert owes(found) == found[:4]
