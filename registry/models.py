"""The tables of the record. The working copy may change; revisions and what hangs on them may not (see migrations).

Localised texts are JSON objects by language tag. `*_at` is an aware UTC instant, `*_on` a civil date in the
register's time zone. `version` counts the saves of a row that two people could edit at once.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from registry.ids import new_id
from registry.snapshot import LocalText

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
SQLModel.metadata.naming_convention = NAMING


def _id() -> Any:
    return Field(default_factory=new_id, primary_key=True)


def _texts() -> Any:
    return Field(default_factory=dict, sa_type=JSON)


def _list() -> Any:
    return Field(default_factory=list, sa_type=JSON)


def _owned_by(target: str) -> Any:
    """A foreign key to the row this one is part of; it goes when that goes."""
    return Field(sa_column=Column(String, ForeignKey(target, ondelete="CASCADE"), nullable=False, index=True))


class Publisher(SQLModel, table=True):
    """The company whose registers these are. One row, id 1."""

    id: int = Field(default=1, primary_key=True)
    name: str = ""
    address: str = ""
    country: str = ""
    website: str = ""
    contact_role: str = ""
    contact_email: str = ""
    contact_url: str = ""
    privacy_text: LocalText = _texts()
    version: int = 1


class Register(SQLModel, table=True):
    id: str = _id()
    slug: str = Field(unique=True)
    position: int = 0
    title: LocalText = _texts()
    intro: LocalText = _texts()
    timezone: str = "UTC"
    languages: list[str] = _list()
    prevailing_language: str = "en"
    notice_days: int = 30
    objection_days: int = 14
    hidden_at: datetime | None = None
    version: int = 1


class SubProcessor(SQLModel, table=True):
    """The legal entity, shared by all registers of the company."""

    __tablename__ = "sub_processor"
    id: str = _id()
    legal_name: str = Field(index=True)
    trading_name: str = ""
    address: str = ""
    country: str = ""
    contact_role: str = ""
    contact_email: str = ""
    contact_url: str = ""
    website: str = ""
    affiliate: bool = False
    parent: str = ""
    lei: str = ""
    own_list_url: str = ""
    dpa_url: str = ""
    version: int = 1


class Entry(SQLModel, table=True):
    """A sub-processor in one register's working copy."""

    id: str = _id()
    register_id: str = _owned_by("register.id")
    sub_processor_id: str = Field(foreign_key="sub_processor.id", index=True)
    position: int = 0
    role: str = "sub-processor"
    heading: LocalText = _texts()
    replaces: str | None = None
    data_subjects: list[LocalText] = _list()
    applies_to: list[LocalText] = _list()
    exceptional_use: bool = False
    exceptional_conditions: LocalText = _texts()
    description: LocalText = _texts()
    retention: LocalText = _texts()
    notes: LocalText = _texts()
    starts_on: date | None = None
    ends_on: date | None = None
    version: int = 1


class Purpose(SQLModel, table=True):
    id: str = _id()
    entry_id: str = _owned_by("entry.id")
    position: int = 0
    text: LocalText = _texts()
    starts_on: date | None = None
    ends_on: date | None = None


class DataCategory(SQLModel, table=True):
    __tablename__ = "data_category"
    id: str = _id()
    entry_id: str = _owned_by("entry.id")
    position: int = 0
    text: LocalText = _texts()
    starts_on: date | None = None
    ends_on: date | None = None


class Location(SQLModel, table=True):
    """An activity at a place, for all or some purposes of its entry."""

    id: str = _id()
    entry_id: str = _owned_by("entry.id")
    position: int = 0
    activity: str = "processing"
    place_code: str
    place_text: LocalText = _texts()
    countries: list[str] = _list()
    purposes: list[str] = _list()
    assessment_id: str | None = Field(default=None, foreign_key="assessment.id")
    starts_on: date | None = None
    ends_on: date | None = None


class LocationMechanism(SQLModel, table=True):
    __tablename__ = "location_mechanism"
    id: str = _id()
    location_id: str = _owned_by("location.id")
    position: int = 0
    code: str
    module: int | None = None
    reference: str = ""
    is_primary: bool = True
    starts_on: date | None = None
    ends_on: date | None = None


class Assessment(SQLModel, table=True):
    """A transfer impact assessment with all that EDPB Recommendations 01/2020 asks for; only part is published."""

    id: str = _id()
    title: LocalText = _texts()
    exporters: str = ""
    importer: str = ""
    onward_transfers: str = ""
    destination: str = ""
    tool: str = ""
    module: int | None = None
    data: str = ""
    data_format: str = ""
    purpose: str = ""
    frequency: str = ""
    laws: str = ""
    practice: str = ""
    technical_measures: str = ""
    contractual_measures: str = ""
    organisational_measures: str = ""
    conclusion: str = ""
    residual_risk: str = ""
    assessed_on: date | None = None
    next_review_on: date | None = None
    assessor_role: str = ""
    edition: str = ""
    summary: LocalText = _texts()
    private_annex: str = ""
    version: int = 1


class Revision(SQLModel, table=True):
    """A frozen proposal: the canonical bytes of a register document. Never changed, never deleted."""

    id: str = _id()
    register_id: str = Field(foreign_key="register.id", index=True)
    document: bytes
    document_sha256: str
    base_number: int = 0
    note: str = ""
    reclassified: list[dict[str, str]] = _list()
    proposed_at: datetime
    proposed_by: str
    proposer_id: str | None = None


class Review(SQLModel, table=True):
    """What somebody said of a revision: approved, refused, or withdrawn by its proposer. Never changed."""

    id: str = _id()
    revision_id: str = Field(foreign_key="revision.id", index=True)
    verdict: str
    comment: str = ""
    reviewed_at: datetime
    reviewed_by: str
    reviewer_id: str | None = None


class Publication(SQLModel, table=True):
    """A revision made public: the next link of its register's hash chain. Never changed, never deleted."""

    __table_args__ = (UniqueConstraint("register_id", "number"),)
    id: str = _id()
    register_id: str = Field(foreign_key="register.id")
    number: int
    revision_id: str = Field(foreign_key="revision.id", unique=True)
    note: str = ""
    baseline: bool = False
    announced: bool = True
    override_reason: str = ""
    published_at: datetime
    published_by: str
    document_sha256: str
    previous_hash: str
    hash: str


class Event(SQLModel, table=True):
    """Something that may have to be told. Written with what it tells of; the worker turns it into deliveries."""

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    kind: str = "published"
    register_id: str = Field(foreign_key="register.id")
    publication_id: str = Field(foreign_key="publication.id", index=True)
    occurred_at: datetime


class User(SQLModel, table=True):
    """A person with access to the admin pages."""

    __tablename__ = "account"
    id: str = _id()
    email: str = Field(unique=True)
    name: str = ""
    role: str = "viewer"
    password_hash: str = ""
    created_at: datetime
    disabled_at: datetime | None = None


class SignIn(SQLModel, table=True):
    """A session in the admin pages, kept here so that it can be revoked; the id is the hash of the cookie's token."""

    __tablename__ = "sign_in"
    id: str = Field(primary_key=True)
    user_id: str = _owned_by("account.id")
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    address: str = ""
    agent: str = ""


class SignInFailure(SQLModel, table=True):
    """A failed sign-in, counted to slow down guessing; old ones are deleted."""

    __tablename__ = "sign_in_failure"
    id: str = _id()
    subject: str = Field(index=True)
    failed_at: datetime


class LogEntry(SQLModel, table=True):
    """Who did what, when. Never changed, never deleted."""

    __tablename__ = "log_entry"
    id: str = _id()
    at: datetime = Field(index=True)
    actor: str
    user_id: str | None = None
    action: str
    subject: str = ""
    register_id: str | None = None
    detail: dict[str, Any] = _texts()
