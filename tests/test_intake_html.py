"""HTML pages to blocks."""

from typing import Any

from registry.intake.html_reader import read_html
from registry.intake.shapes import Bullets, Heading, Paragraph, Table


def blocks(text: str) -> list[Any]:
    return read_html(text).blocks


def only_table(text: str) -> Table:
    (table,) = (block for block in blocks(text) if isinstance(block, Table))
    return table


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_spans_fill_every_place_they_cover() -> None:
    table = only_table(
        "<table><thead><tr><th>Work<th>Name<th>Until</thead>"
        "<tr><td>Mail<td>Acme<td rowspan=2>End</tr><tr><td>Calls<td>Beta</tr><tr><td colspan=3>All</table>"
    )
    assert cells(table) == [["Mail", "Acme", "End"], ["Calls", "Beta", "End"], ["All", "All", "All"]]


def test_paragraphs_and_breaks_in_a_cell_are_lines() -> None:
    table = only_table("<table><tr><th>Name<th>Place</tr><tr><td><p>Acme,</p><p>Beta</p><td>Paris<br/>France</table>")
    assert cells(table) == [["Acme,\nBeta", "Paris\nFrance"]]


def test_scripts_styles_and_comments_are_not_read() -> None:
    found = blocks(
        "<p>Text</p><script>var a='<p>no</p>'</script><style>p{}</style><!-- no --><template><p>no</template>"
    )
    assert [block.text for block in found] == ["Text"]


def test_headings_lists_and_loose_text_come_in_order() -> None:
    found = blocks(
        "Loose <b>text</b><h2>Head</h2><div><ul><li><a href='https://a.example'>Acme</a>. Mail<li>Beta</ul></div>"
    )
    assert [type(block) for block in found] == [Paragraph, Heading, Bullets]
    assert found[0].text == "Loose text"
    assert found[2].items[0].lead == "Acme"


def test_a_bold_line_and_a_caption_are_headings() -> None:
    found = blocks("<p><strong>Third parties</strong></p><table><caption>Hosting</caption><tr><td>a<td>b</table>")
    assert [block.text for block in found if isinstance(block, Heading)] == ["Third parties", "Hosting"]


def test_a_table_for_the_looks_is_walked_through() -> None:
    table = only_table("<table><tr><td><table><tr><th>Name<th>Place</tr><tr><td>Acme<td>DE</table></table>")
    assert cells(table) == [["Acme", "DE"]]


def test_a_definition_list_leads_with_its_terms() -> None:
    (bullets,) = blocks("<dl><dt>Acme</dt><dd>Mail</dd><dt>Beta</dt><dd>Calls</dd></dl>")
    assert [item.cell.text for item in bullets.items] == ["Acme: Mail", "Beta: Calls"]


def test_absurd_spans_do_not_fill_the_memory() -> None:
    row = "<tr>" + "<td rowspan=99999 colspan=99999>x" * 50
    found = [block for block in blocks(f"<table>{row * 3000}</table>") if isinstance(block, Table)]
    assert sum(len(row.cells) for table in found for row in table.rows) < 500_000


def test_no_html_at_all_is_no_trouble() -> None:
    assert blocks("") == []
    assert blocks("<") in ([], [Paragraph("top of the page", "<")])
