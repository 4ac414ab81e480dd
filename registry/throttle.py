"""Slowing down who guesses: failures are rows, and after a few of them the next try must wait, longer each time."""

import hashlib
import ipaddress
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import col, select

from registry.errors import Problem
from registry.models import SignInFailure
from registry.work import Work

REMEMBERED = timedelta(hours=24)
FREE_PER_ACCOUNT = 5
FREE_PER_SOURCE = 20
_FIRST_WAIT = timedelta(seconds=30)
_LONGEST_WAIT = timedelta(minutes=15)


def check(work: Work, *, email: str, address: str) -> None:
    """Take a turn for this account and source.

    Raises Problem("forbidden", "too-many-attempts") with `wait` in seconds. An account nobody has is counted like
    any other, so the answer tells nothing. Parallel guesses queue up: each sees what the one before it left.
    """
    wait = 0
    for subject, free in _subjects(email, address):
        queue_up(work, subject)
        wait = max(wait, _seconds_to_wait(work, subject, free))
    if wait:
        minutes = -(-wait // 60)
        span = f"{wait} seconds" if wait < 60 else "a minute" if minutes == 1 else f"{minutes} minutes"
        raise Problem("forbidden", "too-many-attempts", f"Too many failed attempts. Try again in {span}.", wait=wait)


def count_failure(work: Work, *, email: str, address: str) -> None:
    """One more failed try; what is older than a day is forgotten."""
    work.session.execute(delete(SignInFailure).where(col(SignInFailure.failed_at) < work.now - REMEMBERED))
    for subject, _free in _subjects(email, address):
        work.session.add(SignInFailure(subject=subject, failed_at=work.now))
    work.session.flush()


def forgive(work: Work, email: str) -> None:
    """Forget the failures of an account: its person has signed in, or somebody gave it a new password."""
    work.session.execute(delete(SignInFailure).where(col(SignInFailure.subject) == _account(email)))


def _subjects(email: str, address: str) -> tuple[tuple[str, int], tuple[str, int]]:
    return (_account(email), FREE_PER_ACCOUNT), (source(address), FREE_PER_SOURCE)


def _account(email: str) -> str:
    """What people type in the wrong field is no business of the database's: only its hash is kept."""
    return "account:" + hashlib.sha256(email.strip().casefold().encode("utf-8", "surrogatepass")).hexdigest()[:32]


def source(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: a single household has as many addresses as it likes."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "source:unknown"
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip
    return f"source:{ipaddress.ip_network((ip, 64), strict=False) if ip.version == 6 else ip}"


def _seconds_to_wait(work: Work, subject: str, free: int) -> int:
    query = select(func.count(), func.max(SignInFailure.failed_at)).where(
        SignInFailure.subject == subject, col(SignInFailure.failed_at) > work.now - REMEMBERED
    )
    count, last = work.session.exec(query).one()
    if count < free:
        return 0
    until: datetime = last + min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(count - free, 10))
    return max(0, -int((work.now - until).total_seconds() // 1))


def queue_up(work: Work, subject: str) -> None:
    """On PostgreSQL, wait for who is trying the same subject now. On SQLite every writer has its turn anyway."""
    if work.session.get_bind().dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8], "big", signed=True)
        work.session.execute(select(func.pg_advisory_xact_lock(number)))
