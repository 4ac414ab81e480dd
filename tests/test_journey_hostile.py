"""What no polite visitor sends: every answer is still an answer, sound, and without a trace of failure."""

import json
from urllib.parse import quote

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import etree
from werkzeug.test import TestResponse

from registry.models import Entry, Location, Purpose, Register, SubProcessor
from registry.work import Work
from tests.conftest import sign_in
from tests.records import add_entry, add_register, publish
from tests.standing import complaints

ODD_WORDS = (
    "\x1b[31m",
    "\u202eABC\u202c",
    "👩‍👩‍👧‍👦" * 40,
    "ﷺ" * 200,
    "x" * 20_000,
    "<script>alert(1)</script>",
    "' OR 1=1 --",
    "%_%",
    "(((",
    "{{ 7 * 7 }}",
    "\r\nSet-Cookie: a=b",
)
GENERAL = "/registers/general"
NOT_THERE = (
    f"{GENERAL}/revisions/0",
    f"{GENERAL}/revisions/-1",
    f"{GENERAL}/revisions/99999999999999999999",
    f"{GENERAL}/revisions/0.json",
    f"{GENERAL}/compare/0...1",
    f"{GENERAL}/compare/1...99.json",
    f"{GENERAL}/compare/1..2",
    f"{GENERAL}/on/2026-02-30",
    f"{GENERAL}/on/2026-13-01.json",
    f"{GENERAL}/on/0001-01-01",
    f"{GENERAL}/on/9999-12-31",
    f"{GENERAL}/on/20261122",
    f"{GENERAL}/on/2026-W01-1.json",
    f"{GENERAL}/on/２０２６-11-22",
    "/registers/GENERAL",
    "/registers/general%00",
    "/registers/general%2F..%2F..%2Fetc%2Fpasswd",
    "/registers/%F0%9F%98%80",
    "/registers/%ff.json",
    "/registers/" + "a" * 5_000,
    "/subscriptions/%00",
    "/subscriptions/%F0%9F%98%80/unsubscribe",
    "/subscriptions/" + "a" * 5_000,
    "/static/../wsgi.py",
    "/static/%2e%2e/settings.py",
)
ODD_HEADERS = (
    {"Accept": ";;;,,"},
    {"Accept": "text/html;q=abc"},
    {"Accept": "x" * 9_000},
    {"Accept": "\xff\xfe"},
    {"Accept-Language": "xx,,,;q=2"},
    {"Accept-Language": "\xff"},
    {"Accept-Language": "zh-Hant-TW,*;q=0"},
    {"If-None-Match": 'W/"x", "y'},
    {"If-Modified-Since": "yesterday"},
    {"Range": "bytes=9-1"},
    {"Host": "[::1"},
    {"Host": "elsewhere.example"},
    {"X-Forwarded-Host": "elsewhere.example"},
    {"Cookie": "subregistry_session=%00\xff; =;;"},
    {"Content-Type": "multipart/form-data"},
)


def check(answer: TestResponse) -> None:
    """Whatever it says, it says it soundly."""
    assert answer.status_code < 500
    if answer.mimetype == "text/html" and not answer.location:
        assert complaints(answer.text) == []


def test_what_is_not_there_is_not_found_in_its_own_form(visitor: FlaskClient) -> None:
    for url in NOT_THERE:
        answer = visitor.get(url)
        assert (url, answer.status_code) == (url, 404)
        check(answer)
        assert (answer.mimetype == "application/problem+json") == url.endswith(".json")


def test_odd_words_and_languages_in_an_address_are_answered(visitor: FlaskClient) -> None:
    for words in ODD_WORDS:
        for url in (GENERAL, "/", "/subscribe", "/admin/sign-in", f"{GENERAL}/history", f"{GENERAL}/feed.rss"):
            sent = quote(words)
            answer = visitor.get(f"{url}?lang={sent}&words={sent}&country={sent}&registers={sent}&next={sent}")
            assert (url, answer.status_code) == (url, 200)
            check(answer)
            assert "<script>alert" not in answer.text
            assert "49" not in answer.headers.get("Content-Language", "")


def test_odd_headers_are_answered_like_none(visitor: FlaskClient) -> None:
    for headers in ODD_HEADERS:
        for url in (GENERAL, f"{GENERAL}.json", f"{GENERAL}/feed.atom", "/nothing", "/admin/"):
            answer = visitor.get(url, headers=headers)
            assert answer.status_code in (200, 303, 404), (headers, url, answer.status)
            check(answer)
            assert b"elsewhere.example" not in answer.data


def test_head_says_what_get_says_and_other_methods_are_refused(visitor: FlaskClient) -> None:
    for url in (
        "/",
        GENERAL,
        f"{GENERAL}.csv",
        f"{GENERAL}/chain.json",
        "/feed.rss",
        "/subscribe",
        "/admin/",
        "/nothing",
    ):
        got, head = visitor.get(url), visitor.head(url)
        assert (url, head.status_code, head.data) == (url, got.status_code, b"")
        assert head.headers.get("ETag") == got.headers.get("ETag")
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"):
            answer = visitor.open(url, method=method)
            assert (url, answer.status_code) == (url, 404 if url == "/nothing" else 405)


@pytest.mark.parametrize("name", ["Origin", "Referer"])
def test_only_our_own_pages_may_send_forms(visitor: FlaskClient, name: str) -> None:
    form = {"email": "rita@customer.example", "registers": "general"}
    for origin, status in (
        ("http://localhost", 200),
        ("HTTP://LOCALHOST", 200),
        ("null", 403),
        ("http://[::1", 403),
        ("http://localhost.elsewhere.example", 403),
        ("http://localhost@elsewhere.example", 403),
        ("file:///", 403),
        ("\xff", 403),
    ):
        answer = visitor.post("/subscribe", data=form, headers={name: origin})
        assert (origin, answer.status_code) == (origin, status)
        check(answer)
    for said in ("cross-site", "same-site", "bogus"):
        assert visitor.post("/subscribe", data=form, headers={"Sec-Fetch-Site": said}).status_code == 403


def test_a_browser_names_our_origin_on_pages_behind_a_token(visitor: FlaskClient) -> None:
    """With the policy no-referrer a browser would say `Origin: null` for their forms (Fetch standard, section 3.2)."""
    for url in ("/subscribe", "/subscriptions/unknown", "/subscriptions/unknown/confirmation"):
        assert visitor.get(url).headers["Referrer-Policy"] == "same-origin"


def test_bodies_that_are_too_much_or_no_form_are_refused(visitor: FlaskClient) -> None:
    form = "application/x-www-form-urlencoded"
    for body, kind, status in (
        ("x=" + "y" * 5_000_000, form, 413),
        ("&".join(f"registers=r{number}" for number in range(30_000)), form, None),
        ("\xff\xfe=%ff&%=%zz&email=%00", form, 400),
        ("--x\r\nbroken", "multipart/form-data; boundary=x", 400),
        ('{"email": []}', "application/json", 400),
    ):
        answer = visitor.post("/subscribe", data=body, content_type=kind)
        assert status in (answer.status_code, None)
        check(answer)
        one_click = visitor.post("/subscriptions/unknown/unsubscribe", data=body, content_type=kind)
        assert one_click.status_code == 404


def test_forms_and_lists_of_the_admin_pages_take_anything(sample_app: Flask) -> None:
    olga = sign_in(sample_app, "olga@acme.example")
    there = "/admin/registers/general"
    for form in (
        {"purposes": "x", "locations.0.purposes.0": "x", "locations.0.purposes": "x"},
        {"a" + ".a" * 3_000: "x", "locations." + "0." * 2_000 + "x": "x"},
        {"do": "add:" + "a." * 2_000},
        {"do": "remove:purposes.-1", "base": "[" * 5_000},
        {"sub_processor": "x", "purposes.0": "x", "locations.99999999999.place.code": "DE", "base": "null"},
        {"sub_processor.legal_name": "X", "sub_processor.website": "http://[::1", "ends_on": "9999-12-31"},
    ):
        check(olga.post(f"{there}/entries", data=form))
    for day in ("0001-01-01", "9999-12-31", "2026-02-30"):
        check(olga.post(f"{there}/revisions", data={"effective_on": day}))
    huge = "9" * 30
    for url in (f"/admin/log?page={huge}", f"/admin/subscribers?page={huge}", "/admin/log?page=-1"):
        assert olga.get(url).status_code == 200
    assert olga.get(f"/admin/deliveries?register=general&publication={huge}").status_code == 404
    assert olga.post(f"{there}/publications/{huge}/restoration").status_code == 404


def test_an_address_that_leads_nowhere_is_neither_followed_nor_kept(sample_app: Flask) -> None:
    olga = sign_in(sample_app, "olga@acme.example")
    for there in ("http://[::1", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", "https:/x"):
        assert olga.get("/admin/sign-in", query_string={"next": there}).location == "/admin/"
        saved = olga.post("/admin/publisher", data={"name": "Acme", "website": there, "version": "2"})
        assert saved.status_code == 400
        check(saved)


# Names from everywhere, and many of them

NAMES = (
    "شركة المثال للاستضافة",
    "חברת דוגמה בע״מ",
    "株式会社サンプル",
    "Пример Хостинг ООО",
    "Zażółć Gęślą Jaźń sp. z o.o.",
    "🦄 Unicorn & <b>Sons</b> “Ltd” 👩🏽‍💻",
    '=HYPERLINK("http://elsewhere.example")',
    "A\u202eecilA",
)


@pytest.fixture
def named(work: Work) -> Register:
    register = add_register(work, timezone="Pacific/Kiritimati")
    for name in NAMES:
        add_entry(work, register, name)
    publish(work, register)
    work.commit()
    return register


def test_names_of_every_script_stand_on_every_page_and_in_every_file(named: Register, client: FlaskClient) -> None:
    sent = json.loads(client.get(f"{GENERAL}.json").data)
    assert [entry["sub_processor"]["legal_name"] for entry in sent["entries"]] == list(NAMES)
    for url in ("/", GENERAL, f"{GENERAL}/history", f"{GENERAL}/revisions/1"):
        page = client.get(url)
        check(page)
        assert "<b>Sons" not in page.text
    for ending in ("csv", "md", "jsonld"):
        assert NAMES[2] in client.get(f"{GENERAL}.{ending}").text
    assert "'=HYPERLINK" in client.get(f"{GENERAL}.csv").text
    for ending in ("rss", "atom"):
        feed = client.get(f"{GENERAL}/feed.{ending}").data
        etree.fromstring(feed)
        assert not feedparser.parse(feed).bozo
    for name in NAMES:
        assert client.get(GENERAL, query_string={"words": name}).text.count("<article") <= 1


def test_a_thousand_entries_are_one_page(work: Work, client: FlaskClient) -> None:
    register = add_register(work)
    names = [f"Example {number:04} GmbH" for number in range(1_000)]
    companies = [SubProcessor(legal_name=name, country="DE") for name in names]
    work.session.add_all(companies)
    work.session.flush()
    listed = enumerate(companies)
    entries = [Entry(register_id=register.id, sub_processor_id=one.id, position=place) for place, one in listed]
    work.session.add_all(entries)
    work.session.flush()
    work.session.add_all(Purpose(entry_id=one.id, text={"en": "Hosting"}) for one in entries)
    work.session.add_all(Location(entry_id=one.id, place_code="DE") for one in entries)
    publish(work, register)
    work.commit()
    page = client.get(GENERAL)
    assert page.status_code == 200
    assert [name for name in names if name not in page.text] == []
    found = client.get(f"{GENERAL}?words=0777").text
    assert [name for name in names if name in found] == [names[777]]
