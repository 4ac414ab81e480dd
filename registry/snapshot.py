"""The register document, version 1: the frozen content of a publication, and how it is served.

The *frozen* document has no `publication` (it is not yet known when a revision is proposed) and no `status` (it
depends on the day). Its RFC 8785 canonical bytes are what the hash chain covers.
"""

import hashlib
import json
from datetime import date
from typing import Any, Literal, NotRequired, TypedDict, cast

import rfc8785

SCHEMA_PATH = "/schemas/register-1.json"

LocalText = dict[str, str]
"""One text in one or several languages, by BCP 47 tag: `{"en": "Hosting", "de": "Hosting"}`."""

Status = Literal["in-effect", "announced", "ended"]


class Dated(TypedDict):
    """A row with its own clock. Both civil dates (ISO 8601) are inclusive; null is open-ended."""

    id: str
    starts_on: str | None
    ends_on: str | None


class Contact(TypedDict):
    role: str
    email: str
    url: str


class Publisher(TypedDict):
    name: str
    address: str
    country: str
    website: str
    contact: Contact


class SubProcessor(TypedDict):
    id: str
    legal_name: str
    trading_name: str
    address: str
    country: str
    contact: Contact
    website: str
    affiliate: bool
    parent: str
    lei: str
    own_list_url: str
    dpa_url: str


class TextRow(Dated):
    """A purpose or a data category."""

    text: LocalText


class Place(TypedDict):
    """`code` is ISO 3166-1 alpha-2 or one of ours (X-EEA, X-GLOBAL, …); `text` keeps the company's own words.

    `countries` expands an area or a customer's choice into the countries that are possible.
    """

    code: str
    text: LocalText
    countries: list[str]


class Mechanism(Dated):
    code: str
    module: int | None
    reference: str
    primary: bool


class Location(Dated):
    activity: str
    place: Place
    purposes: list[str]
    mechanisms: list[Mechanism]
    tia: str | None


class ExceptionalUse(TypedDict):
    conditions: LocalText


class Entry(Dated):
    role: str
    group: LocalText
    replaces: str | None
    sub_processor: SubProcessor
    purposes: list[TextRow]
    data_categories: list[TextRow]
    data_subjects: list[LocalText]
    applies_to: list[LocalText]
    exceptional_use: ExceptionalUse | None
    description: LocalText
    retention: LocalText
    notes: LocalText
    locations: list[Location]
    status: NotRequired[Status]


class Assessment(TypedDict):
    """The published part of a transfer impact assessment (EDPB Recommendations 01/2020)."""

    id: str
    title: LocalText
    destination: str
    tool: str
    module: int | None
    summary: LocalText
    conclusion: str
    residual_risk: str
    assessed_on: str | None
    next_review_on: str | None
    assessor_role: str
    version: str


class RegisterHead(TypedDict):
    slug: str
    title: LocalText
    intro: LocalText
    timezone: str
    languages: list[str]
    prevailing_language: str


class PublicationHead(TypedDict):
    number: int
    published_at: str
    note: str
    baseline: bool
    previous_hash: str
    hash: str


Document = TypedDict(
    "Document",
    {
        "$schema": str,
        "register": RegisterHead,
        "publisher": Publisher,
        "entries": list[Entry],
        "transfer_impact_assessments": list[Assessment],
        "notice_days": int,
        "objection_days": int,
        "publication": NotRequired[PublicationHead],
    },
)


def canonical(document: Document) -> bytes:
    """The RFC 8785 (JSON Canonicalization Scheme) bytes of a frozen document."""
    return rfc8785.dumps(cast(Any, document))


def parse(raw: bytes) -> Document:
    """The document behind canonical bytes."""
    return cast(Document, json.loads(raw))


def digest(raw: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(raw).hexdigest()


def status(row: Dated | Entry, today: date) -> Status:
    """Whether a dated row holds on a civil date of the register's zone: announced, in effect or ended."""
    day = today.isoformat()
    if row["starts_on"] and day < row["starts_on"]:
        return "announced"
    if row["ends_on"] and day > row["ends_on"]:
        return "ended"
    return "in-effect"


def served(document: Document, publication: PublicationHead, today: date) -> Document:
    """The document as a reader gets it: with its place in the chain, and each entry's status on `today`."""
    entries = [cast(Entry, {**entry, "status": status(entry, today)}) for entry in document["entries"]]
    return cast(Document, {**document, "publication": publication, "entries": entries})
