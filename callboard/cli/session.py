"""What commands share: the configuration, the store, the lock, and one-line errors."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from callboard.cli.invocation import pasteable
from callboard.cli.main import EXIT_LOCKED, EXIT_UNUSABLE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from callboard.config import Config
    from callboard.pipeline import Pipeline

PIPE_WIDTH = 120
"""Width of output that goes to a pipe or a file, in columns."""
UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}


class Duration(click.ParamType[timedelta]):
    """A time span such as 30m, 12h, 14d or 2w."""

    name = "span"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Read the span or fail with usage."""
        if isinstance(value, timedelta):
            return value
        number, unit = str(value)[:-1], str(value)[-1:]
        if not (number.isascii() and number.isdigit() and unit in UNITS and len(number) <= 5):
            self.fail(f"{value!r} is not a span like 30m, 12h, 14d or 2w", param, ctx)
        return int(number) * UNITS[unit]


def give_up(message: str, code: int = EXIT_UNUSABLE) -> NoReturn:
    """Print one line for the operator and end with the code."""
    click.echo(f"callboard: {pasteable(message)}", err=True)
    sys.exit(code)


def open_config(path: Path | None) -> "Config":
    """Load the configuration or end with one line that says what is wrong with it."""
    from callboard import config

    try:
        return config.load(path)
    except config.ConfigError as error:
        give_up(str(error))


@contextmanager
def operator_errors() -> Iterator[None]:
    """Turn what an operator can mend into one line and an exit code, without a traceback."""
    from crawlers.portals import UnknownPortalError
    from schema.errors import CallboardError
    from storage.database.calls import NoSuchCallError

    try:
        yield
    except (UnknownPortalError, NoSuchCallError) as error:
        raise click.UsageError(str(error)) from error
    except CallboardError as error:
        give_up(str(error))


def open_pipeline(path: Path | None) -> "Pipeline":
    """Open the installation; use inside :func:`operator_errors`."""
    from callboard.pipeline import Pipeline

    return Pipeline(open_config(path))


@contextmanager
def reading(path: Path | None) -> Iterator["Pipeline"]:
    """Open the installation to query it: the database must be there and up to date."""
    with operator_errors(), closing(open_pipeline(path)) as pipeline:
        pipeline.database.check()
        yield pipeline


@contextmanager
def working(path: Path | None) -> Iterator["Pipeline"]:
    """Open the installation to change it: under the lock, with the schema brought up to date."""
    with operator_errors(), closing(open_pipeline(path)) as pipeline, run_lock(pipeline.config):
        pipeline.prepare()
        yield pipeline


@contextmanager
def beside(path: Path | None) -> Iterator["Pipeline"]:
    """Open the installation for work that may go on beside a run: without its lock.

    Where no other run is at work, the schema is brought up to date first.
    """
    with operator_errors(), closing(open_pipeline(path)) as pipeline:
        with run_lock_if_free(pipeline.config) as free:
            if free:
                pipeline.prepare()
        pipeline.database.check()
        yield pipeline


@contextmanager
def run_lock_if_free(settings: "Config") -> Iterator[bool]:
    """Hold the lock that keeps two runs apart if nobody has it; tell whether it was got."""
    from callboard.run_lock import take

    with ExitStack() as stack:
        try:
            free = stack.enter_context(take(settings))
        except OSError as error:
            give_up(f"can't write to {settings.data}: {error.strerror}; set data_dir or its rights")
        yield free


@contextmanager
def run_lock(settings: "Config") -> Iterator[None]:
    """Hold the lock that keeps two runs apart; the system frees it when the process dies."""
    with run_lock_if_free(settings) as free:
        if not free:
            give_up(_told_of_holder(settings), EXIT_LOCKED)
        yield


def _told_of_holder(settings: "Config") -> str:
    """Return one line about the run that holds the lock, and what to do if it stands still."""
    from callboard.run_lock import holder

    other = holder(settings)
    if other is None:
        return f"another run is at work (lock {settings.lock}); nothing done"
    if not other.is_stalled(settings):
        return f"another run is at work ({other}; lock {settings.lock}); nothing done"
    return (
        f"another run is at work, and has stalled ({other}; lock {settings.lock}); nothing done. "
        f"Look at it, and if it hangs: kill {other.pid}"
    )


def show(renderable: "RenderableType") -> None:
    """Print something rich: in colour on a terminal, plain and wide enough in a pipe."""
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        console.print(renderable, crop=False)
        return
    console = Console(highlight=False, markup=False, emoji=False, width=PIPE_WIDTH)
    with console.capture() as capture:
        console.print(renderable, crop=False)
    click.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def show_json(value: object) -> None:
    """Print JSON for a script."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
