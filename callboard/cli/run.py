"""``callboard run``: the main job, what cron calls."""

import sys
from pathlib import Path

import click

from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import give_up, working


@click.command
@click.argument("portals", nargs=-1)
@click.option("--sample", type=click.IntRange(min=1), help="Read at most so many notices a portal.")
@click.option("--no-digest", is_flag=True, help="Leave the digest to `callboard digest`.")
@click.pass_obj
def command(
    config_path: Path | None, portals: tuple[str, ...], sample: int | None, no_digest: bool
) -> None:
    """Crawl, process, translate, link and write this week's digest.

    A portal that can't be reached is one clear line; what was known of it stays. Exit code 1 if a
    portal could not be read as a whole, 3 if another run is at work.
    """
    from datetime import timedelta

    from callboard.reports import report_lines, went_well

    with working(config_path) as pipeline:
        reports = pipeline.crawl(pipeline.stems(portals), sample=sample)
        click.echo("\n".join(report_lines(reports)))
        done = pipeline.process()
        pipeline.translate()
        calls = pipeline.link()
        click.echo(f"{done.notices} notices read, {done.events} events; {calls} calls.")
        if not no_digest:
            text, count = pipeline.digest(timedelta(days=7))
            try:
                click.echo(f"Digest: {pipeline.write_digest(text)}  ({count} calls)")
            except OSError as error:
                give_up(f"can't write {error.filename}: {error.strerror}")
    sys.exit(0 if all(went_well(each, sample) for each in reports) else EXIT_FAILED)
