"""``callboard process``: the fold over the archive."""

from pathlib import Path

import click

from callboard.cli.session import show_json, working


@click.command
@click.option("--all", "everything", is_flag=True, help="Rebuild every derived row from the start.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def command(config_path: Path | None, everything: bool, as_json: bool) -> None:
    """Read the archive into notices, versions, events and calls. Needs no network.

    Only crawls that were not processed yet are read, unless readers or normalizers have changed
    since: then everything is read again, so that no change of our code poses as a portal's.
    """
    with working(config_path) as pipeline:
        done = pipeline.process(everything=everything)
        calls = pipeline.link()
    if as_json:
        show_json(
            {
                "crawls": done.crawls,
                "notices": done.notices,
                "events": done.events,
                "calls": calls,
                "rebuilt": done.rebuilt,
            }
        )
        return
    if done.rebuilt:
        click.echo(f"Processed everything again: {done.rebuilt}.")
    click.echo(
        f"{done.crawls} crawls, {done.notices} readings of notices, {done.events} events; "
        f"{calls} calls."
    )
