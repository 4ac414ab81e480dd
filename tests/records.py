"""A small record in a real database: a register with entries, made by the verbs that editors use."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from registry import accounts, drafting, publishing, schemas
from registry.models import Entry, Register, User
from registry.published import Published
from registry.work import OPERATOR, Actor, Work
from registry.working_copy import entries_of, entry_values

PASSWORD = "correct horse battery staple"


def add_register(work: Work, slug: str = "general", **given: Any) -> Register:
    values = {"slug": slug, "title": {"en": "Sub-processors"}, "timezone": "Europe/Zagreb", "languages": ["en"]}
    return drafting.add_register(work, schemas.load(schemas.RegisterSchema(), {**values, **given}))


def add_entry(work: Work, register: Register, name: str, **given: Any) -> Entry:
    """An entry of a company with one purpose, one data category and one place (Germany) unless given otherwise."""
    values = {
        "sub_processor": {"legal_name": name, "country": "DE"},
        "group": {"en": "Third parties"},
        "purposes": [{"text": {"en": "Hosting"}}],
        "data_categories": [{"text": {"en": "Contact data"}}],
        "locations": [{"place": {"code": "DE"}, "mechanisms": [{"code": "NT-EEA"}]}],
    }
    return drafting.add_entry(work, register, schemas.load(schemas.EntrySchema(), {**values, **given}))


def values_of(work: Work, entry: Entry) -> dict[str, Any]:
    return dict(entry_values(work, [entry])[0])


def save(work: Work, entry: Entry, values: dict[str, Any]) -> None:
    drafting.save_entry(work, entry, schemas.load(schemas.EntrySchema(), values), version=None)


def entry_of(work: Work, register: Register, name: str) -> Entry:
    for entry in entries_of(work, register):
        if values_of(work, entry)["sub_processor"]["legal_name"] == name:
            return entry
    raise LookupError(name)


def publish(work: Work, register: Register, *, note: str = "", **options: Any) -> Published:
    """Propose and publish as the operator."""
    return publishing.publish(work, register, publishing.propose(work, register, note=note), **options)


def add_person(work: Work, name: str, role: str) -> User:
    email = f"{name.lower()}@acme.example"
    return accounts.add_user(work, email=email, role=role, name=name, password=PASSWORD)


def acting(work: Work, person: User | None, *, at: datetime | None = None) -> Work:
    """The same session with another actor (the operator when nobody is named) and perhaps another instant."""
    actor = Actor(person.name, person.id, person.role) if person else OPERATOR
    return Work(work.session, at or work.now, actor)


def names(entries: Iterable[Any]) -> list[str]:
    return [entry["sub_processor"]["legal_name"] for entry in entries]
