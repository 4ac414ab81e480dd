"""A record of a table to candidates: entries in the shape of the register document, without ids."""

import re
from dataclasses import dataclass, field
from typing import Any

from registry.intake import words
from registry.intake.columns import Record
from registry.intake.companies import Company, read_companies
from registry.intake.contacts import Contact, kind_of_link, read_contact
from registry.intake.entry_places import Context, line_with, locations
from registry.intake.headers import plain
from registry.intake.mechanisms import read_mechanisms
from registry.intake.places import read_places
from registry.intake.shapes import Cell
from registry.intake.splitting import categories, first_date, products, purposes

_FIELDS = {
    "purpose": "purposes",
    "data": "data_categories",
    "data_subjects": "data_subjects",
    "scope": "applies_to",
    "place": "locations",
    "storage_place": "locations",
    "access_place": "locations",
    "seat": "country",
    "address": "address",
    "contact": "contact",
    "website": "website",
    "own_list": "own_list_url",
    "dpa": "dpa_url",
    "retention": "retention",
    "role": "role",
    "trading": "trading_name",
    "affiliate": "affiliate",
    "lei": "lei",
    "notes": "notes",
    "description": "description",
    "service": "description",
    "starts": "starts_on",
    "ends": "ends_on",
}
"""Which field a column fills. Where the file has no such column, an existing entry keeps its value."""
_EVERYTHING = frozenset(
    {"all", "all products", "all services", "alle", "alle produkte", "tous", "tutti", "todos", "svi", "any"}
)
_LIST_LINKS = (
    "name",
    "website",
    "own_list",
    "dpa",
    "links",
    "place",
    "notes",
    "contact",
    "purpose",
    "description",
    "service",
)


@dataclass
class Candidate:
    """What one row became. `values` has the shape of an entry without ids; `locations[].purposes` holds the texts.

    `given` names the fields the list speaks of; `stated_mechanisms` says whether its own words gave the mechanisms.
    """

    source: str
    values: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    given: frozenset[str] = frozenset()
    stated_mechanisms: bool = False
    language: str = "en"
    exact: bool = False
    """From one of our own data files: what it says of a location is all there is to say."""

    @property
    def name(self) -> str:
        return str(self.values["sub_processor"]["legal_name"])


def candidates(record: Record, context: Context) -> list[Candidate]:
    """One candidate for each company the record names."""
    return [_candidate(record, context, company) for company in read_companies(record.cells.get("name", Cell()))]


def _candidate(record: Record, context: Context, company: Company) -> Candidate:
    notes = list(company.notes)
    cells = record.cells
    texts = _texts(cells, context.language)
    purpose = cells.get("purpose", Cell()).text
    placed, stated = locations(cells, context, notes, [row["text"][context.language] for row in texts["purposes"]])
    values = {
        "role": _role(cells, notes),
        "group": _said(context.language, _group(record, context)),
        "replaces": None,
        "sub_processor": _sub_processor(cells, company, context, notes),
        **texts,
        "exceptional_use": _exceptional(purpose, notes),
        "locations": placed,
        **_dates(cells, context, notes),
    }
    notes += [f"{header}: {text[:300]}" for header, text in record.unknown.items()]
    return Candidate(record.source, values, notes, _given(context, values), stated, context.language)


def _texts(cells: dict[str, Cell], language: str) -> dict[str, Any]:
    def text(meaning: str) -> str:
        return cells.get(meaning, Cell()).text

    about = [part for part in (cells.get("service", Cell()).line, cells.get("description", Cell()).line) if part]
    scope = [] if plain(text("scope")) in _EVERYTHING else products(text("scope"))
    return {
        "purposes": [_row(language, one) for one in purposes(text("purpose"))],
        "data_categories": [_row(language, one) for one in categories(text("data"))],
        "data_subjects": [{language: one} for one in categories(text("data_subjects"))],
        "applies_to": [{language: one} for one in scope],
        "description": _said(language, "\n".join(about)),
        "retention": _said(language, cells.get("retention", Cell()).line),
        "notes": _said(language, text("notes")),
    }


def _row(language: str, text: str) -> dict[str, Any]:
    return {"text": {language: text}, "starts_on": None, "ends_on": None}


def _said(language: str, text: str) -> dict[str, str]:
    return {language: text} if text else {}


def _group(record: Record, context: Context) -> str:
    return record.section or record.cells.get("group", Cell()).line or context.group


def _role(cells: dict[str, Cell], notes: list[str]) -> str:
    said = cells.get("role", Cell()).line
    if not said:
        return "sub-processor"
    for role in ("independent-controller", "sub-processor"):
        if words.is_one(said, f"roles.{role}"):
            return role
    notes.append(f"The role “{said[:80]}” is not one we know; “sub-processor” was taken.")
    return "sub-processor"


def _exceptional(purpose: str, notes: list[str]) -> dict[str, Any] | None:
    if not words.begins(purpose, "exceptional"):
        return None
    notes.append("The purpose says “exceptionally”: marked as exceptional use; its conditions stand there.")
    return {"conditions": {}}  # once: a later correction of the purpose is then one correction


def _dates(cells: dict[str, Cell], context: Context, notes: list[str]) -> dict[str, str | None]:
    starts, ends = (first_date(cells.get(name, Cell()).text) for name in ("starts", "ends"))
    for name, day in (("starts", starts), ("ends", ends)):
        said = cells.get(name, Cell()).line
        if said and day is None and not read_mechanisms(said).nothing:
            notes.append(f"“{said[:80]}” is no date that can be read.")
    if context.status == "planned" and starts is None:
        notes.append("The list calls it planned and gives no date: set the day it starts before it is published.")
    period = cells.get("period", Cell()).line
    if period:
        notes.append(f"Period: {period[:200]}")
    return {"starts_on": starts.isoformat() if starts else None, "ends_on": ends.isoformat() if ends else None}


def _sub_processor(cells: dict[str, Cell], company: Company, context: Context, notes: list[str]) -> dict[str, Any]:
    below = read_contact(Cell(company.extra)) if company.extra else Contact()
    address = read_contact(cells.get("address", Cell()))
    contact = read_contact(cells.get("contact", Cell()))
    seat = _seat(cells.get("seat", Cell()), notes)
    if below.role:
        notes.append(f"Below the name: {below.role}")
    found = [one for one in (address, contact, below) if one.address or one.country or one.email or one.url or one.role]
    notes += [note for one in found for note in one.notes]
    stated = cells.get("address", Cell()).line if address.role and not address.address else ""
    return {
        "legal_name": company.legal_name,
        "trading_name": company.trading_name or cells.get("trading", Cell()).line,
        "address": stated or _first(one.address for one in found),
        "country": seat or _first(one.country for one in found) or company.country,
        "contact": {
            "role": contact.role,
            "email": _first(one.email for one in found),
            "url": contact.url if contact.url and not contact.email else "",
        },
        "affiliate": context.affiliates
        or company.group
        or plain(cells.get("affiliate", Cell()).line) in ("yes", "ja", "oui", "true"),
        "parent": "",
        "lei": cells.get("lei", Cell()).line.replace(" ", ""),
        **_links(cells, notes),
    }


def _first(values: Any) -> str:
    return next((value for value in values if value), "")


def _seat(cell: Cell, notes: list[str]) -> str:
    if not cell.text:
        return ""
    place = read_places(cell.line)
    codes = [one.code for one in place.found if len(one.code) == 2]
    if len(set(codes)) != 1:
        notes.append(f"The seat “{cell.line[:80]}” is not one country; kept out of the record.")
    return codes[0] if len(set(codes)) == 1 else ""


def _links(cells: dict[str, Cell], notes: list[str]) -> dict[str, str]:
    """Where the links of a row go. A column says what its links are; elsewhere the address tells."""
    found = {"website": "", "own_list_url": "", "dpa_url": ""}
    by_column = {"website": "website", "own_list": "own_list_url", "dpa": "dpa_url"}
    spare: list[str] = []
    for meaning in (*by_column, *(name for name in _LIST_LINKS if name not in by_column)):
        cell = cells.get(meaning, Cell())
        for link in cell.links:
            around = line_with(cell, link.text) if meaning == "place" else link.text
            kind = by_column.get(meaning) or kind_of_link(link.url, around)
            if link.url.startswith("mailto:"):
                continue
            if link.url.startswith("http") and not found[kind]:
                found[kind] = link.url
            elif link.url not in found.values():
                spare.append(link.url)
        bare = cell.line if meaning in by_column and not cell.links else ""
        if re.fullmatch(r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?", bare) and not found[by_column[meaning]]:
            found[by_column[meaning]] = f"https://{bare}"
        elif bare and meaning == "dpa":
            notes.append(f"About the contract, without an address: {bare[:200]}")
        elif bare:
            notes.append(f"Not an address: {bare[:200]}")
    if spare:
        notes.append(f"Further links: {', '.join(dict.fromkeys(spare))}")
    return found


def _given(context: Context, values: dict[str, Any]) -> frozenset[str]:
    named = {_FIELDS[meaning] for meaning in context.meanings if meaning in _FIELDS}
    if values["locations"]:
        named.add("locations")
    if values["group"]:
        named.add("group")
    return frozenset(named)
