"""``callboard db``: create, check and locate the database."""

from pathlib import Path

import click

from callboard.cli.session import give_up, open_pipeline, operator_errors, working


@click.group
def command() -> None:
    """Create, upgrade, check or locate the database."""


@command.command
@click.pass_obj
def migrate(config_path: Path | None) -> None:
    """Create the database, or bring its schema up to date."""
    with working(config_path) as pipeline:
        click.echo(f"{pipeline.database.name} is up to date.")


@command.command
@click.pass_obj
def check(config_path: Path | None) -> None:
    """Verify the schema's version and the file's integrity."""
    with operator_errors():
        pipeline = open_pipeline(config_path)
        broken = pipeline.database.verify()
    if broken:
        give_up("\n".join([f"{pipeline.database.name} is damaged:", *broken]))
    click.echo(f"{pipeline.database.name} is sound.")


@command.command
@click.pass_obj
def path(config_path: Path | None) -> None:
    """Print where the database is."""
    with operator_errors():
        click.echo(open_pipeline(config_path).database.name)
