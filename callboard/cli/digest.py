"""``callboard digest``: what happened, as CSV."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from callboard.cli.session import Duration, give_up, reading


@click.command
@click.option("--since", type=Duration(), default="7d", show_default=True, help="How far back.")
@click.option(
    "--closing-within",
    type=Duration(),
    help="What counts as closing soon [default: configured, 14d].",
)
@click.option(
    "--output", type=click.Path(path_type=Path), help="File to write, or - for the terminal."
)
@click.option(
    "--separator",
    type=click.Choice([",", ";"]),
    default=",",
    show_default=True,
    help="Between columns; many European spreadsheets expect a semicolon.",
)
@click.pass_obj
def command(
    config_path: Path | None,
    since: timedelta,
    closing_within: timedelta | None,
    output: Path | None,
    separator: str,
) -> None:
    """Write the digest of what happened: new, extended, closing soon … one row a call (CSV).

    The columns are documented in docs/digest.md.
    """
    with reading(config_path) as pipeline:
        text, count = pipeline.digest(since, closing_within, separator)
        if output == Path("-"):
            sys.stdout.reconfigure(newline="")  # type: ignore[union-attr]
            sys.stdout.write(text)
            return
        try:
            path = pipeline.write_digest(text, output)
        except OSError as error:
            give_up(f"can't write {error.filename}: {error.strerror}")
    click.echo(f"{path}  ({count} calls)")
