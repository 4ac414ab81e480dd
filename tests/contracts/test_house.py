"""The rules of the house that are about words in the source: single homes, sizes, names. See CONTRIBUTING.

Which module may import which stands in pyproject.toml, for import-linter, which runs here too.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = sorted([*ROOT.glob("registry/**/*.py"), *ROOT.glob("notifications/**/*.py"), ROOT / "wsgi.py"])
EVERYTHING = sorted([*PRODUCT, *ROOT.glob("tests/**/*.py")])

EDGES = {"admin", "api", "oidc", "public", "public_data", "schemas", "static_site", "web", "wsgi"}
VAGUE = {"common", "core", "helper", "helpers", "misc", "util", "utils"}
OUTGOING = ("smtplib", "apprise", "requests", "urllib.request", "http.client", "urllib3")
READS_CLOCK = {
    *(("datetime", name) for name in ("now", "today", "utcnow")),
    ("date", "today"),
    ("func", "now"),
    *(("time", name) for name in ("time", "time_ns", "localtime", "gmtime")),
}


def in_edge(path: Path) -> bool:
    inside = path.relative_to(ROOT).parts
    return Path(inside[min(1, len(inside) - 1)]).stem in EDGES


def test_the_sweep_sees_the_source() -> None:
    assert len(PRODUCT) > 40


def test_the_import_rules_hold(tmp_path: Path) -> None:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--cache-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_stands_in_no_layer_is_pure() -> None:
    """A new module with a session or a request in it must be given its layer in pyproject.toml."""
    layers = placed()
    forbidden = [
        *(f"registry.{name}" for name in layers),
        "registry.settings",
        "sqlalchemy",
        "sqlmodel",
        "flask",
        "click",
    ]
    pure = [
        path for path in ROOT.glob("registry/**/*.py") if path.relative_to(ROOT / "registry").parts[0] not in layers
    ]
    modules = [path for path in pure if path.parts[-2] != "migrations" and path.stem not in layers]
    none([f"{place(path)} imports {name}" for path in modules for name in forbidden if imports(path, name)])


@pytest.mark.parametrize("library", ["flask", "werkzeug"])
def test_flask_stays_in_the_edges(library: str) -> None:
    none([place(path) for path in PRODUCT if not in_edge(path) and imports(path, library)])


def test_only_one_module_commits() -> None:
    """`web` asks the unit of work to, once a request; everybody else leaves it to `work.begin`."""
    allowed = {"registry/work.py", "registry/web.py"}
    none([found for found in attributes(PRODUCT, {("*", "commit")}) if found.split(":")[0] not in allowed])


def test_only_the_settings_read_the_environment() -> None:
    wanted = {("os", "environ"), ("os", "environb"), ("os", "getenv")}
    assert {found.split(":")[0] for found in attributes(PRODUCT, wanted)} == {"registry/settings.py"}


def test_only_the_clock_reads_the_clock() -> None:
    assert {found.split(":")[0] for found in attributes(PRODUCT, READS_CLOCK)} == {"registry/clock.py"}


@pytest.mark.parametrize("library", OUTGOING)
def test_only_the_channels_reach_out(library: str) -> None:
    allowed = {"notifications/channels.py", "registry/oidc.py"}
    users = {place(path) for path in PRODUCT if imports(path, library)}
    assert users <= allowed


def test_module_names_say_something() -> None:
    none([place(path) for path in EVERYTHING if {path.stem, path.parent.name} & VAGUE])


def test_every_module_says_what_it_is_for() -> None:
    silent = [path for path in PRODUCT if path.read_text("utf-8").strip() and not ast.get_docstring(tree(path))]
    none([place(path) for path in silent])


def test_no_file_is_longer_than_400_lines() -> None:
    none([place(path) for path in EVERYTHING if len(path.read_text("utf-8").splitlines()) > 400])


def test_no_function_is_longer_than_50_lines() -> None:
    def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
        return (node.end_lineno or node.lineno) - node.lineno + 1

    long = [(path, node) for path in EVERYTHING for node in functions(path) if lines(node) > 50]
    none([f"{place(path)}:{node.lineno} {node.name} has {lines(node)}" for path, node in long])


def test_nothing_is_left_for_later() -> None:
    marks = ["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error"]
    none([place(path) for path in EVERYTHING if any(mark in path.read_text("utf-8") for mark in marks)])


def none(found: list[str]) -> None:
    assert not found, "\n" + "\n".join(found)


def placed() -> set[str]:
    """The modules of registry that have a layer."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one.get("containers") and "models" in one["layers"]]
    return {name.strip(" ()") for layer in layers for name in layer.replace("|", ":").split(":")}


def place(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def imports(path: Path, library: str) -> bool:
    """Whether a file imports a library or a part of it, at its top or inside a function."""
    names: list[str] = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return any(name == library or name.startswith(f"{library}.") for name in names)


def attributes(paths: list[Path], wanted: set[tuple[str, str]]) -> list[str]:
    """Where `owner.name` is used ("*": any owner), or the name is imported from that owner."""
    return [f"{place(path)}:{line}" for path in paths for line in _lines(tree(path), wanted)]


def _lines(module: ast.Module, wanted: set[tuple[str, str]]) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            owner = ast.unparse(node.value).rsplit(".", 1)[-1]
            if (owner, node.attr) in wanted or ("*", node.attr) in wanted:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and any((node.module, alias.name) in wanted for alias in node.names):
            yield node.lineno
