"""Asking, confirming, changing, leaving: the rules, whatever the page looks like."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from notifications import audience as reads
from notifications import consent, limits, subscriptions, suppression, tokens
from notifications.models import Consent, Delivery, MailRequest, Subscriber, Suppression
from registry.errors import Problem
from registry.models import Register
from registry.settings import Settings
from registry.work import Work
from tests import records
from tests.audience import (
    SOURCE,
    announce,
    ask,
    by_email,
    confirm_token,
    leave_token,
    published_register,
    queued,
    subscribe,
)

ANA = "ana@customer.example"


@pytest.fixture
def register(work: Work) -> Register:
    return published_register(work)


def later(work: Work, **span: float) -> Work:
    return Work(work.session, work.now + timedelta(**span), work.actor)


def everybody(work: Work) -> list[Subscriber]:
    return list(work.session.exec(select(Subscriber)))


def acts(work: Work) -> list[str]:
    return [line.act for line in work.session.exec(select(Consent).order_by(Consent.id))]


def test_a_request_sends_a_mail_to_confirm_and_nothing_else(work: Work, settings: Settings, register: Register) -> None:
    ask(work, settings)
    assert queued(work) == [("confirmation", ANA)]
    assert by_email(work, ANA).confirmed_at is None
    assert reads.recipients(work, register) == {}
    assert acts(work) == []


def test_confirming_makes_a_subscriber_and_proof_of_consent(work: Work, settings: Settings, register: Register) -> None:
    ask(work, settings, language="de")
    then = later(work, hours=2)
    subscriber = subscriptions.confirm(then, settings, confirm_token(settings, by_email(work, ANA)), source="192.0.2.9")
    assert subscriber.confirmed_at == then.now
    assert reads.recipients(work, register) == {"de": 1}
    asked, confirmed = consent.lines(work, subscriber.id)
    assert (asked.act, asked.at, confirmed.act, confirmed.at) == ("requested", work.now, "confirmed", then.now)
    assert asked.source_hash == tokens.source_hash(settings.secret_key, SOURCE)
    assert confirmed.source_hash == tokens.source_hash(settings.secret_key, "192.0.2.9")
    assert {asked.consent_version, confirmed.consent_version} == {consent.VERSION}
    assert asked.registers == ["general"]


def test_the_ledger_holds_neither_address_nor_ip(work: Work, settings: Settings, register: Register) -> None:
    subscribe(work, settings)
    for line in work.session.exec(select(Consent)):
        said = repr(line.model_dump())
        assert "customer.example" not in said
        assert SOURCE not in said


def test_confirming_twice_changes_nothing(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    again = later(work, days=1)
    subscriptions.confirm(again, settings, confirm_token(settings, subscriber), source=SOURCE)
    assert subscriber.confirmed_at == work.now
    assert len(acts(work)) == 2


def test_an_address_asked_for_again_is_told_that_it_is_subscribed(
    work: Work, settings: Settings, register: Register
) -> None:
    subscriber = subscribe(work, settings)
    ask(work, settings, ANA.upper(), language="de")
    assert queued(work)[-1] == ("already-subscribed", ANA)
    assert len(everybody(work)) == 1
    assert subscriber.language == "en"


def test_asking_again_before_confirming_replaces_the_request(
    work: Work, settings: Settings, register: Register
) -> None:
    published_register(work, "eu")
    ask(work, settings)
    ask(work, settings, registers=["eu"])
    (subscriber,) = everybody(work)
    assert consent.chosen_slugs(work, subscriber) == ["eu"]


@pytest.mark.parametrize(("registers", "said"), [([], "at least one"), (["secret"], "no such list")])
def test_only_public_registers_can_be_chosen(
    work: Work, settings: Settings, register: Register, registers: list[str], said: str
) -> None:
    records.add_register(work, "secret")
    with pytest.raises(Problem, match=said) as refusal:
        ask(work, settings, registers=registers)
    assert list(refusal.value.fields) == ["registers"]


def test_a_stranger_cannot_fill_a_mailbox(work: Work, settings: Settings, register: Register) -> None:
    for number in range(limits.PER_ADDRESS + 4):
        ask(work, settings, source=f"192.0.2.{number}")
    assert len(queued(work)) == limits.PER_ADDRESS
    ask(later(work, hours=25), settings)
    assert len(queued(work)) == limits.PER_ADDRESS + 1


def test_one_source_cannot_send_mail_all_over_the_world(work: Work, settings: Settings, register: Register) -> None:
    for number in range(limits.PER_SOURCE):
        ask(work, settings, f"somebody{number}@customer.example", source=f"2001:db8:0:1::{number:x}")
    with pytest.raises(Problem) as refusal:
        ask(work, settings, "onemore@customer.example", source="2001:db8:0:1:ffff::1")
    assert (refusal.value.code, refusal.value.key) == ("unavailable", "too-many-requests")
    ask(work, settings, "neighbour@customer.example", source="2001:db8:0:2::1")


def test_the_limit_is_the_same_for_known_and_unknown_addresses(
    work: Work, settings: Settings, register: Register
) -> None:
    subscribe(work, settings)
    for number in range(10):
        ask(work, settings, source=f"192.0.2.{number}")
        ask(work, settings, "new@customer.example", source=f"192.0.2.{number}")
    counted = queued(work)
    assert counted.count(("already-subscribed", ANA)) == limits.PER_ADDRESS - 1
    assert counted.count(("confirmation", "new@customer.example")) == limits.PER_ADDRESS


def test_leaving_deletes_the_address_and_keeps_its_hash(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    known = subscriber.address_hash
    subscriptions.leave(work, settings, leave_token(settings, subscriber), source=SOURCE)
    assert everybody(work) == []
    assert work.session.get(Suppression, known) is not None
    assert acts(work).count("withdrawn") == 1
    recipients = [row.recipient for row in work.session.exec(select(Delivery)) if row.message != "goodbye"]
    assert recipients == [""]


def test_proof_of_consent_survives_leaving(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    subscriptions.leave(work, settings, leave_token(settings, subscriber), source=SOURCE)
    whose = tokens.address_hash(settings.secret_key, "ANA@customer.example")
    lines = list(work.session.exec(select(Consent).where(Consent.address_hash == whose)))
    assert {line.act for line in lines} == {"requested", "confirmed", "withdrawn"}


def test_leaving_again_and_again_is_fine(work: Work, settings: Settings, register: Register) -> None:
    token = leave_token(settings, subscribe(work, settings))
    for _ in range(3):
        subscriptions.leave(work, settings, token, source=SOURCE)
    assert acts(work).count("withdrawn") == 1
    assert [message for message, _ in queued(work)].count("goodbye") == 1


def test_what_waits_for_somebody_who_leaves_is_cancelled(work: Work, settings: Settings, register: Register) -> None:
    from notifications import fanout

    subscriber = subscribe(work, settings)
    announce(work, register)
    for event_id in fanout.unfinished(work):
        while not fanout.step(work, event_id):
            pass
    assert ("notice", ANA) in queued(work)
    subscriptions.leave(work, settings, leave_token(settings, subscriber), source=SOURCE)
    assert queued(work) == [("goodbye", ANA)]


def test_who_left_may_come_back_by_confirming(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    known = subscriber.address_hash
    subscriptions.leave(work, settings, leave_token(settings, subscriber), source=SOURCE)
    subscribe(work, settings)
    assert reads.recipients(work, register) == {"en": 1}
    assert not suppression.holds(work, known)


def test_an_address_that_bounced_is_not_asked_again(work: Work, settings: Settings, register: Register) -> None:
    suppression.add(work, tokens.address_hash(settings.secret_key, ANA), suppression.BOUNCED)
    ask(work, settings)
    assert queued(work) == []
    assert everybody(work) == []


def test_a_bounce_outweighs_leaving(work: Work, settings: Settings) -> None:
    for reason in (suppression.LEFT, suppression.BOUNCED, suppression.LEFT):
        suppression.add(work, "hash", reason)
    found = work.session.get(Suppression, "hash")
    assert found is not None
    assert found.reason == suppression.BOUNCED


def test_changing_registers_and_language_is_proved_too(work: Work, settings: Settings, register: Register) -> None:
    published_register(work, "eu")
    subscriber = subscribe(work, settings)
    then = later(work, days=3)
    subscriptions.change(then, settings, subscriber, registers=["eu"], language="de", source=SOURCE)
    line = consent.lines(work, subscriber.id)[-1]
    assert (line.act, line.registers, line.language, line.at) == ("changed", ["eu"], "de", then.now)
    subscriptions.change(then, settings, subscriber, registers=["eu"], language="de", source=SOURCE)
    assert acts(work).count("changed") == 1


def test_a_corrected_address_counts_once_it_has_confirmed(work: Work, settings: Settings, register: Register) -> None:
    new = "ana.horvat@customer.example"
    subscriber = subscribe(work, settings)
    old_page = tokens.make(settings.secret_key, tokens.MANAGE, subscriber.id, address=subscriber.address_hash)
    subscriptions.change_address(work, settings, subscriber, email=new, source=SOURCE)
    assert queued(work)[-1] == ("address-change", new)
    assert subscriber.email == ANA
    subscriptions.confirm(work, settings, confirm_token(settings, subscriber, new), source=SOURCE)
    assert (subscriber.email, subscriber.pending_email) == (new, "")
    with pytest.raises(Problem):
        subscriptions.managed(work, settings, old_page)
    assert subscriptions.confirm(work, settings, confirm_token(settings, subscriber), source=SOURCE).email == new


def test_moving_to_an_address_that_is_subscribed_leaves_one_subscriber(
    work: Work, settings: Settings, register: Register
) -> None:
    subscribe(work, settings, "other@customer.example")
    subscriber = subscribe(work, settings)
    subscriptions.change_address(work, settings, subscriber, email="other@customer.example", source=SOURCE)
    token = confirm_token(settings, subscriber, "other@customer.example")
    subscriptions.confirm(work, settings, token, source=SOURCE)
    assert [row.email for row in everybody(work)] == ["other@customer.example"]


def test_erasing_leaves_no_address_anywhere(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    subscriptions.change_address(work, settings, subscriber, email="new@customer.example", source=SOURCE)
    assert subscriptions.erase_address(work, settings, "Ana@Customer.example")
    assert everybody(work) == []
    for row in work.session.exec(select(Delivery)):
        assert row.recipient == ""
    assert queued(work) == []


def test_erasing_an_address_nobody_subscribed_keeps_it_away(work: Work, settings: Settings, register: Register) -> None:
    assert not subscriptions.erase_address(work, settings, ANA)
    assert suppression.holds(work, tokens.address_hash(settings.secret_key, ANA))


def test_what_is_never_confirmed_vanishes_with_every_trace(work: Work, settings: Settings, register: Register) -> None:
    ask(work, settings)
    subscribe(work, settings, "keeps@customer.example")
    almost = later(work, days=settings.unconfirmed_days)
    assert subscriptions.purge(almost, settings) == 0
    assert subscriptions.purge(later(work, days=settings.unconfirmed_days, seconds=1), settings) == 1
    assert [row.email for row in everybody(work)] == ["keeps@customer.example"]
    hashes = {row.address_hash for row in work.session.exec(select(Delivery))}
    assert tokens.address_hash(settings.secret_key, ANA) not in hashes
    assert list(work.session.exec(select(MailRequest))) == []


def test_an_address_that_is_not_confirmed_as_the_new_one_is_forgotten(
    work: Work, settings: Settings, register: Register
) -> None:
    subscriber = subscribe(work, settings)
    subscriptions.change_address(work, settings, subscriber, email="new@customer.example", source=SOURCE)
    subscriptions.purge(later(work, days=settings.unconfirmed_days + 1), settings)
    assert (subscriber.email, subscriber.pending_email) == (ANA, "")
    assert "new@customer.example" not in {row.recipient for row in work.session.exec(select(Delivery))}


def test_everything_held_can_be_taken_along(work: Work, settings: Settings, register: Register) -> None:
    subscriber = subscribe(work, settings)
    held = reads.held(work, subscriber)
    assert held["email"] == ANA
    assert held["registers"] == ["general"]
    assert [line["act"] for line in held["consent"]] == ["requested", "confirmed"]
    assert held["consent"][0]["text"] == consent.TEXTS[consent.VERSION]
    assert [message["message"] for message in held["messages"]] == ["confirmation"]
    assert held["confirmed"] == {"at": "2026-11-22T10:00:00Z", "from": SOURCE}


Link = Callable[[Work, Settings, str], object]


@pytest.mark.parametrize(
    ("purpose", "use"),
    [
        (tokens.CONFIRM, lambda work, settings, token: subscriptions.confirm(work, settings, token, source="")),
        (tokens.MANAGE, subscriptions.managed),
        (tokens.LEAVE, lambda work, settings, token: subscriptions.leave(work, settings, token, source="")),
    ],
)
def test_a_link_is_good_for_its_purpose_alone(
    work: Work, settings: Settings, register: Register, purpose: str, use: Link
) -> None:
    subscriber = subscribe(work, settings)
    made = {
        tokens.CONFIRM: tokens.make(
            settings.secret_key, tokens.CONFIRM, subscriber.id, address=subscriber.address_hash
        ),
        tokens.MANAGE: tokens.make(settings.secret_key, tokens.MANAGE, subscriber.id, address=subscriber.address_hash),
        tokens.LEAVE: tokens.make(settings.secret_key, tokens.LEAVE, subscriber.id),
    }
    strange = [token for name, token in made.items() if name != purpose]
    strange += ["", "x", made[purpose][:-1], made[purpose] + "A", "…" * 38, subscriber.id, "../" * 12]
    for token in strange:
        with pytest.raises(Problem) as refusal:
            use(work, settings, token)
        assert refusal.value.key == "link-unknown"
    use(work, settings, made[purpose])


def test_tokens_are_short_and_never_the_same(work: Work, settings: Settings, register: Register) -> None:
    one, other = subscribe(work, settings), subscribe(work, settings, "bea@customer.example")
    made = {tokens.make(settings.secret_key, tokens.LEAVE, row.id) for row in (one, other)}
    assert len(made) == 2
    assert all(len(token) <= 40 for token in made)
    assert tokens.make("another key", tokens.LEAVE, one.id) not in made


def test_the_ledger_cannot_be_guessed_without_the_key() -> None:
    assert tokens.address_hash("one key", ANA) != tokens.address_hash("another key", ANA)
    assert tokens.address_hash("one key", ANA) == tokens.address_hash("one key", " ANA@customer.example")


def test_the_instants_of_a_request_are_those_of_the_act(work: Work, settings: Settings, register: Register) -> None:
    ask(work, settings)
    assert by_email(work, ANA).requested_at == datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
