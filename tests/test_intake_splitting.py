"""Cells that hold lists, and dates."""

from datetime import date

import pytest

from registry.intake.splitting import are_people, categories, first_date, products, purposes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hosting of the application. It runs there.", 1),
        ("Hosting (storage; computing) of everything", 1),
        ("Hosting of data; sending of mail; support", 3),
        ("- Hosting\n- Mail", 2),
        ("Import at two points: (a) at the start; (b) later on", 1),
        ("", 0),
    ],
)
def test_a_purpose_is_one_text_unless_it_clearly_is_a_list(text: str, expected: int) -> None:
    assert len(purposes(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name, e-mail, and phone number.", ["Name", "e-mail", "phone number"]),
        ("Device data; Configuration, as set", ["Device data", "Configuration, as set"]),
        ("Usage (views, clicks), IP address", ["Usage (views, clicks)", "IP address"]),
        ("Account data, payment data. No card numbers.", ["Account data, payment data. No card numbers."]),
        ("All user data: profile, files", ["All user data: profile, files"]),
        ("Server logs, including IP address", ["Server logs, including IP address"]),
        ("Contact: Name, Phone\nUsage: Clicks", ["Contact: Name, Phone", "Usage: Clicks"]),
        ("", []),
    ],
)
def test_data_categories_are_parted_where_they_are_a_list(text: str, expected: list[str]) -> None:
    assert categories(text) == expected


def test_products_are_short_names() -> None:
    assert products("Mail, Calls") == ["Mail", "Calls"]
    assert products("Acme AI (Agents, Assist)") == ["Acme AI (Agents, Assist)"]
    assert products("Mail including all modules, Calls") == ["Mail including all modules, Calls"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("until 2026-05-28", date(2026, 5, 28)),
        ("28.5.2026", date(2026, 5, 28)),
        ("28 May 2026", date(2026, 5, 28)),
        ("May 28, 2026", date(2026, 5, 28)),
        ("31.09.2024", None),
        ("Pre-2026-04", None),
        ("soon", None),
    ],
)
def test_a_date_is_one_that_exists(text: str, expected: date | None) -> None:
    assert first_date(text) == expected


def test_people_are_told_from_data() -> None:
    assert are_people(["Customers and their users", "Employees"])
    assert not are_people(["IP address", "Name"])
