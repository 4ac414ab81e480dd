"""The tables of who wants to know and of what was sent.

Proof must outlive the address it is about (GDPR Art. 7(1) and 17): the consent ledger and the deliveries name a
person by a keyed hash, the plain address stands only with the living subscription and with mail still to be sent.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from registry.ids import new_id

QUEUED, SENDING, ACCEPTED, DEFERRED = "queued", "sending", "accepted", "deferred"
FAILED, UNCERTAIN, CANCELLED = "failed", "uncertain", "cancelled"
STATES = (QUEUED, SENDING, ACCEPTED, DEFERRED, FAILED, UNCERTAIN, CANCELLED)
"""Of a delivery. `accepted`: the mail server took it, no more is known. `uncertain`: it may have; a person decides."""

STARTED = "started"
"""The step of an attempt that is written before anything is sent."""

AT_ONCE, IN_TURN = 0, 1
"""Precedence: mail a person is waiting for goes before notices."""


def _cascade(target: str, **options: Any) -> Any:
    return Field(sa_column=Column(String, ForeignKey(target, ondelete="CASCADE"), nullable=False, **options))


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class Subscriber(SQLModel, table=True):
    """Somebody who asked for mail. The row goes when they leave, and with it the address in plain words."""

    __table_args__ = (_partial("ix_subscriber_unconfirmed", "requested_at", where="confirmed_at IS NULL"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    email: str
    address_hash: str = Field(unique=True)
    language: str = "en"
    frequency: str = "immediate"
    form: str = "page"
    consent_version: str = ""
    requested_at: datetime
    requested_from: str = ""
    confirmed_at: datetime | None = None
    confirmed_from: str = ""
    pending_email: str = ""
    pending_at: datetime | None = None


class Choice(SQLModel, table=True):
    """A register a subscriber wants to hear about. The key's order is that of the fan-out."""

    __tablename__ = "subscriber_choice"
    register_id: str = _cascade("register.id", primary_key=True)
    subscriber_id: str = _cascade("subscriber.id", primary_key=True, index=True)


class Consent(SQLModel, table=True):
    """A line of the consent ledger. Never changed, never deleted; holds neither address nor IP, only keyed hashes.

    Whoever comes with an address (or the IP it was given from) can be shown what belongs to it; nobody can read it
    out of the ledger.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    subscriber_id: str = Field(index=True)
    address_hash: str = Field(index=True)
    act: str
    registers: list[str] = Field(default_factory=list, sa_type=JSON)
    language: str = ""
    form: str = ""
    consent_version: str = ""
    at: datetime
    source_hash: str = ""


class Suppression(SQLModel, table=True):
    """An address (its keyed hash) that must not be mailed: left, erased, bounced or complained."""

    address_hash: str = Field(primary_key=True)
    reason: str
    at: datetime


class MailRequest(SQLModel, table=True):
    """A mail somebody asked for by typing an address, counted per address and per source; old ones are deleted."""

    __tablename__ = "mail_request"
    __table_args__ = (Index("ix_mail_request_subject_at", "subject", "at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    subject: str
    at: datetime = Field(index=True)


class Fanout(SQLModel, table=True):
    """How far an event has been turned into deliveries. `reached` is the last subscriber that has one."""

    event_id: int = Field(primary_key=True, foreign_key="event.id", sa_column_kwargs={"autoincrement": False})
    started_at: datetime
    reached: str = ""
    recipients: int = 0
    finished_at: datetime | None = None


class Delivery(SQLModel, table=True):
    """One message to one recipient over one channel.

    Recipient and language are frozen when the row is made. `event_id` is null for what is not a notice (a
    confirmation, a receipt). `recipient` is emptied when its owner leaves; `address_hash` stays.
    """

    __table_args__ = (
        UniqueConstraint("address_hash", "channel", "event_id"),
        Index("ix_delivery_event_id_state", "event_id", "state"),
        _partial("ix_delivery_queued", "precedence", "id", where="state = 'queued'"),
        _partial("ix_delivery_deferred", "next_at", where="state = 'deferred'"),
        _partial("ix_delivery_sending", "lease_until", where="state = 'sending'"),
        _partial("ix_delivery_unsettled", "state", "event_id", where="state IN ('failed', 'uncertain')"),
    )
    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    event_id: int | None = Field(default=None, foreign_key="event.id")
    channel: str = "mail"
    message: str
    subscriber_id: str | None = None
    recipient: str
    address_hash: str
    language: str
    precedence: int = AT_ONCE
    state: str = QUEUED
    queued_at: datetime
    next_at: datetime | None = None
    tries: int = 0
    lease_by: str | None = None
    lease_until: datetime | None = None
    message_id: str | None = None
    rendered_sha256: str | None = None


class Attempt(SQLModel, table=True):
    """A step of a delivery: begun, or what came of it. Never changed, never deleted; replies name no address."""

    id: int | None = Field(default=None, sa_column=Column(Integer, primary_key=True, autoincrement=True))
    delivery_id: int = Field(foreign_key="delivery.id", index=True)
    at: datetime
    outcome: str
    code: int | None = None
    reply: str = ""
    server: str = ""


class Heartbeat(SQLModel, table=True):
    """A worker process, and when it was last seen. `stopped_at` says that it took its leave."""

    worker: str = Field(primary_key=True)
    host: str
    started_at: datetime
    seen_at: datetime = Field(index=True)
    stopped_at: datetime | None = None
