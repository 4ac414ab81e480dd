"""The service as it runs for real: the processes of the Procfile, and somebody outside who speaks HTTP to them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, TypeVar
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener

from registry.settings import Settings
from tests.typed import environment

ROOT = Path(__file__).parent.parent
PATIENCE = 60.0
"""Seconds after which something that should have happened is taken not to happen any more."""
Found = TypeVar("Found")


def wait_for(look: Callable[[], Found], what: str) -> Found:
    """What `look` finds as soon as it finds something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited in vain for {what}")


@dataclass
class Service:
    """Web and worker, each started by its line in the Procfile."""

    settings: Settings
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        lines = (ROOT / "Procfile").read_text(encoding="utf-8").splitlines()
        command = {line.partition(":")[0]: line.partition(":")[2].strip() for line in lines}[name]
        own = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "BIND": "127.0.0.1"}
        port = self.settings.base_url.rpartition(":")[2]
        given = environment(self.settings, PORT=port, WEB_CONCURRENCY="1", **own)
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                ["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env={**os.environ, **given}, stdout=log, stderr=log
            )

    def start_web(self) -> None:
        self.start("web")
        wait_for(self._answers, f"the web process:\n{self.log('web')}")

    def kill(self, name: str) -> None:
        """As the kernel does when memory is short: without a word (SIGKILL)."""
        process = self.running.pop(name)
        process.kill()
        process.wait(timeout=PATIENCE)

    def stop(self) -> None:
        """End all processes as an operator does."""
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            process.wait(timeout=PATIENCE)
        self.running.clear()

    def log(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    def _answers(self) -> bool:
        assert self.running["web"].poll() is None, self.log("web")
        try:
            return Visitor(self.settings.base_url).get("/healthz").status == 200
        except OSError:
            return False


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Message
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


class Visitor:
    """Somebody with a program that keeps cookies and follows no redirect."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._opener = build_opener(HTTPCookieProcessor(CookieJar()), _Staying())

    def get(self, url: str, **headers: str) -> Answer:
        """The answer to GET; headers are given with underscores: `If_None_Match="…"`."""
        return self._ask("GET", url, None, headers)

    def post(self, url: str, form: Mapping[str, Any] | Sequence[tuple[str, str]] = (), **headers: str) -> Answer:
        """The answer to POST of a form, as a browser would send it from our own page."""
        return self._ask("POST", url, urlencode(form, doseq=True).encode(), headers)

    def _ask(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(urljoin(self._base_url, url), data=body, headers=given, method=method)
        try:
            with self._opener.open(request, timeout=PATIENCE) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())


class _Staying(HTTPRedirectHandler):
    def redirect_request(self, *_given: Any) -> None:
        return None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
