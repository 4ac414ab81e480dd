"""What a change is: its kind, whether advance notice is owed by default, and how a set of changes sums up.

The kinds and their defaults are those of GDPR Art. 28(2) practice: an intended addition or replacement, and what
widens the processing, is notified in advance; the rest is told, or merely shown.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypedDict

from registry.errors import Problem

OWING_KINDS = frozenset(
    {
        "subprocessor-added",
        "subprocessor-replaced",
        "location-added",
        "purpose-added",
        "data-category-added",
        "scope-changed",
        "mechanism-changed",
        "role-changed",
    }
)
"""Advance notice is owed by default. Two kinds are decided case by case: `scope-changed` owes when the scope widens,
and `planned-change-moved` when a start is brought forward, or a notified plan could shed its notice period."""

QUIET_KINDS = frozenset({"contact-changed", "tia-updated", "text-corrected", "reordered"})
"""A publication with nothing else is not mailed unless asked."""

KINDS = (
    "subprocessor-added",
    "subprocessor-replaced",
    "location-added",
    "purpose-added",
    "data-category-added",
    "scope-changed",
    "mechanism-changed",
    "role-changed",
    "subprocessor-removed",
    "location-removed",
    "purpose-removed",
    "data-category-removed",
    "subprocessor-renamed",
    "planned-change-moved",
    "planned-change-withdrawn",
    "contact-changed",
    "tia-updated",
    "text-corrected",
    "reordered",
)
"""Every kind, the gravest first. `compare` never gives `reordered`: it is there to reclassify to."""

_SPECIFIC = ("subprocessor-", "location-", "purpose-", "data-category-")


class Subject(TypedDict):
    """What changed. `type`: sub-processor, purpose, data-category, location, mechanism, scope, role, contact, text,
    tia or register; `id` of the row; `name` a reader knows it by; `field` when one field of it changed."""

    type: str
    id: str | None
    name: str
    field: str | None


@dataclass(frozen=True)
class Change:
    """One typed difference between two publications.

    `before` is null for additions and `after` for removals, also when the end is only announced: they say what there
    is before and after `effective_on`. `entry` is null when the change belongs to the whole register. `key` names
    the change within its comparison and stays when it is reclassified.
    """

    kind: str
    entry: str | None
    subject: Subject
    before: Any
    after: Any
    effective_on: date
    owes_notice: bool
    reason: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            object.__setattr__(self, "key", self._own_key())

    def as_json(self) -> dict[str, Any]:
        """The change as every machine reads it, and nothing more."""
        return {
            "kind": self.kind,
            "entry": self.entry,
            "subject": dict(self.subject),
            "before": self.before,
            "after": self.after,
            "effective_on": self.effective_on.isoformat(),
            "owes_notice": self.owes_notice,
            "reason": self.reason,
        }

    def _own_key(self) -> str:
        subject = self.subject
        parts = [self.kind, self.entry or "register", subject["id"]]
        if not self.kind.startswith(_SPECIFIC):
            parts += [subject["type"], subject["field"]]
        return ":".join(part for part in parts if part)


@dataclass(frozen=True)
class Reclassification:
    """An editor's word that the change `key` is of another kind, with the reason that is kept beside it."""

    key: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Telling:
    """Where changes are being found: the day of publication, the prevailing language, and whose changes they are."""

    on: date
    language: str
    entry: str | None
    name: str

    def change(
        self,
        kind: str,
        type_: str,
        *,
        values: tuple[Any, Any],
        row: str | None = None,
        field: str | None = None,
        effective_on: date | None = None,
        owes: bool | None = None,
    ) -> Change:
        """A change of this entry (or register), effective at publication and owing by its kind unless said.

        `values` are what there is before and after.
        """
        subject: Subject = {"type": type_, "id": row, "name": self.name, "field": field}
        owed = kind in OWING_KINDS if owes is None else owes
        return Change(kind, self.entry, subject, *values, effective_on or self.on, owed)


def in_order(changes: Iterable[Change]) -> list[Change]:
    """What owes notice first, quiet changes last; within that by effective date, name and kind."""
    return sorted(changes, key=_rank)


def keyed_apart(changes: Iterable[Change]) -> list[Change]:
    """The changes with keys of which no two are equal, also where a document gives two rows of an entry one id."""
    met: Counter[str] = Counter()
    apart = []
    for change in changes:
        met[change.key] += 1
        times = met[change.key]
        apart.append(change if times == 1 else replace(change, key=f"{change.key}:{times}"))
    return apart


def reclassify(changes: Sequence[Change], reclassified: Iterable[Reclassification]) -> list[Change]:
    """The changes with the editor's kinds and reasons; a new kind brings its own default of owing notice.

    Raises Problem invalid `unknown-change` or `unknown-change-kind`.
    """
    by_key = {change.key: change for change in changes}
    for item in reclassified:
        if item.key not in by_key:
            raise Problem("invalid", "unknown-change", f"There is no change “{item.key}” in this comparison.")
        if item.kind not in KINDS:
            raise Problem("invalid", "unknown-change-kind", f"“{item.kind}” is not a kind of change.")
        change = by_key[item.key]
        owed = change.owes_notice if item.kind == change.kind else item.kind in OWING_KINDS
        by_key[item.key] = replace(change, kind=item.kind, owes_notice=owed, reason=item.reason)
    return list(by_key.values())


def counts(changes: Iterable[Change]) -> dict[str, int]:
    """How many there are of each kind that occurs, the gravest kind first."""
    counted = Counter(change.kind for change in changes)
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


def earliest_effective_on(changes: Iterable[Change]) -> date | None:
    """When the first change takes effect; quiet ones count only when there is nothing else. None without changes."""
    told = list(changes)
    return min((change.effective_on for change in _loud(told) or told), default=None)


def owes(changes: Iterable[Change]) -> list[Change]:
    """The changes for which advance notice is owed; empty, and so false, when there are none."""
    return [change for change in changes if change.owes_notice]


def worth_telling(changes: Iterable[Change]) -> bool:
    """Whether a publication with these changes is announced to subscribers without being asked."""
    return bool(_loud(changes))


def _loud(changes: Iterable[Change]) -> list[Change]:
    return [change for change in changes if change.kind not in QUIET_KINDS]


def _rank(change: Change) -> tuple[bool, bool, date, str, str, str]:
    quiet = change.kind in QUIET_KINDS
    return (
        not change.owes_notice,
        quiet,
        change.effective_on,
        change.subject["name"].casefold(),
        change.kind,
        change.key,
    )
