"""The hash chain of a register: every publication is tied to all those before it.

Anybody can check a link with nothing but `sha256sum`, because a link is the SHA-256 of six lines of text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from registry import clock, snapshot

GENESIS = "0" * 64
"""What the first link of every register names as its previous one."""

_FIRST_LINE = "subregistry register chain 1"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Link:
    """One publication's place in the chain. `published_at` is the text of `clock.stamp`; digests are lower-case hex."""

    number: int
    published_at: str
    document_sha256: str
    previous: str
    hash: str


def link_hash(slug: str, number: int, *, published_at: str, document_sha256: str, previous: str) -> str:
    """The hash of a link: SHA-256 over six lines, each ended by a line feed (the last one too)."""
    lines = (_FIRST_LINE, slug, str(number), published_at, document_sha256, previous)
    return snapshot.digest("".join(f"{line}\n" for line in lines).encode("utf-8"))


def verify(slug: str, links: Sequence[Link], document_hashes: Mapping[int, str]) -> list[str]:
    """What is wrong with a chain, in words; an empty list means that it holds from the first link to the last.

    `document_hashes` gives, by publication number, the SHA-256 of the document bytes that are really held.
    """
    problems: list[str] = []
    previous, latest = GENESIS, ""
    for expected, link in enumerate(links, start=1):
        problems += [f"Publication {link.number}: {problem}." for problem in _problems(slug, link, previous)]
        if link.number != expected:
            problems.append(f"Publication {link.number} stands where publication {expected} should be.")
        if link.published_at < latest:
            problems.append(f"Publication {link.number}: it is dated before the one that precedes it.")
        problems += _document_problems(link, document_hashes)
        previous, latest = link.hash, link.published_at
    known = {link.number for link in links}
    problems += [f"Document {number} has no link in the chain." for number in sorted(set(document_hashes) - known)]
    return problems


def _problems(slug: str, link: Link, previous: str) -> Iterator[str]:
    for name, value in (("document_sha256", link.document_sha256), ("previous", link.previous), ("hash", link.hash)):
        if not _DIGEST.fullmatch(value):
            yield f"{name} is not a SHA-256 in lower-case hex"
    try:
        clock.parse_stamp(link.published_at)
    except ValueError:
        yield "published_at is not an instant like 2026-11-22T10:00:00Z"
    if link.previous != previous:
        yield "it does not follow the link before it"
    expected = link_hash(
        slug,
        link.number,
        published_at=link.published_at,
        document_sha256=link.document_sha256,
        previous=link.previous,
    )
    if link.hash != expected:
        yield "its hash does not fit its content"


def _document_problems(link: Link, document_hashes: Mapping[int, str]) -> list[str]:
    held = document_hashes.get(link.number)
    if held is None:
        return [f"Publication {link.number}: its document is missing."]
    if held != link.document_sha256:
        return [f"Publication {link.number}: its document is not the one that was published."]
    return []
