"""A set of changes in a few words."""

from typing import Any

import pytest

from registry import diff, wording
from registry.wording import phrases

EN = phrases.voice("en", "en")


def _kinds(*given: str, on: str = "2026-12-22") -> list[dict[str, Any]]:
    base: dict[str, Any] = {
        "entry": "e",
        "subject": {},
        "before": None,
        "after": None,
        "owes_notice": True,
        "reason": "",
    }
    return [{**base, "kind": kind, "effective_on": on} for kind in given]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (_kinds("subprocessor-added", "subprocessor-added"), "2 additions from 22 December 2026"),
        (
            _kinds("text-corrected", on="2026-11-22") + _kinds("subprocessor-added"),
            "1 addition from 22 December 2026, 1 correction",
        ),
        (
            _kinds("location-added") + _kinds("subprocessor-added", on="2026-12-01"),
            "1 addition, 1 new location from 1 December 2026",
        ),
        (_kinds("text-corrected", "text-corrected"), "2 corrections"),
        (
            _kinds("subprocessor-added", "purpose-added", "location-added", "role-changed", "scope-changed"),
            "1 addition, 1 new location, 1 new purpose, 2 more changes from 22 December 2026",
        ),
        (_kinds("a-kind-of-tomorrow"), "1 other change from 22 December 2026"),
        ([], "No changes"),
    ],
)
def test_a_title_says_how_many_of_what_and_from_when(changes: list[dict[str, Any]], words: str) -> None:
    assert wording.title(changes, EN) == words


def test_every_kind_has_a_name_and_a_number() -> None:
    names = {wording.kind_name(kind, EN) for kind in diff.KINDS}
    assert len(names) == len(diff.KINDS)
    assert not names & set(diff.KINDS)
    for kind in diff.KINDS:
        assert "other change" not in wording.number_of(kind, 2, EN)
        assert wording.number_of(kind, 1, EN) != wording.number_of(kind, 2, EN)
