"""Databases for tests: a private PostgreSQL cluster on a socket nobody else knows, and fresh copies of a template.

Building the schema takes a while, copying it does not: `Templates` migrates (and fills) once per test process and
hands out copies.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import cached_property
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy import Engine

from registry.work import make_engine
from tests.programs import postgres_bin

NO_POSTGRESQL = "PostgreSQL is not installed (Debian package postgresql)"
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")
# The server lives as long as our end of its standard input: killed tests leave no server behind.
_UNTIL_WE_ARE_GONE = '"$@" & read -r _; kill -QUIT $!; wait $!; rm -rf "$0"'


class Cluster:
    """A PostgreSQL server of our own, without durability, reachable by unix socket alone."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres", "postgres")
        data = str(self.folder / "data")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        options = [part for option in _QUICK for part in ("-c", option)]
        server = [self._program("postgres"), "-D", data, "-k", str(self.folder), "-h", "", *options]
        command = [*_become(), "sh", "-c", _UNTIL_WE_ARE_GONE, str(self.folder), *server]
        with (self.folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
            )
        self._wait_until_ready()

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> None:
        self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')

    def drop(self, name: str) -> None:
        self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        assert self._server.stdin
        self._server.stdin.close()
        self._server.wait(timeout=300)

    def _execute(self, statement: str) -> None:
        with self._connect() as connection:
            connection.execute(statement)  # type: ignore[call-overload]  # names are our own

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres", autocommit=True)

    def _wait_until_ready(self) -> None:
        for _ in range(600):
            try:
                self._connect().close()
                return
            except psycopg.OperationalError:
                time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text(encoding="utf-8", errors="replace"))

    @staticmethod
    def _program(name: str) -> str:
        folder = postgres_bin()
        assert folder, NO_POSTGRESQL
        return str(folder / name)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_become(), self._program(program), *arguments]
        subprocess.run(command, check=True, capture_output=True, cwd=self.folder)


def _become() -> list[str]:
    """PostgreSQL refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


class Templates:
    """Fresh databases on demand: each the copy of one that `fill` prepared once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._ready: dict[tuple[str, str], str] = {}

    @cached_property
    def cluster(self) -> Cluster:
        return Cluster()

    def fresh(self, backend: str, label: str, fill: Callable[[Engine], None]) -> str:
        """The URL of a new database of this backend, filled as the template called `label` is."""
        if (backend, label) not in self._ready:
            url = self._new(backend, f"template_{label}")
            engine = make_engine(url)
            fill(engine)
            engine.dispose()
            self._ready[backend, label] = url
        return self._new(backend, f"test_{next(self._numbers)}", copy_of=f"template_{label}")

    def discard(self, url: str) -> None:
        """Drop a database that `fresh` gave. SQLite files go with the folder of the session."""
        if url.startswith("postgresql"):
            self.cluster.drop(url.rsplit("/", 1)[-1].split("?", maxsplit=1)[0])

    def stop(self) -> None:
        if "cluster" in self.__dict__:
            self.cluster.stop()

    def _new(self, backend: str, name: str, copy_of: str = "") -> str:
        if backend == "postgresql":
            self.cluster.create(name, copy_of or "template0")
            return self.cluster.url(name)
        path = self._folder / f"{name}.db"
        if copy_of:
            shutil.copyfile(self._folder / f"{copy_of}.db", path)
        return f"sqlite:///{path}"
