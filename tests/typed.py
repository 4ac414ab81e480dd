"""Command lines as the operator types them, run in this process, and what comes of them."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask

from registry.console import Console
from registry.settings import Settings

Run = Callable[..., Result]


def environment(settings: Settings, **given: str) -> dict[str, str]:
    """The environment in which these settings hold."""
    names = ("database_url", "secret_key", "data_dir", "base_url", "smtp_url")
    return {**{name.upper(): str(getattr(settings, name)) for name in names}, **given}


def runner(settings: Settings) -> Run:
    """Types a command line: `run("register", "list")`; what is named in capitals is set in the environment."""

    import wsgi

    def run(*arguments: str, stdin: str | bytes = "", **given: str) -> Result:
        apps: list[Flask] = []

        def page(path: str) -> bytes:
            apps.append(wsgi.create_app(settings))
            return bytes(apps[0].test_client().get(path).data)

        typist, console = CliRunner(env=environment(settings, **given)), Console(page)
        result = typist.invoke(wsgi.command_line(), arguments, obj=console, input=stdin)
        engines = [app.extensions["subregistry"]["engine"] for app in apps]
        for engine in [*engines, console.engine] if "engine" in vars(console) else engines:
            engine.dispose()
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def done(result: Result) -> str:
    """What a command said that did what it should, without a word on standard error."""
    assert (result.exit_code, result.stderr) == (0, "")
    return str(result.stdout)


def answer(result: Result) -> Any:
    """What a command with `--json` said."""
    return json.loads(done(result))


def refused(result: Result) -> str:
    """The reason of a refusal, which stands on standard error alone."""
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Refused: ")
    return str(result.stderr)


def kinds(changes: list[dict[str, Any]]) -> list[str]:
    return [change["kind"] for change in changes]
