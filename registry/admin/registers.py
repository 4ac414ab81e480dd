"""The registers: their order on the page, whether visitors see them, and what is said of each."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import arrangement, drafting, published, schemas, tasks, web
from registry.admin import DONE, blueprint, conflicts, forms
from registry.admin.home import overview
from registry.errors import Problem
from registry.models import Register

DONE |= {
    "register-added": "The register has been added. Visitors see it after its first publication.",
    "register-moved": "The order has been changed.",
    "register-hidden": "Visitors do not see this register any more.",
    "register-shown": "Visitors see this register again.",
}
LABELS = {
    "title": "Title,",
    "intro": "Introduction,",
    "timezone": "Time zone",
    "languages": "Languages",
    "notice_days": "Days of notice",
    "objection_days": "Days to object",
}
_BOXES = {"title": {}, "intro": {}, "languages": "", "timezone": "", "notice_days": "", "objection_days": ""}
_NEW_BOXES = {**_BOXES, "slug": "", "title": "", "intro": ""}
_NEW = {**_NEW_BOXES, "languages": "en", "timezone": "UTC", "notice_days": 30, "objection_days": 14}
_Answer = str | tuple[str, int] | Response


@blueprint.get("/registers")
@web.requires("view")
def registers() -> str:
    """All registers in the order of the public page."""
    rows = [overview(standing) for standing in tasks.standings(web.current_work())]
    return render_template("admin/registers.html", registers=rows)


@blueprint.get("/registers/new")
@web.requires("manage")
def register_new() -> str:
    return _new_form(_NEW, {})


@blueprint.post("/registers")
@web.requires("manage")
def register_add() -> _Answer:
    values = forms.shaped(request.form, _NEW_BOXES)
    try:
        checked = schemas.load(schemas.RegisterSchema(), _in_first_language(_document_values(values)))
        added = drafting.add_register(web.current_work(), checked)
    except Problem as problem:
        if problem.code not in ("invalid", "conflict"):
            raise
        wrong = _wrong(problem) or {"slug": [problem.message]}
        return _new_form(values, wrong), web.STATUS[problem.code]
    return redirect(url_for("admin.register_settings", slug=added.slug, done="register-added"), 303)


@blueprint.get("/registers/<slug>/settings")
@web.requires("view")
def register_settings(slug: str) -> str:
    """What is said of a register: title, introduction, languages, days."""
    found = published.register(web.current_work(), slug)
    values = _values_of(found)
    return _settings_form(found, values, {}, base=conflicts.packed(values))


@blueprint.post("/registers/<slug>/settings")
@web.requires("edit")
def register_save(slug: str) -> _Answer:
    work = web.current_work()
    found = published.register(work, slug)
    mine = forms.shaped(forms.nested(request.form.items(multi=True)), _BOXES)
    version, base = request.form.get("version", ""), request.form.get("base", "")
    try:
        checked = schemas.load(schemas.RegisterSchema(), {**_document_values(mine), "slug": slug})
        drafting.save_register(work, found, checked, version=int(version) if version.isdecimal() else 0)
    except Problem as problem:
        if problem.key == "edited-meanwhile":
            theirs = _values_of(found)
            merged = conflicts.merge(conflicts.unpacked(base), mine, theirs, LABELS)
            return _settings_form(found, merged.values, {}, base=conflicts.packed(theirs), merged=merged), 409
        if problem.code != "invalid":
            raise
        return _settings_form(found, mine, _wrong(problem), base=base, version=version), 400
    return redirect(url_for("admin.register_settings", slug=slug, done="saved"), 303)


@blueprint.post("/registers/<slug>/move")
@web.requires("manage")
def register_move(slug: str) -> Response:
    """One place up or down the page (`by` is -1 or 1)."""
    work = web.current_work()
    by = -1 if request.form.get("by") == "-1" else 1
    arrangement.move_register(work, published.register(work, slug), by=by)
    return redirect(url_for("admin.registers", done="register-moved"), 303)


@blueprint.post("/registers/<slug>/hidden")
@web.requires("manage")
def register_hide(slug: str) -> Response:
    work = web.current_work()
    arrangement.hide_register(work, published.register(work, slug))
    return redirect(url_for("admin.register_settings", slug=slug, done="register-hidden"), 303)


@blueprint.post("/registers/<slug>/shown")
@web.requires("manage")
def register_show(slug: str) -> Response:
    work = web.current_work()
    arrangement.show_register(work, published.register(work, slug))
    return redirect(url_for("admin.register_settings", slug=slug, done="register-shown"), 303)


def _new_form(values: Mapping[str, Any], errors: Mapping[str, list[str]]) -> str:
    return render_template("admin/register_new.html", values=values, errors=errors, zones=_zones())


def _settings_form(
    found: Register,
    values: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    *,
    base: str,
    version: str = "",
    merged: conflicts.Merged | None = None,
) -> str:
    tags = _boxes(values) or list(found.languages)
    return render_template(
        "admin/register_settings.html",
        slug=found.slug,
        name=found.title.get(found.prevailing_language) or found.slug,
        hidden=found.hidden_at is not None,
        values=values,
        languages=forms.languages(tags, tags[0]),
        errors=errors,
        version=version or found.version,
        base=base,
        merged=merged,
        zones=_zones(),
    )


def _values_of(found: Register) -> dict[str, Any]:
    """A register as its form shows it: the languages in one line, the prevailing one first."""
    tags = sorted(found.languages, key=lambda tag: tag != found.prevailing_language)
    return {
        "title": dict(found.title),
        "intro": dict(found.intro),
        "timezone": found.timezone,
        "languages": " ".join(tags),
        "notice_days": found.notice_days,
        "objection_days": found.objection_days,
    }


def _document_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values in the shape of the document: the first language prevails."""
    tags = _tags(values.get("languages", ""))
    return {**values, "languages": tags, "prevailing_language": tags[0] if tags else ""}


def _in_first_language(values: dict[str, Any]) -> dict[str, Any]:
    """A new register's form has one box for title and introduction each; they are in the first language."""
    first = values["prevailing_language"]
    return {**values, **{name: {first: values[name]} if first else {} for name in ("title", "intro")}}


def _boxes(values: Mapping[str, Any]) -> list[str]:
    """The languages to show boxes for: those asked for, and those a text stands in, so that none vanishes unseen."""
    texts = [values[name] for name in ("title", "intro") if isinstance(values.get(name), dict)]
    written = [tag for one in texts for tag, words in one.items() if str(words).strip()]
    asked = [tag for tag in _tags(values.get("languages", "")) if schemas.is_language(tag)]
    return list(dict.fromkeys([*asked, *filter(schemas.is_language, written)]))


def _tags(line: Any) -> list[str]:
    return list(dict.fromkeys(str(line).replace(",", " ").split()))


def _wrong(problem: Problem) -> dict[str, list[str]]:
    """What is wrong by the boxes of this form: that a language is none, or none prevails, belongs to one box."""
    wrong: dict[str, list[str]] = {}
    for path, messages in problem.fields.items():
        box = path.split(".")[0].replace("prevailing_language", "languages")
        wrong.setdefault(box, []).extend(message for message in messages if message not in wrong.get(box, []))
    return wrong


def _zones() -> list[str]:
    return sorted(zone for zone in available_timezones() if "/" in zone or zone == "UTC")
