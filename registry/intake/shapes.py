"""The one shape every reader turns its file into: headings, paragraphs, tables and bullet lists, in reading order.

Every piece says where it stood (`source`: "line 14", "table 2, row 3", "subprocessors[4]"), so that whatever comes of
it, or does not, can be found again by the person who checks.
"""

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True)
class Link:
    text: str
    url: str


@dataclass(frozen=True)
class Cell:
    """The plain words of a cell, paragraphs and line breaks as line feeds, and the targets of its links."""

    text: str = ""
    links: tuple[Link, ...] = ()

    @property
    def line(self) -> str:
        """The words on one line."""
        return " ".join(self.text.split())


@dataclass(frozen=True)
class Row:
    source: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Heading:
    """`level` 1 to 6; `guessed` when only its looks say that it is one (a short line above a table in copied text)."""

    source: str
    level: int
    text: str
    guessed: bool = False


@dataclass(frozen=True)
class Paragraph:
    source: str
    text: str


@dataclass(frozen=True)
class Table:
    """`header` is None when the format does not say which row it is; `key` is the name a data file gives the list."""

    source: str
    header: Row | None
    rows: tuple[Row, ...]
    key: str = ""


@dataclass(frozen=True)
class Item:
    """One bullet, with the bullets below it."""

    source: str
    cell: Cell
    lead: str = ""
    """The words in bold or in a link that begin it."""
    below: tuple["Item", ...] = ()


@dataclass(frozen=True)
class Bullets:
    source: str
    items: tuple[Item, ...]


Block: TypeAlias = Heading | Paragraph | Table | Bullets


@dataclass
class Pages:
    """What a reader found, and what it could not read: `{source, text, why}`."""

    blocks: list[Block] = field(default_factory=list)
    troubles: list[dict[str, str]] = field(default_factory=list)
