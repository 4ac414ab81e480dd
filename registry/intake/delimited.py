"""CSV and its relatives: any common delimiter and quoting, titles above the header, several lists in one file."""

import csv
import io
from collections.abc import Callable, Iterator

from registry.intake.markup import from_markdown
from registry.intake.shapes import Heading, Pages, Paragraph, Row, Table

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 60


def read_delimited(text: str, *, progress: Callable[[int], None] | None = None) -> Pages:
    """Tables of a delimited file; `source` is the line a row ends on. A blank line parts two lists.

    `progress` is told the line reached, every 500 lines.
    """
    pages = Pages()
    delimiter = _delimiter(text)
    gathered: list[Row] = []
    for row in _rows(text, delimiter, pages):
        if progress and len(gathered) % 500 == 499:
            progress(int(row.source.removeprefix("line ")))
        if any(cell.text for cell in row.cells):
            gathered.append(row)
        elif gathered and (len(gathered) > 1 or len(row.cells) <= 1):
            _emit(gathered, pages)
            gathered = []
    _emit(gathered, pages)
    return pages


def _rows(text: str, delimiter: str, pages: Pages) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=delimiter != "\t")
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            where = f"line {reader.line_num}"
            pages.troubles.append({"source": where, "text": "", "why": f"This line cannot be read as CSV: {error}."})
            continue
        yield Row(f"line {reader.line_num}", tuple(map(from_markdown, cells)))


def _emit(rows: list[Row], pages: Pages) -> None:
    """Leading rows with a single filled cell are titles; the rest is a table whose header the reading decides."""
    start = 0
    widest = max((_filled(row) for row in rows), default=0)
    while start < len(rows) and widest > 1 and _filled(rows[start]) == 1:
        words = next(cell.line for cell in rows[start].cells if cell.text)
        short = len(words) <= 60 and words[-1] not in ".:;"
        pages.blocks.append(
            Heading(rows[start].source, 6, words, guessed=True) if short else Paragraph(rows[start].source, words)
        )
        start += 1
    if start < len(rows):
        pages.blocks.append(Table(rows[start].source, None, tuple(rows[start:])))


def _filled(row: Row) -> int:
    return sum(bool(cell.text) for cell in row.cells)


def _delimiter(text: str) -> str:
    """The delimiter that cuts the first lines into the most columns of one width."""
    sample = "\n".join(text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES])
    return max(_DELIMITERS, key=lambda mark: _score(sample, mark))


def _score(sample: str, mark: str) -> float:
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=mark, skipinitialspace=True) if row]
    except csv.Error:
        return 0
    if not widths:
        return 0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return 0 if usual < 2 else widths.count(usual) / len(widths) * min(usual, 12) ** 0.5
