"""The register as CSV: one line per location, an entry without locations on one line (RFC 4180).

Lines end with CRLF and the file begins with a byte order mark, because Excel takes UTF-8 for something else without
it; read it with `utf-8-sig`. Columns are only ever added, at the end. Texts are in one language, codes and dates are
those of the JSON document. Lists are joined with "; " in one cell.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable
from datetime import date

from registry import snapshot, text
from registry.snapshot import Contact, Document, Entry, Location, Mechanism
from registry.wording import phrases
from registry.wording.phrases import Voice

_COLUMNS = """
    register publication published_at language entry_id status role group legal_name trading_name address country
    contact_role contact_email contact_url website affiliate parent lei purposes data_categories data_subjects
    applies_to exceptional_use description retention notes starts_on ends_on location_id activity place_code place
    place_text place_countries location_purposes mechanism_codes mechanisms fallback_codes
    transfer_impact_assessment location_status location_starts_on location_ends_on own_list_url dpa_url
"""
COLUMNS = _COLUMNS.split()

# What makes a spreadsheet run a cell as a formula, when it stands first (OWASP, "CSV Injection"); blanks and invisible
# characters before it do not help, and its full-width forms count in East Asian editions.
_FORMULA = "=+-@\N{MINUS SIGN}"


def register_csv(document: Document, today: date, *, base_url: str = "", language: str) -> bytes:
    """The rows of a register as they stand on `today`, with texts in `language`. No address is in it."""
    to = phrases.voice(language, document["register"]["prevailing_language"])
    lines = io.StringIO(newline="")
    writer = csv.DictWriter(lines, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    head = _head(document, language)
    for entry in document["entries"]:
        shared = head | _entry_cells(entry, to, today)
        places = [_location_cells(location, entry, to, today) for location in entry["locations"]]
        for place in places or [{}]:
            writer.writerow({column: guarded(cell) for column, cell in (shared | place).items()})
    return lines.getvalue().encode("utf-8-sig", "replace")


def guarded(cell: str) -> str:
    """A cell no spreadsheet takes for a formula: an apostrophe goes before one that begins like one."""
    safe = text.clean(cell)
    visible = next((char for char in safe if unicodedata.category(char)[0] not in "ZC"), " ")
    runs = unicodedata.normalize("NFKC", visible)[0] in _FORMULA or safe.startswith(("\t", "\n"))
    return f"'{safe}" if runs else safe


def _head(document: Document, language: str) -> dict[str, str]:
    publication = document.get("publication")
    return {
        "register": document["register"]["slug"],
        "publication": str(publication["number"]) if publication else "",
        "published_at": publication["published_at"] if publication else "",
        "language": language,
    }


def _entry_cells(entry: Entry, to: Voice, today: date) -> dict[str, str]:
    exceptional = entry["exceptional_use"]
    return {
        "entry_id": entry["id"],
        "status": snapshot.status(entry, today),
        "role": entry["role"],
        "group": phrases.local(entry["group"], to),
        "purposes": _joined(phrases.rows(entry["purposes"], to, today)),
        "data_categories": _joined(phrases.rows(entry["data_categories"], to, today)),
        "data_subjects": _joined(phrases.local(words, to) for words in entry["data_subjects"]),
        "applies_to": _joined(phrases.local(words, to) for words in entry["applies_to"]),
        "exceptional_use": (phrases.local(exceptional["conditions"], to) or "yes") if exceptional else "",
        "description": phrases.local(entry["description"], to),
        "retention": phrases.local(entry["retention"], to),
        "notes": phrases.local(entry["notes"], to),
        "starts_on": entry["starts_on"] or "",
        "ends_on": entry["ends_on"] or "",
        **_company_cells(entry),
    }


def _company_cells(entry: Entry) -> dict[str, str]:
    company = entry["sub_processor"]
    contact: Contact = company["contact"]
    return {
        "legal_name": company["legal_name"],
        "trading_name": company["trading_name"],
        "address": company["address"],
        "country": company["country"],
        "contact_role": contact["role"],
        "contact_email": contact["email"],
        "contact_url": contact["url"],
        "website": company["website"],
        "affiliate": "yes" if company["affiliate"] else "no",
        "parent": company["parent"],
        "lei": company["lei"],
        "own_list_url": company["own_list_url"],
        "dpa_url": company["dpa_url"],
    }


def _location_cells(location: Location, entry: Entry, to: Voice, today: date) -> dict[str, str]:
    place = location["place"]
    limited = [row for row in entry["purposes"] if row["id"] in location["purposes"]]
    held = phrases.current(location["mechanisms"], today)
    return {
        "location_id": location["id"],
        "activity": location["activity"],
        "place_code": place["code"],
        "place": phrases.place_name(place, to),
        "place_text": phrases.local(place["text"], to),
        "place_countries": " ".join(place["countries"]),
        "location_purposes": _joined(phrases.local(row["text"], to) for row in limited),
        "mechanism_codes": _codes(held, primary=True),
        "fallback_codes": _codes(held, primary=False),
        "mechanisms": phrases.safeguards(location, to, today),
        "transfer_impact_assessment": location["tia"] or "",
        "location_status": _status(entry, location, today),
        "location_starts_on": location["starts_on"] or "",
        "location_ends_on": location["ends_on"] or "",
    }


def _status(entry: Entry, location: Location, today: date) -> str:
    """A location holds only while its entry does."""
    whole = snapshot.status(entry, today)
    return whole if whole != "in-effect" else snapshot.status(location, today)


def _joined(pieces: Iterable[str]) -> str:
    """Several texts in one cell. Each is guarded: where ";" separates columns, every piece would be a cell."""
    return "; ".join(guarded(piece) for piece in pieces if piece)


def _codes(rows: Iterable[Mechanism], *, primary: bool) -> str:
    return " ".join(row["code"] for row in rows if row["primary"] is primary)
