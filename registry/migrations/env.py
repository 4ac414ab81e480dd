"""Runs the migrations on the engine handed in by `registry.migrations.upgrade`."""

from alembic import context
from sqlalchemy import Engine
from sqlmodel import SQLModel

import registry.models  # noqa: F401 - fills the metadata

engine: Engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
