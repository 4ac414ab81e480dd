"""The memory of finished pages."""

from registry.kept import Kept


def test_what_is_kept_is_made_once() -> None:
    kept, made = Kept(), []
    for _ in range(3):
        assert kept.get("key", lambda: made.append(1) or b"page") == b"page"
    assert made == [1]


def test_the_longest_unused_is_forgotten_when_there_is_no_room() -> None:
    kept = Kept(most=10)
    kept.get("a", lambda: b"aaaa")
    kept.get("b", lambda: b"bbbb")
    kept.get("a", lambda: b"not made")
    kept.get("c", lambda: b"cccc")
    assert kept.get("a", lambda: b"made anew") == b"aaaa"
    assert kept.get("b", lambda: b"again") == b"again"


def test_what_is_larger_than_the_memory_is_given_but_not_kept() -> None:
    kept = Kept(most=3)
    assert kept.get("a", lambda: b"aaaa") == b"aaaa"
    assert kept.get("a", lambda: b"other") == b"other"
