"""Editing the working copy. Nothing here is public until it has been proposed and published.

All verbs take values that `registry.schemas` has checked, in the shape of the register document.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func
from sqlmodel import col, delete, select

from registry import published
from registry.errors import Problem
from registry.ids import new_id
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
from registry.snapshot import Document
from registry.work import Work

Values = Mapping[str, Any]


def add_register(work: Work, values: Values) -> Register:
    """Add a register below the others. Raises Problem("conflict") when the slug is taken."""
    slug = values["slug"]
    if work.session.exec(select(Register).where(Register.slug == slug)).first():
        raise Problem("conflict", "slug-taken", f"There is already a register called “{slug}”.")
    last = work.session.exec(select(func.max(col(Register.position)))).one()
    register = Register(position=(last or 0) + 1, **values)
    work.session.add(register)
    work.session.flush()
    work.record("register.added", subject=slug, register_id=register.id)
    return register


def save_register(work: Work, register: Register, values: Values, *, version: int) -> None:
    """Change a register's head. The slug is part of published addresses and stays.

    Raises Problem("conflict") when somebody saved it meanwhile.
    """
    _take_turn(work, register)
    _same_version(register.version, version)
    _assign(register, {name: value for name, value in values.items() if name != "slug"})
    register.version += 1
    work.session.flush()
    work.record("register.saved", subject=register.slug, register_id=register.id)


def save_publisher(work: Work, values: Values, *, version: int) -> Publisher:
    """Change what is said of the company. Raises Problem("conflict") when somebody saved it meanwhile."""
    publisher = published.publisher(work)
    if publisher in work.session:
        _take_turn(work, publisher)
    _same_version(publisher.version, version)
    _assign(publisher, _with_flat_contact(values))
    publisher.version += 1
    work.session.add(publisher)
    work.session.flush()
    work.record("publisher.saved", subject=publisher.name)
    return publisher


def entry_version(work: Work, entry: Entry) -> str:
    """What a form must hand back so that a save over somebody else's is noticed: entry and company together."""
    company = work.session.get_one(SubProcessor, entry.sub_processor_id)
    return f"{entry.version}.{company.version}"


def entry(work: Work, register: Register, entry_id: str) -> Entry:
    """One entry of this register's working copy. Raises Problem("not_found")."""
    found = work.session.get(Entry, entry_id)
    if found is None or found.register_id != register.id:
        raise Problem("not_found", "entry-unknown", "There is no such entry in this register.")
    return found


def add_entry(work: Work, register: Register, values: Values) -> Entry:
    """Add an entry at the end. A company of exactly that legal name that is known already is used, not doubled."""
    if values.get("id") and work.session.get(Entry, values["id"]):
        raise Problem("conflict", "entry-exists", "This entry has already been saved.")
    company = _company(work, values["sub_processor"])
    last = work.session.exec(select(func.max(col(Entry.position))).where(Entry.register_id == register.id)).one()
    added = Entry(register_id=register.id, sub_processor_id=company.id, position=(last or 0) + 1)
    if values.get("id"):
        added.id = values["id"]
    work.session.add(added)
    _write_entry(work, added, values, fresh=True)
    work.record("entry.added", subject=company.legal_name, register_id=register.id, entry=added.id)
    return added


def save_entry(work: Work, entry: Entry, values: Values, *, version: str | None) -> Entry:
    """Replace what an entry says. Rows keep their ids; rows no longer there go.

    `version` is `entry_version` as of when the editor began; None skips that check (importer, restore).
    Raises Problem("conflict") when somebody saved it meanwhile; nothing is changed then.
    """
    if version is not None:
        _take_turn(work, entry)
        _take_turn(work, work.session.get_one(SubProcessor, entry.sub_processor_id))
        _same_version(entry_version(work, entry), version)
    entry.sub_processor_id = _company(work, values["sub_processor"]).id
    entry.version += 1
    _write_entry(work, entry, values)
    name = values["sub_processor"]["legal_name"]
    work.record("entry.saved", subject=name, register_id=entry.register_id, entry=entry.id)
    return entry


def remove_entry(work: Work, entry: Entry) -> None:
    """Take an entry out of the working copy; what has been published of it stays published."""
    company = work.session.get_one(SubProcessor, entry.sub_processor_id)
    work.record("entry.removed", subject=company.legal_name, register_id=entry.register_id, entry=entry.id)
    work.session.delete(entry)
    work.session.flush()


def order_entries(work: Work, register: Register, ids: Sequence[str]) -> None:
    """Put the entries of a register in this order; ones not named keep their place behind them."""
    place = {entry_id: index for index, entry_id in enumerate(ids)}
    query = select(Entry).where(Entry.register_id == register.id)
    found = sorted(work.session.exec(query), key=lambda row: (place.get(row.id, len(place)), row.position))
    for index, row in enumerate(found):
        row.position = index + 1
    work.session.flush()
    work.record("entries.ordered", subject=register.slug, register_id=register.id)


def put_entry(work: Work, register: Register, values: Values) -> Entry:
    """Write an entry under the id it has, whether it stands in the working copy or not."""
    found = work.session.get(Entry, values["id"])
    if found is None:
        found = Entry(id=values["id"], register_id=register.id, sub_processor_id="")
    found.sub_processor_id = _company(work, values["sub_processor"]).id
    found.version += 1
    work.session.add(found)
    _write_entry(work, found, values)
    return found


def assessments(work: Work) -> list[Assessment]:
    """All transfer impact assessments of the company."""
    return list(work.session.exec(select(Assessment).order_by(col(Assessment.destination), col(Assessment.id))))


def add_assessment(work: Work, values: Values, *, assessment_id: str | None = None) -> Assessment:
    added = Assessment(id=assessment_id or new_id())
    _assign(added, _assessment_fields(values))
    work.session.add(added)
    work.session.flush()
    work.record("assessment.added", subject=added.destination)
    return added


def save_assessment(work: Work, assessment: Assessment, values: Values, *, version: int) -> None:
    """Change an assessment. Raises Problem("conflict") when somebody saved it meanwhile."""
    _take_turn(work, assessment)
    _same_version(assessment.version, version)
    _assign(assessment, _assessment_fields(values))
    assessment.version += 1
    work.session.flush()
    work.record("assessment.saved", subject=assessment.destination, assessment=assessment.id)


def restore(work: Work, register: Register, document: Document) -> None:
    """Load a published document back into the working copy, in place of what stands there.

    Entries and rows keep the ids they were published with. What an assessment holds beyond its published part
    stays as it is. Companies are shared by all registers, so their facts go back for all of them.
    """
    head = {name: value for name, value in document["register"].items() if name != "slug"}
    _assign(register, {**head, "notice_days": document["notice_days"], "objection_days": document["objection_days"]})
    register.version += 1
    for values in document["transfer_impact_assessments"]:
        _restore_assessment(work, dict(values))
    known = {row.id: row for row in work.session.exec(select(Entry).where(Entry.register_id == register.id))}
    for gone in known.keys() - {values["id"] for values in document["entries"]}:
        work.session.delete(known[gone])
    work.session.flush()
    for entry_values in document["entries"]:
        put_entry(work, register, entry_values)
    order_entries(work, register, [values["id"] for values in document["entries"]])
    work.record("working-copy.restored", subject=register.slug, register_id=register.id)


def _restore_assessment(work: Work, values: dict[str, Any]) -> None:
    found = work.session.get(Assessment, values["id"]) or Assessment(id=values["id"])
    _assign(found, _assessment_fields({name: value for name, value in values.items() if name != "id"}))
    found.version += 1
    work.session.add(found)
    work.session.flush()


def _company(work: Work, values: Values) -> SubProcessor:
    """The company these values speak of, brought up to date; a new one when nobody of that name is known."""
    fields = _with_flat_contact(values)
    given = fields.pop("id", "") or ""
    found = work.session.get(SubProcessor, given) if given else None
    if found is None and not given:
        query = select(SubProcessor).where(SubProcessor.legal_name == fields["legal_name"])
        found = work.session.exec(query.order_by(col(SubProcessor.id))).first()
        fields = {name: value for name, value in fields.items() if value} if found else fields
    if found is None:
        found = SubProcessor(**{**fields, "id": given or new_id()})
    elif any(getattr(found, name) != value for name, value in fields.items()):
        _assign(found, fields)
        found.version += 1
    work.session.add(found)
    work.session.flush()
    return found


def _write_entry(work: Work, row: Entry, values: Values, *, fresh: bool = False) -> None:
    """Make an entry say exactly this; a `fresh` one has no rows yet that would have to be looked for."""
    names = ("role", "replaces", "data_subjects", "applies_to", "description", "retention", "notes")
    _assign(row, {name: values[name] for name in names})
    used = values["exceptional_use"]
    row.heading, row.exceptional_use = values["group"], used is not None
    row.exceptional_conditions = used["conditions"] if used else {}
    row.starts_on, row.ends_on = _day(values["starts_on"]), _day(values["ends_on"])
    work.session.flush()
    for table, name in ((Purpose, "purposes"), (DataCategory, "data_categories")):
        _write_rows(work, table, {"entry_id": row.id}, [_dated(one, text=one["text"]) for one in values[name]], fresh)
    _write_rows(work, Location, {"entry_id": row.id}, [_location_fields(one) for one in values["locations"]], fresh)
    for location in values["locations"]:
        rows = [_mechanism_fields(one) for one in location["mechanisms"]]
        _write_rows(work, LocationMechanism, {"location_id": location["id"]}, rows, fresh)


def _location_fields(values: Values) -> dict[str, Any]:
    place = values["place"]
    fields = {"place_code": place["code"], "place_text": place["text"], "countries": place["countries"]}
    return _dated(
        values, activity=values["activity"], purposes=values["purposes"], assessment_id=values["tia"], **fields
    )


def _mechanism_fields(values: Values) -> dict[str, Any]:
    fields = {name: values[name] for name in ("code", "module", "reference")}
    return _dated(values, is_primary=values["primary"], **fields)


def _dated(values: Values, **fields: Any) -> dict[str, Any]:
    dates = {"starts_on": _day(values["starts_on"]), "ends_on": _day(values["ends_on"])}
    return {"id": values["id"], **dates, **fields}


def _write_rows(
    work: Work, table: Any, owner: dict[str, str], rows: Sequence[dict[str, Any]], fresh: bool = False
) -> None:
    """Make the rows of one owner exactly these, in this order, by id."""
    ((column, owner_id),) = owner.items()
    query = select(table).where(getattr(table, column) == owner_id)
    known = {} if fresh else {row.id: row for row in work.session.exec(query)}
    gone = known.keys() - {fields["id"] for fields in rows}
    if gone:
        work.session.exec(delete(table).where(col(table.id).in_(gone)))
    for position, fields in enumerate(rows):
        row = known.get(fields["id"])
        if row is None:
            row = table(**owner, **fields)
            work.session.add(row)
        _assign(row, {**fields, "position": position})
    work.session.flush()


def _with_flat_contact(values: Values) -> dict[str, Any]:
    flat = {name: value for name, value in values.items() if name != "contact"}
    return {**flat, **{f"contact_{name}": value for name, value in values.get("contact", {}).items()}}


def _assessment_fields(values: Values) -> dict[str, Any]:
    dates = {name: _day(values[name]) for name in ("assessed_on", "next_review_on") if name in values}
    fields = {name: value for name, value in values.items() if name not in ("version", *dates)}
    return {**fields, **dates, **({"edition": values["version"]} if "version" in values else {})}


def _assign(row: Any, fields: Values) -> None:
    for name, value in fields.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _day(value: str | date | None) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _take_turn(work: Work, row: Any) -> None:
    """Read a row anew and keep others from saving it until we are done: of two saves at once one must see the other."""
    work.session.refresh(row, with_for_update=True)


def _same_version(stands: int | str, known: int | str) -> None:
    if stands != known:
        message = "Somebody else saved this while you were editing. Nothing of yours is lost: both texts are below."
        raise Problem("conflict", "edited-meanwhile", message)
