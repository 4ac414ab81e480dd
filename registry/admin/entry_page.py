"""One entry on one form: company, rows of purposes, data, places and mechanisms, and what saving it will mean.

Row buttons, Check and Save all send the whole form to the address it is saved at; `do` says which it was. Nothing is
written but by Save, and whatever cannot be saved comes back as it was typed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from registry import drafting, published, schemas, web
from registry.admin import DONE, blueprint, conflicts, entry_form, forms
from registry.admin.entry_sheet import Sheet, page, saved_values
from registry.errors import Problem
from registry.ids import new_id
from registry.lint import Finding
from registry.models import Entry, SubProcessor
from registry.working_copy import sub_processor_values

DONE |= {
    "entry-saved": "Saved in the working copy. Readers see it once it has been proposed and published.",
    "entry-added": "Added to the working copy. Readers see it once it has been proposed and published.",
}
LABELS = {
    "sub_processor": "Company:",
    "group": "Heading,",
    "purposes": "Purpose",
    "data_categories": "Data category",
    "locations": "Location",
    "mechanisms": "mechanism",
    "text": "text,",
    "place": "place",
    "code": "choice",
    "countries": "possible countries",
    "tia": "assessment",
    "starts_on": "first day",
    "ends_on": "last day",
    "exceptional_use": "Exceptional use:",
}
_Answer = str | tuple[str, int] | Response


@dataclass(frozen=True)
class _Checked:
    """What the schema made of a form: the entry's values, or what is wrong by the names of inputs."""

    values: dict[str, Any] | None
    errors: dict[str, list[str]] = field(default_factory=dict)


@blueprint.get("/registers/<slug>/entries/new")
@web.requires("edit")
def entry_new(slug: str) -> str:
    """An empty form; `?company=` begins with a company that is known already."""
    work = web.current_work()
    known = work.session.get(SubProcessor, request.args.get("company", ""))
    values = entry_form.new_entry(_ids(), sub_processor_values(known) if known else None)
    register = published.register(work, slug)
    return page(Sheet(register, None, values, base=conflicts.packed(values)))


@blueprint.post("/registers/<slug>/entries")
@web.requires("edit")
def entry_add(slug: str) -> _Answer:
    sheet = Sheet(published.register(web.current_work(), slug), None, **_received())
    return _other_than_save(sheet) or _add(sheet)


@blueprint.get("/registers/<slug>/entries/<entry_id>")
@web.requires("view")
def entry(slug: str, entry_id: str) -> str:
    """Everything an entry says, to be read or changed."""
    work = web.current_work()
    register = published.register(work, slug)
    found = drafting.entry(work, register, entry_id)
    values = saved_values(work, found)
    sheet = Sheet(register, found, values, drafting.entry_version(work, found), conflicts.packed(values))
    return page(sheet, _check(sheet).values)


@blueprint.post("/registers/<slug>/entries/<entry_id>")
@web.requires("edit")
def entry_save(slug: str, entry_id: str) -> _Answer:
    work = web.current_work()
    register = published.register(work, slug)
    try:
        found = drafting.entry(work, register, entry_id)
    except Problem:
        return _gone_meanwhile(Sheet(register, None, **_received()), entry_id)
    sheet = Sheet(register, found, **_received())
    sheet.values["id"], sheet.values["sub_processor"]["id"] = found.id, found.sub_processor_id
    return _other_than_save(sheet) or _save(sheet, found)


def _received() -> dict[str, Any]:
    sent = request.form
    values = entry_form.from_form(sent.items(multi=True))
    return {"values": values, "version": sent.get("version", ""), "base": sent.get("base", "")}


def _other_than_save(sheet: Sheet) -> _Answer | None:
    """The answer to a row button or to Check, and to a button that is none of ours; None when all is to be saved."""
    do = request.form.get("do", "save")
    if forms.row_act(do):
        _act_on_row(sheet, do)
        return page(sheet, _check(sheet).values)
    kept = entry_form.ids_of(saved_values(web.current_work(), sheet.entry)) if sheet.entry else frozenset()
    limited_to = {id_ for row in sheet.values["locations"] for id_ in row["purposes"]}
    sheet.values = entry_form.without_empty_rows(sheet.values, kept | limited_to)
    if do == "save":
        return None
    checked = _check(sheet)
    sheet.errors = checked.errors
    return page(sheet, checked.values)


def _act_on_row(sheet: Sheet, do: str) -> None:
    act, path = forms.row_act(do) or ("", "")
    if act == "add" and not entry_form.is_list(path):
        return
    before = {row["id"]: row["purposes"] for row in sheet.values["locations"]}
    new = entry_form.new_row(path, _ids(), sheet.values) if act == "add" else None
    sheet.at = forms.apply_row_act(sheet.values, do, new)
    known = {row["id"] for row in sheet.values["purposes"]}
    for index, row in enumerate(sheet.values["locations"]):
        row["purposes"] = [id_ for id_ in row["purposes"] if id_ in known]
        if before.get(row["id"]) and not row["purposes"]:
            where, words = f"locations.{index}.purposes", "The purpose it was limited to is gone: it is for all now."
            sheet.findings[where] = [Finding("limit-gone", "warning", sheet.values["id"], where, words, "")]


def _add(sheet: Sheet) -> _Answer:
    work, checked = web.current_work(), _check(sheet)
    if checked.values is None:
        sheet.errors = checked.errors
        return page(sheet), 400
    if _company_changed(sheet):
        return page(sheet, checked.values), 409
    try:
        added = drafting.add_entry(work, sheet.register, checked.values)
    except Problem as problem:
        if problem.code != "conflict":
            raise
        sheet.message = f"{problem.message} Nothing has been added a second time."
        return page(sheet, checked.values), 409
    return _to_list(sheet, added.id, "entry-added")


def _save(sheet: Sheet, found: Entry) -> _Answer:
    work, checked = web.current_work(), _check(sheet)
    if checked.values is None:
        sheet.errors = checked.errors
        return page(sheet), 400
    try:
        drafting.save_entry(work, found, checked.values, version=sheet.version)
    except Problem as problem:
        if problem.key != "edited-meanwhile":
            raise
        _lay_side_by_side(sheet, saved_values(work, found))
        sheet.version = drafting.entry_version(work, found)
        return page(sheet, _check(sheet).values), 409
    return _to_list(sheet, found.id, "entry-saved")


def _company_changed(sheet: Sheet) -> bool:
    """Whether somebody edited the company this new entry began with; then both texts are laid side by side."""
    known = web.current_work().session.get(SubProcessor, sheet.values["sub_processor"]["id"])
    base = entry_form.shaped(conflicts.unpacked(sheet.base))
    if known is None or not base["sub_processor"]["id"]:
        return False
    stands = entry_form.shaped({"sub_processor": sub_processor_values(known)})["sub_processor"]
    if stands == base["sub_processor"]:
        return False
    _lay_side_by_side(sheet, {**base, "sub_processor": stands})
    return True


def _lay_side_by_side(sheet: Sheet, theirs: dict[str, Any]) -> None:
    base = conflicts.unpacked(sheet.base)
    sheet.merged = conflicts.merge(entry_form.shaped(base) if base else None, sheet.values, theirs, LABELS)
    sheet.values, sheet.base = entry_form.shaped(sheet.merged.values), conflicts.packed(theirs)


def _gone_meanwhile(sheet: Sheet, entry_id: str) -> _Answer:
    """What was typed about an entry that somebody removed: it can be added again, as the same entry."""
    if not sheet.values["sub_processor"]["legal_name"]:
        raise Problem("not_found", "entry-unknown", "There is no such entry in this register.")
    sheet.values["id"] = entry_id
    sheet.base = conflicts.packed(sheet.values)
    sheet.message = "Somebody removed this entry while you were editing. Save to add it again with what you typed."
    return page(sheet, _check(sheet).values), 409


def _check(sheet: Sheet) -> _Checked:
    wrong = entry_form.own_errors(sheet.values)
    known = {row.id for row in drafting.assessments(web.current_work())}
    for index, row in enumerate(sheet.values["locations"]):
        if row["tia"] and row["tia"] not in known:
            wrong[f"locations.{index}.tia"] = ["This assessment is not there any more."]
    try:
        values = schemas.load(schemas.EntrySchema(), entry_form.to_document(sheet.values))
    except Problem as problem:
        return _Checked(None, {**entry_form.by_input(problem.fields, sheet.values), **wrong})
    return _Checked(None if wrong else values, wrong)


def _to_list(sheet: Sheet, entry_id: str, done: str) -> Response:
    there = url_for("admin.entries", slug=sheet.register.slug, done=done, _anchor=f"entry-{entry_id}")
    return redirect(there, 303)


def _ids() -> Iterator[str]:
    while True:
        yield new_id()
