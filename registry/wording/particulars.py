"""The full content of one change as pairs of label and value: what a notice has to say (GDPR Art. 28(2)).

EDPB Opinion 22/2024 expects name, address and contact of every processor in the chain, so an entry always states
them, and says where one is missing. Plain text throughout.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from registry import text
from registry.snapshot import Entry
from registry.wording import phrases
from registry.wording.headlines import UNKNOWN, ChangeFields, Known, is_entry
from registry.wording.phrases import Voice
from registry.wording.titles import kind_name
from registry.wording.values import field_name, is_record, type_name, worded

Pair = tuple[str, str]


def details(change: ChangeFields, to: Voice, *, known: Known = UNKNOWN) -> list[Pair]:
    """The kind, the old and the new value, who and what it is about, and when it takes effect.

    With `known` the pairs of the whole entry stand beside a change of a part of it.
    """
    _ = to.translator.gettext
    pairs = [(_("Change"), kind_name(change["kind"], to)), *_named_row(change, to, known), *values(change, to, known)]
    entry = _entry(change, known)
    if entry is not None:
        pairs += entry_pairs(entry, to, date.fromisoformat(change["effective_on"]))
    elif change["entry"] is not None:
        pairs.append((_("Sub-processor"), change["subject"]["name"]))
    pairs.append((_("Takes effect"), text.format_date(date.fromisoformat(change["effective_on"]), to.language)))
    if change["reason"]:
        pairs.append((_("Reason"), change["reason"]))
    return pairs


def entry_pairs(entry: Entry, to: Voice, today: date) -> list[Pair]:
    """Everything a customer must know of an entry on a day; rows that have ended by then are left out."""
    _ = to.translator.gettext
    company, missing = entry["sub_processor"], _("not stated")
    locations = phrases.current(entry["locations"], today)
    pairs = [
        (_("Sub-processor"), phrases.company(company)),
        (_("Address"), phrases.address(company, to) or missing),
        (_("Contact"), phrases.contact(company["contact"]) or missing),
        (_("Purposes"), "; ".join(phrases.rows(entry["purposes"], to, today)) or missing),
        (_("Data categories"), "; ".join(phrases.rows(entry["data_categories"], to, today)) or missing),
        *((_("Location"), phrases.location(row, entry["purposes"], to, today)) for row in locations),
    ]
    if not locations:
        pairs.append((_("Location"), missing))
    special = entry["role"] != "sub-processor"
    optional = [
        (_("Role"), phrases.role(entry["role"], to) if special else ""),
        (_("Products"), "; ".join(phrases.local(words, to) for words in entry["applies_to"])),
        (_("Exceptional use"), phrases.exceptional_use(entry, to)),
        (_("Description"), phrases.local(entry["description"], to)),
    ]
    return pairs + [pair for pair in optional if pair[1]]


def _entry(change: ChangeFields, known: Known) -> Entry | None:
    """The entry a change is about: the new one it carries, the old one where it leaves, or the one that is known."""
    for value in (change["after"], change["before"]):
        if is_entry(value):
            found: Entry = value
            return found
    return known.entry(change["entry"])


def _named_row(change: ChangeFields, to: Voice, known: Known) -> list[Pair]:
    """The purpose, data category, location or mechanism a change is about, where its values do not show it."""
    field, row = change["subject"]["field"], known.row(change)
    if row is None or field == "text" or (field is None and change["kind"] != "mechanism-changed"):
        return []
    if "activity" in row:
        words = f"{phrases.activity(row['activity'], to)}: {phrases.place_name(row['place'], to)}"
        return [(type_name("location", to), words)]
    return [(type_name(change["subject"]["type"], to), worded(row, None, to))]


def values(change: ChangeFields, to: Voice, known: Known) -> list[Pair]:
    """What there was and what there is. A whole entry that comes or goes is told by `entry_pairs`."""
    _ = to.translator.gettext
    before, after, subject = change["before"], change["after"], change["subject"]
    if is_entry(before) and is_entry(after):
        names = [phrases.company(value["sub_processor"]) for value in (before, after)]
        return _two(subject["field"], names, to)
    if is_entry(before) or is_entry(after):
        return []
    if is_record(before) and is_record(after):
        return _fields(before, after, to)
    purposes = known.purposes(change["entry"])
    values = [worded(value, subject["field"], to, purposes) for value in (before, after)]
    if subject["field"] is None and (before is None or after is None):
        return [(type_name(subject["type"], to), words) for words in values if words]
    return _two(subject["field"], values, to)


def _fields(before: dict[str, Any], after: dict[str, Any], to: Voice) -> list[Pair]:
    """Two records field by field, those that differ."""
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    rows = ((name, [worded(side.get(name), name, to) for side in (before, after)]) for name in differing)
    return [pair for name, values in rows for pair in _two(name, values, to)]


def _two(field: str | None, values: Sequence[str], to: Voice) -> list[Pair]:
    """The old and the new value, each under its label; an empty one says that there is none."""
    _ = to.translator.gettext
    labels = [_("Before"), _("After")]
    if field:
        what = {"what": field_name(field, to)}
        labels = [_("%(what)s, before") % what, _("%(what)s, after") % what]
    return [(label, value or _("none")) for label, value in zip(labels, values, strict=True)]
