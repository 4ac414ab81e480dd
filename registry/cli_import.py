"""`subregistry import`: a file into a register's working copy, after a person has seen what each row became."""

import sys
from pathlib import Path

import click

from registry import importing, published, schemas
from registry.console import console, print_json
from registry.errors import Problem
from registry.importing import ImportPlan, PlannedRow
from registry.intake import FORMATS, Progress, Reading, read
from registry.models import Register
from registry.work import Work

_STDIN = "-"
_LONG = 500
_MARKS = {"new": "+", "matched": "=", "renamed": "~", "skipped": "x"}


@click.command("import")
@click.argument("file", type=click.Path(allow_dash=True, dir_okay=False, exists=True))
@click.option("--register", "slug", default="", help="The register's short name; the only one when left out.")
@click.option("--format", "form", type=click.Choice(FORMATS), help="What the file is; found out when left out.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option(
    "--renames",
    type=click.Choice(["ask", "suggest", "none"]),
    default="suggest",
    show_default=True,
    help="What to do with another name for what looks like the same company.",
)
@click.option("--add", "only_add", is_flag=True, help="The file is not the whole list: remove nothing.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def import_command(
    file: str,
    slug: str,
    form: str | None,
    dry_run: bool,
    yes: bool,
    renames: importing.Renames,
    only_add: bool,
    as_json: bool,
) -> None:
    """Bring the list in FILE (Markdown, HTML, CSV, JSON, YAML; - for standard input) into the working copy.

    Nothing is published. Unless --add is given the file is the whole list: entries it does not name are removed from
    the working copy.
    """
    data = sys.stdin.buffer.read() if file == _STDIN else Path(file).read_bytes()
    with console().work(write=False) as work:
        register = _register(work, slug)
        reading = _read(data, "" if file == _STDIN else file, form, register)
        made = importing.plan(
            work,
            register,
            reading,
            check=lambda values: schemas.load(schemas.EntrySchema(), values),
            renames=renames,
            confirm=_ask_rename,
            only_add=only_add,
        )
    if as_json:
        print_json(made.as_json())
    else:
        _show(made)
    if not made.changes_anything:
        _say("The working copy is as the file says already.", as_json=as_json)
        return
    if dry_run or not (yes or _agreed()):
        _say("Nothing was changed.", as_json=as_json)
        return
    with console().work() as work:
        importing.apply(work, published.register(work, made.register), made, progress=_counting("written"))
    _say(f"The working copy of {made.register} is as the file says. Nothing is published yet.", as_json=as_json)


def _register(work: Work, slug: str) -> Register:
    """The register called so, or the only one there is. Raises Problem invalid `register-needed`."""
    if slug:
        return published.register(work, slug)
    known = published.registers(work)
    if len(known) != 1:
        names = ", ".join(row.slug for row in known) or "there is none yet: subregistry register add SLUG --title …"
        raise Problem("invalid", "register-needed", f"Say into which register with --register ({names}).")
    return known[0]


def _read(data: bytes, name: str, form: str | None, register: Register) -> Reading:
    return read(
        data,
        name=name,
        format=form,
        language=register.prevailing_language,
        languages=register.languages,
        progress=_counting("read"),
    )


def _counting(what: str) -> Progress:
    """A line that counts along on a terminal when the file is long."""
    on_terminal = sys.stderr.isatty()

    def progress(done: int, total: int) -> None:
        if on_terminal and total >= _LONG:
            click.echo(f"\r{done:,} of {total:,} rows {what}", nl=done >= total, err=True)

    return progress


def _ask_rename(old: str, new: str) -> bool:
    return click.confirm(f"Is “{new}” the new name of “{old}”?", default=True, err=True)


def _agreed() -> bool:
    """Whether the person says yes. Raises Problem invalid `not-confirmed` when there is nobody to ask."""
    try:
        return click.confirm("Change the working copy so?", default=False, err=True)
    except click.Abort:
        message = "Nobody can be asked here: use --yes to import, or --dry-run to look."
        raise Problem("invalid", "not-confirmed", message) from None


def _say(words: str, *, as_json: bool) -> None:
    click.echo(words, err=as_json)


def _show(made: ImportPlan) -> None:
    group = None
    for row in made.rows:
        heading = " / ".join(row.entry["group"].values()) if row.entry else ""
        if row.entry and heading != group:
            group = heading
            click.echo(f"\n{heading or 'Without heading'}")
        _show_row(row)
    for removal in made.removals:
        click.echo(f"- {removal['name']}: not in the file, removed")
    for note in made.notes:
        click.echo(f"! {note}")
    if made.not_understood:
        click.echo("\nNot taken over:")
    for one in made.not_understood:
        click.echo(f"? {one['source']}: {one['why']}")
        if one["text"]:
            click.echo(f"    {one['text']}")
    counted = {outcome: sum(row.outcome == outcome for row in made.rows) for outcome in _MARKS}
    said = ", ".join(f"{number} {outcome}" for outcome, number in counted.items() if number)
    click.echo(f"\n{said or 'no row'}, {len(made.removals)} removed")


def _show_row(row: PlannedRow) -> None:
    changes = f"; changes: {', '.join(row.changes)}" if row.changes else ""
    click.echo(f"{_MARKS[row.outcome]} {row.name or '(no name)'} ({row.source}) {row.outcome}{changes}")
    for location in row.entry["locations"] if row.entry else ():
        words = " / ".join(location["place"]["text"].values())
        codes = ", ".join(mechanism["code"] for mechanism in location["mechanisms"]) or "no mechanism"
        click.echo(f"    {location['place']['code']} {words}: {codes}")
    for note in row.notes:
        click.echo(f"    ! {note}")
