"""Whole files to candidates: the shapes that lists of sub-processors really come in."""

from typing import Any

from registry.intake import Candidate, Reading, read


def reading(text: str, **options: Any) -> Reading:
    return read(text.encode(), **options)


def names(found: Reading) -> list[str]:
    return [candidate.name for candidate in found.candidates]


def groups(found: Reading) -> list[str]:
    return [" ".join(candidate.values["group"].values()) for candidate in found.candidates]


def places(candidate: Candidate) -> list[str]:
    return [location["place"]["code"] for location in candidate.values["locations"]]


def mechanisms(candidate: Candidate) -> list[list[str]]:
    return [[each["code"] for each in location["mechanisms"]] for location in candidate.values["locations"]]


TWO_TABLES = """Sub-processors
You will find our list below.
Sub\u2011processor | Purpose of sub-processing | Sub-processing location | Transfer mechanism |
---|---|---|---|
Contoso Ireland Limited | Hosting; analytics | at the customer\u2019s selected location | N/A |
Fabrikam, Inc. | Speech to text (STT); storage | Europe, USA (STT) KSA (storage) | EC Standard Contractual Clauses |
Acme Affiliates | Customer care | Global | EC Standard Contractual Clauses |
Sub\u2011processor | Purpose of sub-processing | Sub-processing location | Transfer mechanism |
---|---|---|---|
Acme Croatia | Customer care | Croatia | N/A |
Acme United Kingdom | Customer care | United Kingdom | N/A |
Acme Bosnia | Exceptionally, for difficult cases; access is remote | Bosnia & Herzegovina | SCCs Module 3 |
About our assessments
We look at the law of the country.
"""


def test_two_glued_tables_are_two_groups_and_the_second_header_is_no_row() -> None:
    found = reading(TWO_TABLES)
    assert len(found.candidates) == 6
    assert groups(found) == ["Sub-processors (1)"] * 3 + ["Sub-processors (2)"] * 3
    assert "Sub\u2011processor" not in names(found)


def test_places_purposes_and_mechanisms_come_as_far_as_the_words_allow() -> None:
    found = reading(TWO_TABLES).candidates
    assert [places(candidate) for candidate in found] == [
        ["X-CUSTOMER"],
        ["X-EUROPE", "US", "SA"],
        ["X-GLOBAL"],
        ["HR"],
        ["GB"],
        ["BA"],
    ]
    assert [location["purposes"] for location in found[1].values["locations"]] == [
        [],
        ["Speech to text (STT)"],
        ["storage"],
    ]
    assert mechanisms(found[1]) == [["EU-46-2-C"]] * 3
    assert mechanisms(found[3]) == [["NT-EEA"]]
    assert mechanisms(found[4]) == [["NT-UNKNOWN"]]
    assert any("“N/A” is not a transfer mechanism" in note for note in found[4].notes)


def test_exceptional_use_by_remote_access_is_marked() -> None:
    last = reading(TWO_TABLES).candidates[-1]
    assert last.values["exceptional_use"] == {"conditions": {}}
    assert last.values["purposes"][0]["text"]["en"].startswith("Exceptionally")
    (location,) = last.values["locations"]
    assert location["activity"] == "remote-access"
    assert location["mechanisms"][0]["module"] == 3


def test_prose_is_summed_up_under_its_heading() -> None:
    told = reading(TWO_TABLES).not_understood
    assert any("About our assessments" in one["why"] and "We look at the law" in one["text"] for one in told)


def test_a_group_of_companies_is_taken_as_an_entry_and_said() -> None:
    candidate = reading(TWO_TABLES).candidates[2]
    assert candidate.values["sub_processor"]["affiliate"] is True
    assert any("no single legal entity" in note for note in candidate.notes)


def test_headings_are_groups_and_say_what_is_planned_or_past() -> None:
    table = "\n\n| Vendor | Purpose | Period |\n|---|---|---|\n| {} | Mail | until 2026-05 |\n\n"
    text = "# List\n\n## 1. Active" + table.format("Acme") + "## Planned" + table.format("Beta")
    text += "## Historical" + table.format("Gamma")
    text += "## Out of scope (not sub-processors)\n\n- **Delta**: only our own code\n"
    found = reading(text)
    assert names(found) == ["Acme", "Beta"]
    assert groups(found) == ["Active", "Planned"]
    assert any("planned" in note for note in found.candidates[1].notes)
    past, outside = sorted(found.skipped, key=lambda one: one["name"], reverse=True)
    assert (past["name"], outside["name"]) == ("Gamma", "Delta")
    assert "until 2026-05" in past["why"]


def test_place_and_safeguard_in_one_column_are_told_apart() -> None:
    found = reading(
        "| Unterauftragsverarbeiter | Sitz | Leistung | Datenort und Garantie |\n|---|---|---|---|\n"
        "| Alfa Inc. | USA | Hosting | Weltweites Netz; EU-US Data Privacy Framework oder Standardvertragsklauseln |\n"
        "| Beta Inc. | USA | Mail | Standardvertragsklauseln |\n| Gama Limited | Irland | Zahlungen | EU |\n",
        languages=["en", "de"],
    )
    assert found.language == "de"
    assert [places(candidate) for candidate in found.candidates] == [["X-GLOBAL"], ["US"], ["X-EU"]]
    assert [mechanisms(each) for each in found.candidates] == [
        [["EU-45-DPF", "EU-46-2-C"]],
        [["EU-46-2-C"]],
        [["NT-EEA"]],
    ]
    assert [candidate.values["sub_processor"]["country"] for candidate in found.candidates] == ["US", "US", "IE"]
    assert found.candidates[0].values["purposes"][0]["text"] == {"de": "Hosting"}
    assert any("seat" in note for note in found.candidates[1].notes)


def test_the_language_of_the_register_is_used_when_it_has_no_other() -> None:
    found = reading("Unterauftragsverarbeiter,Leistung,Standort\nAlfa GmbH,Hosting,Berlin\n")
    assert found.candidates[0].values["purposes"][0]["text"] == {"en": "Hosting"}
    assert any("“de”" in note for note in found.notes)


def test_bullets_take_their_place_from_the_sentence_above() -> None:
    found = reading(
        "# Our subprocessors\n\nThese subprocessors are located in the United States:\n\n"
        "* [Acme](https://acme.example/privacy). Sends mail.\n* [Beta](https://beta.example). Takes payments.\n\n"
        "These subprocessors are located in the EU:\n\n* [Gamma](https://gamma.example). Monitoring.\n\n"
        "If you want news, subscribe.\n\n- Imprint\n- Cookies\n"
    )
    assert names(found) == ["Acme", "Beta", "Gamma"]
    assert [places(candidate) for candidate in found.candidates] == [["US"], ["US"], ["X-EU"]]
    assert groups(found) == ["United States", "United States", "EU"]
    assert found.candidates[0].values["sub_processor"]["website"] == "https://acme.example/privacy"
    assert found.candidates[0].values["purposes"][0]["text"]["en"] == "Sends mail."


def test_bullets_below_bullets_are_fields() -> None:
    found = reading(
        "## Vendors\n\n- **Acme Inc.**\n  - Purpose: Mail\n  - Location: France\n- **Beta Inc.**\n  - Purpose: Calls\n"
    )
    assert places(found.candidates[0]) == ["FR"]
    assert found.candidates[1].values["purposes"][0]["text"]["en"] == "Calls"


def test_a_heading_that_is_a_region_gives_the_place() -> None:
    found = reading("## Germany\n\n| Vendor | Purpose |\n|---|---|\n| Acme | Mail |\n")
    assert places(found.candidates[0]) == ["DE"]


def test_spans_and_several_companies_in_a_cell() -> None:
    found = reading(
        "<h3>3. 처리 위탁</h3><table><thead><tr><th>위탁 업무<th>필수/선택<th>수탁 업체<th>위탁 기간</thead>"
        "<tr><td>결제<td>필수<td>하나회사, 두리회사<td rowspan=3>계약 종료 시까지</tr>"
        "<tr><td>알림<td>선택<td><p>세모,</p><p>네모 클라우드</p></tr><tr><td>메일<td>선택<td>네모 클라우드</table>",
        language="ko",
        languages=["ko"],
    )
    assert names(found) == ["하나회사", "두리회사", "세모", "네모 클라우드"]
    assert [row["text"]["ko"] for row in found.candidates[3].values["purposes"]] == ["알림", "메일"]
    assert {candidate.values["retention"]["ko"] for candidate in found.candidates} == {"계약 종료 시까지"}
    assert any("필수/선택" in one["source"] for one in found.not_understood)
    assert "필수/선택: 필수" in found.candidates[0].notes


def test_rows_of_one_company_stay_apart_unless_only_the_purpose_differs() -> None:
    found = reading(
        "| Entity | Product | Purpose | Location |\n|---|---|---|---|\n| Acme, Inc. | Cloud | Hosting | USA |\n"
        "| Acme, Inc. | Workflows | Hosting | USA |\n| Beta | Cloud | Mail | USA |\n| Beta | Cloud | Calls | USA |\n"
    )
    assert names(found) == ["Acme, Inc.", "Acme, Inc.", "Beta"]
    assert [candidate.values["applies_to"] for candidate in found.candidates[:2]] == [
        [{"en": "Cloud"}],
        [{"en": "Workflows"}],
    ]
    assert len(found.candidates[2].values["purposes"]) == 2


def test_records_of_data_files_bring_roles_services_and_links() -> None:
    found = reading(
        "updated: 2026-01-01\nsubprocessors:\n"
        "  - name: Acme Inc.\n    service: Acme Mail\n    role: processor\n    purpose: Mail\n    location: USA\n"
        "    dpa: https://acme.example/dpa\n    note: Uses Beta.\n"
        "  - name: Your chosen banks\n    service: Payments\n    role: independent\n    purpose: Paying\n"
        "    location: Varies by bank\n    dpa: See the agreement\n"
    )
    first, second = found.candidates
    assert first.values["description"] == {"en": "Acme Mail"}
    assert first.values["sub_processor"]["dpa_url"] == "https://acme.example/dpa"
    assert first.values["notes"] == {"en": "Uses Beta."}
    assert (first.values["role"], second.values["role"]) == ("sub-processor", "independent-controller")
    assert any("no company" in note for note in second.notes)
    assert any("See the agreement" in note for note in second.notes)
    assert found.candidates[0].values["group"] == {}


def test_a_role_column_that_holds_purposes_holds_purposes() -> None:
    found = reading("| Vendor | Role |\n|---|---|\n| Acme | Sends our mail |\n| Beta | Hosts our data |\n")
    assert found.candidates[0].values["purposes"][0]["text"]["en"] == "Sends our mail"


def test_a_table_on_its_side_is_turned() -> None:
    found = reading(
        "| Name | Acme Inc. | Beta GmbH |\n|---|---|---|\n| Purpose | Mail | Calls |\n| Location | USA | Germany |\n"
    )
    assert names(found) == ["Acme Inc.", "Beta GmbH"]
    assert places(found.candidates[1]) == ["DE"]


def test_an_empty_header_row_is_passed_over() -> None:
    found = reading("| | | |\n|---|---|---|\n| Vendor | Purpose | Location |\n| Acme | Mail | France |\n")
    assert names(found) == ["Acme"]
    assert places(found.candidates[0]) == ["FR"]


def test_a_file_without_a_header_is_understood_by_its_content() -> None:
    found = reading("Acme Inc.,Mail,USA\nBeta GmbH,Calls,Germany\nGamma Ltd,Support,Ireland\n", name="x.csv")
    assert names(found) == ["Acme Inc.", "Beta GmbH", "Gamma Ltd"]
    assert places(found.candidates[0]) == ["US"]
    assert any("no header" in note for note in found.notes)


def test_a_repeated_header_is_no_row_and_a_spanning_row_is_a_heading() -> None:
    found = reading(
        "<table><tr><th>Vendor<th>Purpose</tr><tr><td colspan=2>Hosting</tr><tr><td>Acme<td>Cloud</tr>"
        "<tr><td>Vendor<td>Purpose</tr><tr><td colspan=2>Support</tr><tr><td>Beta<td>Chat</tr></table>"
    )
    assert names(found) == ["Acme", "Beta"]
    assert groups(found) == ["Hosting", "Support"]
    assert any("header" in one["why"] for one in found.skipped)


def test_an_empty_name_continues_the_row_above() -> None:
    found = reading("| Vendor | Purpose | Location |\n|---|---|---|\n| Acme | Mail | USA |\n| | Calls | USA |\n")
    assert len(found.candidates) == 1
    assert [row["text"]["en"] for row in found.candidates[0].values["purposes"]] == ["Mail", "Calls"]


def test_other_tables_are_reported_not_imported() -> None:
    found = reading("| Cookie | Lifetime |\n|---|---|\n| sid | 1 day |\n")
    assert found.candidates == []
    assert "without a column that names companies" in found.not_understood[0]["why"]


def test_dates_of_a_list_are_taken_and_impossible_ones_are_said() -> None:
    found = reading("Vendor,Purpose,Effective date\nAcme,Mail,1 December 2026\nBeta,Calls,31.09.2026\n")
    assert [candidate.values["starts_on"] for candidate in found.candidates] == ["2026-12-01", None]
    assert any("31.09.2026" in note for note in found.candidates[1].notes)


def test_storage_and_access_columns_are_activities() -> None:
    found = reading("Vendor,Purpose,Hosting location,Access location\nAcme,Mail,Germany,India\n")
    rows = [(row["place"]["code"], row["activity"]) for row in found.candidates[0].values["locations"]]
    assert rows == [("DE", "storage"), ("IN", "remote-access")]


def test_a_company_named_only_in_prose_is_pointed_out() -> None:
    found = reading("## Affiliates\n\nWe may also engage our affiliate, Acme UK Limited, as a sub-processor.\n")
    assert "Acme UK Limited" in found.not_understood[0]["why"]


def test_the_format_may_be_told_and_progress_is_said() -> None:
    told: list[tuple[int, int]] = []
    rows = "".join(f"Acme {number} Inc.,Mail {number},USA\n" for number in range(450))
    found = read(f"Vendor,Purpose,Location\n{rows}".encode(), format="csv", progress=lambda *at: told.append(at))
    assert len(found.candidates) == 450
    assert told[0] == (200, 450)
    assert told[-1] == (450, 450)


def test_rows_that_differ_only_in_the_place_are_one_entry() -> None:
    found = reading(
        "| Vendor | Purpose | Location |\n|---|---|---|\n| Acme | Mail | USA |\n| Acme | Mail | Germany |\n"
    )
    assert [places(candidate) for candidate in found.candidates] == [["US", "DE"]]


def test_of_two_columns_of_names_the_legal_one_is_the_name() -> None:
    found = reading("| Vendor | Legal entity | Affiliate |\n|---|---|---|\n| Posty | Example Ltd | no |\n")
    company = found.candidates[0].values["sub_processor"]
    assert (company["legal_name"], company["trading_name"], company["affiliate"]) == ("Example Ltd", "Posty", False)


def test_a_remark_below_a_name_is_no_company() -> None:
    found = reading("| Vendor | Purpose |\n|---|---|\n| **Acme**<br>Only in hard cases | Mail |\n")
    assert names(found) == ["Acme"]
    assert any("Only in hard cases" in note for note in found.candidates[0].notes)
