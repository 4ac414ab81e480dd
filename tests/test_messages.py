"""What a mail says, and how it looks on the wire: raw bytes, as the far end gets them."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import html5lib
import pytest
from sqlalchemy import Engine
from sqlmodel import select

from notifications import messages, notice, worker
from notifications.messages import Addressed, Writer
from notifications.models import Subscriber
from notifications.wire import address, to_bytes
from registry import published, text
from registry.errors import Problem
from registry.settings import Settings
from registry.work import OPERATOR, Work, begin
from tests import records
from tests.audience import announce, links, parsed, part, plain, published_register, subscribe, written
from tests.conftest import settings_for

ANA = "ana@customer.example"


@pytest.fixture
def stored(database_url: str, tmp_path: Path) -> Settings:
    return settings_for(database_url, tmp_path)


def delivery(settings: Settings, **given: Any) -> Addressed:
    base: dict[str, Any] = {"id": 5, "event_id": 7, "message": "notice", "subscriber_id": "a" * 16, "recipient": ANA}
    more = {"address_hash": "hash", "language": "en", "queued_at": datetime(2026, 11, 22, 10, 0, tzinfo=UTC)}
    return Addressed(**{**base, **more, **given})


def announced(engine: Engine, settings: Settings, now: datetime, **given: Any) -> bytes:
    """The raw bytes of the notice one subscriber gets."""
    with begin(engine, now=now, actor=OPERATOR) as work:
        register = published_register(work)
        subscribe(work, settings, **given)
        announce(work, register)
    worker.run(engine, settings, once=True, now=lambda: now)
    return next(path.read_bytes() for path in (settings.data_path / "outbox").glob("n.*.eml"))


def raw_header(raw: bytes, name: str) -> bytes:
    """A header exactly as it is on the wire, with its folds."""
    found = re.search(rb"^" + name.encode() + rb":(.*(?:\r\n[ \t].*)*)\r\n", raw, re.MULTILINE)
    assert found is not None, name
    return found[1].strip()


def test_the_raw_headers_are_what_mail_programs_need(
    engine: Engine, database_url: str, tmp_path: Path, now: datetime
) -> None:
    """RFC 2369, 2919, 3834, 8058; none of them may be encoded or broken up, however long the address."""
    base = "https://a-rather-long-host-name-for-privacy.subprocessors.acme-cloud.example/and/a/path"
    raw = announced(engine, settings_for(database_url, tmp_path, BASE_URL=base), now)
    host = b"a-rather-long-host-name-for-privacy.subprocessors.acme-cloud.example"
    unsubscribe = raw_header(raw, "List-Unsubscribe")
    assert re.fullmatch(rb"<" + base.encode() + rb"/subscriptions/[\w-]{38}/unsubscribe>", unsubscribe)
    assert raw_header(raw, "List-Unsubscribe-Post") == b"List-Unsubscribe=One-Click"
    assert raw_header(raw, "List-Id") == b"<general." + host + b">"
    assert raw_header(raw, "Auto-Submitted") == b"auto-generated"
    assert raw_header(raw, "X-Register") == b"general"
    assert raw_header(raw, "X-Publication") == b"2"
    assert re.fullmatch(rb"<n\.\d+\.[a-z2-7]{16}@" + host + rb">", raw_header(raw, "Message-ID"))
    assert raw_header(raw, "To") == ANA.encode()
    head = raw.split(b"\r\n\r\n", 1)[0]
    assert b"=?" not in head
    assert all(len(line) < 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_the_text_part_comes_first_and_both_say_the_same(
    engine: Engine, stored: Settings, tmp_path: Path, now: datetime
) -> None:
    message = parsed(announced(engine, stored, now))
    assert message.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
    for words in ("Sample Analytics B.V.", "6 December 2026, 23:59 (Europe/Zagreb)", "revisions/2", "/unsubscribe"):
        assert words in plain(message)
        assert words in part(message, "html")


def test_the_links_of_a_notice_belong_to_its_recipient_alone(
    engine: Engine, stored: Settings, tmp_path: Path, now: datetime
) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        subscribe_first = published_register(work)
        subscribe(work, stored, "bea@customer.example")
        announce(work, subscribe_first, "First Company B.V.")
    announced_to = {}
    with begin(engine, now=now, actor=OPERATOR) as work:
        subscribe(work, stored)
        for row in work.session.exec(select(Subscriber)):
            announced_to[row.email] = messages.links(stored, row.id, row.address_hash)
    worker.run(engine, stored, once=True, now=lambda: now)
    notices = [one for one in written(tmp_path) if one["X-Register"]]
    assert len(notices) == 2
    for message in notices:
        manage_url, leave_url = announced_to[message["To"]]
        assert manage_url in plain(message)
        assert message["List-Unsubscribe"] == f"<{leave_url}>"
        assert notice.MANAGE_MARK not in part(message, "html")


def test_a_later_notice_of_the_same_plan_refers_to_the_first(
    engine: Engine, stored: Settings, tmp_path: Path, now: datetime
) -> None:
    raw = announced(engine, stored, now)
    first = parsed(raw)["Message-ID"]
    then = now + timedelta(days=1)
    with begin(engine, now=then, actor=OPERATOR) as work:
        register = published.register(work, "general")
        entry = records.entry_of(work, register, "Sample Analytics B.V.")
        records.save(work, entry, {**records.values_of(work, entry), "starts_on": "2027-01-15"})
        records.publish(work, register)
    worker.run(engine, stored, once=True, now=lambda: then)
    (second,) = [one for one in written(tmp_path) if one["X-Publication"] == "3"]
    assert second["References"] == first
    assert second["Message-ID"] != first


def test_the_same_delivery_is_written_with_the_same_bytes(engine: Engine, stored: Settings, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        subscriber = subscribe_to(work, stored)
        row = delivery(stored, event_id=None, message="confirmation", subscriber_id=subscriber.id)
        one, other = Writer(stored).letter(work, row), Writer(stored).letter(work, row)
    assert one is not None
    assert one == other


def subscribe_to(work: Work, settings: Settings) -> Subscriber:
    published_register(work)
    return subscribe(work, settings)


def test_a_bounce_domain_gives_each_delivery_its_own_sender(
    engine: Engine, database_url: str, tmp_path: Path, now: datetime
) -> None:
    settings = settings_for(database_url, tmp_path, MAIL_BOUNCE_DOMAIN="bounces.acme.example")
    with begin(engine, now=now, actor=OPERATOR) as work:
        subscriber = subscribe_to(work, settings)
        writer = Writer(settings)
        senders = set()
        for number in (5, 6):
            row = delivery(settings, id=number, event_id=None, message="confirmation", subscriber_id=subscriber.id)
            letter = writer.letter(work, row)
            assert letter is not None
            senders.add(letter.parcel.sender)
            assert re.fullmatch(rf"bounce-{number}-[a-z2-7]{{16}}@bounces\.acme\.example", letter.parcel.sender)
            assert len(letter.parcel.sender.split("@")[0]) <= 64
    assert len(senders) == 2


@pytest.mark.parametrize(
    ("given", "sender", "envelope"),
    [
        ("", "Ažman & Söhne d.d. <notices@localhost>", "notices@localhost"),
        ("p@acme.example", "Ažman & Söhne d.d. <p@acme.example>", "p@acme.example"),
        ("Privacy <p@acme.example>", "Privacy <p@acme.example>", "p@acme.example"),
    ],
)
def test_the_sender_is_the_company(
    engine: Engine, database_url: str, tmp_path: Path, now: datetime, given: str, sender: str, envelope: str
) -> None:
    settings = settings_for(database_url, tmp_path, MAIL_FROM=given)
    with begin(engine, now=now, actor=OPERATOR) as work:
        company = published.publisher(work)
        company.name, company.contact_email = "Ažman & Söhne d.d.", "privacy@acme.example"
        work.session.add(company)
        work.session.flush()
        letter = messages.test_letter(work, settings, ANA, "en")
    message = parsed(letter.parcel.content)
    from_address = message["From"].addresses[0]
    assert f"{from_address.display_name} <{from_address.addr_spec}>" == sender
    assert letter.parcel.sender == envelope
    assert message["Reply-To"] == "privacy@acme.example"


def test_a_domain_outside_ascii_is_written_in_ascii(engine: Engine, stored: Settings, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        letter = messages.test_letter(work, stored, "ana@müller.example", "en")
        other = messages.test_letter(work, stored, "jörg@müller.example", "en")
    assert letter.parcel.recipient == "ana@xn--mller-kva.example"
    assert parsed(letter.parcel.content)["To"] == "ana@xn--mller-kva.example"
    assert other.parcel.recipient == "jörg@müller.example"


@pytest.mark.parametrize("evil", ["Evil\r\nBcc: eve@elsewhere.example", "Evil\n\n<script>", "Evil\x1b\x0b\u2028Bcc: x"])
def test_nothing_in_the_record_can_add_a_header(engine: Engine, stored: Settings, now: datetime, evil: str) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        company = published.publisher(work)
        company.name = evil
        work.session.add(company)
        work.session.flush()
        letter = messages.test_letter(work, stored, ANA, "en")
    message = parsed(letter.parcel.content)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert message["To"] == ANA


def test_a_value_that_cannot_stand_in_a_header_is_refused() -> None:
    rendered = notice.Rendered("Subject", "text", "<p>html</p>")
    for value in ("a\r\nB: c", "ü", "a\x00b"):
        with pytest.raises(ValueError, match="X-Register"):
            to_bytes(
                rendered,
                sender=address("a@acme.example"),
                recipient=ANA,
                reply_to=None,
                sent_at=datetime(2026, 11, 22, tzinfo=UTC),
                message_id="<a@b>",
                headers={"X-Register": value},
            )


@pytest.mark.parametrize("language", text.languages())
def test_every_message_to_a_person_can_be_written_in_every_language(
    engine: Engine, stored: Settings, now: datetime, language: str
) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        subscriber = subscribe_to(work, stored)
        for message in ("confirmation", "already-subscribed", "address-change", "goodbye", "test"):
            row = delivery(stored, event_id=None, message=message, subscriber_id=subscriber.id, language=language)
            rendered = messages.personal(work, stored, row)
            assert rendered is not None
            assert rendered.subject
            html5lib.HTMLParser(strict=True).parse(rendered.html)
            for link in links(rendered.text):
                assert f"http://localhost{link}" in rendered.html or message == "test", (message, link)


def test_a_request_that_is_gone_is_not_written_to(engine: Engine, stored: Settings, now: datetime) -> None:
    with begin(engine, now=now, actor=OPERATOR) as work:
        row = delivery(stored, event_id=None, message="confirmation", subscriber_id="b" * 16)
        assert Writer(stored).letter(work, row) is None
        assert Writer(stored).letter(work, delivery(stored, recipient="")) is None


def test_a_sender_setting_is_checked_at_the_start(tmp_path: Path) -> None:
    for wrong in ("ü@acme.example", "@", "a@b@c, d <>"):
        with pytest.raises(Problem, match="MAIL_FROM"):
            messages.check_sender(settings_for("sqlite:///unused.db", tmp_path, MAIL_FROM=wrong))
