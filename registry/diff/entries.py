"""The changes within one entry that is in both publications."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, cast

from registry.diff.kinds import Change, Telling
from registry.diff.locations import location_changes
from registry.diff.rewording import is_correction, spoken, words
from registry.diff.rows import (
    DATA_CATEGORY,
    PURPOSE,
    SUBPROCESSOR,
    Within,
    match_texts,
    shifted,
    text_row_changes,
)
from registry.diff.spans import ALWAYS, change_day, span
from registry.snapshot import Entry, LocalText

_TOLD_OTHERWISE = {
    "id",
    "status",
    "role",
    "sub_processor",
    "purposes",
    "data_categories",
    "data_subjects",
    "applies_to",
    "exceptional_use",
    "locations",
    "starts_on",
    "ends_on",
}
_NAMES = {"id", "legal_name", "trading_name"}


def entry_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    """Every change of an entry. Coming back after its end it is one addition; another company is one replacement."""
    rows = before, after
    dates = shifted(telling, SUBPROCESSOR, rows, (ALWAYS, ALWAYS))
    if any(change.kind == "subprocessor-added" for change in dates):
        return dates
    if before["sub_processor"]["id"] != after["sub_processor"]["id"]:
        ends = [change for change in dates if change.kind == "subprocessor-removed"]
        return [_replaced(telling, before, after), *ends]
    return [
        *dates,
        *_company_changes(telling, before, after),
        *_role_changes(telling, before, after),
        *_scope_changes(telling, before, after),
        *_exceptional_use_changes(telling, before, after),
        *_text_changes(telling, before, after),
        *_row_changes(telling, before, after),
    ]


def differing(before: Any, after: Any, *, but: Iterable[str] = ()) -> list[str]:
    """The fields in which two records differ, in order. A field that is missing is the same as an empty one.

    Fields are added to the document over the years; one that an older publication lacks is no change by itself.
    """
    old, new = cast(Mapping[str, Any], before), cast(Mapping[str, Any], after)
    skipped = set(but)
    fields = sorted(field for field in old.keys() | new.keys() if field not in skipped)
    return [field for field in fields if (old.get(field) or None) != (new.get(field) or None)]


def _replaced(telling: Telling, before: Entry, after: Entry) -> Change:
    day = change_day(span(after, ALWAYS), telling.on)
    return telling.change("subprocessor-replaced", "sub-processor", values=(before, after), effective_on=day)


def _company_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    """A new name of the same company, and whatever else is known of it."""
    old, new = before["sub_processor"], after["sub_processor"]
    if old == new:
        return []
    changes = []
    if (old["legal_name"], old["trading_name"]) != (new["legal_name"], new["trading_name"]):
        changes.append(telling.change("subprocessor-renamed", "sub-processor", values=(before, after)))
    fields = differing(old, new, but=_NAMES)
    if fields:
        changes.append(contact_change(telling, old, new, fields))
    return changes


def contact_change(telling: Telling, before: Any, after: Any, fields: list[str]) -> Change:
    """One change for all fields that say where and how a company is reached, with only those fields."""
    old, new = ({field: side.get(field) for field in fields} for side in (before, after))
    return telling.change("contact-changed", "contact", values=(old, new))


def _role_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    if before["role"] == after["role"]:
        return []
    day = change_day(span(after, ALWAYS), telling.on)
    roles = before["role"], after["role"]
    return [telling.change("role-changed", "role", values=roles, field="role", effective_on=day)]


def _scope_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    """Products and data subjects, each a set in which nothing means everything."""
    changes = []
    for field in ("applies_to", "data_subjects"):
        old, new = before[field], after[field]
        if _in_order(old) == _in_order(new):
            continue
        lost, won = _apart(old, new, telling.language)
        values = old, new
        if lost or won:
            widened = bool(old) and bool(won or not new)
            changes.append(_scope_changed(telling, after, field, values, widened=widened))
        else:
            changes.append(telling.change("text-corrected", "text", values=values, field=field))
    return changes


def _exceptional_use_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    """Use in exceptional cases only narrows an entry; with that limit gone it is wider."""
    old, new = before["exceptional_use"], after["exceptional_use"]
    values = old, new
    if (old is None) != (new is None):
        return [_scope_changed(telling, after, "exceptional_use", values, widened=new is None)]
    return [telling.change("text-corrected", "text", values=values, field="exceptional_use")] if old != new else []


def _scope_changed(telling: Telling, after: Entry, field: str, values: tuple[Any, Any], *, widened: bool) -> Change:
    day = change_day(span(after, ALWAYS), telling.on)
    return telling.change("scope-changed", "scope", values=values, field=field, effective_on=day, owes=widened)


def _text_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    """Descriptions, retention, notes, heading, and whatever later versions of the document add."""
    fields = differing(before, after, but=_TOLD_OTHERWISE)
    old, new = cast(Mapping[str, Any], before), cast(Mapping[str, Any], after)
    return [
        telling.change("text-corrected", "text", values=(old.get(field), new.get(field)), field=field)
        for field in fields
        # A link to the entry it took over from falls away with that entry.
        if field != "replaces" or new.get(field)
    ]


def _row_changes(telling: Telling, before: Entry, after: Entry) -> list[Change]:
    within: Within = span(before, ALWAYS), span(after, ALWAYS)
    moved = within[0] != within[1]
    changes = []
    purposes = match_texts(before["purposes"], after["purposes"], telling.language)
    if moved or before["purposes"] != after["purposes"]:
        changes += text_row_changes(telling, PURPOSE, purposes, within)
    if moved or before["data_categories"] != after["data_categories"]:
        categories = match_texts(before["data_categories"], after["data_categories"], telling.language)
        changes += text_row_changes(telling, DATA_CATEGORY, categories, within)
    if moved or before["locations"] != after["locations"]:
        changes += location_changes(telling, (before["locations"], after["locations"]), purposes, within)
    return changes


def _apart(before: list[LocalText], after: list[LocalText], language: str) -> tuple[list[str], list[str]]:
    """What only the one and only the other set has; a corrected spelling is no difference."""
    old, new = (
        {tuple(words(said)): said for said in (spoken(text, language) for text in side)} for side in (before, after)
    )
    lost = [said for key, said in sorted(old.items()) if key not in new]
    won = []
    for said in (said for key, said in sorted(new.items()) if key not in old):
        partner = next((other for other in lost if is_correction(other, said)), None)
        if partner is None:
            won.append(said)
        else:
            lost.remove(partner)
    return lost, won


def _in_order(texts: list[LocalText]) -> list[str]:
    return sorted(json.dumps(text, sort_keys=True) for text in texts)
