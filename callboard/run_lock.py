"""The lock that keeps two runs apart, and who holds it.

The system frees the lock when its process dies, however it dies; but not when it hangs. So the
holder writes who it is beside the lock, and touches that file whenever a stage gets on: whoever
finds the lock taken can tell a long run from one that stands still.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from filelock import FileLock, Timeout

from callboard import progress
from callboard.config import Config

BEAT = 5.0
"""Seconds between two touches, at least."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that has the lock."""

    pid: int
    since: datetime
    """Aware, UTC."""
    idle: timedelta
    """How long ago it last got on."""

    def is_stalled(self, config: Config) -> bool:
        """Tell whether it has made no progress for longer than the configuration bears."""
        return self.idle > timedelta(minutes=config.stalled_after_minutes)

    def __str__(self) -> str:
        minutes = self.idle.total_seconds() / 60
        since = f"{self.since:%Y-%m-%d %H:%M} UTC"
        return f"process {self.pid}, since {since}, last progress {minutes:.0f} min ago"


@contextmanager
def take(config: Config) -> Iterator[bool]:
    """Hold the lock if nobody has it; tell whether it was got. Raises ``OSError``."""
    config.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(config.lock, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        yield False
        return
    try:
        with _signed(config):
            yield True
    finally:
        lock.release()


@contextmanager
def _signed(config: Config) -> Iterator[None]:
    """Say who has the lock, and that it gets on; a file that can't be written stops no run."""
    file = config.lock_holder
    beaten = time.monotonic()

    def beat() -> None:
        nonlocal beaten
        if time.monotonic() - beaten >= BEAT:
            beaten = time.monotonic()
            with suppress(OSError):
                os.utime(file)

    with suppress(OSError):
        draft = file.with_name(f".{file.name}.draft")
        draft.write_text(json.dumps({"pid": os.getpid(), "since": time.time()}), encoding="utf-8")
        draft.replace(file)
    with progress.told_to(beat):
        try:
            yield
        finally:
            with suppress(OSError):
                file.unlink()


def is_taken(config: Config) -> bool:
    """Tell whether a process holds the lock. Changes nothing."""
    try:
        with config.lock.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:  # there is no lock yet, or none that we may look at
        return False
    return False


def holder(config: Config) -> Holder | None:
    """Return who holds the lock, as far as that is written; ask :func:`is_taken` first."""
    file = config.lock_holder
    try:
        written = json.loads(file.read_text(encoding="utf-8"))
        since = datetime.fromtimestamp(float(written["since"]), UTC)
        idle = timedelta(seconds=max(0.0, time.time() - file.stat().st_mtime))
        return Holder(int(written["pid"]), since, idle)
    except (OSError, ValueError, TypeError, KeyError, OverflowError):
        return None
