"""HTML pages to headings, paragraphs, tables and lists. Scripts and styles are never text; nothing is loaded."""

import re
from typing import Any

from registry.intake.markup import SILENT, from_element, tree
from registry.intake.shapes import Bullets, Cell, Heading, Item, Pages, Paragraph, Row, Table

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol"})
_BLOCKS = _HEADINGS | _LISTS | {"table", "dl", "p", "pre", "div", "section", "article", "summary"}
_PARAGRAPHS = frozenset({"p", "pre"})
_NO_BELOW = frozenset({"ul", "ol"})
# What a cell may claim to span: enough for any real table, and no way to fill the memory.
_MOST_ROWS, _MOST_COLUMNS, _MOST_CELLS = 2_000, 60, 400_000
_ENDS = ".,;:!?"


def read_html(text: str, *, prefix: str = "") -> Pages:
    """The blocks of a page in reading order; tables are numbered from 1. Mends what browsers mend; never raises."""
    reader = _Reader(prefix)
    root = tree(text)
    if root is not None:
        reader.walk(root)
        reader.flush()
    return reader.pages


class _Reader:
    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.pages = Pages()
        self.tables = 0
        self.lists = 0
        self.loose: list[str] = []

    def walk(self, element: Any) -> None:
        """Everything below an element, in order. libxml2 stops at a depth of 256, so recursion is safe."""
        self._say(element.text)
        for child in element:
            tag = child.tag if isinstance(child.tag, str) else ""
            if tag and tag not in SILENT:
                self._take(child, tag)
            self._say(child.tail)

    def flush(self) -> None:
        """Loose text gathered so far becomes a paragraph."""
        text = " ".join("".join(self.loose).split())
        self.loose.clear()
        if text:
            self.pages.blocks.append(Paragraph(self._here(), text))

    def _say(self, text: str | None) -> None:
        if text:
            self.loose.append(text)

    def _here(self) -> str:
        return f"{self.prefix}after table {self.tables}" if self.tables else f"{self.prefix}top of the page"

    def _take(self, element: Any, tag: str) -> None:
        if tag in _HEADINGS or tag in ("summary", "caption"):
            self._heading(element, int(tag[1]) if tag in _HEADINGS else 6)
        elif tag == "table" and element.find(".//table") is None:
            self._table(element)
        elif tag in _LISTS and element.find(".//table") is None:
            self._list(element)
        elif tag == "dl":
            self._definitions(element)
        elif tag == "br":
            self.loose.append("\n")
        elif _holds_blocks(element):
            self.flush()
            self.walk(element)
            self.flush()
        elif tag in _BLOCKS or tag in ("li", "td", "th", "tr", "blockquote", "figure", "main", "header", "footer"):
            self._paragraph(element)
        else:
            self._say(from_element(element).line)

    def _heading(self, element: Any, level: int) -> None:
        self.flush()
        text = from_element(element).line
        if text:
            self.pages.blocks.append(Heading(self._here(), level, text, guessed=level == 6))

    def _paragraph(self, element: Any) -> None:
        self.flush()
        text = from_element(element).line
        bold = (
            len(element) == 1
            and element[0].tag in ("b", "strong")
            and not (element.text or element[0].tail or "").strip()
        )
        if (
            bold
            and 2 < len(text) <= 60
            and text[-1] not in _ENDS
            and ": " not in text
            and not re.search(r"\d{4}", text)
        ):
            self.pages.blocks.append(Heading(self._here(), 6, text, guessed=True))
        elif text:
            self.pages.blocks.append(Paragraph(self._here(), text))

    def _table(self, element: Any) -> None:
        self.flush()
        self.tables += 1
        where = f"{self.prefix}table {self.tables}"
        caption = element.find("caption")
        if caption is not None:
            self._heading(caption, 6)
        trs = [tr for tr in element.iter("tr") if not any(up.tag in SILENT for up in tr.iterancestors())]
        rows = [Row(f"{where}, row {number}", tuple(cells)) for number, cells in enumerate(_grid(trs), 1)]
        head = _head_rows(trs)
        header = rows[head - 1] if head else None
        rows = [row for row in rows[head:] if any(cell.text for cell in row.cells)]
        if rows or header:
            self.pages.blocks.append(Table(where, header, tuple(rows)))

    def _list(self, element: Any) -> None:
        self.flush()
        self.lists += 1
        where = f"{self.prefix}list {self.lists}"
        items = [_item(li, f"{where}, item {number}") for number, li in enumerate(element.findall("li"), 1)]
        items = [item for item in items if item.cell.text or item.below]
        if items:
            self.pages.blocks.append(Bullets(where, tuple(items)))

    def _definitions(self, element: Any) -> None:
        """A definition list: each term is a bullet that leads with its words."""
        self.flush()
        self.lists += 1
        where = f"{self.prefix}list {self.lists}"
        items: list[Item] = []
        for child in element.iter("dt", "dd"):
            cell = from_element(child)
            if child.tag == "dt":
                items.append(Item(f"{where}, item {len(items) + 1}", cell, cell.line))
            elif items:
                last = items[-1]
                joined = Cell(f"{last.cell.text}: {cell.line}", last.cell.links + cell.links)
                items[-1] = Item(last.source, joined, last.lead)
        if items:
            self.pages.blocks.append(Bullets(where, tuple(items)))


def _holds_blocks(element: Any) -> bool:
    return element.tag not in _PARAGRAPHS and next(element.iterdescendants(*_BLOCKS), None) is not None


def _item(element: Any, where: str) -> Item:
    """A list item; lists inside it are the bullets below."""
    first = next(iter(element.iterdescendants("b", "strong", "a")), None)
    words = from_element(first).line if first is not None else ""
    cell = from_element(element, _NO_BELOW)
    lead = words if words and cell.line.startswith(words) else ""
    below = [
        Item(f"{where}.{number}", from_element(li, _NO_BELOW))
        for number, li in enumerate(element.iterdescendants("li"), 1)
    ]
    return Item(where, cell, lead, tuple(below))


def _head_rows(trs: list[Any]) -> int:
    """How many rows at the top are header: those of `thead`, else a first row of nothing but `th`."""
    in_head = [tr for tr in trs if tr.getparent() is not None and tr.getparent().tag == "thead"]
    if in_head:
        return len(in_head)
    return int(bool(trs) and len(trs[0]) > 1 and all(cell.tag == "th" for cell in trs[0]))


def _grid(trs: list[Any]) -> list[list[Cell]]:
    """The cells row by row with rowspan and colspan filled in; a spanned cell is the same object in each place."""
    grid: list[list[Cell]] = []
    pending: dict[int, tuple[int, Cell]] = {}
    count = 0
    for tr in trs:
        row: list[Cell] = []
        waiting = [cell for cell in tr if cell.tag in ("td", "th")]
        while (waiting or any(column >= len(row) for column in pending)) and len(row) < _MOST_COLUMNS:
            left, spanned = pending.pop(len(row), (0, Cell()))
            if left:
                if left > 1:
                    pending[len(row)] = (left - 1, spanned)
                row.append(spanned)
                continue
            if not waiting:
                row.append(Cell())
                continue
            source = waiting.pop(0)
            cell = from_element(source)
            down = min(_number(source.get("rowspan")) or 1, _MOST_ROWS)
            for _ in range(min(_number(source.get("colspan")) or 1, _MOST_COLUMNS - len(row))):
                if down > 1:
                    pending[len(row)] = (down - 1, cell)
                row.append(cell)
        pending = {column: kept for column, kept in pending.items() if column < _MOST_COLUMNS}
        count += len(row)
        if count > _MOST_CELLS:
            break
        grid.append(row)
    return grid


def _number(raw: str | None) -> int:
    return int(raw) if raw and raw.isascii() and raw.isdigit() and len(raw) < 6 else 1
