"""Dated rows compared: which are the same in two publications, and the changes among purposes and data categories."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, NamedTuple, TypeVar

from registry.diff.kinds import Change, Telling
from registry.diff.rewording import same_meaning, spoken, words
from registry.diff.spans import Shift, Span, arrival, change_day, departure, ended, shifts, span
from registry.snapshot import Dated, TextRow

Within = tuple[Span, Span]
"""The spans, before and after, of what the rows belong to."""

Row = TypeVar("Row", bound=Dated)


class Sort(NamedTuple):
    """A sort of row: its kinds are `<noun>-added` and `<noun>-removed`, its subjects have the type."""

    noun: str
    type: str


SUBPROCESSOR = Sort("subprocessor", "sub-processor")
PURPOSE = Sort("purpose", "purpose")
DATA_CATEGORY = Sort("data-category", "data-category")


class Matched(NamedTuple, Generic[Row]):
    """Rows that are the same in both publications, and those that only one of them has."""

    pairs: list[tuple[Row, Row]]
    gone: list[Row]
    come: list[Row]


def match_texts(before: Sequence[TextRow], after: Sequence[TextRow], language: str) -> Matched[TextRow]:
    """Purposes or data categories paired by id and wording, then by wording alone, then by id."""

    def wording(row: TextRow) -> Hashable:
        return tuple(words(spoken(row["text"], language)))

    return match(before, after, id_and(wording), wording, by_id)


def text_row_changes(telling: Telling, sort: Sort, matched: Matched[TextRow], within: Within) -> list[Change]:
    """Rows that came, left, moved in time or were reworded. Another purpose under an old id leaves and comes."""
    changes = gone_and_come(telling, sort, matched, within)
    for before, after in matched.pairs:
        alike = before["text"] == after["text"] or same_meaning(before["text"], after["text"], telling.language)
        if not alike and not both_ended(telling, (before, after), within):
            changes += in_place(telling, sort, (before, after), within)
            continue
        changes += shifted(telling, sort, (before, after), within)
        if before["text"] != after["text"]:
            changes.append(corrected(telling, sort, after["id"], "text", (before["text"], after["text"])))
    return changes


def match(before: Iterable[Row], after: Iterable[Row], *keys: Callable[[Row], Hashable]) -> Matched[Row]:
    """Pairs by the first key, what is left by the second, and so on; the order of the rows plays no part."""
    old, new = sorted(before, key=lambda row: row["id"]), sorted(after, key=lambda row: row["id"])
    pairs: list[tuple[Row, Row]] = []
    for key in keys:
        waiting: dict[Hashable, list[Row]] = {}
        for row in old:
            waiting.setdefault(key(row), []).append(row)
        single = []
        for row in new:
            found = waiting.get(key(row))
            if found:
                pairs.append((found.pop(0), row))
            else:
                single.append(row)
        old, new = [row for rows in waiting.values() for row in rows], single
    return Matched(pairs, old, new)


def by_id(row: Dated) -> Hashable:
    """The key of the last resort: the same id, whatever else changed."""
    return row["id"]


def id_and(value: Callable[[Row], Hashable]) -> Callable[[Row], Hashable]:
    """The key of the first choice: the same id and the same value."""
    return lambda row: (row["id"], value(row))


def gone_and_come(telling: Telling, sort: Sort, matched: Matched[Row], within: Within) -> list[Change]:
    """The changes that rows without a partner are."""
    left = [(departure(row, within[0], telling.on), row) for row in matched.gone]
    changes = [tell(telling, sort, shift, (row, None)) for shift, row in left if shift]
    return changes + [tell(telling, sort, arrival(row, within[1], telling.on), (None, row)) for row in matched.come]


def in_place(telling: Telling, sort: Sort, rows: tuple[Dated, Dated], within: Within) -> list[Change]:
    """One row became another under its id: the old one leaves, the new one comes, whatever its own start was."""
    left = departure(rows[0], within[0], telling.on)
    came = Shift("added", change_day(span(rows[1], within[1]), telling.on))
    changes = [tell(telling, sort, left, (rows[0], None))] if left else []
    return [*changes, tell(telling, sort, came, (None, rows[1]))]


def shifted(telling: Telling, sort: Sort, rows: tuple[Dated, Dated], within: Within) -> list[Change]:
    """What the dates of one row say."""
    return [tell(telling, sort, shift, rows) for shift in shifts(rows, within, telling.on)]


def tell(telling: Telling, sort: Sort, shift: Shift, rows: tuple[Dated | None, Dated | None]) -> Change:
    """The change that a shift of dates is. Entries are named by `Change.entry`, all other rows by their id."""
    row = rows[1] or rows[0]
    kind, before, after = {
        "added": (f"{sort.noun}-added", None, rows[1]),
        "removed": (f"{sort.noun}-removed", rows[0], None),
        "moved": ("planned-change-moved", shift.before, shift.after),
        "withdrawn": ("planned-change-withdrawn", shift.before if shift.field else rows[0], None),
        "corrected": ("text-corrected", shift.before, shift.after),
    }[shift.what]
    return telling.change(
        kind,
        sort.type,
        values=(before, after),
        row=row["id"] if row and sort is not SUBPROCESSOR else None,
        field=shift.field,
        effective_on=shift.effective_on,
        owes=True if shift.sooner else None,
    )


def corrected(telling: Telling, sort: Sort, row: str, field: str, values: tuple[object, object]) -> Change:
    """A field of a row that was put in better words."""
    return telling.change("text-corrected", sort.type, values=values, row=row, field=field)


def both_ended(telling: Telling, rows: tuple[Dated, Dated], within: Within) -> bool:
    """Whether a row is past in both publications, so that an edit only puts the record right."""
    return all(ended(span(row, held), telling.on) for row, held in zip(rows, within, strict=True))
