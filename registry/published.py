"""Reads of what has been published. Visitors, feeds, exports and the worker see nothing else.

Publications never change, so what is computed from two of them is kept in memory under their ids.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlmodel import col, select

from registry import clock, diff, snapshot
from registry.chain import Link
from registry.diff import Change, Reclassification
from registry.errors import Problem
from registry.models import Publication, Publisher, Register, Revision
from registry.snapshot import Document, PublicationHead
from registry.work import Work


@dataclass(frozen=True)
class Published:
    """One publication with its frozen document. `raw` are the canonical bytes the chain covers."""

    id: str
    slug: str
    number: int
    note: str
    baseline: bool
    announced: bool
    override_reason: str
    published_at: datetime
    published_by: str
    document_sha256: str
    previous_hash: str
    hash: str
    raw: bytes
    reclassified: tuple[Reclassification, ...]

    @cached_property
    def document(self) -> Document:
        return snapshot.parse(self.raw)

    @property
    def timezone(self) -> str:
        return self.document["register"]["timezone"]

    @property
    def published_on(self) -> date:
        """The civil date of publication in the register's time zone."""
        return clock.civil_date(self.published_at, self.timezone)

    @property
    def head(self) -> PublicationHead:
        return {
            "number": self.number,
            "published_at": clock.stamp(self.published_at),
            "note": self.note,
            "baseline": self.baseline,
            "previous_hash": self.previous_hash,
            "hash": self.hash,
        }

    @property
    def link(self) -> Link:
        """This publication's place in the hash chain."""
        return Link(
            number=self.number,
            published_at=clock.stamp(self.published_at),
            document_sha256=self.document_sha256,
            previous=self.previous_hash,
            hash=self.hash,
        )

    def served(self, today: date) -> Document:
        return snapshot.served(self.document, self.head, today)


def publisher(work: Work) -> Publisher:
    """The company; empty fields before anybody has filled them in."""
    return work.session.get(Publisher, 1) or Publisher()


def registers(work: Work) -> list[Register]:
    """Every register in the order of the page, published or not."""
    return list(work.session.exec(select(Register).order_by(col(Register.position), col(Register.slug))))


def register(work: Work, slug: str) -> Register:
    """The register of that slug. Raises Problem("not_found")."""
    found = work.session.exec(select(Register).where(Register.slug == slug)).first()
    if found is None:
        raise Problem("not_found", "register-unknown", f"There is no register called “{slug}”.")
    return found


def public_register(work: Work, slug: str) -> Register:
    """The register of that slug if visitors may see it: it has a publication and is not hidden."""
    found = register(work, slug)
    if found.hidden_at is not None or latest_number(work, found) == 0:
        raise Problem("not_found", "register-unknown", f"There is no register called “{slug}”.")
    return found


def public_registers(work: Work) -> list[Register]:
    """The registers visitors may see, in order."""
    numbered = set(work.session.exec(select(Publication.register_id).distinct()))
    return [found for found in registers(work) if found.hidden_at is None and found.id in numbered]


def latest_number(work: Work, register: Register) -> int:
    """The number of the newest publication; 0 when there is none."""
    query = select(Publication.number).where(Publication.register_id == register.id)
    return work.session.exec(query.order_by(col(Publication.number).desc()).limit(1)).first() or 0


def latest(work: Work, register: Register) -> Published | None:
    """The newest publication of a register, or None."""
    number = latest_number(work, register)
    return numbered(work, register, number) if number else None


def numbered(work: Work, register: Register, number: int) -> Published:
    """Publication `number` of a register. Raises Problem("not_found")."""
    query = (
        select(Publication, Revision)
        .join(Revision, col(Publication.revision_id) == col(Revision.id))
        .where(Publication.register_id == register.id, Publication.number == number)
    )
    row = work.session.exec(query).first() if 0 < number < 2**31 else None
    if row is None:
        message = f"There is no revision {number} of this register."
        raise Problem("not_found", "publication-unknown", message)
    return _published(register.slug, *row)


def with_id(work: Work, publication_id: str) -> Published:
    """The publication of that id. Raises Problem("not_found")."""
    publication = work.session.get(Publication, publication_id)
    if publication is None:
        raise Problem("not_found", "publication-unknown", "There is no such publication.")
    return numbered(work, work.session.get_one(Register, publication.register_id), publication.number)


def history(work: Work, register: Register) -> list[Published]:
    """All publications of a register, newest first."""
    query = (
        select(Publication, Revision)
        .join(Revision, col(Publication.revision_id) == col(Revision.id))
        .where(Publication.register_id == register.id)
        .order_by(col(Publication.number).desc())
    )
    return [_published(register.slug, *row) for row in work.session.exec(query)]


def heads(work: Work, register: Register) -> list[Publication]:
    """All publications of a register, newest first, without their documents: cheap, however large the register is."""
    query = select(Publication).where(Publication.register_id == register.id)
    return list(work.session.exec(query.order_by(col(Publication.number).desc())))


def head(work: Work, register: Register, number: int | None = None) -> Publication:
    """Publication `number`, or the newest, without its document. Raises Problem("not_found")."""
    query = select(Publication).where(Publication.register_id == register.id)
    if number is not None:
        query = query.where(Publication.number == number)
    found = work.session.exec(query.order_by(col(Publication.number).desc()).limit(1)).first()
    if found is None:
        message = f"There is no revision {number} of this register." if number else "Nothing has been published yet."
        raise Problem("not_found", "publication-unknown", message)
    return found


def link(publication: Publication) -> Link:
    """A publication's place in the hash chain."""
    return Link(
        number=publication.number,
        published_at=clock.stamp(publication.published_at),
        document_sha256=publication.document_sha256,
        previous=publication.previous_hash,
        hash=publication.hash,
    )


def as_of(work: Work, register: Register, day: date) -> Published:
    """What was published by the end of a civil day in the register's zone. Raises Problem("not_found")."""
    for head in heads(work, register):
        if head.published_at.date() - timedelta(days=1) > day:
            continue  # whatever the zone was then: spared the document
        publication = numbered(work, register, head.number)
        if publication.published_on <= day:
            return publication
    message = f"Nothing had been published in this register by {day.isoformat()}."
    raise Problem("not_found", "nothing-published-yet", message)


def changes(work: Work, register: Register, publication: Published) -> list[Change]:
    """What a publication changed against the one before it, reclassified as its reviewers saw it."""
    if publication.number == 1:
        return _first_changes(publication)
    return compare(numbered(work, register, publication.number - 1), publication)


def compare(before: Published, after: Published) -> list[Change]:
    """The typed changes between any two publications of one register."""
    follows = after.number == before.number + 1
    return list(_compared(before, after, after.reclassified if follows else ()))


def today(work: Work, register: Register) -> date:
    """The civil date now in the register's zone."""
    return clock.civil_date(work.now, register.timezone)


def _first_changes(publication: Published) -> list[Change]:
    on = publication.published_on
    return diff.compare(None, publication.document, on=on, reclassified=publication.reclassified)


_KEPT_MOST = 256
_kept: dict[tuple[str, str], tuple[Change, ...]] = {}


def _compared(before: Published, after: Published, reclassified: Sequence[Reclassification]) -> tuple[Change, ...]:
    key = (before.id, after.id)
    if key not in _kept:
        if len(_kept) >= _KEPT_MOST:
            _kept.clear()
        found = diff.compare(before.document, after.document, on=after.published_on, reclassified=reclassified)
        _kept[key] = tuple(found)
    return _kept[key]


def _published(slug: str, publication: Publication, revision: Revision) -> Published:
    kept = tuple(Reclassification(**row) for row in revision.reclassified)
    return Published(
        id=publication.id,
        slug=slug,
        number=publication.number,
        note=publication.note,
        baseline=publication.baseline,
        announced=publication.announced,
        override_reason=publication.override_reason,
        published_at=publication.published_at,
        published_by=publication.published_by,
        document_sha256=publication.document_sha256,
        previous_hash=publication.previous_hash,
        hash=publication.hash,
        raw=revision.document,
        reclassified=kept,
    )
