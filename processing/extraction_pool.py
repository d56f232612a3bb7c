"""Read the pages of crawls with all cores: the same comes out, in the same order.

What a crawl of this very process has read is not read again, only understood. A page that ends the
process which reads it, or takes too long, is set aside, and costs no other.

Each core has a ``ProcessPoolExecutor`` of one process, not one pool all of them: the pool that
broke then says which process died, and its oldest chunk which pages it had in hand; and a page
that comes in every crawl always goes to the process that remembers what it said last.

The processes come from a fork server. A plain fork would take the lock of the run, the database's
connections and whatever threads hold along; a spawned process would import everything anew, for a
third of a second to one and a half, each time that one has to be replaced.
"""

import multiprocessing
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import ModuleType

from processing import extraction_worker
from processing.extraction_worker import Answer, Question
from processing.page_extraction import ExtractedPage, PageExtractor
from processing.parsed_page_cache import ParsedPageCache
from storage.archive.crawls import PagePlace

WORTH_PROCESSES = 200
"""Pages from which on processes of their own pay: each takes up to a second to start."""
CHUNK = 8
"""Pages that a process is given at once, at most."""
CHUNK_BYTES = 4_000_000
"""Bytes of the archive after which a chunk is given in any case."""
AHEAD = 32
"""Pages that a process is given ahead of time."""
_STARTS = 2
"""Times that a process may fail to start before its pages are read here."""

_CONTEXT = multiprocessing.get_context("forkserver")
_LIGHT = ["processing.extraction_worker"]
_SPIDERS = ["crawlers.registry"]


class ExtractionPool:
    """Reads many pages, with all cores where that pays; close it at the end."""

    def __init__(
        self, reader: PageExtractor, cache: ParsedPageCache, *, pages: int, seconds: float
    ) -> None:
        self._reader, self._cache, self._seconds = reader, cache, seconds
        count = (os.cpu_count() or 1) if pages >= WORTH_PROCESSES else 0
        self._workers = start_workers(count, reader, seconds, spiders=not cache)

    def extract_all(
        self, places: Iterable[PagePlace], set_aside: Mapping[str, str]
    ) -> Iterator[ExtractedPage]:
        """Yield what each page says, in order; of those that were set aside, that they were.

        ``set_aside`` has the reasons, by the page's id.
        """
        asked: deque[tuple[PagePlace, _Asked]] = deque()
        for place in places:
            asked.append((place, self._ask(place, set_aside)))
            if len(asked) >= AHEAD * max(1, len(self._workers)):
                yield from self._parts(*asked.popleft())
        while asked:
            yield from self._parts(*asked.popleft())

    def _ask(self, place: PagePlace, set_aside: Mapping[str, str]) -> "_Asked":
        if (reason := set_aside.get(place.id)) is not None:
            return reason
        question: Question = self._cache.find(place) or place
        # What a crawl of ours has met and not read are lists: no process need load spiders for it.
        if not self._workers or (question is place and self._cache.knows(place.crawl)):
            return None
        worker = self._workers[place.number % len(self._workers)]
        worker.ask(question)
        return worker

    def _parts(self, place: PagePlace, asked: "_Asked") -> Iterator[ExtractedPage]:
        found: Answer
        if isinstance(asked, str):
            found = asked
        elif asked is None:
            question = self._cache.find(place) or place
            found = extraction_worker.answer(self._reader, question, self._seconds, apart=False)
        else:
            found = asked.answer()
        if isinstance(found, str):
            return iter([self._reader.set_aside(place, found)])
        return extraction_worker.unpacked(found)

    def close(self) -> None:
        """End the other processes."""
        for worker in self._workers:
            worker.close()


def start_workers(
    count: int, reader: PageExtractor, seconds: float, *, spiders: bool
) -> "list[Worker]":
    """Start processes that read pages; with ``spiders`` they will load those for certain."""
    _CONTEXT.set_forkserver_preload(_LIGHT + _SPIDERS if spiders else _LIGHT)
    return [Worker(reader, seconds) for _ in range(count)]


@dataclass(frozen=True, slots=True)
class _Chunk:
    """Pages that a process was given at once."""

    questions: Sequence[Question]
    answers: "Future[list[Answer]]"
    is_suspect: bool
    """Whether a process has died over them, or over a chunk that they were part of."""


class Worker:
    """A process that reads pages. One that dies is replaced, and the page that it died over found.

    Whoever asks so many questions takes as many answers, which come in the order of the questions.
    """

    def __init__(self, reader: PageExtractor, seconds: float) -> None:
        self._reader, self._seconds = reader, seconds
        self._open: list[Question] = []
        self._sent: deque[_Chunk] = deque()
        self._answers: deque[Answer] = deque()
        self._failed_starts = 0
        self._start()

    def ask(self, question: Question) -> None:
        """Have a page read."""
        first = self._open[0] if self._open else None
        if isinstance(first, PagePlace) and isinstance(question, PagePlace):
            far = question.offset - first.offset
            if question.crawl == first.crawl and far > CHUNK_BYTES:
                self._send()
        self._open.append(question)
        if len(self._open) >= CHUNK:
            self._send()

    def answer(self) -> Answer:
        """Wait for the next answer; of a page that ends the process, the reason is one."""
        while not self._answers:
            if not self._sent:
                self._send()
            chunk = self._sent[0]
            try:
                self._answers.extend(chunk.answers.result())
                self._sent.popleft()
            except BrokenProcessPool:
                self._replace()
        return self._answers.popleft()

    def close(self) -> None:
        """End the process, whatever it does."""
        if self._sent and self._has_started:
            with suppress(ProcessLookupError):
                os.kill(self._id.result(), signal.SIGKILL)  # it has nothing to lose
        self._pool.shutdown(cancel_futures=True)

    def _start(self) -> None:
        self._pool = ProcessPoolExecutor(
            1,
            mp_context=_CONTEXT,
            initializer=extraction_worker.begin,
            initargs=(self._reader, self._seconds),
        )
        with _without_program():
            self._id = self._pool.submit(extraction_worker.process_id)

    @property
    def _has_started(self) -> bool:
        return self._id.done() and self._id.exception() is None

    def _send(self) -> None:
        self._sent.append(self._chunk(tuple(self._open), is_suspect=False))
        self._open.clear()

    def _chunk(self, questions: Sequence[Question], *, is_suspect: bool) -> _Chunk:
        try:
            answers = self._pool.submit(extraction_worker.answer_all, questions)
        except BrokenProcessPool as error:  # the process is dead already
            answers = Future()
            answers.set_exception(error)
        return _Chunk(questions, answers, is_suspect)

    def _replace(self) -> None:
        """Start another process, with half of the pages that the last one had in hand."""
        chunk, *rest = self._sent
        self._sent.clear()
        self._pool.shutdown()
        again = self._again(chunk)
        again += [(each.questions, each.is_suspect) for each in rest]
        self._start()
        for questions, is_suspect in again:
            self._sent.append(self._chunk(questions, is_suspect=is_suspect))

    def _again(self, chunk: _Chunk) -> list[tuple[Sequence[Question], bool]]:
        """Return what is to be asked again of a chunk that a process died over."""
        questions = chunk.questions
        if not self._has_started:
            self._failed_starts += 1
            if self._failed_starts < _STARTS:
                return [(questions, chunk.is_suspect)]
            self._answers.extend(
                extraction_worker.answer(self._reader, each, self._seconds, apart=False)
                for each in questions
            )
            return []
        if len(questions) > 1:
            half = len(questions) // 2
            return [(questions[:half], True), (questions[half:], True)]
        if not chunk.is_suspect:
            return [(questions, True)]
        self._answers.append("the process that read it was killed, or crashed")
        return []


_Asked = Worker | str | None
"""Who reads a page: another process or, for ``None``, this one; or why nobody does."""


@contextmanager
def _without_program() -> Iterator[None]:
    """Start processes that do not import the program which was started here.

    As joblib's processes do not: nothing of it is needed, and a script without
    ``if __name__ == "__main__"`` would run again in each of them. See "Safe importing of main
    module" in https://docs.python.org/3/library/multiprocessing.html#programming-guidelines
    """
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program
