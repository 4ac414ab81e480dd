"""Introductions, written in a small part of Markdown, as HTML that can hold nothing else.

Headings, pictures, tables and raw HTML are not in that part: a page has one outline, and asks nobody else for anything.
"""

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from registry import text

_PARTS = ("paragraph", "list", "emphasis", "link", "newline", "escape", "entity", "backticks", "autolink")
_TAGS = {"p", "ul", "ol", "li", "em", "strong", "a", "br", "code"}
_SCHEMES = {"http", "https", "mailto"}
_MARKDOWN = MarkdownIt("zero", {"html": False}).enable(list(_PARTS))


def html(source: str) -> Markup:
    """Markdown as safe HTML: paragraphs, lists, emphasis, code, links to the web or to a mailbox; empty for no text.

    What else Markdown knows stays as it was typed. nh3 cleans the result although the renderer escapes HTML already:
    a fault in one of the two must not reach a reader.
    """
    rendered = _MARKDOWN.render(text.clean(source))
    attributes = {"a": {"href", "title"}, "ol": {"start"}}
    clean = nh3.clean(rendered, tags=_TAGS, attributes=attributes, url_schemes=_SCHEMES, link_rel="noopener")
    return Markup(clean.strip())  # noqa: S704 - it has just been cleaned
