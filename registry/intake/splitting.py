"""Cells that hold a list, taken apart where they clearly do: purposes, data categories, products, dates."""

import re
from datetime import date

from registry.intake.words import normal

_BULLET = re.compile(r"^\s*(?:[-*•‣·–]|\d{1,2}[.)])\s+")
_SENTENCE = re.compile(r"[.!?]\s+\S")
# A part that begins so goes on with the one before it; the whole is a sentence, no list.
_GOES_ON = re.compile(
    r"^(?:including|incl\.|such as|e\.g\.|however|but|which|i\.e\.|inklusive|einschließlich|\([a-z0-9]{1,3}\)|we )",
    re.IGNORECASE,
)
_AND = re.compile(r"^(?:and|und|et|y|e|i|en)\s+", re.IGNORECASE)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})\b")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WORDED = re.compile(
    r"\b(?:(\d{1,2})(?:st|nd|rd|th)?\.?\s+)?([A-Za-z]{3,9})\.?\s+(?:(\d{1,2})(?:st|nd|rd|th)?,?\s+)?(\d{4})\b"
)
_MOST_WORDS_OF_A_CATEGORY = 8


def purposes(text: str) -> list[str]:
    """One text, unless bullets, line breaks with marks or semicolons outside brackets make it a list."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    if len(lines) > 1 and sum(bool(_BULLET.match(line)) for line in lines) >= len(lines) - 1:
        return [_BULLET.sub("", line).strip(" ;") for line in lines]
    joined = " ".join(lines)
    parts = [_AND.sub("", part) for part in _cut(joined, ";")]
    a_list = len(parts) > 1 and all(len(part) > 2 and not _GOES_ON.match(part) for part in parts)
    return parts if a_list else [joined] if joined else []


def categories(text: str) -> list[str]:
    """Data categories: by lines, else by semicolons, else by commas when nothing looks like a sentence."""
    lines = [_BULLET.sub("", line).strip(" ;,") for line in text.split("\n") if line.strip(" ;,")]
    if len(lines) > 1:
        return _distinct(lines)
    joined = " ".join(lines)
    ended = joined.rstrip(".")
    parts = _cut(joined, ";")
    if len(parts) > 1 and not _SENTENCE.search(ended):
        return _distinct(parts)
    if _SENTENCE.search(ended) or ":" in ended:
        return [joined] if joined else []
    parts = [_AND.sub("", part) for part in _cut(ended, ",、，")]
    if len(parts) > 1 and all(map(_is_short, parts)):
        return _distinct(parts)
    return [joined] if joined else []


def _is_short(part: str) -> bool:
    return len(part.split()) <= _MOST_WORDS_OF_A_CATEGORY and not _GOES_ON.match(part)


def products(text: str) -> list[str]:
    """Products a row applies to: by lines or semicolons; by commas when each part is a short name."""
    parts = [part for line in text.split("\n") for part in _cut(line.strip(), ";")]
    if len(parts) == 1:
        by_comma = _cut(parts[0].rstrip("."), ",、")
        if all(len(part.split()) <= 4 for part in by_comma) and not re.search(r"\b(?:including|inkl)\b", parts[0]):
            parts = by_comma
    return _distinct(parts)


def first_date(text: str) -> date | None:
    """The first whole date in a text: 2026-05-28, 28.5.2026, 28 May 2026, May 28, 2026. None for what cannot be one."""
    found: list[tuple[int, tuple[int, int, int]]] = []
    for match in _ISO.finditer(text):
        found.append((match.start(), (int(match[1]), int(match[2]), int(match[3]))))
    for match in _DOTTED.finditer(text):
        found.append((match.start(), (int(match[3]), int(match[2]), int(match[1]))))
    for match in _WORDED.finditer(text):
        month, day = match[2].lower()[:3], match[1] or match[3]
        if month in _MONTHS and day:
            found.append((match.start(), (int(match[4]), _MONTHS.index(month) + 1, int(day))))
    for _, (year, month_number, day_number) in sorted(found):
        try:
            return date(year, month_number, day_number)
        except ValueError:
            continue
    return None


def are_people(values: list[str]) -> bool:
    """Whether the cells of a column speak of people (users, employees), not of data."""
    filled = [value.casefold() for value in values if value.strip()]
    people = normal("subjects.words")
    hits = sum(any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", value) for word in people) for value in filled)
    return bool(filled) and hits * 2 > len(filled)


def _cut(text: str, marks: str) -> list[str]:
    """Parts between marks that stand outside brackets, trimmed, without empty ones."""
    parts: list[str] = []
    depth, start = 0, 0
    for place, char in enumerate(text):
        if char in "([":
            depth += 1
        elif char in ")]":
            depth = max(0, depth - 1)
        elif char in marks and depth == 0:
            parts.append(text[start:place])
            start = place + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _distinct(parts: list[str]) -> list[str]:
    return list(dict.fromkeys(part for part in parts if part))
