"""The first page: what is to be done, then the registers and how they stand."""

from flask import current_app, render_template, url_for

from registry import published, tasks, text, web
from registry.admin import blueprint, has_view, may
from registry.tasks import Standing, TaskLine


@blueprint.get("/")
@web.requires("view")
def home() -> str:
    """The task list. Other packages add to it by functions in the application's `tasks`, each giving TaskLine-s."""
    work = web.current_work()
    standings = tasks.standings(work)
    lines = _first_steps(bool(standings), published.publisher(work).name) if may("manage") else []
    lines += [line for standing in standings for line in _lines(standing)]
    for source in current_app.extensions["subregistry"].get("tasks", ()):
        lines += source(work)
    return render_template("admin/home.html", tasks=lines, registers=[overview(standing) for standing in standings])


def overview(standing: Standing) -> dict[str, object]:
    """A register and how it stands, for lists of registers."""
    register = standing.register
    state, tone = _state(standing)
    return {
        "slug": register.slug,
        "title": title(standing),
        "address": address(register.slug),
        "state": state,
        "tone": tone,
        "hidden": register.hidden_at is not None,
        "number": standing.number,
        "published_at": standing.published_at,
        "timezone": register.timezone,
        "entries": standing.entries,
    }


def title(standing: Standing) -> str:
    register = standing.register
    return text.pick(register.title, "en", register.prevailing_language).value or register.slug


def address(slug: str) -> str:
    """The first page of a register."""
    return url_for("admin.entries" if has_view("admin.entries") else "admin.register_settings", slug=slug)


def _state(standing: Standing) -> tuple[str, str]:
    if standing.revision is not None:
        return ("Approved, not published", "accent") if standing.approved else ("Waits for review", "warn")
    if standing.number == 0:
        return "Never published", "warn"
    return ("Edited since", "warn") if standing.differs else ("As published", "good")


def _lines(standing: Standing) -> list[TaskLine]:
    name, slug, revision = title(standing), standing.register.slug, standing.revision
    lines = []
    if revision is not None:
        there = _proposal(slug, revision.id)
        why = f"Proposed by {revision.proposed_by} on {text.format_date(revision.proposed_at.date(), 'en')}."
        if not standing.approved:
            lines.append(TaskLine(f"Review the proposal for “{name}”", there, why, "Waits for review", "warn"))
        else:
            lines.append(TaskLine(f"Publish the approved proposal for “{name}”", there, why, "Approved", "accent"))
    elif standing.number == 0:
        words = f"Publish “{name}” for the first time" if standing.entries else f"Put the list into “{name}”"
        why = "Visitors do not see it before its first publication."
        lines.append(TaskLine(words, address(slug), why, "Never published", "warn"))
    if standing.differs and (standing.number or revision):
        known = "what is proposed" if revision else f"revision {standing.number}"
        count = standing.changes
        why = (
            f"It holds {count} change{'' if count == 1 else 's'} that nobody has proposed."
            if count
            else ("Only wording that visitors see is different.")
        )
        words = f"The working copy of “{name}” is other than {known}"
        lines.append(TaskLine(words, address(slug), why, "Not proposed", "plain"))
    return lines


def _first_steps(any_register: bool, company: str) -> list[TaskLine]:
    lines = []
    if not company:
        why = "Its name and contact stand on every page and in every notice."
        lines.append(TaskLine("Say which company this is", url_for("admin.publisher"), why, "To begin with", "warn"))
    if not any_register:
        why = "A register is one published list, such as “Sub-processors”."
        lines.append(TaskLine("Add the first register", url_for("admin.register_new"), why, "To begin with", "warn"))
    return lines


def _proposal(slug: str, revision_id: str) -> str:
    if has_view("admin.proposal"):
        return url_for("admin.proposal", slug=slug, revision_id=revision_id)
    return address(slug)
