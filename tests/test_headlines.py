"""Every kind of change has its sentence, in the reader's language, whatever is missing."""

from gettext import NullTranslations

import pytest

from registry import diff, wording
from registry.snapshot import Document
from registry.wording import Known, phrases
from registry.wording.phrases import Voice
from tests.change_cases import CASES, changes_between
from tests.factories import document, entry, location, text_row

EN = phrases.voice("en", "en")


def _headlines(before: Document | None, after: Document, to: Voice = EN) -> list[str]:
    known = Known.of(before, after)
    return [wording.headline(change, to, known=known) for change in changes_between(before, after)]


@pytest.mark.parametrize(("kind", "sentence", "sides"), CASES, ids=[case[1][:40] for case in CASES])
def test_every_kind_of_change_has_its_sentence(
    kind: str, sentence: str, sides: tuple[Document | None, Document]
) -> None:
    assert [change["kind"] for change in changes_between(*sides)] == [kind]
    assert _headlines(*sides) == [sentence]


def test_the_cases_leave_out_no_kind_that_is_ever_found() -> None:
    assert {kind for kind, _, _ in CASES} == set(diff.KINDS) - {"reordered"}


def test_the_words_of_the_record_follow_the_reader_and_places_are_named_in_the_readers_language() -> None:
    purpose = text_row("Reports")
    purpose["text"]["de"] = "Berichte"
    added = document(entry("Sample Analytics B.V.", purposes=[purpose], locations=[location("NL")]))
    sentence = _headlines(document(), added, Voice(NullTranslations(), "de", "en"))[0]
    assert sentence == "Sample Analytics B.V. is added, for Berichte, in Niederlande"


def test_many_places_and_purposes_are_counted_rather_than_listed() -> None:
    places = [location(code) for code in ("DE", "NL", "US", "IE", "FR")]
    added = document(entry("Wide Ltd", locations=places, purposes=[text_row(f"Purpose {n}") for n in range(4)]))
    assert _headlines(document(), added) == [
        "Wide Ltd is added, for Purpose 0, Purpose 1, Purpose 2 and 1 more, "
        "in Germany, the Netherlands, the United States and 2 more"
    ]


def test_a_place_that_is_no_country_is_not_put_after_in() -> None:
    unknown = location("X-UNKNOWN", place={"code": "X-UNKNOWN", "text": {"en": "our cloud"}, "countries": []})
    assert _headlines(document(), document(entry("A", locations=[unknown]))) == ["A is added, for Hosting, our cloud"]


def test_an_entry_with_nothing_but_a_name_is_still_a_sentence() -> None:
    assert _headlines(document(), document(entry("Bare Ltd", purposes=[], locations=[]))) == ["Bare Ltd is added"]


def test_a_name_with_the_signs_of_a_format_stays_as_it_is() -> None:
    assert _headlines(document(), document(entry("100%(name)s %d Ltd", purposes=[], locations=[]))) == [
        "100%(name)s %d Ltd is added"
    ]
