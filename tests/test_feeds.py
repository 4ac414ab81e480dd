"""The feeds: valid for strict readers, the same bytes every time, and no text of the record becomes markup."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import feedparser
import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from registry import feeds
from registry.feeds import Feed, Item
from registry.wording import Section
from tests import goldens

BASE = "https://trust.acme.example"
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt; &amp; &#60;",
    "null \x00 bell \x07 escape \x1b",
    "lone \ud800 surrogates \udfff",
    "not characters \ufffe\uffff",
    "\u202egpj.exe and \u2066 never closed",
    "חברה לדוגמה בע״מ (Sample)",
    "line\r\nbreak\u2028and\u2029more",
    "%s %(name)s {0} {{ x }}",
]

Render = Callable[[Feed], bytes]
each_format = pytest.mark.parametrize("render", [feeds.rss, feeds.atom, feeds.json_feed])


def _item(number: int, **given: Any) -> Item:
    url = f"{BASE}/registers/general/revisions/{number}"
    change = {
        "kind": "subprocessor-added",
        "entry": "e-1",
        "subject": {"type": "sub-processor", "id": None, "name": "Sample Analytics B.V.", "field": None},
        "before": None,
        "after": {"id": "e-1"},
        "effective_on": "2026-12-22",
        "owes_notice": True,
        "reason": "",
    }
    details = (("Sub-processor", "Sample Analytics B.V."), ("Purposes", "Reports & charts"))
    base: dict[str, Any] = {
        "id": url,
        "url": url,
        "title": "1 addition from 22 December 2026",
        "published": datetime(2026, 11, number, 10, 0, tzinfo=UTC),
        "register": "general",
        "number": number,
        "hash": f"{number:064x}",
        "sections": (Section("Sample Analytics B.V. is added, for Reports & charts", details),),
        "changes": (change,),
        "note": "Analytics from December.",
    }
    return Item(**{**base, **given})


def _feed(*items: Item, **given: Any) -> Feed:
    base: dict[str, Any] = {
        "title": "Sub-processors of Acme Cloud d.d.",
        "subtitle": "What changes, and from when",
        "base_url": BASE,
        "path": "/registers/general",
        "language": "en",
        "author": "Acme Cloud d.d.",
        "author_email": "privacy@acme.example",
        "items": items,
    }
    return Feed(**{**base, **given})


def _children(element: Any, name: str) -> list[Any]:
    return list(element.findall(name))


def _check_atom(raw: bytes) -> Any:
    """RFC 4287: what a feed and an entry must have, how often, and that dates are RFC 3339."""
    root = etree.fromstring(raw)
    assert root.tag == f"{ATOM}feed"
    for element in [root, *_children(root, f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            assert len(_children(element, ATOM + name)) == 1, name
            assert element.findtext(ATOM + name)
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", element.findtext(f"{ATOM}updated"))
        assert (
            len([link for link in _children(element, f"{ATOM}link") if link.get("rel", "alternate") == "alternate"])
            == 1
        )
    assert len([link for link in _children(root, f"{ATOM}link") if link.get("rel") == "self"]) == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    for entry in _children(root, f"{ATOM}entry"):
        assert entry.find(f"{ATOM}content").get("type") == "html"
        assert len(entry.find(f"{ATOM}content")) == 0
    ids = [entry.findtext(f"{ATOM}id") for entry in _children(root, f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    return root


def _check_rss(raw: bytes) -> Any:
    """RSS 2.0: channel has title, link, description; every item a title, one guid and an RFC 822 date."""
    root = etree.fromstring(raw)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    (channel,) = root
    for name in ("title", "link", "description", "language", "lastBuildDate", "generator"):
        assert len(_children(channel, name)) == 1, name
        assert channel.findtext(name)
    assert parsedate_to_datetime(channel.findtext("lastBuildDate")).tzinfo
    assert channel.find(f"{ATOM}link").get("rel") == "self"
    for item in _children(channel, "item"):
        assert item.findtext("title")
        assert len(_children(item, "guid")) == len(_children(item, "pubDate")) == 1
        assert parsedate_to_datetime(item.findtext("pubDate")).tzinfo
        assert len(item.find(CONTENT)) == 0
    return channel


@each_format
def test_the_same_items_give_the_same_bytes_in_whatever_order_they_come(render: Render) -> None:
    assert render(_feed(_item(1), _item(2), _item(3))) == render(_feed(_item(3), _item(1), _item(2)))


@each_format
def test_a_feed_without_items_is_always_the_same_and_valid(render: Render) -> None:
    raw = render(_feed())
    assert raw == render(_feed())
    if render is feeds.atom:
        assert _check_atom(raw).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00+00:00"
    if render is feeds.rss:
        assert _check_rss(raw).findtext("lastBuildDate") == "Thu, 01 Jan 1970 00:00:00 +0000"


def test_feedparser_reads_rss_and_atom_without_complaint() -> None:
    for render in (feeds.rss, feeds.atom):
        seen = feedparser.parse(render(_feed(_item(1), _item(2))))
        assert not seen.bozo, seen.get("bozo_exception")
        assert seen.feed.title == "Sub-processors of Acme Cloud d.d."
        assert seen.feed.link == f"{BASE}/registers/general"
        assert [entry.link for entry in seen.entries] == [
            f"{BASE}/registers/general/revisions/2",
            f"{BASE}/registers/general/revisions/1",
        ]
        assert seen.entries[0].id == seen.entries[0].link
        assert seen.entries[0].title == "1 addition from 22 December 2026"
        assert seen.entries[0].published_parsed[:3] == (2026, 11, 2)
        assert "Sample Analytics B.V. is added" in seen.entries[0].summary
        assert "<dd" in seen.entries[0].content[0].value
        assert f"{2:064x}" in seen.entries[0].summary


def test_atom_keeps_the_rules_of_its_standard() -> None:
    root = _check_atom(feeds.atom(_feed(_item(1), _item(2))))
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert root.findtext(f"{ATOM}updated") == "2026-11-02T10:00:00+00:00"
    links = {link.get("rel"): link.get("href") for link in _children(root, f"{ATOM}link")}
    assert links == {"self": f"{BASE}/registers/general/feed.atom", "alternate": f"{BASE}/registers/general"}


def test_rss_keeps_the_rules_of_its_standard() -> None:
    channel = _check_rss(feeds.rss(_feed(_item(1), _item(2))))
    assert channel.findtext("link") == f"{BASE}/registers/general"
    assert channel.findtext("lastBuildDate") == "Mon, 02 Nov 2026 10:00:00 +0000"
    assert channel.find(f"{ATOM}link").get("href") == f"{BASE}/registers/general/feed.rss"
    assert [guid.get("isPermaLink") for guid in channel.iter("guid")] == ["true", "true"]
    assert channel.findtext("{http://purl.org/dc/elements/1.1/}creator") == "Acme Cloud d.d."


def test_an_id_that_is_no_address_is_not_called_one() -> None:
    tag = "tag:trust.acme.example,2026-11-02:general/2/in-effect"
    channel = _check_rss(feeds.rss(_feed(_item(2, id=tag))))
    assert [(guid.text, guid.get("isPermaLink")) for guid in channel.iter("guid")] == [(tag, "false")]


def test_json_feed_has_what_version_1_1_asks_for_and_the_changes_with_their_place_in_the_chain() -> None:
    data = json.loads(feeds.json_feed(_feed(_item(1), _item(2))))
    assert data["version"] == "https://jsonfeed.org/version/1.1"
    assert data["feed_url"] == f"{BASE}/registers/general/feed.json"
    assert data["home_page_url"] == f"{BASE}/registers/general"
    assert data["authors"][0]["name"] == "Acme Cloud d.d."
    newest = data["items"][0]
    assert newest["date_published"] == "2026-11-02T10:00:00Z"
    assert newest["_publication"] == {"register": "general", "number": 2, "hash": f"{2:064x}"}
    assert newest["_changes"] == [dict(_item(2).changes[0])]
    assert "Purposes: Reports & charts" in newest["content_text"]


@each_format
def test_every_item_carries_the_hash_of_its_publication(render: Render) -> None:
    text = render(_feed(_item(1), _item(2), _item(3, sections=(), note=""))).decode()
    assert all(f"{number:064x}" in text for number in (1, 2, 3))


@each_format
def test_the_feed_of_all_registers_lies_at_the_root(render: Render) -> None:
    endings: dict[Render, str] = {feeds.rss: "rss", feeds.atom: "atom", feeds.json_feed: "json"}
    raw = render(_feed(_item(1), path="/", base_url=BASE + "/", query="?lang=de"))
    assert f'"{BASE}/feed.{endings[render]}?lang=de"'.encode() in raw


def _tags(html: str) -> set[str]:
    tree = html5lib.parseFragment(html, namespaceHTMLElements=False)
    return {element.tag for element in tree.iter() if isinstance(element.tag, str)} - {"DOCUMENT_FRAGMENT"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_neither_breaks_a_feed_nor_becomes_markup(hostile: str) -> None:
    item = _item(2, title=hostile, note=hostile, sections=(Section(hostile, ((hostile, hostile),)),), register=hostile)
    feed = _feed(_item(1), item, title=hostile, subtitle=hostile, author=hostile)
    entries, channel = _check_atom(feeds.atom(feed)), _check_rss(feeds.rss(feed))
    read_as_html = [
        entries.findtext(f"{ATOM}entry/{ATOM}content"),
        channel.findtext(f"item/{CONTENT}"),
        channel.findtext("item/description"),
        channel.findtext("item/title"),
        json.loads(feeds.json_feed(feed))["items"][0]["content_html"],
    ]
    for html in read_as_html:
        assert _tags(html) <= {"p", "h3", "dl", "dt", "dd", "br", "bdi", "code"}
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", html)
    for render in (feeds.rss, feeds.atom):
        assert not feedparser.parse(render(feed)).bozo


@given(st.text(st.characters(), max_size=60))
def test_any_text_at_all_gives_valid_feeds(words: str) -> None:
    feed = _feed(_item(1, title=words, note=words, sections=(Section(words, ((words, words),)),)), title=f"A {words}")
    _check_atom(feeds.atom(feed))
    _check_rss(feeds.rss(feed))
    json.loads(feeds.json_feed(feed))


def test_a_name_that_is_only_control_characters_still_gives_a_title_and_an_author() -> None:
    _check_atom(feeds.atom(_feed(_item(1, title="\x00"), author="\x00")))


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom", "feed.json"])
def test_the_published_feeds_stay_what_they_are(name: str) -> None:
    render = {"feed.rss": feeds.rss, "feed.atom": feeds.atom, "feed.json": feeds.json_feed}[name]
    first = replace(_item(1), sections=(), changes=(), title="The list as it was", note="Taken over as it stood.")
    raw = render(_feed(first, _item(2)))
    assert raw == goldens.expected(name, raw)
