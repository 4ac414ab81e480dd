"""The pages of subscribers: asking for mail, confirming, changing, leaving. A link in a mail shows, a button acts.

Mail programs and their scanners follow every link, so GET and HEAD change nothing here, ever.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from notifications import audience, consent, messages, subscriptions, tokens
from notifications.models import Subscriber
from notifications.schemas import AddressSchema, ChoiceSchema, RequestSchema
from registry import pages, published, schemas, text
from registry.errors import Problem
from registry.pages import prose
from registry.web import any_origin, current_settings, current_work, language, public, speak
from registry.wording.phrases import local, voice

blueprint = Blueprint("notifications", __name__)

_Page = str | tuple[str, int] | AnyResponse


@blueprint.after_request
def _keep_private(response: Response) -> Response:
    """What a token opens is for one person: not for caches or search engines.

    The next site's Referer is empty by the policy of all our pages; with a stricter one a browser would say `null` for
    the origin of these forms, and we would refuse them.
    """
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("/subscribe")
@public
def subscribe() -> str:
    """The form; all lists are chosen unless the address names some."""
    return _form({"registers": request.args.getlist("registers")}, {})


@blueprint.post("/subscribe")
@public
def subscribe_post() -> _Page:
    """Ask for a confirmation mail. The answer is the same whoever asks."""
    given = _given()
    try:
        checked = schemas.load(RequestSchema(), given)
        asked = {"email": checked["email"], "registers": checked["registers"]}
        subscriptions.request(
            current_work(),
            current_settings(),
            **asked,
            language=checked["language"] or language(),
            source=request.remote_addr or "",
        )
    except Problem as problem:
        return _form(given, _errors(problem)), _status(problem)
    return _render("public/subscribe_sent.html", email=checked["email"])


@blueprint.get("/subscriptions/<token>")
@public
def subscription(token: str) -> str:
    """What is held of a subscriber, with everything they may do about it."""
    return _manage(token, subscriptions.managed(current_work(), current_settings(), token), {}, {})


@blueprint.post("/subscriptions/<token>")
@public
def subscription_post(token: str) -> _Page:
    """Change the lists and the language."""
    subscriber = subscriptions.managed(current_work(), current_settings(), token)
    given = _given()
    try:
        checked = schemas.load(ChoiceSchema(), given)
        spoken = checked["language"] or subscriber.language
        subscriptions.change(
            current_work(),
            current_settings(),
            subscriber,
            registers=checked["registers"],
            language=spoken,
            source=request.remote_addr or "",
        )
    except Problem as problem:
        return _manage(token, subscriber, given, _errors(problem)), _status(problem)
    return _back(token, "saved")


@blueprint.post("/subscriptions/<token>/address")
@public
def address_post(token: str) -> _Page:
    """Correct the address; the new one has to confirm first."""
    subscriber = subscriptions.managed(current_work(), current_settings(), token)
    given = _given()
    try:
        email = schemas.load(AddressSchema(), given)["email"]
        source = request.remote_addr or ""
        subscriptions.change_address(current_work(), current_settings(), subscriber, email=email, source=source)
    except Problem as problem:
        return _manage(token, subscriber, given, _errors(problem)), _status(problem)
    return _back(token, "asked")


@blueprint.get("/subscriptions/<token>/export")
@public
def export(token: str) -> Response:
    """Everything held of a subscriber, as a file."""
    subscriber = subscriptions.managed(current_work(), current_settings(), token)
    held = audience.held(current_work(), subscriber)
    response = Response(json.dumps(held, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="subscription.json"'
    return response


@blueprint.post("/subscriptions/<token>/erase")
@public
def erase(token: str) -> _Page:
    """Erase the subscription and the address; nothing more is sent, not even a receipt."""
    work, settings = current_work(), current_settings()
    subscriber = subscriptions.managed(work, settings, token)
    _speak(subscriber)
    subscriptions.erase(work, settings, subscriber, source=request.remote_addr or "")
    return _render("public/unsubscribe_done.html", erased=True)


@blueprint.get("/subscriptions/<token>/confirmation")
@public
def confirmation(token: str) -> str:
    """The button that confirms."""
    subscriber = subscriptions.awaiting(current_work(), current_settings(), token)
    _speak(subscriber)
    return _render("public/confirmation.html", token=token, titles=_titles(subscriber))


@blueprint.post("/subscriptions/<token>/confirmation")
@public
def confirmation_post(token: str) -> str:
    """Confirm; again and again is fine."""
    source = request.remote_addr or ""
    subscriber = subscriptions.confirm(current_work(), current_settings(), token, source=source)
    _speak(subscriber)
    manage_url, _leave_url = messages.links(current_settings(), subscriber.id, subscriber.address_hash)
    return _render("public/confirmation_done.html", manage_url=manage_url, titles=_titles(subscriber))


@blueprint.get("/subscriptions/<token>/unsubscribe")
@public
def unsubscribe(token: str) -> str:
    """The button that leaves."""
    subscriptions.require_leave_link(current_settings(), token)
    subscriber = current_work().session.get(Subscriber, tokens.subscriber_id(token))
    if subscriber is None:
        return _render("public/unsubscribe_done.html", erased=False)
    _speak(subscriber)
    return _render("public/unsubscribe.html", token=token)


@blueprint.post("/subscriptions/<token>/unsubscribe")
@public
@any_origin
def unsubscribe_post(token: str) -> str:
    """Leave. A mail provider posts here without cookie or origin (RFC 8058 section 3.2); whatever the body, 200."""
    subscriptions.leave(current_work(), current_settings(), token, source=request.remote_addr or "")
    return _render("public/unsubscribe_done.html", erased=False)


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """How the data of subscribers is handled, by the software and by the company's own words."""
    publisher = published.publisher(current_work())
    own = text.pick(publisher.privacy_text, language(), text.SOURCE_LANGUAGE)
    return _render(
        "public/privacy.html",
        publisher=publisher,
        own=Markup(prose.html(own.value)),  # noqa: S704 - what prose gives is cleaned
        own_language=own.language,
        days=current_settings().unconfirmed_days,
    )


def _form(given: Mapping[str, Any], errors: dict[str, list[str]]) -> str:
    slugs = [register.slug for register in published.public_registers(current_work())]
    chosen = [slug for slug in given["registers"] if slug in slugs] if given["registers"] or errors else slugs
    shown = {
        "email": given.get("email", ""),
        "mail_language": given.get("language") or language(),
        "chosen": chosen,
        "options": _options(),
        "consent": consent.TEXTS[consent.VERSION],
    }
    return _render("public/subscribe.html", errors=errors, **shown)


def _manage(token: str, subscriber: Subscriber, given: Mapping[str, Any], errors: dict[str, list[str]]) -> str:
    _speak(subscriber)
    _own_url, leave_url = messages.links(current_settings(), subscriber.id, subscriber.address_hash)
    held = audience.held(current_work(), subscriber)
    return _render(
        "public/subscription.html",
        token=token,
        held=held,
        asked=_when(subscriber.requested_at),
        confirmed=_when(subscriber.confirmed_at),
        chosen=given["registers"] if "registers" in errors else held["registers"],
        new_email=given.get("email", ""),
        options=_options(),
        leave_url=leave_url,
        done=request.args.get("done", ""),
        errors=errors,
    )


def _options() -> list[tuple[str, str]]:
    """The lists that can be chosen: slug and title in the reader's language."""
    registers = published.public_registers(current_work())
    return [(one.slug, local(one.title, voice(language(), one.prevailing_language)) or one.slug) for one in registers]


def _when(instant: datetime | None) -> str:
    return text.format_instant(instant, "UTC", language()) if instant else ""


def _titles(subscriber: Subscriber) -> list[str]:
    titles = dict(_options())
    return [titles.get(slug, slug) for slug in consent.chosen_slugs(current_work(), subscriber)]


def _given() -> dict[str, Any]:
    form = request.form
    given = {"email": form.get("email", ""), "language": form.get("language", "")}
    return {**given, "registers": form.getlist("registers")}


def _errors(problem: Problem) -> dict[str, list[str]]:
    """What is wrong with each field, in the reader's words; raises the problem when it is about no field."""
    _ = text.translator(language()).gettext
    sentences = {
        "email": _("Enter an e-mail address such as name@company.example."),
        "registers": _("Choose at least one list."),
        "language": _("Choose a language from the list."),
    }
    if problem.key == "too-many-requests":
        return {"email": [_("Too many requests came from your network. Please try again in an hour.")]}
    found = {name: [sentence] for name, sentence in sentences.items() if any(name in field for field in problem.fields)}
    if not found:
        raise problem
    return found


def _status(problem: Problem) -> int:
    return 429 if problem.key == "too-many-requests" else 400


def _speak(subscriber: Subscriber) -> None:
    """Answer in the subscriber's language unless the address asks for another."""
    if not request.args.get("lang"):
        speak(subscriber.language)


def _back(token: str, done: str) -> AnyResponse:
    return redirect(url_for(".subscription", token=token, done=done, lang=request.args.get("lang")), 303)


def _render(template: str, **values: Any) -> str:
    brand = published.publisher(current_work()).name
    frame = {"languages": pages.languages(text.languages()), "reading": language(), "brand": brand}
    return render_template(template, **frame, **values)
