"""Which bullet lists are lists of companies, and their bullets as records."""

import re

from registry.intake import words
from registry.intake.columns import Record
from registry.intake.headers import meanings
from registry.intake.shapes import Bullets, Cell, Item

_SEPARATOR = re.compile(r"^(.{2,80}?)\s*(?:[:–—]\s+|\s-\s+|\.\s+(?=\S))(.*)$", re.DOTALL)
_WEAK = re.compile(r"^(.{2,80}?)\s*(?:[:–—]\s+|\s-\s+)(.+)$", re.DOTALL)
_KEYED = re.compile(r"^([^:]{2,40}):\s+(.+)$", re.DOTALL)
_LOCATED_IN_BRACKETS = re.compile(r"^(.*?)\s*\(([^()]+)\)\s*$")
_MOST_WORDS_OF_A_NAME = 8


def records(bullets: Bullets, heading: str, intro: str, *, alone: bool) -> list[Record]:
    """The bullets as records, when it is a list of companies; else nothing.

    Most bullets begin with a link, bold words or a name before a mark, and heading or sentence above speaks of such a
    list. Bare names count only when nothing else in the file is a list (`alone`).
    """
    if not (words.has(heading, "about") or words.has(intro, "about")):
        return []
    led = [item for item in bullets.items if item.lead or item.below or _WEAK.match(item.cell.line)]
    bare = alone and intro.rstrip().endswith(":") and all(len(item.cell.line.split()) <= 6 for item in bullets.items)
    if len(led) * 10 < len(bullets.items) * 6 and not bare:
        return []
    found = [_record(item) for item in bullets.items]
    short = [record for record in found if len(record.cells["name"].line.split()) <= _MOST_WORDS_OF_A_NAME]
    return found if len(short) * 10 >= len(found) * 6 else []


def name_of(item: Item) -> str:
    """The words a bullet leads with."""
    return _record(item).cells["name"].line


def _record(item: Item) -> Record:
    line = item.cell.line
    name, rest = _name_and_rest(item.lead, line)
    cells = {"name": Cell(name, item.cell.links)}
    unknown: dict[str, str] = {}
    if rest:
        cells["purpose"] = Cell(rest)
    for below in item.below:
        keyed = _KEYED.match(below.cell.line)
        meaning = meanings(keyed[1]) if keyed else ()
        if keyed and meaning:
            cells[meaning[0]] = Cell(keyed[2], below.cell.links)
        elif "purpose" not in cells:
            cells["purpose"] = below.cell
        else:
            unknown[f"below {below.source}"] = below.cell.line
    return Record(item.source, cells, unknown)


def _name_and_rest(lead: str, line: str) -> tuple[str, str]:
    if lead and line.startswith(lead):
        rest = line[len(lead) :]
        return lead.rstrip(":.–—- "), rest.lstrip(" .:;,–—-").strip()
    apart = _SEPARATOR.match(line)
    if apart and len(apart[1].split()) <= _MOST_WORDS_OF_A_NAME:
        return apart[1].strip(), apart[2].strip()
    brackets = _LOCATED_IN_BRACKETS.match(line)
    return (brackets[1], brackets[2]) if brackets and len(line) <= 120 else (line, "")
