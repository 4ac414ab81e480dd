"""Markup within a cell or a line: Markdown and HTML down to plain words, with the targets of links kept."""

import html
import re
from typing import Any

from lxml import etree

from registry.intake.shapes import Cell, Link
from registry.text import clean

SILENT = frozenset({"script", "style", "template", "noscript", "svg", "head", "iframe", "object", "select", "button"})
"""Elements whose content is no text of the page."""
_BREAKS = frozenset(
    {"br", "p", "div", "li", "tr", "ul", "ol", "section", "dd", "dt", "h1", "h2", "h3", "h4", "h5", "h6"}
)

_CODE = re.compile(r"(`+)(.{1,2000}?)\1")
_IMAGE = re.compile(r"!\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_LINK = re.compile(r"\[([^\[\]]*)\]\(\s*<?([^()\s<>]*(?:\([^()\s]*\)[^()\s<>]*)*)>?(?:\s+[\"'][^\"']*[\"'])?\s*\)")
_REFERENCE = re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]")
_FOOTNOTE = re.compile(r"\[\^[^\[\]\s]+\]|<sup>\s*\[?\d*\]?\s*</sup>", re.IGNORECASE)
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)[^\s<>]+)>")
_BARE = re.compile(r"https?://[^\s<>()\[\]\"']+")
_STRONG = re.compile(r"(\*\*|__|~~)(?=\S)(.{1,400}?)(?<=\S)\1")
_EMPHASIS = re.compile(
    r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,400}?)(?<=\S)\*(?![\w*])|(?<![\w_])_(?=[^\s_])([^_\n]{1,400}?)(?<=\S)_(?![\w_])"
)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~&:\"'])")
_TAG = re.compile(r"<(?:/?[a-zA-Z][\w:-]*(?:\s[^<>]*)?/?|!--.{0,2000}?--)>", re.DOTALL)
_KEPT = "\ue000{}\ue001"
_PUT_BACK = re.compile("\ue000(\\d+)\ue001")
# Beyond this a text is no cell; its markup stays as it is rather than cost minutes.
_LONGEST = 50_000


def from_markdown(raw: str) -> Cell:
    """The words and links of a piece of Markdown, with or without HTML in it."""
    raw = raw.replace("\ue000", "").replace("\ue001", "")
    if len(raw) > _LONGEST or not any(mark in raw for mark in "`*_[<&\\~:"):
        return Cell(_tidy(raw))
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        kept.append(match[2].strip())
        return _KEPT.format(len(kept) - 1)

    def put_back(match: re.Match[str]) -> str:
        place = int(match[1])
        return kept[place] if place < len(kept) else ""

    links: list[Link] = []
    text = _CODE.sub(keep, raw)
    text = _IMAGE.sub(r"\1", _FOOTNOTE.sub("", text))
    text = _LINK.sub(lambda match: _link(match[1], match[2], links), text)
    text = _AUTOLINK.sub(lambda match: _link(match[1].removeprefix("mailto:"), match[1], links), text)
    text = _REFERENCE.sub(r"\1", text)
    if _TAG.search(text):
        inside = from_html(text)
        links += inside.links
        text = inside.text
    else:
        text = html.unescape(text)
    text = _ESCAPE.sub(lambda match: _keep_char(match[1], kept), text)
    text = _STRONG.sub(r"\2", text)
    text = _EMPHASIS.sub(lambda match: match[1] or match[2], text)
    links += [Link(found, found) for found in map(_trim, _BARE.findall(text)) if found not in {x.url for x in links}]
    return Cell(_tidy(_PUT_BACK.sub(put_back, text)), tuple(links))


def from_html(raw: str) -> Cell:
    """The words and links of a piece of HTML; scripts and styles are left out, breaks become line feeds."""
    root = tree(f"<div>{raw}</div>")
    return Cell(html.unescape(raw)) if root is None else from_element(root)


def from_element(root: Any, skip: frozenset[str] = frozenset()) -> Cell:
    """The words and links below an element of an HTML tree, without the elements named in `skip`."""
    parts: list[str] = []
    links: list[Link] = []
    silent: Any = None
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start" and silent is None:
            if tag in SILENT or (tag in skip and element is not root):
                silent = element
            else:
                parts += ["\n" if tag in _BREAKS else "", _flat(element.text)]
        if event == "start":
            continue
        if event == "end" and silent is None:
            parts.append("\n" if tag in _BREAKS else "")
            if tag == "a" and element.get("href"):
                _link("".join(element.itertext()), element.get("href"), links)
        if silent is element:
            silent = None
        if silent is None and element is not root:
            parts.append(_flat(element.tail))
    return Cell(_tidy("".join(parts)), tuple(links))


def tree(text: str) -> Any:
    """The HTML tree of a text as a browser would mend it; None when there is nothing to parse."""
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, remove_comments=True, remove_pis=True)
    try:
        return etree.fromstring(text.encode("utf-8", "ignore"), parser)
    except (etree.LxmlError, ValueError):
        return None


def _link(text: str, url: str, links: list[Link]) -> str:
    target = _url(url)
    if target:
        links.append(Link(_tidy(re.sub(r"[*_`]", "", text)), target))
    return text


def _url(raw: str) -> str:
    """Only addresses that are safe to publish as a link: web, mail, or relative (kept to be reported)."""
    target = clean(html.unescape(raw)).strip()
    scheme = re.match(r"[a-zA-Z][\w+.-]*(?=:)", target)
    return target if not scheme or scheme[0].lower() in ("http", "https", "mailto") else ""


def _trim(url: str) -> str:
    return url.rstrip(".,;:!?*_")


def _keep_char(char: str, kept: list[str]) -> str:
    kept.append(char)
    return _KEPT.format(len(kept) - 1)


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)
