"""The full content of a change, as a notice has to state it."""

from typing import cast

import pytest

from registry import wording
from registry.snapshot import Document, Entry
from registry.wording import Known, phrases
from tests import documents
from tests.change_cases import changes_between, edited, states
from tests.factories import document, entry, location, sub_processor, text_row

EN = phrases.voice("en", "en")


def test_the_details_of_an_addition_are_all_a_customer_must_know() -> None:
    added = {
        **documents.analytics(),
        "applies_to": [{"en": "Voice"}],
        "exceptional_use": {"conditions": {"en": "When you ask"}},
        "role": "processor",
    }
    (change,) = changes_between(document(), document(cast(Entry, added)))
    assert wording.details(change, EN) == [
        ("Change", "Sub-processor added"),
        ("Sub-processor", "Sample Analytics B.V. (Sampled)"),
        ("Address", "1 Sample Street, Netherlands"),
        ("Contact", "Data protection officer, dpo@analytics.example"),
        ("Purposes", "Product analytics; Crash reports (from 15 January 2027)"),
        ("Data categories", "Contact data"),
        (
            "Location",
            "Remote access: United States; "
            "EU-US Data Privacy Framework, certified recipient (Art. 45(3) GDPR), certified until 2027; "
            "EU standard contractual clauses, module 3: processor to processor (Art. 46(2)(c) GDPR), as a fallback; "
            "only for Product analytics",
        ),
        ("Location", "Processing: Chosen by the customer (Germany, Ireland) (“As you choose”)"),
        ("Role", "Processor"),
        ("Products", "Voice"),
        ("Exceptional use", "Only in exceptional cases: When you ask"),
        ("Takes effect", "22 December 2026"),
    ]


def test_what_is_missing_is_said() -> None:
    bare = entry("Bare Ltd", sub_processor=sub_processor("Bare Ltd", address="", country=""), purposes=[], locations=[])
    pairs = dict(wording.details(changes_between(document(), document({**bare, "data_categories": []}))[0], EN))
    assert [pairs[label] for label in ("Address", "Contact", "Purposes", "Data categories", "Location")] == [
        "not stated"
    ] * 5


def test_a_third_country_without_a_mechanism_is_called_not_assessed() -> None:
    pairs = dict(wording.details(changes_between(document(), document(entry("A", locations=[location("IN")])))[0], EN))
    assert "not assessed" in pairs["Location"].lower()
    pairs = dict(wording.details(changes_between(document(), document(entry("A", locations=[location("FR")])))[0], EN))
    assert pairs["Location"] == "Processing: France"


@pytest.mark.parametrize(
    ("sides", "pairs"),
    [
        (
            edited(locations=([states("EU-46-2-C")], [states("EU-45-DPF")])),
            [
                ("Location", "Processing: United States"),
                ("Before", "EU standard contractual clauses (Art. 46(2)(c) GDPR)"),
                ("After", "EU-US Data Privacy Framework, certified recipient (Art. 45(3) GDPR)"),
            ],
        ),
        (
            edited(applies_to=([{"en": "Mail"}], [])),
            [("Products, before", "Mail"), ("Products, after", "all products")],
        ),
        (
            edited(exceptional_use=({"conditions": {"en": "On request"}}, None)),
            [("Exceptional use, before", "On request"), ("Exceptional use, after", "none")],
        ),
        (
            edited(purposes=([text_row("Reprots")], [text_row("Reports", id="row-reprots")])),
            [("Wording, before", "Reprots"), ("Wording, after", "Reports")],
        ),
        (
            edited(role=("processor", "independent-controller")),
            [("Role, before", "Processor"), ("Role, after", "Independent controller")],
        ),
        (
            edited(
                purposes=([text_row("Reports", starts_on="2026-12-01")], [text_row("Reports", starts_on="2027-01-01")])
            ),
            [
                ("Purpose", "Reports (from 1 January 2027)"),
                ("First day, before", "1 December 2026"),
                ("First day, after", "1 January 2027"),
            ],
        ),
        (
            edited(
                sub_processor=(
                    sub_processor("Sample Analytics B.V.", country="NL"),
                    sub_processor("Sample Analytics B.V.", country="BE", affiliate=True),
                )
            ),
            [
                ("Affiliate, before", "no"),
                ("Affiliate, after", "yes"),
                ("Country, before", "Netherlands"),
                ("Country, after", "Belgium"),
            ],
        ),
        (
            edited(locations=([location("DE", purposes=["row-hosting"])], [location("DE")])),
            [
                ("Location", "Processing: Germany"),
                ("Purposes, before", "Hosting"),
                ("Purposes, after", "all purposes"),
            ],
        ),
    ],
)
def test_an_edit_shows_the_old_and_the_new_value_and_then_the_whole_entry(
    sides: tuple[Document, Document], pairs: list[tuple[str, str]]
) -> None:
    (change,) = changes_between(*sides)
    told = wording.details(change, EN, known=Known.of(*sides))
    assert told[1 : len(pairs) + 1] == pairs
    assert told[len(pairs) + 1] == ("Sub-processor", "Sample Analytics B.V.")
    assert told[-1][0] == "Takes effect"


def test_a_register_that_changes_its_days_says_both_numbers() -> None:
    (change,) = changes_between(document(notice_days=30), document(notice_days=14))
    pairs = wording.details(change, EN)
    assert ("Days of notice, before", "30") in pairs
    assert ("Days of notice, after", "14") in pairs
    assert "Sub-processor" not in dict(pairs)
