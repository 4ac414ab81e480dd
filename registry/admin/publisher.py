"""The company whose registers these are: what every page and notice says of it."""

from collections.abc import Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import drafting, published, schemas, web
from registry.admin import blueprint, conflicts, forms
from registry.errors import Problem
from registry.models import Publisher

LABELS = {
    "name": "Name",
    "address": "Address",
    "country": "Country",
    "website": "Website",
    "contact": "Contact:",
    "role": "who it is",
    "email": "e-mail",
    "url": "page",
    "privacy_text": "Privacy notice for subscribers,",
}

_CONTACT = {"role": "", "email": "", "url": ""}
_BOXES = {"name": "", "address": "", "country": "", "website": "", "contact": _CONTACT, "privacy_text": {}}


@blueprint.get("/publisher")
@web.requires("view")
def publisher() -> str:
    found = published.publisher(web.current_work())
    values = _values_of(found)
    return _form(values, {}, version=found.version, base=conflicts.packed(values))


@blueprint.post("/publisher")
@web.requires("manage")
def publisher_save() -> str | tuple[str, int] | Response:
    work = web.current_work()
    mine = forms.shaped(forms.nested(request.form.items(multi=True)), _BOXES)
    version, base = request.form.get("version", ""), request.form.get("base", "")
    try:
        checked = schemas.load(schemas.PublisherSchema(), mine)
        drafting.save_publisher(work, checked, version=int(version) if version.isdecimal() else 0)
    except Problem as problem:
        if problem.key == "edited-meanwhile":
            stands = published.publisher(work)
            theirs = _values_of(stands)
            merged = conflicts.merge(conflicts.unpacked(base), mine, theirs, LABELS)
            body = _form(merged.values, {}, version=stands.version, base=conflicts.packed(theirs), merged=merged)
            return body, 409
        if problem.code != "invalid":
            raise
        return _form(mine, problem.fields, version=version, base=base), 400
    return redirect(url_for("admin.publisher", done="saved"), 303)


def _form(
    values: Mapping[str, Any],
    errors: Mapping[str, list[str]],
    *,
    version: int | str,
    base: str,
    merged: conflicts.Merged | None = None,
) -> str:
    return render_template(
        "admin/publisher.html",
        values=values,
        errors=errors,
        version=version,
        base=base,
        merged=merged,
        languages=_languages(),
        countries=forms.countries(),
    )


def _values_of(found: Publisher) -> dict[str, Any]:
    contact = {"role": found.contact_role, "email": found.contact_email, "url": found.contact_url}
    plain = {name: getattr(found, name) for name in ("name", "address", "country", "website")}
    return {**plain, "contact": contact, "privacy_text": dict(found.privacy_text)}


def _languages() -> list[tuple[str, str]]:
    """The languages of all registers, those of the first register first."""
    tags = [tag for register in published.registers(web.current_work()) for tag in register.languages]
    tags = list(dict.fromkeys(tags)) or ["en"]
    return forms.languages(tags, "")
