"""The working copy as documents: a register's tables read into the document shape, whole or one entry.

Reading a register takes one query a table, however many entries it has.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar, cast

from sqlmodel import SQLModel, col, select

from registry import published
from registry.models import (
    Assessment,
    DataCategory,
    Entry,
    Location,
    LocationMechanism,
    Publisher,
    Purpose,
    Register,
    SubProcessor,
)
from registry.snapshot import SCHEMA_PATH, Document
from registry.snapshot import Assessment as AssessmentValues
from registry.snapshot import Entry as EntryValues
from registry.snapshot import Location as LocationValues
from registry.work import Work

Row = TypeVar("Row", bound=SQLModel)


def working_document(work: Work, register: Register) -> Document:
    """The register's working copy as the document it would be if it were frozen now."""
    entries = entry_values(work, entries_of(work, register))
    linked = {location["tia"] for entry in entries for location in entry["locations"]} - {None}
    assessments = _all(work, Assessment, col(Assessment.id).in_(linked)) if linked else []
    head = {name: getattr(register, name) for name in ("slug", "title", "intro", "timezone", "prevailing_language")}
    document = {
        "$schema": SCHEMA_PATH,
        "register": {**head, "languages": list(register.languages)},
        "publisher": publisher_values(published.publisher(work)),
        "entries": entries,
        "transfer_impact_assessments": [published_part(row) for row in sorted(assessments, key=lambda row: row.id)],
        "notice_days": register.notice_days,
        "objection_days": register.objection_days,
    }
    return cast(Document, document)


def entries_of(work: Work, register: Register) -> list[Entry]:
    """The entries of a register's working copy in display order."""
    query = select(Entry).where(Entry.register_id == register.id).order_by(col(Entry.position), col(Entry.id))
    return list(work.session.exec(query))


def entry_values(work: Work, entries: Sequence[Entry]) -> list[EntryValues]:
    """These entries in the shape of the document, with their rows in display order."""
    ids = [entry.id for entry in entries]
    companies = {row.id: row for row in _in(work, SubProcessor, "id", {entry.sub_processor_id for entry in entries})}
    purposes = _by_owner(_in(work, Purpose, "entry_id", ids), "entry_id")
    categories = _by_owner(_in(work, DataCategory, "entry_id", ids), "entry_id")
    locations = _by_owner(_in(work, Location, "entry_id", ids), "entry_id")
    places = [location.id for rows in locations.values() for location in rows]
    mechanisms = _by_owner(_in(work, LocationMechanism, "location_id", places), "location_id")
    found = []
    for entry in entries:
        values = {
            **_entry_fields(entry),
            "sub_processor": sub_processor_values(companies[entry.sub_processor_id]),
            "purposes": [_text_row(row) for row in purposes[entry.id]],
            "data_categories": [_text_row(row) for row in categories[entry.id]],
            "locations": [_location(row, mechanisms[row.id]) for row in locations[entry.id]],
        }
        found.append(cast(EntryValues, values))
    return found


def sub_processor_values(row: SubProcessor) -> dict[str, Any]:
    plain = ("id", "legal_name", "trading_name", "address", "country", "website", "affiliate", "parent", "lei")
    values = {name: getattr(row, name) for name in (*plain, "own_list_url", "dpa_url")}
    return {**values, "contact": _contact(row)}


def companies(work: Work) -> list[SubProcessor]:
    """Every company that stands in some register, or once did, by name."""
    return list(work.session.exec(select(SubProcessor).order_by(col(SubProcessor.legal_name), col(SubProcessor.id))))


def registers_with(work: Work, company_id: str) -> list[Register]:
    """The registers whose working copy has an entry of this company, in the order of the page."""
    entered = select(Entry.register_id).where(Entry.sub_processor_id == company_id)
    query = select(Register).where(col(Register.id).in_(entered)).order_by(col(Register.position), col(Register.slug))
    return list(work.session.exec(query))


def publisher_values(row: Publisher) -> dict[str, Any]:
    return {
        **{name: getattr(row, name) for name in ("name", "address", "country", "website")},
        "contact": _contact(row),
    }


def published_part(row: Assessment) -> AssessmentValues:
    """What of an assessment is published: who assessed what, when, with which conclusion; never the annex."""
    plain = ("id", "title", "destination", "tool", "module", "summary", "conclusion", "residual_risk", "assessor_role")
    values = {name: getattr(row, name) for name in plain}
    dates = {name: _iso(getattr(row, name)) for name in ("assessed_on", "next_review_on")}
    return cast(AssessmentValues, {**values, **dates, "version": row.edition})


def _contact(row: SubProcessor | Publisher) -> dict[str, str]:
    return {"role": row.contact_role, "email": row.contact_email, "url": row.contact_url}


def _entry_fields(entry: Entry) -> dict[str, Any]:
    texts = {name: dict(getattr(entry, name)) for name in ("description", "retention", "notes")}
    used = {"conditions": dict(entry.exceptional_conditions)} if entry.exceptional_use else None
    return {
        **texts,
        **_dated(entry),
        "role": entry.role,
        "group": dict(entry.heading),
        "replaces": entry.replaces,
        "data_subjects": list(entry.data_subjects),
        "applies_to": list(entry.applies_to),
        "exceptional_use": used,
    }


def _text_row(row: Purpose | DataCategory) -> dict[str, Any]:
    return {**_dated(row), "text": dict(row.text)}


def _location(row: Location, mechanisms: Iterable[LocationMechanism]) -> LocationValues:
    values = {
        **_dated(row),
        "activity": row.activity,
        "place": {"code": row.place_code, "text": dict(row.place_text), "countries": list(row.countries)},
        "purposes": list(row.purposes),
        "mechanisms": [_mechanism(mechanism) for mechanism in mechanisms],
        "tia": row.assessment_id,
    }
    return cast(LocationValues, values)


def _mechanism(row: LocationMechanism) -> dict[str, Any]:
    values = {"code": row.code, "module": row.module, "reference": row.reference, "primary": row.is_primary}
    return {**_dated(row), **values}


def _dated(row: Any) -> dict[str, Any]:
    return {"id": row.id, "starts_on": _iso(row.starts_on), "ends_on": _iso(row.ends_on)}


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


_CHUNK = 500  # ids a query: SQLite's limit of bound parameters is far away


def _in(work: Work, table: type[Row], column: str, wanted: Iterable[str]) -> list[Row]:
    ids = list(wanted)
    found: list[Row] = []
    for start in range(0, len(ids), _CHUNK):
        found += _all(work, table, col(getattr(table, column)).in_(ids[start : start + _CHUNK]))
    return found


def _all(work: Work, table: type[Row], condition: Any) -> list[Row]:
    return list(work.session.exec(select(table).where(condition)))


def _by_owner(rows: Iterable[Any], owner: str) -> dict[str, list[Any]]:
    owned: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.position, row.id)):
        owned[getattr(row, owner)].append(row)
    return owned
