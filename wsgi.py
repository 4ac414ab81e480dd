"""The composition root: the web application and the command line. The only file that knows both packages."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from flask import Flask

from registry import cli as registry_cli
from registry import migrations, web
from registry import settings as registry_settings
from registry.console import Console
from registry.settings import Settings
from registry.work import make_engine

HERE = Path(__file__).parent
BLUEPRINTS = (
    "registry.public",
    "registry.public_data",
    "registry.admin",
    "notifications.public",
    "notifications.admin",
)


COMMANDS = ("registry.cli_import:import_command", "registry.cli_users:user")


def create_app(settings: Settings | None = None) -> Flask:
    """The web application. Refuses to start on a stale schema."""
    settings = settings or registry_settings.load()
    engine = make_engine(settings.database_url)
    migrations.require_current(engine)
    app = Flask("registry", root_path=str(HERE), template_folder="templates", static_folder="registry/static")
    web.install(app, engine, settings)
    for name in BLUEPRINTS:
        if find_spec(name):
            app.register_blueprint(import_module(name).blueprint)
    return app


def main() -> None:
    """The command line `subregistry`."""
    for name in COMMANDS:
        module, _, attribute = name.partition(":")
        if find_spec(module):
            registry_cli.commands.add_command(getattr(import_module(module), attribute))
    registry_cli.commands(obj=Console(_page))


def _page(path: str) -> bytes:
    return bytes(create_app().test_client().get(path).data)
