"""Every setting is in the documentation, and the documentation is what the program says."""

from dataclasses import fields
from pathlib import Path

from registry import settings

DOCUMENTATION = Path(__file__).parents[2] / "docs" / "settings.md"


def test_the_documentation_holds_the_table_of_this_version() -> None:
    """When this fails: `make docs`."""
    assert settings.as_markdown() in DOCUMENTATION.read_text("utf-8")


def test_every_setting_has_a_field_and_every_field_a_setting() -> None:
    assert [setting.name.lower() for setting in settings.SETTINGS] == [one.name for one in fields(settings.Settings)]


def test_every_setting_says_what_it_does() -> None:
    assert [setting.name for setting in settings.SETTINGS if len(setting.help) < 10] == []
