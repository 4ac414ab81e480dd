"""Who guesses at passwords has to wait, and learns nothing by waiting."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import col, select

from registry import accounts, throttle
from registry.errors import Problem
from registry.models import SignInFailure
from registry.work import OPERATOR, Work, begin
from tests.conftest import NOW
from tests.records import PASSWORD, acting, add_person
from tests.signing_in import at_once, refused, sign_in


def test_an_unknown_address_takes_as_long_as_a_wrong_password(work: Work) -> None:
    add_person(work, "Olga", "owner")
    refused(work, "nobody@acme.example")  # makes what is compared with

    def cost(email: str) -> float:
        before = time.process_time()
        refused(work, email)
        return time.process_time() - before

    known = min(cost("olga@acme.example") for _ in range(3))
    unknown = min(cost("nobody@acme.example") for _ in range(3))
    assert known / 3 < unknown < known * 3


def test_guessing_at_an_account_has_to_wait_longer_each_time(work: Work) -> None:
    add_person(work, "Olga", "owner")
    waits, at = [], NOW
    for _ in range(8):
        late = acting(work, None, at=at)
        problem = refused(late)
        if problem.key == "too-many-attempts":
            waits.append(problem.details["wait"])
            at += timedelta(seconds=problem.details["wait"])
            assert refused(acting(work, None, at=at)).key == "wrong-password"
    assert waits == [30, 60, 120]


def test_the_wait_ends_at_a_quarter_of_an_hour(work: Work) -> None:
    for _ in range(40):
        throttle.count_failure(work, email="olga@acme.example", address="192.0.2.1")
    with pytest.raises(Problem) as caught:
        throttle.check(work, email="olga@acme.example", address="198.51.100.1")
    assert caught.value.details["wait"] == 900
    assert "15 minutes" in caught.value.message


def test_the_right_password_must_wait_too_and_forgives_afterwards(work: Work) -> None:
    add_person(work, "Olga", "owner")
    for _ in range(5):
        refused(work)
    assert refused(work, password=PASSWORD).key == "too-many-attempts"
    later = acting(work, None, at=NOW + timedelta(seconds=30))
    sign_in(later)
    assert refused(later).key == "wrong-password"


def test_an_account_nobody_has_is_throttled_like_any_other(work: Work) -> None:
    answers = [refused(work, "nobody@acme.example").key for _ in range(6)]
    assert answers == ["wrong-password"] * 5 + ["too-many-attempts"]


@pytest.mark.parametrize(
    ("sources", "throttled"),
    [
        (["192.0.2.7"] * 21, True),
        ([f"192.0.2.{number}" for number in range(21)], False),
        ([f"2001:db8:1:2::{number:x}" for number in range(21)], True),
        ([f"::ffff:192.0.2.{number}" for number in range(21)], False),
    ],
)
def test_one_source_cannot_try_every_account(work: Work, sources: list[str], throttled: bool) -> None:
    for number, source in enumerate(sources[:-1]):
        throttle.count_failure(work, email=f"nobody-{number}@acme.example", address=source)
    last = refused(work, "olga@acme.example", address=sources[-1])
    assert (last.key == "too-many-attempts") is throttled


def test_failures_are_forgotten_after_a_day_and_hold_no_address_in_clear(work: Work) -> None:
    refused(work, "my secret typed in the wrong box")
    subjects = work.session.exec(select(SignInFailure.subject)).all()
    assert len(subjects) == 2
    assert not any("secret" in subject for subject in subjects)
    refused(acting(work, None, at=NOW + timedelta(hours=25)), "somebody@acme.example")
    assert work.session.exec(select(SignInFailure).where(col(SignInFailure.failed_at) == NOW)).all() == []


def test_a_wrong_present_password_counts_as_a_failed_sign_in(work: Work) -> None:
    olga = add_person(work, "Olga", "owner")
    keys = []
    for _ in range(6):
        with pytest.raises(Problem) as caught:
            accounts.change_password(work, olga, current="a guess", new="irrelevant", token="", address="192.0.2.1")
        keys.append(caught.value.key)
    assert keys == ["wrong-password"] * 5 + ["too-many-attempts"]


def test_parallel_guesses_are_counted_one_by_one(engine: Engine) -> None:
    with begin(engine, now=NOW, actor=OPERATOR) as work:
        olga = add_person(work, "Olga", "owner").id
    outcomes = at_once(engine, [olga] * 8, lambda work, person: sign_in(work, person.email, "not the password"))
    assert sorted(outcomes) == ["too-many-attempts"] * 3 + ["wrong-password"] * 5
