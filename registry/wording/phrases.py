"""Parts of the record in the reader's words: a place, a mechanism, a location, a dated row. Plain text, never markup.

Page, data files, feeds and mails take their words from here, so that they say the same thing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from typing import TypeVar

from registry import reference, snapshot, text
from registry.snapshot import Contact, Dated, Entry, LocalText, Location, Mechanism, Place, SubProcessor, TextRow

_NOT_ASSESSED = "NT-UNKNOWN"

_Row = TypeVar("_Row", bound=Dated)


@dataclass(frozen=True)
class Voice:
    """Who speaks to whom: the interface's translations, the reader's language, and the register's prevailing one."""

    translator: NullTranslations
    language: str
    prevailing: str


def voice(language: str, prevailing: str) -> Voice:
    """The voice for a reader of `language` in a register whose prevailing language is `prevailing`."""
    return Voice(text.translator(language), language, prevailing)


def local(words: LocalText, to: Voice) -> str:
    """A localised text for the reader, on one line; empty when there is none."""
    return " ".join(text.clean(text.pick(words, to.language, to.prevailing).value).split())


def role(code: str, to: Voice) -> str:
    """The role of an entry; an unknown code stays as it is."""
    _ = to.translator.gettext
    names = {
        "sub-processor": _("Sub-processor"),
        "processor": _("Processor"),
        "independent-controller": _("Independent controller"),
    }
    return names.get(code, code)


def activity(code: str, to: Voice) -> str:
    """What is done at a location; an unknown code stays as it is."""
    _ = to.translator.gettext
    names = {
        "storage": _("Storage"),
        "processing": _("Processing"),
        "remote-access": _("Remote access"),
        "support": _("Support"),
        "backup": _("Backup"),
        "transit": _("Transit"),
    }
    return names.get(code, code)


def status(code: str, to: Voice) -> str:
    """Whether something is announced, in effect or ended."""
    _ = to.translator.gettext
    names = {"announced": _("Announced"), "in-effect": _("In effect"), "ended": _("Ended")}
    return names.get(code, code)


def country(code: str, to: Voice) -> str:
    """The CLDR name of a country; empty when none is stated."""
    return reference.place_name(code, to.language) if code else ""


def place_name(place: Place, to: Voice) -> str:
    """A place in a word or two: the country or area, or the company's own words where those were not understood."""
    if place["code"] == "X-UNKNOWN":
        return local(place["text"], to) or reference.place_name(place["code"], to.language)
    return reference.place_name(place["code"], to.language)


def place(value: Place, to: Voice) -> str:
    """A place in full: its name, the countries it may mean, and the company's own words where they say more."""
    name, own = place_name(value, to), local(value["text"], to)
    more = [reference.place_name(code, to.language) for code in value["countries"] if code != value["code"]]
    full = f"{name} ({', '.join(more)})" if more else name
    return full if own.casefold() in ("", name.casefold()) else f"{full} (“{own}”)"


def mechanism(value: Mechanism, to: Voice, today: date | None = None) -> str:
    """A transfer mechanism in plain words with its article, what it rests on, and whether it is the fallback."""
    words = reference.plain_words(value["code"], value["module"], to.language)
    if value["reference"]:
        words = f"{words}, {value['reference']}"
    if not value["primary"]:
        words = to.translator.gettext("%(mechanism)s, as a fallback") % {"mechanism": words}
    return words + dates(value, to, today)


def safeguards(value: Location, to: Voice, today: date | None = None) -> str:
    """All mechanisms of a location, the primary ones first; empty where everything is sure to stay in the EEA.

    A place outside the EEA without a mechanism says that none has been assessed: silence would read as "none needed".
    """
    ordered = sorted(current(value["mechanisms"], today), key=lambda row: not row["primary"])
    words = "; ".join(mechanism(row, to, today) for row in ordered)
    if words or reference.in_eea(value["place"]["code"], value["place"]["countries"]):
        return words
    return reference.plain_words(_NOT_ASSESSED, None, to.language)


def location(value: Location, purposes: Iterable[TextRow], to: Voice, today: date | None = None) -> str:
    """A location in one line: activity, place, mechanisms, the purposes it is limited to, its dates.
    `purposes` are those of the entry, to name the ones it is limited to.
    """
    words = f"{activity(value['activity'], to)}: {place(value['place'], to)}"
    under = safeguards(value, to, today)
    if under:
        words = f"{words}; {under}"
    limited = [local(row["text"], to) for row in purposes if row["id"] in value["purposes"]]
    if limited:
        only = to.translator.gettext("only for %(purposes)s") % {"purposes": ", ".join(limited)}
        words = f"{words}; {only}"
    return words + dates(value, to, today)


def rows(values: Iterable[TextRow], to: Voice, today: date | None = None) -> list[str]:
    """Purposes or data categories, each with its dates; those that have ended by `today` are left out."""
    return [local(row["text"], to) + dates(row, to, today) for row in current(values, today)]


def dates(row: Dated, to: Voice, today: date | None = None) -> str:
    """The dates of a row in brackets with a space before; empty when it simply holds on `today`.

    Without `today` a start is always named, with it only one that is still to come.
    """
    _ = to.translator.gettext
    starts = row["starts_on"] if today is None or snapshot.status(row, today) == "announced" else None
    first = text.format_date(date.fromisoformat(starts), to.language) if starts else ""
    last = text.format_date(date.fromisoformat(row["ends_on"]), to.language) if row["ends_on"] else ""
    if first and last:
        return " " + _("(from %(first)s until %(last)s)") % {"first": first, "last": last}
    if first:
        return " " + _("(from %(first)s)") % {"first": first}
    return " " + _("(until %(last)s)") % {"last": last} if last else ""


def exceptional_use(entry: Entry, to: Voice) -> str:
    """That an entry is used only exceptionally, and when; empty for an ordinary one."""
    if entry["exceptional_use"] is None:
        return ""
    conditions = local(entry["exceptional_use"]["conditions"], to)
    if not conditions:
        return to.translator.gettext("Only in exceptional cases")
    return to.translator.gettext("Only in exceptional cases: %(conditions)s") % {"conditions": conditions}


def contact(value: Contact) -> str:
    """A public contact on one line."""
    return ", ".join(part for part in (value["role"], value["email"], value["url"]) if part)


def address(value: SubProcessor, to: Voice) -> str:
    """A registered address with the country of establishment, named once."""
    name = country(value["country"], to)
    if not name or name.casefold() in value["address"].casefold():
        return value["address"]
    return f"{value['address']}, {name}" if value["address"] else name


def company(value: SubProcessor) -> str:
    """A legal name with the trading name where that is another one."""
    trading = value["trading_name"]
    return f"{value['legal_name']} ({trading})" if trading and trading != value["legal_name"] else value["legal_name"]


def current(values: Iterable[_Row], today: date | None) -> list[_Row]:
    """The rows that hold or are announced on `today`; all of them when no day is given."""
    return [row for row in values if today is None or snapshot.status(row, today) != "ended"]
