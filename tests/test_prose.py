"""Introductions: a small part of Markdown, and nothing that could hurt."""

import pytest
from bs4 import BeautifulSoup

from registry.pages import prose


def test_paragraphs_lists_emphasis_and_links_become_html() -> None:
    html = prose.html("Read **this**:\n\n- one\n- [two](https://acme.example/two)\n\nThen *that*.")
    assert "<p>Read <strong>this</strong>:</p>" in html
    assert '<li><a href="https://acme.example/two" rel="noopener">two</a></li>' in html
    assert "<em>that</em>" in html


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[click](javascript:alert(1))",
        "[click](data:text/html;base64,PHNjcmlwdD4=)",
        "![picture](https://tracker.example/pixel.png)",
        '<https://acme.example/" onmouseover="alert(1)>',
        "[a](https://acme.example 'title\" onclick=\"alert(1)')",
    ],
)
def test_nothing_runs_and_nothing_is_loaded(source: str) -> None:
    soup = BeautifulSoup(prose.html(source), "html.parser")
    assert {element.name for element in soup.find_all(True)} <= {"p", "a"}
    for link in soup.find_all("a"):
        assert set(link.attrs) <= {"href", "rel", "title"}
        assert str(link["href"]).startswith("https://")


def test_a_heading_stays_as_it_was_typed_because_the_page_has_its_own() -> None:
    assert prose.html("# Not a heading") == "<p># Not a heading</p>"


def test_no_text_gives_nothing() -> None:
    assert prose.html("") == ""
