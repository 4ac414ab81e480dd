"""The entries of a register: in which order, how each stands to the last publication, and what is missing in it."""

from dataclasses import dataclass
from typing import Any, cast

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import drafting, published, reference, snapshot, text, web
from registry.admin import DONE, blueprint
from registry.admin.entry_meaning import meaning_of_removal
from registry.completeness import Completeness, completeness
from registry.lint import lint_entry
from registry.models import Register
from registry.snapshot import Entry
from registry.wording import phrases
from registry.working_copy import entries_of, entry_values

DONE |= {
    "entry-moved": "The order has been changed.",
    "entry-removed": "Removed from the working copy. What has been published of it stays published.",
}


@dataclass(frozen=True)
class Line:
    """One entry in the list. `standing` is how it differs from the last publication: new, edited or nothing."""

    id: str
    name: str
    group: str
    purposes: str
    places: str
    status: str
    standing: str
    doubts: list[str]
    completeness: Completeness


@blueprint.get("/registers/<slug>/entries")
@web.requires("view")
def entries(slug: str) -> str:
    """All entries of the working copy in order; `?q=` finds some by name, purpose, data or place."""
    work = web.current_work()
    register = published.register(work, slug)
    latest = published.latest(work, register)
    before = {one["id"]: one for one in latest.document["entries"]} if latest else {}
    working = entry_values(work, entries_of(work, register))
    wanted = " ".join(request.args.get("q", "").split())
    shown = [one for one in working if _matches(one, wanted, register)]
    gone = [one for id_, one in before.items() if id_ not in {one["id"] for one in working}]
    return render_template(
        "admin/entries.html",
        slug=slug,
        register=_heading(register),
        q=wanted,
        total=len(working),
        rows=[_line(register, one, before) for one in shown],
        gone=[one["sub_processor"]["legal_name"] for one in gone],
        number=latest.number if latest else 0,
    )


@blueprint.post("/registers/<slug>/entries/<entry_id>/move")
@web.requires("edit")
def entry_move(slug: str, entry_id: str) -> Response:
    """One place up or down the list (`by` is -1 or 1)."""
    work = web.current_work()
    register = published.register(work, slug)
    drafting.entry(work, register, entry_id)
    ids = [row.id for row in entries_of(work, register)]
    at = ids.index(entry_id)
    to = min(max(at + (-1 if request.form.get("by") == "-1" else 1), 0), len(ids) - 1)
    ids.insert(to, ids.pop(at))
    drafting.order_entries(work, register, ids)
    there = url_for("admin.entries", slug=slug, done="entry-moved", _anchor=f"entry-{entry_id}")
    return redirect(there, 303)


@blueprint.get("/registers/<slug>/entries/<entry_id>/removal")
@web.requires("edit")
def entry_removal(slug: str, entry_id: str) -> str:
    """Asks before an entry is taken out of the working copy, and says what would be told."""
    work = web.current_work()
    register = published.register(work, slug)
    found = entry_values(work, [drafting.entry(work, register, entry_id)])[0]
    return render_template(
        "admin/entry_removal.html",
        slug=slug,
        register=_heading(register),
        entry_id=entry_id,
        name=phrases.company(found["sub_processor"]),
        meaning=meaning_of_removal(work, register, entry_id),
    )


@blueprint.post("/registers/<slug>/entries/<entry_id>/removal")
@web.requires("edit")
def entry_remove(slug: str, entry_id: str) -> Response:
    work = web.current_work()
    register = published.register(work, slug)
    drafting.remove_entry(work, drafting.entry(work, register, entry_id))
    return redirect(url_for("admin.entries", slug=slug, done="entry-removed"), 303)


def _line(register: Register, entry: Entry, before: dict[str, Entry]) -> Line:
    today = published.today(web.current_work(), register)
    voice = phrases.voice("en", register.prevailing_language)
    known = before.get(entry["id"])
    places = dict.fromkeys(
        phrases.place_name(row["place"], voice) for row in phrases.current(entry["locations"], today)
    )
    return Line(
        id=entry["id"],
        name=phrases.company(entry["sub_processor"]),
        group=phrases.local(entry["group"], voice),
        purposes=", ".join(phrases.local(row["text"], voice) for row in phrases.current(entry["purposes"], today)),
        places=", ".join(places),
        status=snapshot.status(entry, today),
        standing="new" if known is None else "" if known == cast(Any, entry) else "edited",
        doubts=list(dict.fromkeys(finding.message for finding in lint_entry(entry, today))),
        completeness=completeness(entry),
    )


def _matches(entry: Entry, wanted: str, register: Register) -> bool:
    """Whether all words looked for occur in what the entry says, in any language."""
    texts = [*entry["sub_processor"].values(), *entry["group"].values()]
    texts += [words for row in (*entry["purposes"], *entry["data_categories"]) for words in row["text"].values()]
    for row in entry["locations"]:
        codes = (row["place"]["code"], *row["place"]["countries"])
        texts += [*codes, *(reference.place_name(code, register.prevailing_language) for code in codes)]
        texts += [reference.place_name(code, "en") for code in codes]
    said = " ".join(value for value in texts if isinstance(value, str)).casefold()
    return all(word in said for word in wanted.casefold().split())


def _heading(register: Register) -> str:
    return text.pick(register.title, "en", register.prevailing_language).value or register.slug
