"""The three feeds: RSS 2.0, Atom (RFC 4287) and JSON Feed 1.1, from one set of plain values.

Titles, headlines and details come in as plain text and are escaped here and only here, so no text of the record can
become markup. Nothing reads the clock: the same items give the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from registry import clock, text
from registry.wording import Section

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When a feed without items was last changed: a fixed instant, so that it too is always the same bytes."""

GENERATOR = "subregistry"

# Signs that turn the direction of all the text after them; a company name has no use for them, a forger has.
_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


@dataclass(frozen=True)
class Item:
    """One thing to tell: a publication, or a day on which something announced takes effect.

    `id` stays for ever and is the address itself where one address stands for one item. `number` and `hash` are
    those of the publication it belongs to; `hash` is the head of the chain. `sections` tell the changes in words
    (`wording.describe`), `changes` are the same as `Change.as_json` gives them.
    """

    id: str
    url: str
    title: str
    published: datetime
    register: str
    number: int
    hash: str
    sections: Sequence[Section] = ()
    changes: Sequence[Mapping[str, Any]] = ()
    note: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed about the page at `base_url` + `path` ("/" or "/registers/general"); its own addresses are beside it.

    `query` ("?lang=de", or empty) is part of the feed's own address when the reader chose the language by it.
    """

    title: str
    subtitle: str
    base_url: str
    path: str
    language: str
    author: str
    items: Sequence[Item] = ()
    author_email: str = ""
    query: str = ""

    @property
    def newest_first(self) -> list[Item]:
        return sorted(self.items, key=lambda item: (item.published, item.number, item.id), reverse=True)

    @property
    def updated(self) -> datetime:
        """When the newest item was published."""
        return max((item.published for item in self.items), default=NEVER)

    @property
    def page_url(self) -> str:
        return self.base_url.rstrip("/") + self.path

    def own_url(self, ending: str) -> str:
        """The address of the feed itself; `ending` is rss, atom or json."""
        return f"{self.base_url.rstrip('/')}{self.path.rstrip('/')}/feed.{ending}{self.query}"


def rss(feed: Feed) -> bytes:
    """RSS 2.0, newest item first; the full content as `content:encoded`, the headlines as description."""
    made = _generator(feed, "rss", "application/rss+xml")
    made.load_extension("dc", atom=False)
    made.dc.dc_creator(_line(feed.author))
    return bytes(made.rss_str(pretty=True))


def atom(feed: Feed) -> bytes:
    """Atom 1.0, newest entry first; the full content as HTML, the headlines as summary."""
    return bytes(_generator(feed, "atom", "application/atom+xml").atom_str(pretty=True))


def json_feed(feed: Feed) -> bytes:
    """JSON Feed 1.1; each item carries its typed changes in `_changes` and its place in the chain in `_publication`."""
    author = {"name": _line(feed.author), "url": feed.page_url}
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _line(feed.title),
        "home_page_url": feed.page_url,
        "feed_url": feed.own_url("json"),
        "description": _line(feed.subtitle),
        "language": feed.language,
        "authors": [author],
        "items": [_json_item(item) for item in feed.newest_first],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")


def _json_item(item: Item) -> dict[str, Any]:
    return {
        "id": item.id,
        "url": item.url,
        "title": _line(item.title),
        "summary": "\n".join(_summary(item)),
        "content_html": _html(item),
        "content_text": _text(item),
        "date_published": clock.stamp(item.published),
        "_publication": {"register": item.register, "number": item.number, "hash": item.hash},
        "_changes": [dict(change) for change in item.changes],
    }


def _generator(feed: Feed, ending: str, media_type: str) -> FeedGenerator:
    """What RSS and Atom share. feedgen makes the last link the channel's link, and puts new entries first."""
    made = FeedGenerator()
    made.id(feed.page_url)
    made.title(_line(feed.title))
    made.subtitle(_line(feed.subtitle) or _line(feed.title))
    made.description(_line(feed.subtitle) or _line(feed.title))
    made.language(feed.language)
    made.generator(GENERATOR)
    made.updated(feed.updated)
    made.author(_author(feed))
    made.link(href=feed.own_url(ending), rel="self", type=media_type)
    made.link(href=feed.page_url, rel="alternate", type="text/html")
    for item in feed.newest_first:
        entry = _entry(made, item)
        if ending == "rss":
            entry.title(_rss_title(item))
            entry.description("<br>".join(escape(line) for line in _summary(item)))
        else:
            entry.summary("\n".join(_summary(item)))
    return made


def _author(feed: Feed) -> dict[str, str]:
    author = {"name": _line(feed.author) or _line(feed.title), "uri": feed.page_url}
    return author | {"email": _line(feed.author_email)} if feed.author_email else author


def _entry(made: FeedGenerator, item: Item) -> FeedEntry:
    entry = made.add_entry(order="append")
    entry.guid(item.id, permalink=item.id == item.url)
    entry.title(_line(item.title) or item.id)
    entry.link(href=item.url, rel="alternate", type="text/html")
    entry.published(item.published)
    entry.updated(item.published)
    entry.category(term=_line(item.register))
    entry.content(_html(item), type="html")
    return entry


def _rss_title(item: Item) -> str:
    """RSS does not say whether a title is text or HTML, so what could begin a tag becomes a sign that looks like it."""
    return (_line(item.title) or item.id).translate({ord("<"): "‹", ord(">"): "›"})


def _html(item: Item) -> str:
    """The content as HTML. `dir=auto` and `bdi` keep right-to-left names from turning the text around them."""
    parts = [f'<p dir="auto">{_escaped(item.note)}</p>'] if item.note else []
    for section in item.sections:
        parts.append(f'<h3 dir="auto">{_escaped(section.headline)}</h3>')
        rows = "".join(
            f'<dt>{_escaped(label)}</dt><dd dir="auto">{_escaped(value)}</dd>' for label, value in section.details
        )
        parts.append(f"<dl>{rows}</dl>" if rows else "")
    parts.append(f"<p><bdi>{_escaped(item.register)}</bdi> {item.number} · <code>{_escaped(item.hash)}</code></p>")
    return "\n".join(part for part in parts if part)


def _text(item: Item) -> str:
    """The same content as plain text."""
    blocks = [_plain(item.note)] if item.note else []
    for section in item.sections:
        pairs = [f"{_line(label)}: {_plain(value)}" for label, value in section.details]
        blocks.append("\n".join([_line(section.headline), *pairs]))
    return "\n\n".join([*blocks, f"{_line(item.register)} {item.number} · {_line(item.hash)}"])


def _summary(item: Item) -> list[str]:
    """The headlines, and the place in the chain, as lines of plain text."""
    lines = [_line(section.headline) for section in item.sections] or [_line(item.note) or _line(item.title)]
    return [*lines, f"{_line(item.register)} {item.number} · {_line(item.hash)}"]


def _plain(words: str) -> str:
    """A text XML can carry (XML 1.0, section 2.2) that keeps to itself."""
    return text.clean(words).translate(_TURNING)


def _line(words: str) -> str:
    return " ".join(_plain(words).split())


def _escaped(words: str) -> str:
    return escape(_plain(words)).replace("\n", "<br>")
