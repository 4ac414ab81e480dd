"""The database schema: one numbered Alembic script a step, for SQLite and PostgreSQL alike."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from registry.errors import Problem


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema. Does nothing when it is there already."""
    config = _config()
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema this program was written for."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == _head()


def require_current(engine: Engine) -> None:
    """Refuse to start on another schema. Raises Problem("unavailable")."""
    if not is_current(engine):
        message = "The database schema is not up to date: run `subregistry migrate` first."
        raise Problem("unavailable", "schema-stale", message)


def _head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    return config
