"""Bound the time of one page, where no deterministic limit has bound its work."""

import faulthandler
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class PageTimeoutError(BaseException):
    """The time of a page is up. No ``Exception``, so that no guard takes it for a reader's."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise :class:`PageTimeoutError` in what runs inside once so many seconds have passed.

    Only in the main thread, which alone gets signals, and only between steps of the interpreter;
    a timer that was running goes on afterwards.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    began = time.monotonic()
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(
                signal.ITIMER_REAL, max(0.001, left - (time.monotonic() - began)), interval
            )


@contextmanager
def last_resort(seconds: float) -> Iterator[None]:
    """End this process if what runs inside takes twice the time that it may, and a second.

    From a thread of C, so that code which never returns to the interpreter is ended too.
    """
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a device, not a path
        faulthandler.dump_traceback_later(2 * seconds + 1, file=nowhere, exit=True)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _ring(signum: int, frame: FrameType | None) -> None:  # noqa: ARG001 - what signals hand over
    raise PageTimeoutError
