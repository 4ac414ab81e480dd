"""The operator's command on doubts: `subregistry lint`."""

import click

from registry import lint, published
from registry.console import console, print_json
from registry.working_copy import working_document


@click.command("lint")
@click.option("--register", "slug", required=True, help="The register's short name.")
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON, for programs.")
def lint_command(slug: str, as_json: bool) -> None:
    """Say what is doubtful in the working copy of a register."""
    with console().work(write=False) as work:
        found = published.register(work, slug)
        document, today = working_document(work, found), published.today(work, found)
    findings = lint.lint(document, today)
    names = {entry["id"]: entry["sub_processor"]["legal_name"] for entry in document["entries"]}
    if as_json:
        print_json([finding.as_json() for finding in findings])
        return
    for finding in findings:
        click.echo(f"{finding.severity}: {names[finding.entry]}, {finding.field}: {finding.message} [{finding.rule}]")
        if finding.hint:
            click.echo(f"  {finding.hint}")
    click.echo(f"{len(findings) or 'No'} {'finding' if len(findings) == 1 else 'findings'} on {slug}.")
