"""Every page passes the standing checks; every public answer can be kept and asked again."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.contracts.conftest import Addresses
from tests.standing import complaints


def is_page(answer: TestResponse) -> bool:
    return answer.mimetype == "text/html"


def public_answers(visitor: FlaskClient, addresses: Addresses) -> Iterator[tuple[str, TestResponse]]:
    for one in addresses.pages.that(lambda one: one.access == "public"):
        answer = visitor.get(one.url)
        assert answer.status_code in (200, 303), f"{one}: {answer.status}"
        if answer.status_code == 200:
            yield one.url, answer


def test_every_public_page_passes_the_standing_checks(visitor: FlaskClient, addresses: Addresses) -> None:
    found = {url: complaints(answer.text) for url, answer in public_answers(visitor, addresses) if is_page(answer)}
    assert "/" in found
    assert {url: wrong for url, wrong in found.items() if wrong} == {}


def test_every_admin_page_passes_the_standing_checks(owner: FlaskClient, addresses: Addresses) -> None:
    found = {}
    for one in addresses.pages.that(lambda one: one.access != "public"):
        answer = owner.get(one.url)
        assert answer.status_code in (200, 303), f"{one}: {answer.status}"
        if is_page(answer) and answer.status_code == 200:
            found[one.url] = complaints(answer.text)
            assert answer.headers["Cache-Control"] == "no-store", str(one)
    assert found
    assert {url: wrong for url, wrong in found.items() if wrong} == {}


def test_public_answers_set_no_cookie_and_allow_nothing_foreign(visitor: FlaskClient, addresses: Addresses) -> None:
    for url, answer in public_answers(visitor, addresses):
        assert "Set-Cookie" not in answer.headers, url
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], url
        assert answer.headers["X-Content-Type-Options"] == "nosniff", url


def test_public_answers_are_the_same_again_and_then_304(visitor: FlaskClient, addresses: Addresses) -> None:
    for url, answer in public_answers(visitor, addresses):
        tag = answer.headers.get("ETag")
        assert tag, url
        again = visitor.get(url, headers={"If-None-Match": tag})
        assert (url, again.status_code, again.data) == (url, 304, b"")
        assert visitor.get(url).data == answer.data, url
        assert visitor.head(url).status_code == 200, url


@pytest.mark.parametrize("start", ["/", "/admin/"])
def test_no_link_leads_nowhere(visitor: FlaskClient, owner: FlaskClient, start: str) -> None:
    client = owner if start == "/admin/" else visitor
    waiting, seen, broken = [(start, "")], {start}, []
    while waiting:
        url, source = waiting.pop()
        with client.get(url, follow_redirects=True) as answer:
            new = set(inner_links(url, answer.text)) - seen if is_page(answer) else set()
            if answer.status_code != 200:
                broken.append(f"{source} leads to {url}: {answer.status}")
        seen |= new
        waiting += [(target, url) for target in sorted(new)]
    assert len(seen) > 8
    assert broken == []


def inner_links(url: str, page: str) -> Iterator[str]:
    for link in BeautifulSoup(page, "html5lib").find_all(["a", "link"], href=True):
        target = urldefrag(urljoin(f"http://localhost{url}", str(link["href"]))).url
        if target.startswith("http://localhost/"):
            parts = urlsplit(target)
            yield parts.path + (f"?{parts.query}" if parts.query else "")


@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", None])
def test_a_page_that_is_not_there_is_explained_to_people(visitor: FlaskClient, accept: str | None) -> None:
    headers = {"Accept": accept} if accept else {}
    for url in ("/nothing/here", "/registers/unknown"):
        answer = visitor.get(url, headers=headers)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
        assert complaints(answer.text) == []


def test_data_that_is_not_there_is_explained_to_programs(visitor: FlaskClient) -> None:
    """RFC 9457."""
    for url in ("/registers/unknown.json", "/registers/unknown.csv", "/registers/unknown/chain.json", "/nothing.json"):
        answer = visitor.get(url)
        assert (url, answer.status_code, answer.mimetype) == (url, 404, "application/problem+json")
        assert answer.json is not None
        assert answer.json["status"] == 404
        assert answer.json["title"]
        assert answer.json["type"].startswith("urn:subregistry:problem:")


def test_a_wrong_method_is_said_with_the_right_ones(visitor: FlaskClient) -> None:
    answer = visitor.delete("/")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]
