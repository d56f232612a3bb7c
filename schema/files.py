"""Files that are written whole or not at all.

It lies on this floor because rooms that never import each other write such files.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def write_atomically(target: Path) -> Iterator[BinaryIO]:
    """Open a draft beside ``target`` that takes its place when the block ends without an error.

    Whoever opens ``target`` meanwhile reads the old file or the new one, never a part: the draft is
    forced onto the disk before it is renamed, so not even a power cut leaves an empty or a half
    file under the name. Which of the two is there after a power cut is open, as the folder is not
    forced. An error leaves ``target`` as it was, and no draft; a process that is killed may leave
    its draft (``.<name>.<pid>.draft``). Raises ``OSError``.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
