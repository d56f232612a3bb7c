"""Exchanges as WARC 1.1 records, and records back, up to the first damage.

Each record is a gzip member of its own, so a file that was cut off loses its last record and
nothing before it. Bodies are stored decoded: the headers that described the transfer are kept
under an ``x-archive-orig-`` name, as other web archives do, so that any WARC tool can replay.
"""

import hashlib
import io
import re
import zlib
from base64 import b32encode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders

from schema.errors import CallboardError
from schema.exchanges import SECRET_HEADERS, Exchange

KIND = "Callboard-Kind"
"""WARC header naming the kind of page, on the request and on its answer."""

_CONTENT_TYPES = {
    "warcinfo": "application/warc-fields",
    "request": "application/http; msgtype=request",
    "response": "application/http; msgtype=response",
    "revisit": "application/http; msgtype=response",
    "metadata": "application/json",
}
_WITHOUT_PAYLOAD = frozenset({"warcinfo", "revisit"})
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_RENAMED = "x-archive-orig-"
_LEVEL = 5
"""Of compression. Over portals' pages 6, zlib's default, takes a third longer for 1.5 % less, and 4
takes a sixth less for 3 % more."""
_PART = 1 << 20
"""Bytes of a body compressed at a time: at once, the whole result would be in memory twice."""
_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)


class ArchiveError(CallboardError):
    """The archive can't be written or read; the message names the file and the remedy."""


class DamageError(ArchiveError):
    """A WARC file ends, or breaks, in the middle of a record."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"damaged at byte {offset}")
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file, read whole."""

    offset: int
    """Where its gzip member starts."""
    type: str
    """``warcinfo``, ``request``, ``response``, ``revisit`` or ``metadata``."""
    headers: Mapping[str, str]
    """The WARC headers, names lower-cased."""
    http: StatusAndHeaders | None
    body: bytes


def write_info(out: BinaryIO, crawl_id: str, fields: Mapping[str, str]) -> None:
    """Write the record that opens a file and says whose it is."""
    headers = {
        "WARC-Record-ID": _record_id(crawl_id, 0, "warcinfo"),
        "WARC-Date": warc_date(datetime.fromisoformat(fields["started-at"])),
        "WARC-Filename": f"{crawl_id}.warc.gz",
        "WARC-Type": "warcinfo",
    }
    _write(out, headers, b"", _lines(fields.items()).encode())


def write_exchange(out: BinaryIO, crawl_id: str, number: int, exchange: Exchange) -> None:
    """Write the request and its answer; a 304 becomes a revisit record without a body."""
    if not _ADDRESS.fullmatch(exchange.url):
        raise ArchiveError(f"not an address that can be archived: {exchange.url!r}")
    unchanged = exchange.status == HTTPStatus.NOT_MODIFIED
    answer_type = "revisit" if unchanged else "response"
    answer_id = _record_id(crawl_id, number, answer_type)
    common = {"WARC-Date": warc_date(exchange.fetched_at), KIND: exchange.kind}
    request_headers = {
        "WARC-Record-ID": _record_id(crawl_id, number, "request"),
        "WARC-Concurrent-To": answer_id,
        **common,
        "WARC-Type": "request",
        "WARC-Target-URI": exchange.url,
    }
    answer_headers = {
        "WARC-Record-ID": answer_id,
        **common,
        **({"WARC-Profile": _NOT_MODIFIED} if unchanged else {}),
        "WARC-Type": answer_type,
        "WARC-Target-URI": exchange.url,
    }
    _write(out, request_headers, _request_head(exchange), exchange.request_body)
    _write(out, answer_headers, _answer_head(exchange), b"" if unchanged else exchange.body)


def write_json(out: BinaryIO, crawl_id: str, kind: str, at: datetime, text: str) -> None:
    """Write a metadata record about the crawl itself."""
    headers = {
        "WARC-Record-ID": _record_id(crawl_id, 0, kind),
        "WARC-Date": warc_date(at),
        KIND: kind,
        "WARC-Type": "metadata",
    }
    _write(out, headers, b"", text.encode())


def read_records(file: BinaryIO, start: int = 0) -> Iterator[Record]:
    """Yield the records from an offset on.

    Raises :class:`DamageError` where the file is cut off or broken; all that came before is good.
    """
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
    for offset, member in _members(file, start):
        try:
            record: ArcWarcRecord = loader.parse_record_stream(
                io.BytesIO(member), known_format="warc"
            )
            body: bytes = record.content_stream().read()
        except Exception as error:  # warcio raises many kinds for a broken record
            raise DamageError(offset) from error
        yield Record(
            offset=offset,
            type=record.rec_type,
            headers={name.lower(): value for name, value in record.rec_headers.headers},
            http=record.http_headers,
            body=body,
        )


def read_exchange(portal: str, request: Record, answer: Record) -> Exchange:
    """Put a request record and its answer together again."""
    if request.http is None or answer.http is None:
        raise DamageError(request.offset)
    headers = {
        name.removeprefix(_RENAMED): value
        for name, value in answer.http.headers
        if name != "content-length"  # that of the stored body; the portal's own is renamed
    }
    try:
        return Exchange(
            portal=portal,
            kind=answer.headers[KIND.lower()],
            url=answer.headers["warc-target-uri"],
            fetched_at=datetime.fromisoformat(answer.headers["warc-date"]),
            status=int(answer.http.get_statuscode()),
            body=answer.body,
            headers=headers,
            method=request.http.protocol,
            request_body=request.body,
        )
    except (KeyError, ValueError) as error:
        raise DamageError(request.offset) from error


def warc_date(moment: datetime) -> str:
    """Write an aware moment as WARC 1.1 wants it: UTC, to the microsecond."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _members(file: BinaryIO, start: int) -> Iterator[tuple[int, bytes]]:
    file.seek(start)
    offset, pending = start, b""
    while True:
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
        parts, consumed = [], 0
        while not inflate.eof:
            chunk = pending or file.read(1 << 16)
            pending = b""
            if not chunk:
                if consumed:
                    raise DamageError(offset)
                return
            try:
                parts.append(inflate.decompress(chunk))
            except zlib.error as error:
                raise DamageError(offset) from error
            consumed += len(chunk)
        pending = inflate.unused_data
        yield offset, b"".join(parts)
        offset += consumed - len(pending)


def _write(out: BinaryIO, headers: Mapping[str, str], http: bytes, payload: bytes) -> None:
    """Write a record as a gzip member; ``http`` is the head of the message in it, if it is one."""
    record_type = headers["WARC-Type"]
    fields = dict(headers)
    if record_type not in _WITHOUT_PAYLOAD:
        fields["WARC-Payload-Digest"] = _digest(payload)
    fields["WARC-Block-Digest"] = _digest(http, payload)
    fields["Content-Type"] = _CONTENT_TYPES[record_type]
    fields["Content-Length"] = str(len(http) + len(payload))
    opening = _head("WARC/1.1", fields.items()) + http
    # A window that is larger than the record takes longer to set up than a short one to pack.
    window = min(max(9, (len(opening) + len(payload)).bit_length()), zlib.MAX_WBITS)
    packer = zlib.compressobj(_LEVEL, wbits=window | 16, memLevel=window - 7)
    out.write(packer.compress(opening))
    body = memoryview(payload)
    out.writelines(packer.compress(body[at : at + _PART]) for at in range(0, len(body), _PART))
    out.write(packer.compress(b"\r\n\r\n") + packer.flush())


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha1(usedforsecurity=False)
    for part in parts:
        digest.update(part)
    return "sha1:" + b32encode(digest.digest()).decode("ascii")


def _head(start: str, headers: Iterable[tuple[str, str]]) -> bytes:
    return f"{start}\r\n{_lines(headers)}\r\n".encode()


def _lines(fields: Iterable[tuple[str, str]]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in fields)


def _request_head(exchange: Exchange) -> bytes:
    parts = urlsplit(exchange.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("host", parts.netloc.rpartition("@")[2])]
    if exchange.request_body:
        headers.append(("content-length", str(len(exchange.request_body))))
    return _head(f"{exchange.method} {path} HTTP/1.1", headers)


def _answer_head(exchange: Exchange) -> bytes:
    headers = []
    for name, value in exchange.headers.items():
        lowered = name.lower()
        if lowered in SECRET_HEADERS:
            continue
        stored = _RENAMED + lowered if lowered in _TRANSFER else lowered
        headers.append((stored, re.sub(r"[\r\n]+", " ", value).strip()))
    if exchange.status != HTTPStatus.NOT_MODIFIED:
        headers.append(("content-length", str(len(exchange.body))))
    try:
        phrase = HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = ""
    return _head(f"HTTP/1.1 {exchange.status} {phrase}".rstrip(), headers)


def _record_id(crawl_id: str, number: int, kind: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{crawl_id}/{number}/{kind}')}>"
