"""The operator's commands on mail: the worker, subscribers, deliveries, a test mail."""

import logging
from pathlib import Path
from typing import Any, BinaryIO

import click

from notifications import messages, progress, subscriber_file, subscriptions, worker
from notifications.channels import open_mailer
from notifications.schemas import AddressSchema
from registry import published, schemas, text
from registry.console import console, print_json
from registry.errors import Problem

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
def worker_command(once: bool) -> None:
    """Turn publications into mail and send it; any number of workers may run."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    done = worker.run(console().engine, console().settings, once=once)
    if once:
        sent = ", ".join(f"{count} {outcome}" for outcome, count in sorted(done.messages.items()))
        click.echo(f"{done.events} events fanned out; messages: {sent or 'none'}.")
    if once and done.relay_failed:
        raise Problem("unavailable", "relay-unavailable", done.relay_failed)


@click.command("deliveries")
@click.option("--register", "slug", required=True, help="The register's short name.")
@click.option("--publication", "number", required=True, type=int, help="The publication's number.")
@AS_JSON
def deliveries(slug: str, number: int, as_json: bool) -> None:
    """List who was told of a publication, and what became of it."""
    with console().work(write=False) as work:
        publication = published.numbered(work, published.register(work, slug), number)
        counted = progress.counts(work, publication)
        rows = [progress.as_json(sent) for sent in progress.deliveries(work, publication)]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        replies = "; ".join(attempt["reply"] for attempt in row["attempts"] if attempt["reply"])
        click.echo(f"{row['state']:<10} {row['recipient'] or '(left)'}  {replies}".rstrip())
    click.echo(", ".join(f"{number} {state}" for state, number in counted.items()) or "Nobody was told.")


@click.group()
def subscribers() -> None:
    """Take subscribers in and out, and erase one."""


@subscribers.command("import")
@click.argument("file", type=click.File("rb"))
@AS_JSON
def subscribers_import(file: BinaryIO, as_json: bool) -> None:
    """Take over subscribers from the CSV FILE; each line names when and where its consent was given."""
    with console().work() as work:
        done = subscriber_file.read(work, console().settings, file.read())
    skipped: list[dict[str, Any]] = [{"line": line, "reason": reason} for line, reason in done.skipped]
    if as_json:
        print_json({"added": done.added, "updated": done.updated, "skipped": skipped})
        return
    for one in skipped:
        click.echo(f"Line {one['line']} skipped: {one['reason']}", err=True)
    click.echo(f"{done.added} added, {done.updated} updated, {len(skipped)} skipped.")


@subscribers.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), default="-")
def subscribers_export(file: Path) -> None:
    """Write all confirmed subscribers as CSV to FILE or standard output."""
    with console().work(write=False) as work:
        body = subscriber_file.write(work)
    if str(file) == "-":
        click.echo(body, nl=False)
    else:
        file.write_bytes(body)


@subscribers.command("erase")
@click.argument("email")
def subscribers_erase(email: str) -> None:
    """Erase everything held of EMAIL and never mail it again."""
    with console().work() as work:
        known = subscriptions.erase_address(work, console().settings, _address(email))
    click.echo("Erased." if known else "There was no subscriber of that address; it will not be mailed.")


@click.command("mail-test")
@click.argument("address")
@click.option("--language", default=text.SOURCE_LANGUAGE, help="Language of the mail.")
def mail_test(address: str, language: str) -> None:
    """Send a test mail to ADDRESS now, and say what the mail server answered."""
    settings = console().settings
    messages.check_sender(settings)
    with console().work(write=False) as work:
        letter = messages.test_letter(work, settings, _address(address), language)
    with open_mailer(settings) as mailer:
        receipt = mailer.send(letter.parcel)
    click.echo(f"{receipt.server} took it: {receipt.code} {receipt.reply}")


def _address(words: str) -> str:
    return str(schemas.load(AddressSchema(), {"email": words})["email"])


COMMANDS = (worker_command, deliveries, subscribers, mail_test)
