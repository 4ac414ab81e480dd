"""Transfer impact assessments: the whole of each, of which a summary is published (EDPB Recommendations 01/2020)."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import drafting, published, reference, schemas, text, web
from registry.admin import DONE, blueprint, conflicts, entry_choices, forms
from registry.errors import Problem
from registry.models import Assessment
from registry.wording import phrases
from registry.working_copy import working_document

DONE |= {"assessment-saved": "Saved. Its summary is public once a register that uses it has been published."}
LABELS = {"title": "Title,", "summary": "Published summary,", "assessed_on": "Assessed on", "edition": "Version"}
CONCLUSIONS = (
    ("equivalent", "Protection is essentially equivalent"),
    ("equivalent-with-measures", "Essentially equivalent with the measures described"),
    ("suspend", "Not equivalent: the transfer is to be suspended"),
)
_TEXTS = ("title", "summary")
_PLAIN = (
    *("exporters", "importer", "onward_transfers", "destination", "tool", "module", "data", "data_format", "purpose"),
    *("frequency", "laws", "practice", "technical_measures", "contractual_measures", "organisational_measures"),
    *("conclusion", "residual_risk", "assessed_on", "next_review_on", "assessor_role", "edition", "private_annex"),
)
_Answer = str | tuple[str, int] | Response


@blueprint.get("/assessments")
@web.requires("view")
def assessments() -> str:
    """All of them, each with what it concludes and which entries lean on it."""
    work = web.current_work()
    users = _users()
    rows = [
        {
            "id": row.id,
            "title": _title(row),
            "destination": reference.place_name(row.destination, "en") if row.destination else "",
            "conclusion": dict(CONCLUSIONS).get(row.conclusion, ""),
            "assessed_on": text.format_date(row.assessed_on, "en") if row.assessed_on else "",
            "next_review_on": text.format_date(row.next_review_on, "en") if row.next_review_on else "",
            "due": row.next_review_on is not None and row.next_review_on <= work.now.date(),
            "users": users.get(row.id, []),
        }
        for row in drafting.assessments(work)
    ]
    return render_template("admin/assessments.html", rows=rows)


@blueprint.get("/assessments/new")
@web.requires("edit")
def assessment_new() -> str:
    return _page(None, _shaped({}))


@blueprint.post("/assessments")
@web.requires("edit")
def assessment_add() -> _Answer:
    mine, _version, _base = _received()
    try:
        drafting.add_assessment(web.current_work(), _checked(mine))
    except Problem as problem:
        if problem.code != "invalid":
            raise
        return _page(None, mine, errors=_by_input(problem)), 400
    return redirect(url_for("admin.assessments", done="assessment-saved"), 303)


@blueprint.get("/assessments/<assessment_id>")
@web.requires("view")
def assessment(assessment_id: str) -> str:
    """The full assessment: what is published of it, and what stays inside."""
    found = _found(assessment_id)
    values = _values_of(found)
    return _page(found, values, version=str(found.version), base=conflicts.packed(values))


@blueprint.post("/assessments/<assessment_id>")
@web.requires("edit")
def assessment_save(assessment_id: str) -> _Answer:
    work, found = web.current_work(), _found(assessment_id)
    mine, version, base = _received()
    known = int(version) if version.isdecimal() else 0
    try:
        drafting.save_assessment(work, found, _checked(mine), version=known)
    except Problem as problem:
        if problem.key == "edited-meanwhile":
            theirs = _values_of(found)
            merged = conflicts.merge(conflicts.unpacked(base), mine, theirs, LABELS)
            now, version = conflicts.packed(theirs), str(found.version)
            return _page(found, _shaped(merged.values), merged=merged, version=version, base=now), 409
        if problem.code != "invalid":
            raise
        return _page(found, mine, errors=_by_input(problem), version=version, base=base), 400
    return redirect(url_for("admin.assessments", done="assessment-saved"), 303)


def _page(
    found: Assessment | None,
    values: Mapping[str, Any],
    *,
    version: str = "",
    base: str = "",
    errors: Mapping[str, list[str]] | None = None,
    merged: conflicts.Merged | None = None,
) -> str:
    address = url_for("admin.assessment_save", assessment_id=found.id) if found else url_for("admin.assessment_add")
    return render_template(
        "admin/assessment.html",
        heading=_title(found) if found else "New assessment",
        save_url=address,
        fresh_url=url_for("admin.assessment", assessment_id=found.id) if found else "",
        values=values,
        version=version,
        base=base,
        errors=errors or {},
        merged=merged,
        users=_users().get(found.id, []) if found else [],
        languages=_languages(values),
        countries=forms.countries(),
        mechanisms=entry_choices.mechanisms(),
        modules=[(str(number), words["en"]) for number, words in reference.load().module_names.items()],
        conclusions=CONCLUSIONS,
    )


def _found(assessment_id: str) -> Assessment:
    found = web.current_work().session.get(Assessment, assessment_id)
    if found is None:
        raise Problem("not_found", "assessment-unknown", "There is no such assessment.")
    return found


def _received() -> tuple[dict[str, Any], str, str]:
    sent = forms.nested(request.form.items(multi=True))
    return _shaped(sent), str(sent.get("version", "")), str(sent.get("base", ""))


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The schema's own `version` is the assessment's; the form calls it `edition`, because it has another one."""
    return schemas.load(
        schemas.AssessmentSchema(), {**values, "version": values["edition"], "module": values["module"] or None}
    )


def _by_input(problem: Problem) -> dict[str, list[str]]:
    return {"edition" if path == "version" else path: messages for path, messages in problem.fields.items()}


def _values_of(found: Assessment) -> dict[str, Any]:
    return _shaped({name: getattr(found, name) for name in (*_TEXTS, *_PLAIN)})


def _shaped(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the form has them: texts by language, and texts."""
    shaped: dict[str, Any] = {}
    for name in _TEXTS:
        given = values.get(name)
        shaped[name] = {tag: str(words) for tag, words in given.items()} if isinstance(given, Mapping) else {}
    for name in _PLAIN:
        given = values.get(name)
        shaped[name] = "" if given is None or isinstance(given, Mapping | list) else str(given)
    return shaped


def _users() -> dict[str, list[str]]:
    """The entries of all working copies that lean on an assessment, in words, by its id."""
    work, found = web.current_work(), dict[str, list[str]]()
    for register in published.registers(work):
        heading = text.pick(register.title, "en", register.prevailing_language).value or register.slug
        for entry in working_document(work, register)["entries"]:
            for location in entry["locations"]:
                if location["tia"]:
                    words = f"{phrases.company(entry['sub_processor'])} in {heading}"
                    found.setdefault(location["tia"], []).append(words)
    return {id_: list(dict.fromkeys(words)) for id_, words in found.items()}


def _languages(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The languages of all registers, and others in which something is written already."""
    tags = [tag for register in published.registers(web.current_work()) for tag in register.languages]
    tags += [tag for name in _TEXTS for tag, words in values[name].items() if words]
    return forms.languages(list(dict.fromkeys(tags)) or ["en"], "")


def _title(row: Assessment) -> str:
    return text.pick(row.title, "en", "en").value or "Without a title"
