"""CSV, TSV and their relatives to tables."""

from typing import Any

import pytest

from registry.intake.delimited import read_delimited
from registry.intake.shapes import Heading, Table


def rows(text: str) -> list[list[list[str]]]:
    found: list[Any] = read_delimited(text).blocks
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in found if isinstance(table, Table)]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(mark: str) -> None:
    text = f'Name{mark}Address\nAcme{mark}"1 Road{mark} Town"\nBeta{mark}2 Road\n'
    address = " ".join(f"1 Road{mark} Town".split())
    assert rows(text) == [[["Name", "Address"], ["Acme", address], ["Beta", "2 Road"]]]


def test_quoting_may_be_mixed_and_the_last_line_unfinished() -> None:
    assert rows('Name,Place\n"Acme, Inc.","Paris, France"\nBeta,"He said ""yes"""') == [
        [["Name", "Place"], ["Acme, Inc.", "Paris, France"], ["Beta", 'He said "yes"']]
    ]


def test_a_title_above_the_header_is_a_heading_and_a_blank_line_parts_lists() -> None:
    text = (
        "Third parties,,\nName,Purpose,Place\nAcme,Mail,DE\n,,\nGroup companies,,\nName,Purpose,Place\nBeta,Calls,FR\n"
    )
    found = read_delimited(text).blocks
    assert [block.text for block in found if isinstance(block, Heading)] == ["Third parties", "Group companies"]
    assert [len(table) for table in rows(text)] == [2, 2]


def test_rows_know_their_lines_also_when_cells_have_several() -> None:
    (table,) = (block for block in read_delimited('N,P\n"a\nb",x\nc,y\n').blocks if isinstance(block, Table))
    assert [row.source for row in table.rows] == ["line 1", "line 3", "line 4"]


def test_a_line_that_cannot_be_read_is_said_and_the_rest_goes_on() -> None:
    pages = read_delimited("Name,Place\nAcme," + "x" * 200_000 + "\nBeta,FR\n")
    assert "cannot be read" in pages.troubles[0]["why"]
    assert any(
        cell.text == "Beta" for table in pages.blocks if isinstance(table, Table) for cell in table.rows[-1].cells
    )
