"""What a process does that reads pages for the ingestion (:mod:`processing.extraction_pool`).

An answer is the parts of a page, packed, or the reason why it is set aside. Only what every page
needs is imported here: the spiders are loaded with the first page that no crawl has kept.
"""

import multiprocessing
import os
import pickle
import signal
import threading
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import NamedTuple, TypeAlias

from processing.page_extraction import ExtractedPage, PageExtractor, ParsedPage
from processing.page_guard import place_of
from processing.time_limit import PageTimeoutError, last_resort, time_limit
from storage.archive.crawls import PagePlace

Question: TypeAlias = "PagePlace | bytes"
"""A page of the archive, or one that a crawl has read, as it was kept."""


class Packed(NamedTuple):
    """A part of a page, ready to be sent."""

    data: bytes
    is_compressed: bool
    """As those of a page of many parts are: a whole register is sent at once."""


Answer: TypeAlias = list[Packed] | str


class _Own:
    """What this process reads with."""

    reader: PageExtractor
    seconds: float


def begin(reader: PageExtractor, seconds: float) -> None:
    """Make this process ready."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks, and ends us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _Own.reader, _Own.seconds = reader, seconds


def _end_with_parent() -> None:
    """End this process when the one that asks is killed; it would wait for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def process_id() -> int:
    """Return the id of this process; that it comes says that the process has started."""
    return os.getpid()


def answer_all(questions: Sequence[Question]) -> list[Answer]:
    """Return what each page says."""
    return [answer(_Own.reader, each, _Own.seconds, apart=True) for each in questions]


def answer(reader: PageExtractor, question: Question, seconds: float, *, apart: bool) -> Answer:
    """Return what one page says.

    Each step may take so many seconds: to read the page, and to understand a part of it. With
    ``apart`` a step that can't be interrupted ends this process.
    """
    parts: list[Packed] = []
    try:
        steps = reader.read(question if isinstance(question, PagePlace) else _cache(question))
        while True:
            with last_resort(seconds) if apart else nullcontext(), time_limit(seconds):
                part = next(steps, None)
                if part is None:
                    return parts
                parts.append(_packed(part))
    except PageTimeoutError:
        return f"it took longer than {seconds:g} seconds"
    except MemoryError:
        return "it needs more memory than there is"
    except Exception as error:  # noqa: BLE001 - nothing that a page does may end the ingestion
        return place_of(error)


def unpacked(parts: Sequence[Packed]) -> Iterator[ExtractedPage]:
    """Yield the parts of a page, one after the other."""
    for data, is_compressed in parts:
        part: ExtractedPage = pickle.loads(zlib.decompress(data) if is_compressed else data)  # noqa: S301 - our own
        yield part


def _packed(part: ExtractedPage) -> Packed:
    data = pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
    if part.part == 0 and part.is_last:
        return Packed(data, is_compressed=False)
    return Packed(zlib.compress(data, 1), is_compressed=True)


def _cache(data: bytes) -> ParsedPage:
    found: ParsedPage = pickle.loads(data)  # noqa: S301 - our own
    return found
