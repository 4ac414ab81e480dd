"""Our own data files read back: nothing is guessed, and nothing in them is trusted either."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.formats import FORMATS
from registry.intake import read
from tests.factories import document, entry, location, mechanism, text_row

DAY = date(2026, 11, 22)


def register() -> Any:
    mail, calls = text_row("Mail; to people"), text_row("=Calls")
    places = [
        location("US", purposes=[calls["id"]], activity="support", mechanisms=[mechanism()], starts_on="2026-12-24"),
        location("X-CUSTOMER", place={"code": "X-CUSTOMER", "text": {"en": "you choose"}, "countries": ["CH", "DE"]}),
    ]
    first = entry(
        "Acme, Inc.", purposes=[calls, text_row("Letters")], locations=places, notes={"en": "a\nb", "de": "c"}
    )
    second = entry("Beta GmbH", purposes=[mail], exceptional_use={"conditions": {"en": "Only then"}}, locations=[])
    return document(first, second)


@pytest.mark.parametrize("name", ["json", "csv"])
def test_an_export_read_back_says_what_the_register_says(name: str) -> None:
    raw = FORMATS[name].render(register(), DAY, base_url="", language="en")
    first, second = read(raw, name=f"general.{name}").candidates
    assert (first.name, second.name) == ("Acme, Inc.", "Beta GmbH")
    assert [row["text"]["en"] for row in first.values["purposes"]] == ["=Calls", "Letters"]
    us, chosen = first.values["locations"]
    assert (us["place"]["code"], us["activity"], us["starts_on"]) == ("US", "support", "2026-12-24")
    assert us["purposes"] == ["=Calls"]
    assert [(each["code"], each["module"]) for each in us["mechanisms"]] == [("EU-SCC-M3", 3)]
    assert chosen["place"]["countries"] == ["CH", "DE"]
    assert second.values["exceptional_use"] == {"conditions": {"en": "Only then"}}


def test_a_json_export_keeps_every_language() -> None:
    raw = FORMATS["json"].render(register(), DAY, base_url="", language="en")
    assert read(raw).candidates[0].values["notes"] == {"en": "a\nb", "de": "c"}


def test_codes_that_do_not_exist_are_not_believed() -> None:
    row = {"place": {"code": "ZZ", "text": {"en": "Croatia"}}, "mechanisms": [{"code": "N/A"}]}
    raw = json.dumps({"entries": [{"sub_processor": {"legal_name": "Acme"}, "locations": [row]}]}).encode()
    (candidate,) = read(raw).candidates
    (held,) = candidate.values["locations"]
    assert held["place"]["code"] == "HR"
    assert held["mechanisms"][0]["code"] == "NT-UNKNOWN"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "text", "code", "en"]), inner),
    max_leaves=6,
)
FIELDS = st.dictionaries(
    st.sampled_from(
        ["purposes", "locations", "data_subjects", "notes", "role", "starts_on", "exceptional_use", "group"]
    ),
    ANYTHING
    | st.lists(st.fixed_dictionaries({"place": ANYTHING, "mechanisms": ANYTHING, "purposes": ANYTHING}), max_size=2),
)


@settings(max_examples=200, deadline=None)
@given(fields=FIELDS)
def test_a_broken_export_breaks_nothing(fields: dict[str, Any]) -> None:
    raw = json.dumps({"entries": [{"sub_processor": {"legal_name": "Acme"}, **fields}]}).encode()
    assert [candidate.name for candidate in read(raw).candidates] == ["Acme"]
