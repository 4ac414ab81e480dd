"""A register document with something of everything, for the tests of what is made of it."""

from datetime import date
from typing import Any, cast

from registry import snapshot
from registry.snapshot import Assessment, Document, Entry, PublicationHead
from tests import factories

TODAY = date(2026, 11, 22)
BASE = "https://trust.acme.example"
HEAD: PublicationHead = {
    "number": 3,
    "published_at": "2026-11-22T10:00:00Z",
    "note": "Analytics from December.",
    "baseline": False,
    "previous_hash": "1" * 64,
    "hash": "2" * 64,
}


def rich() -> Document:
    """Two languages, an announced entry, an ended one, an area with countries, a fallback, an exceptional use."""
    support = factories.entry(
        "Acme Support d.o.o.",
        group={"en": "Affiliates"},
        locations=[],
        exceptional_use={"conditions": {"en": "When a ticket asks for it"}},
        role="processor",
    )
    entries = [
        factories.entry("Example Hosting GmbH"),
        analytics(),
        support,
        factories.entry("Gone Ltd", ends_on="2026-01-31"),
    ]
    return factories.document(*entries, transfer_impact_assessments=[assessment()])


def analytics() -> Entry:
    """An announced entry with dated purposes, a third country and a place the customer chooses."""
    purposes = [
        factories.text_row("Product analytics"),
        factories.text_row("Crash reports", starts_on="2027-01-15"),
        factories.text_row("Surveys", ends_on="2026-06-30"),
    ]
    purposes[0]["text"]["de"] = "Produktanalyse"
    mechanisms = [
        factories.mechanism("EU-45-DPF", reference="certified until 2027"),
        factories.mechanism("EU-46-2-C", module=3, primary=False),
    ]
    limits = [purposes[0]["id"]]
    place = {"code": "X-CUSTOMER", "text": {"en": "As you choose"}, "countries": ["DE", "IE"]}
    contact = {"role": "Data protection officer", "email": "dpo@analytics.example", "url": ""}
    name = "Sample Analytics B.V."
    return factories.entry(
        name,
        sub_processor=factories.sub_processor(name, country="NL", contact=contact, trading_name="Sampled"),
        purposes=purposes,
        locations=[
            factories.location("US", activity="remote-access", purposes=limits, mechanisms=mechanisms, tia="tia-us"),
            factories.location("X-CUSTOMER", place=place),
        ],
        starts_on="2026-12-22",
    )


def assessment(**given: Any) -> Assessment:
    base = {
        "id": "tia-us",
        "title": {"en": "Transfers to the United States"},
        "destination": "US",
        "tool": "EU-46-2-C",
        "module": 3,
        "summary": {"en": "Equivalent with measures."},
        "conclusion": "equivalent-with-measures",
        "residual_risk": "low",
        "assessed_on": "2026-10-01",
        "next_review_on": None,
        "assessor_role": "Privacy officer",
        "version": "1",
    }
    return cast(Assessment, {**base, **given})


def served(document: Document | None = None) -> Document:
    return snapshot.served(document or rich(), HEAD, TODAY)
