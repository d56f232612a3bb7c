"""What commands share: the configuration, the store, the lock, and one-line errors."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from callboard.cli.main import EXIT_LOCKED, EXIT_UNUSABLE

if TYPE_CHECKING:
    from callboard.config import Config


def give_up(message: str, code: int = EXIT_UNUSABLE) -> NoReturn:
    """Print one line for the operator and end with the code."""
    click.echo(f"callboard: {message}", err=True)
    sys.exit(code)


def open_config(path: Path | None) -> "Config":
    """Load the configuration or end with one line that says what is wrong with it."""
    from callboard import config

    try:
        return config.load(path)
    except config.ConfigError as error:
        give_up(str(error))


@contextmanager
def run_lock(settings: "Config") -> Iterator[None]:
    """Hold the lock that keeps two runs apart; the system frees it when the process dies."""
    from filelock import FileLock, Timeout

    try:
        settings.data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.lock, timeout=0)
        lock.acquire()
    except Timeout:
        give_up(f"another run is at work (lock {settings.lock}); nothing done", EXIT_LOCKED)
    except OSError as error:
        give_up(f"can't write to {settings.data}: {error.strerror}; set data_dir or its rights")
    try:
        yield
    finally:
        lock.release()
