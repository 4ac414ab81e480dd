"""Real lists of other companies, where they lie beside the project. They are their owners' and no part of it."""

from pathlib import Path

import pytest

from registry.intake import Reading, read

SAMPLES = Path(__file__).parents[2] / "shared" / "samples"

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the folder of real lists is not beside the project")

ROWS = {
    "infobip.md": 8,
    "basecamp_bullets.md": 11,
    "german_sitz_leistung.md": 4,
    "gidsly_planned_historical.md": 12,
    "korean_rowspan.html": 6,
    "paymenthood.yaml": 8,
    "posthog.json": 7,
    "retool.md": 13,
    "tailscale_no_blank_line.md": 8,
    "vonq.csv": 12,
}


def sample(name: str, *, named: bool = True) -> Reading:
    return read((SAMPLES / name).read_bytes(), name=name if named else "")


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize("name", ROWS)
def test_every_list_gives_its_rows_also_from_standard_input(name: str, named: bool) -> None:
    assert len(sample(name, named=named).candidates) == ROWS[name]


def test_two_tables_without_a_heading_are_two_groups() -> None:
    groups = [next(iter(candidate.values["group"].values())) for candidate in sample("infobip.md").candidates]
    assert [groups.count(group) for group in dict.fromkeys(groups)] == [5, 3]


@pytest.mark.parametrize("name", [name for name in ROWS if name != "korean_rowspan.html"])
def test_every_row_has_a_place_and_only_what_is_left_open_is_unknown(name: str) -> None:
    for candidate in sample(name).candidates:
        codes = [location["place"]["code"] for location in candidate.values["locations"]]
        assert codes, candidate.name
        assert "X-UNKNOWN" not in codes or any("open" in note for note in candidate.notes)
