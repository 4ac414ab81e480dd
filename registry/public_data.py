"""The data files of the public side, at sibling addresses of the pages: registers, history, comparisons, chain, feeds.

A revision's files are the same bytes for ever, so the status of its entries is that of the day it was published; the
file of the register itself, and of a day, say how things stand today or stood on that day.
"""

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from flask import Blueprint, Response, current_app, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from registry import chronicle, feeds, formats, migrations, published, visits
from registry.feeds import Feed
from registry.formats import FORMATS, HistoryItem
from registry.kept import Kept
from registry.snapshot import SCHEMA_PATH
from registry.visits import Asked, Subject
from registry.web import current_settings, current_work, data, public
from registry.work import Work

blueprint = Blueprint("data", __name__)

_NUMBER = "int(min=1, max=999999999)"
_ENDING = "any(" + ", ".join(FORMATS) + ")"
_FEED_ENDING = "any(rss, atom, json)"
_FEEDS = {
    "rss": ("application/rss+xml", feeds.rss),
    "atom": ("application/atom+xml", feeds.atom),
    "json": ("application/feed+json", feeds.json_feed),
}
_FEED_ITEMS = 50
_SCHEMA = Path(__file__).parent / "data" / "register-1.schema.json"


@blueprint.get(f"/registers/<slug>.<{_ENDING}:ending>")
@public
def register_file(slug: str, ending: str) -> Response:
    """The register as it stands today, in every format there is."""
    return _file(visits.current(current_work(), slug, _asked()), ending)


@blueprint.get(f"/registers/<slug>/revisions/<{_NUMBER}:number>.<{_ENDING}:ending>")
@public
def revision_file(slug: str, number: int, ending: str) -> Response:
    """Publication `number` as it stood on the day it was published."""
    return _file(visits.numbered(current_work(), slug, number, _asked()), ending)


@blueprint.get(f"/registers/<slug>/revisions/<{_NUMBER}:number>/document.json")
@public
def document(slug: str, number: int) -> Response:
    """The frozen document of publication `number`: exactly the bytes that the hash chain covers."""
    return data(visits.numbered(current_work(), slug, number, _asked()).load(current_work()).raw, "application/json")


@blueprint.get("/registers/<slug>/on/<day>.json")
@public
def on_day(slug: str, day: str) -> Response:
    """What was published by the end of a day; the status of each entry is that of the day."""
    return _file(visits.on_day(current_work(), slug, day, _asked()), "json")


@blueprint.get("/registers/<slug>/history.json")
@public
def history(slug: str) -> Response:
    """All publications, newest first, with their changes counted by kind."""
    subject = visits.current(current_work(), slug, Asked())

    def make() -> bytes:
        work = current_work()
        heads = published.heads(work, subject.register)
        rows = chronicle.rows(work, subject.register, heads, subject.reader)
        items = [
            HistoryItem(
                number=row.number,
                published_at=row.link.published_at,
                note=row.note,
                baseline=row.baseline,
                hash=row.link.hash,
                changes=row.counts,
                earliest_effective_on=row.earliest_effective_on,
            )
            for row in rows
        ]
        return formats.history_json(slug, items, base_url=current_settings().base_url)

    return _kept(("history", subject.head.hash, subject.head.id), "application/json", make)


@blueprint.get(f"/registers/<slug>/compare/<{_NUMBER}:before>...<{_NUMBER}:after>.json")
@public
def compare(slug: str, before: int, after: int) -> Response:
    """The typed changes between two publications."""
    work = current_work()
    earlier, later = (visits.numbered(work, slug, number, Asked()) for number in (before, after))
    changes = published.compare(earlier.load(work), later.load(work))
    return data(formats.compare_json(before, after, [change.as_json() for change in changes]), "application/json")


@blueprint.get("/registers/<slug>/chain.json")
@public
def chain(slug: str) -> Response:
    """The hash chain, first link first."""
    subject = visits.current(current_work(), slug, Asked())
    heads = published.heads(current_work(), subject.register)
    return data(formats.chain_json(slug, [published.link(head) for head in reversed(heads)]), "application/json")


@blueprint.get(f"/registers/<slug>/feed.<{_FEED_ENDING}:ending>")
@public
def register_feed(slug: str, ending: str) -> Response:
    """The newest publications of one register."""
    subject = visits.current(current_work(), slug, _asked())
    return _feed([subject], ending, f"/registers/{slug}")


@blueprint.get(f"/feed.<{_FEED_ENDING}:ending>")
@public
def feed(ending: str) -> Response:
    """The newest publications of all registers together."""
    return _feed(visits.all_current(current_work(), _asked()), ending, "/")


@blueprint.get(SCHEMA_PATH)
@public
def schema() -> Response:
    """The JSON Schema of the register document, version 1."""
    return data(_SCHEMA.read_bytes(), "application/schema+json")


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return Response("ok\n", mimetype="text/plain")


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """Able to serve: database and schema, and whatever else the application asks to be checked. 503 when not.

    A check is a function in `app.extensions["readiness"]`, by name, that takes the unit of work and gives what is
    wrong, or nothing.
    """
    work = current_work()
    checks = {"database": _database_problem, "schema": _schema_problem}
    checks |= current_app.extensions.get("readiness", {})
    found = {name: check(work) for name, check in checks.items()}
    lines = [f"{name}: {problem or 'ok'}\n" for name, problem in found.items()]
    response = Response("".join(lines), 503 if any(found.values()) else 200, mimetype="text/plain")
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(subject: Subject, ending: str) -> Response:
    form = FORMATS[ending]

    def make() -> bytes:
        today, language = subject.reader.today, subject.reader.reading
        served = subject.load(current_work()).served(today)
        return form.render(served, today, base_url=current_settings().base_url, language=language)

    return _kept(("file", ending, subject.key), form.media_type, make)


def _feed(subjects: Sequence[Subject], ending: str, path: str) -> Response:
    media_type, render = _FEEDS[ending]

    def make() -> bytes:
        return render(_feed_of(subjects, path))

    return _kept(("feed", ending, path, *(subject.key for subject in subjects)), media_type, make)


def _feed_of(subjects: Sequence[Subject], path: str) -> Feed:
    """The newest items of these registers; without any public register, a feed that says so by being empty."""
    work, settings = current_work(), current_settings()
    newest = [(head, subject) for subject in subjects for head in published.heads(work, subject.register)]
    newest.sort(key=lambda pair: (pair[0].published_at, pair[0].number), reverse=True)
    items = [
        chronicle.item(work, subject.register, head, subject.reader, base_url=settings.base_url)
        for head, subject in newest[:_FEED_ITEMS]
    ]
    author = subjects[0].load(work).document["publisher"] if subjects else None
    languages = subjects[0].languages if subjects else visits.negotiate([], _asked())
    titles = [subject.reader.words(subject.about["title"]).value or subject.about["slug"] for subject in subjects]
    name = author["name"] if author else published.publisher(work).name
    return Feed(
        title=", ".join(filter(None, [" · ".join(titles), name])) or "Sub-processors",
        subtitle="",
        base_url=settings.base_url,
        path=path,
        language=languages.interface,
        author=name,
        author_email=author["contact"]["email"] if author else "",
        items=items,
        query=f"?lang={languages.chosen}" if languages.chosen else "",
    )


def _kept(key: Hashable, media_type: str, make: Callable[[], bytes]) -> Response:
    kept: Kept = current_app.extensions.setdefault("registry.public_data", Kept())
    return data(kept.get(key, make), media_type)


def _asked() -> Asked:
    return Asked(request.headers.get("Accept-Language", ""), request.args.get("lang", ""))


def _database_problem(work: Work) -> str:
    try:
        work.session.execute(select(1))
    except SQLAlchemyError as error:
        return f"no answer ({type(error).__name__})"
    return ""


def _schema_problem(work: Work) -> str:
    try:
        current = migrations.is_current(work.session.get_bind().engine)
    except SQLAlchemyError as error:
        return f"not known ({type(error).__name__})"
    return "" if current else "not the one this program was written for"
