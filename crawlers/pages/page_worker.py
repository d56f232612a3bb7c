"""Have pages examined in a process of their own, so that the next one is on its way meanwhile."""

import asyncio
from collections import deque

from crawlers.pages import pickle_channel
from crawlers.pages.inspection import Examined
from schema.exchanges import Exchange

WORTH_A_PROCESS = 30
"""Pages from which on a process of its own pays. It takes a second to start: until it is ready,
the crawl goes on without."""
BEHIND = 12
"""Pages that wait for the process from which on the crawl examines one itself."""
LARGE = 1_000_000
"""Bytes from which on a page waits for the process in any case: it would hold up all portals."""
TOO_LARGE = 20_000_000
"""Bytes from which on it is not: five copies of a register of 80 MB, in both processes, are half a
gigabyte, and it holds up the others for some seconds once a week."""


class Examiner:
    """Examines pages apart, as soon as there are many or large ones; close it at the end."""

    def __init__(self) -> None:
        self._met = 0
        self._apart: _Apart | None = None

    async def examine_apart(self, exchange: Exchange) -> Examined | None:
        """Examine a page of a portal of the catalogue; ``None`` where that is left to the caller.

        The answers come in the order of the questions.
        """
        self._met += 1
        size = len(exchange.body)
        if size >= TOO_LARGE or (self._met < WORTH_A_PROCESS and size < LARGE):
            return None
        if self._apart is None:
            self._apart = _Apart()
        if size < LARGE and (not self._apart.is_ready or self._apart.waiting >= BEHIND):
            return None
        return await self._apart.examine(exchange)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._apart is not None:
            self._apart.close()


class _Apart:
    """The process, and the way to it."""

    def __init__(self) -> None:
        self._socket, self._process = pickle_channel.start("crawlers.pages.page_worker_process")
        self._asked: deque[asyncio.Future[Examined | None]] = deque()
        self._unsent: list[bytes] = [pickle_channel.packed(None)]
        self._writer: asyncio.StreamWriter | None = None
        self._ended = False
        self._listening = asyncio.ensure_future(self._listen())
        self.is_ready = False
        """Whether it answers at once, or has ended."""

    @property
    def waiting(self) -> int:
        """How many questions are not answered yet."""
        return len(self._asked)

    async def examine(self, exchange: Exchange) -> Examined | None:
        """Ask, and wait for the answer; ``None`` where the process has ended."""
        if self._ended:
            return None
        answer: asyncio.Future[Examined | None] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        question = pickle_channel.packed(exchange)
        if self._writer is None:
            self._unsent.append(question)
        else:
            self._writer.write(question)
        return await answer

    async def _listen(self) -> None:
        try:
            reader, self._writer = await asyncio.open_connection(sock=self._socket)
            self._writer.writelines(self._unsent)
            await self._receive(reader)
            self.is_ready = True
            while True:
                self._answer(await self._receive(reader))
        except (OSError, asyncio.IncompleteReadError):
            pass  # it was ended from outside
        finally:
            self._ended = self.is_ready = True
            while self._asked:
                self._answer(None)

    async def _receive(self, reader: asyncio.StreamReader) -> Examined | None:
        head = await reader.readexactly(pickle_channel.LENGTH.size)
        found: Examined | None = pickle_channel.unpacked(
            await reader.readexactly(*pickle_channel.LENGTH.unpack(head))
        )
        return found

    def _answer(self, found: Examined | None) -> None:
        waiting = self._asked.popleft()
        if not waiting.done():  # or nobody waits any more
            waiting.set_result(found)

    def close(self) -> None:
        """End the process."""
        self._listening.cancel()
        if self._writer is not None:
            self._writer.close()
        self._socket.close()
        self._process.kill()  # it has nothing to lose
        self._process.wait()
