"""Where a sub-processor works and what protects the data there, as the public page shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from gettext import NullTranslations

from registry import reference, snapshot
from registry.pages.words import Mark, Reader, Words
from registry.snapshot import Assessment, Entry, Location, Mechanism
from registry.wording import phrases

KINDS = ("none", "adequacy", "safeguard", "derogation", "unknown")
"""The sorts of safeguard a reader can look for, the most harmless first."""


@dataclass(frozen=True)
class Safeguard:
    """What makes a transfer lawful, or that none takes place. `code` leads to the explanation; empty has none."""

    kind: str
    tag: str
    words: str
    code: str = ""
    reference: str = ""
    fallback: bool = False
    mark: Mark | None = None


@dataclass(frozen=True)
class PlaceView:
    """A place with what is done there. `own` are the company's own words where they say more than the name."""

    name: Words
    activities: str
    countries: str = ""
    own: Words | None = None
    limited: tuple[Words, ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True)
class Assessed:
    """The transfer impact assessment a destination leans on."""

    id: str
    day: str


@dataclass(frozen=True)
class Destination:
    """Places under the same safeguards."""

    places: tuple[PlaceView, ...]
    safeguards: tuple[Safeguard, ...]
    assessed: Assessed | None


def destinations(entry: Entry, assessments: dict[str, Assessment], reader: Reader) -> tuple[Destination, ...]:
    """The locations of an entry that have not ended; places under the same safeguards stand together, in order."""
    held = _held(entry, reader)
    grouped: dict[tuple[object, ...], list[Location]] = {}
    for row in held:
        grouped.setdefault((_safeguards(row, reader), row["tia"]), []).append(row)
    return tuple(
        Destination(_places(rows, entry, reader), _safeguards(rows[0], reader), _assessed(rows[0], assessments, reader))
        for rows in grouped.values()
    )


def countries(entry: Entry, reader: Reader) -> frozenset[str]:
    """The countries of an entry's locations that have not ended, those an area is expanded into among them."""
    codes = {code for row in _held(entry, reader) for code in (row["place"]["code"], *row["place"]["countries"])}
    return frozenset(code for code in codes if not code.startswith("X-"))


def kind_name(kind: str, translator: NullTranslations) -> str:
    """A sort of safeguard in a word or two, as on its tag."""
    _ = translator.gettext
    names = {
        "none": _("No transfer"),
        "adequacy": _("Adequate protection"),
        "safeguard": _("Clauses and other safeguards"),
        "derogation": _("Exception"),
        "unknown": _("Not assessed"),
    }
    return names.get(kind, kind)


def _held(entry: Entry, reader: Reader) -> list[Location]:
    """An entry that has ended is shown as it was, any other with what holds or is announced."""
    if snapshot.status(entry, reader.today) == "ended":
        return entry["locations"]
    return phrases.current(entry["locations"], reader.today)


def _places(rows: Sequence[Location], entry: Entry, reader: Reader) -> tuple[PlaceView, ...]:
    """One view per place; several activities at the same place, for the same purposes and dates, are one line."""
    same: dict[str, list[Location]] = {}
    for row in rows:
        place = row["place"]
        key = (place["code"], sorted(place["countries"]), sorted(place["text"].items()), sorted(row["purposes"]))
        same.setdefault(repr((key, row["starts_on"], row["ends_on"])), []).append(row)
    return tuple(_place(group, entry, reader) for group in same.values())


def _place(rows: Sequence[Location], entry: Entry, reader: Reader) -> PlaceView:
    row, voice = rows[0], reader.voice
    place, own = row["place"], reader.words(row["place"]["text"])
    name = Words(reference.place_name(place["code"], reader.interface))
    if place["code"] == "X-UNKNOWN" and own:
        name = own
    more = [reference.place_name(code, reader.interface) for code in place["countries"] if code != place["code"]]
    limited = [purpose["text"] for purpose in entry["purposes"] if purpose["id"] in row["purposes"]]
    return PlaceView(
        name=name,
        activities=", ".join(dict.fromkeys(phrases.activity(each["activity"], voice) for each in rows)),
        countries=", ".join(more),
        own=own if own and own.value.casefold() != name.value.casefold() else None,
        limited=reader.list(limited),
        mark=reader.mark(row),
    )


def _safeguards(row: Location, reader: Reader) -> tuple[Safeguard, ...]:
    """The mechanisms that have not ended, primary ones first; where none is named, what that means."""
    held = phrases.current(row["mechanisms"], reader.today)
    if held:
        ordered = sorted(held, key=lambda value: not value["primary"])
        return tuple(_safeguard(value, reader) for value in ordered)
    _ = reader.translator.gettext
    if reference.in_eea(row["place"]["code"], row["place"]["countries"]):
        return (Safeguard("none", _("In the EEA"), _("No safeguard for a transfer is needed at this place.")),)
    unknown = _("It has not been stated which rule a transfer to this place relies on.")
    return (Safeguard("unknown", kind_name("unknown", reader.translator), unknown),)


def _safeguard(value: Mechanism, reader: Reader) -> Safeguard:
    kind = reference.kind(value["code"])
    return Safeguard(
        kind=kind,
        tag=_tag(value["code"], kind, reader.translator),
        words=reference.plain_words(value["code"], value["module"], reader.interface),
        code=value["code"],
        reference=value["reference"],
        fallback=not value["primary"],
        mark=reader.mark(value),
    )


def _tag(code: str, kind: str, translator: NullTranslations) -> str:
    _ = translator.gettext
    if kind == "safeguard":
        return _("Clauses") if "SCC" in code or code == "EU-46-2-C" else _("Safeguard")
    return _("Adequate") if kind == "adequacy" else kind_name(kind, translator)


def _assessed(row: Location, assessments: dict[str, Assessment], reader: Reader) -> Assessed | None:
    found = assessments.get(row["tia"] or "")
    return Assessed(found["id"], reader.day(found["assessed_on"])) if found else None


def kinds(found: Iterable[Destination]) -> frozenset[str]:
    """The sorts of safeguard an entry has, to look for it by."""
    return frozenset(each.kind for destination in found for each in destination.safeguards)
