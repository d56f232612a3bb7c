"""``callboard calls``: the list an analyst filters."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from callboard.cli.invocation import pasteable
from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import Duration, reading, show, show_json


@click.command
@click.option("--open", "is_open", is_flag=True, help="Open now.")
@click.option("--forthcoming", is_flag=True, help="Not open yet (with --open: either).")
@click.option("--closed", is_flag=True, help="Closed (adds to the others).")
@click.option("--closing-within", type=Duration(), help="Next deadline within 14d, 2w, 12h …")
@click.option("--country", help="Of a portal that announces it: HR, IT, EU …")
@click.option("--portal", help="Stem of a portal that announces it.")
@click.option("--language", help="Of the original, e.g. hr.")
@click.option("--programme", help="E.g. COSME.")
@click.option("--applicant", help="Who may apply: sme, ngo, university …")
@click.option("--text", help="Words in title, summary or codes, original or English.")
@click.option("--withdrawn", is_flag=True, help="Also calls that every portal has taken down.")
@click.option("--limit", type=click.IntRange(min=1), help="Show at most so many.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(
    config_path: Path | None,
    is_open: bool,
    forthcoming: bool,
    closed: bool,
    closing_within: timedelta | None,
    country: str | None,
    portal: str | None,
    language: str | None,
    programme: str | None,
    applicant: str | None,
    text: str | None,
    withdrawn: bool,
    limit: int | None,
    as_json: bool,
) -> None:
    """List calls, the next to close first.

    Exit code 1 if nothing was found.
    """
    from exports.extracts import render_extract
    from exports.terminal import render_calls
    from schema.calls import Status
    from storage.database.calls import CallFilter, find

    chosen = {Status.OPEN: is_open, Status.FORTHCOMING: forthcoming, Status.CLOSED: closed}
    wanted = CallFilter(
        statuses=[status for status, on in chosen.items() if on],
        closing_within=closing_within,
        country=country,
        portal=portal,
        language=language,
        programme=programme,
        applicant_type=applicant,
        text=text,
        with_withdrawn=withdrawn,
    )
    with reading(config_path) as pipeline, pipeline.database.read() as connection:
        now = pipeline.now()
        found = find(connection, wanted, now)[:limit]
    if as_json:
        show_json([render_extract(each.call, each.id, now) for each in found])
    elif found:
        show(render_calls(found, now))
        click.echo(f"\n{len(found)} call{'s' * (len(found) != 1)} at {now:%Y-%m-%d %H:%M} UTC.")
    else:
        click.echo(pasteable("No call fits. See: callboard calls --help"), err=True)
    sys.exit(0 if found else EXIT_FAILED)
