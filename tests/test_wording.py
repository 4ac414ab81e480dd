"""The words for changes: every kind has its sentence, the full content is there, and nothing depends on luck."""

import io
from collections.abc import Iterator
from datetime import date
from gettext import NullTranslations
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract

from registry import diff, headlines, particulars, phrases, titles, wording
from registry.phrases import Voice
from registry.snapshot import Document, Entry
from registry.wording import Known
from tests.factories import document, entry, location, mechanism, sub_processor, text_row

ON = date(2026, 11, 22)
EN = phrases.voice("en", "en")


class Shouting(NullTranslations):
    """A language in which every text of the interface is in brackets, to see what is not translated."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


def _changes(before: Document | None, after: Document) -> list[dict[str, Any]]:
    return [change.as_json() for change in diff.compare(before, after, on=ON)]


def _headlines(before: Document | None, after: Document, to: Voice = EN) -> list[str]:
    known = Known.of(before, after)
    return [wording.headline(change, to, known=known) for change in _changes(before, after)]


def _edit(**given: Any) -> tuple[Document, Document]:
    """The same entry before and after an edit; the values of `given` are pairs."""
    name = "Sample Analytics B.V."
    sides = [{field: pair[side] for field, pair in given.items()} for side in (0, 1)]
    return document(entry(name, **sides[0])), document(entry(name, **sides[1]))


def _states(code: str, **given: Any) -> Any:
    return location("US", mechanisms=[mechanism(code, id="m", **given)])


def _assessed(summary: str) -> list[dict[str, Any]]:
    row = {"id": "t", "title": {"en": "Transfers to the US"}, "destination": "US", "tool": "EU-46-2-C", "module": 3}
    more = {"summary": {"en": summary}, "conclusion": "equivalent", "residual_risk": "low", "assessed_on": "2026-10-01"}
    return [{**row, **more, "next_review_on": None, "assessor_role": "Privacy officer", "version": "1"}]


def _cases() -> Iterator[tuple[str, str, tuple[Document | None, Document]]]:
    """A kind, the sentence for it, and the two documents that give it."""
    hosting, analytics = entry("Example Hosting GmbH"), entry("Sample Analytics B.V.", locations=[location("NL")])
    announced = entry("Sample Analytics B.V.", starts_on="2026-12-22")
    both = location("DE"), location("NL")
    purposes = text_row("Hosting"), text_row("Reports")
    renamed = sub_processor("Sample Analytics B.V.") | {"legal_name": "Sampled B.V."}
    moved = sub_processor("Sample Analytics B.V.") | {"address": "2 New Street"}
    successor = entry("Newer Ltd", replaces=hosting["id"], locations=[location("GB"), location("CH")])
    leaving = entry("Sample Analytics B.V.", ends_on="2026-12-31")
    yield (
        "subprocessor-added",
        "Sample Analytics B.V. is added, for Hosting, in the Netherlands",
        (document(hosting), document(hosting, analytics)),
    )
    yield (
        "subprocessor-replaced",
        "Newer Ltd replaces Example Hosting GmbH, for Hosting, in the United Kingdom and Switzerland",
        (document(hosting), document(successor)),
    )
    yield "subprocessor-removed", "Sample Analytics B.V. is removed", (document(hosting, analytics), document(hosting))
    yield (
        "subprocessor-renamed",
        "Sample Analytics B.V. is now called Sampled B.V.",
        _edit(sub_processor=(sub_processor("Sample Analytics B.V."), renamed)),
    )
    yield (
        "location-added",
        "A location of Sample Analytics B.V. is added: Processing, Netherlands",
        _edit(locations=([both[0]], [*both])),
    )
    yield (
        "location-removed",
        "A location of Sample Analytics B.V. is removed: Processing, Netherlands",
        _edit(locations=([*both], [both[0]])),
    )
    yield (
        "purpose-added",
        "A purpose of Sample Analytics B.V. is added: Reports",
        _edit(purposes=([purposes[0]], [*purposes])),
    )
    yield (
        "purpose-removed",
        "A purpose of Sample Analytics B.V. is removed: Reports",
        _edit(purposes=([*purposes], [purposes[0]])),
    )
    yield (
        "data-category-added",
        "A data category of Sample Analytics B.V. is added: Reports",
        _edit(data_categories=([purposes[0]], [*purposes])),
    )
    yield (
        "data-category-removed",
        "A data category of Sample Analytics B.V. is removed: Reports",
        _edit(data_categories=([*purposes], [purposes[0]])),
    )
    yield (
        "scope-changed",
        "Sample Analytics B.V. is used for other products",
        _edit(applies_to=([{"en": "Mail"}], [{"en": "Mail"}, {"en": "Voice"}])),
    )
    yield (
        "scope-changed",
        "Sample Analytics B.V. is no longer used only in exceptional cases",
        _edit(exceptional_use=({"conditions": {"en": "On request"}}, None)),
    )
    yield (
        "mechanism-changed",
        "The transfer mechanism of Sample Analytics B.V. changes: United States",
        _edit(locations=([_states("EU-46-2-C")], [_states("EU-45-DPF")])),
    )
    yield (
        "role-changed",
        "Sample Analytics B.V. has another role: Independent controller",
        _edit(role=("sub-processor", "independent-controller")),
    )
    yield (
        "planned-change-moved",
        "The addition of Sample Analytics B.V. is moved to 15 January 2027",
        (document(announced), document({**announced, "starts_on": "2027-01-15"})),
    )
    yield (
        "planned-change-moved",
        "The removal of Sample Analytics B.V. is moved to 1 February 2027",
        (document(leaving), document({**leaving, "ends_on": "2027-01-31"})),
    )
    yield (
        "planned-change-withdrawn",
        "The planned addition of Sample Analytics B.V. is withdrawn",
        (document(hosting, announced), document(hosting)),
    )
    yield (
        "planned-change-withdrawn",
        "The planned removal of Sample Analytics B.V. is withdrawn",
        (document(leaving), document({**leaving, "ends_on": None})),
    )
    yield (
        "contact-changed",
        "Address or contact of Sample Analytics B.V. change",
        _edit(sub_processor=(sub_processor("Sample Analytics B.V."), moved)),
    )
    yield (
        "tia-updated",
        "The transfer impact assessment “Transfers to the US” is updated",
        (
            document(transfer_impact_assessments=_assessed("Fine.")),
            document(transfer_impact_assessments=_assessed("Fine, with measures.")),
        ),
    )
    yield (
        "text-corrected",
        "The wording for Sample Analytics B.V. is corrected",
        _edit(description=({"en": "Reprots"}, {"en": "Reports"})),
    )
    yield (
        "text-corrected",
        "The description of the register “Sub-processors” changes",
        (document(notice_days=30), document(notice_days=14)),
    )


CASES = list(_cases())


@pytest.mark.parametrize(("kind", "sentence", "sides"), CASES, ids=[case[1][:40] for case in CASES])
def test_every_kind_of_change_has_its_sentence(
    kind: str, sentence: str, sides: tuple[Document | None, Document]
) -> None:
    assert [change["kind"] for change in _changes(*sides)] == [kind]
    assert _headlines(*sides) == [sentence]


def test_the_cases_leave_out_no_kind_that_is_ever_found() -> None:
    assert {kind for kind, _, _ in CASES} == set(diff.KINDS) - {"reordered"}


@pytest.mark.parametrize(("given", "new"), list(product(CASES, diff.KINDS)), ids=lambda value: str(value)[:30])
def test_a_change_that_was_reclassified_still_has_words(given: tuple[str, str, Any], new: str) -> None:
    sides = given[2]
    change = {**_changes(*sides)[0], "kind": new, "reason": "It was only a slip of the pen."}
    for known in (Known(), Known.of(*sides)):
        sentence = wording.headline(change, EN, known=known)
        pairs = wording.details(change, EN, known=known)
        assert "%(" not in sentence
        assert "None" not in sentence
        assert pairs[0] == ("Change", wording.kind_name(new, EN))
        assert ("Reason", "It was only a slip of the pen.") in pairs
        assert all(label and value and "%(" not in label + value for label, value in pairs)


@pytest.mark.parametrize("case", CASES, ids=[case[1][:40] for case in CASES])
def test_every_word_of_ours_goes_through_the_translator(
    case: tuple[str, str, tuple[Document | None, Document]],
) -> None:
    to = Voice(Shouting(), "en", "en")
    known = Known.of(*case[2])
    for change in _changes(*case[2]):
        assert "⟦" in wording.headline(change, to, known=known)
        labels = [label for label, _ in wording.details(change, to, known=known)]
        assert all(label.startswith("⟦") for label in labels), labels
        assert wording.title([change], to).startswith("⟦")
        assert wording.kind_name(change["kind"], to).startswith("⟦")


def test_the_extractor_finds_the_literals() -> None:
    found: set[str] = set()
    for module in (headlines, titles, particulars, phrases):
        source = io.BytesIO(Path(str(module.__file__)).read_bytes())
        for _, message, _, _ in extract("python", source):
            found |= {message} if isinstance(message, str) else set(message)
    assert {
        "%(name)s is added",
        "A purpose of %(name)s is added",
        "The planned removal of %(name)s is withdrawn",
        "%(num)d addition",
        "%(num)d additions",
        "Takes effect",
        "Remote access",
    } <= found


def test_the_words_of_the_record_follow_the_reader_and_places_are_named_in_the_readers_language() -> None:
    purpose = text_row("Reports")
    purpose["text"]["de"] = "Berichte"
    added = document(entry("Sample Analytics B.V.", purposes=[purpose], locations=[location("NL")]))
    sentence = _headlines(document(), added, Voice(NullTranslations(), "de", "en"))[0]
    assert sentence == "Sample Analytics B.V. is added, for Berichte, in Niederlande"


def test_many_places_and_purposes_are_counted_rather_than_listed() -> None:
    places = [location(code) for code in ("DE", "NL", "US", "IE", "FR")]
    added = document(entry("Wide Ltd", locations=places, purposes=[text_row(f"Purpose {n}") for n in range(4)]))
    assert _headlines(document(), added) == [
        "Wide Ltd is added, for Purpose 0, Purpose 1, Purpose 2 and 1 more, "
        "in Germany, the Netherlands, the United States and 2 more"
    ]


def test_a_place_that_is_no_country_is_not_put_after_in() -> None:
    unknown = location("X-UNKNOWN", place={"code": "X-UNKNOWN", "text": {"en": "our cloud"}, "countries": []})
    assert _headlines(document(), document(entry("A", locations=[unknown]))) == ["A is added, for Hosting, our cloud"]


def test_an_entry_with_nothing_but_a_name_is_still_a_sentence() -> None:
    assert _headlines(document(), document(entry("Bare Ltd", purposes=[], locations=[]))) == ["Bare Ltd is added"]


def test_a_name_with_the_signs_of_a_format_stays_as_it_is() -> None:
    assert _headlines(document(), document(entry("100%(name)s %d Ltd", purposes=[], locations=[]))) == [
        "100%(name)s %d Ltd is added"
    ]


def _kinds(*given: str, on: str = "2026-12-22") -> list[dict[str, Any]]:
    base = {"entry": "e", "subject": {}, "before": None, "after": None, "owes_notice": True, "reason": ""}
    return [{**base, "kind": kind, "effective_on": on} for kind in given]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (_kinds("subprocessor-added", "subprocessor-added"), "2 additions from 22 December 2026"),
        (
            _kinds("text-corrected", on="2026-11-22") + _kinds("subprocessor-added"),
            "1 addition from 22 December 2026, 1 correction",
        ),
        (
            _kinds("location-added") + _kinds("subprocessor-added", on="2026-12-01"),
            "1 addition, 1 new location from 1 December 2026",
        ),
        (_kinds("text-corrected", "text-corrected"), "2 corrections"),
        (
            _kinds("subprocessor-added", "purpose-added", "location-added", "role-changed", "scope-changed"),
            "1 addition, 1 new location, 1 new purpose, 2 more changes from 22 December 2026",
        ),
        (_kinds("a-kind-of-tomorrow"), "1 other change from 22 December 2026"),
        ([], "No changes"),
    ],
)
def test_a_title_says_how_many_of_what_and_from_when(changes: list[dict[str, Any]], words: str) -> None:
    assert wording.title(changes, EN) == words


def test_every_kind_has_a_name_and_a_number() -> None:
    names = {wording.kind_name(kind, EN) for kind in diff.KINDS}
    assert len(names) == len(diff.KINDS)
    assert not names & set(diff.KINDS)
    for kind in diff.KINDS:
        assert "other change" not in wording.number_of(kind, 2, EN)
        assert wording.number_of(kind, 1, EN) != wording.number_of(kind, 2, EN)


def _full() -> Entry:
    contact = {"role": "Data protection officer", "email": "dpo@analytics.example", "url": ""}
    company = sub_processor("Sample Analytics B.V.", country="NL", contact=contact, address="Kade 1, Utrecht")
    purposes = [text_row("Reports"), text_row("Old surveys", ends_on="2026-01-01")]
    states = location(
        "US",
        activity="remote-access",
        purposes=[purposes[0]["id"]],
        mechanisms=[mechanism("EU-46-2-C", module=3, primary=False), mechanism("EU-45-DPF")],
    )
    return entry(
        "Sample Analytics B.V.",
        sub_processor=company,
        purposes=purposes,
        locations=[location("NL", activity="storage"), states],
        starts_on="2026-12-22",
        applies_to=[{"en": "Voice"}],
        exceptional_use={"conditions": {"en": "When you ask"}},
    )


def test_the_details_of_an_addition_are_all_a_customer_must_know() -> None:
    (change,) = _changes(document(), document(_full()))
    assert wording.details(change, EN) == [
        ("Change", "Sub-processor added"),
        ("Sub-processor", "Sample Analytics B.V."),
        ("Address", "Kade 1, Utrecht, Netherlands"),
        ("Contact", "Data protection officer, dpo@analytics.example"),
        ("Purposes", "Reports"),
        ("Data categories", "Contact data"),
        ("Location", "Storage: Netherlands"),
        (
            "Location",
            "Remote access: United States; EU-US Data Privacy Framework, certified recipient (Art. 45(3) GDPR); "
            "EU standard contractual clauses, module 3: processor to processor (Art. 46(2)(c) GDPR), as a fallback; "
            "only for Reports",
        ),
        ("Products", "Voice"),
        ("Exceptional use", "Only in exceptional cases: When you ask"),
        ("Takes effect", "22 December 2026"),
    ]


def test_what_is_missing_is_said() -> None:
    bare = entry("Bare Ltd", sub_processor=sub_processor("Bare Ltd", address="", country=""), purposes=[], locations=[])
    pairs = dict(wording.details(_changes(document(), document({**bare, "data_categories": []}))[0], EN))
    assert [pairs[label] for label in ("Address", "Contact", "Purposes", "Data categories", "Location")] == [
        "not stated"
    ] * 5


def test_a_third_country_without_a_mechanism_is_called_not_assessed() -> None:
    pairs = dict(wording.details(_changes(document(), document(entry("A", locations=[location("IN")])))[0], EN))
    assert "not assessed" in pairs["Location"].lower()
    pairs = dict(wording.details(_changes(document(), document(entry("A", locations=[location("FR")])))[0], EN))
    assert pairs["Location"] == "Processing: France"


@pytest.mark.parametrize(
    ("sides", "pairs"),
    [
        (
            _edit(locations=([_states("EU-46-2-C")], [_states("EU-45-DPF")])),
            [
                ("Location", "Processing: United States"),
                ("Before", "EU standard contractual clauses (Art. 46(2)(c) GDPR)"),
                ("After", "EU-US Data Privacy Framework, certified recipient (Art. 45(3) GDPR)"),
            ],
        ),
        (
            _edit(applies_to=([{"en": "Mail"}], [])),
            [("Products, before", "Mail"), ("Products, after", "all products")],
        ),
        (
            _edit(exceptional_use=({"conditions": {"en": "On request"}}, None)),
            [("Exceptional use, before", "On request"), ("Exceptional use, after", "none")],
        ),
        (
            _edit(purposes=([text_row("Reprots")], [text_row("Reports", id="row-reprots")])),
            [("Wording, before", "Reprots"), ("Wording, after", "Reports")],
        ),
        (
            _edit(role=("processor", "independent-controller")),
            [("Role, before", "Processor"), ("Role, after", "Independent controller")],
        ),
        (
            _edit(
                purposes=([text_row("Reports", starts_on="2026-12-01")], [text_row("Reports", starts_on="2027-01-01")])
            ),
            [
                ("Purpose", "Reports (from 1 January 2027)"),
                ("First day, before", "1 December 2026"),
                ("First day, after", "1 January 2027"),
            ],
        ),
        (
            _edit(
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
            _edit(locations=([location("DE", purposes=["row-hosting"])], [location("DE")])),
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
    (change,) = _changes(*sides)
    told = wording.details(change, EN, known=Known.of(*sides))
    assert told[1 : len(pairs) + 1] == pairs
    assert told[len(pairs) + 1] == ("Sub-processor", "Sample Analytics B.V.")
    assert told[-1][0] == "Takes effect"


def test_a_register_that_changes_its_days_says_both_numbers() -> None:
    (change,) = _changes(document(notice_days=30), document(notice_days=14))
    pairs = wording.details(change, EN)
    assert ("Days of notice, before", "30") in pairs
    assert ("Days of notice, after", "14") in pairs
    assert "Sub-processor" not in dict(pairs)


def test_describe_gives_every_change_in_order() -> None:
    before, after = document(), document(_full(), entry("Example Hosting GmbH"))
    changes = _changes(before, after)
    told = wording.describe(changes, EN, known=Known.of(before, after))
    assert [section.headline for section in told] == _headlines(before, after)
    assert all(section.details for section in told)
