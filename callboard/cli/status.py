"""``callboard status``: which portal went silent, and why."""

import sys
from pathlib import Path

import click

from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import reading, show, show_json


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(config_path: Path | None, as_json: bool) -> None:
    """Show each portal's health: its latest crawl, what it came to, and why.

    Exit code 1 if the latest crawl of a portal was not complete.
    """
    from exports.terminal import render_portals
    from schema.crawls import CrawlState
    from storage.portals import states

    with reading(config_path) as pipeline, pipeline.database.read() as connection:
        now = pipeline.now()
        found = [each for each in states(connection) if each.stem in pipeline.portals]
    if as_json:
        show_json(
            [
                {
                    "portal": each.stem,
                    "state": each.state and each.state.value,
                    "reason": each.reason,
                    "finished_at": each.finished_at and each.finished_at.isoformat(),
                    "last_complete_at": each.last_complete_at and each.last_complete_at.isoformat(),
                    "last_news_at": each.last_news_at and each.last_news_at.isoformat(),
                    "seen": each.seen,
                    "standing": each.standing,
                }
                for each in found
            ]
        )
    else:
        show(render_portals(found, now))
    crawled = [each for each in found if each.state is not None]
    well = crawled and all(each.state is CrawlState.COMPLETE for each in crawled)
    sys.exit(0 if well else EXIT_FAILED)
