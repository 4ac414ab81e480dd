"""Dating a whole set of changes at once: what is new starts on a day, what is gone ends the day before.

Only rows that have no date of their own are dated, so a privacy officer may give one date for the change set and
another for a single row of it.
"""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, timedelta
from typing import Any, cast

from registry import diff
from registry.errors import Problem
from registry.ids import new_id
from registry.snapshot import Document, Entry

_ROWS = {"purpose": "purposes", "data-category": "data_categories", "location": "locations"}
Rows = list[dict[str, Any]]


def dated_from(before: Document | None, working: Document, *, effective_on: date, today: date) -> list[Entry]:
    """The entries that have to be written so that the changes since `before` take effect on `effective_on`.

    A row that was reworded or moved under its old id becomes two: the old one, ending, and a new one with an id of
    its own. Corrections, renames and other changes that have no date stay as they are.
    """
    if not 1900 <= effective_on.year < 3000:
        message = "Must be a date between 1900 and 2999."
        raise Problem("invalid", "date-wrong", message, fields={"effective_on": [message]})
    old = {entry["id"]: entry for entry in (before["entries"] if before else [])}
    entries = {entry["id"]: deepcopy(entry) for entry in working["entries"]}
    dating = _Dating(old, entries, effective_on)
    for change in diff.compare(before, working, on=today):
        dating.apply(change)
    return [entry for key, entry in entries.items() if key in dating.touched]


class _Dating:
    """One pass over the changes; `touched` are the entries that came out different."""

    def __init__(self, old: dict[str, Entry], entries: dict[str, Entry], effective_on: date) -> None:
        self.old, self.entries = old, entries
        self.starts = effective_on.isoformat()
        self.ends = (effective_on - timedelta(days=1)).isoformat()
        self.touched: set[str] = set()

    def apply(self, change: diff.Change) -> None:
        acts: dict[str, Callable[[diff.Change], None]] = {
            "subprocessor-added": self._enter,
            "subprocessor-removed": self._leave,
            "subprocessor-replaced": self._replace,
            "mechanism-changed": self._remechanise,
        }
        act = acts.get(change.kind)
        if act is None and change.subject["type"] in _ROWS:
            act = {"added": self._add_row, "removed": self._remove_row}.get(change.kind.rsplit("-", 1)[-1])
        if act is not None and change.entry is not None:
            act(change)

    def _enter(self, change: diff.Change) -> None:
        self._start(cast(dict[str, Any], self.entries[cast(str, change.entry)]), cast(str, change.entry))

    def _leave(self, change: diff.Change) -> None:
        self._end_entry(cast(str, change.entry))

    def _replace(self, change: diff.Change) -> None:
        if cast(dict[str, Any], change.before)["id"] == change.entry:
            message = "An entry now names another company. To date that, add the new company as an entry of its own."
            hint = f"{message} Say there that it replaces the old one."
            raise Problem("invalid", "company-exchanged", hint, fields={"effective_on": [hint]})
        self._enter(change)
        self._end_entry(cast(dict[str, Any], change.before)["id"])

    def _end_entry(self, entry_id: str) -> None:
        if entry_id not in self.entries:
            self.entries[entry_id] = deepcopy(self.old[entry_id])
            self.entries[entry_id]["ends_on"] = self.ends
            self.touched.add(entry_id)

    def _start(self, row: dict[str, Any], entry_id: str) -> None:
        if row["starts_on"] is None:
            row["starts_on"] = self.starts
            self.touched.add(entry_id)

    def _rows(self, entries: dict[str, Entry], change: diff.Change) -> Rows:
        entry = cast(dict[str, Any], entries.get(cast(str, change.entry), {}))
        return cast(Rows, entry.get(_ROWS[change.subject["type"]], []))

    def _add_row(self, change: diff.Change) -> None:
        entry_id = cast(str, change.entry)
        for row in self._rows(self.entries, change):
            if row["id"] == change.subject["id"] and row["starts_on"] is None:
                if any(known["id"] == row["id"] for known in self._rows(self.old, change)):
                    self._rename(entry_id, row)
                self._start(row, entry_id)

    def _rename(self, entry_id: str, row: dict[str, Any]) -> None:
        """Give a row that took over another's id one of its own, and tell the locations limited to it."""
        previous, row["id"] = row["id"], new_id()
        for mechanism in row.get("mechanisms", []):
            mechanism["id"] = new_id()
        for location in self.entries[entry_id]["locations"]:
            location["purposes"] = [row["id"] if one == previous else one for one in location["purposes"]]

    def _remove_row(self, change: diff.Change) -> None:
        rows = self._rows(self.entries, change)
        gone = next((row for row in self._rows(self.old, change) if row["id"] == change.subject["id"]), None)
        if gone is None:
            return
        standing = next((row for row in rows if row["id"] == gone["id"]), None)
        if standing is not None and standing["ends_on"] != gone["ends_on"]:
            return  # it goes on a day of its own
        if standing is not None and standing["starts_on"] is None:
            self._rename(cast(str, change.entry), standing)
            self._start(standing, cast(str, change.entry))
        elif standing is not None:
            return
        rows.append({**deepcopy(gone), "ends_on": self.ends})
        self.touched.add(cast(str, change.entry))

    def _remechanise(self, change: diff.Change) -> None:
        entry_id = cast(str, change.entry)
        here = next(row for row in self.entries[entry_id]["locations"] if row["id"] == change.subject["id"])
        old, new = ({_facts(row): row for row in rows} for rows in (change.before, here["mechanisms"]))
        for facts in new.keys() - old.keys():
            row = new[facts]
            if row["starts_on"] is None:
                row["id"] = new_id() if any(row["id"] == one["id"] for one in old.values()) else row["id"]
                self._start(cast(dict[str, Any], row), entry_id)
        for facts in sorted(old.keys() - new.keys(), key=str):
            here["mechanisms"].append({**deepcopy(old[facts]), "ends_on": self.ends})
            self.touched.add(entry_id)


def _facts(mechanism: Any) -> tuple[Any, ...]:
    return (mechanism["code"], mechanism["module"], mechanism["primary"])
