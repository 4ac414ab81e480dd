"""Words for places to codes, keeping the words."""

import pytest

from registry.intake.places import Place, read_places

PURPOSE = "Cloud services for storage; converting speech to text (STT) and text to speech (TTS)"


def codes(text: str, purpose: str = "") -> list[str]:
    return [place.code for place in read_places(text, purpose).found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("United Kingdom", "GB"),
        ("UK", "GB"),
        ("USA", "US"),
        ("U.S.A.", "US"),
        ("KSA", "SA"),
        ("UAE", "AE"),
        ("Bosnia & Herzegovina", "BA"),
        ("Korea, Republic of", "KR"),
        ("Vereinigte Staaten", "US"),
        ("États-Unis", "US"),
        ("Stati Uniti", "US"),
        ("미국", "US"),
        ("米国", "US"),
        ("Hrvatska", "HR"),
        ("DE", "DE"),
        ("West US (California, United States)", "US"),
        ("EU region (Germany)", "DE"),
        ("Ireland (eu-west-1)", "IE"),
        ("eu-central-1", "DE"),
        ("Frankfurt, Germany (EU)", "DE"),
        ("Naaldwijk, Netherlands", "NL"),
        ("Dublin Ireland", "IE"),
        ("United States (Microsoft)", "US"),
        ("San Francisco, CA, USA", "US"),
        ("Atlanta, Georgia, USA", "US"),
        ("New Jersey", "US"),
        ("Jersey", "JE"),
        ("Jordan", "JO"),
        ("Northern Ireland", "GB"),
        ("European Economic Area", "X-EEA"),
        ("EU/EEA", "X-EEA"),
        ("EU-based servers", "X-EU"),
        ("Europe", "X-EUROPE"),
        ("Global", "X-GLOBAL"),
        ("Worldwide", "X-GLOBAL"),
        ("Weltweites Netz", "X-GLOBAL"),
        ("Global edge network with EU priority for the website", "X-EDGE"),
        ("Data is kept at the customer’s selected location, as agreed", "X-CUSTOMER"),
        ("European Patent Organisation", "X-EPO"),
        ("Asia Pacific (Sydney)", "AU"),
        ("🇩🇪", "DE"),
        ("usa", "US"),
        ("Varies by provider", "X-UNKNOWN"),
        ("a castle in the air", "X-UNKNOWN"),
    ],
)
def test_one_place_is_one_code_with_all_its_words(text: str, expected: str) -> None:
    (place,) = read_places(text).found
    assert (place.code, place.words) == (expected, text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("United States, European Economic Area", ["US", "X-EEA"]),
        ("US, IE", ["US", "IE"]),
        ("Ireland and the United Kingdom", ["IE", "GB"]),
        ("Czech Republic / Slovakia", ["CZ", "SK"]),
        ("Deutschland, Österreich und Schweiz", ["DE", "AT", "CH"]),
        ("EU (Germany, France)", ["DE", "FR"]),
        ("USA (US cloud) or Germany (EU cloud)", ["US", "DE"]),
        (
            "zones west1 (Ghent/Belgium), west3 (Frankfurt/Germany) and west4 (Eemshaven/Netherlands)",
            ["BE", "DE", "NL"],
        ),
        ("USA\nGermany", ["US", "DE"]),
        ("the U.S. and EU", ["US", "X-EU"]),
        ("Irska, Njemačka i SAD", ["IE", "DE", "US"]),
        ("Europe, Asia", ["X-EUROPE", "X-UNKNOWN"]),
    ],
)
def test_several_places_in_a_cell_are_several(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


def test_brackets_that_stand_in_the_purpose_limit_a_place_to_it() -> None:
    read = read_places("Europe, USA (TTS, STT) KSA (cloud services)", PURPOSE)
    assert read.found == (
        Place("X-EUROPE", "Europe"),
        Place("US", "USA (TTS, STT)", limits=("TTS", "STT")),
        Place("SA", "KSA (cloud services)", limits=("cloud services",)),
    )


def test_an_activity_in_brackets_is_the_activity() -> None:
    read = read_places("Germany (storage), India (remote access)")
    assert [(place.code, place.activity) for place in read.found] == [("DE", "storage"), ("IN", "remote-access")]


def test_a_slip_of_the_pen_is_understood_and_said() -> None:
    read = read_places("United States, Europen Economic Area")
    assert [(place.code, place.words) for place in read.found] == [
        ("US", "United States"),
        ("X-EEA", "Europen Economic Area"),
    ]
    assert "European Economic Area" in read.notes[0]


def test_a_region_that_contradicts_the_country_beside_it_loses_and_is_said() -> None:
    read = read_places("zone eu-west-1 (Frankfurt/Germany)")
    assert [place.code for place in read.found] == ["DE"]
    assert "Ireland" in read.notes[0]


def test_what_is_half_understood_keeps_its_words_and_is_said() -> None:
    read = read_places("Contoso / Ireland")
    assert [(place.code, place.words) for place in read.found] == [("IE", "Contoso / Ireland")]
    assert "Contoso" in read.notes[0]


def test_a_choice_of_the_customer_lists_what_can_be_chosen() -> None:
    (place,) = read_places("Customer's choice of US or Switzerland").found
    assert (place.code, place.countries) == ("X-CUSTOMER", ("US", "CH"))


def test_words_that_only_look_like_places_are_none() -> None:
    assert codes("join us in the cloud") == ["X-UNKNOWN"]
    assert codes("see eu.example.com") == ["X-UNKNOWN"]


def test_georgia_alone_is_a_country_with_a_warning() -> None:
    read = read_places("Georgia")
    assert read.found[0].code == "GE"
    assert "state" in read.notes[0]


def test_nothing_is_no_place() -> None:
    assert read_places("  ").found == ()
