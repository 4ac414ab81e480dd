"""What a column holds, from the words of its header, in the languages of `registry/data/headers.toml`."""

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

_DATA = Path(__file__).parent.parent / "data" / "headers.toml"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HYPHENS = re.compile("[-\u00ad\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_NO_WORD = re.compile(r"[^a-z0-9#]+")
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_AND = re.compile(r"\s+(?:and|und|et|e|y|i|en|oraz|och|og|a)\s+|\s*[/&+]\s*|\s*,\s*", re.IGNORECASE)
_APPLICABLE = frozenset({"relevant", "applicable", "affected", "betroffene", "concernes", "applicables"})
# Words that say too little inside a longer header ("Cookie name", "Link to logo").
_TOO_COMMON = frozenset(
    {"name", "names", "nome", "naam", "navn", "namn", "naziv", "nombre", "from", "item", "link", "term"}
)
# Two meanings one column may hold at once, and that its cells can be parted into.
_TOGETHER = (
    ("name", "address"),
    ("name", "seat"),
    ("place", "mechanism"),
    ("seat", "mechanism"),
    ("address", "contact"),
)


def normalise(text: str) -> str:
    """Words to compare by: no case, accents, hyphens, punctuation or invisible characters; single spaces."""
    return plain(_CAMEL.sub(" ", text))


def plain(text: str) -> str:
    """The same for text that is no key of a program: "GmbH" stays one word."""
    if text.isascii():
        return " ".join(_NO_WORD.sub(" ", text.replace("-", "").lower()).split())
    bare = unicodedata.normalize("NFKD", _INVISIBLE.sub("", _HYPHENS.sub("", text)))
    bare = "".join(char for char in bare if not unicodedata.combining(char)).casefold()
    bare = unicodedata.normalize("NFC", bare).replace("ß", "ss")
    return " ".join("".join(char if char.isalnum() or char == "#" else " " for char in bare).split())


def meanings(header: str) -> tuple[str, ...]:
    """What the column holds: one meaning, two when it says so ("Place and safeguard"), none when it is not known."""
    exact = _exact(header)
    if exact:
        return (exact,)
    parts = [meaning for meaning in (_exact(part) or _within(part) for part in _AND.split(header)) if meaning]
    for pair in _TOGETHER:
        if set(parts) == set(pair):
            return pair
    found = _within(header)
    return (found,) if found else ()


def languages(headers: Sequence[str]) -> dict[str, int]:
    """How many of the headers stand in the word lists of each language."""
    votes: dict[str, int] = {}
    for header in headers:
        for language in _known().get(normalise(header), {}):
            votes[language] = votes.get(language, 0) + 1
    return votes


def _exact(header: str) -> str:
    """The meaning of a header that stands in the lists as it is; English decides where languages disagree."""
    words = normalise(header) or ("#" if "#" in header else "")
    by_language = _known().get(words) or _known().get(normalise(re.sub(r"\([^)]*\)", " ", header))) or {}
    return by_language.get("en") or next(iter(by_language.values()), "")


@lru_cache(maxsize=4096)
def _within(header: str) -> str:
    """The meaning of the longest phrase inside a header; of two as long, the later one ("vendor location")."""
    words = normalise(header)
    if not words or len(words) > 120:
        return ""
    if words.split()[0] in _APPLICABLE:
        return "scope"
    padded = f" {words} "
    best: tuple[int, int, str] = (0, 0, "")
    for phrase, by_language in _known().items():
        wide = bool(_WIDE.search(phrase))
        at = padded.find(phrase if wide else f" {phrase} ")
        if at >= 0 and len(phrase) > (1 if wide else 3) and phrase not in _TOO_COMMON:
            meaning = by_language.get("en") or next(iter(by_language.values()))
            best = max(best, (len(phrase), -at if " of " in padded else at, meaning))
    return best[2]


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, str]]:
    """Normalised phrase to meaning by language. The first meaning that lists a phrase for a language keeps it."""
    known: dict[str, dict[str, str]] = {}
    for meaning, by_language in tomllib.loads(_DATA.read_text("utf-8")).items():
        for language, phrases in by_language.items():
            for phrase in phrases:
                known.setdefault(normalise(phrase), {}).setdefault(language, meaning)
    return known
