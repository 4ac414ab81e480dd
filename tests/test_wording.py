"""The words for changes hold together: reclassified, translated, in order."""

import io
from gettext import NullTranslations
from itertools import product
from pathlib import Path

import pytest
from babel.messages.extract import extract

from registry import diff, wording
from registry.wording import Known, headlines, particulars, phrases, titles
from registry.wording.phrases import Voice
from tests import documents
from tests.change_cases import CASES, Case, changes_between
from tests.factories import document, entry

EN = phrases.voice("en", "en")


class Shouting(NullTranslations):
    """A language in which every text of the interface is in brackets, to see what is not translated."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


@pytest.mark.parametrize(("given", "new"), list(product(CASES, diff.KINDS)), ids=lambda value: str(value)[:30])
def test_a_change_that_was_reclassified_still_has_words(given: Case, new: str) -> None:
    sides = given[2]
    change = {**changes_between(*sides)[0], "kind": new, "reason": "It was only a slip of the pen."}
    for known in (Known(), Known.of(*sides)):
        sentence = wording.headline(change, EN, known=known)
        pairs = wording.details(change, EN, known=known)
        assert "%(" not in sentence
        assert "None" not in sentence
        assert pairs[0] == ("Change", wording.kind_name(new, EN))
        assert ("Reason", "It was only a slip of the pen.") in pairs
        assert all(label and value and "%(" not in label + value for label, value in pairs)


@pytest.mark.parametrize("case", CASES, ids=[case[1][:40] for case in CASES])
def test_every_word_of_ours_goes_through_the_translator(case: Case) -> None:
    to = Voice(Shouting(), "en", "en")
    known = Known.of(*case[2])
    for change in changes_between(*case[2]):
        assert "⟦" in wording.headline(change, to, known=known)
        labels = [label for label, _ in wording.details(change, to, known=known)]
        assert all(label.startswith("⟦") for label in labels), labels
        assert wording.title([change], to).startswith("⟦")
        assert wording.kind_name(change["kind"], to).startswith("⟦")


def test_the_extractor_finds_the_literals() -> None:
    found: set[str] = set()
    for module in (headlines, titles, particulars, phrases):
        source = io.BytesIO(Path(str(module.__file__)).read_bytes())
        for _, message, _, _ in extract("python", source):
            found |= {message} if isinstance(message, str) else set(message)
    assert {
        "%(name)s is added",
        "A purpose of %(name)s is added",
        "The planned removal of %(name)s is withdrawn",
        "%(num)d addition",
        "%(num)d additions",
        "Takes effect",
        "Remote access",
    } <= found


def test_describe_gives_every_change_in_order() -> None:
    before, after = document(), document(documents.analytics(), entry("Example Hosting GmbH"))
    changes = changes_between(before, after)
    told = wording.describe(changes, EN, known=Known.of(before, after))
    assert [section.headline for section in told] == [
        wording.headline(change, EN, known=Known.of(before, after)) for change in changes
    ]
    assert all(section.details for section in told)
