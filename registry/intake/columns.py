"""A table's columns by meaning, and its rows as records: what each row says, by meaning, whatever the layout was."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from registry.intake import words
from registry.intake.companies import has_form
from registry.intake.headers import meanings, plain
from registry.intake.mechanisms import mentions, read_mechanisms, without_mechanisms
from registry.intake.places import read_places
from registry.intake.shapes import Cell, Row, Table
from registry.intake.splitting import are_people

_HEADER_AMONG = 8
_SAMPLE = 40


@dataclass
class Record:
    """One row by meaning. `unknown` keeps cells of columns nobody understood, by header."""

    source: str
    cells: dict[str, Cell]
    unknown: dict[str, str] = field(default_factory=dict)
    section: str = ""
    """The words of the row that spans the table above this one."""


@dataclass
class Layout:
    """A table understood: its records, the meanings its header has, the columns and rows that are no data."""

    records: list[Record]
    meanings: frozenset[str] = frozenset()
    headers: list[str] = field(default_factory=list)
    unknown_columns: dict[str, list[str]] = field(default_factory=dict)
    repeated_headers: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def lay_out(table: Table) -> Layout | None:
    """The records of a table of sub-processors; None when no column of it names anybody."""
    straight, turned = _known(table), _known(_turned(table))
    # A table on its side has one known word in its first row and several in its first column.
    for candidate in (_turned(table), table) if turned > max(1, straight) and straight < 2 else (table, _turned(table)):
        header, rows, headers = _header(candidate)
        columns = _columns(headers, rows)
        if header is None or not any("name" in column for column in columns):
            continue
        layout = Layout([], frozenset(meaning for column in columns for meaning in column), headers)
        if candidate is not table:
            layout.notes.append("The table lies on its side; its columns were read as rows.")
        _fill(layout, columns, rows, header)
        return layout
    return _by_content(table)


def _known(table: Table) -> int:
    """How many cells of the first row are known header words."""
    first = table.header or (table.rows[0] if table.rows else None)
    return sum(bool(meanings(cell.line)) and len(cell.line) <= 60 for cell in _distinct(first.cells)) if first else 0


def _header(table: Table) -> tuple[Row | None, Sequence[Row], list[str]]:
    """The row that is the header: the one marked so, unless it is empty or says nothing and a row below says more."""
    rows = [*([table.header] if table.header else []), *table.rows]
    best, best_score = None, 0
    for number, row in enumerate(rows[:_HEADER_AMONG]):
        known = [meanings(cell.line) for cell in _distinct(row.cells)]
        score = sum(
            bool(found) and len(cell.line) <= 60 for found, cell in zip(known, _distinct(row.cells), strict=True)
        )
        named = any("name" in found for found in known)
        if score > best_score + (0 if best is None else 1) and (named or number == 0):
            best, best_score = number, score
    if best is None or (best_score < 2 and not (table.header and best == 0)):
        return None, rows, []
    return rows[best], rows[best + 1 :], [cell.line for cell in rows[best].cells]


def _distinct(cells: Sequence[Cell]) -> list[Cell]:
    """Cells without the copies that a span makes."""
    return [cell for number, cell in enumerate(cells) if not number or cell is not cells[number - 1]]


def _columns(headers: list[str], rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The meanings of each column; what two columns claim goes to the first, or to what their content shows."""
    columns = [_meaning(header, number, rows) for number, header in enumerate(headers)]
    columns = _one_name(columns, headers, rows)
    flat = [meaning for column in columns for meaning in column]
    if "purpose" not in flat:
        # The only column that says what a company does, under a word that elsewhere means a product of it.
        other = next((name for name in ("service", "role", "description") if name in flat), "")
        columns = [("purpose",) if column == (other,) and other else column for column in columns]
    if "name" not in [meaning for column in columns for meaning in column] and "service" in flat:
        columns = [("name",) if column == ("service",) else column for column in columns]
    if (
        "name" not in flat
        and sum(bool(column) for column in columns) >= 2
        and () in columns
        and headers[columns.index(())]
    ):
        return columns
    return columns


def _one_name(columns: list[tuple[str, ...]], headers: list[str], rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Of several columns of names the one of legal entities is the name; another one is the trading name."""
    named = [number for number, column in enumerate(columns) if column == ("name",)]
    if len(named) < 2:
        return columns
    legal = next((number for number in named if {"legal", "entity"} & set(plain(headers[number]).split())), named[0])
    for number in named:
        values = {plain(row.cells[number].line) for row in rows[:_SAMPLE] if number < len(row.cells)}
        if number != legal:
            columns[number] = (
                ("affiliate",) if values <= {"yes", "no", "ja", "nein", "oui", "non", ""} else ("trading",)
            )
    return columns


def _meaning(header: str, number: int, rows: Sequence[Row]) -> tuple[str, ...]:
    found = meanings(header)
    values = [row.cells[number].line for row in rows[:_SAMPLE] if number < len(row.cells) and row.cells[number].text]
    if plain(header) in ("role", "roles", "rolle", "rol", "ruolo") and values:
        known = sum(any(words.is_one(value, f"roles.{role}") for role in words.lists()["roles"]) for value in values)
        return ("role",) if known * 2 > len(values) else ("purpose",)
    if found == ("group",) and plain(header) in ("categories", "category", "kategorien", "categories of persons"):
        return ("data_subjects",) if are_people(values) else found
    if found == ("group",) and len(set(values)) > max(4, len(values) // 2):
        return ("purpose",) if len(values) > 6 else found
    if found == ("storage_place",) and values and not any(read_places(value).understood for value in values):
        return ("purpose",)
    return found


def _fill(layout: Layout, columns: list[tuple[str, ...]], rows: Sequence[Row], header: Row) -> None:
    header_key = [plain(cell.line) for cell in header.cells]
    section = ""
    for row in rows:
        cells = list(row.cells)
        if header_key and all(plain(cell.line) == key for cell, key in zip(cells, header_key, strict=False)):
            layout.repeated_headers.append(row.source)
        elif len(cells) > 1 and cells[0].text and all(cell is cells[0] for cell in cells):
            section = cells[0].line
        elif any(cell.text for cell in cells):
            layout.records.append(_record(layout, columns, row, section))


def _record(layout: Layout, columns: list[tuple[str, ...]], row: Row, section: str) -> Record:
    record = Record(row.source, {}, section=section)
    for number, cell in enumerate(row.cells):
        column = columns[number] if number < len(columns) else ()
        if not cell.text:
            continue
        if not column:
            header = layout.headers[number] if number < len(layout.headers) else ""
            name = header or f"column {number + 1}"
            record.unknown[name] = cell.line
            layout.unknown_columns.setdefault(name, []).append(cell.line)
        for meaning, part in _parted(column, cell):
            earlier = record.cells.get(meaning)
            if earlier and meaning == "purpose":
                meaning, earlier = "description", record.cells.get("description")  # noqa: PLW2901 - the second says more
            record.cells[meaning] = _joined(earlier, part) if earlier else part
    return record


def _joined(first: Cell, second: Cell) -> Cell:
    if second.text in first.text:
        return first
    return Cell(f"{first.text}\n{second.text}", first.links + second.links)


def _parted(column: tuple[str, ...], cell: Cell) -> list[tuple[str, Cell]]:
    """A cell of a column with two meanings, taken apart."""
    if len(column) < 2:
        return [(meaning, cell) for meaning in column]
    if column[0] == "name":
        lines = cell.text.split("\n") if "\n" in cell.text else re.split(r"(?<!\bInc)(?<!Ltd), ", cell.text, maxsplit=1)
        rest = "\n".join(lines[1:])
        return [("name", Cell(lines[0], cell.links)), *([(column[1], Cell(rest))] if rest else [])]
    if column[1] == "mechanism":
        return _place_and_mechanism(column[0], cell)
    return [(column[0], cell)]


def _place_and_mechanism(place: str, cell: Cell) -> list[tuple[str, Cell]]:
    """ "EU servers; standard clauses": the parts that name a mechanism, and the rest."""
    parts = [part.strip() for part in re.split(r"[;\n]", cell.text) if part.strip()]
    named = [part for part in parts if mentions(part) or read_mechanisms(part).nothing]
    where = [part for part in parts if part not in named]
    for part in named:
        rest = without_mechanisms(part)
        if not where and read_places(rest).understood and read_places(rest).found:
            where.append(" ".join(rest.replace(";", " ").split()))
    found = [(place, Cell("; ".join(where), cell.links))] if where else []
    return [*found, ("mechanism", Cell("; ".join(named)))] if named else found


def _turned(table: Table) -> Table:
    """The table with rows and columns exchanged."""
    rows = [*([table.header] if table.header else []), *table.rows]
    width = min((len(row.cells) for row in rows), default=0)
    if width < 2 or len(rows) > 60 or width > 200:
        return Table(table.source, None, ())
    turned = [
        Row(f"{table.source}, column {number + 1}", tuple(row.cells[number] for row in rows)) for number in range(width)
    ]
    return Table(table.source, turned[0], tuple(turned[1:]))


def _by_content(table: Table) -> Layout | None:
    """A table without any header: a column of legal names, and one of places, give it away."""
    rows = [row for row in [*([table.header] if table.header else []), *table.rows] if len(row.cells) > 1]
    if len(rows) < 2:
        return None
    width = min(len(row.cells) for row in rows)
    sample = rows[:_SAMPLE]

    def share(number: int, test: object) -> float:
        return sum(bool(test(row.cells[number].line)) for row in sample) / len(sample)  # type: ignore[operator]

    named = max(range(width), key=lambda number: (share(number, has_form), -number))
    if share(named, has_form) < 0.5:
        return None
    columns: list[tuple[str, ...]] = [()] * width
    columns[named] = ("name",)
    for number in range(width):
        if number != named and "place" not in {m for c in columns for m in c}:
            known = share(number, lambda text: text and len(text) < 80 and read_places(text).understood)
            columns[number] = ("place",) if known >= 0.6 else ()
    free = [number for number in range(width) if not columns[number]]
    if free:
        columns[free[0]] = ("purpose",)
    layout = Layout([], frozenset(meaning for column in columns for meaning in column), [""] * width)
    layout.notes.append("The table has no header; what its columns mean was guessed from their content.")
    _fill(layout, columns, rows, Row("", ()))
    return layout
