"""A correction keeps what is said; anything new in substance is another purpose or category."""

import pytest

from registry.diff.rewording import is_correction, same_meaning, spoken, words

CORRECTIONS = [
    ("Hosting", "hosting."),
    ("Sending e-mail", "Sending email"),
    ("Sending e‑mails to users", "Sending emails to users"),
    ("Costumer suport", "Customer support"),
    ("Support of customers", "Customer support"),
    ("Hosting the platform", "Hosting of the platform"),
    ("Data base hosting", "Database hosting"),
    ("Provides hosting services for our product", "Provides hosting for our product"),
    ("Rechnungstellung und Versand", "Rechnungsstellung und der Versand"),
    ("氏名、住所", "氏名・住所"),
]

OTHERS = [
    ("Hosting", "Analytics"),
    ("Hosting", "Hosting and analytics"),
    ("Customer support", "Customer support and advertising"),
    (
        "Name, e-mail address, phone number, IP address, browser",
        "Name, e-mail address, phone number, IP address, browser, health",
    ),
    ("Support", "Support, AI"),
    ("Pseudonymised contact data", "Contact data"),
    ("Encrypted backups", "Unencrypted backups"),
    ("Media data", "Medical data"),
    ("Logs kept 30 days", "Logs kept 90 days"),
    (
        "Support on request of the customer only, by phone or mail",
        "Support on request of the customer, by phone or mail",
    ),
    (
        "Billing data of customers, not of their end users or partners",
        "Billing data of customers, of their end users or partners",
    ),
    ("氏名住所電話番号", "氏名住所電話番号健康"),
    ("Hosting", ""),
    ("", "Hosting"),
]


@pytest.mark.parametrize(("before", "after"), CORRECTIONS)
def test_spelling_order_and_small_words_are_corrections(before: str, after: str) -> None:
    assert is_correction(before, after)


@pytest.mark.parametrize(("before", "after"), OTHERS)
def test_new_or_unlimited_substance_is_something_else(before: str, after: str) -> None:
    assert not is_correction(before, after)


def test_one_word_in_four_may_fall_away_and_one_in_three_may_not() -> None:
    assert is_correction("Collecting product usage statistics", "Collecting product statistics")
    assert not is_correction("Product usage statistics", "Product statistics")


def test_the_prevailing_language_decides_about_the_meaning() -> None:
    before = {"en": "Hosting", "de": "Bereitstellung"}
    assert same_meaning(before, {"en": "Hosting", "de": "Werbung"}, "en")
    assert not same_meaning(before, {"en": "Hosting", "de": "Werbung"}, "de")


def test_without_the_prevailing_language_every_common_one_must_agree() -> None:
    assert same_meaning({"de": "Betrieb"}, {"de": "Betrieb", "en": "Operations"}, "en")
    assert not same_meaning({"de": "Betrieb", "fr": "Hébergement"}, {"de": "Betrieb", "fr": "Publicité"}, "en")
    assert not same_meaning({"de": "Betrieb"}, {"en": "Operations"}, "en")


def test_a_text_without_the_language_is_spoken_in_the_first_it_has() -> None:
    assert spoken({"fr": "Support", "de": ""}, "en") == "Support"
    assert spoken({}, "en") == ""


def test_words_lose_case_punctuation_and_compatibility_forms() -> None:
    assert words("Ｅ-Mail, Soft\u00adware & third-party") == ["email", "software", "third", "party"]
