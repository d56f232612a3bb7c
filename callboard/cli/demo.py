"""``callboard demo``: the main job on sample portals, over real HTTP on loopback."""

import shutil
import sys
from pathlib import Path

import click

from callboard.cli.invocation import pasteable
from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import give_up, operator_errors, run_lock, show

SITES = Path("tests/fixtures/sites/demo")
"""The demo week as the sample portals serve it, a folder a day, in a checkout."""
FIXTURES = Path("tests/fixtures/models")
"""Translation models that know only the demo's sentences."""


@click.command
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("var/demo"),
    show_default=True,
    help="Where archive, database and digest go; what is there from an earlier demo is replaced.",
)
def command(folder: Path) -> None:
    """Run the main job on four sample portals as they were in one week, without internet.

    The live spiders crawl them over HTTP on this machine: only the addresses that they connect to
    are substituted. The clock stands in the demo's week.
    """
    from callboard.demo import (
        DEMO_FILE,
        play,
        render_from_document,
        render_linked,
        render_portals,
    )
    from processing.code_fingerprint import ROOT

    sites = ROOT / SITES
    if not sites.is_dir():
        give_up(f"the demo's portals are in a checkout's {SITES}; there are none here")
    if folder.exists():
        if not (folder / DEMO_FILE).is_file() and any(folder.iterdir()):
            give_up(f"{folder} is no demo's folder; name another with --folder")
        shutil.rmtree(folder)
    with operator_errors():
        result = play(sites, ROOT / FIXTURES, folder, run_lock, click.echo)
    click.echo()
    show(render_portals(result))
    click.echo("\nOne call, announced twice:\n")
    show(render_linked(result))
    click.echo("\nWhat a page lacks, a document that it links may say:\n")
    show(render_from_document(result))
    advice = f"\n          {pasteable(result.hint)}" if result.hint else ""
    look_around = f"""\
  callboard calls --open --closing-within 14d
  callboard show {result.linked.id if result.linked else "ID"}
  callboard status"""
    click.echo(
        f"""
Database  {result.database}
Digest    {result.digest}  ({result.entries} calls)
English   {result.english}{advice}

Look around (the clock of this demo stands at {result.now:%Y-%m-%d}):
{pasteable(look_around, folder / DEMO_FILE)}"""
    )
    sys.exit(0 if result.linked and result.complete else EXIT_FAILED)
