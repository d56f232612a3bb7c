"""``callboard translate``: English for what is still pending, offline."""

from pathlib import Path

import click

from callboard.cli.session import show_json, working


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print the counts as JSON.")
@click.pass_obj
def command(config_path: Path | None, as_json: bool) -> None:
    """Put titles, summaries and conditions that are still pending into English.

    Nothing is sent anywhere: an Argos package or Apertium must be installed. Without one the texts
    stay pending, and the original is what is shown.
    """
    with working(config_path) as pipeline:
        statuses = pipeline.translate()
        pipeline.link()
        engines = [f"{each.name} {each.version}" for each in pipeline.engines]
    if as_json:
        show_json({"engines": engines, "texts": statuses})
        return
    click.echo(f"Engines: {', '.join(engines) or 'none installed; originals stay as they are'}")
    for language, counts in sorted(statuses.items()):
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        click.echo(f"{language}: {told}")
