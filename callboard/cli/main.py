"""The group of commands; ``callboard --help`` imports click and nothing heavier."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from callboard.cli.commands import COMMANDS

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_LOCKED = 3
EXIT_UNUSABLE = 4

EPILOG = f"""\b
Exit codes:
  0  done
  {EXIT_FAILED}  done in part: a portal could not be read, or nothing was found
  {EXIT_USAGE}  wrong usage
  {EXIT_LOCKED}  another run holds the lock
  {EXIT_UNUSABLE}  configuration, database or archive can't be used
"""


class LazyGroup(click.Group):
    """A group that knows its commands' names and one-liners without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the work, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of one command."""
        if cmd_name not in COMMANDS:
            return super().get_command(ctx, cmd_name)
        command = import_module(f"callboard.cli.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"callboard.cli.{cmd_name}.command is not a command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what it says of wrong usage names commands that can be pasted."""
        try:
            return super().invoke(ctx)
        except click.UsageError as error:
            from callboard.cli.invocation import pasteable

            raise click.UsageError(pasteable(error.format_message()), error.ctx) from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list from the one-liners."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LazyGroup, epilog=EPILOG, context_settings={"max_content_width": 100})
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="CALLBOARD_CONFIG",
    help="Configuration file [default: callboard.toml here, if there is one].",
)
@click.version_option(package_name="callboard")
@click.pass_context
def group(ctx: click.Context, config_path: Path | None) -> None:
    """Collect public funding calls, read them, put them into English offline, link them."""
    ctx.obj = config_path


def main() -> None:
    """Run the command line; an operator's error is one line on standard error, not a traceback."""
    try:
        group()
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
