"""Carry requests: the only place that opens connections, and where three rules are enforced.

Hosts in ``CALLBOARD_CONNECT`` are reached at another address while their URLs stay what they are;
any other name or literal that leads to a private, loopback or link-local address is refused (a
page must not make us fetch 169.254.169.254); and a host gets one request at a time, whichever
portals ask. Bodies arrive decoded, within the size limit counted after decoding.
"""

import asyncio
import contextlib
import ipaddress
import math
import socket
import time
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urlsplit

import aiohttp
import yarl
from aiohttp.abc import AbstractResolver, ResolveResult
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawlers.failures import one_line

OURS_ALONE = frozenset(("accept", "accept-encoding", "content-type", "user-agent"))

CARRIES_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""Networks of IPv6 whose addresses end in one of IPv4 (NAT64, and the old compatible form)."""


class PrivateAddressError(Exception):
    """A request led to an address that is not on the public internet."""


class TooLargeError(Exception):
    """A body is larger than the limit; nothing of it was kept."""


class HostTurns:
    """One request at a time for each host, over all spiders of a crawl, as far apart as it asks."""

    def __init__(self) -> None:
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._pauses: dict[str, float] = {}
        self._ended: dict[str, float] = {}
        self._resting: dict[str, float] = {}

    @contextlib.asynccontextmanager
    async def of(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn, and keep it while a request to the host is under way."""
        async with self._locks[host]:
            while (wait := self._wait_for(host)) > 0:
                await asyncio.sleep(wait)
            try:
                yield
            finally:
                self._ended[host] = time.monotonic()

    def space(self, host: str, seconds: float) -> None:
        """Leave so many seconds between the end of a request to the host and the next."""
        self._pauses[host] = seconds

    def rest(self, host: str, seconds: float) -> None:
        """Let the host alone for so long: whoever waits for its turn waits on."""
        self._resting[host] = max(time.monotonic() + seconds, self._resting.get(host, -math.inf))

    def _wait_for(self, host: str) -> float:
        free = self._ended.get(host, -math.inf) + self._pauses.get(host, 0.0)
        return max(free, self._resting.get(host, -math.inf)) - time.monotonic()

    def __deepcopy__(self, memo: object) -> Self:
        # Scrapy copies its settings for every spider; the turns are what they share.
        return self


class PublicResolver(AbstractResolver):
    """Resolves names to public addresses only, so that what was checked is what is connected."""

    def __init__(self) -> None:
        self._resolver = aiohttp.DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Resolve, or raise :class:`PrivateAddressError` where any address is not public."""
        results = await self._resolver.resolve(host, port, family)
        for result in results:
            refuse_private(result["host"], host)
        return results

    async def close(self) -> None:
        """Release the resolver underneath."""
        await self._resolver.close()


def refuse_private(address: str, host: str) -> None:
    """Raise :class:`PrivateAddressError` if a literal address is not on the public internet.

    Raises ``ValueError`` for what is no literal address.
    """
    if not _is_public(ipaddress.ip_address(address.partition("%")[0])):
        raise PrivateAddressError(f"{host} leads to {address}, which is not a public address")


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if any(address in network for network in CARRIES_IPV4):
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return _is_public(inner)
    return address.is_global and not address.is_multicast


def retry_after(headers: Headers, now: datetime) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, or ``None``."""
    value = (headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():  # "²" is a digit as well
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds()) if value else None
    except (ValueError, TypeError, OverflowError, IndexError):  # no date, or none that there is
        return None


class Transport:
    """Scrapy's download handler for http and https, for runs without a Twisted reactor."""

    lazy = False

    def __init__(
        self,
        connect: Mapping[str, str],
        turns: HostTurns,
        max_bytes: int,
        timeout: float,
        longest_wait: float,
    ) -> None:
        self._connect = connect
        self._turns = turns
        self._longest_wait = longest_wait
        self._max_bytes = max_bytes
        self._timeout = timeout
        self._open_session: aiohttp.ClientSession | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build from Scrapy's settings; ``CALLBOARD_TURNS`` is shared by the spiders of a crawl."""
        settings = crawler.settings
        return cls(
            settings.getdict("CALLBOARD_CONNECT"),
            settings["CALLBOARD_TURNS"],
            settings.getint("DOWNLOAD_MAXSIZE"),
            settings.getfloat("DOWNLOAD_TIMEOUT"),
            settings.getfloat("CALLBOARD_LONGEST_WAIT"),
        )

    async def download_request(self, request: Request) -> Response:
        """Carry one request; the response names the real address, wherever the bytes came from."""
        host = urlsplit(request.url).netloc
        target, headers = self._target(request)
        limit = request.meta.get("max_bytes", self._max_bytes)
        # A portal that may send so many times the usual may take so many times as long about it.
        within = self._timeout * max(1.0, limit / self._max_bytes)
        async with self._turns.of(host):
            started = time.monotonic()
            try:
                async with self._session().request(
                    request.method,
                    target,
                    data=request.body or None,
                    headers=headers,
                    allow_redirects=False,
                    timeout=aiohttp.ClientTimeout(total=within, sock_read=self._timeout),
                ) as answer:
                    request.meta["download_latency"] = time.monotonic() - started  # AutoThrottle
                    body = await self._body(answer, limit)
                    received = Headers(answer.raw_headers)
                asked = retry_after(received, datetime.now(UTC))
                if asked is not None and asked <= self._longest_wait:
                    self._turns.rest(host, asked)  # before the next in line has its turn
            except PrivateAddressError:
                raise
            except TimeoutError as error:
                raise DownloadTimeoutError(f"no answer within {within:g} s") from error
            except aiohttp.ClientConnectorDNSError as error:
                raise CannotResolveHostError(f"the name {host} cannot be resolved") from error
            except aiohttp.ClientConnectorError as error:
                raise DownloadConnectionRefusedError(str(error)) from error
            except aiohttp.ClientPayloadError as error:
                raise ResponseDataLossError(f"the answer was cut off ({error})") from error
            except aiohttp.ClientError as error:
                raise DownloadFailedError(str(error) or repr(error)) from error
        received.pop("Content-Encoding", None)
        response_class = responsetypes.from_args(headers=received, url=request.url, body=body)
        return response_class(
            url=request.url, status=answer.status, headers=received, body=body, request=request
        )

    async def close(self) -> None:
        """Close the connections that were kept alive."""
        if self._open_session is not None:
            await self._open_session.close()

    def _target(self, request: Request) -> tuple[yarl.URL, list[tuple[str, str]]]:
        headers = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, values in request.headers.items()
            for value in values
        ]
        url = yarl.URL(request.url, encoded=True)
        address = self._connect.get(urlsplit(request.url).netloc)
        if address is not None:
            substitute = yarl.URL(f"http://{address}{url.raw_path_qs}", encoded=True)
            return substitute, [*headers, ("Host", url.raw_authority)]
        host = url.host or ""
        with contextlib.suppress(ValueError):  # a name: the resolver checks where it leads
            refuse_private(host, host)
        return url, headers

    def _session(self) -> aiohttp.ClientSession:
        # Made at the first request: a session belongs to the running event loop.
        if self._open_session is None:
            self._open_session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=4, resolver=PublicResolver()),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=OURS_ALONE,
                trust_env=False,
            )
        return self._open_session

    async def _body(self, answer: aiohttp.ClientResponse, limit: int) -> bytes:
        if (answer.content_length or 0) > limit:
            answer.close()  # not a byte of it has to be carried to know
            raise TooLargeError(f"the body is larger than {limit:,} bytes")
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        chunks: AsyncIterator[bytes] = answer.content.iter_any()
        if encoding in ("gzip", "x-gzip", "deflate"):
            chunks = _inflate(chunks)
        elif encoding not in ("", "identity"):
            raise DownloadFailedError(
                f"the answer is in an encoding we did not ask for: {one_line(encoding, 80)}"
            )
        body = bytearray()
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                answer.close()
                raise TooLargeError(f"the body is larger than {limit:,} bytes")
        return bytes(body)


async def _inflate(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the decoded bytes of a gzip or zlib stream, at most 64 kB at a time."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        async for chunk in chunks:
            pending = chunk
            while pending:
                yield inflater.decompress(pending, 65536)
                pending = inflater.unconsumed_tail
    except zlib.error as error:
        raise ResponseDataLossError(f"the compressed answer is damaged ({error})") from error
    if not inflater.eof:
        raise ResponseDataLossError("the compressed answer was cut off")
