"""Read pages in a separate process, so that the crawl can fetch the next ones meanwhile."""

import asyncio
from collections import deque

from crawlers.pages import pickle_channel
from crawlers.pages.inspection import Inspection
from schema.exchanges import Exchange

WORTH_A_PROCESS = 30
"""The number of pages at which the process is started. It takes a second to start; until then the
crawl reads pages itself."""
BEHIND = 12
"""The number of waiting pages at which the crawl reads a further one itself."""
LARGE = 1_000_000
"""Bytes from which on a page always waits for the process, because reading it in the crawl would
delay all portals."""
TOO_LARGE = 20_000_000
"""Bytes from which on a page is read in the crawl after all. Both processes together would hold
five copies of it, half a gigabyte for a register of 80 MB; the delay of some seconds is rare."""


class PageWorker:
    """Reads pages in a separate process once there are many or large ones; must be closed."""

    def __init__(self) -> None:
        self._met = 0
        self._apart: _Apart | None = None

    async def inspect(self, exchange: Exchange) -> Inspection | None:
        """Inspect a page of a portal in the catalogue; ``None`` if the caller has to do it.

        Pages are answered in the order in which they were passed.
        """
        self._met += 1
        size = len(exchange.body)
        if size >= TOO_LARGE or (self._met < WORTH_A_PROCESS and size < LARGE):
            return None
        if self._apart is None:
            self._apart = _Apart()
        if size < LARGE and (not self._apart.is_ready or self._apart.waiting >= BEHIND):
            return None
        return await self._apart.inspect_page(exchange)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._apart is not None:
            self._apart.close()


class _Apart:
    """The process, and the connection to it."""

    def __init__(self) -> None:
        self._socket, self._process = pickle_channel.start("crawlers.pages.page_worker_process")
        self._asked: deque[asyncio.Future[Inspection | None]] = deque()
        self._unsent: list[bytes] = [pickle_channel.packed(None)]
        self._writer: asyncio.StreamWriter | None = None
        self._ended = False
        self._listening = asyncio.ensure_future(self._listen())
        self.is_ready = False
        """Whether it has started, or has ended already."""

    @property
    def waiting(self) -> int:
        """How many pages wait for their answer."""
        return len(self._asked)

    async def inspect_page(self, exchange: Exchange) -> Inspection | None:
        """Have a page inspected; ``None`` if the process has ended."""
        if self._ended:
            return None
        answer: asyncio.Future[Inspection | None] = asyncio.get_running_loop().create_future()
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
            pass  # the process was ended by somebody else
        finally:
            self._ended = self.is_ready = True
            while self._asked:
                self._answer(None)

    async def _receive(self, reader: asyncio.StreamReader) -> Inspection | None:
        head = await reader.readexactly(pickle_channel.LENGTH.size)
        found: Inspection | None = pickle_channel.unpacked(
            await reader.readexactly(*pickle_channel.LENGTH.unpack(head))
        )
        return found

    def _answer(self, found: Inspection | None) -> None:
        waiting = self._asked.popleft()
        if not waiting.done():  # done where the waiting task was cancelled
            waiting.set_result(found)

    def close(self) -> None:
        """End the process."""
        self._listening.cancel()
        if self._writer is not None:
            self._writer.close()
        self._socket.close()
        self._process.kill()  # it holds no state, so that it need not end by itself
        self._process.wait()
