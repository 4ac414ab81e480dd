"""One date for a whole set of changes, where the rows have none of their own."""

from datetime import date

from registry.scheduling import dated_from
from registry.snapshot import Document, Entry
from tests.factories import document, entry, location, mechanism

TODAY, EFFECTIVE = date(2026, 11, 22), date(2026, 12, 22)


def dated(before: Document, working: Document) -> list[Entry]:
    return dated_from(before, working, effective_on=EFFECTIVE, today=TODAY)


def test_what_is_new_starts_on_the_day_and_what_is_gone_ends_the_day_before() -> None:
    [found] = dated(document(entry(locations=[location("DE")])), document(entry(locations=[location("US")])))
    assert [(row["id"], row["starts_on"], row["ends_on"]) for row in found["locations"]] == [
        ("loc-us", "2026-12-22", None),
        ("loc-de", None, "2026-12-21"),
    ]


def test_a_location_that_ends_on_a_day_of_its_own_keeps_it() -> None:
    before = document(entry(locations=[location("DE"), location("US")]))
    working = document(entry(locations=[location("DE"), location("US", ends_on="2027-01-31")]))
    assert dated(before, working) == []


def test_another_mechanism_is_dated_also_when_its_location_has_another_id_now() -> None:
    before = document(entry(locations=[location("US", id="a", mechanisms=[mechanism("EU-45-DPF")])]))
    working = document(entry(locations=[location("US", id="b", mechanisms=[mechanism()])]))
    [found] = dated(before, working)
    assert [(row["code"], row["starts_on"], row["ends_on"]) for row in found["locations"][0]["mechanisms"]] == [
        ("EU-SCC-M3", "2026-12-22", None),
        ("EU-45-DPF", None, "2026-12-21"),
    ]
