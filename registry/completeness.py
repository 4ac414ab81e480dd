"""How much of what people expect to be told of a sub-processor an entry says.

Name, address and contact person of every processor in the chain are what the supervisory authorities expect a
controller to have at hand (EDPB Opinion 22/2024); the rest is what customers ask for when it is missing. Nothing here
stops a publication.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from registry import reference
from registry.snapshot import Entry, Location


@dataclass(frozen=True)
class Completeness:
    """`percent` is a whole number from 0 to 100; `missing` says in a few words each what is not there."""

    percent: int
    missing: list[str]


def completeness(entry: Entry) -> Completeness:
    """What an entry says of what is expected, each expectation counted once."""
    found = list(_expectations(entry))
    missing = [words for words, is_met in found if not is_met]
    return Completeness((len(found) - len(missing)) * 100 // len(found), missing)


def _expectations(entry: Entry) -> Iterator[tuple[str, bool]]:
    company, locations = entry["sub_processor"], entry["locations"]
    contact = company["contact"]
    yield "legal name", bool(company["legal_name"])
    yield "registered address", bool(company["address"])
    yield "contact (an e-mail address or a page)", bool(contact["email"] or contact["url"])
    yield "purpose", any(row["text"] for row in entry["purposes"])
    yield "data categories", any(row["text"] for row in entry["data_categories"])
    yield "location", bool(locations) and all(row["place"]["code"] != "X-UNKNOWN" for row in locations)
    abroad = [row for row in locations if not reference.in_eea(row["place"]["code"], row["place"]["countries"])]
    if abroad:
        yield "transfer mechanism for every place outside the EEA", all(map(_is_covered, abroad))


def _is_covered(location: Location) -> bool:
    return any(reference.kind(row["code"]) not in ("unknown", "none") for row in location["mechanisms"])
