"""The register as CSV: a line per location, fit for Excel, and no cell that a spreadsheet would run."""

import csv
import io
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import formats
from registry.formats import sheet
from registry.snapshot import Document
from tests import factories
from tests.documents import BASE, TODAY, served


def _csv(document: Document, language: str = "en") -> list[dict[str, str]]:
    raw = formats.register_csv(document, TODAY, base_url=BASE, language=language)
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))


def test_csv_has_a_line_per_location_and_one_for_an_entry_without() -> None:
    rows = _csv(served())
    assert [(row["legal_name"], row["place_code"]) for row in rows] == [
        ("Example Hosting GmbH", "DE"),
        ("Sample Analytics B.V.", "US"),
        ("Sample Analytics B.V.", "X-CUSTOMER"),
        ("Acme Support d.o.o.", ""),
        ("Gone Ltd", "DE"),
    ]
    analytics = rows[1]
    assert (analytics["publication"], analytics["status"], analytics["starts_on"]) == ("3", "announced", "2026-12-22")
    assert analytics["purposes"] == "Product analytics; Crash reports (from 15 January 2027)"
    assert (analytics["location_status"], rows[0]["location_status"]) == ("announced", "in-effect")
    assert (analytics["place"], analytics["location_purposes"]) == ("United States", "Product analytics")
    assert (analytics["mechanism_codes"], analytics["fallback_codes"]) == ("EU-45-DPF", "EU-46-2-C")
    assert analytics["contact_email"] == "dpo@analytics.example"
    assert rows[2]["place_countries"] == "DE IE"
    assert (rows[0]["mechanisms"], rows[2]["mechanisms"]) == ("", "")
    assert rows[3]["exceptional_use"] == "When a ticket asks for it"


def test_csv_is_rfc_4180_with_the_mark_excel_needs() -> None:
    raw = formats.register_csv(served(), TODAY, base_url=BASE, language="en")
    assert raw.startswith(b"\xef\xbb\xbfregister,publication,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 6
    assert raw.split(b"\r\n")[0].decode("utf-8-sig").split(",") == sheet.COLUMNS


def test_csv_columns_are_all_used_and_none_is_unknown() -> None:
    document = served()
    company = document["entries"][1]["sub_processor"]
    full = {"website": "w", "parent": "p", "lei": "l", "own_list_url": "o", "dpa_url": "d"}
    company.update(cast(Any, full))
    company["contact"]["url"] = "u"
    document["entries"][1].update(
        cast(Any, {"applies_to": [{"en": "A"}], "description": {"en": "D"}, "retention": {"en": "R"}})
    )
    document["entries"][1].update(cast(Any, {"notes": {"en": "N"}, "ends_on": "2030-01-01"}))
    document["entries"][1]["locations"][0].update(cast(Any, {"starts_on": "2027-01-01", "ends_on": "2029-01-01"}))
    rows = _csv(document)
    assert [column for column in sheet.COLUMNS if not any(row[column] for row in rows)] == []


def test_csv_texts_follow_the_language_and_fall_back_to_the_prevailing_one() -> None:
    row = _csv(served(), "de")[1]
    assert row["purposes"].startswith("Produktanalyse; Crash reports")
    assert row["place"] == "Vereinigte Staaten"


@pytest.mark.parametrize(
    "hostile",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "  =1",
        "\u00a0=1",
        "\u3000=1",
        "\u200b=1",
        "\ufeff=1",
        "\u00ad=1",
        "＝1",
        "＋1",
        "－1",
        "＠A1",
        " ＝1",
        "﹣1",
        "−1",
        "\x00=1",
        "=cmd|' /C calc'!A0",
    ],
)
def test_no_cell_of_the_csv_is_a_formula(hostile: str) -> None:
    name = f"{hostile}"
    document = served(factories.document(factories.entry(sub_processor=factories.sub_processor(name))))
    document["entries"][0]["purposes"] = [factories.text_row("Hosting"), factories.text_row(hostile)]
    row = _csv(document)[0]
    assert row["legal_name"].startswith("'")
    assert row["purposes"].startswith("Hosting; ")
    assert row["purposes"].split("; ")[1].startswith("'")


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_guarded_cell_stays_as_it_is_when_guarded_again(words: str) -> None:
    once = sheet.guarded(words)
    assert sheet.guarded(once) == once


def test_an_ordinary_cell_is_left_alone() -> None:
    for words in ("Example Hosting GmbH", "a-b", "1+1", "3=3", "'quoted'", "info@example.com", "é", ""):
        assert sheet.guarded(words) == words


def test_a_third_country_without_a_mechanism_is_not_left_blank() -> None:
    document = factories.document(factories.entry("A", locations=[factories.location("IN"), factories.location("FR")]))
    india, france = _csv(served(document))
    assert "not assessed" in india["mechanisms"].lower()
    assert france["mechanisms"] == ""
