"""Subscribers as a CSV file, in and out: `email,registers,language,frequency,confirmed_at,consent_source`.

An import brings people who consented elsewhere, so each line says when and where. Who left here stays away.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from marshmallow import ValidationError
from sqlmodel import col, select

from notifications import audience, consent, subscriptions, suppression, tokens
from notifications.models import Subscriber
from registry import clock, published, text
from registry.errors import Problem
from registry.formats.sheet import guarded
from registry.models import Register
from registry.schemas import email_address
from registry.settings import Settings
from registry.work import Work

COLUMNS = ("email", "registers", "language", "frequency", "confirmed_at", "consent_source")
_CHUNK = 500


@dataclass
class Imported:
    """What an import did; `skipped` names line and reason of what was left out."""

    added: int = 0
    updated: int = 0
    skipped: list[tuple[int, str]] = field(default_factory=list)


class _Unusable(Exception):  # noqa: N818 - a line, not a program, is at fault
    """Why a line is left out."""


def read(work: Work, settings: Settings, raw: bytes) -> Imported:
    """Take subscribers over from CSV. Lines that cannot be used are skipped and named, the others count.

    Raises Problem("invalid") when the file as a whole cannot be read or lacks a column.
    """
    lines = _lines(raw)
    registers = {register.slug: register for register in published.registers(work)}
    done = Imported()
    for number, values in enumerate(lines, start=2):
        try:
            new = _take(work, settings, values, registers)
        except _Unusable as reason:
            done.skipped.append((number, str(reason)))
        else:
            done.added, done.updated = done.added + new, done.updated + (not new)
    work.record("subscribers.imported", added=done.added, updated=done.updated, skipped=len(done.skipped))
    return done


def write(work: Work) -> bytes:
    """All confirmed subscribers as CSV in UTF-8, by address; safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    query = select(Subscriber).where(col(Subscriber.confirmed_at).is_not(None))
    found = list(work.session.exec(query.order_by(col(Subscriber.email), col(Subscriber.id))))
    for start in range(0, len(found), _CHUNK):
        part = found[start : start + _CHUNK]
        slugs = audience.slugs_of(work, [one.id for one in part])
        for one in part:
            confirmed = clock.stamp(one.confirmed_at) if one.confirmed_at else ""
            row = (one.email, " ".join(slugs.get(one.id, ())), one.language, one.frequency, confirmed, one.form)
            writer.writerow([guarded(cell) for cell in row])
    return out.getvalue().encode("utf-8")


def _lines(raw: bytes) -> list[dict[str, str]]:
    try:
        reader = csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        lines = [] if missing else [{key: value or "" for key, value in row.items() if key} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem("invalid", "file-unreadable", f"This is not a CSV file in UTF-8: {error}.") from None
    if missing:
        raise Problem("invalid", "columns-missing", f"The file lacks the columns {', '.join(missing)}.")
    return lines


def _take(work: Work, settings: Settings, values: Mapping[str, str], registers: Mapping[str, Register]) -> bool:
    """Add or update one subscriber; whether it was new."""
    cells = {name: text.clean(values.get(name, "")).strip().removeprefix("'") for name in COLUMNS}
    email, chosen = _email(cells["email"]), _chosen(cells["registers"], registers)
    language, confirmed_at = _language(cells["language"]), _instant(cells["confirmed_at"], work.now)
    if not cells["consent_source"]:
        raise _Unusable("No consent_source: say where the consent was given.")
    if cells["frequency"] not in ("", "immediate"):
        raise _Unusable(f"The frequency {cells['frequency']} is not known: immediate is.")
    address_hash = tokens.address_hash(settings.secret_key, email)
    if suppression.holds(work, address_hash):
        raise _Unusable("This address has left, was erased, or must not be mailed.")
    found = work.session.exec(select(Subscriber).where(Subscriber.address_hash == address_hash)).first()
    row = found or Subscriber(email=email, address_hash=address_hash, requested_at=confirmed_at)
    row.language = language
    if row.confirmed_at is None:
        row.confirmed_at, row.form, row.consent_version = confirmed_at, cells["consent_source"], ""
    work.session.add(row)
    before = consent.chosen_slugs(work, row)
    subscriptions.choose(work, row, chosen)
    if found is None or before != consent.chosen_slugs(work, row):
        consent.record(work, settings, row, act=consent.IMPORTED)
    return found is None


def _email(value: str) -> str:
    try:
        return email_address(value)
    except ValidationError:
        raise _Unusable(f"“{value}” is not an e-mail address.") from None


def _chosen(value: str, registers: Mapping[str, Register]) -> list[Register]:
    slugs = value.split()
    unknown = [slug for slug in slugs if slug not in registers]
    if unknown or not slugs:
        raise _Unusable(f"There is no register {', '.join(unknown)}." if unknown else "No register is named.")
    return [registers[slug] for slug in dict.fromkeys(slugs)]


def _language(value: str) -> str:
    if value and value not in text.languages():
        raise _Unusable(f"The language {value} is not one of {', '.join(text.languages())}.")
    return value or text.SOURCE_LANGUAGE


def _instant(value: str, now: datetime) -> datetime:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        wrong = f"“{value}” is no instant such as 2026-11-22T10:00:00Z." if value else "No confirmed_at."
        raise _Unusable(f"{wrong} Only who has consented can be imported.") from None
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if aware > now:
        raise _Unusable(f"{value} is in the future.")
    return aware.astimezone(UTC).replace(microsecond=0)
