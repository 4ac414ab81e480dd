"""The public page's first render, and what the processes cost: time to start and memory at rest."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import sleep
from urllib.request import urlopen

from jinja2 import Environment
from sqlalchemy import Engine

import wsgi
from registry import clock, drafting, migrations, publishing
from registry import settings as registry_settings
from registry.work import OPERATOR, begin, make_engine
from tests.benchmarks.measuring import Measurement, beside, best, entries

PLAIN = """<table>{% for entry in entries %}<tr><td>{{ entry.sub_processor.legal_name }}</td>
<td>{{ entry.sub_processor.address }}</td><td>{% for row in entry.purposes %}{{ row.text.en }} {% endfor %}</td>
<td>{% for row in entry.data_categories %}{{ row.text.en }} {% endfor %}</td>
<td>{% for place in entry.locations %}{{ place.place.code }} {{ place.activity }} {% for one in place.mechanisms %}
{{ one.code }}{% endfor %}{% endfor %}</td></tr>{% endfor %}</table>"""
MEGABYTES_ALLOWED = 100


def run() -> list[Measurement]:
    with tempfile.TemporaryDirectory() as folder:
        return [*_renders(Path(folder)), _start(Path(folder)), *_memory(Path(folder))]


def _renders(folder: Path) -> list[Measurement]:
    return [_render(folder, size) for size in (100, 1000)]


def _render(folder: Path, size: int) -> Measurement:
    environ = _environ(folder, f"register-{size}")
    _published(make_engine(environ["DATABASE_URL"]), size)
    plain = Environment(autoescape=True).from_string(PLAIN)

    def first() -> None:
        app = wsgi.create_app(registry_settings.load(environ))
        app.test_client().get("/healthz")  # what is done once per process is not the page's cost
        seconds.append(best(lambda: _get(app.test_client()), times=1))
        app.extensions["subregistry"]["engine"].dispose()

    seconds: list[float] = []
    for _ in range(3):
        first()
    baseline = best(lambda: plain.render(entries=entries(size)))
    name = f"first render of a register of {size} entries"
    return beside(name, min(seconds), baseline="a bare table in Jinja", baseline_seconds=baseline)


def _get(client: object) -> None:
    answer = client.get("/registers/general")  # type: ignore[attr-defined]
    assert answer.status_code == 200, answer.status


def _published(engine: Engine, size: int) -> None:
    migrations.upgrade(engine)
    head = {"slug": "general", "title": {"en": "Sub-processors"}, "timezone": "Europe/Zagreb", "languages": ["en"]}
    with begin(engine, now=clock.now(), actor=OPERATOR) as work:
        register = drafting.add_register(work, {**head, "prevailing_language": "en"})
        for entry in entries(size):
            drafting.add_entry(work, register, entry)
        publishing.publish(work, register, publishing.propose(work, register), baseline=True)
    engine.dispose()


def _start(folder: Path) -> Measurement:
    environ = {**os.environ, **_environ(folder, "register-100")}

    def python(code: str) -> float:
        return best(lambda: subprocess.run([sys.executable, "-c", code], env=environ, check=True))

    application, flask = python("import wsgi; wsgi.create_app()"), python("import flask")
    return beside("start of the application", application, baseline="import flask", baseline_seconds=flask)


def _memory(folder: Path) -> list[Measurement]:
    if not Path("/proc/self/status").exists():
        return []
    environ = {**os.environ, **_environ(folder, "register-100"), "PORT": "18999"}
    web = ["gunicorn", "--bind", "127.0.0.1:18999", "--worker-class", "gthread", "--threads", "4"]
    web += ["--no-control-socket", "--log-level", "critical", "wsgi:create_app()"]
    bare = _resident([sys.executable, "-c", "import flask, time; time.sleep(60)"], environ)
    found = {
        "memory of a web process at rest": _resident(
            [sys.executable, "-m", *web], environ, ask="http://127.0.0.1:18999/"
        ),
        "memory of the worker at rest": _resident(
            [sys.executable, "-c", "import wsgi; wsgi.main()", "worker"], environ
        ),
    }
    limit = MEGABYTES_ALLOWED / bare
    return [
        beside(name, size, baseline="Python with Flask", baseline_seconds=bare, limit=limit, unit="MB")
        for name, size in found.items()
    ]


def _resident(command: list[str], environ: dict[str, str], *, ask: str = "") -> float:
    """The resident memory of the largest process of a program that has come to rest, in megabytes."""
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as program:
        try:
            sleep(5)
            for _ in range(10 if ask else 0):
                with urlopen(ask) as answer:
                    answer.read()
            assert program.poll() is None, f"{command} has ended"
            return max(_resident_of(pid) for pid in [program.pid, *_children(program.pid)])
        finally:
            program.terminate()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]


def _resident_of(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


def _environ(folder: Path, name: str) -> dict[str, str]:
    database = f"sqlite:///{folder / name}.db"
    return {"DATABASE_URL": database, "DATA_DIR": str(folder), "SECRET_KEY": "k" * 32, "BASE_URL": "http://localhost"}
