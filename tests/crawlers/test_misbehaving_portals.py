"""Every registered portal against servers that misbehave: it finishes, and loses nothing.

One server plays all hosts of all portals; robots.txt is sound, everything else is not.
"""

import gzip
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from crawlers import registry
from crawlers.playback import Playback
from crawlers.run import CrawlSettings, crawl
from schema.crawls import CrawlReport, CrawlState
from storage.archive.archive import Archive
from storage.database import notices
from tests.support.loopback import FIRST_DAY, MONDAY

STEMS = sorted(registry.load())
MOST_PAGES = 12
TEXT = "Contributi a fondo perduto per le imprese che investono in ricerca e sviluppo. " * 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server says; the length is that of the promised body, which may not all come."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


def big_sitemap(host: str) -> bytes:
    entry = "<url><loc>https://{}/una/pagina/qualsiasi-{:08}</loc></url>"
    entries = "".join(entry.format(host, number) for number in range(5_000_000 // 75))
    return f"<urlset>{entries}</urlset>".encode()


SITEMAP = big_sitemap("example.org")


def endless(_: str, path: str) -> Answer:
    number = time.monotonic_ns()
    if "json" in path or "api" in path or "search" in path:
        return Answer(json.dumps([{"id": number, "title": TEXT}]).encode(), 200, "application/json")
    links = "".join(f"<li><a href='/a/{number + n}'>Bando {n}</a></li>" for n in range(5))
    following = f"<a rel=next class=next href='?page={number}'>avanti</a>"
    return Answer(f"<html><body><h1>B</h1>{TEXT}<ul>{links}</ul>{following}</body></html>".encode())


BROKEN = gzip.compress(TEXT.encode() * 50)[:-200]
Misbehaviour = Callable[[str, str], Answer]
MISBEHAVIOURS: dict[str, Misbehaviour] = {
    "429": lambda *_: Answer(b"slow down", 429, headers=(("Retry-After", "3600"),)),
    "503": lambda *_: Answer(b"busy", 503),
    "slow": lambda *_: Answer(TEXT.encode(), seconds=0.8),
    "truncated gzip": lambda *_: Answer(BROKEN, headers=(("Content-Encoding", "gzip"),)),
    "wrong charset": lambda *_: Answer(
        f"<html lang=hr><title>žiroračun</title><body>{TEXT}čćžšđ</body></html>".encode("cp1250")
    ),
    "redirect loop": lambda _, path: Answer(status=302, headers=(("Location", path),)),
    "200 error page": lambda *_: Answer(b"<html><title>Errore 500</title><p>Errore</p></html>"),
    "endless pages": endless,
    "big sitemap": lambda _, path: (
        Answer(SITEMAP, content_type="application/xml")
        if "sitemap" in path
        else Answer(f"<html><title>Bandi</title><body>{TEXT}</body></html>".encode())
    ),
}
REFUSED = {CrawlState.BLOCKED}
NOTHING = {CrawlState.EMPTY, CrawlState.UNREACHABLE}
STATES: dict[str, set[CrawlState]] = {
    "429": REFUSED,
    "503": {CrawlState.UNREACHABLE},
    "slow": {CrawlState.UNREACHABLE},
    "truncated gzip": {CrawlState.UNREACHABLE},
    "wrong charset": {CrawlState.EMPTY, CrawlState.PARTIAL},
    "redirect loop": {CrawlState.EMPTY},
    "200 error page": {CrawlState.EMPTY},
    "endless pages": {CrawlState.EMPTY, CrawlState.PARTIAL},
    "big sitemap": {CrawlState.EMPTY, CrawlState.PARTIAL},
}


@contextmanager
def misbehaving(misbehaviour: Misbehaviour) -> Iterator[str]:
    """Serve every host; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if self.path == "/robots.txt":
                answer = Answer(b"User-agent: *\nDisallow: /nothing\n", content_type="text/plain")
            else:
                answer = misbehaviour(self.headers.get("Host", ""), self.path)
            time.sleep(answer.seconds)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 256  # all portals knock at once
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """Stay quiet about clients that hang up."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def connections(address: str) -> dict[str, str]:
    hosts = {host for stem in STEMS for host in registry.spider(stem)().hosts}
    return dict.fromkeys(hosts, address)


def crawl_all(
    address: str, archive: Archive, day: int, timeout: float = 30
) -> dict[str, CrawlReport]:
    settings = CrawlSettings(
        "Callboard-Test", "https://example.org/bot", lambda: MONDAY + timedelta(days=day),
        connect=connections(address), delay=0, backoff=0, retries=0, timeout=timeout,
        most_pages=MOST_PAGES,
    )  # fmt: skip
    reports = crawl(STEMS, settings, lambda portal, at: archive.begin(portal.stem, at))
    return {report.portal: report for report in reports}


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_each_portal_ends_in_the_right_state(name: str, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with misbehaving(MISBEHAVIOURS[name]) as address:
        reports = crawl_all(address, archive, 1, timeout=0.4 if name == "slow" else 30)
    assert set(reports) == set(STEMS)
    wrong = {
        stem: (report.state, report.reason)
        for stem, report in reports.items()
        if report.state not in STATES[name]
    }
    assert wrong == {}
    for report in reports.values():
        assert report.issues
        assert "\n" not in report.reason
        assert report.pages <= MOST_PAGES + 5
    kept = {each.portal: archive.report(each) for each in archive.crawls()}
    assert {stem: report.state for stem, report in kept.items()} == {
        stem: report.state for stem, report in reports.items()
    }


def test_nothing_that_was_stored_is_lost(tmp_path: Path) -> None:
    with Playback.of(FIRST_DAY) as site:
        asked = CrawlConfig(delay=0, retries=0, connect=site.connect)
        pipeline = Pipeline(Config(base=tmp_path, now=MONDAY, crawl=asked))
        pipeline.prepare()
        pipeline.crawl(sorted(site.expect), expect=site.expect)
    pipeline.process()
    before = standing(pipeline)
    for day, name in enumerate(("503", "200 error page"), start=1):
        with misbehaving(MISBEHAVIOURS[name]) as address:
            crawl_all(address, pipeline.archive, day)
    pipeline.process()
    assert standing(pipeline) == before
    assert len(before) > 20
    pipeline.close()


def standing(pipeline: Pipeline) -> dict[str, object]:
    with pipeline.database.read() as connection:
        found = list(notices.current(connection))
    assert all(each.withdrawn_at is None for each in found)
    return {each.id: each.call for each in found}
