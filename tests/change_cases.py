"""One real comparison for every kind of change, with the sentence it is told in."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from registry import diff
from registry.snapshot import Document
from tests import documents
from tests.factories import document, entry, location, mechanism, sub_processor, text_row

ON = date(2026, 11, 22)
NAME = "Sample Analytics B.V."

Sides = tuple[Document | None, Document]
Case = tuple[str, str, Sides]
"""A kind, the sentence for it, and the two documents that give it."""


def changes_between(before: Document | None, after: Document) -> list[dict[str, Any]]:
    """The changes as machines read them, found on the day of the tests."""
    return [change.as_json() for change in diff.compare(before, after, on=ON)]


def edited(**given: Any) -> tuple[Document, Document]:
    """The same entry before and after an edit; the values of `given` are pairs."""
    sides = [{field: pair[side] for field, pair in given.items()} for side in (0, 1)]
    return document(entry(NAME, **sides[0])), document(entry(NAME, **sides[1]))


def states(code: str, **given: Any) -> Any:
    return location("US", mechanisms=[mechanism(code, id="m", **given)])


def _companies() -> Iterator[Case]:
    hosting, analytics = entry("Example Hosting GmbH"), entry(NAME, locations=[location("NL")])
    renamed = sub_processor(NAME) | {"legal_name": "Sampled B.V."}
    successor = entry("Newer Ltd", replaces=hosting["id"], locations=[location("GB"), location("CH")])
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
        edited(sub_processor=(sub_processor(NAME), renamed)),
    )


def _rows() -> Iterator[Case]:
    both = location("DE"), location("NL")
    purposes = text_row("Hosting"), text_row("Reports")
    yield (
        "location-added",
        "A location of Sample Analytics B.V. is added: Processing, Netherlands",
        edited(locations=([both[0]], [*both])),
    )
    yield (
        "location-removed",
        "A location of Sample Analytics B.V. is removed: Processing, Netherlands",
        edited(locations=([*both], [both[0]])),
    )
    yield (
        "purpose-added",
        "A purpose of Sample Analytics B.V. is added: Reports",
        edited(purposes=([purposes[0]], [*purposes])),
    )
    yield (
        "purpose-removed",
        "A purpose of Sample Analytics B.V. is removed: Reports",
        edited(purposes=([*purposes], [purposes[0]])),
    )
    yield (
        "data-category-added",
        "A data category of Sample Analytics B.V. is added: Reports",
        edited(data_categories=([purposes[0]], [*purposes])),
    )
    yield (
        "data-category-removed",
        "A data category of Sample Analytics B.V. is removed: Reports",
        edited(data_categories=([*purposes], [purposes[0]])),
    )


def _terms() -> Iterator[Case]:
    yield (
        "scope-changed",
        "Sample Analytics B.V. is used for other products",
        edited(applies_to=([{"en": "Mail"}], [{"en": "Mail"}, {"en": "Voice"}])),
    )
    yield (
        "scope-changed",
        "Sample Analytics B.V. is no longer used only in exceptional cases",
        edited(exceptional_use=({"conditions": {"en": "On request"}}, None)),
    )
    yield (
        "mechanism-changed",
        "The transfer mechanism of Sample Analytics B.V. changes: United States",
        edited(locations=([states("EU-46-2-C")], [states("EU-45-DPF")])),
    )
    yield (
        "role-changed",
        "Sample Analytics B.V. has another role: Independent controller",
        edited(role=("sub-processor", "independent-controller")),
    )


def _plans() -> Iterator[Case]:
    hosting, announced = entry("Example Hosting GmbH"), entry(NAME, starts_on="2026-12-22")
    leaving = entry(NAME, ends_on="2026-12-31")
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


def _quiet() -> Iterator[Case]:
    moved = sub_processor(NAME) | {"address": "2 New Street"}
    yield (
        "contact-changed",
        "Address or contact of Sample Analytics B.V. change",
        edited(sub_processor=(sub_processor(NAME), moved)),
    )
    yield (
        "tia-updated",
        "The transfer impact assessment “Transfers to the United States” is updated",
        (
            document(transfer_impact_assessments=[documents.assessment()]),
            document(transfer_impact_assessments=[documents.assessment(summary={"en": "Fine."})]),
        ),
    )
    yield (
        "text-corrected",
        "The wording for Sample Analytics B.V. is corrected",
        edited(description=({"en": "Reprots"}, {"en": "Reports"})),
    )
    yield (
        "text-corrected",
        "The description of the register “Sub-processors” changes",
        (document(notice_days=30), document(notice_days=14)),
    )


CASES = [*_companies(), *_rows(), *_terms(), *_plans(), *_quiet()]
