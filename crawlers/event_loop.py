"""Run a coroutine to its end, and close its event loop within a stated time.

``asyncio.run`` cancels the remaining tasks and waits until all of them have ended. One task that
ignores its cancellation, or one thread that hangs, makes it wait for ever, and a lock that the
process holds is never released.
See https://docs.python.org/3/library/asyncio-runner.html#asyncio.run
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that cancelled tasks get for their clean-up."""

_LEFT: list[object] = []
"""Tasks that did not end, with their loops. They are kept because collecting a pending task closes
its coroutine, which would run once more."""


def run_until_closed(main: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
    """Run a coroutine as ``asyncio.run`` does, Ctrl-C included, but close in bounded time.

    Tasks that have not ended ``patience`` seconds after they were cancelled are abandoned, and the
    loop's threads are not waited for.
    """
    # Not used as a context manager, because its __exit__ waits without a limit.
    runner = asyncio.Runner()
    try:
        return runner.run(main)
    finally:
        loop = runner.get_loop()
        try:
            _end_tasks(loop, patience)
        finally:
            asyncio.set_event_loop(None)
            loop.close()


def _end_tasks(loop: asyncio.AbstractEventLoop, patience: float) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    # Exceptions of these tasks are ignored: nothing is left that could handle them.
    loop.set_exception_handler(lambda _loop, _context: None)
    if tasks:
        loop.run_until_complete(asyncio.wait(tasks, timeout=patience))
    ended = loop.create_task(loop.shutdown_asyncgens())
    loop.run_until_complete(asyncio.wait([ended], timeout=patience))
    left = [task for task in (*tasks, ended) if not task.done()]
    if left:
        _LEFT.extend((loop, *left))
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # retrieved, or asyncio would log that it never was


async def wait_within(patience: float, *tasks: "asyncio.Future[Any]") -> bool:
    """Wait for tasks, however they end; tell whether all ended within ``patience`` seconds."""
    _, left = await asyncio.wait(tasks, timeout=patience)
    for task in tasks:
        if task not in left:
            with suppress(asyncio.CancelledError):
                task.exception()
    return not left
