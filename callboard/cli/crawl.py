"""``callboard crawl``: inventories into the archive."""

import sys
from pathlib import Path

import click

from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import show_json, working


@click.command
@click.argument("portals", nargs=-1)
@click.option("--sample", type=click.IntRange(min=1), help="Read at most so many notices a portal.")
@click.option("--json", "as_json", is_flag=True, help="Print the outcomes as JSON.")
@click.pass_obj
def command(
    config_path: Path | None, portals: tuple[str, ...], sample: int | None, as_json: bool
) -> None:
    """Fetch the inventory of each portal into the archive [default: all portals in use].

    Exit code 1 if a portal could not be read as a whole. What the archive has stays.
    """
    from callboard.reports import outcome_as_json, outcome_lines, went_well

    with working(config_path) as pipeline:
        outcomes = pipeline.crawl(pipeline.stems(portals), sample=sample)
    if as_json:
        show_json([outcome_as_json(each) for each in outcomes])
    else:
        click.echo("\n".join(outcome_lines(outcomes)))
    sys.exit(0 if all(went_well(each, sample) for each in outcomes) else EXIT_FAILED)
