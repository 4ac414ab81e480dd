"""How complete an entry is: what authorities and customers expect to be told."""

from typing import Any

import pytest

from registry.completeness import completeness
from registry.snapshot import Entry
from tests.factories import entry, location, mechanism, sub_processor

CONTACT = {"role": "Privacy", "email": "privacy@example.example", "url": ""}


def complete(**given: Any) -> Entry:
    company = sub_processor("Example Hosting GmbH", contact=CONTACT)
    return entry(**{"sub_processor": company, **given})


def company(**given: Any) -> Any:
    return sub_processor("Example Hosting GmbH", **{"contact": CONTACT, **given})


def test_an_entry_that_says_everything_is_complete() -> None:
    found = completeness(complete())
    assert (found.percent, found.missing) == (100, [])


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"sub_processor": company(address="")}, "registered address"),
        ({"sub_processor": company(contact={"role": "DPO", "email": "", "url": ""})}, "contact"),
        ({"purposes": []}, "purpose"),
        ({"data_categories": []}, "data categories"),
        ({"locations": []}, "location"),
        ({"locations": [location("X-UNKNOWN", mechanisms=[mechanism()])]}, "location"),
        ({"locations": [location("US")]}, "transfer mechanism"),
        ({"locations": [location("US", mechanisms=[mechanism("NT-UNKNOWN")])]}, "transfer mechanism"),
        ({"locations": [location("US", mechanisms=[mechanism("NT-EEA")])]}, "transfer mechanism"),
        ({"locations": [location("US", mechanisms=[mechanism()]), location("JP")]}, "transfer mechanism"),
    ],
)
def test_each_thing_that_is_not_said_is_missed(given: dict[str, Any], missing: str) -> None:
    found = completeness(complete(**given))
    assert found.percent < 100
    (words,) = found.missing
    assert words.startswith(missing)


def test_a_page_is_as_good_a_contact_as_an_address() -> None:
    page = {"role": "", "email": "", "url": "https://example.example/privacy"}
    assert completeness(complete(sub_processor=company(contact=page))).percent == 100


def test_a_mechanism_is_expected_only_outside_the_eea() -> None:
    assert completeness(complete(locations=[location("X-EEA"), location("RE")])).percent == 100
    abroad = completeness(complete(locations=[location("US", mechanisms=[mechanism()])]))
    assert abroad.percent == 100


def test_the_figure_is_the_share_of_what_is_expected() -> None:
    bare = entry(
        sub_processor=sub_processor("Bare", address=""), purposes=[], data_categories=[], locations=[location("US")]
    )
    assert completeness(bare).percent == 2 * 100 // 7
