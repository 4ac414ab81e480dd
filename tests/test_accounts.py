"""People, their roles, passwords and sessions."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlmodel import select

from registry import accounts, passwords
from registry.errors import Problem
from registry.models import LogEntry, SignIn, User
from registry.work import OPERATOR, Work, begin
from tests.conftest import NOW
from tests.records import PASSWORD, acting, add_person
from tests.signing_in import at_once, refused, sign_in

SECRET = "a secret for tests"


def actions(work: Work) -> list[str]:
    return [row.action for row in work.session.exec(select(LogEntry))]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", {"view", "edit", "propose", "review", "publish", "manage"}),
        ("editor", {"view", "edit", "propose", "review", "publish"}),
        ("reviewer", {"view", "review"}),
        ("viewer", {"view"}),
        ("a role of tomorrow", set()),
    ],
)
def test_a_role_allows_what_it_says_and_nothing_more(role: str, allowed: set[str]) -> None:
    person = User(email="x@acme.example", role=role, created_at=NOW)
    everything = {"view", "edit", "propose", "review", "publish", "manage", "nobody", ""}
    assert {permission for permission in everything if accounts.may(person, permission)} == allowed


def test_nobody_may_nothing() -> None:
    assert not accounts.may(None, "view")


def test_a_session_opens_for_the_right_password_and_ends_after_its_hours(work: Work) -> None:
    add_person(work, "Olga", "owner")
    token = sign_in(work, hours=2)
    person = accounts.signed_in(work, token)
    assert person is not None
    assert person.email == "olga@acme.example"
    assert accounts.signed_in(acting(work, None, at=NOW + timedelta(minutes=119)), token) is not None
    assert accounts.signed_in(acting(work, None, at=NOW + timedelta(hours=2)), token) is None


def test_only_the_hash_of_a_token_is_kept(work: Work) -> None:
    add_person(work, "Olga", "owner")
    token = sign_in(work)
    (kept,) = work.session.exec(select(SignIn.id)).all()
    assert token not in kept
    assert kept == accounts.session_id(token)
    assert accounts.signed_in(work, kept) is None


def test_an_address_is_found_however_it_is_capitalised(work: Work) -> None:
    add_person(work, "Olga", "owner")
    assert accounts.signed_in(work, sign_in(work, " OLGA@Acme.Example ")) is not None


@pytest.mark.parametrize("token", ["", "unknown", "\udcff", "x" * 5000])
def test_a_token_that_is_none_of_ours_opens_nothing(work: Work, token: str) -> None:
    assert accounts.signed_in(work, token) is None


@pytest.mark.parametrize("email", ["", "\0@acme.example", "olga@acme.example\0", "\udcff", "x" * 5000])
def test_an_address_that_is_none_is_refused_like_any_other(work: Work, email: str) -> None:
    assert refused(work, email).key == "wrong-password"


def test_signing_in_again_ends_the_former_session_of_this_browser(work: Work) -> None:
    add_person(work, "Olga", "owner")
    before = sign_in(work)
    after = sign_in(work, former=before)
    assert before != after
    assert accounts.signed_in(work, before) is None
    assert accounts.signed_in(work, after) is not None


def test_signing_out_ends_this_session_and_no_other(work: Work) -> None:
    add_person(work, "Olga", "owner")
    here, there = sign_in(work), sign_in(work)
    accounts.sign_out(work, here)
    accounts.sign_out(work, here)
    assert accounts.signed_in(work, here) is None
    assert accounts.signed_in(work, there) is not None
    assert actions(work).count("session.closed") == 1


def test_sessions_are_revoked_one_by_one_or_all_but_this(work: Work) -> None:
    olga, edi = add_person(work, "Olga", "owner"), add_person(work, "Edi", "editor")
    first, second, here = sign_in(work), sign_in(work), sign_in(work)
    other = sign_in(work, "edi@acme.example")
    accounts.revoke(work, olga, accounts.session_id(first))
    assert [accounts.signed_in(work, token) is not None for token in (first, second, here)] == [False, True, True]
    with pytest.raises(Problem, match="already ended"):
        accounts.revoke(work, edi, accounts.session_id(second))
    assert accounts.revoke_all(work, olga, but=here) == 1
    assert [row.id for row in accounts.sessions(work, olga)] == [accounts.session_id(here)]
    assert accounts.signed_in(work, other) is not None


def test_who_is_disabled_has_no_access_from_that_moment(work: Work) -> None:
    add_person(work, "Olga", "owner")
    edi = add_person(work, "Edi", "editor")
    token = sign_in(work, "edi@acme.example")
    accounts.disable(work, edi)
    assert accounts.signed_in(work, token) is None
    assert refused(work, "edi@acme.example", PASSWORD).key == "wrong-password"
    accounts.enable(work, edi)
    assert accounts.signed_in(work, token) is None
    assert accounts.signed_in(work, sign_in(work, "edi@acme.example")) is not None


def test_a_lower_role_countsat_once(work: Work) -> None:
    add_person(work, "Olga", "owner")
    edi = add_person(work, "Edi", "editor")
    token = sign_in(work, "edi@acme.example")
    accounts.change_user(work, edi, name="Edi", role="viewer")
    assert not accounts.may(accounts.signed_in(work, token), "edit")


def test_wrong_unknown_disabled_and_invited_get_the_same_answer(work: Work) -> None:
    add_person(work, "Olga", "owner")
    accounts.disable(work, add_person(work, "Edi", "editor"))
    accounts.add_user(work, email="ivo@acme.example", role="viewer")
    tries = [("olga", "wrong wrong wrong"), ("nobody", PASSWORD), ("edi", PASSWORD), ("ivo", ""), ("ivo", PASSWORD)]
    answers = {
        (problem.code, problem.key, problem.message)
        for name, password in tries
        if (problem := refused(work, f"{name}@acme.example", password))
    }
    assert len(answers) == 1


def test_a_hash_made_with_other_parameters_is_renewed_at_the_next_sign_in(work: Work) -> None:
    olga = add_person(work, "Olga", "owner")
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD)
    olga.password_hash = weak
    work.session.flush()
    sign_in(work)
    assert olga.password_hash != weak
    assert not passwords.outdated(olga.password_hash)
    sign_in(work)


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "at least 12"),
        ("eleven char", "at least 12"),
        ("olga@acme.example", "must not be"),
        (" OLGA@acme.example", "must not be"),
        ("aaaaaaaaaaaaaaaa", "too few"),
        ("abababababababab", "too few"),
        ("x y z" * 200, "at most"),
    ],
)
def test_a_weak_password_is_refused_with_a_reason(work: Work, password: str, reason: str) -> None:
    with pytest.raises(Problem, match=reason) as caught:
        accounts.add_user(work, email="olga@acme.example", role="owner", password=password)
    assert "password" in caught.value.fields
    assert accounts.users(work) == []


@pytest.mark.parametrize("password", ["only small letters", "žutokljunac žutokljunac", "\U0001f40e battery staple"])
def test_no_composition_is_asked_of_a_password(work: Work, password: str) -> None:
    accounts.add_user(work, email="olga@acme.example", role="owner", password=password)
    assert sign_in(work, password=password)


def test_composed_and_decomposed_accents_are_the_same_password(work: Work) -> None:
    accounts.add_user(work, email="olga@acme.example", role="owner", password="kr\u010dma na otoku")
    assert sign_in(work, password="krc\u030cma na otoku")


def test_an_address_can_be_added_once(work: Work) -> None:
    add_person(work, "Olga", "owner")
    with pytest.raises(Problem) as caught:
        accounts.add_user(work, email="OLGA@acme.example", role="viewer")
    assert (caught.value.code, list(caught.value.fields)) == ("conflict", ["email"])


def test_the_last_owner_can_be_neither_removed_nor_demoted(work: Work) -> None:
    olga, edi = add_person(work, "Olga", "owner"), add_person(work, "Edi", "editor")
    for act in (accounts.disable, lambda work, person: accounts.change_user(work, person, name="", role="editor")):
        with pytest.raises(Problem) as caught:
            act(work, olga)
        assert (caught.value.code, caught.value.key) == ("conflict", "last-owner")
    accounts.change_user(work, edi, name="Edi", role="owner")
    accounts.disable(work, olga)
    with pytest.raises(Problem):
        accounts.disable(work, edi)
    assert edi.disabled_at is None


def test_changing_ones_password_ends_the_other_sessions(work: Work) -> None:
    olga = add_person(work, "Olga", "owner")
    here, there = sign_in(work), sign_in(work)
    new = "a better battery staple"
    accounts.change_password(work, olga, current=PASSWORD, new=new, token=here, address="192.0.2.1")
    assert accounts.signed_in(work, here) is not None
    assert accounts.signed_in(work, there) is None
    assert refused(work, password=PASSWORD).key == "wrong-password"
    assert sign_in(work, password=new)


def test_a_link_sets_a_password_once(work: Work) -> None:
    ivo = accounts.add_user(work, email="ivo@acme.example", role="viewer")
    token = accounts.make_link(work, ivo, SECRET)
    assert accounts.user_of_link(work, token, SECRET) == ivo
    accounts.use_link(work, token, SECRET, PASSWORD)
    assert sign_in(work, "ivo@acme.example")
    with pytest.raises(Problem, match="used or has expired"):
        accounts.use_link(work, token, SECRET, "another long password")


def test_a_link_ends_after_three_days_with_its_secret_and_with_the_persons_access(work: Work) -> None:
    add_person(work, "Olga", "owner")
    ivo = add_person(work, "Ivo", "viewer")
    token = accounts.make_link(work, ivo, SECRET)
    late = acting(work, None, at=NOW + timedelta(days=3))
    just = acting(work, None, at=NOW + timedelta(days=3, seconds=-1))
    assert accounts.user_of_link(just, token, SECRET) == ivo
    user_id, expires, signature = token.split(".")
    stretched = f"{user_id}.{int(expires) + 1}.{signature}"
    for when, presented, secret in ((late, token, SECRET), (work, token, "another"), (work, stretched, SECRET)):
        with pytest.raises(Problem):
            accounts.user_of_link(when, presented, secret)
    accounts.disable(work, ivo)
    with pytest.raises(Problem):
        accounts.user_of_link(work, token, SECRET)


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "x.٣.y", f"x.{'9' * 30}.y", "x.1.\udcff", "é.1.ü", "\0.1.x"])
def test_a_link_that_is_none_of_ours_is_refused(work: Work, token: str) -> None:
    with pytest.raises(Problem, match="used or has expired"):
        accounts.user_of_link(work, token, SECRET)


def test_a_password_given_by_an_owner_ends_all_sessions_and_every_link(work: Work) -> None:
    olga = add_person(work, "Olga", "owner")
    token, link = sign_in(work), accounts.make_link(work, olga, SECRET)
    accounts.set_password(work, olga, "a given long password")
    assert accounts.signed_in(work, token) is None
    with pytest.raises(Problem):
        accounts.user_of_link(work, link, SECRET)
    assert sign_in(work, password="a given long password")


def test_every_act_stands_in_the_log_and_no_password_does(work: Work) -> None:
    olga, edi = add_person(work, "Olga", "owner"), add_person(work, "Edi", "editor")
    acts = acting(work, olga)
    token = sign_in(acts)
    refused(acting(work, None))
    accounts.change_user(acts, edi, name="Edi", role="reviewer")
    accounts.set_password(acts, edi, "a secret of nobody else")
    accounts.disable(acts, edi)
    accounts.enable(acts, edi)
    accounts.use_link(acting(work, None), accounts.make_link(acts, edi, SECRET), SECRET, "a secret of nobody else 2")
    accounts.revoke_all(acts, edi)
    accounts.sign_out(acts, token)
    work.session.flush()
    rows = work.session.exec(select(LogEntry)).all()
    assert {row.action for row in rows} == {
        *("user.added", "user.changed", "user.disabled", "user.enabled", "password.set"),
        *("password-link.made", "password-link.used", "session.opened", "session.refused", "session.closed"),
        "sessions.revoked",
    }
    assert not any("secret of nobody" in repr(row) or PASSWORD in repr(row) for row in rows)
    changed = next(row for row in rows if row.action == "user.changed")
    assert (changed.actor, changed.subject, changed.detail["role"]) == ("Olga", edi.email, ["editor", "reviewer"])


def test_two_owners_cannot_demote_each_otherat_once(engine: Engine) -> None:
    with begin(engine, now=NOW, actor=OPERATOR) as work:
        ids = [add_person(work, name, "owner").id for name in ("Olga", "Ona")]
    outcomes = at_once(engine, ids, accounts.disable)
    assert sorted(outcomes) == ["done", "last-owner"]
