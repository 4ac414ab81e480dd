"""The entry form in a browser, with scripts and without: the same steps lead to the same entry."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from registry import demo
from tests.browser.conftest import Visit
from tests.test_admin_entries import document, stands

CONTRAST = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")
ENTRIES = "/admin/registers/general/entries"


@pytest.fixture
def app(sample_app: Flask) -> Flask:
    return sample_app


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def context(browser: Browser, live_url: str, width: int, scripts: bool) -> Iterator[BrowserContext]:
    size = {"width": width, "height": 900}
    context = browser.new_context(base_url=live_url, viewport=size, locale="en-GB", java_script_enabled=scripts)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def olga(visit: Visit) -> Page:
    page = visit.page
    page.goto("/admin/sign-in")
    page.get_by_label("E-mail").fill("olga@acme.example")
    page.get_by_label("Password").fill(demo.PASSWORD)
    page.locator("main").get_by_role("button").click()
    return page


def press(page: Page, do: str) -> None:
    page.locator(f'button[value="{do}"]').last.click()


def test_a_new_entry_is_filled_in_checked_and_saved(olga: Page, sample_app: Flask, visit: Visit) -> None:
    count = len(document(sample_app)["entries"])
    olga.goto(ENTRIES)
    olga.get_by_role("link", name="Add an entry").click()
    olga.get_by_label("Legal name").fill("Newcomer AG")
    olga.locator('[name="purposes.0.text.en"]').fill("Night watch")
    press(olga, "add:purposes")
    expect(olga.locator('[name="purposes.0.text.en"]')).to_have_value("Night watch")
    olga.locator('[name="purposes.1.text.en"]').fill("Day watch")
    olga.locator('[name="locations.0.place.code"]').select_option(label="Switzerland")
    olga.locator('[name="locations.0.mechanisms.0.code"]').select_option("EU-45")
    press(olga, "add:locations.0.mechanisms")
    olga.locator('[name="locations.0.mechanisms.1.code"]').select_option("EU-SCC-M3")
    press(olga, "up:purposes.1")
    expect(olga.locator('[name="purposes.0.text.en"]')).to_have_value("Day watch")
    press(olga, "check")
    expect(olga.locator("#meaning")).to_contain_text("Newcomer AG is added")
    expect(olga.locator("#meaning")).to_be_in_viewport()
    assert len(document(sample_app)["entries"]) == count
    olga.get_by_role("button", name="Save", exact=True).last.click()
    expect(olga.get_by_role("status")).to_contain_text("Added to the working copy.")
    found = stands(sample_app, "Newcomer AG")
    assert [row["text"] for row in found["purposes"]] == [{"en": "Day watch"}, {"en": "Night watch"}]
    place = found["locations"][0]
    assert place["place"]["code"] == "CH"
    assert [(row["code"], row["primary"]) for row in place["mechanisms"]] == [("EU-45", True), ("EU-SCC-M3", False)]
    assert visit.elsewhere() == []
    assert visit.complaints == []


def test_one_goes_on_at_the_row_that_was_added(olga: Page, sample_app: Flask, scripts: bool) -> None:
    olga.goto(f"{ENTRIES}/{stands(sample_app, 'Placeholder Speech Inc.')['id']}")
    press(olga, "add:locations")
    added = olga.locator("#locations-2")
    expect(added.locator("summary").first).to_be_in_viewport()
    expect(added.get_by_label("What is done")).to_be_visible()
    if scripts:
        expect(added.get_by_label("What is done")).to_be_focused()
    else:
        assert olga.url.endswith("#locations-2")


def test_the_return_key_saves(olga: Page, sample_app: Flask) -> None:
    olga.goto(f"{ENTRIES}/{stands(sample_app, 'Sample Models SAS')['id']}")
    olga.locator('[name="purposes.0.text.en"]').fill("Suggestions")
    olga.keyboard.press("Enter")
    expect(olga.get_by_role("status")).to_contain_text("Saved in the working copy.")
    assert stands(sample_app, "Sample Models SAS")["purposes"][0]["text"]["en"] == "Suggestions"


def test_what_is_wrong_is_unfolded(olga: Page, sample_app: Flask) -> None:
    olga.goto(f"{ENTRIES}/{stands(sample_app, 'Sample Models SAS')['id']}")
    olga.locator("#company > summary").click()
    olga.get_by_label("Legal name").fill("")
    olga.get_by_label("Website").fill("no address")
    olga.locator("#company > summary").click()
    olga.get_by_role("button", name="Save", exact=True).last.click()
    expect(olga.get_by_label("Legal name")).to_be_visible()
    expect(olga.get_by_text("A legal name is needed.").last).to_be_visible()
    expect(olga.get_by_label("Website")).to_have_value("no address")


@pytest.mark.parametrize("scripts", [True], indirect=True, ids=["scripts"])
def test_what_was_unfolded_stays_so(olga: Page, sample_app: Flask) -> None:
    olga.goto(f"{ENTRIES}/{stands(sample_app, 'Placeholder Speech Inc.')['id']}")
    olga.locator("#locations-1 > summary").click()
    press(olga, "add:purposes")
    expect(olga.locator('[name="purposes.2.text.en"]')).to_be_focused()
    expect(olga.locator('[name="locations.1.place.code"]')).to_be_visible()


@pytest.mark.parametrize("scripts", [True], indirect=True, ids=["scripts"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_and_can_be_read(olga: Page, sample_app: Flask, scheme: str) -> None:
    olga.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    entry = f"{ENTRIES}/{stands(sample_app, 'Placeholder Speech Inc.')['id']}"
    for url in (ENTRIES, entry, f"{ENTRIES}/new", f"{entry}/removal", "/admin/assessments", "/admin/assessments/new"):
        olga.goto(url)
        olga.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        beyond = olga.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (url, beyond) == (url, 0)
        assert (url, olga.evaluate(CONTRAST)) == (url, [])
