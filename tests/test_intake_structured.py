"""JSON and YAML to tables."""

from typing import Any

from registry.intake.shapes import Heading, Pages, Paragraph, Table
from registry.intake.structured import read_json, read_yaml


def table(pages: Pages) -> Table:
    (only,) = (block for block in pages.blocks if isinstance(block, Table))
    return only


def records(pages: Pages) -> list[dict[str, str]]:
    only = table(pages)
    assert only.header
    keys = [cell.text for cell in only.header.cells]
    return [dict(zip(keys, [cell.text for cell in row.cells], strict=True)) for row in only.rows]


def test_a_list_of_records_is_found_wherever_it_stands() -> None:
    pages = read_yaml("updated: 2026-01-02\npage:\n  vendors:\n    - name: Acme\n      place: DE\n    - name: Beta\n")
    assert records(pages) == [{"name": "Acme", "place": "DE"}, {"name": "Beta", "place": ""}]
    assert table(pages).rows[1].source == "page.vendors[2]"
    assert any(isinstance(block, Paragraph) and "updated: 2026-01-02" in block.text for block in pages.blocks)


def test_nested_values_become_lines_and_html_in_values_is_undone() -> None:
    pages = read_json(
        '[{"name": "Acme", "data": {"Contact": ["Name", "E-mail"], "Usage": ["Clicks"]}, "links": ["https://a.example"],'
        ' "contact": "1 Road<br />Paris<br>France", "place": "<div>USA</div><div>See <a href=\'https://l.example\'>here</a></div>"}]'
    )
    (record,) = records(pages)
    assert record["data"] == "Contact: Name, E-mail\nUsage: Clicks"
    assert record["contact"] == "1 Road\nParis\nFrance"
    assert record["place"] == "USA\nSee here"
    assert table(pages).rows[0].cells[4].links[0].url == "https://l.example"


def test_lists_inside_records_are_lists_of_their_own_with_the_title_above() -> None:
    eu, us = (
        '{"region": "EU", "vendors": [{"name": "A"}, {"name": "B"}]}',
        '{"region": "US", "vendors": [{"name": "C"}]}',
    )
    pages = read_json(f"[{eu}, {us.replace('}]', '}, {}]')}]")
    shown = [block.text if isinstance(block, Heading) else type(block).__name__ for block in pages.blocks]
    assert shown[:4] == ["EU", "Table", "US", "Table"]


def test_a_mapping_by_name_is_a_list_too() -> None:
    pages = read_yaml("Acme:\n  purpose: Mail\n  place: DE\nBeta:\n  purpose: Calls\n  place: FR\n")
    assert [record["name"] for record in records(pages)] == ["Acme", "Beta"]


def test_one_json_value_per_line_is_read() -> None:
    assert len(records(read_json('{"name": "Acme"}\n{"name": "Beta"}\n'))) == 2


def test_dates_stay_the_words_they_are_and_yes_is_a_word() -> None:
    (record,) = records(read_yaml("- name: Acme\n  since: 2026-02-30\n  affiliate: yes\n"))
    assert record == {"name": "Acme", "since": "2026-02-30", "affiliate": "yes"}


def test_what_is_dangerous_or_broken_is_refused_in_words() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"b{n}: &b{n} [{', '.join([f'*b{n - 1}' if n else '*a'] * 9)}]\n" for n in range(12)
    )
    refused: list[Any] = [
        read_yaml("x: !!python/object/apply:os.system ['true']\n"),
        read_yaml("- " * 50_000 + "a"),
        read_yaml("{a: " * 50_000),
        read_json("[" * 200_000),
        read_json('{"a": '),
        read_yaml("a: [1, 2\nb: }"),
    ]
    assert all(pages.troubles and not pages.blocks for pages in refused)
    assert len(str(read_yaml(bomb))) < 100_000


def test_half_characters_in_escapes_do_no_harm() -> None:
    (record,) = records(read_json('[{"name": "A\\ud800\\u0000cme", "x": 1e400, "y": -0}]'))
    assert record["name"] == "Acme"
