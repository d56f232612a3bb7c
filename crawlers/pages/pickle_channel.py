"""Questions to a process of our own, and its answers, in order: pickles, each after its length.

No pool of the standard library: its threads would compete with the asking process for the
interpreter's lock, which costs more than what is handed over.
"""

import pickle
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any

LENGTH = struct.Struct("!I")


def start(module: str, *files: int) -> tuple[socket.socket, "subprocess.Popen[bytes]"]:
    """Start a module of ours that calls :func:`serve`; return the way to it and the process.

    Its arguments are the number of its socket and those of open files that it may read.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        shared = [theirs.fileno(), *files]
        command = [sys.executable, "-m", module, *map(str, shared)]
        return ours, subprocess.Popen(command, pass_fds=shared)  # noqa: S603


def packed(thing: object) -> bytes:
    """Return a message that carries a thing."""
    data = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def unpacked(data: bytes) -> Any:
    """Return what a message carries, without its length. Only for messages of our own."""
    return pickle.loads(data)  # noqa: S301


def serve(descriptor: int, answers: Callable[[Any], Iterable[object]]) -> None:
    """Answer questions until there are no more, each by as many messages as it takes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks, and ends us
    with socket.socket(fileno=descriptor) as way, way.makefile("rwb") as file:
        while head := file.read(LENGTH.size):
            for answer in answers(unpacked(file.read(*LENGTH.unpack(head)))):
                file.write(packed(answer))
                file.flush()
