"""Where each exchange of a WARC file starts: a side file that can be lost at any time.

``<crawl id>.index.jsonl``: a head line, then one line an exchange. An index whose head does not
state the size of its WARC file is discarded, and made again by reading the file.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from schema.exchanges import Exchange
from schema.files import write_atomically
from storage.archive.warc import KIND, DamageError, read_exchange, read_records, warc_date

_FORMAT = 2

Key: TypeAlias = tuple[str, str, str]
"""Method, address and the SHA-256 of the request's body (empty when there is none)."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One exchange of the file."""

    offset: int
    """Of the request's record; the answer's follows it."""
    kind: str
    """Kind of page."""
    key: Key
    status: int
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Index:
    """What stands where in one WARC file."""

    size: int
    """Of the WARC file, in bytes."""
    entries: tuple[IndexEntry, ...]
    outcome_at: int | None
    damaged_at: int | None
    """Where reading had to stop; ``None`` for a sound file."""


def key_of(method: str, url: str, request_body: bytes) -> Key:
    """Return what makes two requests the same."""
    digest = hashlib.sha256(request_body).hexdigest() if request_body else ""
    return method, url, digest


def entry_of(offset: int, exchange: Exchange) -> IndexEntry:
    """Return the entry of an exchange that was written at an offset."""
    key = key_of(exchange.method, exchange.url, exchange.request_body)
    return IndexEntry(offset, exchange.kind, key, exchange.status, exchange.fetched_at)


def load_index(warc: Path) -> Index:
    """Return the index of a WARC file, from its side file if that fits, else by reading it."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        index = _parse(_side_file(warc).read_text(encoding="utf-8"))
        if index.size == warc.stat().st_size:
            return index
    index = _scan(warc)
    with suppress(OSError):  # a read-only archive is still an archive
        save_index(warc, index)
    return index


def save_index(warc: Path, index: Index) -> None:
    """Write the side file, whole or not at all."""
    head = {
        "index": _FORMAT,
        "size": index.size,
        "outcome_at": index.outcome_at,
        "damaged_at": index.damaged_at,
    }
    lines = [json.dumps(head)]
    lines += [
        json.dumps(
            [entry.offset, entry.kind, *entry.key, entry.status, warc_date(entry.fetched_at)]
        )
        for entry in index.entries
    ]
    with write_atomically(_side_file(warc)) as file:
        file.write(("\n".join(lines) + "\n").encode())


def _side_file(warc: Path) -> Path:
    return warc.with_name(warc.name.removesuffix(".warc.gz") + ".index.jsonl")


def _parse(text: str) -> Index:
    head, *lines = map(json.loads, text.splitlines())
    if head["index"] != _FORMAT:
        raise ValueError("an index of another format")
    entries = tuple(
        IndexEntry(offset, kind, (method, url, body), status, datetime.fromisoformat(fetched_at))
        for offset, kind, method, url, body, status, fetched_at in lines
    )
    return Index(head["size"], entries, head["outcome_at"], head["damaged_at"])


def _scan(warc: Path) -> Index:
    entries: list[IndexEntry] = []
    outcome_at = damaged_at = request = None
    with warc.open("rb") as file:
        try:
            for record in read_records(file):
                if record.type == "request":
                    request = record
                elif record.type in ("response", "revisit") and request is not None:
                    exchange = read_exchange("", request, record)
                    entries.append(entry_of(request.offset, exchange))
                elif record.type == "metadata" and record.headers.get(KIND.lower()) == "outcome":
                    outcome_at = record.offset
        except DamageError as damage:
            damaged_at = damage.offset
    return Index(warc.stat().st_size, tuple(entries), outcome_at, damaged_at)
