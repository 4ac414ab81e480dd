"""The main job in a real browser, with scripts and without: enter, propose, approve, publish, read, subscribe."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from notifications import worker
from registry import demo
from registry.settings import Settings
from tests.browser.conftest import Visit, serve
from tests.conftest import settings_for
from tests.processes import free_port

STARTS = "2037-01-15"


@pytest.fixture
def settings(sample_url: str, tmp_path: Path) -> Settings:
    """The links in mails lead to where the application is really served."""
    return settings_for(sample_url, tmp_path, BASE_URL=f"http://127.0.0.1:{free_port()}")


@pytest.fixture
def live_url(app: Flask, settings: Settings) -> Iterator[str]:
    yield from serve(app, urlsplit(settings.base_url).port or 0)


@pytest.fixture
def width() -> int:
    return 1280


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def context(request: pytest.FixtureRequest, browser: Browser, live_url: str, width: int) -> Iterator[BrowserContext]:
    viewport = {"width": width, "height": 900}
    context = browser.new_context(
        base_url=live_url,
        viewport=viewport,  # type: ignore[arg-type]
        locale="en-GB",
        java_script_enabled=request.param,
    )
    yield context
    context.close()


def sign_in(page: Page, email: str) -> None:
    page.goto("/admin/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(demo.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Sign in")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def enter_newcomer(page: Page) -> None:
    page.goto("/admin/registers")
    page.get_by_role("main").get_by_role("link", name="Sub-processors", exact=True).click()
    page.get_by_role("link", name="Add an entry").click()
    page.locator("#sub_processor-legal_name").fill("Newcomer Mail SAS")
    page.locator("#sub_processor-country").select_option("FR")
    page.locator("#purposes-0-text-en").fill("Sending e-mail")
    page.locator("#locations-0-place-code").select_option("FR")
    page.locator("#locations-0-mechanisms-0-code").select_option("NT-EEA")
    page.get_by_role("button", name="Add a purpose").click()
    page.locator("#purposes-1-text-en").fill("Counting what was sent")
    expect(page.locator("#purposes-0-text-en")).to_have_value("Sending e-mail")
    if not page.locator("#starts_on").is_visible():
        page.get_by_text("From when until when").click()
    page.locator("#starts_on").fill(STARTS)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("main")).to_contain_text("Added to the working copy")


def propose(page: Page) -> str:
    page.goto("/admin/registers/general/proposals")
    expect(page.get_by_role("main")).to_contain_text("Newcomer Mail SAS")
    page.get_by_label("Note").fill("Another sender of e-mail.")
    page.get_by_role("button", name="Propose this").click()
    expect(page.get_by_role("main")).to_contain_text("Waits for review")
    return page.url


def subscribe(page: Page, email: str) -> None:
    page.goto("/subscribe?registers=general")
    page.get_by_label("E-mail", exact=True).fill(email)
    page.get_by_role("button", name="Ask for a confirmation mail").click()
    expect(page.get_by_role("main")).to_contain_text(email)


def mail_to(settings: Settings, email: str) -> str:
    """The text of the newest mail to an address, from the folder where mail goes without a relay."""
    found = [path.read_text(encoding="utf-8") for path in (settings.data_path / "outbox").glob("*.eml")]
    (mail,) = [content for content in found if f"To: {email}" in content]
    return mail.replace("=\r\n", "").replace("=\n", "")


def test_from_the_entry_form_to_a_confirmed_subscription(app: Flask, settings: Settings, visit: Visit) -> None:
    page = visit.page
    sign_in(page, "edi@acme.example")
    enter_newcomer(page)
    proposal = propose(page)
    expect(page.get_by_role("button", name="Publish revision")).to_have_count(0)
    sign_out(page)

    sign_in(page, "rena@acme.example")
    page.goto(proposal)
    page.get_by_role("button", name="Approve exactly this").click()
    sign_out(page)

    sign_in(page, "edi@acme.example")
    page.goto(proposal)
    page.get_by_role("button", name="Publish revision").click()
    expect(page.get_by_role("main")).to_contain_text("1 addition")
    sign_out(page)

    page.goto("/registers/general")
    expect(page.get_by_role("main")).to_contain_text("Newcomer Mail SAS")
    expect(page.get_by_role("main")).to_contain_text("15 January 2037")
    subscribe(page, "rita@customer.example")
    worker.run(app.extensions["subregistry"]["engine"], settings, once=True)
    confirm_and_erase(page, settings, "rita@customer.example")
    assert visit.elsewhere() == []
    assert visit.complaints == []


def confirm_and_erase(page: Page, settings: Settings, email: str) -> None:
    found = re.search(r"http\S+/confirmation", mail_to(settings, email))
    assert found
    page.goto(found[0])
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your subscription")
    page.get_by_role("button", name="Erase everything").click()
    expect(page.get_by_role("main")).not_to_contain_text(email)
