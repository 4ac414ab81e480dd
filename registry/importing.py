"""Bringing a list into a register's working copy: first a plan a person can read, then the plan carried out.

Nothing here publishes. An import is the whole list of the register: what stands in the register and not in the file
goes from the working copy (unless the file only adds).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from registry import drafting, published
from registry.errors import Problem
from registry.intake import Candidate, Progress, Reading
from registry.intake.carrying import carried, differences, fresh
from registry.intake.pairing import Pairs, pair, same_name
from registry.models import Register
from registry.work import Work
from registry.working_copy import entries_of, entry_values

Outcome = Literal["new", "matched", "renamed", "skipped"]
Renames = Literal["ask", "suggest", "none"]
Values = Mapping[str, Any]
Check = Callable[[Values], dict[str, Any]]
"""Checks an entry's values as `registry.schemas` does, and gives them back tidied. Raises Problem invalid."""
Confirm = Callable[[str, str], bool]
"""Asked for each suggested rename: old name, new name."""


@dataclass
class PlannedRow:
    """What one row of the file becomes. `entry` is the whole entry as it will stand; None when the row is skipped.

    `changes` names the fields that become different in an entry that stands already.
    """

    source: str
    outcome: Outcome
    name: str
    entry: dict[str, Any] | None
    notes: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The row for programs: `entry` is the id the entry has or will have, `values` all that it would say."""
        shown = {name: getattr(self, name) for name in ("source", "outcome", "name", "notes", "changes")}
        return {**shown, "entry": self.entry["id"] if self.entry else None, "values": self.entry}


@dataclass
class ImportPlan:
    """Everything an import would do. `versions` are the saves of the entries the plan rests on."""

    register: str
    rows: list[PlannedRow] = field(default_factory=list)
    removals: list[dict[str, str]] = field(default_factory=list)
    order: list[str] = field(default_factory=list)
    not_understood: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def changes_anything(self) -> bool:
        touched = any(row.changes or row.outcome == "new" for row in self.rows)
        return touched or bool(self.removals) or self.order != list(self.versions)

    def as_json(self) -> dict[str, Any]:
        shown = {name: getattr(self, name) for name in ("register", "removals", "not_understood", "notes")}
        return {"rows": [row.as_json() for row in self.rows], **shown}


def plan(
    work: Work,
    register: Register,
    reading: Reading,
    *,
    check: Check,
    renames: Renames = "suggest",
    confirm: Confirm | None = None,
    only_add: bool = False,
) -> ImportPlan:
    """What importing a reading into a register's working copy would do; changes nothing.

    `renames`: "suggest" takes likely renames as such, "ask" asks `confirm` for each, "none" treats another name as
    another company. `only_add` leaves entries alone that the file does not name.
    Raises Problem invalid `import-nothing-found` when the file holds no list.
    """
    if not reading.candidates:
        raise Problem("invalid", "import-nothing-found", _nothing_found(reading), not_understood=reading.not_understood)
    today = published.today(work, register).isoformat()
    rows = entries_of(work, register)
    everything = entry_values(work, rows)
    standing = [entry for entry in everything if not (entry["ends_on"] and entry["ends_on"] < today)]
    pairs = _decided(pair(standing, reading.candidates), reading.candidates, renames, confirm)
    made = ImportPlan(register.slug, not_understood=list(reading.not_understood), notes=list(reading.notes))
    made.versions = {row.id: drafting.entry_version(work, row) for row in rows}
    for number, candidate in enumerate(reading.candidates):
        entry = pairs.same.get(number) or pairs.renamed.get(number)
        made.rows.append(_row(candidate, entry, today))
    _one_company_one_record(made.rows)
    for row in made.rows:
        _checked(row, check)
    made.rows += [PlannedRow(one["source"], "skipped", one["name"], None, [one["why"]]) for one in reading.skipped]
    _gone(made, standing, only_add=only_add)
    _ordered(made, [str(entry["id"]) for entry in everything], only_add=only_add)
    return made


def apply(work: Work, register: Register, made: ImportPlan, *, progress: Progress | None = None) -> None:
    """Carry a plan out in the working copy; publishes nothing. `progress` is told (rows done, rows there are).

    Raises Problem conflict `edited-meanwhile` when an entry was saved, added or removed since the plan was made.
    """
    standing = {row.id: row for row in entries_of(work, register)}
    now = {entry_id: drafting.entry_version(work, row) for entry_id, row in standing.items()}
    if register.slug != made.register or now != made.versions:
        message = "The register was edited since the file was compared with it. Nothing was changed; import it again."
        raise Problem("conflict", "edited-meanwhile", message)
    for removal in made.removals:
        drafting.remove_entry(work, standing[removal["id"]])
    for number, row in enumerate(made.rows, 1):
        if progress and (number % 100 == 0 or number == len(made.rows)):
            progress(number, len(made.rows))
        if row.entry is not None and row.outcome == "new":
            drafting.add_entry(work, register, row.entry)
        elif row.entry is not None and row.changes:
            drafting.save_entry(work, standing[row.entry["id"]], row.entry, version=None)
    if [row.id for row in entries_of(work, register)] != made.order:
        drafting.order_entries(work, register, made.order)
    counted = {outcome: sum(row.outcome == outcome for row in made.rows) for outcome in ("new", "matched", "renamed")}
    work.record("list.imported", subject=register.slug, register_id=register.id, **counted, removed=len(made.removals))


def _nothing_found(reading: Reading) -> str:
    first = reading.not_understood[0]["why"] if reading.not_understood else "It is empty."
    return f"No list of sub-processors was found in the file. {first}"


def _decided(pairs: Pairs, candidates: Sequence[Candidate], renames: Renames, confirm: Confirm | None) -> Pairs:
    """The pairs that hold after the question of renames is settled."""
    if renames == "none":
        pairs.renamed.clear()
        other = [number for number, entry in pairs.same.items() if not _keeps_name(entry, candidates[number])]
        for number in other:
            del pairs.same[number]
    elif renames == "ask" and confirm:
        both = {**pairs.same, **pairs.renamed}
        for number, entry in both.items():
            old, new = entry["sub_processor"]["legal_name"], candidates[number].name
            if not _keeps_name(entry, candidates[number]) and not confirm(old, new):
                pairs.same.pop(number, None)
                pairs.renamed.pop(number, None)
    return pairs


def _keeps_name(entry: Values, candidate: Candidate) -> bool:
    return same_name(entry["sub_processor"]["legal_name"], candidate.name)


def _row(candidate: Candidate, entry: Values | None, today: str) -> PlannedRow:
    notes = list(candidate.notes)
    if entry is None:
        return PlannedRow(candidate.source, "new", candidate.name, fresh(candidate), notes)
    values = carried(entry, candidate, today, notes)
    renamed = not _keeps_name(entry, candidate)
    if renamed:
        notes.append(f"Taken as a new name of “{entry['sub_processor']['legal_name']}”.")
    if entry["ends_on"]:
        notes.append(f"The file lists it, and in the register it is set to end on {entry['ends_on']}.")
    changes = differences(entry, values)
    return PlannedRow(candidate.source, "renamed" if renamed else "matched", candidate.name, values, notes, changes)


def _one_company_one_record(rows: Sequence[PlannedRow]) -> None:
    """Several rows of one company share its facts: the first to give one gives it, and a clash is said."""
    first: dict[str, dict[str, Any]] = {}
    for row in rows:
        company = row.entry["sub_processor"] if row.entry else {}
        known = first.setdefault(str(company.get("id") or company["legal_name"]), company)
        for name, value in company.items():
            if known[name] in ("", None) or known is company:
                known[name] = value
            elif name == "contact":
                known[name] = {part: known[name][part] or said for part, said in value.items()}
            elif value not in ("", known[name]) and name not in ("id", "affiliate"):
                row.notes.append(f"Another row of this company says {name} “{known[name]}”, this one “{value}”.")
    for row in rows:
        if row.entry:
            company = row.entry["sub_processor"]
            row.entry["sub_processor"] = dict(first[str(company.get("id") or company["legal_name"])])


def _checked(row: PlannedRow, check: Check) -> None:
    """The row as the working copy may hold it; a fact that cannot stand is left out, a row that cannot is skipped."""
    if row.entry is None:
        return
    for _ in range(2):
        try:
            row.entry = check(row.entry)
            return
        except Problem as problem:
            for path, wrong in problem.fields.items():
                row.notes.append(f"{path}: {' '.join(wrong)}")
                _blank(row.entry, path.split("."))
    row.outcome, row.entry, row.changes = "skipped", None, []
    row.notes.append("The row cannot stand in the register as it is.")


def _blank(values: Any, path: Sequence[str]) -> None:
    """Empty one text at a path such as sub_processor.website; leave everything else."""
    for part in path[:-1]:
        values = values[int(part)] if isinstance(values, list) else values.get(part)
        if not isinstance(values, list | dict):
            return
    if isinstance(values, dict) and isinstance(values.get(path[-1]), str) and path[-1] != "legal_name":
        values[path[-1]] = ""


def _gone(made: ImportPlan, standing: Sequence[Values], *, only_add: bool) -> None:
    """Entries the file does not name. Those whose end is set already need no removal."""
    kept = {row.entry["id"] for row in made.rows if row.entry}
    missing = [entry for entry in standing if entry["id"] not in kept]
    for entry in [] if only_add else missing:
        name = entry["sub_processor"]["legal_name"]
        if entry["ends_on"]:
            made.notes.append(f"“{name}” is not in the file; it ends on {entry['ends_on']} as set already.")
        else:
            made.removals.append({"id": str(entry["id"]), "name": str(name)})


def _ordered(made: ImportPlan, standing: Sequence[str], *, only_add: bool) -> None:
    """The order of the file, and behind it what the file does not name; the other way round when it only adds."""
    named = [str(row.entry["id"]) for row in made.rows if row.entry]
    gone = {removal["id"] for removal in made.removals}
    others = [entry_id for entry_id in standing if entry_id not in named and entry_id not in gone]
    new = [entry_id for entry_id in named if entry_id not in standing]
    made.order = [*standing, *new] if only_add else [*named, *others]
