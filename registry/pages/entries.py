"""One entry of a register as the public page shows it."""

from collections.abc import Iterable
from dataclasses import dataclass

from registry import snapshot
from registry.pages import places as page_places
from registry.pages.places import Destination
from registry.pages.words import Mark, Reader, Words
from registry.snapshot import Assessment, Contact, Entry, TextRow
from registry.wording import phrases


@dataclass(frozen=True)
class Row:
    """A purpose or a data category."""

    words: Words
    mark: Mark | None


@dataclass(frozen=True)
class ContactView:
    """A public contact. `url` is a link only when it leads to the web."""

    role: str
    email: str
    url: str


@dataclass(frozen=True)
class EntryView:
    """An entry. `role` is empty for the usual one; `haystack`, `countries` and `kinds` are what it is found by."""

    id: str
    status: str
    mark: Mark | None
    name: str
    trading_name: str
    role: str
    address: str
    contact: ContactView
    website: str
    own_list_url: str
    dpa_url: str
    lei: str
    affiliate: bool
    parent: str
    replaces: str
    purposes: tuple[Row, ...]
    data_categories: tuple[Row, ...]
    data_subjects: tuple[Words, ...]
    applies_to: tuple[Words, ...]
    exceptional: bool
    conditions: Words
    description: Words
    retention: Words
    notes: Words
    destinations: tuple[Destination, ...]
    haystack: str
    countries: frozenset[str]
    kinds: frozenset[str]


def entry_view(entry: Entry, reader: Reader, *, assessments: dict[str, Assessment], names: dict[str, str]) -> EntryView:
    """The view of one entry; `names` are the legal names of all entries by id, to say whom one takes over from."""
    company = entry["sub_processor"]
    destinations = page_places.destinations(entry, assessments, reader)
    exceptional = entry["exceptional_use"]
    return EntryView(
        id=entry["id"],
        status=snapshot.status(entry, reader.today),
        mark=reader.mark(entry),
        name=company["legal_name"],
        trading_name=company["trading_name"] if company["trading_name"] != company["legal_name"] else "",
        role=phrases.role(entry["role"], reader.voice) if entry["role"] != "sub-processor" else "",
        address=phrases.address(company, reader.voice),
        contact=contact(company["contact"]),
        website=web_address(company["website"]),
        own_list_url=web_address(company["own_list_url"]),
        dpa_url=web_address(company.get("dpa_url", "")),
        lei=company.get("lei", ""),
        affiliate=company["affiliate"],
        parent=company["parent"],
        replaces=names.get(entry["replaces"] or "", ""),
        purposes=_rows(entry["purposes"], entry, reader),
        data_categories=_rows(entry["data_categories"], entry, reader),
        data_subjects=reader.list(entry["data_subjects"]),
        applies_to=reader.list(entry["applies_to"]),
        exceptional=exceptional is not None,
        conditions=reader.words(exceptional["conditions"] if exceptional else {}),
        description=reader.words(entry["description"]),
        retention=reader.words(entry.get("retention", {})),
        notes=reader.words(entry.get("notes", {})),
        destinations=destinations,
        haystack=_haystack(entry, destinations, reader),
        countries=page_places.countries(entry, reader),
        kinds=page_places.kinds(destinations),
    )


def contact(value: Contact) -> ContactView:
    return ContactView(value["role"], value["email"], web_address(value["url"]))


def web_address(url: str) -> str:
    """The address if it leads to the web; empty for anything else, such as a script."""
    return url if url.lower().startswith(("https://", "http://")) else ""


def _rows(rows: Iterable[TextRow], entry: Entry, reader: Reader) -> tuple[Row, ...]:
    ended = snapshot.status(entry, reader.today) == "ended"
    held = list(rows) if ended else phrases.current(rows, reader.today)
    return tuple(Row(words, reader.mark(row)) for row in held if (words := reader.words(row["text"])))


def _haystack(entry: Entry, destinations: Iterable[Destination], reader: Reader) -> str:
    """All words of an entry a search should find it by, in every language it has, without case."""
    company = entry["sub_processor"]
    texts = [row["text"] for row in (*entry["purposes"], *entry["data_categories"])]
    texts += [entry["description"], entry["group"], *entry["applies_to"], *entry["data_subjects"]]
    pieces = [company["legal_name"], company["trading_name"], company["parent"]]
    pieces += [phrases.address(company, reader.voice), *(words for each in texts for words in each.values())]
    for destination in destinations:
        for place in destination.places:
            pieces += [str(place.name), place.countries, place.activities, str(place.own or "")]
        pieces += [f"{each.tag} {each.words} {each.reference}" for each in destination.safeguards]
    return "\n".join(pieces).casefold()
