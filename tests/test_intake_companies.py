"""Names of companies as cells give them, and the contacts and links beside them."""

import pytest

from registry.intake.companies import companies_in, has_form, name_key, read_companies
from registry.intake.contacts import country_of, kind_of_link, read_contact
from registry.intake.shapes import Cell


def names(text: str) -> list[tuple[str, str]]:
    return [(company.legal_name, company.trading_name) for company in read_companies(Cell(text))]


@pytest.mark.parametrize(
    "name",
    [
        "Amazon Web Services, Inc.",
        "Example Payments Europe, Limited",
        "Acme, LLC",
        "Muster GmbH & Co. KG",
        "Example Services Inc.",
    ],
)
def test_a_comma_before_a_legal_form_parts_no_name(name: str) -> None:
    assert names(name) == [(name, "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("하나회사, 두리회사", ["하나회사", "두리회사"]),
        ("하나회사,\n두리 클라우드", ["하나회사", "두리 클라우드"]),
        ("Acme Inc., Beta GmbH", ["Acme Inc.", "Beta GmbH"]),
        ("Acme Inc. and Beta GmbH", ["Acme Inc.", "Beta GmbH"]),
        ("Acme; Beta", ["Acme", "Beta"]),
    ],
)
def test_several_companies_in_a_cell_are_several(text: str, expected: list[str]) -> None:
    assert [name for name, _ in names(text)] == expected


def test_a_list_that_may_be_one_name_stays_one_and_is_said() -> None:
    (company,) = read_companies(Cell("Acme, Beta"))
    assert company.legal_name == "Acme, Beta"
    assert "several companies" in company.notes[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Posty (Example Ireland Operations Ltd)", ("Example Ireland Operations Ltd", "Posty")),
        ("EXM Ireland Ltd. (Examplesoft)", ("EXM Ireland Ltd.", "Examplesoft")),
        ("Example Web Services (EWS)", ("Example Web Services", "EWS")),
        ("Alpha Technologies Inc. dba Tavo", ("Alpha Technologies Inc.", "Tavo")),
        ("Azul (Megasoft)", ("Azul (Megasoft)", "")),
        ("Acme Ltd (formerly Beta)", ("Acme Ltd", "")),
    ],
)
def test_brackets_hold_legal_or_trading_names(text: str, expected: tuple[str, str]) -> None:
    assert names(text) == [expected]


def test_lines_below_a_name_are_its_address_and_a_country_in_brackets_is_its_seat() -> None:
    (company,) = read_companies(Cell("Acme Inc.\n1 Sample Road\nDublin\nIreland"))
    assert (company.legal_name, company.extra) == ("Acme Inc.", "1 Sample Road\nDublin\nIreland")
    assert read_companies(Cell("Acme d.o.o. (Croatia)"))[0].country == "HR"


@pytest.mark.parametrize(
    "name", ["Acme Affiliates", "Our group companies", "Your chosen payment providers", "various partners"]
)
def test_names_that_name_no_company_are_taken_and_said(name: str) -> None:
    (company,) = read_companies(Cell(name))
    assert company.legal_name == name
    assert company.notes


def test_two_spellings_of_a_name_have_one_key() -> None:
    assert name_key("Azul (Megasoft)") == name_key("Megasoft (Azul)")
    assert name_key("ACME, Inc.") == name_key("Acme LLC") == name_key("acme")
    assert name_key("Acme d.o.o.") == name_key("Acme")
    assert name_key("Acme Mail") != name_key("Acme")
    assert name_key("GmbH")


def test_legal_forms_are_known_and_found_in_sentences() -> None:
    assert has_form("Acme d.o.o.")
    assert has_form("주식회사 하나")
    assert not has_form("Acme Cloud")
    assert companies_in("We also engage our affiliate, Acme UK Limited, for support.") == ["Acme UK Limited"]


def test_an_address_block_is_address_contact_and_country() -> None:
    contact = read_contact(Cell("1 Sample Road\nSpringfield, IL 62701\nUSA\nprivacy@a.example;\nlegal@a.example"))
    assert (contact.address, contact.country) == ("1 Sample Road, Springfield, IL 62701, USA", "US")
    assert contact.email == "privacy@a.example"
    assert "legal@a.example" in contact.notes[0]


def test_a_contact_without_an_address_is_a_role() -> None:
    contact = read_contact(Cell("Privacy office, dpo@a.example"))
    assert (contact.role, contact.email, contact.address) == ("Privacy office", "dpo@a.example", "")


def test_the_country_of_an_address_is_its_last() -> None:
    assert country_of("Ilica 1, 10000 Zagreb, Croatia") == "HR"
    assert country_of("1 France Road, London, EC1A 1AA, United Kingdom") == "GB"
    assert country_of("1 Sample Street") == ""


@pytest.mark.parametrize(
    ("url", "words", "kind"),
    [
        ("https://a.example/legal/sub-processors", "here", "own_list_url"),
        ("https://a.example/x", "the sub-sub processors are listed here", "own_list_url"),
        ("https://a.example/dpa", "Terms", "dpa_url"),
        ("https://a.example/t", "Acme DPA", "dpa_url"),
        ("https://a.example", "Acme", "website"),
    ],
)
def test_links_go_where_they_belong(url: str, words: str, kind: str) -> None:
    assert kind_of_link(url, words) == kind
