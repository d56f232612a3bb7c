"""One process at a time per model, so that two runs neither translate nor load anything twice."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from translators.engines import Translator


class ModelClaims:
    """Locks on models, as files of a folder; the system frees them when a process dies."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def __call__(self, engine: Translator, wait: bool) -> Iterator[bool]:
        """Lock an engine's model; tell whether that succeeded, at once unless ``wait``.

        Afterwards the engine lets go of its model: only who holds it has it in memory.
        """
        digest = hashlib.sha256(f"{engine.name} {engine.version}".encode()).hexdigest()[:16]
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._folder / f"{engine.name}-{digest}.lock", timeout=-1 if wait else 0)
        try:
            lock.acquire()
        except Timeout:
            yield False
            return
        try:
            yield True
        finally:
            engine.close()
            lock.release()
