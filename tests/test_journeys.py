"""The main job from end to end, through the real processes and a real mail server: from a messy list to an inbox."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import feedparser
import pytest

from notifications import worker
from registry import clock
from registry.settings import Settings
from registry.work import make_engine
from tests.conftest import settings_for
from tests.processes import Service, Visitor, free_port, wait_for
from tests.servers import MailServer, Received
from tests.standing import complaints
from tests.typed import Run, answer, done, kinds

LIST = """\
# Who helps us

We use the following companies. Last reviewed on 31.09.2024.

## Third parties

Sub‑processor | Purpose of sub-processing | Sub-processing location | Transfer mechanism |
---|---|---|---|
Example Hosting GmbH | Hosting and storage of custmer data | Germany, Finland | N/A |
Placeholder Cloud, Inc. | Cloud computing and analytics | USA | EC Standard Contractual Clauses |
Sample Speech Inc. | Text-to-Speech (TTS); storage | Europe, USA (TTS) KSA (storage) | SCCs Module 3 |
Sample Analytics B.V. | Product analytics | Netherlands | N/A |
Acme Affiliates | Customer care | Global | EC Standard Contractual Clauses |
Sub‑processor | Purpose of sub-processing | Sub-processing location | Transfer mechanism |
---|---|---|---|
Acme Support Zagreb | Customer care and technical support | Croatia | N/A |
Acme Support London | Customer care and technical support | United Kingdom | N/A |
Acme Support Sarajevo | Exceptionally and only for complex troubleshooting | Bosnia and Herzegovina | EC SCCs |
"""
ADDED = "Newcomer Mail Ltd | Sending e-mail | Ireland | N/A |\n"
LATER = "Latecomer Maps SAS | Maps | France | N/A |\n"
"""Lines that come into the first table later."""
CROWD = 300
ONE_CLICK = b"List-Unsubscribe=One-Click"
REPORT = ("--register", "general", "--json")


@pytest.fixture
def settings(database_url: str, tmp_path: Path, mail_server: MailServer) -> Settings:
    address = f"http://localhost:{free_port()}"
    return settings_for(database_url, tmp_path, BASE_URL=address, SMTP_URL=mail_server.url)


@pytest.fixture
def service(settings: Settings, tmp_path: Path) -> Iterator[Service]:
    service = Service(settings, tmp_path)
    service.start_web()
    service.start("worker")
    yield service
    service.stop()
    assert "Traceback" not in service.log("web") + service.log("worker")


@pytest.fixture
def visitor(settings: Settings) -> Visitor:
    return Visitor(settings.base_url)


def bring_in(run: Run, path: Path, content: str) -> Any:
    path.write_text(content, encoding="utf-8")
    result = run("import", str(path), "--register", "general", "--yes", "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def baseline(run: Run, path: Path) -> Any:
    """The list as the company has it today, brought in and published without a word to anybody."""
    done(run("publisher", "--name", "Acme Cloud d.d.", "--contact-email", "privacy@acme.example"))
    done(run("register", "add", "general", "--title", "Sub-processors", "--timezone", "Europe/Zagreb"))
    report = bring_in(run, path, LIST)
    assert answer(run("publish", "--baseline", "--note", "As it stands.", *REPORT))["announced"] is False
    return report


def with_line(content: str, line: str) -> str:
    return content.replace("Acme Affiliates", line + "Acme Affiliates")


def link(mail: EmailMessage, pattern: str) -> str:
    found = re.search(pattern, text_of(mail))
    assert found, text_of(mail)
    return found[0]


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def subscribe(visitor: Visitor, mail_server: MailServer, email: str, language: str = "en") -> None:
    """Ask by the form, wait for the mail, and press the button it leads to."""
    asked = visitor.post("/subscribe", {"email": email, "registers": ["general"], "language": language})
    assert asked.status == 200
    (mail,) = wait_for(lambda: mail_server.to(email), f"the mail that asks {email} to confirm")
    button = link(mail.message, r"http\S+/confirmation")
    assert complaints(visitor.get(button).text) == []
    assert visitor.post(button).status == 200


def notice_to(mail_server: MailServer, email: str, number: int) -> Received:
    def look() -> list[Received]:
        return [one for one in mail_server.to(email) if one.message["X-Publication"] == str(number)]

    (found,) = wait_for(look, f"the notice of publication {number} to {email}")
    return found


def test_from_a_messy_list_to_an_inbox(
    run: Run, service: Service, visitor: Visitor, mail_server: MailServer, tmp_path: Path
) -> None:
    path = tmp_path / "list.md"
    report = baseline(run, path)
    assert [row["outcome"] for row in report["rows"]] == ["new"] * 8
    london = next(row for row in report["rows"] if row["name"] == "Acme Support London")
    assert any("N/A" in note for note in london["notes"])
    page = visitor.get("/registers/general")
    assert page.status == 200
    assert "custmer" in page.text
    groups = {entry["group"]["en"] for entry in register_of(visitor)["entries"]}
    assert len(groups) == 2

    for email in ("rita@customer.example", "sven@customer.example"):
        subscribe(visitor, mail_server, email)
    bring_in(run, path, with_line(LIST.replace("custmer", "customer"), ADDED))
    sent = answer(run("publish", "--note", "Mail", "--effective-on", "2027-01-15", *REPORT))
    assert sorted(kinds(sent["changes"])) == ["subprocessor-added", "text-corrected"]

    notice = notice_to(mail_server, "rita@customer.example", 2)
    says_one_addition_and_one_correction(notice, sent["hash"])
    has_the_headers_of_a_notice(notice, visitor)
    leave_with_one_click(notice, visitor)
    the_feeds_say_it_too(visitor)

    bring_in(run, path, with_line(with_line(LIST.replace("custmer", "customer"), ADDED), LATER))
    done(run("publish", *REPORT))
    notice_to(mail_server, "sven@customer.example", 3)
    wait_for(lambda: settled(run, 3), "all deliveries of publication 3")
    told = [one.message["X-Publication"] for one in mail_server.to("rita@customer.example")]
    assert "3" not in told
    (row,) = answer(run("deliveries", "--publication", "3", *REPORT))
    assert (row["recipient"], row["channel"]) == ("sven@customer.example", "mail")
    assert row["attempts"][-1]["reply"].startswith("250 ")


def register_of(visitor: Visitor) -> Any:
    return json.loads(visitor.get("/registers/general.json").body)


def settled(run: Run, number: int) -> bool:
    rows = answer(run("deliveries", "--publication", str(number), *REPORT))
    return bool(rows) and all(row["state"] not in ("queued", "claimed", "sending") for row in rows)


def says_one_addition_and_one_correction(notice: Received, chain_hash: str) -> None:
    """In the raw bytes, both parts: what comes, from when, and the word that was put right, old and new."""
    body = text_of(notice.message)
    numbered = re.findall(r"^\d+\. .*$", body, re.MULTILINE)
    assert len(numbered) == 2
    assert len([line for line in numbered if "Newcomer Mail Ltd" in line]) == 1
    assert len([line for line in numbered if "Example Hosting GmbH" in line]) == 1
    for words in ("Sending e-mail", "Ireland", "15 January 2027", "custmer", "customer", chain_hash):
        assert words in body
    assert "Placeholder Cloud" not in body
    assert "1 addition" in notice.message["Subject"]
    html = notice.message.get_body(("html",))
    assert html is not None
    assert html.get_content().count("Newcomer Mail Ltd") >= 1
    for outside in ("<img", "<link", "<script", "@import", "url("):
        assert outside not in html.get_content()
    kinds_of_parts = [part.get_content_type() for part in notice.message.iter_parts()]
    assert kinds_of_parts == ["text/plain", "text/html"]


def has_the_headers_of_a_notice(notice: Received, visitor: Visitor) -> None:
    """As bytes on the wire: a header for machines is one line that nobody has encoded (RFC 2369, RFC 8058)."""
    head = notice.raw.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, notice.raw.split(b"\r\n"))) <= 998
    assert re.fullmatch(
        rb"List-Unsubscribe: <http://localhost:\d+/subscriptions/[\w-]+/unsubscribe>", only(head, b"List-Unsubscribe:")
    )
    assert only(head, b"List-Unsubscribe-Post:") == b"List-Unsubscribe-Post: " + ONE_CLICK
    assert re.fullmatch(rb"List-Id: <general\.localhost>", only(head, b"List-Id:"))
    assert re.fullmatch(rb"Message-ID: <[^\s<>@]+@localhost>", only(head, b"Message-ID:"))
    assert only(head, b"Auto-Submitted:") == b"Auto-Submitted: auto-generated"
    assert only(head, b"X-Register:") == b"X-Register: general"
    assert not any(b"=?" in line for line in head if line.startswith((b"List-", b"References", b"Message-ID")))
    assert notice.message["From"] == '"Acme Cloud d.d." <notices@localhost>'
    assert visitor.get(link(notice.message, r"http\S+/revisions/2")).status == 200
    assert visitor.get(link(notice.message, r"http\S+/compare/\d+\.\.\.\d+")).status == 200


def only(head: list[bytes], start: bytes) -> bytes:
    (found,) = [line for line in head if line.startswith(start)]
    return found


def leave_with_one_click(notice: Received, visitor: Visitor) -> None:
    """GET shows a button and changes nothing; the provider's POST leaves, and again and again is fine."""
    address = notice.message["List-Unsubscribe"].strip("<>")
    manage = link(notice.message, r"http\S+/subscriptions/[\w-]{30,}(?=\s)")
    assert visitor.get(address).status == 200
    assert visitor.get(manage).status == 200
    for _ in range(2):
        left = visitor.post(address, {"List-Unsubscribe": "One-Click"}, Origin="https://mail.example")
        assert (left.status, left.headers["Location"]) == (200, None)
    assert visitor.get(manage).status == 404


def the_feeds_say_it_too(visitor: Visitor) -> None:
    """Every feed reads without complaint, is the same again byte for byte, and 304 for whoever has it already."""
    for name in ("feed.rss", "feed.atom"):
        sent = visitor.get(f"/registers/general/{name}")
        feed = feedparser.parse(sent.body, response_headers={"content-type": sent.headers["Content-Type"]})
        assert not feed.bozo, feed.get("bozo_exception")
        assert [entry.link.rpartition("/")[2] for entry in feed.entries] == ["2", "1"]
        assert "Newcomer Mail Ltd" in feed.entries[0].summary + str(feed.entries[0].get("content", ""))
    kinds_told = [
        kinds(item["_changes"]) for item in json.loads(visitor.get("/registers/general/feed.json").body)["items"]
    ]
    assert sorted(kinds_told[0]) == ["subprocessor-added", "text-corrected"]
    for address in ("feed.rss", "feed.atom", "feed.json", "history", "revisions/1", "compare/1...2", "chain.json"):
        sent = visitor.get(f"/registers/general/{address}")
        assert visitor.get(f"/registers/general/{address}").body == sent.body
        again = visitor.get(f"/registers/general/{address}", If_None_Match=sent.headers["ETag"])
        assert (again.status, again.body) == (304, b"")


def test_a_subscriber_comes_changes_takes_a_copy_and_is_forgotten(
    run: Run, service: Service, visitor: Visitor, mail_server: MailServer, tmp_path: Path
) -> None:
    baseline(run, tmp_path / "list.md")
    rita = "rita@customer.example"
    subscribe(visitor, mail_server, rita)
    assert visitor.post("/subscribe", {"email": rita, "registers": ["general"]}).status == 200
    (again,) = wait_for(lambda: mail_server.to(rita)[1:], "a second mail")
    manage = link(again.message, r"http\S+/subscriptions/[\w-]{30,}")
    assert "confirmation" not in text_of(again.message)

    page = visitor.get(manage)
    assert complaints(page.text) == []
    assert page.headers["Cache-Control"] == "no-store"
    saved = visitor.post(manage, {"registers": ["general"], "language": "de"})
    assert saved.status == 303
    assert '<html lang="de">' in visitor.get(manage).text

    held = json.loads(visitor.get(f"{manage}/export").body)
    assert (held["email"], held["registers"], held["language"]) == (rita, ["general"], "de")
    assert [line["act"] for line in held["consent"]] == ["requested", "confirmed", "changed"]
    assert all(line["text"] for line in held["consent"])

    assert visitor.post(f"{manage}/erase").status == 200
    assert visitor.get(manage).status == 404
    assert rita not in done(run("subscribers", "export"))

    sven = "sven@customer.example"
    subscribe(visitor, mail_server, sven)
    bring_in(run, tmp_path / "list.md", with_line(LIST, ADDED))
    done(run("publish", *REPORT))
    notice_to(mail_server, sven, 2)
    assert [row["recipient"] for row in answer(run("deliveries", "--publication", "2", *REPORT))] == [sven]
    assert len(mail_server.to(rita)) == 2


def test_a_worker_killed_in_the_middle_sends_nothing_twice(
    run: Run, service: Service, settings: Settings, mail_server: MailServer, tmp_path: Path
) -> None:
    """Kill -9 between two messages: afterwards everybody has the notice once, or the row says it is uncertain."""
    baseline(run, tmp_path / "list.md")
    crowd = [f"person{number:03}@customer.example" for number in range(CROWD)]
    rows = [f"{email},general,en,immediate,2026-01-02T03:04:05Z,contract annex" for email in crowd]
    people = tmp_path / "people.csv"
    header = "email,registers,language,frequency,confirmed_at,consent_source"
    people.write_text("\r\n".join([header, *rows, ""]), encoding="utf-8")
    assert answer(run("subscribers", "import", str(people), "--json"))["added"] == CROWD
    bring_in(run, tmp_path / "list.md", with_line(LIST, ADDED))
    done(run("publish", *REPORT))
    wait_for(lambda: len(mail_server.received) >= CROWD // 4, "the first messages")
    service.kill("worker")
    assert len(mail_server.received) < CROWD
    after_the_lease = make_engine(settings.database_url)
    worker.run(after_the_lease, settings, once=True, now=lambda: clock.now() + timedelta(minutes=3))
    after_the_lease.dispose()
    states = {row["recipient"]: row["state"] for row in answer(run("deliveries", "--publication", "2", *REPORT))}
    times = Counter(one.recipients[0] for one in mail_server.received)
    assert states.keys() == set(crowd)
    assert max(times.values()) == 1
    assert {email for email, state in states.items() if state == "accepted"} <= times.keys()
    doubtful = {email for email, state in states.items() if state != "accepted"}
    assert {states[email] for email in doubtful} <= {"uncertain"}
    assert len(doubtful) <= 1
