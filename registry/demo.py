"""The sample company: what first run shows, what previews and tests use. All of it is invented (data/sample.yaml).

Its history is made by the same verbs as a real one, each act at its own instant before now: baselines, a rename, a
removal, and an addition announced for a later date.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from registry import accounts, clock, drafting, passwords, published, publishing, schemas
from registry.ids import new_id
from registry.models import Entry, Register, SubProcessor
from registry.work import Work
from registry.working_copy import entries_of, entry_values

PASSWORD = "sample-password"  # noqa: S105 - of the sample company; `make run` binds it to this machine only
PEOPLE = (
    ("Olga Owner", "olga@acme.example", "owner"),
    ("Edi Editor", "edi@acme.example", "editor"),
    ("Rena Reviewer", "rena@acme.example", "reviewer"),
    ("Vito Viewer", "vito@acme.example", "viewer"),
)
Begin = Callable[[datetime], AbstractContextManager[Work]]


def load(begin: Begin, now: datetime) -> None:
    """Fill an empty database. `begin(instant)` opens a unit of work that acts at that instant and commits."""
    sample = yaml.safe_load((Path(__file__).parent / "data" / "sample.yaml").read_text(encoding="utf-8"))
    for days_ago, act in (
        (420, _found),
        (300, _rename_the_speech_company),
        (170, _remove_the_mailer),
        (40, _correct_a_word),
        (8, _announce_analytics),
    ):
        with begin(now - timedelta(days=days_ago)) as work:
            act(work, sample)


def is_empty(work: Work) -> bool:
    """Whether nothing has been entered yet, so that the sample company may move in."""
    return not published.registers(work)


def sample_people(work: Work) -> list[tuple[str, str]]:
    """Address and role of the sample accounts that are still there with the password everybody knows."""
    ours = {email: role for _name, email, role in PEOPLE}
    there = [person for person in accounts.users(work) if person.email in ours and not person.disabled_at]
    return [(person.email, person.role) for person in there if passwords.matches(person.password_hash, PASSWORD)]


def _found(work: Work, sample: dict[str, Any]) -> None:
    for name, email, role in PEOPLE:
        accounts.add_user(work, email=email, role=role, name=name, password=PASSWORD)
    drafting.save_publisher(work, schemas.load(schemas.PublisherSchema(), sample["publisher"]), version=1)
    today = clock.civil_date(work.now, "Europe/Zagreb")
    dates = {"assessed_on": today, "next_review_on": today + timedelta(days=730)}
    values = schemas.load(schemas.AssessmentSchema(), {**sample["assessment"], **dates})
    assessment = drafting.add_assessment(work, values)
    for slug, head in sample["registers"].items():
        register = drafting.add_register(work, schemas.load(schemas.RegisterSchema(), {**head, "slug": slug}))
        for key in sample["lists"][slug]:
            drafting.add_entry(work, register, _entry(sample, key, assessment.id))
        _publish(work, register, "The list as it stood when we began to keep it here.", baseline=True)


def _rename_the_speech_company(work: Work, _sample: dict[str, Any]) -> None:
    register = published.register(work, "general")
    entry, values = _find(work, register, "Placeholder Voice Inc.")
    values["sub_processor"]["legal_name"] = "Placeholder Speech Inc."
    drafting.save_entry(work, entry, values, version=None)
    _publish(work, register, "Our speech supplier changed its name; nothing else changed.")


def _remove_the_mailer(work: Work, _sample: dict[str, Any]) -> None:
    register = published.register(work, "general")
    entry, _values = _find(work, register, "Old Mailer Ltd")
    drafting.remove_entry(work, entry)
    _publish(work, register, "We send e-mail ourselves now.")


def _correct_a_word(work: Work, _sample: dict[str, Any]) -> None:
    register = published.register(work, "eu-region")
    entry, values = _find(work, register, "Acme Support d.o.o. Sarajevo")
    values["purposes"][0]["text"]["en"] = "Troubleshooting of e-mail and voice delivery"
    drafting.save_entry(work, entry, values, version=None)
    _publish(work, register, "Said more exactly what is looked at.")


def _announce_analytics(work: Work, sample: dict[str, Any]) -> None:
    register = published.register(work, "general")
    starts = published.today(work, register) + timedelta(days=30)
    drafting.add_entry(work, register, _entry(sample, "analytics", None, starts_on=starts.isoformat()))
    entry, values = _find(work, register, "Example Hosting GmbH")
    values["locations"].append(_location("storage", "SE", ["NT-EEA"], starts_on=starts.isoformat()))
    drafting.save_entry(work, entry, schemas.load(schemas.EntrySchema(), values), version=None)
    _publish(work, register, "Product analytics and a second place of storage, announced 30 days ahead.")


def _publish(work: Work, register: Register, note: str, *, baseline: bool = False) -> None:
    revision = publishing.propose(work, register, note=note)
    publishing.publish(work, register, revision, baseline=baseline)


def _find(work: Work, register: Register, legal_name: str) -> tuple[Entry, dict[str, Any]]:
    for entry in entries_of(work, register):
        if work.session.get_one(SubProcessor, entry.sub_processor_id).legal_name == legal_name:
            return entry, dict(entry_values(work, [entry])[0])
    raise LookupError(legal_name)


def _entry(sample: dict[str, Any], key: str, assessment: str | None, **dates: str) -> dict[str, Any]:
    told = sample["entries"][key]
    purposes = [{"id": new_id(), "text": text} for text in told["purposes"]]
    locations = [_location(activity, code, codes) for activity, code, *codes in told["places"]]
    for index, limited in told.get("limits", {}).items():
        locations[index]["purposes"] = [purposes[number]["id"] for number in limited]
    if told.get("assessed"):
        locations[0]["tia"] = assessment
    values = {
        "sub_processor": told["company"],
        "group": sample["groups"][told["group"]],
        "purposes": purposes,
        "data_categories": [{"text": text} for text in told["data"]],
        "data_subjects": [{"en": "Recipients of messages", "de": "Empfänger von Nachrichten"}],
        "applies_to": told.get("applies_to", []),
        "exceptional_use": {"conditions": told["exceptional"]} if "exceptional" in told else None,
        "locations": locations,
        **dates,
    }
    return schemas.load(schemas.EntrySchema(), values)


def _location(activity: str, code: str, mechanisms: list[str], **dates: str) -> dict[str, Any]:
    listed = [
        {"code": mechanism, "module": 3 if mechanism.endswith("M3") else None, "primary": number == 0}
        for number, mechanism in enumerate(mechanisms)
    ]
    return {"activity": activity, "place": {"code": code}, "mechanisms": listed, **dates}
