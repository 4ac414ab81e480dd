"""Markdown and text copied from web pages, to blocks."""

from typing import Any

from registry.intake.markdown_reader import read_markdown
from registry.intake.markup import from_markdown
from registry.intake.shapes import Bullets, Heading, Paragraph, Table


def blocks(text: str) -> list[Any]:
    return read_markdown(text).blocks


def tables(text: str) -> list[Table]:
    return [block for block in blocks(text) if isinstance(block, Table)]


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_a_table_may_lack_pipes_at_its_edges_and_a_blank_line_above() -> None:
    paragraph, table = blocks(
        "**Last updated: 2026-01-31**\nName | Place |\n---|---|\nAcme | Germany |\nBeta | France |\n"
    )
    assert isinstance(paragraph, Paragraph)
    assert [cell.text for cell in table.header.cells] == ["Name", "Place"]
    assert cells(table) == [["Acme", "Germany"], ["Beta", "France"]]


def test_rows_know_their_lines() -> None:
    (table,) = tables("Text\n\n| Name |  Place |\n|:--|--:|\n| Acme | DE |\n")
    assert [row.source for row in table.rows] == ["line 5"]


def test_a_second_header_with_its_rule_begins_a_second_table() -> None:
    first, second = tables("N | P\n---|---\nA | x\nB | y\nN | P\n---|---\nC | z\n")
    assert cells(first) == [["A", "x"], ["B", "y"]]
    assert cells(second) == [["C", "z"]]


def test_a_table_ends_at_a_line_without_pipes_and_survives_a_blank_line_inside() -> None:
    (table,) = tables("| N | P |\n|---|---|\n| A | x |\n\n| B | y |\nText after it.\n")
    assert cells(table) == [["A", "x"], ["B", "y"]]


def test_escaped_pipes_stay_in_their_cell() -> None:
    (table,) = tables("| N | P |\n|---|---|\n| A \\| B | x |\n")
    assert cells(table) == [["A | B", "x"]]


def test_a_table_without_a_rule_has_no_header_yet() -> None:
    (table,) = tables("| Name | Place |\n| Acme | DE |\n")
    assert table.header is None
    assert cells(table) == [["Name", "Place"], ["Acme", "DE"]]


def test_columns_parted_by_tabs_are_a_table() -> None:
    (table,) = tables("Our list\nName\tPlace\nAcme\tDE\n")
    assert cells(table) == [["Name", "Place"], ["Acme", "DE"]]


def test_headings_come_in_three_shapes() -> None:
    found = blocks("# One\n\nTwo\n===\n\nThree\n---\n\nFour goes here\n| N | P |\n|---|---|\n| A | x |\n")
    headings = [(block.level, block.text, block.guessed) for block in found if isinstance(block, Heading)]
    assert headings == [(1, "One", False), (1, "Two", False), (2, "Three", False), (6, "Four goes here", True)]


def test_a_sentence_or_a_date_above_a_table_is_no_heading() -> None:
    table = "| N | P |\n|---|---|\n| A | x |\n"
    for line in ("Here is the list.", "Updated: today", "Version of May 2026", "and then the list"):
        assert not any(isinstance(block, Heading) for block in blocks(f"{line}\n{table}")), line


def test_front_matter_notes_and_fences_are_no_lists() -> None:
    found = blocks(
        "---\ntitle: x\n---\n\n:::note\n\nOnly a note.\n\n:::\n\n```\n| N | P |\n|---|---|\n| A | x |\n```\n"
    )
    assert [type(block) for block in found] == [Paragraph, Paragraph, Paragraph]


def test_bullets_keep_their_lead_their_links_and_what_lies_below() -> None:
    (bullets,) = blocks(
        "* [Acme](https://acme.example). Sends mail\n  to people.\n* **Beta**: hosting\n  - Location: France\n"
    )
    assert isinstance(bullets, Bullets)
    first, second = bullets.items
    assert (first.lead, first.cell.text) == ("Acme", "Acme. Sends mail to people.")
    assert first.cell.links[0].url == "https://acme.example"
    assert (second.lead, second.below[0].cell.text) == ("Beta", "Location: France")


def test_html_inside_markdown_is_read_as_html() -> None:
    (table,) = tables(
        "Text\n\n<table>\n<tr><th>Name</th><th>Place</th></tr>\n<tr><td>Acme</td><td>DE</td></tr>\n</table>\n"
    )
    assert cells(table) == [["Acme", "DE"]]
    assert table.rows[0].source.startswith("line 3, table 1")


def test_markup_goes_and_words_stay() -> None:
    assert (
        from_markdown("**Acme** _Inc_ `a_b` ~~old~~ snake_case &amp; 2 \\* 3").text
        == "Acme Inc a_b old snake_case & 2 * 3"
    )
    assert from_markdown("one<br>two<script>alert(1)</script>").text == "one\ntwo"
    assert from_markdown("`<input>` fields").text == "<input> fields"


def test_links_of_every_kind_are_kept_and_dangerous_ones_are_not() -> None:
    cell = from_markdown(
        "[a](https://a.example/x_(y)) <https://b.example> https://c.example/z. [d](javascript:alert(1))"
    )
    assert [link.url for link in cell.links] == ["https://a.example/x_(y)", "https://b.example", "https://c.example/z"]
