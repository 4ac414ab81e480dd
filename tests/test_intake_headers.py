"""What the header of a column means, in the languages people write lists in."""

import pytest

from registry.intake.headers import languages, meanings, normalise

KNOWN = {
    "name": """sub-processor | Subprocessor(s) | NAME OF SUBPROCESSOR | Entity name | Company | Vendor
        | Sous-traitant | Fornitore
        | Third-party service provider | Unterauftragsverarbeiter | Sub-procesador | Nombre de la entidad | Subverwerker
        | Podizvršitelj | 업체명 | 수탁자 | 수탁 업체 | 이전받는 자 | 委託先""",
    "purpose": """Purpose of sub-processing | Processing activities | Service description | Leistung | Zweck
        | Finalité | Servizio | Servicio | Doel | Svrha | 위탁 업무""",
    "place": """Location(s) of processing | Sub-processing location | Host region | Where | Datenort | Standort
        | Locatie | Localisation | Ubicación de datos | 이전 국가 | Location of sub\u2011processors""",
    "seat": "Corporate location | HQ location | Entity country | Provider location | Sitz | Sede | Sjedište",
    "mechanism": """Transfer mechanism | Transfer safeguards | Legal basis | Garanzie | Mécanisme de transfert
        | Übertragungsgarantie""",
    "data": "Data processed | dataTypes | Personal data transferred | Dati trattati | Datos tratados | 이전 항목",
    "data_subjects": "Data subjects | Betroffene Personen | Personnes concernées",
    "scope": "Products | Applicable services | Relevant Acme services | Our product | Betroffene Produkte",
    "retention": "Retention | 보유 기간 | Speicherdauer",
    "address": "Registered address | Anschrift | Adresse",
    "number": "# | No. | Nr.",
}


@pytest.mark.parametrize(("meaning", "header"), [(m, h.strip()) for m, line in KNOWN.items() for h in line.split("|")])
def test_headers_are_known_by_their_meaning(meaning: str, header: str) -> None:
    assert meanings(header) == (meaning,)


@pytest.mark.parametrize(
    ("header", "both"),
    [
        ("Datenort und Garantie", ("place", "mechanism")),
        ("Country / Transfer mechanism", ("place", "mechanism")),
        ("Name und Anschrift", ("name", "address")),
        ("Entity name & address", ("name", "address")),
    ],
)
def test_one_column_may_hold_two_things(header: str, both: tuple[str, str]) -> None:
    assert meanings(header) == both


@pytest.mark.parametrize("header", ["", "Certifications", "Cookie name", "필수/선택", "x" * 5000])
def test_what_is_not_known_is_not_guessed(header: str) -> None:
    assert meanings(header) == ()


def test_words_are_compared_without_case_accents_and_invisible_marks() -> None:
    assert normalise("Sub\u2011pro\u200bcessor  (Name)") == normalise("subprocessor name")
    assert normalise("Finalité") == "finalite"


def test_headers_tell_the_language() -> None:
    votes = languages(["Unterauftragsverarbeiter", "Sitz", "Leistung"])
    assert max(votes, key=lambda tag: votes[tag]) == "de"
