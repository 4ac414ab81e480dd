"""From working copy to publication: propose freezes, review judges exactly what was frozen, publish makes it public.

Publishing adds the next link of the register's hash chain and one event in the same transaction; nothing is sent
from here. Revisions, reviews and publications are never changed afterwards.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property

from sqlmodel import col, select

from registry import accounts, chain, clock, diff, drafting, published, snapshot
from registry.diff import Change, Reclassification
from registry.errors import Problem
from registry.models import Event, Publication, Register, Review, Revision
from registry.published import Published
from registry.scheduling import dated_from
from registry.snapshot import Document
from registry.work import Work
from registry.working_copy import working_document

APPROVED, REFUSED, WITHDRAWN = "approved", "refused", "withdrawn"


@dataclass(frozen=True)
class Pending:
    """A register's working copy beside its newest publication; what differs is found when it is first asked for."""

    latest: Published | None
    document: Document
    today: date

    @property
    def before(self) -> Document | None:
        return self.latest.document if self.latest else None

    @cached_property
    def raw(self) -> bytes:
        """The canonical bytes of the working copy."""
        return snapshot.canonical(self.document)

    @property
    def differs(self) -> bool:
        """Whether the working copy is other than the newest publication, in any byte."""
        return self.latest is None or self.raw != self.latest.raw

    @cached_property
    def changes(self) -> list[Change]:
        """What publishing the working copy today would change."""
        return self.reclassified(())

    def reclassified(self, kept: Sequence[Reclassification]) -> list[Change]:
        """The same, with an editor's word on some of them. Raises Problem("invalid") when one names no change."""
        return diff.compare(self.before, self.document, on=self.today, reclassified=kept)


def pending(work: Work, register: Register) -> Pending:
    """How the working copy of a register stands to what is published."""
    latest = published.latest(work, register)
    return Pending(latest, working_document(work, register), published.today(work, register))


def propose(
    work: Work,
    register: Register,
    *,
    note: str = "",
    reclassified: Sequence[Reclassification] = (),
    effective_on: date | None = None,
) -> Revision:
    """Freeze the working copy into a revision. An open proposal of the register is withdrawn in its favour.

    `effective_on` dates what is new or gone and has no date of its own, in the working copy too.
    Raises Problem("conflict") when nothing differs from the newest publication, Problem("invalid") when a
    reclassification names no change of this revision or gives no reason.
    """
    _with_reasons(reclassified)
    _take_turn(work, register)
    if effective_on is not None:
        _schedule(work, register, effective_on)
    standing = pending(work, register)
    if not standing.differs:
        raise Problem("conflict", "nothing-changed", "The working copy is the same as what is published already.")
    standing.reclassified(reclassified)  # refuses what names no change of this revision
    open_one = open_revision(work, register)
    if open_one is not None:
        _add_review(work, open_one, WITHDRAWN, "A newer proposal took its place.")
    revision = Revision(
        register_id=register.id,
        document=standing.raw,
        document_sha256=snapshot.digest(standing.raw),
        base_number=standing.latest.number if standing.latest else 0,
        note=note,
        reclassified=[asdict(one) for one in reclassified],
        proposed_at=work.now,
        proposed_by=work.actor.name,
        proposer_id=work.actor.user_id,
    )
    work.session.add(revision)
    work.session.flush()
    work.record("revision.proposed", subject=register.slug, register_id=register.id, revision=revision.id, note=note)
    return revision


def revision(work: Work, register: Register, revision_id: str) -> Revision:
    """One revision of this register. Raises Problem("not_found")."""
    found = work.session.get(Revision, revision_id)
    if found is None or found.register_id != register.id:
        raise Problem("not_found", "revision-unknown", "There is no such proposal in this register.")
    return found


def open_revision(work: Work, register: Register) -> Revision | None:
    """The proposal that still waits: neither published, refused nor withdrawn. There is at most one."""
    query = select(Revision).where(Revision.register_id == register.id)
    query = query.where(col(Revision.id).not_in(select(Publication.revision_id)))
    closed = select(Review.revision_id).where(col(Review.verdict).in_((REFUSED, WITHDRAWN)))
    query = query.where(col(Revision.id).not_in(closed))
    return work.session.exec(query.order_by(col(Revision.proposed_at).desc())).first()


def reviews(work: Work, revision: Revision) -> list[Review]:
    """What has been said of a revision, oldest first."""
    query = select(Review).where(Review.revision_id == revision.id).order_by(col(Review.reviewed_at))
    return list(work.session.exec(query))


def document_of(revision: Revision) -> Document:
    return snapshot.parse(revision.document)


def revision_changes(work: Work, register: Register, revision: Revision) -> list[Change]:
    """The typed changes a revision would make if it were published today, reclassified as proposed."""
    before = published.numbered(work, register, revision.base_number).document if revision.base_number else None
    kept = [Reclassification(**row) for row in revision.reclassified]
    return diff.compare(before, document_of(revision), on=published.today(work, register), reclassified=kept)


def approve(work: Work, register: Register, revision: Revision, *, comment: str = "", proposer_may: str) -> None:
    """Approve exactly this document. `proposer_may` is the setting PROPOSER_MAY_APPROVE.

    Raises Problem("forbidden") for the proposer where a second person has to look, Problem("conflict") when the
    revision no longer waits.
    """
    _still_open(work, register, revision)
    if not may_approve(work, revision, proposer_may):
        message = "You proposed this revision, so somebody else has to approve it."
        raise Problem("forbidden", "own-proposal", message)
    _add_review(work, revision, APPROVED, comment)


def refuse(work: Work, register: Register, revision: Revision, *, comment: str) -> None:
    """Refuse a revision with a reason. Raises Problem("invalid") without one, ("conflict") when it no longer waits."""
    _still_open(work, register, revision)
    if not comment.strip():
        raise Problem(
            "invalid", "reason-missing", "Say why you refuse it.", fields={"comment": ["A reason is needed."]}
        )
    _add_review(work, revision, REFUSED, comment)


def withdraw(work: Work, register: Register, revision: Revision) -> None:
    """Take a proposal back. The working copy stays as it is. Raises Problem("conflict") when it no longer waits."""
    _still_open(work, register, revision)
    _add_review(work, revision, WITHDRAWN, "")


def publish(
    work: Work,
    register: Register,
    revision: Revision,
    *,
    note: str = "",
    baseline: bool = False,
    tell_corrections: bool = False,
    override_reason: str = "",
) -> Published:
    """Make a revision public: the next number, the next link of the chain and one event, all or nothing.

    A `baseline` is published and announced to nobody. Changes that are only corrections are not mailed unless
    `tell_corrections`. Raises Problem("conflict") when the revision no longer waits or was proposed against an older
    publication, Problem("forbidden") when nobody approved it and the actor is not the operator.
    """
    _still_open(work, register, revision)
    latest = published.latest(work, register)
    if revision.base_number != (latest.number if latest else 0):
        message = "Another revision was published after this one was proposed. Propose again to compare with it."
        raise Problem("conflict", "published-meanwhile", message)
    _approved(work, revision)
    publication = _next_link(work, register, revision, latest)
    changes = revision_changes(work, register, revision)
    publication.note, publication.baseline = note or revision.note, baseline
    publication.override_reason = override_reason
    worth = diff.worth_telling(changes) or (tell_corrections and bool(changes))
    publication.announced = worth and not baseline
    work.session.add(publication)
    work.session.flush()
    event = Event(kind="published", register_id=register.id, publication_id=publication.id, occurred_at=work.now)
    work.session.add(event)
    work.record("publication.published", subject=register.slug, register_id=register.id, number=publication.number)
    work.session.flush()
    return published.numbered(work, register, publication.number)


def _next_link(work: Work, register: Register, revision: Revision, latest: Published | None) -> Publication:
    """The publication that would follow `latest` in the chain, not yet saved."""
    number, previous = (latest.number + 1, latest.hash) if latest else (1, chain.GENESIS)
    sealed = chain.link_hash(
        register.slug,
        number,
        published_at=clock.stamp(work.now),
        document_sha256=revision.document_sha256,
        previous=previous,
    )
    return Publication(
        register_id=register.id,
        number=number,
        revision_id=revision.id,
        published_at=work.now,
        published_by=work.actor.name,
        document_sha256=revision.document_sha256,
        previous_hash=previous,
        hash=sealed,
    )


def is_approved(work: Work, revision: Revision) -> bool:
    return any(review.verdict == APPROVED for review in reviews(work, revision))


def _approved(work: Work, revision: Revision) -> None:
    if is_approved(work, revision) or work.actor.is_operator:
        return
    raise Problem("forbidden", "not-approved", "Nobody has approved this proposal yet.")


def may_approve(work: Work, revision: Revision, setting: str) -> bool:
    """Whether the setting PROPOSER_MAY_APPROVE lets the actor approve this revision, as far as that is theirs.

    With "auto" a proposer may approve only while nobody else could.
    """
    if not revision.proposer_id or revision.proposer_id != work.actor.user_id:
        return True
    if setting != "auto":
        return setting == "yes"
    others = accounts.people_who_may(work, "review")
    return all(person.id == work.actor.user_id for person in others)


def _with_reasons(reclassified: Sequence[Reclassification]) -> None:
    wrong = {f"reason:{one.key}": ["Say why it is something else."] for one in reclassified if not one.reason.strip()}
    if wrong:
        raise Problem("invalid", "reason-missing", "A change of another kind needs a reason.", fields=wrong)


def _take_turn(work: Work, register: Register) -> None:
    """Of several who propose, judge or publish at once, each sees what the one before has done."""
    work.session.exec(select(Register.id).where(Register.id == register.id).with_for_update()).one()


def _still_open(work: Work, register: Register, revision: Revision) -> None:
    _take_turn(work, register)
    waiting = open_revision(work, register)
    if waiting is None or waiting.id != revision.id:
        message = "This proposal no longer waits: it was published, refused, withdrawn or replaced."
        raise Problem("conflict", "revision-closed", message)


def _add_review(work: Work, revision: Revision, verdict: str, comment: str) -> None:
    review = Review(revision_id=revision.id, verdict=verdict, comment=comment, reviewed_at=work.now, reviewed_by="")
    review.reviewed_by, review.reviewer_id = work.actor.name, work.actor.user_id
    work.session.add(review)
    work.session.flush()
    work.record(f"revision.{verdict}", register_id=revision.register_id, revision=revision.id, comment=comment)


def _schedule(work: Work, register: Register, effective_on: date) -> None:
    standing = pending(work, register)
    for values in dated_from(standing.before, standing.document, effective_on=effective_on, today=standing.today):
        drafting.put_entry(work, register, values)
