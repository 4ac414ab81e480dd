"""What every command shares: the settings, one unit of work, and one manner of refusing.

Exit status: 0 done, 1 refused (the reason on standard error), 2 wrong call.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, cast

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from registry import clock, migrations, settings
from registry.errors import DeliveryFailed, Problem
from registry.settings import Settings
from registry.work import OPERATOR, Work, begin, make_engine


class Console:
    """What a command works with; settings and database are opened when first asked for.

    `page` gives the bytes of one of our public pages, by its path.
    """

    def __init__(self, page: Callable[[str], bytes]) -> None:
        self.page = page

    @cached_property
    def settings(self) -> Settings:
        return settings.load()

    @cached_property
    def engine(self) -> Engine:
        return make_engine(self.settings.database_url)

    @contextmanager
    def work(self, *, write: bool = True) -> Iterator[Work]:
        """A unit of work of the operator on a database of the right schema; committed when the block ends well."""
        migrations.require_current(self.engine)
        with begin(self.engine, now=clock.now(), actor=OPERATOR, write=write) as work:
            yield work


class Commands(click.Group):
    """A group of commands that answers a refusal with its reason and exit status 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            click.echo(f"Refused: {problem.message}", err=True)
            for field, wrong in problem.fields.items():
                click.echo(f"  {field}: {' '.join(wrong)}", err=True)
        except DeliveryFailed as failure:
            click.echo(f"Refused: {failure.reason}", err=True)
        except OperationalError as error:
            click.echo(f"Refused: the database does not answer: {str(error.orig).splitlines()[0]}", err=True)
        except BrokenPipeError:
            raise  # whoever reads us has had enough; click ends quietly
        except OSError as error:
            where = f" {error.filename}" if error.filename else ""
            click.echo(f"Refused:{where} {(error.strerror or str(error)).lower()}", err=True)
        ctx.exit(1)


def console() -> Console:
    """The console of the running command."""
    return cast(Console, click.get_current_context().find_root().obj)


def print_json(value: Any) -> None:
    """A value as JSON for programs, on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
