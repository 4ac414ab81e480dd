"""The JSON files of a register keep to the contract and to their schema; the same input gives the same bytes."""

import json
from copy import deepcopy
from datetime import date
from typing import Any, cast

import jsonschema
import pytest

from registry import facts, formats, snapshot
from registry.formats import FORMATS, HistoryItem
from registry.snapshot import Document
from tests import factories
from tests.documents import BASE, HEAD, TODAY, rich, served

SCHEMA = json.loads((facts.DATA / "register-1.schema.json").read_text(encoding="utf-8"))


def _json(document: Document) -> Any:
    return json.loads(formats.register_json(document, TODAY, base_url=BASE, language="en"))


def _problems(document: Any) -> list[str]:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return [error.message for error in jsonschema.Draft202012Validator(SCHEMA).iter_errors(document)]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_the_same_document_gives_the_same_bytes_whatever_order_its_keys_came_in(name: str) -> None:
    parsed = snapshot.parse(snapshot.canonical(rich()))
    made = [
        FORMATS[name].render(snapshot.served(document, HEAD, TODAY), TODAY, base_url=BASE, language="en")
        for document in (rich(), parsed)
    ]
    assert made[0] == made[1]
    assert made[0].endswith(b"\n")


def test_json_keeps_the_order_of_the_contract() -> None:
    sent = _json(served(snapshot.parse(snapshot.canonical(rich()))))
    assert list(sent) == [
        "$schema",
        "register",
        "publisher",
        "publication",
        "entries",
        "transfer_impact_assessments",
        "notice_days",
        "objection_days",
    ]
    assert list(sent["entries"][0])[:6] == ["id", "status", "starts_on", "ends_on", "role", "group"]
    location = sent["entries"][1]["locations"][0]
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
    sent = _json(served())
    del sent["publication"]
    for entry in sent["entries"]:
        del entry["status"]
    assert snapshot.canonical(sent) == snapshot.canonical(rich())


def test_status_is_that_of_the_day_asked_for() -> None:
    assert [entry["status"] for entry in _json(served())["entries"]] == [
        "in-effect",
        "announced",
        "in-effect",
        "ended",
    ]
    later = json.loads(formats.register_json(served(), date(2026, 12, 22), base_url=BASE, language="en"))
    assert later["entries"][1]["status"] == "in-effect"


def test_fields_of_a_later_version_are_kept_and_come_last() -> None:
    document = cast(Any, served())
    document["zulu"] = document["alpha"] = 1
    assert list(_json(document))[-2:] == ["alpha", "zulu"]


@pytest.mark.parametrize(
    "document",
    [
        factories.document(),
        rich(),
        served(),
        _json(served()),
        {**served(), "field_of_tomorrow": {"anything": [1]}},
    ],
    ids=["empty", "frozen", "served", "as sent", "newer"],
)
def test_documents_of_every_kind_are_valid(document: Any) -> None:
    assert _problems(document) == []


def _broken(*path: str | int, value: Any = None) -> Any:
    """The served document with the value at `path` replaced, or taken away."""
    document: Any = deepcopy(_json(served()))
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


def test_history_is_newest_first_with_permanent_addresses() -> None:
    items = [
        HistoryItem(1, "2026-11-01T08:00:00Z", "", True, "a" * 64, {}, None),
        HistoryItem(
            2, "2026-11-22T10:00:00Z", "Analytics", False, "b" * 64, {"subprocessor-added": 1}, date(2026, 12, 22)
        ),
    ]
    sent = json.loads(formats.history_json("general", items, base_url=BASE))
    newest, oldest = sent["publications"]
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
    sent = json.loads(formats.compare_json(1, 2, [change]))
    assert (sent["from"], sent["to"]) == (1, 2)
    assert sent["changes"] == [change]
    assert list(sent["changes"][0]) == [
        "kind",
        "entry",
        "subject",
        "before",
        "after",
        "effective_on",
        "owes_notice",
        "reason",
    ]
