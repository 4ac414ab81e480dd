"""What changed, in a sentence: the words that page, feed, preview and mail share.

Changes come as `Change.as_json` gives them. An editor may have given a change another kind than its values suggest,
so a sentence never relies on a value being there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from babel import lists

from registry import reference, text
from registry.snapshot import Document, Entry, TextRow
from registry.wording import phrases
from registry.wording.phrases import Voice

ChangeFields = Mapping[str, Any]
"""A change as `Change.as_json` gives it."""

_MOST_NAMED = 3

# Countries that English names with an article.
_NAMED_WITH_ARTICLE = "AE AX BQ BS CC CF CK DO FK FO GB GM IM IO KM KY MH MP MV NL PH SB SC TC UM US VG VI"
_WITH_ARTICLE = frozenset(_NAMED_WITH_ARTICLE.split())


@dataclass(frozen=True)
class Known:
    """The entries on both sides of a comparison, by id: what a change alone does not carry is looked up here."""

    before: Mapping[str, Entry] = field(default_factory=dict)
    after: Mapping[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, before: Document | None, after: Document) -> "Known":
        sides = (before["entries"] if before else [], after["entries"])
        return cls(*({entry["id"]: entry for entry in entries} for entries in sides))

    def entry(self, identifier: str | None) -> Entry | None:
        """The entry as it is afterwards, else as it was."""
        return self.after.get(identifier or "") or self.before.get(identifier or "")

    def purposes(self, identifier: str | None) -> list[TextRow]:
        """Every purpose the entry has or had, the present wording first."""
        sides = (self.after.get(identifier or ""), self.before.get(identifier or ""))
        return [row for entry in sides if entry for row in entry["purposes"]]

    def row(self, change: ChangeFields) -> Any:
        """The row of the entry that a change names by its id, as it is afterwards or else as it was; None without."""
        sides = (self.after.get(change["entry"] or ""), self.before.get(change["entry"] or ""))
        rows = (row for entry in sides if entry for row in _rows(entry))
        return next((row for row in rows if row["id"] == change["subject"]["id"]), None)


UNKNOWN = Known()


def headline(change: ChangeFields, to: Voice, *, known: Known = UNKNOWN) -> str:
    """One change in one sentence without a full stop: "Sample Analytics B.V. is added, for Reports, in Ireland"."""
    kind = change["kind"]
    if kind.startswith("subprocessor-"):
        return _of_company(change, to)
    if kind.startswith("planned-change-"):
        return _of_plan(change, to)
    if kind in ("mechanism-changed", "scope-changed", "role-changed"):
        return _of_terms(change, to, known)
    if kind.endswith(("-added", "-removed")):
        return _of_row(change, to)
    return _of_quiet(change, to)


def is_entry(value: Any) -> bool:
    """Whether the value of a change is a whole entry."""
    return isinstance(value, dict) and "sub_processor" in value


def _of_company(change: ChangeFields, to: Voice) -> str:
    _ = to.translator.gettext
    kind, before, after = change["kind"], change["before"], change["after"]
    name = change["subject"]["name"]
    old, new = (_company(value) or name for value in (before, after))
    if kind == "subprocessor-added":
        return ", ".join([_("%(name)s is added") % {"name": new}, *_for_and_in(after, change, to)])
    if kind == "subprocessor-replaced":
        if old == new:
            return ", ".join([_("%(name)s is replaced") % {"name": name}, *_for_and_in(after, change, to)])
        words = _("%(new)s replaces %(old)s") % {"new": new, "old": old}
        return ", ".join([words, *_for_and_in(after, change, to)])
    if kind == "subprocessor-renamed" and old != new:
        return _("%(old)s is now called %(new)s") % {"old": old, "new": new}
    if kind == "subprocessor-renamed":
        return _("%(name)s has a new name") % {"name": name}
    return _("%(name)s is removed") % {"name": old}


def _of_row(change: ChangeFields, to: Voice) -> str:
    """A location, purpose or data category that comes or goes."""
    _ = to.translator.gettext
    sentences = {
        "location-added": _("A location of %(name)s is added"),
        "location-removed": _("A location of %(name)s is removed"),
        "purpose-added": _("A purpose of %(name)s is added"),
        "purpose-removed": _("A purpose of %(name)s is removed"),
        "data-category-added": _("A data category of %(name)s is added"),
        "data-category-removed": _("A data category of %(name)s is removed"),
    }
    words = sentences.get(str(change["kind"]), "%(name)s") % {"name": change["subject"]["name"]}
    row = change["after"] or change["before"]
    what = ""
    if isinstance(row, dict) and "activity" in row:
        what = f"{phrases.activity(row['activity'], to)}, {phrases.place_name(row['place'], to)}"
    elif isinstance(row, dict) and "text" in row:
        what = phrases.local(row["text"], to)
    return f"{words}: {what}" if what else words


def _of_terms(change: ChangeFields, to: Voice, known: Known) -> str:
    _ = to.translator.gettext
    subject = change["subject"]
    name = {"name": subject["name"]}
    if change["kind"] == "mechanism-changed":
        words, row = _("The transfer mechanism of %(name)s changes") % name, known.row(change)
        return f"{words}: {phrases.place_name(row['place'], to)}" if row and "place" in row else words
    if change["kind"] == "role-changed" and isinstance(change["after"], str):
        role = {"role": phrases.role(change["after"], to)}
        return _("%(name)s has another role: %(role)s") % {**name, **role}
    if change["kind"] == "role-changed":
        return _("%(name)s has another role") % name
    only = _("%(name)s is now used only in exceptional cases")
    always = _("%(name)s is no longer used only in exceptional cases")
    fields: dict[str, str] = {
        "applies_to": _("%(name)s is used for other products"),
        "data_subjects": _("%(name)s processes the data of other people"),
        "purposes": _("A location of %(name)s serves other purposes"),
        "exceptional_use": always if change["after"] is None else only,
    }
    return fields.get(subject["field"] or "", _("The scope of %(name)s changes")) % name


def _of_plan(change: ChangeFields, to: Voice) -> str:
    """A plan that is moved or withdrawn: an end when the field says so, otherwise a start."""
    _ = to.translator.gettext
    subject, ends = change["subject"], change["subject"]["field"] == "ends_on"
    whole = subject["type"] == "sub-processor"
    words = {"name": subject["name"]}
    if change["kind"] == "planned-change-withdrawn":
        sentences = {
            (True, False): _("The planned addition of %(name)s is withdrawn"),
            (True, True): _("The planned removal of %(name)s is withdrawn"),
            (False, False): _("A planned addition to %(name)s is withdrawn"),
            (False, True): _("A planned removal from %(name)s is withdrawn"),
        }
        return sentences[whole, ends] % words
    words["day"] = text.format_date(date.fromisoformat(change["effective_on"]), to.language)
    sentences = {
        (True, False): _("The addition of %(name)s is moved to %(day)s"),
        (True, True): _("The removal of %(name)s is moved to %(day)s"),
        (False, False): _("A planned addition to %(name)s is moved to %(day)s"),
        (False, True): _("A planned removal from %(name)s is moved to %(day)s"),
    }
    return sentences[whole, ends] % words


def _of_quiet(change: ChangeFields, to: Voice) -> str:
    _ = to.translator.gettext
    name, own = {"name": change["subject"]["name"]}, change["entry"] is None
    kind = change["kind"]
    if kind == "contact-changed":
        return _("Our own address or contact changes") if own else _("Address or contact of %(name)s change") % name
    if kind == "tia-updated" and own:
        return _of_assessment(change, to) % name
    if kind == "tia-updated":
        return _("%(name)s refers to another transfer impact assessment") % name
    if kind == "reordered":
        return _("The order of the list changes")
    if own:
        return _("The description of the register “%(name)s” changes") % name
    return _("The wording for %(name)s is corrected") % name


def _of_assessment(change: ChangeFields, to: Voice) -> str:
    _ = to.translator.gettext
    if change["before"] is None:
        return _("The transfer impact assessment “%(name)s” is added")
    if change["after"] is None:
        return _("The transfer impact assessment “%(name)s” is removed")
    return _("The transfer impact assessment “%(name)s” is updated")


def _company(value: Any) -> str:
    return phrases.company(value["sub_processor"]) if is_entry(value) else ""


def _for_and_in(entry: Any, change: ChangeFields, to: Voice) -> list[str]:
    """For what and where an entry is used, as far as it is said, with what has ended by then left out."""
    if not is_entry(entry):
        return []
    _ = to.translator.gettext
    day = date.fromisoformat(change["effective_on"])
    purposes = [phrases.local(row["text"], to) for row in phrases.current(entry["purposes"], day)]
    rows = phrases.current(entry["locations"], day)
    places = [row["place"]["code"] for row in rows]
    names = [_with_article(row["place"]["code"], phrases.place_name(row["place"], to), to) for row in rows]
    words = [_("for %(purposes)s") % {"purposes": _listed(purposes, to)}] if purposes else []
    if names and reference.countries().issuperset(places):
        words.append(_("in %(places)s") % {"places": _listed(names, to)})
    elif names:
        words.append(_listed(names, to))
    return words


def _with_article(code: str, name: str, to: Voice) -> str:
    english = to.language.split("-")[0] == "en"
    return f"the {name}" if english and code in _WITH_ARTICLE else name


def _listed(names: Iterable[str], to: Voice) -> str:
    """Up to three different names, and how many more there are."""
    different = list(dict.fromkeys(name for name in names if name))
    more = len(different) - _MOST_NAMED
    if more <= 0:
        return lists.format_list(different, locale=text.locale(to.language))
    words = to.translator.ngettext("%(named)s and %(num)d more", "%(named)s and %(num)d more", more)
    return words % {"named": ", ".join(different[:_MOST_NAMED]), "num": more}


def _rows(entry: Entry) -> Iterator[Any]:
    yield from entry["purposes"]
    yield from entry["data_categories"]
    for location in entry["locations"]:
        yield location
        yield from location["mechanisms"]
