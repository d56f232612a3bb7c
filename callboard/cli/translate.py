"""``callboard translate``: English for what is still pending, offline."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli.invocation import pasteable
from callboard.cli.session import Duration, beside, run_lock_if_free, show_json

if TYPE_CHECKING:
    from collections.abc import Mapping

TERMS_SHOWN = 5


@click.command
@click.option(
    "--within", type=Duration(), help="Stop after so long, e.g. 30m; open calls come first."
)
@click.option("--renew", is_flag=True, help="Make again what other models made, the oldest first.")
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def command(config_path: Path | None, within: timedelta | None, renew: bool, as_json: bool) -> None:
    """Put titles, summaries, conditions and names of documents that are pending into English.

    Nothing is sent anywhere: an Argos package or Apertium must be installed (`callboard models`).
    Without one the texts stay pending, and the original is what is shown. May run beside a crawl,
    and beside itself: no sentence is translated twice.
    """
    from callboard.english import models_folder
    from callboard.models import hint
    from translators.packages import list_packages

    with beside(config_path) as pipeline:
        done = pipeline.translate(renew=renew, within=within)
        with run_lock_if_free(pipeline.config) as free:
            if free:
                pipeline.link()
        engines = [f"{each.name} {each.version}" for each in pipeline.engines]
        _, damaged = list_packages(models_folder(pipeline.config))
        portals = [pipeline.portals[stem] for stem in pipeline.stems()]
        advice = hint(portals, pipeline.engines)
    for error in damaged:
        click.echo(f"callboard: {error}", err=True)
    if as_json:
        show_json({"engines": engines, "texts": done.statuses, "checks": done.checks})
        return
    listed = ", ".join(engines) or "none installed; see: callboard models list"
    click.echo(pasteable(f"Engines: {listed}"))
    for language, counts in sorted(done.statuses.items()):
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        click.echo(f"{language}: {told}")
    for line in check_lines(done.checks):
        click.echo(line)
    if advice and any("pending" in counts for counts in done.statuses.values()):
        click.echo(pasteable(advice))
    if not free:
        click.echo("Another run is at work: it will take up the English when it links.")


def check_lines(checks: "Mapping[str, int]") -> list[str]:
    """Return what the checks found, by kind, with the terms most often translated otherwise."""
    kinds: Counter[str] = Counter()
    terms: Counter[str] = Counter()
    for check, count in checks.items():
        kind, _, what = check.partition(":")
        kinds[kind] += count
        if kind == "term":
            terms[what] += count
    lines = []
    if kinds:
        told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
        lines.append(f"Checks, by texts: {told}")
    if terms:
        most = ", ".join(f"{word} ({count})" for word, count in terms.most_common(TERMS_SHOWN))
        lines.append(f"Terms translated otherwise than in the glossary: {most}")
    return lines
