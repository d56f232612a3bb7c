"""Exchanges as WARC 1.1 records, and records back, up to the first damage.

Each record is a gzip member of its own, so a file that was cut off loses its last record and
nothing before it. Bodies are stored decoded: the headers that described the transfer are kept
under an ``x-archive-orig-`` name, as other web archives do, so that any WARC tool can replay.
"""

import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import BinaryIO
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL, uuid5

from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from schema.exchanges import Exchange

KIND = "Callboard-Kind"
"""WARC header naming the kind of page, on the request and on its answer."""

_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_SECRET = frozenset(
    {
        "authorization",
        "cookie",
        "cookie2",
        "proxy-authorization",
        "set-cookie",
        "set-cookie2",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
        "x-xsrf-token",
    }
)
_TRANSFER = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_RENAMED = "x-archive-orig-"
_PART = 1 << 20
"""So much of a record is compressed at a time: whole, a large file would be there twice more."""
_ADDRESS = re.compile(r"https?://[^\s\x00-\x20\x7f]+", re.IGNORECASE)


class ArchiveError(Exception):
    """The archive can't be written or read; the message names the file and the remedy."""


class _Writer(WARCWriter):  # type: ignore[misc] # warcio is untyped
    """Writes each record as a gzip member.

    At zlib's own level: the best, which warcio takes, costs twice as much for some 3 % less.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._plain = io.BytesIO()
        super().__init__(self._plain, gzip=False, warc_version="1.1")
        self._gzipped = out

    def write_record(self, record: ArcWarcRecord, params: object = None) -> None:
        super().write_record(record, params)
        packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
        with self._plain.getbuffer() as plain:
            for start in range(0, len(plain), _PART):
                self._gzipped.write(packer.compress(plain[start : start + _PART]))
        self._gzipped.write(packer.flush())
        self._plain.seek(0)
        self._plain.truncate()


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
    writer = _Writer(out)
    body = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    headers = {
        "WARC-Record-ID": _record_id(crawl_id, 0, "warcinfo"),
        "WARC-Date": warc_date(datetime.fromisoformat(fields["started-at"])),
        "WARC-Filename": f"{crawl_id}.warc.gz",
    }
    record = writer.create_warc_record(
        "", "warcinfo", io.BytesIO(body), len(body), warc_headers_dict=headers
    )
    writer.write_record(record)


def write_exchange(out: BinaryIO, crawl_id: str, number: int, exchange: Exchange) -> None:
    """Write the request and its answer; a 304 becomes a revisit record without a body."""
    if not _ADDRESS.fullmatch(exchange.url):
        raise ArchiveError(f"not an address that can be archived: {exchange.url!r}")
    unchanged = exchange.status == HTTPStatus.NOT_MODIFIED
    answer_type = "revisit" if unchanged else "response"
    answer_id = _record_id(crawl_id, number, answer_type)
    common = {"WARC-Date": warc_date(exchange.fetched_at), KIND: exchange.kind}
    writer = _Writer(out)
    request = writer.create_warc_record(
        exchange.url,
        "request",
        io.BytesIO(exchange.request_body),
        len(exchange.request_body),
        http_headers=_request_head(exchange),
        warc_headers_dict={
            "WARC-Record-ID": _record_id(crawl_id, number, "request"),
            "WARC-Concurrent-To": answer_id,
            **common,
        },
    )
    body = b"" if unchanged else exchange.body
    answer = writer.create_warc_record(
        exchange.url,
        answer_type,
        io.BytesIO(body),
        len(body),
        http_headers=_answer_head(exchange),
        warc_headers_dict={
            "WARC-Record-ID": answer_id,
            **common,
            **({"WARC-Profile": _NOT_MODIFIED} if unchanged else {}),
        },
    )
    writer.write_record(request)
    writer.write_record(answer)


def write_json(out: BinaryIO, crawl_id: str, kind: str, at: datetime, text: str) -> None:
    """Write a metadata record about the crawl itself."""
    writer = _Writer(out)
    body = text.encode()
    record = writer.create_warc_record(
        "",
        "metadata",
        io.BytesIO(body),
        len(body),
        warc_content_type="application/json",
        warc_headers_dict={
            "WARC-Record-ID": _record_id(crawl_id, 0, kind),
            "WARC-Date": warc_date(at),
            KIND: kind,
        },
    )
    writer.write_record(record)


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


class _Head(StatusAndHeaders):  # type: ignore[misc] # warcio is untyped
    """A head in UTF-8: warcio would percent-encode what is not ASCII, and lose the original."""

    def compute_headers_buffer(self, header_filter: object = None) -> None:
        """Set the bytes that warcio writes."""
        self.headers_buff = self.to_bytes(header_filter, "utf-8")


def _request_head(exchange: Exchange) -> _Head:
    parts = urlsplit(exchange.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = [("host", parts.netloc.rpartition("@")[2])]
    if exchange.request_body:
        headers.append(("content-length", str(len(exchange.request_body))))
    return _Head(f"{path} HTTP/1.1", headers, protocol=exchange.method)


def _answer_head(exchange: Exchange) -> _Head:
    headers = []
    for name, value in exchange.headers.items():
        lowered = name.lower()
        if lowered in _SECRET:
            continue
        stored = _RENAMED + lowered if lowered in _TRANSFER else lowered
        headers.append((stored, re.sub(r"[\r\n]+", " ", value).strip()))
    if exchange.status != HTTPStatus.NOT_MODIFIED:
        headers.append(("content-length", str(len(exchange.body))))
    try:
        phrase = HTTPStatus(exchange.status).phrase
    except ValueError:
        phrase = ""
    return _Head(f"{exchange.status} {phrase}".rstrip(), headers, protocol="HTTP/1.1")


def _record_id(crawl_id: str, number: int, kind: str) -> str:
    return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{crawl_id}/{number}/{kind}')}>"
