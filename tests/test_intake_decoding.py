"""Bytes to text, and the format a text is in."""

import pytest

from registry.intake.decoding import decode, detect

LIST = "| Name | Purpose |\n|---|---|\n| Žarulja d.o.o. | Hosting |\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_read_in_every_encoding(encoding: str) -> None:
    assert decode((LIST * 3).encode(encoding)).text == LIST * 3


def test_what_is_not_unicode_is_read_as_windows_1252_and_said() -> None:
    decoded = decode("Größe “quoted”".encode("cp1252"))
    assert decoded.text == "Größe “quoted”"
    assert "Windows-1252" in decoded.note


def test_nul_bytes_and_control_characters_go_and_line_ends_become_one() -> None:
    decoded = decode(b"a\x00b\x07\r\nc\rd")
    assert decoded.text == "ab\nc\nd"
    assert "NUL" in decoded.note


def test_plain_text_needs_no_note() -> None:
    assert decode(b"Name,Purpose").note == ""


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.md", "markdown"), ("A.HTML", "html"), ("x.tsv", "csv"), ("b.jsonl", "json"), ("c.yml", "yaml")],
)
def test_the_ending_of_a_name_decides(name: str, expected: str) -> None:
    assert detect("anything at all", name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"name": "Acme"}]', "json"),
        ('{"list": [', "json"),
        ("<!doctype html><p>x", "html"),
        ("Intro\n\n<table><tr><td>x</table>", "html"),
        (LIST, "markdown"),
        ("Name | Place\n--- | ---\nA | B\n", "markdown"),
        ("---\ntitle: List\n---\n\n* a\n", "markdown"),
        ("# a comment\n# another\nvendors:\n  - name: Acme\n    place: Germany\n", "yaml"),
        ("Name,Place\nAcme,Germany\nBeta,France\n", "csv"),
        ("Name;Place\nAcme;Germany\n", "csv"),
        ("Name\tPlace\nAcme\tGermany\n", "csv"),
        ("Just a sentence.\n", "markdown"),
        ("", "markdown"),
    ],
)
def test_a_text_without_a_name_is_known_by_its_looks(text: str, expected: str) -> None:
    assert detect(text) == expected
    assert detect(text, "list.txt") == expected
