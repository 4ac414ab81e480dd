"""What holds for the changes between any two documents whatever."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import date
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.diff import KINDS, QUIET_KINDS, Change, compare
from registry.diff.spans import ALWAYS, ended, span
from registry.snapshot import Document, Entry
from tests.factories import document, entry, location, mechanism, sub_processor, text_row

ON = date(2026, 11, 22)
TEXTS = ["Hosting", "Analytics", "Support desk", "Payroll", "Fraud checks"]
DAYS = ["2026-01-15", "2026-11-21", "2026-11-22", "2026-12-22", "2027-01-31"]

calm = settings(deadline=None, max_examples=60, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def dates(*, dated: bool) -> st.SearchStrategy[dict[str, Any]]:
    days = st.none() | st.sampled_from(DAYS) if dated else st.none()
    return st.fixed_dictionaries({"starts_on": days, "ends_on": days})


@st.composite
def rows(draw: st.DrawFn, build: Any, values: list[Any], *, dated: bool, most: int = 3) -> list[Any]:
    """Rows with different ids out of few, so that two documents often have some in common."""
    ids = draw(st.lists(st.sampled_from("abcde"), unique=True, max_size=most))
    return [build(draw(st.sampled_from(values)), id=id_, **draw(dates(dated=dated))) for id_ in ids]


@st.composite
def entries(draw: st.DrawFn, *, dated: bool) -> Entry:
    id_, company = draw(st.sampled_from("12345")), draw(st.sampled_from(["Alpha GmbH", "Beta Ltd.", "Gamma SA"]))
    locations = draw(rows(location, ["DE", "US", "IN", "IE"], dated=dated))
    for row in locations:
        row["mechanisms"] = draw(rows(mechanism, ["EU-SCC-M3", "EU-45-DPF", "NT-EEA"], dated=dated, most=2))
        row["tia"] = draw(st.sampled_from([None, "t-1"]))
    return entry(
        company,
        id=id_,
        sub_processor=sub_processor(company, trading_name=draw(st.sampled_from(["", "Short"]))),
        role=draw(st.sampled_from(["sub-processor", "processor"])),
        purposes=draw(rows(text_row, TEXTS, dated=dated)),
        data_categories=draw(rows(text_row, TEXTS, dated=dated)),
        applies_to=[{"en": text} for text in draw(st.lists(st.sampled_from(TEXTS), unique=True, max_size=2))],
        locations=locations,
        **draw(dates(dated=dated)),
    )


@st.composite
def documents(draw: st.DrawFn, *, dated: bool = True) -> Document:
    found = draw(st.lists(entries(dated=dated), max_size=4, unique_by=lambda item: item["id"]))
    return document(*found, notice_days=draw(st.sampled_from([14, 30])))


@calm
@given(documents())
def test_a_document_compared_with_itself_has_no_changes(same: Document) -> None:
    assert compare(same, deepcopy(same), on=ON) == []


@calm
@given(documents(), st.randoms(use_true_random=False))
def test_shuffled_entries_and_rows_are_no_change(same: Document, chance: random.Random) -> None:
    assert compare(same, shuffled(same, chance), on=ON) == []


@calm
@given(documents(), documents(), st.randoms(use_true_random=False))
def test_the_order_of_entries_and_rows_plays_no_part_in_any_comparison(
    before: Document, after: Document, chance: random.Random
) -> None:
    found = compare(shuffled(before, chance), shuffled(after, chance), on=ON)
    assert told(found) == told(compare(before, after, on=ON))


@calm
@given(documents(), documents())
def test_every_change_is_known_named_apart_in_order_and_readable_by_machines(before: Document, after: Document) -> None:
    found = compare(before, after, on=ON)
    assert all(change.kind in KINDS and change.kind != "reordered" for change in found)
    assert len({change.key for change in found}) == len(found)
    ranks = [(not change.owes_notice, change.kind in QUIET_KINDS, change.effective_on) for change in found]
    assert ranks == sorted(ranks)
    for change in found:
        assert json.loads(json.dumps(change.as_json())) == change.as_json()


@calm
@given(documents(dated=False), documents(dated=False))
def test_what_is_added_one_way_is_removed_the_other_way(before: Document, after: Document) -> None:
    there, back = compare(before, after, on=ON), compare(after, before, on=ON)
    assert of_kind(there, "-added") == of_kind(back, "-removed")
    assert of_kind(there, "-removed") == of_kind(back, "-added")


@calm
@given(documents(dated=False), entries(dated=False))
def test_an_entry_added_and_removed_again_nets_nothing(before: Document, extra: Entry) -> None:
    extra = {**extra, "id": "extra", "sub_processor": sub_processor("Extra SpA")}
    with_it: Document = {**before, "entries": [*before["entries"], extra]}
    [added], [removed] = compare(before, with_it, on=ON), compare(with_it, before, on=ON)
    assert (added.kind, removed.kind) == ("subprocessor-added", "subprocessor-removed")
    assert (added.before, added.after) == (removed.after, removed.before) == (None, extra)
    assert compare(before, {**with_it, "entries": with_it["entries"][:-1]}, on=ON) == []


@calm
@given(documents(), documents())
def test_no_new_place_or_purpose_slips_past_the_duty_to_notify(before: Document, after: Document) -> None:
    owing = {(change.entry, change.kind) for change in compare(before, after, on=ON) if change.owes_notice}
    for item in after["entries"]:
        whole = {(item["id"], "subprocessor-added"), (item["id"], "subprocessor-replaced")}
        known = [other for other in before["entries"] if other["sub_processor"]["id"] == item["sub_processor"]["id"]]
        if not known and not ended(span(item, ALWAYS), ON):
            assert owing & whole
        same = next((other for other in known if other["id"] == item["id"]), None)
        if same and not owing & whole:
            for kind, values in (("location-added", places), ("purpose-added", purposes)):
                assert not values(item) - values(same) or (item["id"], kind) in owing


@calm
@given(documents(), st.data())
def test_whatever_single_value_differs_there_is_a_change(before: Document, data: st.DataObject) -> None:
    after = deepcopy(before)
    holder, key = data.draw(st.sampled_from(list(leaves(after))))
    holder[key] = another(key, holder[key])
    assert compare(before, after, on=ON)


def shuffled(whole: Document, chance: random.Random) -> Document:
    """A copy with entries and all rows of each in another order."""
    turned = deepcopy(whole)
    lists: list[list[Any]] = [turned["entries"]]
    for item in turned["entries"]:
        lists += [item["purposes"], item["data_categories"], item["applies_to"], item["locations"]]
        lists += [row["mechanisms"] for row in item["locations"]]
    for found in lists:
        chance.shuffle(found)
    return turned


def told(found: list[Change]) -> list[tuple[str, str, date, bool]]:
    return [(change.key, change.kind, change.effective_on, change.owes_notice) for change in found]


def of_kind(found: list[Change], ending: str) -> list[tuple[str, str]]:
    ended_so = [change for change in found if change.kind.endswith(ending)]
    return sorted((change.subject["type"], change.subject["id"] or "") for change in ended_so)


def places(item: Entry) -> set[tuple[str, str]]:
    return {(row["activity"], row["place"]["code"]) for row in item["locations"] if holds(row, item)}


def purposes(item: Entry) -> set[str]:
    return {row["text"]["en"] for row in item["purposes"] if holds(row, item)}


def holds(row: Any, item: Entry) -> bool:
    return not ended(span(row, span(item, ALWAYS)), ON)


def leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every plain value of a document that says something, as what holds it and its key there."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        if isinstance(inner, dict | list):
            yield from leaves(inner)
        elif key not in ("id", "$schema"):
            yield value, key


def another(key: Any, value: Any) -> Any:
    if key in ("starts_on", "ends_on"):
        return {"starts_on": "2030-01-01", "ends_on": "2020-01-01"}[key]
    if isinstance(value, bool | None):
        return {"module": 2, "exceptional_use": {"conditions": {}}}.get(key, "other") if value is None else not value
    return value + 1 if isinstance(value, int) else f"{value}!"
