"""The typed changes between two publications: the one function page, feed, mail, data files and command line use.

Identity is a stable id, sets are compared as sets, and order means nothing. What two publications say is compared
as of the day the later one appeared, so a date that has merely passed is no change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, cast

from registry.diff.entries import contact_change, differing, entry_changes
from registry.diff.kinds import (
    KINDS,
    OWING_KINDS,
    QUIET_KINDS,
    Change,
    Reclassification,
    Telling,
    counts,
    earliest_effective_on,
    in_order,
    keyed_apart,
    owes,
    reclassify,
    worth_telling,
)
from registry.diff.rewording import spoken
from registry.diff.rows import SUBPROCESSOR, tell
from registry.diff.spans import ALWAYS, arrival, departure
from registry.snapshot import Assessment, Document, Entry

__all__ = [
    "KINDS",
    "OWING_KINDS",
    "QUIET_KINDS",
    "Change",
    "Reclassification",
    "compare",
    "counts",
    "earliest_effective_on",
    "owes",
    "worth_telling",
]

Fields = Mapping[str, Any]

_COMPARED_APART = ("$schema", "register", "publisher", "entries", "transfer_impact_assessments", "publication")


def compare(
    before: Document | None,
    after: Document,
    *,
    on: date,
    reclassified: Sequence[Reclassification] = (),
) -> list[Change]:
    """The changes from one document to a later one, what owes notice first.

    `on` is the civil date of publication of `after` in the register's zone; a change takes effect then unless its
    row has a date. Without `before` every entry is an addition. Raises Problem invalid `unknown-change` or
    `unknown-change-kind` for a reclassification that does not fit.
    """
    changes = _entries(before["entries"] if before else [], after, on)
    if before:
        telling = _telling(after, on)
        changes += _head(telling, before, after)
        changes += _publisher(telling, before, after)
        changes += _assessments(before, after, on)
    return in_order(reclassify(keyed_apart(in_order(changes)), reclassified))


def _entries(before: Iterable[Entry], document: Document, on: date) -> list[Change]:
    old = {entry["id"]: entry for entry in before}
    new = {entry["id"]: entry for entry in document["entries"]}
    pairs = [(old[id_], entry) for id_, entry in new.items() if id_ in old and old[id_] != entry]
    gone = [entry for id_, entry in old.items() if id_ not in new]
    come = [entry for id_, entry in new.items() if id_ not in old]
    same = _same_company(gone, come)
    paired = {entry["id"] for pair in same for entry in pair}
    changes = [change for pair in (*pairs, *same) for change in entry_changes(_telling(document, on, pair[1]), *pair)]
    for entry in gone:
        shift = departure(entry, ALWAYS, on)
        if shift and entry["id"] not in paired:
            changes.append(tell(_telling(document, on, entry), SUBPROCESSOR, shift, (entry, None)))
    for entry in come:
        if entry["id"] not in paired:
            shift = arrival(entry, ALWAYS, on)
            changes.append(tell(_telling(document, on, entry), SUBPROCESSOR, shift, (None, entry)))
    return _takeovers(changes)


def _same_company(gone: Iterable[Entry], come: Iterable[Entry]) -> list[tuple[Entry, Entry]]:
    """An entry removed and entered afresh for the same company, when it has one on each side: what differs is told."""
    left, entered = _by_company(gone), _by_company(come)
    shared = [company for company in left if company in entered]
    return [(left[id_][0], entered[id_][0]) for id_ in shared if len(left[id_]) == len(entered[id_]) == 1]


def _by_company(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry["sub_processor"]["id"], []).append(entry)
    return found


def _takeovers(changes: Sequence[Change]) -> list[Change]:
    """An addition that takes over from an entry that leaves is one replacement, instead of the two."""
    leaving = {change.entry: change for change in changes if change.kind == "subprocessor-removed"}
    told: list[Change] = []
    taken: set[str | None] = set()
    for change in changes:
        predecessor = change.after["replaces"] if change.kind == "subprocessor-added" else None
        if predecessor not in leaving:
            told.append(change)
            continue
        taken.add(predecessor)
        told.append(replace(change, kind="subprocessor-replaced", before=leaving[predecessor].before, key=""))
    return [change for change in told if change.kind != "subprocessor-removed" or change.entry not in taken]


def _head(telling: Telling, before: Document, after: Document) -> list[Change]:
    """Title, introduction, languages, time zone, notice and objection days: shown, and told to those who ask."""
    sides = (before["register"], after["register"]), (_without(before), _without(after))
    return [
        telling.change("text-corrected", "register", values=(old.get(field), new.get(field)), field=field)
        for old, new in (cast(tuple[Fields, Fields], side) for side in sides)
        for field in differing(old, new)
    ]


def _publisher(telling: Telling, before: Document, after: Document) -> list[Change]:
    old, new = before["publisher"], after["publisher"]
    changes = []
    if old["name"] != new["name"]:
        names = old["name"], new["name"]
        changes.append(telling.change("text-corrected", "register", values=names, field="publisher.name"))
    fields = differing(old, new, but=("name",))
    return [*changes, contact_change(telling, old, new, fields)] if fields else changes


def _assessments(before: Document, after: Document, on: date) -> list[Change]:
    """Transfer impact assessments that were added, taken away or edited, each by its title."""
    language = after["register"]["prevailing_language"]
    old = {row["id"]: row for row in before["transfer_impact_assessments"]}
    new = {row["id"]: row for row in after["transfer_impact_assessments"]}
    changes = []
    for id_ in sorted(old.keys() | new.keys()):
        was, became = old.get(id_), new.get(id_)
        fields = differing(was, became) if was and became else []
        if was and became and not fields:
            continue
        title = cast(Assessment, became or was)["title"]
        telling = Telling(on, language, None, spoken(title, language))
        field = fields[0] if len(fields) == 1 else None
        changes.append(telling.change("tia-updated", "tia", values=(was, became), row=id_, field=field))
    return changes


def _telling(document: Document, on: date, entry: Entry | None = None) -> Telling:
    """Whose changes are found: an entry's, named by its company, or the register's own."""
    language = document["register"]["prevailing_language"]
    if entry:
        return Telling(on, language, entry["id"], entry["sub_processor"]["legal_name"])
    title = spoken(document["register"]["title"], language)
    return Telling(on, language, None, title or document["register"]["slug"])


def _without(document: Document) -> Fields:
    """The fields of a document that belong to no part compared by itself."""
    return {field: value for field, value in document.items() if field not in _COMPARED_APART}
