"""The worker: a process of its own that turns events into deliveries, sends them, and tidies up.

Any number may run on one database. On SIGTERM or SIGINT it finishes the message in hand and gives the rest back.
"""

import logging
import os
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event as Signal
from threading import current_thread, main_thread
from typing import Any

from sqlalchemy import Engine
from sqlmodel import col, select

from notifications import fanout, messages, subscriptions
from notifications.channels import open_mailer
from notifications.delivery import PAUSE, Post, deliver_batch
from notifications.messages import Writer
from notifications.models import Heartbeat
from registry import clock, migrations
from registry.settings import Settings
from registry.work import WORKER, begin

IDLE_SECONDS = 1.0
_LONGEST_PAUSE = timedelta(minutes=10)
_BEAT_EVERY = timedelta(seconds=15)
_PURGE_EVERY = timedelta(hours=1)
_KEEP_HEARTBEATS = timedelta(days=7)

_log = logging.getLogger(__name__)


@dataclass
class Summary:
    """What a run did: events turned into deliveries, and messages by outcome."""

    events: int = 0
    messages: dict[str, int] = field(default_factory=dict)
    relay_failed: str = ""

    def add(self, counts: dict[str, int]) -> None:
        for outcome, count in counts.items():
            self.messages[outcome] = self.messages.get(outcome, 0) + count


def run(engine: Engine, settings: Settings, *, once: bool = False, now: Callable[[], datetime] = clock.now) -> Summary:
    """Work until told to stop, or with `once` until nothing is left to do now.

    Raises Problem("unavailable") on a stale schema, Problem("invalid") when MAIL_FROM cannot be used.
    """
    migrations.require_current(engine)
    messages.check_sender(settings)
    host = socket.gethostname()
    worker = f"{host[:40]}:{os.getpid()}:{secrets.token_hex(3)}"
    with _told_to_stop() as stop, open_mailer(settings) as mailer:
        post = Post(engine, settings, Writer(settings), mailer, worker, now, stop)
        rounds = _Rounds(post, host)
        try:
            rounds.once() if once else rounds.until_stopped()
        finally:
            rounds.take_leave()
    return rounds.summary


class _Rounds:
    """The repeated work of one process."""

    def __init__(self, post: Post, host: str) -> None:
        self._post, self._host = post, host
        self._began_at = post.now()
        self._beat_at: datetime | None = None
        self._purged_at: datetime | None = None
        self._pause = PAUSE
        self.summary = Summary()

    def once(self) -> None:
        while self._round():
            pass

    def until_stopped(self) -> None:
        """A fault in one round (the database restarts, the disk is full) must not end the mail of tomorrow."""
        stop = self._post.stop
        while not stop.is_set():
            try:
                busy = self._round()
            except Exception:
                _log.exception("A round of the worker failed; trying again in %s.", PAUSE)
                stop.wait(PAUSE.total_seconds())
                continue
            if self.summary.relay_failed:
                _log.warning("%s Trying again in %s.", self.summary.relay_failed, self._pause)
                stop.wait(self._pause.total_seconds())
                self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            elif not busy:
                stop.wait(IDLE_SECONDS)

    def take_leave(self) -> None:
        """Say that this worker stopped on purpose."""
        try:
            self._beat(stopped=True)
        except Exception:
            _log.exception("The worker could not say that it stops.")

    def _round(self) -> bool:
        """Beat, purge, fan out, deliver; whether anything was done, so that there may be more."""
        now = self._post.now()
        if self._beat_at is None or now - self._beat_at >= _BEAT_EVERY:
            self._beat()
        if self._purged_at is None or now - self._purged_at >= _PURGE_EVERY:
            self._purge()
        spread = self._fan_out()
        done = deliver_batch(self._post)
        self.summary.add(done.counts)
        self.summary.relay_failed = done.relay_failed
        if done.counts.get("accepted"):
            self._pause = PAUSE
        return (spread or done.taken > 0) and not done.relay_failed and not self._post.stop.is_set()

    def _fan_out(self) -> bool:
        """One chunk of the oldest unfinished event, so that mail people wait for is not held up by a long list."""
        with self._work(write=False) as work:
            waiting = fanout.unfinished(work)
        if not waiting:
            return False
        with self._work() as work:
            finished = fanout.step(work, waiting[0])
        self.summary.events += finished
        return True

    def _beat(self, *, stopped: bool = False) -> None:
        with self._work() as work:
            row = work.session.get(Heartbeat, self._post.worker)
            row = row or Heartbeat(
                worker=self._post.worker, host=self._host, started_at=self._began_at, seen_at=work.now
            )
            row.seen_at, row.stopped_at = work.now, work.now if stopped else None
            work.session.add(row)
            self._beat_at = work.now

    def _purge(self) -> None:
        with self._work() as work:
            subscriptions.purge(work, self._post.settings)
            old = col(Heartbeat.seen_at) < work.now - _KEEP_HEARTBEATS
            for row in work.session.exec(select(Heartbeat).where(old)):
                work.session.delete(row)
            self._purged_at = work.now

    def _work(self, *, write: bool = True) -> Any:
        return begin(self._post.engine, now=self._post.now(), actor=WORKER, write=write)


@contextmanager
def _told_to_stop() -> Iterator[Signal]:
    """A signal that SIGTERM and SIGINT set, while the block lasts."""
    stop = Signal()
    if current_thread() is not main_thread():
        yield stop
        return
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
