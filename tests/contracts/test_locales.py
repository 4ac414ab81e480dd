"""Every word of the interface exists in every language: what the pages and mails say is what the catalogues translate.

The admin pages speak English only; `[tool.babel]` in pyproject.toml says where the words of all other pages stand.
"""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages import Message
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes

from notifications import consent
from registry import text

ROOT = Path(__file__).parents[2]
LANGUAGES = sorted(path.stem for path in text.LOCALES.glob("*.po"))
TRANSLATED = [path for path in sorted(ROOT.glob("templates/**/*.*")) if "admin" not in path.parts]
MARKS = ("_", "gettext", "ngettext", "pgettext", "npgettext")
FIELD = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"</?\w+[^>]*>")
KNOWN = [nodes.Name("consent", "load")]  # see the last test
MsgId = str | tuple[str, str]

PLAIN = {"CSV", "JSON", "JSON-LD", "JSON Feed", "Markdown", "RSS", "Atom", "SHA-256", "chain.json", "document.json"}
"""Names that are the same in every language."""
UNSEEN = re.compile(r"<style>.*?</style>|<pre[ >].*?</pre>", re.DOTALL)
SPOKEN_ATTRIBUTE = re.compile(r'\b(?:title|alt|aria-label|placeholder|data-label)="([^"]*)"')

HOW = """Write the catalogues anew, then fill in what is empty (`init` instead of `update` begins a new language):
pybabel extract -F pyproject.toml --add-location file --sort-by-file --no-wrap -o messages.pot .
pybabel update -i messages.pot -o registry/locales/de.po -l de -N --ignore-obsolete --ignore-pot-creation-date --no-wrap
rm messages.pot"""


def mappings() -> list[dict[str, Any]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return list(settings["tool"]["babel"]["mappings"])


@cache
def spoken() -> dict[MsgId, str]:
    """Every message of the interface, with a place where it stands."""
    methods: list[tuple[str, str]] = []
    options: dict[str, dict[str, Any]] = {}
    for mapping in mappings():
        patterns = mapping["pattern"]
        for pattern in [patterns] if isinstance(patterns, str) else patterns:
            methods.append((pattern, mapping["method"]))
            options[pattern] = {key: mapping[key] for key in mapping if key not in ("method", "pattern")}
    found = extract_from_dir(ROOT, methods, options, DEFAULT_KEYWORDS)
    return {message: f"{file}:{line}" for file, line, message, _, _ in found if message}


@cache
def catalogue(language: str) -> Catalog:
    with (text.LOCALES / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language.replace("-", "_"), abort_invalid=True)


def translated(language: str) -> list[Message]:
    return [message for message in catalogue(language) if message.id]


def sides(message: Message) -> tuple[list[str], list[str]]:
    """The words of a message, and of its translation: one each, or one for each plural form."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string)
    return ids, strings


def test_the_sweep_sees_pages_mails_and_modules() -> None:
    places = " ".join(spoken().values())
    assert LANGUAGES
    assert all(part in places for part in ("templates/public/", "templates/email/", "registry/wording/phrases.py"))
    assert "admin" not in places


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_the_interface_says_is_in_the_catalogue(language: str) -> None:
    held = {message.id for message in translated(language)}
    missing = [f"{where}: {message!r}" for message, where in spoken().items() if message not in held]
    assert not missing, f"{HOW}\n" + "\n".join(missing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_nothing_that_is_no_longer_said(language: str) -> None:
    stale = [message.id for message in translated(language) if message.id not in spoken()]
    assert not stale, HOW
    assert not catalogue(language).obsolete, HOW


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_translated_in_all_its_plural_forms(language: str) -> None:
    forms = catalogue(language).num_plurals
    for message in translated(language):
        _, strings = sides(message)
        assert not message.fuzzy, message.id
        assert all(strings), message.id
        assert len(strings) == (forms if message.pluralizable else 1), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_fill_in_the_same_fields(language: str) -> None:
    """A singular may say "one" instead of the number, nothing else may be left out or invented."""
    for message in translated(language):
        ids, strings = sides(message)
        allowed = [set(FIELD.findall(words)) for words in ids]
        for words in strings:
            assert set(FIELD.findall(words)) in allowed, message.id
            assert "%" not in re.sub(r"%%|%\(\w+\)[sd]", "", words) or "%(" not in "".join(ids), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_markup_and_surrounding_space(language: str) -> None:
    for message in translated(language):
        ids, strings = sides(message)
        for words in strings:
            assert sorted(TAG.findall(words)) in [sorted(TAG.findall(source)) for source in ids], message.id
            assert [words[:1].isspace(), words[-1:].isspace()] == [ids[0][:1].isspace(), ids[0][-1:].isspace()], words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_can_be_spoken(language: str) -> None:
    """Each message, filled in as a template fills it in, gives words and no error."""
    speaker = text.translator(language)
    for message in translated(language):
        ids, _ = sides(message)
        fields = dict.fromkeys(FIELD.findall(" ".join(ids)), 2)
        for number in (0, 1, 2, 5, 21):
            words = speaker.ngettext(*ids, number) if message.pluralizable else speaker.gettext(ids[0])
            assert words % fields if fields else words


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_translate_only_words_that_are_written_out(path: Path) -> None:
    """Words in a variable cannot be found, so nobody would translate them."""
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(path.read_text("utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in MARKS:
            words = call.args[:2] if call.node.name == "ngettext" else call.args[:1]
            assert all(isinstance(word, nodes.Const | nodes.TemplateData) or word in KNOWN for word in words), call


def test_the_consent_that_is_asked_for_is_written_out_where_it_can_be_translated() -> None:
    """It is also what every form shows word for word: the ledger proves this text (GDPR Art. 7(1))."""
    assert consent.TEXTS[consent.VERSION] in spoken()


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_say_nothing_that_is_not_marked_for_translation(path: Path) -> None:
    tree = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(path.read_text("utf-8"))
    source = UNSEEN.sub("", "".join(part.data for part in tree.find_all(nodes.TemplateData)))
    pieces = [*re.split(r"<[^>]*>|\n", source), *SPOKEN_ATTRIBUTE.findall(source)]
    named = "|".join(re.escape(name) for name in sorted(PLAIN, key=len, reverse=True))
    said = [re.sub(named, "", piece).strip() for piece in pieces]
    assert [words for words in said if re.search(r"[^\W\d_]{2}", words)] == []
