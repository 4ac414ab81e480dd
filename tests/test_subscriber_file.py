"""Subscribers as a CSV file, in and out."""

import csv
import io

import pytest
from sqlmodel import col, select

from notifications import consent, subscriber_file, subscriptions, suppression, tokens
from notifications.models import Delivery, Subscriber
from registry.errors import Problem
from registry.models import Register
from registry.settings import Settings
from registry.work import Work
from tests.audience import by_email, leave_token, published_register, subscribe

HEAD = "email,registers,language,frequency,confirmed_at,consent_source"
ANA = "ana@customer.example,general,en,immediate,2024-05-01T08:00:00Z,CRM export"


@pytest.fixture(autouse=True)
def register(work: Work) -> Register:
    published_register(work, "eu")
    return published_register(work)


def take(work: Work, settings: Settings, *lines: str, head: str = HEAD) -> subscriber_file.Imported:
    return subscriber_file.read(work, settings, "\n".join([head, *lines]).encode())


def test_who_consented_elsewhere_is_taken_over_with_the_proof(work: Work, settings: Settings) -> None:
    done = take(work, settings, ANA, "bea@customer.example,general eu,de,,2025-01-02 03:04:05+02:00,Paper form")
    assert (done.added, done.updated, done.skipped) == (2, 0, [])
    bea = by_email(work, "bea@customer.example")
    assert (bea.language, bea.form) == ("de", "Paper form")
    assert consent.chosen_slugs(work, bea) == ["eu", "general"]
    assert bea.confirmed_at is not None
    assert bea.confirmed_at.isoformat() == "2025-01-02T01:04:05+00:00"
    (line,) = consent.lines(work, bea.id)
    assert (line.act, line.form, line.registers) == ("imported", "Paper form", ["eu", "general"])
    assert list(work.session.exec(select(Delivery))) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nobody,general,en,immediate,2024-05-01,CRM", "not an e-mail address"),
        ("ana@customer.example,,en,immediate,2024-05-01,CRM", "No register"),
        ("ana@customer.example,general nowhere,en,immediate,2024-05-01,CRM", "no register nowhere"),
        ("ana@customer.example,general,xx,immediate,2024-05-01,CRM", "language xx"),
        ("ana@customer.example,general,en,hourly,2024-05-01,CRM", "frequency hourly"),
        ("ana@customer.example,general,en,immediate,,CRM", "consented"),
        ("ana@customer.example,general,en,immediate,yesterday,CRM", "“yesterday”"),
        ("ana@customer.example,general,en,immediate,2031-05-01,CRM", "future"),
        ("ana@customer.example,general,en,immediate,2024-05-01,", "consent_source"),
        ("ana@customer.example", "No register"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_others_count(
    work: Work, settings: Settings, line: str, said: str
) -> None:
    done = take(work, settings, line, "bea@customer.example,general,en,immediate,2024-05-01,CRM")
    assert done.added == 1
    ((number, reason),) = done.skipped
    assert number == 2
    assert said in reason


def test_who_left_stays_away(work: Work, settings: Settings) -> None:
    subscriber = subscribe(work, settings)
    subscriptions.leave(work, settings, leave_token(settings, subscriber), source="")
    suppression.add(work, tokens.address_hash(settings.secret_key, "Bounced@customer.example"), suppression.BOUNCED)
    done = take(work, settings, ANA, "bounced@customer.example,general,en,immediate,2024-05-01,CRM")
    assert done.added == 0
    assert len(done.skipped) == 2


def test_importing_twice_changes_nothing(work: Work, settings: Settings) -> None:
    take(work, settings, ANA)
    done = take(work, settings, ANA.upper().replace("GENERAL,EN,IMMEDIATE", "general,en,immediate"))
    assert (done.added, done.updated) == (0, 1)
    subscriber = by_email(work, "ana@customer.example")
    assert len(consent.lines(work, subscriber.id)) == 1


def test_somebody_who_confirmed_here_keeps_that_proof(work: Work, settings: Settings) -> None:
    subscriber = subscribe(work, settings)
    take(work, settings, ANA.replace(",general,", ",eu,"))
    assert (subscriber.form, subscriber.confirmed_at) == ("page", work.now)
    assert consent.chosen_slugs(work, subscriber) == ["eu"]


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"\xff\xfe\x00", "file-unreadable"),
        (b'email,"registers\n', "columns-missing"),
        (b"", "columns-missing"),
        (b"email,registers\n", "columns-missing"),
        (HEAD.encode() + b'\n"open', "file-unreadable"),
    ],
)
def test_a_file_that_is_none_is_refused(work: Work, settings: Settings, raw: bytes, key: str) -> None:
    with pytest.raises(Problem) as refusal:
        subscriber_file.read(work, settings, raw)
    assert refusal.value.code == "invalid"
    assert refusal.value.key in (key, "file-unreadable")


def test_what_goes_out_comes_in_again(work: Work, settings: Settings) -> None:
    subscribe(work, settings, "=cmd@customer.example", registers=["general", "eu"])
    subscribe(work, settings, "bea@customer.example", language="de")
    unconfirmed = subscribe(work, settings, "late@customer.example")
    unconfirmed.confirmed_at = None
    raw = subscriber_file.write(work)
    rows = list(csv.DictReader(io.StringIO(raw.decode())))
    assert [row["email"] for row in rows] == ["'=cmd@customer.example", "bea@customer.example"]
    for row in work.session.exec(select(Subscriber)):
        work.session.delete(row)
    work.session.flush()
    assert subscriber_file.read(work, settings, raw).added == 2
    emails = work.session.exec(select(Subscriber.email).order_by(col(Subscriber.email))).all()
    assert sorted(emails) == ["=cmd@customer.example", "bea@customer.example"]
    assert subscriber_file.write(work) == raw
