"""Which transfer mechanism holds for which place of an entry, and what is said when a list names none.

A mechanism belongs to a destination (GDPR art. 44 to 49). "N/A" and an empty cell are none: outside the EEA, and where
the place is not fixed, the transfer is recorded as not assessed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from registry import reference
from registry.intake.mechanisms import Mechanisms, Named, read_mechanisms, without_mechanisms
from registry.intake.places import Place, read_places

NOT_ASSESSED = "NT-UNKNOWN"
NO_TRANSFER = "NT-EEA"
_US_ONLY = frozenset({"EU-45-DPF", "UK-BRIDGE", "CH-DPF"})
_ADEQUACY = "EU-45"


@dataclass
class Transfers:
    """Codes and modules for each place, in the order of the places. `stated`: the list's own words gave them."""

    by_place: list[list[tuple[str, int | None]]]
    stated: bool
    notes: list[str] = field(default_factory=list)


def transfers(places: Sequence[Place], cell: str | None, *, remote: bool) -> Transfers:
    """The mechanisms of each place. `cell` is None when the list has no column for them; `remote`: access from afar."""
    read = read_mechanisms(cell or "")
    outside = [place for place in places if not reference.in_eea(place.code, place.countries)]
    if read.found:
        return _named(places, outside, read, cell or "")
    notes = list(read.notes)
    if cell is not None:
        notes += [_none_named(place, cell, read) for place in outside]
    all_inside = not outside and not remote
    if cell and not read.nothing and not read.inside and not notes:
        notes.append(f"“{cell[:120]}” was not understood as a transfer mechanism.")
    if remote and not outside and places:
        notes.append(
            "Remote access is named; from where is not, so it is not taken for granted that nothing leaves the EEA."
        )
    by_place = [_unnamed(place, outside, all_inside=all_inside, remote=remote) for place in places]
    return Transfers(by_place, False, list(dict.fromkeys(notes)))


def _unnamed(place: Place, outside: list[Place], *, all_inside: bool, remote: bool) -> list[tuple[str, int | None]]:
    if all_inside:
        return [(NO_TRANSFER, None)]
    return [(NOT_ASSESSED, None)] if place in outside or remote else []


def _none_named(place: Place, cell: str, read: Mechanisms) -> str:
    """Why what stands in the cell was not taken over."""
    name = reference.place_name(place.code, "en")
    what = {"X-CUSTOMER": "the customer chooses the place, and where it can be has to be listed"}.get(
        place.code,
        f"{name} is outside the EEA" if len(place.code) == 2 else f"“{place.words[:60]}” may lie outside the EEA",
    )
    if read.inside:
        return f"The list says “{cell[:80]}”, but {what}; the transfer is recorded as not assessed."
    if not cell.strip():
        return f"No transfer mechanism is named, but {what}; the transfer is recorded as not assessed."
    if read.nothing:
        return f"“{cell.strip()}” is not a transfer mechanism: {what}. The transfer is recorded as not assessed."
    return f"“{cell.strip()[:80]}” was not understood as a transfer mechanism: {what}. It is recorded as not assessed."


def _named(places: Sequence[Place], outside: list[Place], read: Mechanisms, cell: str) -> Transfers:
    notes = list(read.notes)
    limited = _limited(read, cell, [place.code for place in places])
    by_place: list[list[tuple[str, int | None]]] = []
    for place in places:
        if place not in outside and outside:
            by_place.append([])
            continue
        fitting = [
            each for each in read.found if place.code in limited.get(each, (place.code,)) and _fits(each, place, read)
        ]
        if not fitting:
            notes.append(
                f"None of the named mechanisms holds for {reference.place_name(place.code, 'en')}; not assessed."
            )
        by_place.append([(each.code, each.module) for each in fitting] or [(NOT_ASSESSED, None)])
    if places and not outside:
        notes.append("A transfer mechanism is named though every place is in the EEA: is there access from outside?")
    return Transfers(by_place, True, list(dict.fromkeys(notes)))


def _fits(named: Named, place: Place, read: Mechanisms) -> bool:
    """Whether a mechanism can hold for a place: the Framework only for the US, adequacy only where it was decided."""
    if len(place.code) != 2:
        return True
    if named.code in _US_ONLY:
        return place.code == "US"
    if named.code == _ADEQUACY and len(read.found) > 1:
        return reference.adequacy("EU", place.code) is not None
    return True


def _limited(read: Mechanisms, cell: str, codes: list[str]) -> dict[Named, tuple[str, ...]]:
    """Mechanisms that the cell itself ties to some of the places: "clauses (US), adequacy (UK)"."""
    parts = [part for part in cell.replace("\n", ";").replace(",", ";").split(";") if part.strip()]
    if len(parts) < 2:
        return {}
    tied: dict[Named, tuple[str, ...]] = {}
    for part in parts:
        here = {each.code for each in read_mechanisms(part).found}
        named = tuple(place.code for place in read_places(without_mechanisms(part)).found if place.code in codes)
        for each in read.found:
            if each.code in here and named:
                tied[each] = named
    return tied
