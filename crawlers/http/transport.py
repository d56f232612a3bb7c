"""Send requests: the only module that opens connections, so that these rules hold for all of them.

* A host in ``CALLBOARD_CONNECT`` is connected to at another address; its URLs do not change.
* Any other host must have public addresses only. A page could otherwise make the crawler read
  services of its own network (server-side request forgery), such as those at 169.254.169.254:
  https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
* A host gets one request at a time, even if several portals are on it.
* Bodies are decompressed here, and their size is limited as it is afterwards.
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
"""IPv6 networks whose addresses end in an IPv4 address: NAT64 (RFC 6052) and the deprecated
"IPv4-compatible" form (RFC 4291, 2.5.5.1)."""


class PrivateAddressError(Exception):
    """The host of a request has an address that is not on the public internet."""


class TooLargeError(Exception):
    """A body is larger than the limit; it was discarded."""


class HostTurns:
    """Gives each host one request at a time, over all spiders, with the pauses that it asks for."""

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

    def set_delay(self, host: str, seconds: float) -> None:
        """Set the delay between the end of a request to the host and the start of the next."""
        self._pauses[host] = seconds

    def pause(self, host: str, seconds: float) -> None:
        """Send the host no request for so many seconds; an earlier, longer pause stays."""
        self._resting[host] = max(time.monotonic() + seconds, self._resting.get(host, -math.inf))

    def _wait_for(self, host: str) -> float:
        free = self._ended.get(host, -math.inf) + self._pauses.get(host, 0.0)
        return max(free, self._resting.get(host, -math.inf)) - time.monotonic()

    def __deepcopy__(self, memo: object) -> Self:
        # Scrapy copies its settings for each spider, and all spiders must share one object.
        return self


class PublicResolver(AbstractResolver):
    """Resolves names and rejects those with an address that is not public.

    The check is made on the addresses that are then connected to; a check before a second lookup
    could be evaded by a name that changes its address meanwhile (DNS rebinding).
    """

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

    Raises ``ValueError`` for a string that is not an IP address.
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
    """Return the seconds that ``Retry-After`` asks for, or ``None``.

    The value is a number of seconds or a date: https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    value = (headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isascii() and value.isdigit():  # isdigit() is also true of "²"
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds()) if value else None
    except (ValueError, TypeError, OverflowError, IndexError):  # not a date, or an impossible one
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
        """Send one request; the response has the request's URL, wherever it was connected to."""
        host = urlsplit(request.url).netloc
        target, headers = self._target(request)
        limit = request.meta.get("max_bytes", self._max_bytes)
        # A request that may bring a larger body than usual may take longer in proportion.
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
                    self._turns.pause(host, asked)  # before a waiting request gets the turn
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
        """Close the connections that are kept alive."""
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
        with contextlib.suppress(ValueError):  # a name, whose addresses PublicResolver checks
            refuse_private(host, host)
        return url, headers

    def _session(self) -> aiohttp.ClientSession:
        # Created at the first request, because a session belongs to the running event loop.
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
            answer.close()  # its Content-Length says so before the body is read
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
