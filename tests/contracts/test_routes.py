"""Every route says who may call it, and keeps to it."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from registry import accounts
from tests.conftest import sign_in
from tests.contracts.conftest import SAFE, Addresses, contents

PERMISSIONS = set().union(*accounts.PERMISSIONS.values())
ONE_CLICK = {"notifications.unsubscribe_post"}


def test_every_route_says_who_may(addresses: Addresses) -> None:
    assert len(addresses) > 30
    assert [str(one) for one in addresses if one.access not in {"public", *PERMISSIONS}] == []


def test_nobody_gets_in_without_signing_in(visitor: FlaskClient, addresses: Addresses) -> None:
    for one in addresses.that(lambda one: one.access != "public"):
        answer = visitor.open(one.url, method=one.method)
        expected = 303 if one.method == "GET" and not one.url.startswith("/api/") else 401
        assert (str(one), answer.status_code) == (str(one), expected)


def test_a_role_may_do_what_it_may_and_nothing_else(sample_app: Flask, addresses: Addresses) -> None:
    for _, email, role in _people():
        client = sign_in(sample_app, email)
        for one in addresses.that(lambda one: one.access != "public"):
            if one.access not in accounts.PERMISSIONS[role]:
                answer = client.open(one.url, method=one.method)
                assert (role, str(one), answer.status_code) == (role, str(one), 403)


def test_looking_changes_nothing(
    sample_engine: Engine, visitor: FlaskClient, owner: FlaskClient, addresses: Addresses
) -> None:
    before = contents(sample_engine)
    for one in addresses.that(lambda one: one.method == "GET"):
        for client in (visitor, owner):
            assert client.get(one.url).status_code < 500, str(one)
    assert contents(sample_engine) == before


def test_an_act_from_another_site_is_refused(sample_app: Flask, sample_engine: Engine, addresses: Addresses) -> None:
    client = sign_in(sample_app, "olga@acme.example")
    before = contents(sample_engine)
    for one in addresses.that(lambda one: one.method not in SAFE and not one.any_origin):
        answer = client.open(one.url, method=one.method, headers={"Origin": "https://elsewhere.example"})
        assert (str(one), answer.status_code) == (str(one), 403)
    assert contents(sample_engine) == before


def test_only_one_click_unsubscription_takes_any_origin(addresses: Addresses) -> None:
    assert {one.endpoint for one in addresses if one.any_origin} <= ONE_CLICK


def test_an_empty_form_is_no_failure_of_ours(sample_app: Flask, addresses: Addresses) -> None:
    for one in addresses.that(lambda one: one.method not in SAFE):
        client = sign_in(sample_app, "olga@acme.example")  # anew: the one before may have signed out
        assert client.open(one.url, method=one.method).status_code < 500, str(one)


def _people() -> tuple[tuple[str, str, str], ...]:
    from registry import demo

    return demo.PEOPLE
