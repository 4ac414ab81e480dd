"""What saving an entry will mean: the changes readers would be told of, and what is doubtful about it.

Nothing is written here. The entry, and the few others its changes hang on, are compared as if it had been saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, cast

from registry import diff, lint, published, text, wording
from registry.lint import Finding
from registry.models import Register
from registry.snapshot import Document, Entry
from registry.wording import phrases
from registry.work import Work
from registry.working_copy import entries_of, entry_values, working_document


@dataclass(frozen=True)
class Announcement:
    """One change as it would be told. `early` says in a sentence that it comes before its notice has run."""

    headline: str
    owes_notice: bool
    effective_on: str
    early: str = ""


@dataclass(frozen=True)
class Meaning:
    """`sentence` leads, `announcements` follow it."""

    sentence: str
    notice_days: int
    announcements: list[Announcement] = field(default_factory=list)


def meaning(work: Work, register: Register, entry: Mapping[str, Any]) -> Meaning:
    """What this entry, in the shape of the document, would change for readers against the last publication."""
    latest = published.latest(work, register)
    days = register.notice_days
    if latest is None:
        return Meaning("Nothing of this register has been published yet; this will be part of the first list.", days)
    before, after = _excerpts(work, register, latest.document, cast(Entry, entry))
    today = published.today(work, register)
    changes = [one for one in diff.compare(before, after, on=today) if _concerns(one, entry["id"])]
    if not changes:
        return Meaning(f"Readers are told of nothing: this says what publication {latest.number} says.", days)
    voice, known = phrases.voice("en", register.prevailing_language), wording.Known.of(before, after)
    told = [_announcement(one, voice, known, today, days) for one in changes]
    return Meaning(f"Compared with publication {latest.number}, this will be announced as:", days, told)


def meaning_of_removal(work: Work, register: Register, entry_id: str) -> Meaning:
    """What taking an entry out of the working copy would change for readers."""
    latest = published.latest(work, register)
    if latest is None or all(one["id"] != entry_id for one in latest.document["entries"]):
        return Meaning("It has never been published, so readers are told of nothing.", register.notice_days)
    working = working_document(work, register)
    left = [one for one in working["entries"] if one["id"] != entry_id]
    before, after = latest.document, cast(Document, {**working, "entries": left})
    today = published.today(work, register)
    changes = [one for one in diff.compare(before, after, on=today) if _concerns(one, entry_id)]
    voice, known = phrases.voice("en", register.prevailing_language), wording.Known.of(before, after)
    told = [_announcement(one, voice, known, today, register.notice_days) for one in changes]
    return Meaning("With the next publication this will be announced as:", register.notice_days, told)


def findings(work: Work, register: Register, entry: Mapping[str, Any]) -> dict[str, list[Finding]]:
    """The linter's findings on this entry by the names of the form's inputs."""
    found: dict[str, list[Finding]] = {}
    for finding in lint.lint_entry(cast(Entry, entry), published.today(work, register)):
        found.setdefault(finding.field, []).append(finding)
    return found


def _concerns(change: diff.Change, entry_id: str) -> bool:
    """Whether a change is of this entry, or of the one that takes over from it."""
    return change.entry == entry_id or (change.kind == "subprocessor-replaced" and change.after["replaces"] == entry_id)


def _announcement(
    change: diff.Change, voice: phrases.Voice, known: wording.Known, today: date, notice_days: int
) -> Announcement:
    due = today + timedelta(days=notice_days)
    early = ""
    if change.owes_notice and change.effective_on < due:
        early = f"{notice_days} days' notice given today would end on {text.format_date(due, 'en')}."
    headline = wording.headline(change.as_json(), voice, known=known)
    return Announcement(headline, change.owes_notice, text.format_date(change.effective_on, "en"), early)


def _excerpts(work: Work, register: Register, before: Document, entry: Entry) -> tuple[Document, Document]:
    """The last publication and the one to come, with only the entries on which this one's changes hang: itself, the
    one it takes over from, the ones that take over from it, and others of the same company."""
    company = entry["sub_processor"]["id"]
    wanted = {entry["id"], entry["replaces"]}
    wanted |= {one["id"] for one in before["entries"] if one["sub_processor"]["id"] == company}
    rows = [row for row in entries_of(work, register) if row.id in wanted or row.replaces == entry["id"]]
    wanted |= {row.id for row in rows}
    working = [one for one in entry_values(work, rows) if one["id"] != entry["id"]]
    old = [one for one in before["entries"] if one["id"] in wanted]
    return cast(Document, {**before, "entries": old}), cast(Document, {**before, "entries": [*working, entry]})
