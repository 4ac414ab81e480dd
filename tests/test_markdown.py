"""The register as Markdown: a table per group, and nothing of the record becomes markup."""

import pytest
from markdown_it import MarkdownIt

from registry import formats
from registry.snapshot import Document
from tests import factories
from tests.documents import BASE, HEAD, TODAY, served


def _markdown(document: Document, language: str = "en") -> str:
    return formats.register_markdown(document, TODAY, base_url=BASE, language=language).decode()


def _tables(source: str) -> list[list[list[str]]]:
    """The cells of every table a Markdown reader finds."""
    found: list[list[list[str]]] = []
    inside = False
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(source):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            inside = True
        elif token.type == "inline" and inside:
            inside = False
            found[-1][-1].append(token.content)
    return found


def test_markdown_has_a_table_per_group_without_what_has_ended() -> None:
    source = _markdown(served())
    tables = _tables(source)
    assert [[len(row) for row in table] for table in tables] == [[5, 5, 5], [5, 5]]
    assert "## Third parties" in source
    assert "## Affiliates" in source
    assert "Gone Ltd" not in source
    assert "(from 22 December 2026)" in source
    assert "Publication 3 of 22 November 2026, 11:00 (Europe/Zagreb)" in source
    assert "Only in exceptional cases: When a ticket asks for it" in source
    assert f"<{BASE}/registers/general/revisions/3>" in source
    assert HEAD["hash"] in source


def test_markdown_of_an_empty_register_says_so() -> None:
    assert "no entry" in _markdown(served(factories.document()))


@pytest.mark.parametrize(
    "hostile",
    [
        "a | b",
        "<script>alert(1)</script>",
        "**bold** _it_ `code`",
        "[click](https://evil.example)",
        "![x](https://evil.example/x.png)",
        "<https://evil.example>",
        "a\nb\r\n| c | d |",
        "\\| \\",
        "&lt;b&gt; &amp;",
        "~~gone~~ $x$",
        "# heading",
        "- item",
        "1. item",
        "=====",
        "\x00\ud800\ufffe",
    ],
)
def test_nothing_in_a_name_is_markup(hostile: str) -> None:
    company = factories.sub_processor("Good", trading_name=hostile)
    document = factories.document(factories.entry("Good", sub_processor=company))
    document["register"]["intro"] = {"en": hostile}
    source = _markdown(served(document))
    tables = _tables(source)
    assert [[len(row) for row in table] for table in tables] == [[5, 5]]
    kinds: set[str] = set()
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(source):
        assert token.type not in ("html_block", "bullet_list_open", "ordered_list_open", "hr", "fence")
        kinds |= {child.type for child in token.children or [] if child.content != "<br>"}
    assert kinds <= {"text", "strong_open", "strong_close", "link_open", "link_close", "text_special"}
    assert source.count("\n# ") + source.startswith("# ") == 1
