"""The public pages: every register, its history, its revisions, comparisons, and what it said on a day.

Pages whose content follows from publications, language and civil day alone are made once and kept. `?lang=` is
carried along by every link between pages, so that no cookie is needed.
"""

from collections.abc import Hashable, Sequence
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from registry import chronicle, clock, pages, published, visits
from registry.kept import Kept
from registry.pages import RegisterPage
from registry.pages import history as page_history
from registry.pages.history import HistoryRow
from registry.visits import Asked, Languages, Subject
from registry.web import current_settings, current_work, public, speak

blueprint = Blueprint("public", __name__)

_RECENT = 4
_LONGEST_TO_OBJECT = timedelta(days=200)  # contracts give 5 to 180 days
_NUMBER = "int(min=1, max=999999999)"


@blueprint.url_defaults
def _carry_language(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("chosen_language"):
        values.setdefault("lang", g.chosen_language)


@blueprint.get("/")
@public
def home() -> Response:
    """Every public register in order, with what is announced."""
    subjects = visits.all_current(current_work(), _asked())
    languages = subjects[0].languages if subjects else visits.negotiate([], _asked())
    publisher = published.publisher(current_work()).name if not subjects else ""
    key = ("home", publisher, *(subject.key for subject in subjects))
    return _page(key, languages, lambda: _home(subjects, publisher))


@blueprint.get("/registers/<slug>")
@public
def register(slug: str) -> Response:
    """One register as it stands today; a search is answered by the same page with fewer entries."""
    subject = visits.current(current_work(), slug, _asked())
    wanted = {name: request.args.get(name, "").strip() for name in ("words", "country", "kind")}
    if any(wanted.values()):
        return _answer(lambda: _register(subject, wanted=wanted), subject.languages)
    return _page(("register", subject.key), subject.languages, lambda: _register(subject))


@blueprint.get("/registers/<slug>/history")
@public
def history(slug: str) -> Response:
    """All publications, newest first, and how to check the chain."""
    subject = visits.current(current_work(), slug, _asked())
    return _page(("history", subject.key), subject.languages, lambda: _history(subject))


@blueprint.get(f"/registers/<slug>/revisions/<{_NUMBER}:number>")
@public
def revision(slug: str, number: int) -> Response:
    """Publication `number` as it stood on the day it was published. Nothing later is on this page."""
    subject = visits.numbered(current_work(), slug, number, _asked())
    return _page(("revision", subject.key), subject.languages, lambda: _revision(subject))


@blueprint.get("/registers/<slug>/on/<day>")
@public
def on_day(slug: str, day: str) -> Response:
    """What was published by the end of a day, as of that day; a day to come shows what is announced by now."""
    subject = visits.on_day(current_work(), slug, day, _asked())
    ahead = subject.reader.today > clock.civil_date(current_work().now, subject.about["timezone"])
    return _page(("on", ahead, subject.key), subject.languages, lambda: _on_day(subject, ahead=ahead))


@blueprint.get("/registers/<slug>/on")
@public
def choose_day(slug: str) -> AnyResponse:
    """Where the form that asks for a day leads; without a day, to the list of today."""
    lang, asked = request.args.get("lang"), request.args.get("day", "")
    if not asked:
        return redirect(url_for(".register", slug=slug, lang=lang), 303)
    return redirect(url_for(".on_day", slug=slug, day=visits.parse_day(asked).isoformat(), lang=lang), 303)


@blueprint.get(f"/registers/<slug>/compare/<{_NUMBER}:before>...<{_NUMBER}:after>")
@public
def compare(slug: str, before: int, after: int) -> Response:
    """The typed changes between two publications."""
    earlier = visits.numbered(current_work(), slug, before, _asked())
    later = visits.numbered(current_work(), slug, after, _asked())
    key = ("compare", earlier.key, later.key)
    return _page(key, later.languages, lambda: _compare(earlier, later))


@blueprint.get("/registers/<slug>/compare")
@public
def choose_two(slug: str) -> AnyResponse:
    """Where the form that asks for two publications leads; without two numbers, to the history."""
    lang = request.args.get("lang")
    before, after = (request.args.get(name, type=int, default=0) for name in ("before", "after"))
    if not (0 < before < 10**9 and 0 < after < 10**9):
        return redirect(url_for(".history", slug=slug, lang=lang), 303)
    return redirect(url_for(".compare", slug=slug, before=before, after=after, lang=lang), 303)


def _home(subjects: Sequence[Subject], publisher: str) -> str:
    made = [_made(subject) for subject in subjects]
    return render_template(
        "public/home.html",
        pages=made,
        objectable={subject.about["slug"]: _objectable(subject, _rows(subject, lately=True)) for subject in subjects},
        brand=made[0].publisher.name if made else publisher,
        **_frame(subjects[0].languages if subjects else visits.negotiate([], _asked()), "public.home"),
    )


def _register(subject: Subject, *, wanted: dict[str, str] | None = None) -> str:
    page = _made(subject)
    if wanted:
        page = pages.found(page, **wanted)
    rows = _rows(subject, lately=True)
    values = {"recent": rows[:_RECENT], "objectable": _objectable(subject, rows)}
    return _render("public/register.html", subject, page, wanted=wanted or {}, **values)


def _history(subject: Subject) -> str:
    return _render("public/history.html", subject, _made(subject), rows=_rows(subject))


def _revision(subject: Subject) -> str:
    row = chronicle.rows(current_work(), subject.register, [subject.head], subject.reader)[0]
    return _render("public/revision.html", subject, _made(subject), row=row, number=subject.head.number)


def _on_day(subject: Subject, *, ahead: bool) -> str:
    day = subject.reader.today
    values = {"on": subject.reader.day(day), "day": day.isoformat(), "ahead": ahead}
    return _render("public/on_day.html", subject, _made(subject), **values)


def _compare(before: Subject, after: Subject) -> str:
    work = current_work()
    old, new = before.load(work), after.load(work)
    views = page_history.change_views(old.document, new.document, published.compare(old, new), after.reader)
    rows = chronicle.rows(work, after.register, [before.head, after.head], after.reader)
    page, numbers = _made(after), {"before": rows[0].number, "after": rows[1].number}
    return _render("public/compare.html", after, page, changes=views, rows=rows, **numbers)


def _made(subject: Subject) -> RegisterPage:
    publication = subject.load(current_work())
    return pages.register_page(publication.document, publication.head, subject.reader)


def _rows(subject: Subject, *, lately: bool = False) -> list[HistoryRow]:
    """The publications of a register, newest first; `lately` leaves out those long past, to which nobody may object."""
    heads = published.heads(current_work(), subject.register)
    since = subject.reader.today - _LONGEST_TO_OBJECT
    kept = [head for i, head in enumerate(heads) if not lately or i < _RECENT or head.published_at.date() >= since]
    return chronicle.rows(current_work(), subject.register, kept, subject.reader)


def _objectable(subject: Subject, rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """The publications to which customers may still object."""
    return [row for row in rows if row.objectable_on and row.objectable_on >= subject.reader.today]


def _render(template: str, subject: Subject, page: RegisterPage, **values: Any) -> str:
    name = template.removeprefix("public/").removesuffix(".html")
    address = {key: values[key] for key in ("number", "day", "before", "after") if key in values}
    frame = _frame(subject.languages, f"public.{name}", slug=page.slug, **address)
    return render_template(template, page=page, brand=page.publisher.name, section=name, **frame, **values)


def _frame(languages: Languages, endpoint: str, **address: Any) -> dict[str, Any]:
    """What every page says of itself: its own address, and the same page in the other languages."""
    base = current_settings().base_url
    root = request.script_root
    path = {tag: url_for(endpoint, lang=tag or None, **address).removeprefix(root) for tag in ("", *languages.offered)}
    chosen = languages.chosen if languages.chosen in languages.offered else ""
    return {
        "languages": pages.languages(languages.offered),
        "reading": languages.reading,
        "canonical": base + path[chosen],
        "alternates": [(tag, base + path[tag]) for tag in languages.offered] if len(languages.offered) > 1 else [],
        "default_address": base + path[""],
        "home_address": url_for("public.home"),
    }


def _asked() -> Asked:
    return Asked(request.headers.get("Accept-Language", ""), request.args.get("lang", ""))


def _page(key: Hashable, languages: Languages, make: Any) -> Response:
    """A page that is made once for its key and the languages."""
    kept: Kept = current_app.extensions.setdefault("registry.public", Kept())
    return _answer(lambda: kept.get((key, languages), lambda: make().encode()), languages)


def _answer(make: Any, languages: Languages) -> Response:
    speak(languages.interface)
    g.chosen_language = languages.chosen
    response = Response(make(), mimetype="text/html")
    response.headers["Content-Language"] = languages.interface
    return response
