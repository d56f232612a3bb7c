"""Examine pages in a process of their own, so that the next page is on its way meanwhile.

Run as a program, this module is that process.
"""

import asyncio
import pickle
import signal
import socket
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Iterator
from io import BufferedIOBase

from crawlers.examination import Examined, examine
from crawlers.page import Page
from schema.exchanges import Exchange

WORTH_A_PROCESS = 100
"""Pages from which on a process of its own, which takes a second to start, pays."""


class Examiner:
    """Examines pages apart, as soon as there are many; close it at the end of the crawl."""

    def __init__(self) -> None:
        self._met = 0
        self._apart: _Apart | None = None

    async def examine_apart(self, exchange: Exchange) -> Examined | None:
        """Examine a page of a portal of the catalogue; ``None`` where that is left to the caller.

        The answers come in the order of the questions.
        """
        self._met += 1
        if self._met < WORTH_A_PROCESS:
            return None
        if self._apart is None:
            self._apart = _Apart()
        return await self._apart.examine(exchange)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._apart is not None:
            self._apart.close()


class _Apart:
    """The process, and the way to it: pickles over a socket, each with its length before it.

    No pool of the standard library: its threads would compete with the crawl for the
    interpreter's lock, which costs more than the reading.
    """

    def __init__(self) -> None:
        self._socket, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-m", "crawlers.examiner", str(theirs.fileno())]
            self._process = subprocess.Popen(command, pass_fds=[theirs.fileno()])  # noqa: S603
        self._asked: deque[asyncio.Future[Examined | None]] = deque()
        self._unsent: list[bytes] = []
        self._writer: asyncio.StreamWriter | None = None
        self._ended = False
        self._listening = asyncio.ensure_future(self._listen())

    async def examine(self, exchange: Exchange) -> Examined | None:
        """Ask, and wait for the answer; ``None`` where the process has ended."""
        if self._ended:
            return None
        answer: asyncio.Future[Examined | None] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        question = _packed(exchange)
        if self._writer is None:
            self._unsent.append(question)
        else:
            self._writer.write(question)
        return await answer

    async def _listen(self) -> None:
        try:
            reader, self._writer = await asyncio.open_connection(sock=self._socket)
            self._writer.writelines(self._unsent)
            while True:
                (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
                answer = pickle.loads(await reader.readexactly(length))  # noqa: S301 - our own
                self._asked.popleft().set_result(answer)
        except (OSError, asyncio.IncompleteReadError):
            pass  # it was ended from outside
        finally:
            self._ended = True
            for each in self._asked:
                if not each.done():
                    each.set_result(None)

    def close(self) -> None:
        """End the process."""
        self._listening.cancel()
        if self._writer is not None:
            self._writer.close()
        self._socket.close()
        self._process.kill()  # it has nothing to lose
        self._process.wait()


_LENGTH = struct.Struct("!I")


def _packed(thing: object) -> bytes:
    data = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(data)) + data


def _unpacked(file: BufferedIOBase) -> Iterator[Exchange]:
    while head := file.read(_LENGTH.size):
        yield pickle.loads(file.read(*_LENGTH.unpack(head)))  # noqa: S301 - our own


def main(descriptor: int) -> None:
    """Answer questions until there are no more."""
    from crawlers import registry  # noqa: PLC0415 - the spiders' bases come through here

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the crawl, which ends us
    with socket.socket(fileno=descriptor) as asked, asked.makefile("rwb") as file:
        for exchange in _unpacked(file):
            page = Page(exchange)
            file.write(_packed(examine(page, registry.reader(page.portal, exchange.kind))))
            file.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]))
