"""``callboard status``: which portal went silent, and why."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import give_up, reading, show, show_json

if TYPE_CHECKING:
    from processing.health import Health


class Signs(click.ParamType[frozenset[str]]):
    """Signs of ill health, separated by commas."""

    name = "state[,state]"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> frozenset[str]:
        """Read the signs or fail with usage."""
        from processing.health import SIGNS

        wanted = frozenset(str(value).split(","))
        if unknown := sorted(wanted - set(SIGNS)):
            self.fail(f"{unknown[0]!r} is not one of {', '.join(SIGNS)}", param, ctx)
        return wanted


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a status page to this file: static, and whole in itself.",
)
@click.option(
    "--fail-on",
    type=Signs(),
    help="Exit with 1 only if a portal shows one of these signs: complete, partial, empty, "
    "blocked, unreachable, failed, never, overdue, silent, drifted.",
)
@click.pass_obj
def command(
    config_path: Path | None, as_json: bool, page: Path | None, fail_on: frozenset[str] | None
) -> None:
    """Show each portal's health: its latest crawl, what it came to, and what else is odd.

    A portal is overdue when two of its regular crawls were left out, silent when nothing was new
    for longer than it expects, drifted when its pages have changed under its reader. Without
    --fail-on, exit code 1 says that the latest crawl of a portal was not complete.
    """
    from exports.status_page import render_status_page
    from exports.terminal import render_health
    from processing.health import assess
    from schema.crawls import CrawlState

    with reading(config_path) as pipeline, pipeline.database.read() as connection:
        now = pipeline.now()
        in_use = {stem: pipeline.portals[stem] for stem in pipeline.stems()}
        found = assess(connection, in_use, now)
    if page is not None:
        _write(page, render_status_page(found, now))
    if as_json:
        show_json([_entry(each) for each in found])
    elif page is None:
        show(render_health(found, now))
    if fail_on is not None:
        sys.exit(EXIT_FAILED if any(fail_on & set(each.signs) for each in found) else 0)
    crawled = [each.state for each in found if each.state.state is not None]
    well = crawled and all(each.state is CrawlState.COMPLETE for each in crawled)
    sys.exit(0 if well else EXIT_FAILED)


def _write(page: Path, text: str) -> None:
    from schema.files import write_atomically

    try:
        with write_atomically(page) as file:
            file.write(text.encode())
    except OSError as error:
        give_up(f"can't write {page}: {error.strerror}")


def _entry(health: "Health") -> dict[str, Any]:
    state = health.state
    return {
        "portal": state.stem,
        "state": state.state and state.state.value,
        "signs": list(health.signs),
        "reason": state.reason,
        "reasons": list(health.reasons),
        "finished_at": state.finished_at and state.finished_at.isoformat(),
        "last_complete_at": state.last_complete_at and state.last_complete_at.isoformat(),
        "last_news_at": state.last_news_at and state.last_news_at.isoformat(),
        "seen": state.seen,
        "standing": state.standing,
        "issues": [
            {
                "kind": each.kind,
                "severity": each.severity.value,
                "field": each.field,
                "message": each.message,
                "url": each.url,
                "detail": each.detail,
            }
            for each in health.issues
        ],
    }
