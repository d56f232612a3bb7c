"""Exchange messages with a child process over a socket: pickles, each after its length.

This is used in place of the standard library's pools, because their threads would compete with the
calling process for the interpreter's lock, which takes longer than passing the messages.
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
    """Start a module that calls :func:`serve`; return the socket to it and the process.

    The module's arguments are the numbers of its socket and of the open files that it may read.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        shared = [theirs.fileno(), *files]
        command = [sys.executable, "-m", module, *map(str, shared)]
        return ours, subprocess.Popen(command, pass_fds=shared)  # noqa: S603


def packed(thing: object) -> bytes:
    """Return an object as a message, with its length."""
    data = pickle.dumps(thing, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def unpacked(data: bytes) -> Any:
    """Return the object of a message without its length. Only for messages of own processes."""
    return pickle.loads(data)  # noqa: S301


def serve(descriptor: int, answers: Callable[[Any], Iterable[object]]) -> None:
    """Answer each message with the messages that ``answers`` gives, until the socket closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the parent, which closes the socket
    with socket.socket(fileno=descriptor) as way, way.makefile("rwb") as file:
        while head := file.read(LENGTH.size):
            for answer in answers(unpacked(file.read(*LENGTH.unpack(head)))):
                file.write(packed(answer))
                file.flush()
