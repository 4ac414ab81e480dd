"""Markdown, and text copied from web pages, as it really comes: tables glued to the text above or to each other.

Not a full CommonMark parser on purpose: a second header row inside a run of pipes begins a new table here, a short line
above a table is a heading, and a table that a blank line tore apart is one table.
"""

import re

from registry.intake.html_reader import read_html
from registry.intake.markup import from_markdown
from registry.intake.shapes import Block, Bullets, Heading, Item, Pages, Paragraph, Row, Table

_ATX = re.compile(r"^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{3,})\s*$")
_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_LINE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$")
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_NOTE = re.compile(r"^\s*(:::+|!!!|\?\?\?)\s*\w*.*$")
_BULLET = re.compile(r"^(\s*)(?:[*+•‣·–-]|\d{1,3}[.)])\s+(\S.*)$")
_PIPE = re.compile(r"(?<!\\)\|")
_HTML = re.compile(r"^\s*<(table|ul|ol|dl|h[1-6]|figure|details|div|section)\b", re.IGNORECASE)
_LEAD = re.compile(r"^\s*(?:\*\*(.+?)\*\*|__(.+?)__|\*\*\[(.+?)\]\(.*?\)\*\*|\[([^\]]+)\]\([^)\s]*\))")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_ENDS = ".,;:!?。،"


def read_markdown(text: str) -> Pages:
    """Headings, paragraphs, tables and bullet lists of a Markdown text; `source` is "line n"."""
    return _Reader(text.split("\n")).read()


class _Reader:
    """A cursor over the lines; each method takes what it understands and moves on."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.at = 0
        self.pages = Pages()

    def read(self) -> Pages:
        self._front_matter()
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip() or _NOTE.match(line):
                self.at += 1
            elif not self._taken(line):
                self._paragraph()
        return self.pages

    def _taken(self, line: str) -> bool:
        known = self._fence(line) or self._html(line) or self._heading(line) or self._table()
        return known or self._tabbed() or self._rule(line) or self._bullets()

    def _emit(self, block: Block) -> None:
        self.pages.blocks.append(block)

    def _front_matter(self) -> None:
        if not self.lines or self.lines[0].strip() != "---":
            return
        end = next((n for n in range(1, min(len(self.lines), 200)) if self.lines[n].strip() in ("---", "...")), 0)
        if end and any(":" in line for line in self.lines[1:end]):
            words = " ".join(" ".join(self.lines[1:end]).split())
            self._emit(Paragraph(f"lines 1-{end + 1}", words))
            self.at = end + 1

    def _fence(self, line: str) -> bool:
        opening = _FENCE.match(line)
        if not opening:
            return False
        start = self.at
        self.at += 1
        while self.at < len(self.lines) and not self.lines[self.at].strip().startswith(opening[1]):
            self.at += 1
        self.at += 1
        inside = " ".join(" ".join(self.lines[start + 1 : self.at - 1]).split())
        if inside:
            self._emit(Paragraph(f"lines {start + 1}-{min(self.at, len(self.lines))}", inside))
        return True

    def _html(self, line: str) -> bool:
        opening = _HTML.match(line)
        if not opening:
            return False
        start, depth, tag = self.at, 0, opening[1].lower()
        while self.at < len(self.lines):
            low = self.lines[self.at].lower()
            depth += len(re.findall(rf"<{tag}\b", low)) - low.count(f"</{tag}>")
            self.at += 1
            if depth <= 0 or (tag == "div" and self.at < len(self.lines) and not self.lines[self.at].strip()):
                break
        inside = read_html("\n".join(self.lines[start : self.at]), prefix=f"line {start + 1}, ")
        self.pages.blocks += inside.blocks
        return True

    def _heading(self, line: str) -> bool:
        atx = _ATX.match(line)
        if atx:
            self._emit(Heading(f"line {self.at + 1}", len(atx[1]), from_markdown(atx[2]).line))
            self.at += 1
            return True
        under = _SETEXT.match(self._line(1))
        if under and "|" not in line and not _BULLET.match(line) and not _LINE.match(line):
            self._emit(Heading(f"line {self.at + 1}", 1 if under[1][0] == "=" else 2, from_markdown(line).line))
            self.at += 2
            return True
        return False

    def _rule(self, line: str) -> bool:
        if _LINE.match(line) or re.fullmatch(r"\s*[-*+]\s*", line):
            self.at += 1
            return True
        return False

    def _line(self, ahead: int) -> str:
        place = self.at + ahead
        return self.lines[place] if place < len(self.lines) else ""

    def _table(self) -> bool:
        """A header row with a rule below it and rows until a line has no pipe; or rows of one width without a rule."""
        if not _has_pipe(self._line(0)):
            return False
        ruled = self._ruled(0)
        if not ruled and not (_has_pipe(self._line(1)) and _width(self._line(0)) == _width(self._line(1)) >= 2):
            return self._continue_table()
        header = self._row() if ruled else None
        start = self.at
        self.at += 2 if ruled else 0
        self._emit(Table(f"line {start + 1}", header, tuple(self._rows(_width(self.lines[start])))))
        return True

    def _ruled(self, ahead: int) -> bool:
        rule = self._line(ahead + 1)
        return _has_pipe(rule) and bool(_RULE.match(rule)) and not _RULE.match(self._line(ahead))

    def _rows(self, width: int) -> list[Row]:
        rows: list[Row] = []
        while _has_pipe(self._line(0)) and not self._ruled(0):
            if not _RULE.match(self._line(0)):
                rows.append(self._row())
            self.at += 1
            blank = 0
            while self.at + blank < len(self.lines) and not self._line(blank).strip():
                blank += 1
            torn = blank and _has_pipe(self._line(blank)) and not self._ruled(blank)
            if torn and _width(self._line(blank)) == width and not _RULE.match(self._line(blank)):
                self.at += blank
        return rows

    def _continue_table(self) -> bool:
        """A single row of pipes right after a table belongs to it."""
        last = self.pages.blocks[-1] if self.pages.blocks else None
        if not isinstance(last, Table) or last.header is None or len(last.header.cells) != _width(self._line(0)):
            return False
        self.pages.blocks[-1] = Table(last.source, last.header, (*last.rows, self._row()))
        self.at += 1
        return True

    def _row(self) -> Row:
        cells = tuple(from_markdown(part.replace("\\|", "|")) for part in _parts(self._line(0)))
        return Row(f"line {self.at + 1}", cells)

    def _tabbed(self) -> bool:
        """Columns parted by tabs, as a browser copies a table."""
        tabs, start = self._line(0).strip("\n").count("\t"), self.at
        if not self._line(0).strip() or not tabs or self._line(1).count("\t") != tabs or _BULLET.match(self._line(0)):
            return False
        rows = []
        while self._line(0).strip() and self._line(0).count("\t") == tabs:
            rows.append(Row(f"line {self.at + 1}", tuple(map(from_markdown, self._line(0).split("\t")))))
            self.at += 1
        self._emit(Table(f"line {start + 1}", None, tuple(rows)))
        return True

    def _bullets(self) -> bool:
        if not _BULLET.match(self._line(0)):
            return False
        start, flat = self.at, list[tuple[int, int, str]]()
        while self.at < len(self.lines):
            line = self._line(0)
            bullet = _BULLET.match(line)
            if bullet:
                flat.append((len(bullet[1].expandtabs(4)), self.at + 1, bullet[2]))
            elif line.strip() and (line[:1] in " \t" or not self._begins_something(line)):
                indent, number, text = flat[-1]
                flat[-1] = (indent, number, f"{text} {line.strip()}")
            elif line.strip() or not self._goes_on():
                break
            self.at += 1
        self._emit(Bullets(f"line {start + 1}", _nest(flat)))
        return True

    def _begins_something(self, line: str) -> bool:
        before_blank = not self.lines[self.at - 1].strip()
        return before_blank or bool(_ATX.match(line) or _has_pipe(line) or _NOTE.match(line) or _HTML.match(line))

    def _goes_on(self) -> bool:
        """Whether the list goes on below blank lines: with a bullet or an indented line."""
        ahead = 1
        while self.at + ahead < len(self.lines) and not self._line(ahead).strip():
            ahead += 1
        return bool(_BULLET.match(self._line(ahead))) or self._line(ahead)[:2] in ("  ", "\t")

    def _paragraph(self) -> None:
        """Lines up to a blank one or the start of something else; a short line that looks like a heading is one."""
        start = self.at
        if self._looks_like_heading():
            self._emit(Heading(f"line {start + 1}", 6, from_markdown(self._line(0)).line, guessed=True))
            self.at += 1
            return
        gathered = []
        while self._line(0).strip() and (self.at == start or not self._interrupts()):
            gathered.append(self._line(0).strip().removeprefix(">"))
            self.at += 1
        where = f"line {start + 1}" if self.at - start == 1 else f"lines {start + 1}-{self.at}"
        self._emit(Paragraph(where, from_markdown(" ".join(gathered)).line))

    def _interrupts(self) -> bool:
        line = self._line(0)
        marks = (_ATX, _FENCE, _NOTE, _HTML, _BULLET)
        return any(mark.match(line) for mark in marks) or self._ruled(0) or self._looks_like_heading()

    def _looks_like_heading(self) -> bool:
        text = from_markdown(self._line(0)).line
        if not 2 < len(text) <= 60 or len(text.split()) > 8 or text[-1] in _ENDS or ": " in text or _YEAR.search(text):
            return False
        if not (text[0].isalnum() and not text[0].islower()) or _has_pipe(self._line(0)):
            return False
        before = self.lines[self.at - 1].strip() if self.at else ""
        after = self._line(1).strip()
        ended = not before or before[-1] in f"{_ENDS}|*" or len(before.split()) <= 8
        return ended and (not after or _has_pipe(after) or (not after[0].islower() and len(after) > len(text)))


def _has_pipe(line: str) -> bool:
    return "|" in line and bool(_PIPE.search(line))


def _parts(line: str) -> list[str]:
    inside = line.strip()
    parts = _PIPE.split(inside)
    first = 1 if inside.startswith("|") else 0
    last = len(parts) - 1 if len(parts) > 1 and not parts[-1].strip() and inside.endswith("|") else len(parts)
    return [part.strip() for part in parts[first:last]]


def _width(line: str) -> int:
    return len(_parts(line))


def _nest(flat: list[tuple[int, int, str]]) -> tuple[Item, ...]:
    """Bullets as a tree, at most two levels: what is indented more than the first of its kind lies below it."""
    items: list[Item] = []
    base = flat[0][0]
    for indent, number, text in flat:
        lead = _LEAD.match(text)
        words = next((word for word in lead.groups() if word), "") if lead else ""
        item = Item(f"line {number}", from_markdown(text), from_markdown(words).line)
        if items and indent >= base + 2:
            last = items[-1]
            items[-1] = Item(last.source, last.cell, last.lead, (*last.below, item))
        else:
            items.append(item)
    return tuple(items)
