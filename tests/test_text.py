"""Which language a reader gets, and how texts are cleaned and dates are worded."""

import unicodedata
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment

from registry import text
from registry.text import Picked

OFFERED = ["en", "de", "fr"]


def test_pick_gives_the_readers_language() -> None:
    assert text.pick({"en": "Hosting", "de": "Betrieb"}, "de", "en") == Picked("Betrieb", "de", fallback=False)


def test_pick_falls_back_to_the_prevailing_language_and_says_so() -> None:
    words = {"de": "Betrieb", "en": "Hosting", "fr": "Hébergement"}
    assert text.pick(words, "hr", "fr") == Picked("Hébergement", "fr", fallback=True)


def test_pick_takes_any_language_rather_than_nothing() -> None:
    assert text.pick({"nl": "Hosting"}, "de", "en") == Picked("Hosting", "nl", fallback=True)


def test_pick_treats_an_empty_translation_as_missing() -> None:
    assert text.pick({"de": "", "en": "Hosting"}, "de", "en") == Picked("Hosting", "en", fallback=True)


def test_pick_of_no_text_is_empty_and_no_fallback() -> None:
    assert text.pick({}, "de", "en") == Picked("", "de", fallback=False)


@pytest.mark.parametrize(("held", "wanted"), [("de", "de-AT"), ("de-AT", "de"), ("de-CH", "de-AT"), ("DE", "de")])
def test_pick_takes_a_region_of_the_same_language_as_the_language(held: str, wanted: str) -> None:
    assert text.pick({"en": "Hosting", held: "Betrieb"}, wanted, "en") == Picked("Betrieb", held, fallback=False)


@pytest.mark.parametrize(
    ("header", "answer"),
    [
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr;q=0.2, de;q=0.9", "de"),
        ("hr, fr;q=0.5", "fr"),
        ("DE", "de"),
        ("ja, ko", "en"),
        ("", "en"),
        ("*", "en"),
        ("en;q=0, *", "de"),
        ("en;q=0, de;q=0, fr;q=0", "en"),
        ("fr;q=0.000, de;q=0.001", "de"),
        ("de;q=high, fr", "fr"),
        (";;;,,=,q=1, de", "de"),
        ("fr ; q=0.4 , de ; q=0.5", "de"),
        ("de, fr", "de"),
    ],
)
def test_negotiation_follows_the_weights_of_the_header(header: str, answer: str) -> None:
    assert text.negotiate(header, None, OFFERED) == answer


def test_a_language_asked_for_by_name_wins_over_the_header() -> None:
    assert text.negotiate("fr", "de", OFFERED) == "de"


@pytest.mark.parametrize("wanted", ["xx", "", "../../etc", "d" * 5000])
def test_a_language_that_is_not_offered_is_passed_over(wanted: str) -> None:
    assert text.negotiate("fr", wanted, OFFERED) == "fr"


def test_negotiation_without_anything_offered_is_english() -> None:
    assert text.negotiate("de", "de", []) == "en"


@given(st.text())
def test_negotiation_answers_any_header_with_an_offered_language(header: str) -> None:
    assert text.negotiate(header, header, OFFERED) in OFFERED


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "22 December 2026"), ("de", "22. Dezember 2026"), ("fr", "22 décembre 2026"), ("xx", "22 December 2026")],
)
def test_dates_are_written_in_words(language: str, words: str) -> None:
    assert text.format_date(date(2026, 12, 22), language) == words


def test_an_instant_is_shown_on_the_clock_of_its_zone_with_the_zones_name() -> None:
    deadline = datetime(2026, 12, 22, 22, 59, tzinfo=UTC)
    assert text.format_instant(deadline, "Europe/Zagreb", "en") == "22 December 2026, 23:59 (Europe/Zagreb)"
    assert text.format_instant(deadline, "Asia/Seoul", "de") == "23. Dezember 2026, 07:59 (Asia/Seoul)"


def test_languages_are_english_and_every_catalogue() -> None:
    assert text.languages() == ["en", *sorted(path.stem for path in text.LOCALES.glob("*.po"))]
    assert "de" in text.languages()


def test_a_caller_cannot_change_the_list_of_languages() -> None:
    text.languages().clear()
    assert text.languages()[0] == "en"


def test_english_and_unknown_languages_speak_the_source() -> None:
    for language in ("en", "en-GB", "xx"):
        translator = text.translator(language)
        assert translator.gettext("Sub-processors") == "Sub-processors"
        assert translator.ngettext("%(num)s day", "%(num)s days", 1) == "%(num)s day"


def test_a_regional_reader_gets_the_catalogue_of_the_language() -> None:
    assert text.translator("de-AT") is not text.translator("en")
    assert text.translator("de-AT").info() == text.translator("de").info() != {}


CATALOGUE = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; "
"plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"

msgid "Subscribe"
msgstr "Pretplati se"

#, fuzzy
msgid "Leave"
msgstr "Možda"

msgid "%(num)s change"
msgid_plural "%(num)s changes"
msgstr[0] "%(num)s promjena"
msgstr[1] "%(num)s promjene"
msgstr[2] "%(num)s promjena ukupno"
"""


@pytest.fixture
def croatian(tmp_path: Path) -> Environment:
    path = tmp_path / "hr.po"
    path.write_text(CATALOGUE, encoding="utf-8")
    messages = text.catalogue(path)
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.install_gettext_callables(messages.gettext, messages.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


def test_templates_speak_through_a_catalogue(croatian: Environment) -> None:
    assert croatian.from_string('{{ _("Subscribe") }}').render() == "Pretplati se"
    assert croatian.from_string("{% trans %}Subscribe{% endtrans %}").render() == "Pretplati se"


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 promjena"), (3, "3 promjene"), (5, "5 promjena ukupno"), (21, "21 promjena")]
)
def test_plural_forms_are_those_of_the_language(croatian: Environment, number: int, words: str) -> None:
    page = croatian.from_string('{{ ngettext("%(num)s change", "%(num)s changes", number) }}')
    assert page.render(number=number) == words


def test_an_unfinished_translation_is_not_shown(croatian: Environment) -> None:
    assert croatian.from_string('{{ _("Leave") }}').render() == "Leave"


def test_a_word_the_catalogue_lacks_stays_english(croatian: Environment) -> None:
    assert croatian.from_string('{{ _("Objection") }}').render() == "Objection"


@pytest.mark.parametrize(
    ("tag", "name"), [("en", "English"), ("de", "Deutsch"), ("hr", "Hrvatski"), ("xx", "xx"), ("", "")]
)
def test_languages_are_named_in_themselves(tag: str, name: str) -> None:
    assert text.language_name(tag) == name


def test_languages_in_a_sentence_are_named_as_the_reader_names_them() -> None:
    assert text.language_name("de", "en") == "German"
    assert text.language_name("en", "de-AT") == "Englisch"
    assert text.language_name("xx", "de") == "xx"


def test_cleaning_drops_what_no_feed_and_no_database_takes() -> None:
    assert text.clean("a\x00b\x1bc\x7fd\x9fe\ud800f\ufffeg\x0bh") == "abcdefgh"


def test_cleaning_keeps_tabs_and_makes_every_line_end_a_line_feed() -> None:
    assert text.clean("a\tb\r\nc\rd\u2028e\x85f\n") == "a\tb\nc\nd\ne\nf\n"


def test_cleaning_composes_letters_so_that_equal_words_are_equal() -> None:
    assert text.clean("Zu\u0308rich") == "Zürich"


def test_cleaning_leaves_every_script_and_emoji_alone() -> None:
    words = "Здраво 개인정보 個人情報 👩🏽‍💻 naïve\u200fעברית"
    assert text.clean(words) == words


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_cleaned_text_is_clean_and_stays_as_it_is(words: str) -> None:
    cleaned = text.clean(words)
    assert text.clean(cleaned) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in cleaned)
