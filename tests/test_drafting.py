"""The working copy: what editors write is what stands there, and nobody's save is lost."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import Engine

from registry import drafting, schemas
from registry.errors import Problem
from registry.models import Entry, SubProcessor
from registry.work import OPERATOR, Work, begin
from registry.working_copy import working_document
from tests.records import add_entry, add_register, entry_of, names, publish, save, values_of


def test_an_entry_reads_back_as_it_was_written(work: Work) -> None:
    register = add_register(work)
    purpose = {"id": "purpose-1", "text": {"en": "Speech", "de": "Sprache"}, "starts_on": "2026-12-22"}
    place = {"code": "X-CUSTOMER", "text": {"en": "where you choose"}, "countries": ["US", "DE", "US"]}
    mechanisms = [{"code": "EU-45-DPF"}, {"code": "EU-SCC-M3", "module": 3, "primary": False, "reference": "2024"}]
    location = {"activity": "storage", "place": place, "purposes": ["purpose-1"], "mechanisms": mechanisms}
    entry = add_entry(
        work,
        register,
        "Placeholder Speech Inc.",
        purposes=[purpose],
        locations=[location],
        exceptional_use={"conditions": {"en": "Only at night"}},
        applies_to=[{"en": "Voice"}],
        starts_on="2026-12-22",
        ends_on="2027-12-22",
    )

    values = values_of(work, entry)
    assert values["purposes"] == [{**purpose, "ends_on": None}]
    assert values["starts_on"] == "2026-12-22"
    assert values["ends_on"] == "2027-12-22"
    assert values["exceptional_use"] == {"conditions": {"en": "Only at night"}}
    assert values["locations"][0]["place"] == {**place, "countries": ["DE", "US"]}
    assert values["locations"][0]["purposes"] == ["purpose-1"]
    assert [row["code"] for row in values["locations"][0]["mechanisms"]] == ["EU-45-DPF", "EU-SCC-M3"]
    assert [row["primary"] for row in values["locations"][0]["mechanisms"]] == [True, False]


def test_rows_keep_their_ids_when_others_come_and_go(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Example Hosting GmbH", purposes=[{"text": {"en": "A"}}, {"text": {"en": "B"}}])
    values = values_of(work, entry)
    first, second = values["purposes"]
    values["purposes"] = [{"text": {"en": "C"}}, second]
    save(work, entry, values)

    now = values_of(work, entry)["purposes"]
    assert [row["text"]["en"] for row in now] == ["C", "B"]
    assert now[1]["id"] == second["id"]
    assert first["id"] not in {row["id"] for row in now}


def test_a_company_known_by_its_legal_name_is_shared_by_the_registers(work: Work) -> None:
    one, other = add_register(work), add_register(work, "eu-region")
    here = add_entry(work, one, "Example Hosting GmbH")
    there = add_entry(work, other, "Example Hosting GmbH")
    assert here.sub_processor_id == there.sub_processor_id

    values = values_of(work, here)
    values["sub_processor"]["address"] = "Musterallee 5, Berlin"
    save(work, here, values)
    assert values_of(work, there)["sub_processor"]["address"] == "Musterallee 5, Berlin"


def test_a_save_over_somebody_elses_is_refused_and_changes_nothing(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Example Hosting GmbH")
    began = drafting.entry_version(work, entry)
    theirs = values_of(work, entry)
    theirs["notes"] = {"en": "theirs"}
    drafting.save_entry(work, entry, schemas.load(schemas.EntrySchema(), theirs), version=began)

    mine = {**theirs, "notes": {"en": "mine"}}
    with pytest.raises(Problem) as refused:
        drafting.save_entry(work, entry, schemas.load(schemas.EntrySchema(), mine), version=began)
    assert refused.value.code == "conflict"
    assert values_of(work, entry)["notes"] == {"en": "theirs"}


def test_a_change_of_the_company_elsewhere_is_a_conflict_too(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Example Hosting GmbH")
    began = drafting.entry_version(work, entry)
    other = add_entry(work, add_register(work, "eu-region"), "Example Hosting GmbH")
    values = values_of(work, other)
    values["sub_processor"]["country"] = "AT"
    save(work, other, values)
    with pytest.raises(Problem, match="Somebody else saved this"):
        drafting.save_entry(work, entry, values_of(work, entry), version=began)


def test_removing_an_entry_takes_its_rows_and_leaves_the_company(work: Work) -> None:
    register = add_register(work)
    entry = add_entry(work, register, "Old Mailer Ltd")
    company = entry.sub_processor_id
    drafting.remove_entry(work, entry)
    assert working_document(work, register)["entries"] == []
    assert work.session.get(SubProcessor, company) is not None


def test_entries_stand_in_the_order_they_are_put_in(work: Work) -> None:
    register = add_register(work)
    a, b, c = (add_entry(work, register, name) for name in ("A Ltd", "B Ltd", "C Ltd"))
    drafting.order_entries(work, register, [c.id, a.id])
    assert names(working_document(work, register)["entries"]) == ["C Ltd", "A Ltd", "B Ltd"]
    assert b.position == 3


def test_a_publication_can_be_loaded_back(work: Work) -> None:
    register = add_register(work)
    add_entry(work, register, "Example Hosting GmbH", notes={"en": "first"})
    add_entry(work, register, "Old Mailer Ltd")
    first = publish(work, register)

    kept = entry_of(work, register, "Example Hosting GmbH")
    values = values_of(work, kept)
    values["notes"], values["purposes"] = {"en": "second"}, [{"text": {"en": "Backup"}}]
    save(work, kept, values)
    drafting.remove_entry(work, entry_of(work, register, "Old Mailer Ltd"))
    add_entry(work, register, "Newcomer SAS")
    assert working_document(work, register) != first.document

    drafting.restore(work, register, first.document)
    assert working_document(work, register) == first.document


def test_two_registers_cannot_have_one_slug(work: Work) -> None:
    add_register(work)
    with pytest.raises(Problem, match="already a register"):
        add_register(work)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sub_processor": {"legal_name": " "}}, "sub_processor.legal_name"),
        ({"sub_processor": {"legal_name": "A Ltd", "country": "XX"}}, "sub_processor.country"),
        ({"sub_processor": {"legal_name": "A Ltd", "website": "javascript:alert(1)"}}, "sub_processor.website"),
        ({"sub_processor": {"legal_name": "A Ltd", "contact": {"email": "nobody"}}}, "sub_processor.contact.email"),
        ({"locations": [{"place": {"code": "Mars"}}]}, "locations.0.place.code"),
        ({"locations": [{"place": {"code": "US"}, "mechanisms": [{"code": "N/A"}]}]}, "locations.0.mechanisms.0.code"),
        ({"locations": [{"place": {"code": "US"}, "purposes": ["nowhere"]}]}, "locations.0.purposes"),
        ({"purposes": [{"text": {"en": "  "}}]}, "purposes.0.text"),
        ({"starts_on": "2026-12-22", "ends_on": "2026-12-21"}, "ends_on"),
        ({"starts_on": "31.09.2026"}, "starts_on"),
        ({"starts_on": "2026-09-31"}, "starts_on"),
        ({"description": {"en": "x" * 20_001}}, "description"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(given: dict[str, object], field: str) -> None:
    values = {"sub_processor": {"legal_name": "A Ltd"}, **given}
    with pytest.raises(Problem) as refused:
        schemas.load(schemas.EntrySchema(), values)
    assert refused.value.code == "invalid"
    assert list(refused.value.fields) == [field]


def test_an_entry_of_another_register_is_not_found(work: Work) -> None:
    entry: Entry = add_entry(work, add_register(work), "A Ltd")
    with pytest.raises(Problem) as refused:
        drafting.entry(work, add_register(work, "eu-region"), entry.id)
    assert refused.value.code == "not_found"


def test_of_two_who_save_at_once_one_sees_the_other(engine: Engine, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        register = add_register(work)
        entry = add_entry(work, register, "A Ltd")
        values, version = values_of(work, entry), drafting.entry_version(work, entry)

    def save_it(purpose: str) -> str:
        try:
            with begin(engine, now=now, actor=OPERATOR) as work:
                mine = {**values, "notes": {"en": purpose}}
                drafting.save_entry(work, drafting.entry(work, register, entry.id), mine, version=version)
            return "saved"
        except Problem as problem:
            return problem.key

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(save_it, "abcd")) == ["edited-meanwhile"] * 3 + ["saved"]
