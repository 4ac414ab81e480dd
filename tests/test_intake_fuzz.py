"""Nothing crashes on any byte sequence, and what is broken a little still gives candidates that can stand."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import reference
from registry.intake import FORMATS, Reading, read
from registry.intake.carrying import fresh

PIECES = [
    *(
        "|",
        "\n",
        "---|---\n",
        "| Name | Purpose | Location |\n|---|---|---|\n",
        "| Acme, Inc. | Mail; calls | USA (mail) |\n",
    ),
    *(
        "Name,Place\n",
        "Acme Inc.,USA\n",
        "Beta;",
        '"',
        "'",
        "\t",
        "- name: Acme\n  location: US, IE\n",
        "a: &a [x]\n",
        "*a",
        ": ",
    ),
    *(
        "<table><tr><th>Name<th>Place</tr>",
        "<td rowspan=3 colspan=2>",
        "<tr>",
        "</td>",
        "<br>",
        "<script>",
        "<ul><li>",
        "</ul>",
    ),
    *(
        '[{"name": "Acme", "place": "USA"},',
        "{",
        "]",
        "null",
        "# Planned\n",
        "## Historical\n",
        "---\n",
        "===\n",
        ":::note\n",
    ),
    *(
        "[x](https://a.example)",
        "](",
        "**",
        "`",
        "~~",
        "\\",
        "&amp;",
        "(",
        ")",
        "Georgia, ",
        "SCCs Module 3",
        "N/A",
        "31.09.2024",
    ),
    *('{"entries": [{"sub_processor": {"legal_name": "A"},', '"locations": [{"place": {"code": "XX"}}]', "}]}"),
    *("legal_name,place_code,mechanism_codes,purposes,entry_id\n", "Acme,DE,N/A,a; b,1\n"),
    *("\x00", "\u200b", "\u202e", "\ufeff", "\ud7ff", "업체명", "å", "🙂", " " * 9, "9" * 40),
]


def sound(found: Reading) -> None:
    """Every candidate has a name, and places and mechanisms that exist; everything else is said why."""
    for candidate in found.candidates:
        values = fresh(candidate)
        assert candidate.name.strip()
        assert candidate.source
        for location in values["locations"]:
            assert reference.is_place(location["place"]["code"])
            assert set(location["purposes"]) <= {row["id"] for row in values["purposes"]}
            assert all(reference.is_mechanism(each["code"]) for each in location["mechanisms"])
    assert all(one["why"] for one in [*found.not_understood, *found.skipped])


@pytest.mark.parametrize("form", [None, *FORMATS])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.binary(max_size=400))
def test_any_bytes_are_read(form: str | None, data: bytes) -> None:
    sound(read(data, format=form))


@pytest.mark.parametrize("form", [None, *FORMATS])
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=40), encoding=st.sampled_from(["utf-8", "utf-16", "cp1252"]))
def test_any_mixture_of_what_lists_are_made_of_is_read(form: str | None, pieces: list[str], encoding: str) -> None:
    sound(read("".join(pieces).encode(encoding, "replace"), format=form))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(cells=st.lists(st.lists(st.text(max_size=40), min_size=3, max_size=5), min_size=1, max_size=6))
def test_any_words_in_the_cells_of_a_list_are_read(cells: list[list[str]]) -> None:
    rows = "\n".join(" | ".join(cell.replace("\n", " ") for cell in row) for row in cells)
    sound(read(f"Vendor | Purpose | Location | Transfer mechanism\n---|---|---|---\n{rows}".encode("utf-8", "replace")))
