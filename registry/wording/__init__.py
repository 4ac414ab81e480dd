"""What changed, in words that page, feed, preview, mail and its subject share: sentence, title and full content.

Changes come as `Change.as_json` gives them; the words follow a `Voice`, which `phrases.voice` makes.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from registry.wording.headlines import UNKNOWN, ChangeFields, Known, headline
from registry.wording.particulars import Pair, details
from registry.wording.phrases import Voice
from registry.wording.titles import kind_name, number_of, title

__all__ = ["Known", "Section", "describe", "details", "headline", "kind_name", "number_of", "title"]


@dataclass(frozen=True)
class Section:
    """One change: what it is in a sentence, and its full content as pairs of label and value. All plain text."""

    headline: str
    details: tuple[Pair, ...] = ()


def describe(changes: Iterable[ChangeFields], to: Voice, *, known: Known = UNKNOWN) -> list[Section]:
    """Every change in a sentence and in full, in the order given."""
    return [Section(headline(change, to, known=known), tuple(details(change, to, known=known))) for change in changes]
