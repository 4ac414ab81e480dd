"""The operator's commands on people: `subregistry user add`, `list`, `disable`, `enable`, `password`."""

import sys
from typing import Any

import click

from registry import accounts, schemas
from registry.console import console, print_json
from registry.schemas_people import PersonSchema

_STDIN = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")
_LINK = "Set a password within three days at:"


@click.group()
def user() -> None:
    """Add, list and disable people with access to the admin pages."""


@user.command("add")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(accounts.ROLES))
@click.option("--name", default="", help="As it stands in the log.")
@_STDIN
def user_add(email: str, role: str, name: str, password_stdin: bool) -> None:
    """Give EMAIL access; prints a link that sets the password unless one is given."""
    values: dict[str, Any] = {"email": email, "role": role, "name": name}
    checked = schemas.load(PersonSchema(), {**values, "password": _read() if password_stdin else None})
    with console().work() as work:
        added = accounts.add_user(work, **checked)
        token = "" if password_stdin else accounts.make_link(work, added, console().settings.secret_key)
    click.echo(f"Added {added.email} as {role}.")
    _print_link(token)


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def user_list(as_json: bool) -> None:
    """List everybody with their role."""
    with console().work(write=False) as work:
        rows = [
            {"email": row.email, "name": row.name, "role": row.role, "disabled": row.disabled_at is not None}
            for row in accounts.users(work)
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['email']}  {row['role']}{'  disabled' if row['disabled'] else ''}")


@user.command("disable")
@click.argument("email")
def user_disable(email: str) -> None:
    """Take EMAIL's access away at once."""
    with console().work() as work:
        accounts.disable(work, accounts.user_by_email(work, email))
    click.echo(f"{email} has no access any more.")


@user.command("enable")
@click.argument("email")
def user_enable(email: str) -> None:
    """Give EMAIL access back."""
    with console().work() as work:
        accounts.enable(work, accounts.user_by_email(work, email))
    click.echo(f"{email} has access again.")


@user.command("password")
@click.argument("email")
@_STDIN
def user_password(email: str, password_stdin: bool) -> None:
    """Print a link with which EMAIL sets a new password, or set one."""
    with console().work() as work:
        found = accounts.user_by_email(work, email)
        if password_stdin:
            accounts.set_password(work, found, _read())
        token = "" if password_stdin else accounts.make_link(work, found, console().settings.secret_key)
    if password_stdin:
        click.echo(f"{found.email} has a new password; all their sessions have ended.")
    _print_link(token)


def _read() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _print_link(token: str) -> None:
    if token:
        click.echo(_LINK)
        click.echo(f"{console().settings.base_url}/admin/password/{token}")
