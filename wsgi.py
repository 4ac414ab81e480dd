"""The composition root: the web application and the command line. The only file that knows both packages."""

from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket

import click
from flask import Flask

from notifications import admin as notify_admin
from notifications import cli as mail_commands
from notifications import demo as subscribers
from notifications import progress
from notifications import public as subscriptions
from registry import admin, cli_import, cli_lint, cli_users, demo, migrations, public, public_data, web
from registry import cli as registry_cli
from registry import settings as registry_settings
from registry.console import Console, console
from registry.errors import Problem
from registry.settings import Settings
from registry.work import OPERATOR, Work, begin, make_engine

HERE = Path(__file__).parent
COMMANDS = (
    cli_import.import_command,
    cli_lint.lint_command,
    cli_users.user,
    mail_commands.worker_command,
    mail_commands.deliveries,
    mail_commands.subscribers,
    mail_commands.mail_test,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The web application. Refuses to start on a stale schema."""
    settings = settings or registry_settings.load()
    engine = make_engine(settings.database_url)
    migrations.require_current(engine)
    app = Flask("registry", root_path=str(HERE), template_folder="templates", static_folder="registry/static")
    web.install(app, engine, settings)
    app.extensions["readiness"] = {"worker": progress.worker_problem}
    app.extensions["subregistry"]["tasks"] = [notify_admin.tasks]
    for module in (public, public_data, admin, subscriptions, notify_admin):
        app.register_blueprint(module.blueprint)
    return app


def main() -> None:
    """The command line `subregistry`."""
    command_line()(obj=Console(_page))


def command_line() -> click.Group:
    """Every command, of both packages; to be called with a `Console` as its object."""
    for command in COMMANDS:
        registry_cli.commands.add_command(command)
    return registry_cli.commands


@registry_cli.commands.command("demo")
@click.option("--first-run", is_flag=True, help="Do nothing when the database holds something already.")
def load_demo(first_run: bool) -> None:
    """Fill an empty database with the sample company."""
    with console().work(write=False) as work:
        empty, now = demo.is_empty(work), work.now
    if not empty and not first_run:
        raise click.ClickException("The database is not empty; the sample company goes into an empty one only.")
    if not empty:
        return
    engine = console().engine

    def at(instant: datetime) -> AbstractContextManager[Work]:
        return begin(engine, now=instant, actor=OPERATOR)

    demo.load(at, now)
    subscribers.load(at, now, console().settings)
    click.echo("Loaded the sample company, Acme Cloud d.d.")


@registry_cli.commands.command()
def welcome() -> None:
    """Say where the pages will be, who may sign in, and where mail goes. Refuses when the port cannot be had."""
    settings = console().settings
    _require_port(settings.port)
    with console().work(write=False) as work:
        people = demo.sample_people(work)
    click.echo(f"Public pages:  {settings.base_url}/")
    click.echo(f"Admin pages:   {settings.base_url}/admin/")
    for email, role in people:
        click.echo(f"  {role:<9} {email}  password: {demo.PASSWORD}")
    where = "the relay in SMTP_URL" if settings.smtp_url else f"files in {settings.data_path / 'outbox'}/"
    click.echo(f"Mail goes to:  {where}")


def _require_port(port: int) -> None:
    """Better one line now than a web process that tries for ever."""
    with socket() as probe:
        probe.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError as error:
            message = f"Port {port} cannot be used ({error.strerror}). Choose another: PORT={port + 1} make run"
            raise Problem("conflict", "port-taken", message) from None


def _page(path: str) -> bytes:
    return bytes(create_app().test_client().get(path).data)
