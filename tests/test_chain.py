"""The chain: exactly six lines, checkable with sha256sum, and every kind of tampering is noticed."""

import json
import subprocess
from dataclasses import replace

import pytest

from registry import chain, snapshot
from registry.chain import GENESIS, Link
from registry.formats import chain_json
from tests import factories, goldens

STAMPS = ["2026-11-22T10:00:00Z", "2026-12-01T09:30:00Z", "2026-12-01T09:30:00Z"]


def _document(number: int) -> snapshot.Document:
    names = ["Example Hosting GmbH", "Sample Analytics B.V.", "Čuvar Podataka d.o.o."]
    return factories.document(*[factories.entry(name) for name in names[:number]])


def _chain(slug: str = "general") -> list[Link]:
    links: list[Link] = []
    previous = GENESIS
    for number, stamp in enumerate(STAMPS, start=1):
        document = snapshot.digest(snapshot.canonical(_document(number)))
        made = chain.link_hash(slug, number, published_at=stamp, document_sha256=document, previous=previous)
        links.append(Link(number, stamp, document, previous, made))
        previous = made
    return links


def _documents(links: list[Link]) -> dict[int, str]:
    return {link.number: link.document_sha256 for link in links}


def test_anybody_can_compute_a_link_with_sha256sum() -> None:
    for link in _chain():
        lines = ["subregistry register chain 1", "general", str(link.number), link.published_at]
        lines += [link.document_sha256, link.previous]
        script = "printf '%s\\n' \"$@\" | sha256sum"
        seen = subprocess.run(["sh", "-c", script, "sh", *lines], capture_output=True, check=True, text=True)
        assert seen.stdout.split()[0] == link.hash


def test_the_document_hash_is_what_sha256sum_says_of_the_canonical_bytes() -> None:
    raw = snapshot.canonical(_document(3))
    seen = subprocess.run(["sha256sum"], input=raw, capture_output=True, check=True)
    assert seen.stdout.split()[0].decode() == _chain()[2].document_sha256


def test_a_sound_chain_has_no_problems() -> None:
    links = _chain()
    assert chain.verify("general", links, _documents(links)) == []
    assert chain.verify("general", [], {}) == []


def test_the_first_link_follows_sixty_four_zeros() -> None:
    assert _chain()[0].previous == "0" * 64
    wrong = [replace(_chain()[0], previous="1" * 64)]
    assert any("does not follow" in problem for problem in chain.verify("general", wrong, _documents(wrong)))


def test_a_chain_belongs_to_its_register() -> None:
    links = _chain("general")
    assert len(chain.verify("other", links, _documents(links))) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"published_at": "2026-12-01T09:30:01Z"}, "its hash does not fit"),
        ({"published_at": "2026-12-01 09:30"}, "is not an instant"),
        ({"published_at": "2025-12-01T09:30:00Z"}, "dated before"),
        ({"document_sha256": "a" * 64}, "not the one that was published"),
        ({"previous": "b" * 64}, "does not follow"),
        ({"hash": "c" * 64}, "its hash does not fit"),
        ({"hash": "C" * 64}, "lower-case hex"),
        ({"number": 7}, "stands where publication 2 should be"),
    ],
)
def test_tampering_with_any_part_of_a_link_is_noticed(change: dict[str, object], words: str) -> None:
    links = _chain()
    documents = _documents(links)
    links[1] = replace(links[1], **change)  # type: ignore[arg-type]
    assert any(words in problem for problem in chain.verify("general", links, documents))


def test_rewriting_a_link_with_a_fitting_hash_breaks_the_next_one() -> None:
    links = _chain()
    forged = chain.link_hash("general", 1, published_at=STAMPS[0], document_sha256="d" * 64, previous=GENESIS)
    links[0] = replace(links[0], document_sha256="d" * 64, hash=forged)
    problems = chain.verify("general", links, _documents(links))
    assert problems == ["Publication 2: it does not follow the link before it."]


def test_a_dropped_publication_or_document_is_noticed() -> None:
    links = _chain()
    assert chain.verify("general", [links[0], links[2]], _documents(links)) == [
        "Publication 3: it does not follow the link before it.",
        "Publication 3 stands where publication 2 should be.",
        "Document 2 has no link in the chain.",
    ]
    documents = _documents(links)
    del documents[2]
    assert chain.verify("general", links, documents) == ["Publication 2: its document is missing."]


def test_a_document_that_was_edited_afterwards_is_noticed() -> None:
    links = _chain()
    edited = factories.document(factories.entry("Example Hosting AG"))
    held = _documents(links) | {1: snapshot.digest(snapshot.canonical(edited))}
    assert chain.verify("general", links, held) == ["Publication 1: its document is not the one that was published."]


def test_the_published_bytes_stay_what_they_are() -> None:
    document, served = snapshot.canonical(_document(3)), chain_json("general", _chain())
    assert document == goldens.expected("document.json", document)
    assert served == goldens.expected("chain.json", served)


def test_chain_json_has_the_promised_shape() -> None:
    served = json.loads(chain_json("general", _chain()))
    assert list(served) == ["register", "links"]
    assert [list(link) for link in served["links"]] == [
        ["number", "published_at", "document_sha256", "previous", "hash"]
    ] * 3
