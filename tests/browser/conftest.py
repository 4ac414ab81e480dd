"""A real Chromium and a real server for it to visit."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright
from werkzeug.serving import make_server

from tests.programs import chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@dataclass
class Visit:
    """What a browser did and said while it was here."""

    page: Page
    base_url: str
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> None:
        self.page.on("request", self._note_request)
        self.page.on("console", self._note_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def elsewhere(self) -> list[str]:
        """Requests that did not go to our server."""
        return [url for url in self.requested if not url.startswith((self.base_url, "data:"))]

    def _note_request(self, request: Request) -> None:
        self.requested.append(request.url)

    def _note_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium()
    if program is None:
        pytest.skip("Chromium is not installed (Debian package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def live_url(app: Flask) -> Iterator[str]:
    """The address of the test application, really served on loopback."""
    yield from serve(app)


def serve(app: Flask, port: int = 0) -> Iterator[str]:
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, name="web")
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=[1280, 360], ids=["wide", "narrow"])
def width(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def context(browser: Browser, live_url: str, width: int) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_url, viewport={"width": width, "height": 900}, locale="en-GB")
    yield context
    context.close()


@pytest.fixture
def visit(context: BrowserContext, live_url: str) -> Visit:
    visit = Visit(context.new_page(), live_url)
    visit.watch()
    return visit


@pytest.fixture
def backend() -> str:
    """One database is enough to look at pages."""
    return "sqlite"
