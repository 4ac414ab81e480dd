"""The page of the entry form: the values that fill it, and everything around them."""

from dataclasses import dataclass, field
from typing import Any, cast

from flask import render_template, url_for

from registry import published, snapshot, text, web
from registry.admin import conflicts, entry_choices, entry_form
from registry.admin.entry_meaning import Meaning, findings, meaning
from registry.completeness import completeness
from registry.lint import Finding
from registry.models import Entry, Register, SubProcessor
from registry.work import Work
from registry.working_copy import companies, entry_values, registers_with

_SECTIONS = {
    "company": ("sub_processor",),
    "scope": ("role", "group", "replaces", "applies_to", "exceptional_use"),
    "data": ("data_categories", "data_subjects"),
    "words": ("description", "retention", "notes"),
    "when": ("starts_on", "ends_on"),
}
_UNSAID = Meaning("Fill in what is needed and press Check to read here what it will mean.", 0)


@dataclass
class Sheet:
    """A form as it is to be shown. `entry` is None while it is new; `at` is the row to go on at."""

    register: Register
    entry: Entry | None
    values: dict[str, Any]
    version: str = ""
    base: str = ""
    at: str = ""
    message: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    findings: dict[str, list[Finding]] = field(default_factory=dict)
    merged: conflicts.Merged | None = None


def saved_values(work: Work, entry: Entry) -> dict[str, Any]:
    """What is saved of an entry, as its form shows it."""
    return entry_form.from_entry(entry_values(work, [entry])[0])


def page(sheet: Sheet, checked: dict[str, Any] | None = None) -> str:
    """The form, filled in. `checked` is the entry the values make, when they make one."""
    work, register = web.current_work(), sheet.register
    offers = entry_choices.choices(work, register, sheet.values["id"], entry_form.tags(sheet.values))
    names = entry_choices.row_names(sheet.values)
    if checked:
        checked = _with_known_company(work, checked)
        for where, found in findings(work, register, checked).items():
            sheet.findings.setdefault(where, []).extend(found)
    opened = _opened(sheet)
    return render_template(
        "admin/entry.html",
        slug=register.slug,
        register=_heading(register),
        is_new=sheet.entry is None,
        name=_name(work, sheet),
        save_url=_address(sheet),
        values=sheet.values,
        version=sheet.version,
        base=sheet.base,
        errors=sheet.errors,
        findings=sheet.findings,
        message=sheet.message,
        merged=_in_words(sheet.merged, offers, names) if sheet.merged else None,
        at=sheet.at,
        opened=opened,
        sections={name: not opened.isdisjoint(paths) for name, paths in _SECTIONS.items()},
        gists=_gists(sheet.values, dict(offers["roles"])),
        offers=offers,
        names=names,
        meaning=meaning(work, register, checked) if checked else _UNSAID,
        completeness=completeness(cast(snapshot.Entry, checked)) if checked else None,
        status=snapshot.status(cast(snapshot.Entry, checked), published.today(work, register)) if checked else "",
        shared=_shared(work, sheet),
        known=_known(work, sheet),
    )


def _name(work: Work, sheet: Sheet) -> str:
    """The company as it is saved: what is being typed is no name of a page yet."""
    if sheet.entry is None:
        return sheet.values["sub_processor"]["legal_name"].strip() or "New entry"
    return work.session.get_one(SubProcessor, sheet.entry.sub_processor_id).legal_name


def _address(sheet: Sheet) -> str:
    if sheet.entry is None:
        return url_for("admin.entry_add", slug=sheet.register.slug)
    return url_for("admin.entry_save", slug=sheet.register.slug, entry_id=sheet.entry.id)


def _with_known_company(work: Work, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with the id its company will have: a new one of a known legal name is that company."""
    company = entry["sub_processor"]
    if company["id"]:
        return entry
    found = next((row.id for row in companies(work) if row.legal_name == company["legal_name"]), "")
    return {**entry, "sub_processor": {**company, "id": found}}


def _shared(work: Work, sheet: Sheet) -> list[str]:
    """The other registers that say what is said of this company here."""
    id_ = sheet.values["sub_processor"]["id"]
    found = registers_with(work, id_) if id_ else []
    return [_heading(row) for row in found if row.id != sheet.register.id]


def _known(work: Work, sheet: Sheet) -> list[tuple[str, str]]:
    """The companies a new entry can begin with."""
    if sheet.entry is not None:
        return []
    return [(row.id, row.legal_name) for row in companies(work)]


def _opened(sheet: Sheet) -> set[str]:
    """The paths of everything that must not be folded away: what is wrong or doubtful, contested, or being edited."""
    paths = [*sheet.errors, *sheet.findings, *([sheet.at] if sheet.at else [])]
    paths += [one.path for one in sheet.merged.differences] if sheet.merged else []
    opened = {path.rsplit(".", number)[0] for path in paths for number in range(path.count(".") + 1)}
    if sheet.entry is None:
        opened |= {"sub_processor", "role", "data_categories"}
        opened |= {f"locations.{index}" for index in range(len(sheet.values["locations"]))}
    return opened


def _gists(values: dict[str, Any], roles: dict[str, str]) -> dict[str, str]:
    """What stands in each part that can be folded, in a line."""

    def first(texts: dict[str, str]) -> str:
        return next((words.strip() for words in texts.values() if words.strip()), "")

    company, exceptional = values["sub_processor"], values["exceptional_use"]["used"]
    contact = company["contact"]["email"] or company["contact"]["url"]
    told = {
        "company": [company["address"], contact],
        "scope": [roles.get(values["role"], ""), first(values["group"]), *map(first, values["applies_to"])],
        "data": [*(first(row["text"]) for row in values["data_categories"]), *map(first, values["data_subjects"])],
        "words": [first(values[name]) for name in ("description", "retention", "notes")],
        "when": [
            f"{words} {values[name]}" for words, name in (("from", "starts_on"), ("until", "ends_on")) if values[name]
        ],
    }
    told["scope"] += ["only in exceptional cases"] if exceptional else []
    return {name: " · ".join(" ".join(part.split()) for part in parts if part) for name, parts in told.items()}


def _in_words(merged: conflicts.Merged, offers: dict[str, Any], names: dict[str, str]) -> conflicts.Merged:
    """The two texts of a conflict with names where the form has ids and codes, and links that lead somewhere."""
    known = {**names, **dict(offers["assessments"]), **dict(offers["replaceable"]), **dict(offers["countries"])}
    for _group, options in (*offers["mechanisms"], *offers["places"]):
        known |= dict(options)

    def named(words: str) -> str:
        return "\n".join(": ".join(known.get(part, part) for part in line.split(": ")) for line in words.splitlines())

    shown = []
    for one in merged.differences:
        path = one.path
        while entry_form.value_at(merged.values, path) is None and "." in path:
            path = path.rpartition(".")[0]
        shown.append(conflicts.Difference(path, one.label, named(one.mine), named(one.theirs), one.both))
    return conflicts.Merged(merged.values, shown)


def _heading(register: Register) -> str:
    return text.pick(register.title, "en", register.prevailing_language).value or register.slug
