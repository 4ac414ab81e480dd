"""The word lists of `registry/data/list_words.toml`, and the question whether a text holds one of them."""

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from registry.intake.headers import plain

_DATA = Path(__file__).parent.parent / "data" / "list_words.toml"


@lru_cache(maxsize=1)
def lists() -> dict[str, Any]:
    """The file as it is."""
    return tomllib.loads(_DATA.read_text("utf-8"))


@lru_cache(maxsize=64)
def normal(name: str) -> tuple[str, ...]:
    """One list, normalised, longest first; "roles.sub-processor" reaches into a section."""
    found: Any = lists()
    for part in name.split("."):
        found = found[part]
    return tuple(sorted({plain(word) for word in cast(list[str], found)}, key=len, reverse=True))


def has(text: str, name: str) -> str:
    """The first word of a list that stands in a text as whole words (East Asian words anywhere); else empty."""
    padded = f" {plain(text)} "
    return next((word for word in normal(name) if f" {word} " in padded or (not word.isascii() and word in padded)), "")


def begins(text: str, name: str) -> str:
    """The word of a list that a text begins with; else empty."""
    padded = f"{plain(text)} "
    return next((word for word in normal(name) if padded.startswith(f"{word} ")), "")


def is_one(text: str, name: str) -> bool:
    """Whether a text is nothing but one word of a list."""
    return plain(text) in normal(name)
