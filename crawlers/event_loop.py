"""Run a coroutine to its end, and close its event loop within a stated time.

``asyncio.run`` cancels what is left and waits until all of it has ended: one task that ignores its
cancellation, or a thread that hangs, and it waits for ever, while whoever holds a lock keeps it.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds that cancelled tasks have for their clean-up."""

_LEFT: list[object] = []
"""Tasks that did not end, and their loops: were they collected, they would run on for a moment."""


def run_until_closed(main: Coroutine[Any, Any, T], patience: float = PATIENCE) -> T:
    """Run a coroutine as ``asyncio.run`` does, Ctrl-C included, but close in bounded time.

    Tasks that have not ended so many seconds after they were cancelled are left where they stand,
    and threads of the loop are not waited for.
    """
    # Not as a context manager: its end is the wait that has no bound.
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
    # What these tasks raise while they end has nobody left who could be told.
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
            task.exception()  # looked at, so that nobody complains


async def wait_within(patience: float, *tasks: "asyncio.Future[Any]") -> bool:
    """Wait for tasks, whatever they end with; tell whether all ended within so many seconds."""
    _, left = await asyncio.wait(tasks, timeout=patience)
    for task in tasks:
        if task not in left:
            with suppress(asyncio.CancelledError):
                task.exception()
    return not left
