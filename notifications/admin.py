"""Admin pages about mail: subscribers, what became of each notice, and the notice before it goes out."""

from urllib.parse import urlencode

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from notifications import audience, notice, progress, subscriber_file, subscriptions
from notifications.models import FAILED, STATES, UNCERTAIN
from registry import published, publishing, text
from registry.models import Register
from registry.tasks import TaskLine
from registry.web import current_settings, current_work, requires
from registry.work import Work

blueprint = Blueprint("notify_admin", __name__, url_prefix="/admin")

PER_PAGE = 100
_PREVIEW_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-src 'self'; frame-ancestors 'self'"
)


_UNSETTLED = {FAILED: "could not be delivered", UNCERTAIN: "may or may not have arrived"}


@blueprint.get("/subscribers")
@requires("view")
def subscribers() -> str:
    """Who subscribes, by address, with a search."""
    words, page = request.args.get("words", "").strip(), _page()
    found, total = audience.search(current_work(), words, most=PER_PAGE, skip=(page - 1) * PER_PAGE)
    return render_template(
        "admin/subscribers.html",
        found=found,
        total=total,
        words=words,
        page=page,
        newer=_turn(page - 1, words=words) if page > 1 else "",
        older=_turn(page + 1, words=words) if total > page * PER_PAGE else "",
    )


@blueprint.get("/subscribers/export")
@requires("manage")
def subscribers_export() -> Response:
    """All confirmed subscribers as CSV."""
    response = Response(subscriber_file.write(current_work()), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="subscribers.csv"'
    return response


@blueprint.get("/subscribers/<subscriber_id>")
@requires("view")
def subscriber(subscriber_id: str) -> str:
    """What is held of one subscriber, and everything that was sent."""
    work = current_work()
    found = audience.subscriber(work, subscriber_id)
    sent = progress.with_attempts(work, audience.deliveries_of(work, found))
    return render_template(
        "admin/subscribers_one.html", subscriber=found, held=audience.held(work, found), sent=sent[::-1]
    )


@blueprint.post("/subscribers/<subscriber_id>/erasure")
@requires("manage")
def subscriber_erase(subscriber_id: str) -> AnyResponse:
    """Erase a subscriber at their wish."""
    work = current_work()
    email = audience.subscriber(work, subscriber_id).email
    subscriptions.erase_address(work, current_settings(), email)
    return redirect(url_for(".subscribers", done="deleted"), 303)


@blueprint.get("/deliveries")
@requires("view")
def deliveries() -> str:
    """What became of the newest notices, or of one publication's in full."""
    work, slug = current_work(), request.args.get("register", "")
    number = request.args.get("publication", type=int)
    where = {"waiting": progress.waiting(work), "worker_seen_at": progress.worker_seen_at(work)}
    if not slug or number is None:
        return render_template("admin/deliveries.html", announcements=progress.announcements(work), **where)
    register = published.register(work, slug)
    publication = published.numbered(work, register, number)
    words, state, page = request.args.get("words", "").strip(), request.args.get("state", ""), _page()
    wanted = {"words": words, "state": state if state in STATES else ""}
    found = progress.deliveries(work, publication, **wanted, most=PER_PAGE + 1, skip=(page - 1) * PER_PAGE)
    same = {"register": slug, "publication": str(number), **wanted}
    return render_template(
        "admin/deliveries_one.html",
        slug=slug,
        title=_title(register),
        publication=publication,
        counts=progress.counts(work, publication),
        sent=found[:PER_PAGE],
        states=[(name, name.capitalize()) for name in STATES],
        page=page,
        newer=_turn(page - 1, **same) if page > 1 else "",
        older=_turn(page + 1, **same) if len(found) > PER_PAGE else "",
        **wanted,
        **where,
    )


@blueprint.get("/registers/<slug>/revisions/<revision_id>/notice")
@requires("view")
def notice_preview(slug: str, revision_id: str) -> Response:
    """The notice a proposal would send, in every language, and how many people get each."""
    work, settings = current_work(), current_settings()
    register = published.register(work, slug)
    revision = publishing.revision(work, register, revision_id)
    counted = audience.recipients(work, register)
    languages = [tag for tag in text.languages() if tag in counted or tag in register.languages]
    languages = languages or [text.SOURCE_LANGUAGE]
    asked = request.args.get("language", "")
    chosen = asked if asked in languages else languages[0]
    rendered = notice.render_notice_preview(work, settings, register=register, revision=revision, language=chosen)
    page = render_template(
        "admin/deliveries_preview.html",
        slug=slug,
        title=_title(register),
        revision=revision,
        rendered=rendered,
        chosen=chosen,
        variants=[(tag, text.language_name(tag), counted.get(tag, 0)) for tag in languages],
        total=sum(counted.values()),
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = _PREVIEW_POLICY  # a mail brings its style along; the frame is closed
    return response


def _page() -> int:
    return min(max(1, request.args.get("page", 1, type=int)), 1_000_000)


def _turn(page: int, **same: str) -> str:
    """The address of another page of the same list."""
    kept = {name: value for name, value in same.items() if value}
    return f"?{urlencode({**kept, 'page': page})}"


def _title(register: Register) -> str:
    return text.pick(register.title, "en", register.prevailing_language).value or register.slug


def tasks(work: Work) -> list[TaskLine]:
    """What of the mail needs a person, for the task list."""
    there, lines = url_for("notify_admin.deliveries"), []
    silent, waits = progress.worker_problem(work), progress.waiting(work)
    if silent and waits:
        words = f"{waits} {'message waits' if waits == 1 else 'messages wait'} and nobody sends"
        lines.append(TaskLine(words, there, f"{silent.capitalize()}. Start one: subregistry worker.", "Stuck", "bad"))
    for state, count in progress.unsettled(work).items():
        words = f"{count} {'notice' if count == 1 else 'notices'} {_UNSETTLED[state]}"
        lines.append(TaskLine(words, there, "See who was not told, and why.", state.capitalize(), "warn"))
    return lines
