"""Our own data files read back: the register document (JSON) and its table (CSV), exactly, with nothing to guess.

So an export can be edited elsewhere and imported again. Ids in the file are not trusted: rows find their entry as those
of any other file do.
"""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from registry import reference
from registry.intake.entries import Candidate
from registry.intake.places import read_places
from registry.text import clean

_COMPANY = ("legal_name", "trading_name", "address", "country", "website", "parent", "lei", "own_list_url", "dpa_url")
_CONTACT = ("role", "email", "url")
_TEXTS = ("description", "retention", "notes", "group")
_GIVEN = frozenset(
    {*_COMPANY, *_TEXTS, "purposes", "data_categories", "data_subjects", "applies_to", "locations", "contact", "role"}
    | {"affiliate", "starts_on", "ends_on", "exceptional_use"}
)
_COLUMNS = frozenset({"legal_name", "place_code", "mechanism_codes", "purposes"})
_MODULE = re.compile(r"-M([1-4])\Z")
_NOT_ASSESSED = "NT-UNKNOWN"

Values = Mapping[str, Any]


def own_candidates(form: str, text: str, language: str) -> list[Candidate] | None:
    """The entries of one of our own data files; None when it is none."""
    if form == "json" and '"sub_processor"' in text:
        return _document(text, language)
    if form == "csv" and "place_code" in text.split("\n", 1)[0]:
        return _table(text, language)
    return None


def _document(text: str, language: str) -> list[Candidate] | None:
    try:
        found = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None
    entries = found.get("entries") if isinstance(found, dict) else None
    if not isinstance(entries, list) or not all(_is_entry(entry) for entry in entries):
        return None
    return [_entry(entry, f"entries[{number}]", language) for number, entry in enumerate(entries, 1)]


def _is_entry(entry: Any) -> bool:
    company = entry.get("sub_processor") if isinstance(entry, dict) else None
    return (
        isinstance(company, dict) and isinstance(company.get("legal_name"), str) and bool(company["legal_name"].strip())
    )


def _entry(entry: Values, source: str, language: str) -> Candidate:
    rows = _rows(entry.get("purposes"))
    by_id = {str(row.get("id")): _in(_text(row.get("text"), language), language) for row in rows}
    used = entry.get("exceptional_use")
    values = {
        "role": _line(entry.get("role")) or "sub-processor",
        "replaces": None,
        "sub_processor": _company(entry["sub_processor"]),
        "purposes": [_text_row(row, language) for row in rows],
        "data_categories": [_text_row(row, language) for row in _rows(entry.get("data_categories"))],
        "exceptional_use": {"conditions": _text(used.get("conditions"), language)} if isinstance(used, dict) else None,
        "locations": [_location(row, by_id, language) for row in _rows(entry.get("locations"))],
        **{name: _text(entry.get(name), language) for name in _TEXTS},
        **{name: [_text(one, language) for one in _list(entry.get(name))] for name in ("data_subjects", "applies_to")},
        **_dates(entry),
    }
    return Candidate(source, values, [], _GIVEN, True, language, exact=True)


def _company(company: Values) -> dict[str, Any]:
    contact = company.get("contact")
    held = contact if isinstance(contact, dict) else {}
    return {
        **{name: _line(company.get(name)) for name in _COMPANY},
        "contact": {name: _line(held.get(name)) for name in _CONTACT},
        "affiliate": company.get("affiliate") is True,
    }


def _location(row: Values, purposes: Mapping[str, str], language: str) -> dict[str, Any]:
    place = row.get("place")
    at = place if isinstance(place, dict) else {}
    words = _text(at.get("text"), language)
    code = _line(at.get("code"))
    if not reference.is_place(code):
        named = read_places(" ".join(words.values())).found
        code = named[0].code if named else "X-UNKNOWN"
    limited = [purposes.get(str(one), "") for one in _list(row.get("purposes"))]
    return {
        "activity": _line(row.get("activity")) or "processing",
        "place": {"code": code, "text": words, "countries": [_line(one) for one in _list(at.get("countries"))]},
        "purposes": [one for one in limited if one],
        "mechanisms": [_mechanism(one) for one in _rows(row.get("mechanisms"))],
        "tia": None,
        **_dates(row),
    }


def _mechanism(row: Values) -> dict[str, Any]:
    code, module = _line(row.get("code")), row.get("module")
    return {
        "code": code if reference.is_mechanism(code) else _NOT_ASSESSED,
        "module": module if isinstance(module, int) and 1 <= module <= 4 else None,
        "reference": _line(row.get("reference")),
        "primary": row.get("primary") is not False,
        **_dates(row),
    }


def _text_row(row: Values, language: str) -> dict[str, Any]:
    return {"text": _text(row.get("text"), language), **_dates(row)}


def _dates(row: Values) -> dict[str, str | None]:
    return {name: _line(row.get(name)) or None for name in ("starts_on", "ends_on")}


def _rows(value: Any) -> list[Values]:
    return [row for row in _list(value) if isinstance(row, dict)]


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else []


def _line(value: Any) -> str:
    return " ".join(clean(value).split()) if isinstance(value, str) else ""


def _text(value: Any, language: str) -> dict[str, str]:
    """A localised text; plain words are taken as the register's own language."""
    if isinstance(value, str):
        value = {language: value}
    found = value if isinstance(value, dict) else {}
    return {str(tag): clean(words) for tag, words in found.items() if isinstance(words, str) and words.strip()}


def _in(text: Mapping[str, str], language: str) -> str:
    return text.get(language) or next(iter(text.values()), "")


def _table(text: str, language: str) -> list[Candidate] | None:
    """Our CSV: one line per location, an entry's lines together. Lists are joined with "; " there."""
    try:
        reader = csv.DictReader(io.StringIO(text))
        lines = [(reader.line_num, {name: _plain(cell) for name, cell in line.items() if name}) for line in reader]
    except csv.Error:
        return None
    if not lines or not _COLUMNS.issubset(reader.fieldnames or ()):
        return None
    grouped: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, line in lines:
        if line["legal_name"]:
            grouped.setdefault(line.get("entry_id") or f"line {number}", []).append((number, line))
    return [_from_lines(found, language) for found in grouped.values()]


def _plain(cell: Any) -> str:
    """A cell without the apostrophe that keeps spreadsheets from running it."""
    words = clean(cell).strip() if isinstance(cell, str) else ""
    return words[1:] if words.startswith("'") and not words[1:2].isalnum() else words


def _from_lines(lines: Sequence[tuple[int, dict[str, str]]], language: str) -> Candidate:
    number, first = lines[0]
    language = first.get("language") or language
    company: dict[str, Any] = {name: first.get(name, "") for name in _COMPANY}
    company["contact"] = {name: first.get(f"contact_{name}", "") for name in _CONTACT}
    company["affiliate"] = first.get("affiliate") == "yes"
    conditions = first.get("exceptional_use", "")
    entry = {
        **{name: first.get(name, "") for name in ("role", *_TEXTS, "starts_on", "ends_on")},
        "sub_processor": company,
        "purposes": [{"id": one, "text": one} for one in _parts(first["purposes"])],
        "data_categories": [{"text": one} for one in _parts(first.get("data_categories", ""))],
        **{name: _parts(first.get(name, "")) for name in ("data_subjects", "applies_to")},
        "exceptional_use": {"conditions": "" if conditions == "yes" else conditions} if conditions else None,
        "locations": [_from_line(line) for _, line in lines if line["place_code"]],
    }
    return _entry(entry, f"line {number}", language)


def _from_line(line: Mapping[str, str]) -> dict[str, Any]:
    codes = [(code, True) for code in re.split(r"[;,\s]+", line["mechanism_codes"]) if code]
    codes += [(code, False) for code in re.split(r"[;,\s]+", line.get("fallback_codes", "")) if code]
    return {
        "activity": line.get("activity", ""),
        "place": {
            "code": line["place_code"],
            "text": line.get("place_text", ""),
            "countries": line.get("place_countries", "").split(),
        },
        "purposes": _parts(line.get("location_purposes", "")),
        "mechanisms": [{"code": code, "module": _module(code), "primary": primary} for code, primary in codes],
        "starts_on": line.get("location_starts_on", ""),
        "ends_on": line.get("location_ends_on", ""),
    }


def _module(code: str) -> int | None:
    named = _MODULE.search(code)
    return int(named[1]) if named else None


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("; ") if part.strip()]
