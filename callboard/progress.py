"""Progress bars on long work: on a terminal only, and never in a pipe or under cron."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


_listeners: list[Callable[[], None]] = []


@contextmanager
def told_to(listener: Callable[[], None]) -> Iterator[None]:
    """Call a function whenever a stage of the main job gets on, bar or no bar."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def _tell() -> None:
    for listener in _listeners:
        listener()


class Bar(Protocol):
    """A counter of steps."""

    def advance(self, label: str, steps: int = 1) -> None:
        """Count steps under a label."""


class _Silent:
    def advance(self, label: str, steps: int = 1) -> None:  # noqa: ARG002
        """Count nothing."""
        _tell()


@contextmanager
def counting(what: str) -> Iterator[Bar]:
    """Give a bar for work whose amount is not known: one line a label."""
    if not sys.stderr.isatty():
        yield _Silent()
        return
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:.0f}"),
    )
    with Progress(
        *columns,
        TextColumn(what),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        tasks: dict[str, TaskID] = {}

        class Lines:
            def advance(self, label: str, steps: int = 1) -> None:
                if label not in tasks:
                    tasks[label] = progress.add_task(label, total=None)
                progress.advance(tasks[label], steps)
                _tell()

        yield Lines()


def tracked(items: Sequence[T], what: str) -> Iterable[T]:
    """Yield the items, with a bar while they are worked on."""
    shown: Iterable[T] = items
    if sys.stderr.isatty() and items:
        from rich.console import Console
        from rich.progress import track

        shown = track(items, what, console=Console(stderr=True), transient=True)
    for item in shown:
        _tell()
        yield item
