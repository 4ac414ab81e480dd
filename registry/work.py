"""One unit of work: a session, one instant, one actor, and the only commit.

A request, a command or a worker step opens one `Work`; verbs flush and never commit. On SQLite whatever may write
begins with BEGIN IMMEDIATE: a deferred transaction that reads first and writes later fails at once when another
writer was in between, however long the busy timeout is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlmodel import Session

from registry.ids import new_id
from registry.models import LogEntry

_BUSY_MILLISECONDS = 30_000


@dataclass(frozen=True)
class Actor:
    """Who acts: a signed-in user (with id), the operator at the command line, the worker, or the public."""

    name: str
    user_id: str | None = None
    role: str = ""
    is_operator: bool = False


OPERATOR = Actor("operator", role="owner", is_operator=True)
WORKER = Actor("worker")
PUBLIC = Actor("public")


class Work:
    """What a verb is handed. `now` is one aware UTC instant for the whole act."""

    def __init__(self, session: Session, now: datetime, actor: Actor) -> None:
        self.session = session
        self.now = now
        self.actor = actor
        self._lines = 0

    def record(self, action: str, *, subject: str = "", register_id: str | None = None, **detail: Any) -> None:
        """Add a line to the log of who did what; it commits or vanishes with the act itself.

        The lines of one work share an instant: their ids begin with a number that keeps their order.
        """
        self._lines += 1
        entry = LogEntry(at=self.now, actor=self.actor.name, user_id=self.actor.user_id, action=action)
        entry.id = f"{self._lines:05d}{new_id()[5:]}"
        entry.subject, entry.register_id, entry.detail = subject, register_id, detail
        self.session.add(entry)

    def commit(self) -> None:
        self.session.commit()


@contextmanager
def begin(engine: Engine, *, now: datetime, actor: Actor, write: bool = True) -> Iterator[Work]:
    """A work that commits when the block ends well and rolls back when it raises."""
    with open_session(engine, write=write) as session:
        work = Work(session, now, actor)
        yield work
        if write:
            work.commit()


def open_session(engine: Engine, *, write: bool) -> Session:
    """A session that will write (and waits its turn for that at once) or one that only reads."""
    return Session(engine if write else engine.execution_options(reads_only=True), expire_on_commit=False)


def make_engine(database_url: str) -> Engine:
    """The engine for SQLite or PostgreSQL with what each needs to keep our promises."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": _BUSY_MILLISECONDS / 1000, "check_same_thread": False})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    # Without recursive triggers a REPLACE would delete append-only rows and fire no trigger.
    kept = ("journal_mode=WAL", "foreign_keys=ON", "recursive_triggers=ON", f"busy_timeout={_BUSY_MILLISECONDS}")
    for pragma in kept:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
