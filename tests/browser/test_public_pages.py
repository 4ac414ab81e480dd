"""The public pages as a reader sees them: wide and narrow, light and dark, by keyboard, on paper, without scripts."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
PAGES = (
    "/",
    "/registers/general",
    "/registers/eu-region?lang=de",
    "/registers/general?words=nothing+of+the+kind",
    "/registers/general/history",
    "/registers/general/revisions/4",
    "/registers/general/compare/1...4",
    "/nothing/here",
)


@pytest.fixture
def app(sample_app: Flask) -> Flask:
    return sample_app


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_can_be_read_and_asks_nobody_else(visit: Visit, scheme: str) -> None:
    visit.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for url in PAGES:
        visit.page.goto(visit.base_url + url)
        beyond = visit.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (url, beyond) == (url, 0)
        assert (url, visit.page.evaluate(CONTRAST)) == (url, [])
    assert visit.elsewhere() == []
    assert [words for words in visit.complaints if "404" not in words] == []


def test_the_first_key_press_offers_to_skip_to_the_content(visit: Visit) -> None:
    visit.page.goto(visit.base_url + "/registers/general")
    visit.page.keyboard.press("Tab")
    skip = visit.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("main")).to_be_focused()


def test_what_has_the_focus_can_be_seen(visit: Visit) -> None:
    visit.page.goto(visit.base_url + "/registers/general")
    for _ in range(12):
        visit.page.keyboard.press("Tab")
        style = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style == "solid"


def test_a_wide_window_shows_a_table_and_a_narrow_one_cards(visit: Visit, width: int) -> None:
    visit.page.goto(visit.base_url + "/registers/general")
    display = visit.page.locator("table.list tbody tr").last.evaluate("element => getComputedStyle(element).display")
    assert display == ("table-row" if width > 1000 else "block")
    for name in ("Example Hosting GmbH", "Sample Analytics B.V."):
        expect(visit.page.get_by_role("rowheader", name=name)).to_be_visible()


def test_a_tag_leads_to_what_it_means(visit: Visit) -> None:
    visit.page.goto(visit.base_url + "/registers/general")
    visit.page.get_by_role("link", name="Clauses").first.click()
    explained = visit.page.locator(":target")
    expect(explained).to_be_in_viewport()
    expect(explained).to_contain_text("standard contractual clauses")


def test_on_paper_there_are_no_forms_and_everything_is_opened(visit: Visit) -> None:
    visit.page.emulate_media(media="print")
    visit.page.goto(visit.base_url + "/registers/general")
    for gone in ("form.tools", "form.card", ".top nav", ".skip"):
        expect(visit.page.locator(gone).first).to_be_hidden()
    expect(visit.page.get_by_text("Its own sub-processors").first).to_be_visible()
    assert visit.page.locator("table.list tbody tr").last.evaluate("e => getComputedStyle(e).display") == "table-row"


@pytest.fixture
def plain(browser: Browser, live_url: str) -> Iterator[Page]:
    """A browser that runs no script."""
    context = browser.new_context(base_url=live_url, java_script_enabled=False, locale="en-GB")
    yield context.new_page()
    context.close()


def test_searching_comparing_and_going_back_in_time_need_no_script(plain: Page) -> None:
    plain.goto("/registers/general")
    plain.get_by_label("Search").fill("speech")
    plain.get_by_role("button", name="Show").click()
    expect(plain.get_by_role("rowheader", name="Placeholder Speech Inc.")).to_be_visible()
    expect(plain.get_by_role("rowheader", name="Example Hosting GmbH")).to_have_count(0)
    plain.get_by_role("link", name="Show all").click()
    expect(plain.get_by_role("rowheader", name="Example Hosting GmbH")).to_be_visible()
    plain.get_by_role("link", name="Changes", exact=True).click()
    plain.get_by_label("Compare revision").select_option("1")
    plain.get_by_label("with revision").select_option("2")
    plain.get_by_role("button", name="Compare").click()
    expect(plain.get_by_role("heading", level=2)).to_have_text(
        "Placeholder Voice Inc. is now called Placeholder Speech Inc."
    )
    plain.go_back()
    day = plain.get_by_label("What did the list say on").get_attribute("min")
    assert day is not None
    plain.get_by_label("What did the list say on").fill(day)
    plain.get_by_role("button", name="Show").click()
    expect(plain.get_by_role("rowheader", name="Old Mailer Ltd")).to_be_visible()


def test_the_language_stays_chosen_from_page_to_page(plain: Page) -> None:
    plain.goto("/registers/general")
    plain.get_by_role("link", name="Deutsch").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("Unterauftragsverarbeiter")
    plain.get_by_role("link", name="Änderungen", exact=True).click()
    expect(plain.locator("html")).to_have_attribute("lang", "de")
    plain.get_by_role("link", name="English").click()
    expect(plain.locator("html")).to_have_attribute("lang", "en")
