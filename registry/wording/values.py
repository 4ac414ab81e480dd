"""The old or new value of a change in words, told by its shape, and the names of the fields and rows it stands in."""

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from registry import text
from registry.snapshot import Assessment, TextRow
from registry.wording import phrases
from registry.wording.phrases import Voice

_COMPANY_FIELDS = {"address", "country", "contact", "website", "affiliate", "parent", "lei", "own_list_url", "dpa_url"}
_ASSESSMENT_FIELD = "assessor_role"
_CODES: dict[str | None, Callable[[str, Voice], str]] = {
    "role": phrases.role,
    "country": phrases.country,
    "destination": phrases.country,
}


def is_record(value: Any) -> bool:
    """Whether a value is told field by field: what is known of a company, or an assessment."""
    return isinstance(value, dict) and not {*_COMPANY_FIELDS, _ASSESSMENT_FIELD}.isdisjoint(value)


def worded(value: Any, field: str | None, to: Voice, purposes: Sequence[TextRow] = ()) -> str:
    """One value in words; empty where there is none. `purposes` name those that a location is limited to."""
    _ = to.translator.gettext
    everything = {"purposes": _("all purposes"), "applies_to": _("all products")}
    if isinstance(value, list) and not value:
        return everything.get(field or "", "")
    if isinstance(value, list):
        names = {row["id"]: phrases.local(row["text"], to) for row in reversed(purposes)}
        items = [names.get(item, item) for item in value] if field == "purposes" else value
        return "; ".join(words for words in (worded(item, None, to, purposes) for item in items) if words)
    if isinstance(value, str) and field in _CODES:
        return _CODES[field](value, to)
    return _of_object(value, to, purposes) if isinstance(value, dict) else _of_scalar(value, field, to)


def field_name(field: str, to: Voice) -> str:
    """A field of the document as a reader knows it; one of a later version keeps its own name."""
    _ = to.translator.gettext
    names = {
        "address": _("Address"),
        "affiliate": _("Affiliate"),
        "applies_to": _("Products"),
        "assessed_on": _("Assessed on"),
        "assessor_role": _("Assessed by"),
        "conclusion": _("Conclusion"),
        "contact": _("Contact"),
        "country": _("Country"),
        "data_subjects": _("Data subjects"),
        "description": _("Description"),
        "destination": _("Destination"),
        "dpa_url": _("Data processing agreement"),
        "ends_on": _("Last day"),
        "exceptional_use": _("Exceptional use"),
        "group": _("Group"),
        "intro": _("Introduction"),
        "languages": _("Languages"),
        "lei": _("Legal entity identifier"),
        "module": _("Module"),
        "next_review_on": _("Next review"),
        "notes": _("Notes"),
        "notice_days": _("Days of notice"),
        "objection_days": _("Days to object"),
        "own_list_url": _("Its own list of sub-processors"),
        "parent": _("Parent company"),
        "place": _("Place"),
        "prevailing_language": _("Prevailing language"),
        "publisher.name": _("Our name"),
        "purposes": _("Purposes"),
        "reference": _("Reference"),
        "replaces": _("Takes over from"),
        "residual_risk": _("Residual risk"),
        "retention": _("Retention"),
        "role": _("Role"),
        "slug": _("Address of the page"),
        "starts_on": _("First day"),
        "summary": _("Summary"),
        "text": _("Wording"),
        "tia": _("Transfer impact assessment"),
        "timezone": _("Time zone"),
        "title": _("Title"),
        "tool": _("Transfer mechanism"),
        "version": _("Edition"),
        "website": _("Website"),
    }
    return names.get(field, field)


def type_name(type_: str, to: Voice) -> str:
    """What sort of thing a change is about."""
    _ = to.translator.gettext
    names = {
        "sub-processor": _("Sub-processor"),
        "purpose": _("Purpose"),
        "data-category": _("Data category"),
        "location": _("Location"),
        "mechanism": _("Transfer mechanism"),
        "scope": _("Scope"),
        "role": _("Role"),
        "contact": _("Contact"),
        "text": _("Wording"),
        "tia": _("Transfer impact assessment"),
        "register": _("Register"),
    }
    return names.get(type_, type_)


def _of_object(value: Any, to: Voice, purposes: Sequence[TextRow]) -> str:
    """A location, mechanism, place, assessment, limit or dated text, each known by a field that only it has."""
    shapes: dict[str, Callable[[], str]] = {
        "activity": lambda: phrases.location(value, purposes, to),
        "primary": lambda: phrases.mechanism(value, to),
        "countries": lambda: phrases.place(value, to),
        _ASSESSMENT_FIELD: lambda: _assessment(value, to),
        "conditions": lambda: phrases.local(value["conditions"], to) or to.translator.gettext("yes"),
        "starts_on": lambda: phrases.local(value["text"], to) + phrases.dates(value, to),
        "email": lambda: phrases.contact(value),
    }
    for mark, words in shapes.items():
        if mark in value:
            return words()
    texts = all(isinstance(item, str) for item in value.values())
    return phrases.local(value, to) if texts else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _assessment(value: Assessment, to: Voice) -> str:
    parts = (phrases.local(value["title"], to), phrases.local(value["summary"], to))
    return ". ".join(part for part in parts if part)


def _of_scalar(value: Any, field: str | None, to: Voice) -> str:
    _ = to.translator.gettext
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field and field.endswith("_on"):
        return text.format_date(date.fromisoformat(value), to.language)
    return str(value)
