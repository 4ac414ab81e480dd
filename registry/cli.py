"""The operator's commands on the record: migrate, registers, propose, publish, export, verify.

The command line acts as the operator: it may publish without a second person, and the log says so.
"""

import sys
from datetime import date, datetime

import click
from sqlalchemy.engine import make_url

from registry import (
    chain,
    diff,
    drafting,
    formats,
    migrations,
    published,
    publishing,
    schemas,
    settings,
    snapshot,
)
from registry.console import Commands, console, print_json
from registry.models import Register
from registry.published import Published
from registry.work import Work
from registry.working_copy import publisher_values

DAY = click.DateTime(["%Y-%m-%d"])
REGISTER = click.option("--register", "slug", required=True, help="The register's short name.")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="subregistry")
def commands() -> None:
    """Keep the registers of sub-processors, publish them, and tell those who are owed it."""


@commands.command()
def migrate() -> None:
    """Bring the database to the schema of this version."""
    migrations.upgrade(console().engine)
    click.echo("The database is up to date.")


@commands.command("settings")
@click.option("--markdown", is_flag=True, help="As the table of the documentation.")
def show_settings(markdown: bool) -> None:
    """List the settings and their values; secrets are not shown."""
    if markdown:
        click.echo(settings.as_markdown(), nl=False)
        return
    for setting in settings.SETTINGS:
        value = getattr(console().settings, setting.name.lower())
        shown = make_url(value).render_as_string(hide_password=True) if setting.name == "DATABASE_URL" else value
        click.echo(f"{setting.name}={'(secret, set)' if setting.secret and value else shown}")


@commands.command("publisher")
@click.option("--name", help="The company's legal name.")
@click.option("--address", help="Its postal address.")
@click.option("--country", help="ISO 3166-1 code of where it is established.")
@click.option("--website")
@click.option("--contact-role", help="Whom to write to, such as: Data protection officer.")
@click.option("--contact-email")
@click.option("--contact-url")
@AS_JSON
def company(as_json: bool, **given: str | None) -> None:
    """Say which company these registers are of; shows it when nothing is given."""
    with console().work() as work:
        row = published.publisher(work)
        stands = {**publisher_values(row), "privacy_text": row.privacy_text}
        told = {name: value for name, value in given.items() if value is not None}
        if told:
            contact = {**stands["contact"], **{name[8:]: told.pop(name) for name in [*told] if "contact_" in name}}
            values = schemas.load(schemas.PublisherSchema(), {**stands, **told, "contact": contact})
            row = drafting.save_publisher(work, values, version=row.version)
        stands = publisher_values(row)
    if as_json:
        print_json(stands)
    else:
        click.echo(
            ", ".join(filter(None, [stands["name"], stands["address"], *stands["contact"].values()])) or "Unnamed."
        )


@commands.group()
def register() -> None:
    """Add and list registers."""


@register.command("add")
@click.argument("slug")
@click.option("--title", required=True, help="What visitors read above the list.")
@click.option("--intro", default="", help="A paragraph under the title.")
@click.option("--timezone", default="UTC", show_default=True, help="Where its dates and deadlines are counted.")
@click.option("--language", "languages", multiple=True, default=("en",), help="Again for each; the first prevails.")
@click.option("--notice-days", default=30, show_default=True, type=int)
@click.option("--objection-days", default=14, show_default=True, type=int)
def register_add(
    slug: str, title: str, intro: str, timezone: str, languages: tuple[str, ...], notice_days: int, objection_days: int
) -> None:
    """Add the register SLUG."""
    values = {"slug": slug, "title": {languages[0]: title}, "intro": {languages[0]: intro}, "timezone": timezone}
    days = {"notice_days": notice_days, "objection_days": objection_days}
    checked = schemas.load(schemas.RegisterSchema(), {**values, **days, "languages": list(languages)})
    with console().work() as work:
        drafting.add_register(work, checked)
    click.echo(f"Added the register {slug}.")


@register.command("list")
@AS_JSON
def register_list(as_json: bool) -> None:
    """List the registers with the number of their newest publication."""
    with console().work(write=False) as work:
        rows = [
            {"slug": row.slug, "title": row.title, "publication": published.latest_number(work, row)}
            for row in published.registers(work)
        ]
    if as_json:
        print_json(rows)
    for row in () if as_json else rows:
        click.echo(f"{row['slug']}  publication {row['publication'] or '-'}")


@commands.command()
@REGISTER
@click.option("--note", default="", help="Why; it stands in the history.")
@click.option(
    "--effective-on", type=DAY, help="When what is new begins and what is gone ends, where nothing else says."
)
@AS_JSON
def propose(slug: str, note: str, effective_on: datetime | None, as_json: bool) -> None:
    """Freeze the working copy into a proposal."""
    with console().work() as work:
        found = published.register(work, slug)
        revision = publishing.propose(work, found, note=note, effective_on=_day(effective_on))
        changes = publishing.revision_changes(work, found, revision)
    answer = {"revision": revision.id, "document_sha256": revision.document_sha256, "changes": _as_json(changes)}
    if as_json:
        print_json(answer)
    else:
        click.echo(f"Proposed revision {revision.id}: {_summary(changes)}.")


@commands.command()
@REGISTER
@click.option("--note", default="", help="Why; it stands in the history.")
@click.option(
    "--effective-on", type=DAY, help="When what is new begins and what is gone ends, where nothing else says."
)
@click.option("--override", "override_reason", default="", metavar="REASON", help="Why it cannot wait; kept and shown.")
@click.option("--baseline", is_flag=True, help="Publish the list as it stands today and tell nobody.")
@click.option("--tell-corrections", is_flag=True, help="Mail it even when it holds nothing but corrections.")
@AS_JSON
def publish(
    slug: str,
    note: str,
    effective_on: datetime | None,
    override_reason: str,
    baseline: bool,
    tell_corrections: bool,
    as_json: bool,
) -> None:
    """Publish the open proposal; the working copy is frozen first when there is none."""
    with console().work() as work:
        found = published.register(work, slug)
        revision = publishing.open_revision(work, found)
        if revision is None or effective_on is not None:
            revision = publishing.propose(work, found, note=note, effective_on=_day(effective_on))
        publication = publishing.publish(
            work,
            found,
            revision,
            note=note,
            baseline=baseline,
            tell_corrections=tell_corrections,
            override_reason=override_reason,
        )
        changes = published.changes(work, found, publication)
    if as_json:
        print_json({**publication.head, "announced": publication.announced, "changes": _as_json(changes)})
        return
    told = "Subscribers will be told." if publication.announced else "Nobody is told."
    click.echo(f"Published revision {publication.number} of {slug}: {_summary(changes)}. {told}")


@commands.command("export")
@REGISTER
@click.option("--revision", "number", type=int, help="A publication's number; the newest when left out.")
@click.option("--format", "form", type=click.Choice(["json", "csv", "jsonld", "md", "html"]), default="json")
@click.option("--language", default="", help="The prevailing language when left out.")
def export(slug: str, number: int | None, form: str, language: str) -> None:
    """Write a publication to standard output."""
    with console().work(write=False) as work:
        found = published.register(work, slug)
        publication = _publication(work, found, number)
        today = published.today(work, found) if number is None else publication.published_on
    if form == "html":
        address = f"/registers/{slug}" + (f"/revisions/{number}" if number else "")
        sys.stdout.buffer.write(console().page(f"{address}?lang={language}" if language else address))
        return
    render = formats.FORMATS[form].render
    place = {"base_url": console().settings.base_url, "language": language or found.prevailing_language}
    sys.stdout.buffer.write(render(publication.served(today), today, **place))


@commands.command()
@click.argument("name", metavar="REGISTER")
@AS_JSON
def verify(name: str, as_json: bool) -> None:
    """Check the hash chain of a register against its published documents."""
    with console().work(write=False) as work:
        found = published.register(work, name)
        publications = published.history(work, found)[::-1]
    held = {one.number: snapshot.digest(one.raw) for one in publications}
    wrong = chain.verify(name, [one.link for one in publications], held)
    if as_json:
        print_json({"register": name, "publications": len(publications), "problems": wrong})
    else:
        click.echo("\n".join(wrong) or f"The chain of {name} holds: {len(publications)} publications.")
    if wrong:
        raise SystemExit(1)


def _publication(work: Work, found: Register, number: int | None) -> Published:
    return published.numbered(work, found, published.head(work, found).number if number is None else number)


def _summary(changes: list[diff.Change]) -> str:
    counted = diff.counts(changes)
    return ", ".join(f"{number} {kind}" for kind, number in counted.items()) or "no typed change"


def _as_json(changes: list[diff.Change]) -> list[dict[str, object]]:
    return [change.as_json() for change in changes]


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
