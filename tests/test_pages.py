"""The view models of the public page: what is said, and when."""

from collections.abc import Iterator
from datetime import date
from typing import Any, cast

import pytest

from registry import pages
from registry.pages import RegisterPage
from registry.pages.entries import EntryView
from registry.pages.words import Reader
from registry.snapshot import Document, PublicationHead
from tests.documents import assessment
from tests.factories import document, entry, location, mechanism, sub_processor, text_row

TODAY = date(2026, 11, 22)
DECEMBER = "2026-12-22"


def head(published_at: str = "2026-11-03T10:00:00Z") -> PublicationHead:
    base = {"number": 14, "published_at": published_at, "note": "", "baseline": False}
    return cast(PublicationHead, {**base, "previous_hash": "1" * 64, "hash": "2" * 64})


def page(shown: Document, *, on: date = TODAY, interface: str = "en", reading: str = "") -> RegisterPage:
    prevailing = shown["register"]["prevailing_language"]
    return pages.register_page(shown, head(), Reader(interface, reading or interface, prevailing, on))


def only(shown: Document, **given: Any) -> EntryView:
    [group] = page(shown, **given).groups
    [view] = group.entries
    return view


def views(shown: RegisterPage) -> Iterator[EntryView]:
    return (view for group in shown.groups for view in group.entries)


# Figures


def test_the_figures_count_what_is_in_effect_and_the_countries_it_is_in() -> None:
    area = location("X-CUSTOMER", place={"code": "X-CUSTOMER", "text": {}, "countries": ["IE", "DE"]})
    facts = page(
        document(
            entry("A GmbH", locations=[location("DE"), location("FI", starts_on=DECEMBER)]),
            entry("B GmbH", locations=[area]),
            entry("C GmbH", starts_on=DECEMBER, locations=[location("US")]),
            entry("D GmbH", ends_on="2026-10-31", locations=[location("JP")]),
        )
    ).facts
    assert (facts.entries, facts.countries, facts.wider) == (2, 2, True)


def test_a_place_is_not_counted_before_it_is_used() -> None:
    facts = page(document(entry(locations=[location("DE"), location("FI", starts_on=DECEMBER)]))).facts
    assert facts.countries == 1


def test_last_and_next_change_are_computed_from_publication_and_dated_rows() -> None:
    rows = [text_row("Hosting"), text_row("Backup", starts_on="2026-11-10"), text_row("Search", ends_on="2027-01-31")]
    shown = document(entry(purposes=rows))
    assert page(shown).facts.last_change == "10 November 2026"
    assert page(shown).facts.next_change == "1 February 2027"
    assert page(shown, on=date(2026, 11, 9)).facts.last_change == "3 November 2026"
    assert page(document(entry())).facts.next_change == ""


def test_a_mechanism_that_will_end_is_the_next_change() -> None:
    place = location("GB", mechanisms=[mechanism("EU-45", ends_on="2027-12-27")])
    assert page(document(entry(locations=[place]))).facts.next_change == "28 December 2027"


# What is announced


def test_what_is_announced_stands_under_its_day_the_nearest_first() -> None:
    shown = document(
        entry("Later GmbH", starts_on="2027-02-01"),
        entry("Sample Analytics B.V.", starts_on=DECEMBER, locations=[location("NL")]),
        entry("Leaving Ltd", ends_on="2026-12-21"),
    )
    first, second = page(shown).announced
    assert (first.on, first.day, second.day) == (DECEMBER, "22 December 2026", "1 February 2027")
    assert sorted(first.headlines) == [
        "Leaving Ltd is removed",
        "Sample Analytics B.V. is added, for Hosting, in the Netherlands",
    ]


def test_one_that_takes_over_on_the_day_the_other_leaves_is_a_replacement() -> None:
    old = entry("Old Mailer Ltd", ends_on="2026-12-21")
    new = entry("New Mailer Ltd", starts_on=DECEMBER, replaces=old["id"])
    [day] = page(document(old, new)).announced
    assert [words.split(",")[0] for words in day.headlines] == ["New Mailer Ltd replaces Old Mailer Ltd"]


def test_a_new_place_of_an_entry_is_announced_and_no_longer_once_its_day_has_come() -> None:
    shown = document(entry(locations=[location("DE"), location("SE", starts_on=DECEMBER)]))
    [day] = page(shown).announced
    assert "Sweden" in day.headlines[0]
    assert page(shown, on=date(2026, 12, 22)).announced == ()


def test_nothing_is_announced_when_nothing_is_dated() -> None:
    assert page(document(entry(starts_on="2024-01-01"))).announced == ()


# Entries


def test_entries_stand_under_their_headings_in_the_order_of_the_register() -> None:
    shown = page(
        document(
            entry("B GmbH", group={"en": "Infrastructure"}),
            entry("A GmbH", group={"en": "Affiliates"}),
            entry("C GmbH", group={"en": "Infrastructure"}),
        )
    )
    found = [(str(group.heading), [view.name for view in group.entries]) for group in shown.groups]
    assert found == [("Infrastructure", ["B GmbH", "C GmbH"]), ("Affiliates", ["A GmbH"])]


def test_an_announced_entry_says_from_when_and_one_that_leaves_until_when() -> None:
    coming, leaving = views(
        page(document(entry("Coming Ltd", starts_on=DECEMBER), entry("Leaving Ltd", ends_on="2026-12-31")))
    )
    assert (coming.status, coming.mark and coming.mark.words) == ("announced", "From 22 December 2026")
    assert (leaving.status, leaving.mark and leaving.mark.words) == ("in-effect", "Until 31 December 2026")


def test_what_has_ended_stands_apart_and_says_when() -> None:
    shown = page(document(entry("Gone Ltd", ends_on="2026-10-31"), entry("Here Ltd")))
    assert [view.name for view in views(shown)] == ["Here Ltd"]
    [gone] = shown.ended
    assert (gone.name, gone.mark and gone.mark.words) == ("Gone Ltd", "Ended on 31 October 2026")


def test_a_row_that_has_ended_is_left_out_and_one_to_come_is_marked() -> None:
    rows = [text_row("Surveys", ends_on="2026-06-30"), text_row("Reports"), text_row("Search", starts_on=DECEMBER)]
    found = only(document(entry(purposes=rows))).purposes
    assert [(str(row.words), row.mark and row.mark.words) for row in found] == [
        ("Reports", None),
        ("Search", "From 22 December 2026"),
    ]


def test_who_a_company_is_stands_in_full() -> None:
    contact = {"role": "Privacy office", "email": "dpo@sample.example", "url": "https://sample.example/privacy"}
    company = sub_processor("Sample Ltd", trading_name="Sampled", country="IE", contact=contact, affiliate=True)
    view = only(document(entry(sub_processor=company, role="independent-controller")))
    assert (view.name, view.trading_name, view.role) == ("Sample Ltd", "Sampled", "Independent controller")
    assert view.address == "1 Sample Street, Ireland"
    assert (view.contact.email, view.contact.url) == ("dpo@sample.example", "https://sample.example/privacy")
    assert view.affiliate


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "ftp://sample.example", "sample.example"])
def test_only_an_address_on_the_web_becomes_a_link(url: str) -> None:
    company = sub_processor("Sample Ltd", website=url, own_list_url=url, dpa_url=url)
    view = only(document(entry(sub_processor=company)))
    assert (view.website, view.own_list_url, view.dpa_url) == ("", "", "")


def test_exceptional_use_is_shown_with_its_conditions_and_without() -> None:
    conditions = {"conditions": {"en": "Only when the first line cannot help."}}
    assert str(only(document(entry(exceptional_use=conditions))).conditions) == "Only when the first line cannot help."
    silent = only(document(entry(exceptional_use={"conditions": {}})))
    assert (silent.exceptional, str(silent.conditions)) == (True, "")
    assert not only(document(entry())).exceptional


# Places and safeguards


def test_activities_at_one_place_under_one_safeguard_are_one_line() -> None:
    none = [mechanism("NT-EEA")]
    rows = [
        location("DE", id="l1", activity="storage", mechanisms=none),
        location("DE", id="l2", activity="backup", mechanisms=none),
        location("FI", id="l3", activity="backup", mechanisms=none),
    ]
    [destination] = only(document(entry(locations=rows))).destinations
    assert [(str(place.name), place.activities) for place in destination.places] == [
        ("Germany", "Storage, Backup"),
        ("Finland", "Backup"),
    ]
    assert [safeguard.tag for safeguard in destination.safeguards] == ["No transfer"]


def test_each_destination_has_its_own_safeguards_the_fallback_last() -> None:
    rows = [
        location(
            "US", mechanisms=[mechanism(primary=False), mechanism("EU-45-DPF", reference="checked 1 October 2026")]
        ),
        location("SA", mechanisms=[mechanism()]),
    ]
    first, second = only(document(entry(locations=rows))).destinations
    assert [(each.tag, each.fallback) for each in first.safeguards] == [("Adequate", False), ("Clauses", True)]
    assert "Art. 45(3) GDPR" in first.safeguards[0].words
    assert first.safeguards[0].reference == "checked 1 October 2026"
    assert "module 3" in second.safeguards[0].words
    assert "Art. 46(2)(c) GDPR" in second.safeguards[0].words


def test_a_third_country_without_a_mechanism_is_honestly_not_assessed() -> None:
    rows = [location("US"), location("DE"), location("IN", mechanisms=[mechanism("NT-UNKNOWN")])]
    found = [destination.safeguards[0] for destination in only(document(entry(locations=rows))).destinations]
    assert [(each.kind, each.tag) for each in found] == [
        ("unknown", "Not assessed"),
        ("none", "In the EEA"),
        ("unknown", "Not assessed"),
    ]


def test_the_companys_own_words_stand_beside_the_place_where_they_say_more() -> None:
    def place(code: str, words: str, *countries: str) -> Any:
        return location(code, place={"code": code, "text": {"en": words}, "countries": list(countries)})

    rows = [place("X-EU", "Frankfurt or Dublin", "DE", "IE"), place("DE", "germany"), place("X-UNKNOWN", "The cloud")]
    area, country, unknown = (
        place for destination in only(document(entry(locations=rows))).destinations for place in destination.places
    )
    assert (str(area.name), area.countries, str(area.own)) == (
        "European Union",
        "Germany, Ireland",
        "Frankfurt or Dublin",
    )
    assert (str(country.name), country.own) == ("Germany", None)
    assert (str(unknown.name), unknown.own) == ("The cloud", None)


def test_a_place_limited_to_some_purposes_names_them() -> None:
    rows = [text_row("Speech"), text_row("Recordings")]
    place = location("SA", purposes=[rows[1]["id"]], mechanisms=[mechanism()])
    [destination] = only(document(entry(purposes=rows, locations=[place]))).destinations
    assert [str(words) for words in destination.places[0].limited] == ["Recordings"]


def test_every_mechanism_on_the_page_is_explained_once() -> None:
    rows = [location("US", mechanisms=[mechanism()]), location("IN", mechanisms=[mechanism()]), location("DE")]
    shown = page(document(entry(locations=rows)))
    assert [meaning.code for meaning in shown.meanings] == ["EU-SCC-M3"]
    assert shown.meanings[0].sentence


# Assessments


def test_an_assessment_says_its_conclusion_its_dates_and_whom_it_is_for() -> None:
    place = location("US", tia="tia-us", mechanisms=[mechanism()])
    tia = assessment(next_review_on="2026-11-21")
    shown = page(document(entry("Sample Inc.", locations=[place]), transfer_impact_assessments=[tia]))
    [view] = shown.assessments
    assert (view.destination, view.companies, view.assessed) == ("United States", ("Sample Inc.",), "1 October 2026")
    assert view.conclusion == "Protection is essentially equivalent with supplementary measures"
    assert view.overdue
    [destination] = next(views(shown)).destinations
    assert destination.assessed is not None
    assert (destination.assessed.id, destination.assessed.day) == ("tia-us", "1 October 2026")


def test_a_review_that_is_due_today_is_not_overdue() -> None:
    [view] = page(document(transfer_impact_assessments=[assessment(next_review_on="2026-11-22")])).assessments
    assert not view.overdue


# Searching


def searchable() -> RegisterPage:
    return page(
        document(
            entry("Example Hosting GmbH", locations=[location("DE")]),
            entry(
                "Sample Speech Inc.",
                purposes=[text_row("Text to speech")],
                locations=[location("US", mechanisms=[mechanism()])],
            ),
            entry("Gone Speech Ltd", ends_on="2026-01-31"),
        )
    )


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ({"words": "hosting"}, ["Example Hosting GmbH"]),
        ({"words": "SPEECH text"}, ["Sample Speech Inc."]),
        ({"words": "speech finland"}, []),
        ({"words": "united states"}, ["Sample Speech Inc."]),
        ({"country": "US"}, ["Sample Speech Inc."]),
        ({"country": "DE"}, ["Example Hosting GmbH"]),
        ({"kind": "safeguard"}, ["Sample Speech Inc."]),
        ({"kind": "safeguard", "country": "DE"}, []),
        ({"country": "ZZ"}, []),
    ],
)
def test_a_search_needs_every_word_and_every_choice_to_fit(wanted: dict[str, str], names: list[str]) -> None:
    found = pages.found(searchable(), **{"words": "", "country": "", "kind": "", **wanted})
    assert [view.name for view in views(found)] == names
    assert (found.shown, found.total) == (len(names), 2)


def test_a_search_offers_only_what_there_is() -> None:
    shown = searchable()
    assert [(choice.code, choice.name) for choice in shown.countries] == [("DE", "Germany"), ("US", "United States")]
    assert [choice.code for choice in shown.kinds] == ["none", "safeguard"]


# Languages


def bilingual() -> Document:
    shown = document(entry(purposes=[text_row("Hosting"), text_row("Backup")]))
    shown["register"] |= {
        "languages": ["en", "de"],
        "title": {"en": "Sub-processors", "de": "Unterauftragsverarbeiter"},
    }
    shown["entries"][0]["purposes"][0]["text"]["de"] = "Betrieb der Server"
    return shown


def test_texts_names_and_dates_follow_the_reader() -> None:
    shown = bilingual()
    shown["entries"][0] |= {"starts_on": DECEMBER, "locations": [location("NL")]}
    german = page(shown, interface="de")
    view = next(views(german))
    assert str(german.title) == "Unterauftragsverarbeiter"
    assert str(view.destinations[0].places[0].name) == "Niederlande"
    assert view.mark is not None
    assert "22. Dezember 2026" in view.mark.words


def test_a_missing_translation_is_the_prevailing_text_with_its_language() -> None:
    translated, missing = next(views(page(bilingual(), interface="de"))).purposes
    assert (translated.words.value, translated.words.language) == ("Betrieb der Server", "")
    assert (missing.words.value, missing.words.language) == ("Backup", "en")


def test_it_is_said_which_language_prevails_where_there_are_several_or_not_the_readers() -> None:
    note = page(bilingual(), interface="de").language_note
    assert note is not None
    assert (note.languages, note.prevailing, note.missing) == ("Englisch, Deutsch", "Englisch", False)
    foreign = page(document(entry()), interface="de").language_note
    assert foreign is not None
    assert foreign.missing
    assert page(document(entry())).language_note is None


def test_a_language_the_interface_does_not_speak_is_marked_as_such() -> None:
    shown = bilingual()
    shown["entries"][0]["purposes"][0]["text"]["fr"] = "Hébergement"
    first = next(views(page(shown, interface="en", reading="fr"))).purposes[0]
    assert (first.words.value, first.words.language) == ("Hébergement", "fr")
