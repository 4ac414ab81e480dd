"""The database schema: one numbered Alembic script a step, for SQLite and PostgreSQL alike."""

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from registry.errors import Problem

_FOLDER = Path(__file__).parent


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema. Does nothing when it is there already."""
    # Alembic is imported here alone: web and worker, which only look at the version, go without its 10 MB.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["engine"] = engine
    command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database has exactly the schema this program was written for."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == head()


def require_current(engine: Engine) -> None:
    """Refuse to start on another schema. Raises Problem("unavailable")."""
    if not is_current(engine):
        message = "The database schema is not up to date: run `subregistry migrate` first."
        raise Problem("unavailable", "schema-stale", message)


def head() -> str:
    """The newest schema's name: the number that the file of its step begins with."""
    return max(step.name.split("_")[0] for step in (_FOLDER / "versions").glob("[0-9]*_*.py"))
