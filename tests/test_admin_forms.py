"""Reading nested forms, acting on their rows, and merging two saves of one form."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.admin import conflicts, forms

_NAMES = st.text("abc_", min_size=1, max_size=4)
_TEXTS = st.text("xyz", min_size=1, max_size=5)
_TREES = st.dictionaries(_NAMES, st.recursive(_TEXTS, lambda inner: st.dictionaries(_NAMES, inner, min_size=1)))


def pairs(tree: Any, path: str = "") -> list[tuple[str, str]]:
    if not isinstance(tree, dict | list):
        return [(path, tree)]
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree)
    return [pair for name, value in inner for pair in pairs(value, f"{path}.{name}" if path else str(name))]


def row(row_id: str, text: str) -> dict[str, Any]:
    return {"id": row_id, "text": {"en": text}}


# Forms


@given(_TREES)
def test_a_form_becomes_the_tree_its_names_describe(tree: dict[str, Any]) -> None:
    assert forms.nested(pairs(tree)) == tree


@given(st.lists(st.tuples(st.text("a01.[]\0é", max_size=9), _TEXTS), max_size=12))
def test_no_names_of_inputs_break_the_reading(sent: list[tuple[str, str]]) -> None:
    json.dumps(forms.nested(sent))


def test_rows_come_in_the_order_of_their_numbers_and_gaps_are_closed() -> None:
    sent = [("rows.10.text", "c"), ("rows.2.text", "b"), ("rows.0.text", "a")]
    assert forms.nested(sent) == {"rows": [{"text": "a"}, {"text": "b"}, {"text": "c"}]}


def test_a_repeated_name_is_a_list_where_asked_and_the_last_one_otherwise() -> None:
    sent = [("locations.0.purposes", "p1"), ("locations.0.purposes", "p2"), ("flag", ""), ("flag", "yes")]
    assert forms.nested(sent, many=("purposes",)) == {"locations": [{"purposes": ["p1", "p2"]}], "flag": "yes"}


@pytest.mark.parametrize(
    "sent",
    [
        [],
        [("contact", "flat"), ("title", "flat"), ("name.first", "deep"), ("extra", "x"), ("contact.role.x", "deep")],
        [("0", "x"), ("title.0", "a"), ("contact.0", "b"), ("name", "")],
    ],
)
def test_whatever_is_sent_takes_the_shape_that_was_asked_for(sent: list[tuple[str, str]]) -> None:
    like = {"name": "", "title": {}, "contact": {"role": ""}}
    assert forms.shaped(forms.nested(sent), like) == {"name": "", "title": {}, "contact": {"role": ""}}


def test_what_was_asked_for_and_sent_is_kept() -> None:
    sent = [("name", "Acme"), ("title.en", "A"), ("title.de", "B"), ("contact.role", "Office"), ("extra", "x")]
    like = {"name": "", "title": {}, "contact": {"role": ""}}
    kept = {"name": "Acme", "title": {"en": "A", "de": "B"}, "contact": {"role": "Office"}}
    assert forms.shaped(forms.nested(sent), like) == kept


@pytest.mark.parametrize(
    ("do", "texts", "goes_on_at"),
    [
        ("add:rows", ["a", "b", "c", "new"], "rows.3"),
        ("remove:rows.1", ["a", "c"], "rows.1"),
        ("remove:rows.2", ["a", "b"], "rows.1"),
        ("up:rows.2", ["a", "c", "b"], "rows.1"),
        ("up:rows.0", ["a", "b", "c"], "rows.0"),
        ("down:rows.0", ["b", "a", "c"], "rows.1"),
        ("remove:rows.7", ["a", "b", "c"], ""),
        ("remove:rows.-1", ["a", "b", "c"], ""),
        ("remove:other.0", ["a", "b", "c"], ""),
        ("add:rows.0", ["a", "b", "c"], ""),
        ("remove:", ["a", "b", "c"], ""),
        ("burn:rows.0", ["a", "b", "c"], ""),
        ("save", ["a", "b", "c"], ""),
    ],
)
def test_rows_are_added_removed_and_moved(do: str, texts: list[str], goes_on_at: str) -> None:
    values: dict[str, Any] = {"rows": ["a", "b", "c"]}
    assert forms.apply_row_act(values, do, "new") == goes_on_at
    assert values["rows"] == texts


def test_rows_within_rows_are_reached_and_a_missing_list_is_begun() -> None:
    values: dict[str, Any] = {"locations": [{"mechanisms": [{"code": "a"}]}, {}]}
    assert forms.apply_row_act(values, "add:locations.1.mechanisms", {"code": "b"}) == "locations.1.mechanisms.0"
    assert forms.apply_row_act(values, "remove:locations.0.mechanisms.0", None) == "locations.0.mechanisms"
    assert values == {"locations": [{"mechanisms": []}, {"mechanisms": [{"code": "b"}]}]}


def test_the_prevailing_language_comes_first_and_is_marked() -> None:
    assert forms.languages(["en", "de"], "de") == [("de", "Deutsch (prevails)"), ("en", "English")]
    assert forms.languages(["en"], "en") == [("en", "English")]


def test_countries_are_offered_by_name() -> None:
    names = [name for _code, name in forms.countries()]
    assert names == sorted(names)
    assert ("HR", "Croatia") in forms.countries()


# Conflicts


@given(_TREES, _TREES)
def test_what_only_i_changed_stays_mine_and_what_only_they_changed_is_taken(
    base: dict[str, Any], other: dict[str, Any]
) -> None:
    stays = conflicts.merge(base, other, base, {})
    assert _same(stays.values, other)
    assert stays.differences == []
    taken = conflicts.merge(base, base, other, {})
    assert _same(taken.values, other)
    assert taken.contested == []


@given(_TREES, _TREES, _TREES)
def test_no_text_of_mine_is_lost_without_being_shown(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merged = conflicts.merge(base, mine, theirs, {})
    kept = {text.strip() for _path, text in pairs(merged.values) if text}
    shown = " ".join(f"{one.mine} {one.theirs}" for one in merged.differences)
    for _path, text in pairs(mine):
        assert text.strip() in kept or text.strip() in shown
    changed_by_them = {text.strip() for _path, text in pairs(theirs)} - {text.strip() for _path, text in pairs(base)}
    assert all(text in kept or text in shown for text in changed_by_them)


def test_values_of_a_form_and_of_the_record_are_compared_by_what_they_say() -> None:
    stands = {"days": 30, "affiliate": True, "parent": None, "starts_on": "2026-12-01", "text": "one\ntwo"}
    sent = {"days": "30", "affiliate": "yes", "starts_on": "2026-12-01", "text": "one\r\ntwo "}
    assert conflicts.merge(None, sent, stands, {}).differences == []


def test_rows_are_recognised_by_their_id_wherever_they_stand() -> None:
    base = {"rows": [row("a", "A"), row("b", "B")]}
    mine = {"rows": [row("b", "B"), row("a", "A mine")]}
    theirs = {"rows": [row("a", "A"), row("b", "B theirs")]}
    merged = conflicts.merge(base, mine, theirs, {})
    assert merged.values == {"rows": [row("b", "B theirs"), row("a", "A mine")]}
    assert [(one.path, one.mine, one.theirs, one.both) for one in merged.differences] == [
        ("rows.0.text.en", "B", "B theirs", False)
    ]


def test_rows_that_either_added_are_both_there() -> None:
    base = {"rows": [row("a", "A")]}
    mine = {"rows": [row("a", "A"), {"id": "", "text": {"en": "Mine"}}]}
    theirs = {"rows": [row("a", "A"), row("c", "Theirs")]}
    merged = conflicts.merge(base, mine, theirs, {})
    assert [one["text"]["en"] for one in merged.values["rows"]] == ["A", "Mine", "Theirs"]
    assert [(one.theirs, one.both) for one in merged.differences] == [("text: en: Theirs", False)]


def test_a_row_that_one_took_away_and_the_other_changed_is_laid_before_me() -> None:
    base = {"rows": [row("a", "A"), row("b", "B")]}
    gone_there = conflicts.merge(base, {"rows": [row("a", "Mine"), row("b", "B")]}, {"rows": [row("b", "B")]}, {})
    assert gone_there.values["rows"] == [row("a", "Mine"), row("b", "B")]
    assert [(one.mine, one.theirs) for one in gone_there.contested] == [("text: en: Mine", "")]
    gone_here = conflicts.merge(base, {"rows": [row("b", "B")]}, {"rows": [row("a", "Theirs"), row("b", "B")]}, {})
    assert row("a", "Theirs") in gone_here.values["rows"]
    assert [(one.mine, one.theirs) for one in gone_here.contested] == [("", "text: en: Theirs")]


def test_a_row_that_one_took_away_and_nobody_changed_is_gone() -> None:
    base = {"rows": [row("a", "A"), row("b", "B")]}
    shorter = {"rows": [row("b", "B")]}
    assert conflicts.merge(base, base, shorter, {}).values == shorter
    assert conflicts.merge(base, shorter, base, {}).values == shorter


def test_lists_without_ids_are_compared_whole() -> None:
    base = {"scope": [{"en": "A"}]}
    merged = conflicts.merge(base, {"scope": [{"en": "A"}, {"en": "M"}]}, {"scope": []}, {"scope": "Applies to"})
    assert merged.values == {"scope": [{"en": "A"}, {"en": "M"}]}
    assert [(one.label, one.both) for one in merged.differences] == [("Applies to", True)]


def test_what_a_form_began_with_survives_its_hidden_input() -> None:
    values = {"text": {"en": "“Quotes” & <tags>"}, "rows": [row("a", "A")], "days": 3}
    assert conflicts.unpacked(conflicts.packed(values)) == values


def _same(one: Any, other: Any) -> bool:
    """Whether two trees say the same; what is empty is as good as not there."""
    return {pair for pair in pairs(one) if pair[1]} == {pair for pair in pairs(other) if pair[1]}
