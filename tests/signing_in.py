"""Signing in without a browser: the verb itself, as a test needs it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine

from registry import accounts
from registry.errors import Problem
from registry.models import User
from registry.work import OPERATOR, Work, begin
from tests.conftest import NOW
from tests.records import PASSWORD


def sign_in(work: Work, email: str = "olga@acme.example", password: str = PASSWORD, **given: object) -> str:
    options = {"hours": 12, "address": "192.0.2.1", "agent": "A browser", **given}
    return accounts.sign_in(work, email, password, **options)  # type: ignore[arg-type]


def refused(
    work: Work, email: str = "olga@acme.example", password: str = "not the password", **given: object
) -> Problem:
    with pytest.raises(Problem) as caught:
        sign_in(work, email, password, **given)
    return caught.value


def at_once(engine: Engine, ids: list[str], act: Callable[[Work, User], object]) -> list[str]:
    """Do something to each of these people at the same time; what came of it, by the key of the Problem."""

    def run(user_id: str) -> str:
        try:
            with begin(engine, now=NOW, actor=OPERATOR) as work:
                try:
                    act(work, accounts.user(work, user_id))
                except Problem as problem:
                    if problem.key == "wrong-password":
                        work.commit()
                    raise
            return "done"
        except Problem as problem:
            return problem.key

    with ThreadPoolExecutor(len(ids)) as pool:
        return list(pool.map(run, ids))
