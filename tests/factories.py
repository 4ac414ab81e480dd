"""Builders of register documents for tests: give what matters, the rest is plausible and deterministic."""

from typing import Any, cast

from registry.snapshot import SCHEMA_PATH, Document, Entry, Location, Mechanism, SubProcessor, TextRow

_NO_CONTACT = {"role": "", "email": "", "url": ""}


def mechanism(code: str = "EU-SCC-M3", **given: Any) -> Mechanism:
    base = {"id": f"mech-{code.lower()}", "code": code, "module": 3 if code == "EU-SCC-M3" else None, "reference": ""}
    return cast(Mechanism, {**base, "primary": True, "starts_on": None, "ends_on": None, **given})


def location(code: str = "DE", **given: Any) -> Location:
    place = {"code": code, "text": {}, "countries": []}
    base = {"id": f"loc-{code.lower()}", "activity": "processing", "place": place, "purposes": [], "mechanisms": []}
    return cast(Location, {**base, "tia": None, "starts_on": None, "ends_on": None, **given})


def text_row(text: str, **given: Any) -> TextRow:
    base = {"id": "row-" + text.lower().replace(" ", "-")[:24], "text": {"en": text}}
    return cast(TextRow, {**base, "starts_on": None, "ends_on": None, **given})


def sub_processor(name: str, **given: Any) -> SubProcessor:
    base = {"id": "sp-" + name.lower().replace(" ", "-").replace(".", ""), "legal_name": name, "trading_name": ""}
    rest = {"address": "1 Sample Street", "country": "DE", "contact": dict(_NO_CONTACT), "website": ""}
    more = {"affiliate": False, "parent": "", "lei": "", "own_list_url": "", "dpa_url": ""}
    return cast(SubProcessor, {**base, **rest, **more, **given})


def entry(name: str = "Example Hosting GmbH", **given: Any) -> Entry:
    """An entry for a company called `name`; `sub_processor`, `purposes`, `locations` … replace the defaults."""
    company = given.pop("sub_processor", None) or sub_processor(name)
    base = {
        "id": "e-" + name.lower().replace(" ", "-").replace(".", ""),
        "role": "sub-processor",
        "group": {"en": "Third parties"},
        "replaces": None,
        "sub_processor": company,
        "purposes": [text_row("Hosting")],
        "data_categories": [text_row("Contact data")],
        "data_subjects": [{"en": "Users"}],
        "applies_to": [],
        "exceptional_use": None,
        "description": {},
        "retention": {},
        "notes": {},
        "locations": [location("DE")],
        "starts_on": None,
        "ends_on": None,
    }
    return cast(Entry, {**base, **given})


def document(*entries: Entry, **given: Any) -> Document:
    base = {
        "$schema": SCHEMA_PATH,
        "register": {
            "slug": "general",
            "title": {"en": "Sub-processors"},
            "intro": {"en": "The companies that process our customers' personal data on our behalf."},
            "timezone": "Europe/Zagreb",
            "languages": ["en"],
            "prevailing_language": "en",
        },
        "publisher": {
            "name": "Acme Cloud d.d.",
            "address": "Sample Road 1, 10000 Zagreb",
            "country": "HR",
            "website": "https://acme.example",
            "contact": {"role": "Privacy office", "email": "privacy@acme.example", "url": ""},
        },
        "entries": list(entries),
        "transfer_impact_assessments": [],
        "notice_days": 30,
        "objection_days": 14,
    }
    return cast(Document, {**base, **given})
