"""``callboard process``: the archive into the database."""

from collections.abc import Mapping
from pathlib import Path

import click

from callboard.cli.session import show_json, working


@click.command
@click.option("--all", "everything", is_flag=True, help="Rebuild every derived row from the start.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def command(config_path: Path | None, everything: bool, as_json: bool) -> None:
    """Read the archive into notices, versions, events and calls. Needs no network.

    Only crawls that were not processed yet are read, unless the reader of a portal or the
    normalizers have changed since: then all crawls of that portal are read again, so that no change
    of our code poses as the portal's.
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
                "rebuilt": dict(done.rebuilt),
            }
        )
        return
    for reason, stems in _by_reason(done.rebuilt).items():
        click.echo(f"Read again from the beginning, {reason}: {', '.join(stems)}.")
    click.echo(
        f"{done.crawls} crawls, {done.notices} readings of notices, {done.events} events; "
        f"{calls} calls."
    )


def _by_reason(rebuilt: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the portals that were read again, by the reason why."""
    found: dict[str, list[str]] = {}
    for stem, reason in sorted(rebuilt.items()):
        found.setdefault(reason, []).append(stem)
    return found
