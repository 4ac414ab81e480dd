"""The data files of a register: they say what the record says, the same way every time, and nothing in them runs."""

import csv
import io
import json
from copy import deepcopy
from datetime import date
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from registry import facts, formats, sheet, snapshot
from registry.formats import FORMATS, HistoryItem
from registry.snapshot import Document, PublicationHead
from tests import factories

TODAY = date(2026, 11, 22)
BASE = "https://trust.acme.example"
HEAD: PublicationHead = {
    "number": 3,
    "published_at": "2026-11-22T10:00:00Z",
    "note": "Analytics from December.",
    "baseline": False,
    "previous_hash": "1" * 64,
    "hash": "2" * 64,
}
SCHEMA = json.loads((facts.DATA / "register-1.schema.json").read_text(encoding="utf-8"))


def _rich() -> Document:
    """Two languages, an announced entry, an ended one, an area with countries, a fallback, an exceptional use."""
    purposes = [
        factories.text_row("Product analytics"),
        factories.text_row("Crash reports", starts_on="2027-01-15"),
        factories.text_row("Surveys", ends_on="2026-06-30"),
    ]
    purposes[0]["text"]["de"] = "Produktanalyse"
    united_states = factories.location(
        "US",
        activity="remote-access",
        purposes=[purposes[0]["id"]],
        mechanisms=[
            factories.mechanism("EU-45-DPF", reference="certified until 2027"),
            factories.mechanism("EU-46-2-C", module=3, primary=False),
        ],
        tia="tia-us",
    )
    area = factories.location(
        "X-CUSTOMER", place={"code": "X-CUSTOMER", "text": {"en": "As you choose"}, "countries": ["DE", "IE"]}
    )
    contact = {"role": "Data protection officer", "email": "dpo@analytics.example", "url": ""}
    analytics = factories.sub_processor("Sample Analytics B.V.", country="NL", contact=contact, trading_name="Sampled")
    entries = [
        factories.entry("Example Hosting GmbH"),
        factories.entry(
            "Sample Analytics B.V.",
            sub_processor=analytics,
            purposes=purposes,
            locations=[united_states, area],
            starts_on="2026-12-22",
            group={"en": "Third parties"},
        ),
        factories.entry(
            "Acme Support d.o.o.",
            group={"en": "Affiliates"},
            locations=[],
            exceptional_use={"conditions": {"en": "When a ticket asks for it"}},
            role="processor",
        ),
        factories.entry("Gone Ltd", ends_on="2026-01-31"),
    ]
    assessment = {
        "id": "tia-us",
        "title": {"en": "Transfers to the United States"},
        "destination": "US",
        "tool": "EU-46-2-C",
        "module": 3,
        "summary": {"en": "Equivalent with measures."},
        "conclusion": "equivalent-with-measures",
        "residual_risk": "low",
        "assessed_on": "2026-10-01",
        "next_review_on": None,
        "assessor_role": "Privacy officer",
        "version": "1",
    }
    return factories.document(*entries, transfer_impact_assessments=[assessment])


def _served(document: Document | None = None) -> Document:
    return snapshot.served(document or _rich(), HEAD, TODAY)


def _json(document: Document) -> Any:
    return json.loads(formats.register_json(document, TODAY, base_url=BASE, language="en"))


def _csv(document: Document, language: str = "en") -> list[dict[str, str]]:
    raw = formats.register_csv(document, TODAY, base_url=BASE, language=language)
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True))


def _markdown(document: Document, language: str = "en") -> str:
    return formats.register_markdown(document, TODAY, base_url=BASE, language=language).decode()


def _problems(document: Any) -> list[str]:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_document_gives_the_same_bytes_whatever_order_its_keys_came_in(name: str) -> None:
    parsed = snapshot.parse(snapshot.canonical(_rich()))
    made = [
        FORMATS[name].render(snapshot.served(document, HEAD, TODAY), TODAY, base_url=BASE, language="en")
        for document in (_rich(), parsed)
    ]
    assert made[0] == made[1]
    assert made[0].endswith(b"\n")


def test_json_keeps_the_order_of_the_contract() -> None:
    served = _json(_served(snapshot.parse(snapshot.canonical(_rich()))))
    assert list(served) == [
        "$schema",
        "register",
        "publisher",
        "publication",
        "entries",
        "transfer_impact_assessments",
        "notice_days",
        "objection_days",
    ]
    assert list(served["entries"][0])[:6] == ["id", "status", "starts_on", "ends_on", "role", "group"]
    location = served["entries"][1]["locations"][0]
    assert list(location) == [
        "id",
        "activity",
        "place",
        "purposes",
        "mechanisms",
        "tia",
        "starts_on",
        "ends_on",
    ]


def test_json_without_publication_and_status_is_the_frozen_document() -> None:
    served = _json(_served())
    del served["publication"]
    for entry in served["entries"]:
        del entry["status"]
    assert snapshot.canonical(served) == snapshot.canonical(_rich())


def test_status_is_that_of_the_day_asked_for() -> None:
    assert [entry["status"] for entry in _json(_served())["entries"]] == [
        "in-effect",
        "announced",
        "in-effect",
        "ended",
    ]
    later = json.loads(formats.register_json(_served(), date(2026, 12, 22), base_url=BASE, language="en"))
    assert later["entries"][1]["status"] == "in-effect"


def test_fields_of_a_later_version_are_kept_and_come_last() -> None:
    document = cast(Any, _served())
    document["zulu"] = document["alpha"] = 1
    assert list(_json(document))[-2:] == ["alpha", "zulu"]


@pytest.mark.parametrize(
    "document",
    [
        factories.document(),
        _rich(),
        _served(),
        _json(_served()),
        {**_served(), "field_of_tomorrow": {"anything": [1]}},
    ],
    ids=["empty", "frozen", "served", "as sent", "newer"],
)
def test_documents_of_every_kind_are_valid(document: Any) -> None:
    assert _problems(document) == []


def _broken(*path: str | int, value: Any = None) -> Any:
    """The served document with the value at `path` replaced, or taken away."""
    document: Any = deepcopy(_json(_served()))
    target = document
    for step in path[:-1]:
        target = target[step]
    if value is None:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return document


@pytest.mark.parametrize(
    "broken",
    [
        _broken("entries"),
        _broken("$schema"),
        _broken("register", "prevailing_language"),
        _broken("register", "languages", value=[]),
        _broken("register", "title", value="Sub-processors"),
        _broken("publication", "hash", value="2" * 63),
        _broken("publication", "published_at", value="2026-11-22T10:00:00+01:00"),
        _broken("entries", 0, "id"),
        _broken("entries", 0, "id", value=""),
        _broken("entries", 0, "status", value="planned"),
        _broken("entries", 0, "role", value="Sub-Processor"),
        _broken("entries", 0, "starts_on", value="22.12.2026"),
        _broken("entries", 0, "starts_on", value="2026-13-01"),
        _broken("entries", 0, "sub_processor", "country", value="Germany"),
        _broken("entries", 0, "purposes", 0, "text", value={"en": 1}),
        _broken("entries", 0, "purposes", 0, "text", value={"not a tag": "x"}),
        _broken("entries", 1, "locations", 0, "activity", value="hosting"),
        _broken("entries", 1, "locations", 0, "place", "code", value="USA"),
        _broken("entries", 1, "locations", 0, "mechanisms", 0, "code", value="N/A"),
        _broken("entries", 1, "locations", 0, "mechanisms", 0, "ends_on"),
        _broken("entries", 1, "locations", 0, "mechanisms", 1, "module", value=5),
        _broken("entries", 2, "exceptional_use", value={"when": "never"}),
        _broken("transfer_impact_assessments", 0, "summary", value="fine"),
        _broken("notice_days", value=-1),
        _broken("notice_days", value="30"),
        [],
    ],
)
def test_a_broken_document_is_not_valid(broken: Any) -> None:
    assert _problems(broken)


def test_csv_has_a_line_per_location_and_one_for_an_entry_without() -> None:
    rows = _csv(_served())
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
    assert (analytics["place"], analytics["location_purposes"]) == ("United States", "Product analytics")
    assert (analytics["mechanism_codes"], analytics["fallback_codes"]) == ("EU-45-DPF", "EU-46-2-C")
    assert analytics["contact_email"] == "dpo@analytics.example"
    assert rows[2]["place_countries"] == "DE IE"
    assert rows[3]["exceptional_use"] == "When a ticket asks for it"


def test_csv_is_rfc_4180_with_the_mark_excel_needs() -> None:
    raw = formats.register_csv(_served(), TODAY, base_url=BASE, language="en")
    assert raw.startswith(b"\xef\xbb\xbfregister,publication,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 6
    assert raw.split(b"\r\n")[0].decode("utf-8-sig").split(",") == sheet.COLUMNS


def test_csv_columns_are_all_used_and_none_is_unknown() -> None:
    document = _served()
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
    row = _csv(_served(), "de")[1]
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
    document = _served(factories.document(factories.entry(sub_processor=factories.sub_processor(name))))
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


def test_jsonld_names_the_register_the_companies_and_the_mechanisms_of_each_destination() -> None:
    raw = formats.register_jsonld(_served(), TODAY, base_url=BASE + "/", language="en")
    data = json.loads(raw)
    assert data["@id"] == f"{BASE}/registers/general/revisions/3"
    assert data["dct:replaces"] == {"@id": f"{BASE}/registers/general/revisions/2"}
    hosting, analytics, support = data["dpv:hasProcess"]
    assert hosting["@id"] == f"{BASE}/registers/general#entry-e-example-hosting-gmbh"
    assert "dpv:hasDataImporter" not in hosting
    assert "dpv:CrossBorderTransfer" not in json.dumps(hosting)
    assert hosting["dpv:hasLocation"][0]["@type"] == ["dpv:ProcessingLocation"]
    importer = analytics["dpv:hasDataImporter"]
    assert importer["@id"] == f"{BASE}/#sub-processor-sp-sample-analytics-bv"
    assert importer["@type"] == ["dpv:DataSubProcessor", "schema:Organization"]
    assert importer["dpv:hasCountry"] == {"@id": "loc:NL"}
    states, chosen = analytics["dpv:hasLocation"]
    assert states["@type"] == ["dpv:ProcessingLocation", "dpv:ThirdCountry"]
    assert states["dpv:hasLegalBasis"] == [{"@id": "gdpr:A45-3"}, {"@id": "gdpr:A46-2-c"}]
    assert states["dpv:hasLegalMeasure"][0]["schema:identifier"] == "EU-46-2-C"
    assert chosen["dpv:hasCountry"] == [{"@id": "loc:DE"}, {"@id": "loc:IE"}]
    assert analytics["dpv:hasImpactAssessment"][0]["@type"] == "dpv:DataTransferImpactAssessment"
    assert support["dpv:hasRecipient"]["@type"] == ["dpv:DataProcessor", "schema:Organization"]


def test_jsonld_uses_only_prefixes_it_declares_and_states_nothing_empty() -> None:
    data = json.loads(formats.register_jsonld(_served(), TODAY, base_url=BASE, language="en"))
    declared = {key for key in data["@context"] if ":" not in key}

    def walk(value: Any) -> None:
        assert value not in (None, "", [], {})
        if isinstance(value, list):
            for item in value:
                walk(item)
        if isinstance(value, dict):
            for key, item in value.items():
                assert key.startswith("@") or key.split(":")[0] in declared
                walk(item)

    walk({key: value for key, value in data.items() if key != "@context"})


def test_a_frozen_document_is_linked_data_about_the_register_itself() -> None:
    data = json.loads(formats.register_jsonld(_rich(), TODAY, base_url=BASE, language="en"))
    assert data["@id"] == f"{BASE}/registers/general"
    assert "schema:version" not in data


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
    source = _markdown(_served())
    tables = _tables(source)
    assert [[len(row) for row in table] for table in tables] == [[5, 5, 5], [5, 5]]
    assert "## Third parties" in source
    assert "## Affiliates" in source
    assert "Gone Ltd" not in source
    assert "(from 22 December 2026)" in source
    assert "Only in exceptional cases: When a ticket asks for it" in source
    assert f"<{BASE}/registers/general/revisions/3>" in source
    assert HEAD["hash"] in source


def test_markdown_of_an_empty_register_says_so() -> None:
    assert "no entry" in _markdown(_served(factories.document()))


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
    source = _markdown(_served(document))
    tables = _tables(source)
    assert [[len(row) for row in table] for table in tables] == [[5, 5]]
    kinds: set[str] = set()
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(source):
        assert token.type not in ("html_block", "bullet_list_open", "ordered_list_open", "hr", "fence")
        kinds |= {child.type for child in token.children or [] if child.content != "<br>"}
    assert kinds <= {"text", "strong_open", "strong_close", "link_open", "link_close", "text_special"}
    assert source.count("\n# ") + source.startswith("# ") == 1


def test_history_is_newest_first_with_permanent_addresses() -> None:
    items = [
        HistoryItem(1, "2026-11-01T08:00:00Z", "", True, "a" * 64, {}, None),
        HistoryItem(
            2, "2026-11-22T10:00:00Z", "Analytics", False, "b" * 64, {"subprocessor-added": 1}, date(2026, 12, 22)
        ),
    ]
    served = json.loads(formats.history_json("general", items, base_url=BASE))
    newest, oldest = served["publications"]
    assert newest == {
        "number": 2,
        "published_at": "2026-11-22T10:00:00Z",
        "note": "Analytics",
        "baseline": False,
        "hash": "b" * 64,
        "changes": {"subprocessor-added": 1},
        "earliest_effective_on": "2026-12-22",
        "url": f"{BASE}/registers/general/revisions/2",
    }
    assert oldest["earliest_effective_on"] is None


def test_compare_gives_the_changes_as_they_are() -> None:
    change = {
        "reason": "",
        "kind": "purpose-added",
        "entry": "e-1",
        "subject": {"field": None, "name": "X", "id": "p", "type": "purpose"},
        "before": None,
        "after": {"id": "p"},
        "effective_on": "2026-12-22",
        "owes_notice": True,
    }
    served = json.loads(formats.compare_json(1, 2, [change]))
    assert (served["from"], served["to"]) == (1, 2)
    assert served["changes"] == [change]
    assert list(served["changes"][0]) == [
        "kind",
        "entry",
        "subject",
        "before",
        "after",
        "effective_on",
        "owes_notice",
        "reason",
    ]
