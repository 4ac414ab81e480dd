"""Proposals: what would change, what reviewers say of it, and making it public.

`POST …/revisions` proposes, `POST …/revisions/<id>/reviews` judges, `POST …/revisions/<id>/publication` publishes.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from registry import drafting, published, publishing, text, web, wording
from registry.admin import DONE, blueprint
from registry.diff import kinds
from registry.diff.kinds import Change, Reclassification
from registry.errors import Problem
from registry.models import Register, Revision
from registry.snapshot import Document
from registry.wording import phrases
from registry.work import Work

DONE |= {
    "proposed": "Proposed. Nobody outside has been told of anything.",
    "approved": "Approved.",
    "refused": "Refused. The working copy is as it was.",
    "withdrawn": "The proposal has been withdrawn. The working copy is as it was.",
    "published": "Published.",
    "restored": "The working copy now says what that revision said. Nothing is public before it is published.",
}
_Answer = str | tuple[str, int] | Response


@blueprint.get("/proposals")
@web.requires("view")
def proposals() -> str:
    """The open proposals of all registers."""
    work = web.current_work()
    rows = []
    for register in published.registers(work):
        revision = publishing.open_revision(work, register)
        rows.append({"register": _heading(register), "slug": register.slug, "revision": revision})
    return render_template("admin/proposals.html", rows=rows)


@blueprint.get("/registers/<slug>/proposals")
@web.requires("view")
def register_proposals(slug: str) -> str:
    """How the working copy stands, and what a proposal of it would hold."""
    return _register_page(published.register(web.current_work(), slug), {})


@blueprint.post("/registers/<slug>/revisions")
@web.requires("propose")
def propose(slug: str) -> _Answer:
    work = web.current_work()
    register = published.register(work, slug)
    try:
        revision = publishing.propose(
            work,
            register,
            note=text.clean(request.form.get("note", "")).strip(),
            reclassified=_reclassified(request.form.items()),
            effective_on=_day(request.form.get("effective_on", "")),
        )
    except Problem as problem:
        if problem.code not in ("invalid", "conflict"):
            raise
        return _register_page(register, dict(request.form.items()), problem), web.STATUS[problem.code]
    return redirect(url_for("admin.proposal", slug=slug, revision_id=revision.id, done="proposed"), 303)


@blueprint.get("/registers/<slug>/revisions/<revision_id>")
@web.requires("view")
def proposal(slug: str, revision_id: str) -> str:
    """One revision: exactly what was proposed, what was said of it, and what can be done now."""
    work = web.current_work()
    register = published.register(work, slug)
    return _proposal_page(register, publishing.revision(work, register, revision_id))


@blueprint.post("/registers/<slug>/revisions/<revision_id>/reviews")
@web.requires("review")
def review(slug: str, revision_id: str) -> _Answer:
    work = web.current_work()
    register = published.register(work, slug)
    revision = publishing.revision(work, register, revision_id)
    verdict, comment = request.form.get("verdict", ""), text.clean(request.form.get("comment", "")).strip()
    try:
        if verdict == publishing.APPROVED:
            may = web.current_settings().proposer_may_approve
            publishing.approve(work, register, revision, comment=comment, proposer_may=may)
        elif verdict == publishing.REFUSED:
            publishing.refuse(work, register, revision, comment=comment)
        else:
            raise Problem("invalid", "verdict-unknown", "Choose whether to approve or to refuse.")
    except Problem as problem:
        return _proposal_page(register, revision, problem, comment=comment), web.STATUS.get(problem.code, 400)
    return redirect(url_for("admin.proposal", slug=slug, revision_id=revision_id, done=verdict), 303)


@blueprint.post("/registers/<slug>/revisions/<revision_id>/withdrawal")
@web.requires("propose")
def withdraw(slug: str, revision_id: str) -> Response:
    work = web.current_work()
    register = published.register(work, slug)
    publishing.withdraw(work, register, publishing.revision(work, register, revision_id))
    return redirect(url_for("admin.register_proposals", slug=slug, done="withdrawn"), 303)


@blueprint.post("/registers/<slug>/revisions/<revision_id>/publication")
@web.requires("publish")
def publish(slug: str, revision_id: str) -> _Answer:
    work = web.current_work()
    register = published.register(work, slug)
    revision = publishing.revision(work, register, revision_id)
    try:
        publishing.publish(
            work,
            register,
            revision,
            note=text.clean(request.form.get("note", "")).strip(),
            baseline=request.form.get("audience") == "nobody",
            tell_corrections=request.form.get("audience") == "everybody",
        )
    except Problem as problem:
        return _proposal_page(register, revision, problem), web.STATUS.get(problem.code, 400)
    return redirect(url_for("admin.publications", slug=slug, done="published"), 303)


@blueprint.get("/registers/<slug>/publications")
@web.requires("view")
def publications(slug: str) -> str:
    """All publications of a register, newest first, each of which can be loaded back into the working copy."""
    work = web.current_work()
    register = published.register(work, slug)
    history = published.history(work, register)
    voice = _voice(register)
    titles = {one.number: _title(work, register, one, voice) for one in history}
    return render_template(
        "admin/publications.html", register=_heading(register), slug=slug, publications=history, titles=titles
    )


@blueprint.post("/registers/<slug>/publications/<int:number>/restoration")
@web.requires("edit")
def restore(slug: str, number: int) -> Response:
    work = web.current_work()
    register = published.register(work, slug)
    drafting.restore(work, register, published.numbered(work, register, number).document)
    return redirect(url_for("admin.register_proposals", slug=slug, done="restored"), 303)


def _register_page(register: Register, given: dict[str, str], problem: Problem | None = None) -> str:
    work = web.current_work()
    standing = publishing.pending(work, register)
    return render_template(
        "admin/register_proposals.html",
        register=_heading(register),
        slug=register.slug,
        timezone=register.timezone,
        latest=standing.latest,
        waiting=publishing.open_revision(work, register),
        differs=standing.differs,
        changes=_shown(standing.changes, standing.before, standing.document),
        kinds=[(kind, wording.kind_name(kind, _voice(register))) for kind in kinds.KINDS],
        given=given,
        **_refusal(problem),
    )


def _proposal_page(register: Register, revision: Revision, problem: Problem | None = None, *, comment: str = "") -> str:
    work = web.current_work()
    changes = publishing.revision_changes(work, register, revision)
    before = published.numbered(work, register, revision.base_number).document if revision.base_number else None
    waiting = publishing.open_revision(work, register)
    reviews = publishing.reviews(work, revision)
    return render_template(
        "admin/proposal.html",
        register=_heading(register),
        slug=register.slug,
        timezone=register.timezone,
        revision=revision,
        number=revision.base_number + 1,
        reviews=reviews,
        waiting=waiting is not None and waiting.id == revision.id,
        approved=any(review.verdict == publishing.APPROVED for review in reviews),
        changes=_shown(changes, before, publishing.document_of(revision)),
        told=kinds.worth_telling(changes),
        own=not publishing.may_approve(work, revision, web.current_settings().proposer_may_approve),
        comment=comment,
        **_refusal(problem),
    )


def _refusal(problem: Problem | None) -> dict[str, Any]:
    """What was wrong with which field, or else why the act as a whole was refused: its form may be gone by now."""
    errors = problem.fields if problem else {}
    return {"errors": errors, "message": problem.message if problem and not errors else ""}


def _shown(changes: Iterable[Change], before: Document | None, after: Document) -> list[dict[str, Any]]:
    """The changes as the template shows them: a sentence, its full content, and what it means for the readers."""
    voice = phrases.voice("en", after["register"]["prevailing_language"])
    known = wording.Known.of(before, after)
    return [
        {
            "key": change.key,
            "kind": change.kind,
            "kind_name": wording.kind_name(change.kind, voice),
            "headline": wording.headline(change.as_json(), voice, known=known),
            "details": wording.details(change.as_json(), voice, known=known),
            "effective_on": text.format_date(change.effective_on, "en"),
            "owes_notice": change.owes_notice,
            "reason": change.reason,
        }
        for change in changes
    ]


def _title(work: Work, register: Register, publication: published.Published, voice: phrases.Voice) -> str:
    changes = published.changes(work, register, publication)
    return wording.title([change.as_json() for change in changes], voice)


def _reclassified(pairs: Iterable[tuple[str, str]]) -> list[Reclassification]:
    """The kinds an editor chose other than the ones found: inputs `kind:<key>` and `reason:<key>`."""
    given = dict(pairs)
    found = []
    for name, kind in given.items():
        act, _, key = name.partition(":")
        if act == "kind" and kind:
            found.append(Reclassification(key, kind, text.clean(given.get(f"reason:{key}", "")).strip()))
    return found


def _day(value: str) -> date | None:
    if not value.strip():
        return None
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        wrong = {"effective_on": ["Must be a date that exists, written as 2026-12-31."]}
        raise Problem("invalid", "date-wrong", wrong["effective_on"][0], fields=wrong) from None


def _voice(register: Register) -> phrases.Voice:
    return phrases.voice("en", register.prevailing_language)


def _heading(register: Register) -> str:
    return text.pick(register.title, "en", register.prevailing_language).value or register.slug
