"""Read a document in a process of its own, which may hang, explode or crash without harm.

A process a document, not one for many: what one leaves behind cannot change how the next is read,
and the start costs a third of a second once, because a text that was read is kept by its hash.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version

from normalizers.documents.limits import UNREADABLE, Limits
from schema.documents import DocumentText

READER = f"1; pypdf {version('pypdf')}"
"""Version of all that decides what text a file gives: raised when the same bytes give another."""

_PATIENCE = 4
"""Seconds of waiting to one of computing: a busy machine is not the document's fault."""
_COMMAND = (sys.executable, "-P", "-s", "-m", "normalizers.documents.worker")
_USUAL = Limits()
_ENVIRONMENT = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


def read_apart(body: bytes, limits: Limits = _USUAL) -> DocumentText:
    """Return the text of a document, or why it has none. Never raises for what the bytes are."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module; the document goes in as data
            (*_COMMAND, json.dumps(asdict(limits))),
            input=body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_ENVIRONMENT,
            timeout=limits.seconds * _PATIENCE,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return _failed(body, f"reading it takes more than {limits.seconds} seconds")
    except subprocess.CalledProcessError as error:
        if error.returncode in _OUT_OF_TIME:
            return _failed(body, f"reading it takes more than {limits.seconds} seconds")
        return _failed(body, "reading it fails: the process that reads it died")
    return DocumentText(**json.loads(done.stdout))


_OUT_OF_TIME = (-24, -9)
"""SIGXCPU and SIGKILL: where soft and hard limit are one, systems send either."""


def _failed(body: bytes, why: str) -> DocumentText:
    return DocumentText(
        hashlib.sha256(body).hexdigest(), "unknown", problem=UNREADABLE, message=why
    )
