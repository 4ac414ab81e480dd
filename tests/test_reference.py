"""The facts in registry/data, checked by hand against the law, and the questions asked of them."""

import shutil
from datetime import date
from pathlib import Path

import pytest

from registry import reference, text
from registry.errors import Problem
from registry.facts import DATA

EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
EEA = [*EU, "IS", "LI", "NO"]
OPEN_AREAS = ["X-EUROPE", "X-GLOBAL", "X-EDGE", "X-CUSTOMER", "X-UNKNOWN"]
CODES = """
NT-EEA NT-UNKNOWN NT-CUSTOMER-CHOICE EU-45 EU-45-DPF EU-46-2-A EU-46-2-B EU-BCR-C EU-BCR-P EU-46-2-C EU-SCC-M1
EU-SCC-M2 EU-SCC-M3 EU-SCC-M4 EU-46-2-D EU-46-2-E EU-46-2-F EU-46-3-A EU-46-3-B EU-49-1-A EU-49-1-B EU-49-1-C EU-49-1-D
EU-49-1-E EU-49-1-F EU-49-1-G EU-49-1-2 UK-ADEQ UK-BRIDGE UK-IDTA UK-ADDENDUM UK-BCR UK-49 CH-16-1 CH-DPF CH-SCC CH-BCR
CH-17 KR-CONSENT KR-TREATY KR-CONTRACT KR-CERT KR-EQUIV JP-CONSENT JP-WHITELIST JP-EQUIV BR-ADEQ BR-SCC BR-SPEC CN-SCC
CN-ASSESS CN-CERT SA-SCC SA-BCR ZA-72 TH-28 TH-29 TR-SC AR-MCC NZ-IPP12 SG-TLO CBPR QC-17
""".split()  # noqa: SIM905
TODAY = date(2026, 11, 22)


# --- Places


def test_there_are_249_countries_and_the_reserved_codes_are_not_among_them() -> None:
    assert len(reference.countries()) == 249
    assert not reference.countries() & {"UK", "EU", "XK", "AN", "CS", "AC", "IC", "ZZ"}


def test_every_country_has_a_name_in_every_language_of_the_interface() -> None:
    for language in text.languages():
        assert [code for code in reference.countries() if reference.place_name(code, language) == code] == []


def test_the_union_has_27_members_and_the_economic_area_30() -> None:
    assert reference.eu() == set(EU)
    assert reference.eea() == set(EEA)


@pytest.mark.parametrize("code", [*EEA, "RE", "AX", "X-EU", "X-EEA"])
def test_a_place_in_the_eea_is_inside(code: str) -> None:
    assert reference.in_eea(code, [])


@pytest.mark.parametrize("code", ["GB", "CH", "US", "JP", "GI", "GL", "FO", "SJ", "MC", "XK", "", "N/A", *OPEN_AREAS])
def test_a_place_not_known_to_be_in_the_eea_is_outside(code: str) -> None:
    assert not reference.in_eea(code, [])


@pytest.mark.parametrize("code", OPEN_AREAS)
def test_an_area_that_promises_nothing_is_decided_by_its_countries(code: str) -> None:
    assert reference.in_eea(code, ["DE", "IE", "NO"])
    assert not reference.in_eea(code, ["DE", "IE", "US"])


def test_a_country_outside_is_not_outweighed_by_the_area_or_the_country_named() -> None:
    assert reference.in_eea("X-EEA", ["DE", "IS"])
    assert not reference.in_eea("X-EEA", ["DE", "CH"])
    assert not reference.in_eea("DE", ["GB"])
    assert not reference.in_eea("US", ["DE"])


def test_an_international_organisation_is_never_inside_wherever_its_offices_are() -> None:
    assert not reference.in_eea("X-EPO", ["DE", "NL"])


def test_places_are_named_in_the_readers_language() -> None:
    assert reference.place_name("DE", "en") == "Germany"
    assert reference.place_name("DE", "de-AT") == "Deutschland"
    assert reference.place_name("US", "fr") == "États-Unis"
    assert reference.place_name("X-EEA", "de") == "Europäischer Wirtschaftsraum"
    assert reference.place_name("X-EEA", "ko") == "European Economic Area"


def test_a_code_that_is_no_place_is_its_own_name() -> None:
    for code in ("UK", "ZZ", "001", "X-MARS"):
        assert not reference.is_place(code)
        assert reference.place_name(code, "en") == code


def test_every_area_of_the_document_is_a_place_with_a_name_and_a_meaning() -> None:
    codes = {area.code for area in reference.areas()}
    assert codes >= {"X-EPO", "X-EEA", "X-EU", *OPEN_AREAS}
    assert all(reference.is_place(code) for code in codes)
    for area in reference.areas():
        assert {"en", "de"} <= area.name.keys()
        assert {"en", "de"} == area.meaning.keys()


# --- Mechanisms


def test_every_mechanism_can_be_named() -> None:
    assert [info.code for info in reference.mechanisms()] == CODES


@pytest.mark.parametrize("code", ["N/A", "NA", "", "n/a", "-", "EU-45 ", "eu-45", "EU-DPA-SCC", "EU-SUPPL"])
def test_what_is_no_mechanism_is_not_one(code: str) -> None:
    assert not reference.is_mechanism(code)


def test_what_is_mistaken_for_a_mechanism_can_be_recognised() -> None:
    assert reference.mechanism("EU-DPA-SCC").article == "28(7)"
    assert reference.kind("EU-DPA-SCC") == reference.kind("EU-SUPPL") == "not-a-mechanism"


def test_an_unknown_code_is_refused_by_name() -> None:
    with pytest.raises(Problem) as refusal:
        reference.mechanism("N/A")
    assert (refusal.value.code, refusal.value.key) == ("invalid", "unknown-mechanism")
    assert "N/A" in refusal.value.message


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("NT-EEA", "none"),
        ("NT-UNKNOWN", "unknown"),
        ("NT-CUSTOMER-CHOICE", "unknown"),
        ("EU-45", "adequacy"),
        ("EU-45-DPF", "adequacy"),
        ("UK-BRIDGE", "adequacy"),
        ("EU-SCC-M3", "safeguard"),
        ("EU-BCR-P", "safeguard"),
        ("CH-SCC", "safeguard"),
        ("EU-49-1-A", "derogation"),
        ("GONE-1", "unknown"),
    ],
)
def test_a_mechanism_is_of_a_kind(code: str, kind: str) -> None:
    assert reference.kind(code) == kind


def test_the_articles_of_the_gdpr_are_the_right_ones() -> None:
    cited = {code: reference.mechanism(code).article for code in ("EU-45", "EU-46-2-C", "EU-BCR-P", "EU-49-1-A")}
    assert cited == {"EU-45": "45(3)", "EU-46-2-C": "46(2)(c)", "EU-BCR-P": "47", "EU-49-1-A": "49(1)(a)"}
    assert reference.mechanism("EU-46-2-C").iri == "https://w3id.org/dpv/legal/eu/gdpr#A46-2-c"


@pytest.mark.parametrize(
    ("code", "day"),
    [
        ("EU-45", date(2018, 5, 25)),
        ("EU-45-DPF", date(2023, 7, 10)),
        ("EU-SCC-M3", date(2021, 6, 27)),
        ("UK-BRIDGE", date(2023, 10, 12)),
        ("CH-DPF", date(2024, 9, 15)),
        ("UK-IDTA", date(2022, 3, 21)),
    ],
)
def test_a_mechanism_applies_from_its_day(code: str, day: date) -> None:
    assert reference.mechanism(code).applies_from == day


def test_a_customer_reads_the_mechanism_with_its_module_and_article() -> None:
    english = "EU standard contractual clauses, module 3: processor to processor (Art. 46(2)(c) GDPR)"
    german = (
        "EU-Standardvertragsklauseln, Modul 3: Auftragsverarbeiter an Auftragsverarbeiter (Art. 46 Abs. 2 lit. c DSGVO)"
    )
    assert reference.plain_words("EU-SCC-M3", None, "en") == english
    assert reference.plain_words("EU-SCC-M3", 3, "de") == german
    assert reference.plain_words("EU-46-2-C", 3, "de-AT") == german


def test_a_module_is_named_only_where_it_belongs() -> None:
    assert reference.plain_words("EU-46-2-C", None, "en") == "EU standard contractual clauses (Art. 46(2)(c) GDPR)"
    assert "module" not in reference.plain_words("EU-45", 3, "en")
    assert "module 2" in reference.plain_words("UK-ADDENDUM", 2, "en")
    assert "module 3" in reference.plain_words("EU-SCC-M3", 2, "en")


def test_no_transfer_is_said_in_words_never_as_not_applicable() -> None:
    assert reference.plain_words("NT-EEA", None, "en") == "No transfer to a third country (Art. 44 GDPR does not apply)"
    assert reference.plain_words("NT-UNKNOWN", None, "de") == "Noch nicht geprüft"


def test_a_language_we_do_not_speak_gets_english_words() -> None:
    assert reference.plain_words("EU-45", None, "ko") == reference.plain_words("EU-45", None, "en")


def test_a_code_of_an_old_publication_that_is_no_longer_known_stays_readable() -> None:
    assert reference.plain_words("GONE-1", None, "en") == "GONE-1"
    assert reference.sentence("GONE-1", "en") == ""


def test_every_mechanism_speaks_english_and_german_in_whole_sentences() -> None:
    for code in [*CODES, "EU-DPA-SCC", "EU-SUPPL"]:
        info = reference.mechanism(code)
        for words in (info.label, info.sentence):
            assert {"en", "de"} == words.keys(), code
            assert words["en"] != words["de"], code
        assert all(reference.sentence(code, language).endswith(".") for language in ("en", "de")), code
        assert "N/A" not in str(info)
        assert info.cite or info.kind == "unknown", code


# --- Adequacy


def adequate(origin: str, destination: str, day: date = TODAY) -> bool:
    found = reference.adequacy(origin, destination)
    return found is not None and found.holds_on(day)


@pytest.mark.parametrize(
    ("destination", "origins"),
    [
        ("JP", {"EU", "UK"}),
        ("KR", {"EU", "UK"}),
        ("MC", {"CH"}),
        ("BR", {"EU"}),
        ("X-EPO", {"EU"}),
        ("GI", {"UK", "CH"}),
        ("GB", {"EU", "CH"}),
        ("CH", {"EU", "UK"}),
        ("AR", {"EU", "UK", "CH"}),
        ("FO", {"EU", "UK", "CH"}),
        ("US", {"EU", "UK", "CH"}),
        ("IN", set()),
        ("CN", set()),
        ("AU", set()),
        ("GL", set()),
    ],
)
def test_each_regime_recognises_its_own_destinations(destination: str, origins: set[str]) -> None:
    assert {origin for origin in ("EU", "UK", "CH") if adequate(origin, destination)} == origins


@pytest.mark.parametrize("state", EEA)
def test_an_eea_state_needs_no_decision_of_the_union_and_has_one_elsewhere(state: str) -> None:
    assert reference.adequacy("EU", state) is None
    assert adequate("UK", state)
    assert adequate("CH", state)


@pytest.mark.parametrize(("origin", "leans_on"), [("EU", "EU-45-DPF"), ("UK", "UK-BRIDGE"), ("CH", "CH-DPF")])
def test_the_united_states_are_adequate_only_for_certified_recipients(origin: str, leans_on: str) -> None:
    found = reference.adequacy(origin, "US")
    assert found is not None
    assert found.condition_kind == "certification"
    assert found.mechanism == leans_on
    assert {"en", "de"} == found.condition.keys()


@pytest.mark.parametrize(("destination", "law"), [("CA", "PIPEDA"), ("JP", "APPI"), ("KR", "PIPA"), ("BR", "LGPD")])
def test_some_destinations_are_adequate_only_where_their_law_applies(destination: str, law: str) -> None:
    found = reference.adequacy("EU", destination)
    assert found is not None
    assert found.condition_kind == "recipient-law"
    assert law in found.condition["en"]
    assert law in found.condition["de"]


def test_the_decision_on_the_united_kingdom_ends_after_27_december_2031() -> None:
    found = reference.adequacy("EU", "GB")
    assert found is not None
    assert found.expires_on == date(2031, 12, 27)
    assert found.holds_on(date(2031, 12, 27))
    assert not found.holds_on(date(2031, 12, 28))


def test_a_decision_does_not_hold_before_it_is_in_force() -> None:
    assert not adequate("EU", "X-EPO", date(2025, 7, 17))
    assert adequate("EU", "X-EPO", date(2025, 7, 18))
    assert not adequate("CH", "US", date(2024, 9, 14))


def test_every_decision_says_on_what_it_rests_and_how_sure_we_are() -> None:
    for found in reference.adequacies():
        assert found.instrument, found
        assert found.source, found
        assert found.confidence in ("seen", "known"), found
        assert bool(found.condition) == bool(found.condition_kind), found
        assert reference.is_place(found.destination), found


# --- Another set of facts


def test_an_operator_may_bring_one_file_and_keep_the_others(tmp_path: Path) -> None:
    decisions = (DATA / "adequacy.toml").read_text(encoding="utf-8")
    (tmp_path / "adequacy.toml").write_text(decisions.replace("2031-12-27", "2030-01-01"), encoding="utf-8")
    facts = reference.load(tmp_path)
    assert facts.adequacy["EU", "GB"].expires_on == date(2030, 1, 1)
    assert facts.mechanisms == reference.load().mechanisms


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("mechanisms.toml", 'kind = "none"', 'kind = "nothing"', "unknown kind 'nothing'"),
        ("mechanisms.toml", 'code = "NT-UNKNOWN"', 'code = "N/A"', "'N/A' cannot be a code"),
        ("mechanisms.toml", 'regime = "UK"\n', "", "'regime'"),
        ("mechanisms.toml", "number = 4", "number = 5", "module that is not described"),
        ("places.toml", 'eu = "AT ', 'eu = "UK AT ', "'UK' is not among the countries"),
        ("places.toml", 'code = "X-EU"', 'code = "EU"', "'EU' needs a code that begins with X-"),
        ("adequacy.toml", '"UY"', '"UYU"', "'UYU' is no place"),
        ("adequacy.toml", '"CH-DPF"', '"CH-DPX"', "'CH-DPX' is no mechanism"),
        ("adequacy.toml", "expires_on = 2031-12-27", 'expires_on = "2031-12-27"', "a date that is none"),
        ("adequacy.toml", "[[adequacy]]", "[[adequacy", "adequacy.toml"),
    ],
)
def test_facts_that_cannot_be_right_are_refused(tmp_path: Path, name: str, old: str, new: str, complaint: str) -> None:
    shutil.copytree(DATA, tmp_path, dirs_exist_ok=True)
    words = (DATA / name).read_text(encoding="utf-8")
    assert old in words
    (tmp_path / name).write_text(words.replace(old, new), encoding="utf-8")
    with pytest.raises(Problem) as refusal:
        reference.load(tmp_path)
    assert refusal.value.key == "reference-data"
    assert complaint in refusal.value.message
