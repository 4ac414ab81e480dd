"""The changes among the locations of one entry, and among the transfer mechanisms of each."""

from collections.abc import Hashable, Sequence

from registry.diff.kinds import Change, Telling
from registry.diff.rewording import same_meaning, spoken, words
from registry.diff.rows import (
    Matched,
    Sort,
    Within,
    both_ended,
    by_id,
    corrected,
    gone_and_come,
    id_and,
    in_place,
    match,
    shifted,
)
from registry.diff.spans import Span, change_day, no_earlier, span
from registry.snapshot import Location, Mechanism, TextRow

LOCATION = Sort("location", "location")
MECHANISM = Sort("mechanism", "mechanism")
UNKNOWN_PLACE = "X-UNKNOWN"


def location_changes(
    telling: Telling,
    rows: tuple[Sequence[Location], Sequence[Location]],
    purposes: Matched[TextRow],
    within: Within,
) -> list[Change]:
    """Locations that came, left or moved in time, and what changed about those that stayed.

    The same id with another activity or place is a location that left and one that came.
    """
    renamed = {before["id"]: after["id"] for before, after in purposes.pairs}
    gone = {row["id"] for row in purposes.gone}

    def value(row: Location) -> Hashable:
        return row["activity"], _place(row, telling.language)

    def terms(row: Location) -> Hashable:
        limits = frozenset(renamed.get(purpose, purpose) for purpose in row["purposes"])
        return value(row), limits, frozenset(map(_terms, row["mechanisms"])), row["starts_on"], row["ends_on"]

    matched = match(*rows, id_and(value), terms, value, by_id)
    changes = gone_and_come(telling, LOCATION, matched, within)
    for pair in matched.pairs:
        if not _same_place(*pair, telling.language) and not both_ended(telling, pair, within):
            changes += in_place(telling, LOCATION, pair, within)
            continue
        held = span(pair[0], within[0]), span(pair[1], within[1])
        old_limits = {renamed.get(purpose, purpose) for purpose in pair[0]["purposes"]}
        changes += shifted(telling, LOCATION, pair, within)
        changes += _limit_changes(telling, pair, (old_limits, gone), held[1])
        changes += _mechanism_changes(telling, pair, held)
        changes += _location_notes(telling, *pair)
    return changes


def _limit_changes(
    telling: Telling, rows: tuple[Location, Location], limits: tuple[set[str], set[str]], held: Span
) -> list[Change]:
    """Purposes a location is limited to; none named means all. A limit that fell with its purpose is not told again."""
    old, gone = limits
    new = set(rows[1]["purposes"])
    if old == new or (new and old - gone == new):
        return []
    return [
        telling.change(
            "scope-changed",
            "scope",
            values=(rows[0]["purposes"], rows[1]["purposes"]),
            row=rows[1]["id"],
            field="purposes",
            effective_on=change_day(held, telling.on),
            owes=bool(old) and not (new and new <= old),
        )
    ]


def _mechanism_changes(telling: Telling, rows: tuple[Location, Location], held: Within) -> list[Change]:
    """One change for all mechanisms of a location that come or leave; plans and corrections of each by itself."""
    before, after = rows[0]["mechanisms"], rows[1]["mechanisms"]
    if before == after and held[0] == held[1]:
        return []
    matched = match(before, after, id_and(_terms), _terms)
    # A mechanism without a start of its own is not "planned" because its location is: it is exchanged with it.
    found = gone_and_come(telling, MECHANISM, matched, (Span(None, held[0].ends_on), held[1]))
    for pair in matched.pairs:
        found += shifted(telling, MECHANISM, pair, held)
        references = pair[0]["reference"], pair[1]["reference"]
        if references[0] != references[1]:
            found.append(corrected(telling, MECHANISM, pair[1]["id"], "reference", references))
    exchanged = [change for change in found if change.kind in ("mechanism-added", "mechanism-removed")]
    if not exchanged:
        return found
    day = no_earlier(min(change.effective_on for change in exchanged), held[1])
    whole = telling.change(
        "mechanism-changed", "mechanism", values=(before, after), row=rows[1]["id"], effective_on=day
    )
    return [whole, *(change for change in found if change not in exchanged)]


def _location_notes(telling: Telling, before: Location, after: Location) -> list[Change]:
    """The company's own words for the place, the assessment it leans on, and the activity of one that is past."""
    changes = []
    if before["activity"] != after["activity"]:
        changes.append(corrected(telling, LOCATION, after["id"], "activity", (before["activity"], after["activity"])))
    old, new = before["place"], after["place"]
    if old["text"] != new["text"] or _codes(before) != _codes(after):
        changes.append(corrected(telling, LOCATION, after["id"], "place", (old, new)))
    if before["tia"] != after["tia"]:
        changes.append(
            telling.change("tia-updated", "tia", values=(before["tia"], after["tia"]), row=after["id"], field="tia")
        )
    return changes


def _same_place(before: Location, after: Location, language: str) -> bool:
    """The same activity at the same place. Words that are understood at last name the place they always named."""
    if before["activity"] != after["activity"]:
        return False
    old, new = before["place"], after["place"]
    if UNKNOWN_PLACE not in (old["code"], new["code"]):
        return _codes(before) == _codes(after)
    if not any(old["text"].values()):
        return _codes(before) == _codes(after) and old["text"] == new["text"]
    return old["text"] == new["text"] or same_meaning(old["text"], new["text"], language)


def _place(row: Location, language: str) -> Hashable:
    """What a place is compared by: its codes, as a set; for words that were not understood, those words."""
    unknown = row["place"]["code"] == UNKNOWN_PLACE
    return _codes(row), tuple(words(spoken(row["place"]["text"], language))) if unknown else ()


def _codes(row: Location) -> frozenset[str]:
    return frozenset((row["place"]["code"], *row["place"]["countries"]))


def _terms(row: Mechanism) -> Hashable:
    return row["code"], row["module"], row["primary"]
