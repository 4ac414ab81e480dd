"""The public page of a register as plain values: everything is decided here, the templates only set it.

Made from one publication, for one reader, on one civil day; the same three give the same page for ever.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from registry import clock, reference, text
from registry.pages import announced as page_announced
from registry.pages import places as page_places
from registry.pages import prose
from registry.pages.announced import AnnouncedDay
from registry.pages.assessments import AssessmentView, assessment_views
from registry.pages.entries import ContactView, EntryView, contact, entry_view, web_address
from registry.pages.words import Reader, Words, entry_turning_points
from registry.snapshot import Document, PublicationHead, Publisher
from registry.wording import phrases


@dataclass(frozen=True)
class Group:
    """Entries under one heading; the heading is empty for those that stand under none."""

    heading: Words
    entries: tuple[EntryView, ...]


@dataclass(frozen=True)
class Facts:
    """The list in figures. `wider`: some places are no country (worldwide, the customer's choice)."""

    entries: int
    countries: int
    wider: bool
    last_change: str
    next_change: str


@dataclass(frozen=True)
class PublisherView:
    name: str
    address: str
    website: str
    contact: ContactView


@dataclass(frozen=True)
class Choice:
    """Something to choose from: a country, a sort of safeguard, a language."""

    code: str
    name: str


@dataclass(frozen=True)
class Meaning:
    """A mechanism used on the page, explained."""

    code: str
    words: str
    sentence: str


@dataclass(frozen=True)
class LanguageNote:
    """Which languages the list is in, and which one prevails; `missing` when it is not in the reader's."""

    languages: str
    prevailing: str
    missing: bool


@dataclass(frozen=True)
class RegisterPage:
    """One register. `groups` hold what is in use or announced, `ended` what no longer is; `shown` counts what a search
    left over of the `total`."""

    slug: str
    title: Words
    intro: Words
    timezone: str
    facts: Facts
    announced: tuple[AnnouncedDay, ...]
    groups: tuple[Group, ...]
    ended: tuple[EntryView, ...]
    assessments: tuple[AssessmentView, ...]
    meanings: tuple[Meaning, ...]
    countries: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    language_note: LanguageNote | None
    publisher: PublisherView
    publication: PublicationHead
    published: str
    published_day: str
    notice_days: int
    objection_days: int
    shown: int
    total: int


def register_page(document: Document, publication: PublicationHead, reader: Reader) -> RegisterPage:
    """The page of a register from its frozen document, as things stand on the reader's day."""
    head = document["register"]
    instant = clock.parse_stamp(publication["published_at"])
    entries = _entries(document, reader)
    ended = tuple(view for view in entries if view.status == "ended")
    current = [view for view in entries if view.status != "ended"]
    intro = reader.words(head["intro"])
    return RegisterPage(
        slug=head["slug"],
        title=reader.words(head["title"]) or Words(head["slug"]),
        intro=replace(intro, value=prose.html(intro.value)),
        timezone=head["timezone"],
        facts=_facts(document, publication, reader),
        announced=page_announced.announced(document, reader),
        groups=_groups(current, document, reader),
        ended=ended,
        assessments=assessment_views(document, reader),
        meanings=_meanings(entries, reader),
        countries=_countries(current, reader),
        kinds=_kinds(current, reader),
        language_note=_language_note(document, reader),
        publisher=publisher_view(document["publisher"], reader),
        publication=publication,
        published=text.format_instant(instant, head["timezone"], reader.interface),
        published_day=reader.day(clock.civil_date(instant, head["timezone"])),
        notice_days=document["notice_days"],
        objection_days=document["objection_days"],
        shown=len(current),
        total=len(current),
    )


def found(page: RegisterPage, *, words: str, country: str, kind: str) -> RegisterPage:
    """The page with only the entries that hold every word, are in the country and under the sort of safeguard."""
    wanted = words.casefold().split()

    def fits(entry: EntryView) -> bool:
        named = all(word in entry.haystack for word in wanted)
        return named and (not country or country in entry.countries) and (not kind or kind in entry.kinds)

    left = [replace(group, entries=tuple(filter(fits, group.entries))) for group in page.groups]
    groups = tuple(group for group in left if group.entries)
    shown = sum(len(group.entries) for group in groups)
    return replace(page, groups=groups, ended=tuple(filter(fits, page.ended)), shown=shown)


def publisher_view(publisher: Publisher, reader: Reader) -> PublisherView:
    country = phrases.country(publisher["country"], reader.voice)
    address = publisher["address"]
    if country and country.casefold() not in address.casefold():
        address = f"{address}, {country}" if address else country
    return PublisherView(publisher["name"], address, web_address(publisher["website"]), contact(publisher["contact"]))


def languages(tags: Iterable[str]) -> tuple[Choice, ...]:
    """Languages to choose from, each under its own name."""
    return tuple(Choice(tag, text.language_name(tag)) for tag in dict.fromkeys(tags))


def _entries(document: Document, reader: Reader) -> list[EntryView]:
    assessments = {item["id"]: item for item in document["transfer_impact_assessments"]}
    names = {entry["id"]: entry["sub_processor"]["legal_name"] for entry in document["entries"]}
    return [entry_view(entry, reader, assessments=assessments, names=names) for entry in document["entries"]]


def _facts(document: Document, publication: PublicationHead, reader: Reader) -> Facts:
    """Figures of what holds today; last and next change are days on which the list became, or becomes, another one."""
    held = page_announced.in_effect(document, document["entries"], reader.today)["entries"]
    places = [row["place"] for entry in held for row in entry["locations"]]
    codes = {code for place in places for code in (place["code"], *place["countries"])}
    countries = {code for code in codes if not code.startswith("X-")}
    published = clock.civil_date(clock.parse_stamp(publication["published_at"]), document["register"]["timezone"])
    days = [day for entry in document["entries"] for day in entry_turning_points(entry)]
    past = [day for day in days if published < day <= reader.today]
    return Facts(
        entries=len(held),
        countries=len(countries),
        wider=bool(codes - countries - {"X-UNKNOWN"}),
        last_change=reader.day(max([published, *past])),
        next_change=reader.day(min((day for day in days if day > reader.today), default=None)),
    )


def _groups(current: Iterable[EntryView], document: Document, reader: Reader) -> tuple[Group, ...]:
    """Entries by heading; headings and entries both stay in the order of the register."""
    headings = {entry["id"]: reader.words(entry["group"]) for entry in document["entries"]}
    grouped: dict[Words, list[EntryView]] = {}
    for view in current:
        grouped.setdefault(headings[view.id], []).append(view)
    return tuple(Group(heading, tuple(entries)) for heading, entries in grouped.items())


def _meanings(entries: Iterable[EntryView], reader: Reader) -> tuple[Meaning, ...]:
    used = {
        each.code: each.words
        for entry in entries
        for destination in entry.destinations
        for each in destination.safeguards
        if each.code
    }
    explained = (Meaning(code, words, reference.sentence(code, reader.interface)) for code, words in used.items())
    return tuple(meaning for meaning in explained if meaning.sentence)


def _countries(entries: Iterable[EntryView], reader: Reader) -> tuple[Choice, ...]:
    codes = frozenset[str]().union(*(view.countries for view in entries))
    named = (Choice(code, reference.place_name(code, reader.interface)) for code in codes)
    return tuple(sorted(named, key=lambda choice: (choice.name.casefold(), choice.code)))


def _kinds(entries: Iterable[EntryView], reader: Reader) -> tuple[Choice, ...]:
    used = frozenset[str]().union(*(view.kinds for view in entries))
    names = [Choice(kind, page_places.kind_name(kind, reader.translator)) for kind in page_places.KINDS]
    return tuple(choice for choice in names if choice.code in used)


def _language_note(document: Document, reader: Reader) -> LanguageNote | None:
    """Nothing has to be said where the list is in one language and the reader reads it."""
    head = document["register"]
    tags = [head["prevailing_language"], *head["languages"]]
    missing = reader.reading.split("-")[0] not in {tag.split("-")[0] for tag in tags}
    names = [text.language_name(tag, reader.interface) for tag in dict.fromkeys(tags)]
    if len(names) == 1 and not missing:
        return None
    return LanguageNote(", ".join(names), names[0], missing)
