"""Serve saved sites over real HTTP on a loopback port: for the demo, the tests and replays.

A request that no route answers gets a 404 and is recorded in ``unknown``. One server answers for
every host; ``connect`` is the setting of :class:`crawlers.run.CrawlSettings` that leads to it.

A saved site is a folder with a ``site.toml``::

    extends = "../2020-11-16"        # optional: the routes of that site, unless they stand here
    [expect]                         # optional: how many notices this small site should give
    hr_ra_vsz = [5, 10]
    [[route]]
    url = "https://www.ra-vsz.hr/robots.txt"
    file = "ra-vsz/robots.txt"       # relative to the site.toml; absent: an empty body
    status = 200                     # and, optionally: method, body_contains, headers
"""

import hashlib
import threading
import time
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar, Self
from urllib.parse import urlsplit

CONTENT_TYPES: Mapping[str, str] = {
    ".html": "text/html; charset=UTF-8",
    ".json": "application/json; charset=UTF-8",
    ".xml": "application/xml; charset=UTF-8",
    ".txt": "text/plain; charset=UTF-8",
    ".pdf": "application/pdf",
}


class SavedSiteError(Exception):
    """A saved site's ``site.toml`` is wrong; the message names the file and the entry."""


@dataclass(frozen=True, slots=True)
class Route:
    """One request and its answer."""

    url: str
    """The public address. Its scheme is not compared, its query is."""
    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    body_contains: tuple[str, ...] = ()
    """Texts that the request's body must contain."""
    times: int | None = None
    """How many requests to answer; later ones are left to the next route that fits."""
    seconds: float = 0.0
    """How long to wait before answering."""

    @property
    def target(self) -> str:
        """Return host, path and query, by which a request is matched."""
        parts = urlsplit(self.url)
        return f"{parts.netloc}{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"

    @property
    def question(self) -> tuple[str, str, tuple[str, ...]]:
        """Return the key by which a route replaces one of an extended site."""
        return self.method, self.target, self.body_contains


@dataclass(frozen=True, slots=True)
class SavedSite:
    """The routes of a saved site, and how many notices a crawl of it should find."""

    routes: tuple[Route, ...]
    expect: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def load_site(folder: Path) -> SavedSite:
    """Read a saved site, with those it extends, or raise :class:`SavedSiteError`."""
    path = folder / "site.toml"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
        base = load_site(folder / values.pop("extends")) if "extends" in values else SavedSite(())
        routes = [_route(folder, entry) for entry in values.pop("route", [])]
        expect = {stem: (least, most) for stem, (least, most) in values.pop("expect", {}).items()}
    except (OSError, tomllib.TOMLDecodeError, TypeError, KeyError, ValueError) as error:
        raise SavedSiteError(f"{path}: {error}") from error
    if values:
        raise SavedSiteError(f"{path}: unknown key {next(iter(values))}")
    answered = {route.question for route in routes}
    kept = [route for route in base.routes if route.question not in answered]
    return SavedSite((*routes, *kept), {**base.expect, **expect})


def _route(folder: Path, entry: dict[str, Any]) -> Route:
    name = entry.pop("file", None)
    headers = {
        "Content-Type": CONTENT_TYPES[Path(name).suffix] if name else "text/html; charset=UTF-8",
        **entry.pop("headers", {}),
    }
    body = (folder / name).read_bytes() if name else b""
    contains = tuple(entry.pop("body_contains", ()))
    return Route(body=body, headers=headers, body_contains=contains, **entry)


class Playback:
    """The server, a context manager: it accepts requests from entry to exit."""

    def __init__(self, routes: Iterable[Route], expect: Mapping[str, tuple[int, int]] = {}) -> None:
        self.routes: Sequence[Route] = tuple(routes)
        self.expect = dict(expect or {})
        self.asked: list[str] = []
        """Every request, as ``GET host/path``, in order."""
        self.unknown: list[str] = []
        """The requests that no route answered."""
        self.agents: set[str] = set()
        """The ``User-Agent`` headers of all requests."""
        self._served: dict[int, int] = {}
        self._lock = threading.Lock()
        self._server: _Server | None = None

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return a server for a saved site."""
        site = load_site(folder)
        return cls(site.routes, site.expect)

    @property
    def address(self) -> str:
        """Return ``127.0.0.1:port``; the port is bound at the first access, or on entry."""
        return f"127.0.0.1:{self._bound().server_port}"

    @property
    def connect(self) -> dict[str, str]:
        """Return the address for each host that the routes name."""
        return {urlsplit(route.url).netloc: self.address for route in self.routes}

    def answer(self, method: str, target: str, body: bytes) -> Route | None:
        """Return the first route that fits and is not used up; record the request."""
        text = body.decode("utf-8", "replace")
        with self._lock:
            self.asked.append(f"{method} {target}")
            for number, route in enumerate(self.routes):
                if (
                    (route.method, route.target) == (method, target)
                    and all(words in text for words in route.body_contains)
                    and (route.times is None or self._served.get(number, 0) < route.times)
                ):
                    self._served[number] = self._served.get(number, 0) + 1
                    return route
            self.unknown.append(f"{method} {target}")
        return None

    def _bound(self) -> "_Server":
        if self._server is None:
            self._server = _Server(("127.0.0.1", 0), _Handler)
            self._server.playback = self
        return self._server

    def __enter__(self) -> Self:
        server = self._bound()
        self._thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 256  # all portals of a crawl connect at once
    daemon_threads = True
    block_on_close = False
    playback: Playback

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore clients that close the connection, as they do at a size limit or a time-out."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    timeout: ClassVar[float] = 30
    # Headers and body in one packet: the second of two small writes would wait for the client's
    # delayed acknowledgement (Nagle's algorithm, RFC 896, and RFC 1122, 4.2.3.2).
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        target = f"{self.headers.get('Host', '')}{self.path}"
        self.server.playback.agents.add(self.headers.get("User-Agent", ""))
        route = self.server.playback.answer(self.command, target, body)
        if route is None:
            route = Route(target, b"<title>404 Not Found</title>", 404)
        elif route.seconds:
            time.sleep(route.seconds)
        mark = f'"{hashlib.sha256(route.body).hexdigest()[:16]}"'
        unchanged = route.status == 200 and self.headers.get("If-None-Match") == mark
        content = b"" if unchanged else route.body
        self.send_response(304 if unchanged else route.status)
        headers = {"ETag": mark, **route.headers} if route.status == 200 else route.headers
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log nothing: ``asked`` and ``unknown`` record the requests."""
