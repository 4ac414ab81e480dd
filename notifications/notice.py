"""The notice of a publication: everything a customer must be told, in the mail itself (GDPR Art. 28(2)).

Rendered once for each language; the links of one recipient take the place of marks afterwards.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from notifications.rendering import Rendered, render
from registry import clock, published, publishing, text, wording
from registry.diff import Change
from registry.models import Register, Revision
from registry.published import Published
from registry.settings import Settings
from registry.snapshot import Document
from registry.wording.phrases import Voice, local, voice
from registry.work import Work

MANAGE_MARK, LEAVE_MARK = "@@manage@@", "@@leave@@"
"""What stands in a notice where the links of its recipient go."""


@dataclass(frozen=True)
class Told:
    """A publication as a notice tells it. `chain_hash` is empty as long as it is only a proposal."""

    before: Document | None
    after: Document
    changes: tuple[Change, ...]
    number: int
    published_on: date
    chain_hash: str = ""
    note: str = ""
    override_reason: str = ""


def told(work: Work, publication: Published) -> Told:
    """What a publication changed, as its notice tells it."""
    register = published.register(work, publication.slug)
    earlier = publication.number - 1
    before = published.numbered(work, register, earlier).document if earlier else None
    return Told(
        before=before,
        after=publication.document,
        changes=tuple(published.changes(work, register, publication)),
        number=publication.number,
        published_on=publication.published_on,
        chain_hash=publication.hash,
        note=publication.note,
        override_reason=publication.override_reason,
    )


def render_notice(what: Told, settings: Settings, language: str) -> Rendered:
    """The notice in one language, with marks where the links of a recipient go."""
    register = what.after["register"]
    to = voice(language, register["prevailing_language"])
    changes = [change.as_json() for change in what.changes]
    known = wording.Known.of(what.before, what.after)
    address = f"{settings.base_url}/registers/{register['slug']}"
    last_day = deadline(what)
    values: dict[str, Any] = {
        "company": what.after["publisher"]["name"] or urlsplit(settings.base_url).hostname or "",
        "website": what.after["publisher"]["website"],
        "register": local(register["title"], to),
        "slug": register["slug"],
        "number": what.number,
        "published_on": text.format_date(what.published_on, language),
        "chain_hash": what.chain_hash,
        "note": what.note,
        "override_reason": what.override_reason,
        "summary": wording.title(changes, to),
        "changes": wording.describe(changes, to, known=known),
        "owed": any(change.owes_notice for change in what.changes),
        "deadline": text.format_instant(last_day, register["timezone"], language) if last_day else "",
        "deadline_day": text.format_date(clock.civil_date(last_day, register["timezone"]), language)
        if last_day
        else "",
        "contact": _contact(what.after),
        "revision_url": f"{address}/revisions/{what.number}",
        "compare_url": f"{address}/compare/{what.number - 1}...{what.number}" if what.number > 1 else "",
        "register_url": address,
        "languages": _language_note(what.after, to),
        "manage_url": MANAGE_MARK,
        "leave_url": LEAVE_MARK,
    }
    return render("notice", language, values)


def render_notice_preview(
    work: Work,
    settings: Settings,
    *,
    register: Register,
    revision: Revision,
    language: str,
    note: str = "",
    override_reason: str = "",
) -> Rendered:
    """The notice a proposal would send if it were published now, with links that belong to nobody."""
    latest = published.latest(work, register)
    proposed = Told(
        before=latest.document if latest else None,
        after=publishing.document_of(revision),
        changes=tuple(publishing.revision_changes(work, register, revision)),
        number=(latest.number if latest else 0) + 1,
        published_on=published.today(work, register),
        note=note or revision.note,
        override_reason=override_reason,
    )
    example = f"{settings.base_url}/subscriptions/…"
    return render_notice(proposed, settings, language).replaced(
        {MANAGE_MARK: example, LEAVE_MARK: f"{example}/unsubscribe"}
    )


def deadline(what: Told) -> datetime | None:
    """The last minute to object: 23:59, in the register's zone, of publication day plus its objection days.

    None when no change owes notice, or the register grants no days.
    """
    days = what.after["objection_days"]
    if not days or not any(change.owes_notice for change in what.changes):
        return None
    zone = ZoneInfo(what.after["register"]["timezone"])
    return datetime.combine(what.published_on + timedelta(days=days), time(23, 59), zone).astimezone(UTC)


def first_publications(work: Work, publication: Published) -> Sequence[Published]:
    """The earlier publications whose notices first told of what this one changes again while it is still a plan.

    A notice refers to them, so that a mail program shows plan and change of plan as one conversation.
    """
    if publication.number == 1:
        return ()
    register = published.register(work, publication.slug)
    on = publication.published_on.isoformat()
    earlier = [one for one in published.history(work, register) if one.number < publication.number]
    touched = {change.entry for change in published.changes(work, register, publication) if change.entry}
    waiting = {entry["id"] for entry in earlier[0].document["entries"] if (entry["starts_on"] or "") > on} & touched
    found: dict[int, Published] = {}
    for entry_id in sorted(waiting):
        first = earlier[0]
        for one in earlier:
            if all(entry["id"] != entry_id for entry in one.document["entries"]):
                break
            first = one
        if first.announced:
            found[first.number] = first
    return [found[number] for number in sorted(found)]


def _contact(document: Document) -> str:
    contact = document["publisher"]["contact"]
    return contact["email"] or contact["url"]


def _language_note(document: Document, to: Voice) -> dict[str, Any]:
    """Which language prevails where it is not the reader's, and whether the record speaks the reader's at all."""
    prevailing = document["register"]["prevailing_language"]
    spoken = {tag.split("-")[0] for tag in document["register"]["languages"]}
    own = to.language.split("-")[0]
    return {
        "other": own != prevailing.split("-")[0],
        "missing": own not in spoken,
        "prevailing": text.language_name(prevailing, to.language),
    }
