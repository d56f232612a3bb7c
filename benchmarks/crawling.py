# ruff: noqa: PLC0415 - each part imports only what it measures
"""Crawl one local server, side by side with a bare Scrapy spider that only downloads its pages.

The runs take turns, each in a process of its own, and the ratios are of turns that stood next to
each other: the machine's other work then slows all of them. Ours is the real portal it_lombardia
with robots.txt, a sitemap, the archive (before a page is read), reading and expectations; then the
archive is ingested into a database. The bare spider runs twice: with Scrapy's defaults, which keep
eight requests to a host under way, and with one request at a time, which is how ours asks. The
floors are for the first.

``--check`` exits with 1 below the floors.

``--memory`` crawls and processes a long list instead, and prints how much memory that took.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from callboard.config import Config

PORTAL = "it_lombardia"
HOST = "www.bandi.regione.lombardia.it"
SEED = Path("tests/fixtures/portals/it_lombardia/cosme_2020/page.html")
CODE = "RLA12020034211"
PAGE_BYTES = 60_000
FLOORS = {"crawl": 0.6, "crawl and process": 0.4}
ROUNDS = 3


def main() -> None:
    """Run the benchmark, or one part of it in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--memory", action="store_true", help="crawl 50,000 pages, or --pages")
    parser.add_argument("--check", action="store_true", help="exit with 1 below the floors")
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("--address", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](options.address, options.pages)))
    elif options.memory:
        with serving(options.pages if options.pages != parser.get_default("pages") else 50_000) as (
            address,
            count,
        ):
            print_memory(run_part("memory", address, count))
    else:
        with serving(options.pages) as (address, count):
            holds = compare(address, count, options.rounds)
        sys.exit(options.check and not holds)


def compare(address: str, count: int, rounds: int) -> bool:
    """Let the runs take turns and print what ours keeps of the bare spider's pages a second."""
    ratios: dict[str, list[float]] = {name: [] for name in FLOORS}
    print(f"{count} pages of {PAGE_BYTES // 1000} kB, {rounds} rounds; pages a second:")
    print("bare Scrapy  one at a time    crawl  ratio  process  crawl and process  ratio")
    for _ in range(rounds):
        before = run_part("bare", address, count)["seconds"]
        ours = run_part("ours", address, count)
        after = run_part("bare", address, count)["seconds"]
        polite = run_part("polite", address, count)["seconds"]
        bare, crawl = (before + after) / 2, ours["crawl"]
        both = crawl + ours["process"]
        ratios["crawl"].append(bare / crawl)
        ratios["crawl and process"].append(bare / both)
        print(
            f"{count / bare:11.1f}{count / polite:15.1f}{count / crawl:9.1f}{bare / crawl:7.2f}"
            f"{count / ours['process']:9.1f}{count / both:19.1f}{bare / both:7.2f}",
            flush=True,
        )
    medians = {name: statistics.median(found) for name, found in ratios.items()}
    for name, floor in FLOORS.items():
        missed = " missed" if medians[name] < floor else ""
        print(f"{name}: median {medians[name]:.2f}, floor {floor}{missed}")
    return all(medians[name] >= floor for name, floor in FLOORS.items())


def print_memory(measured: dict[str, list[list[float]]]) -> None:
    """Print how much memory was in use as the pages came in, other processes of ours included."""
    for stage, points in measured.items():
        print(stage)
        for pages, megabytes in points:
            print(f"{pages:8,.0f} pages {megabytes:8.1f} MB")


def run_part(part: str, address: str, count: int) -> dict[str, float]:
    """Run one part in a process of its own and return what it measured."""
    command = [sys.executable, "-m", "benchmarks.crawling", "--part", part]
    done = subprocess.run(
        [*command, "--address", address, "--pages", str(count)],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


# -- the server ------------------------------------------------------------------------------------


def page_template() -> str:
    """Return a page as the portal serves it: half of it content, the rest menus and scripts."""
    page = SEED.read_text(encoding="utf-8")
    body, tail = page.split("</body>")
    item = (
        '<li><a class="list-item" href="/servizi/voce/{0}"><span>Voce di menu {0}</span></a></li>'
    )
    menu = "".join(item.format(number) for number in range(250))
    script = "var stato = {};" + "stato.voce = (stato.voce || 0) + 1;\n" * 500
    content = "<section class='container'>{}</section>".format(
        "<p>La Regione sostiene con un contributo le imprese che investono in ricerca.</p>" * 60
    )
    made = f"{body}{content}<nav><ul>{menu}</ul></nav><script>{script}</script></body>{tail}"
    return made + " " * (PAGE_BYTES - len(made.encode()))


def address_of(number: int) -> str:
    """Return the path of one page."""
    return f"/servizi/servizio/bandi/dettaglio/imprese/prova-{code_of(number)}"


def code_of(number: int) -> str:
    """Return the code of one call."""
    return f"RLX{number:011}"


class BenchmarkSite(asyncio.Protocol):
    """Answers with robots.txt, a sitemap of so many calls, and their pages.

    Without a framework, so that the server takes next to nothing of the cores that are measured.
    """

    def __init__(self, page: Sequence[bytes], files: Mapping[bytes, tuple[bytes, bytes]]) -> None:
        self._page, self._files = page, files

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Meet a client."""
        self._transport = cast("asyncio.Transport", transport)
        self._pending = b""

    def data_received(self, data: bytes) -> None:
        """Answer what was asked for."""
        *heads, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for head in heads:
            path = head.split(b" ", 2)[1]
            code = path.rpartition(b"-")[2]
            kind, body = self._files.get(path) or (b"text/html", code.join(self._page))
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: %b; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
                % (kind, len(body))
                + body
            )


@contextmanager
def serving(count: int) -> Iterator[tuple[str, int]]:
    """Serve the site from a process of its own; yield its address and how many pages it has."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.crawling",
        "--part",
        "serve",
        "--pages",
        str(count),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), count
        finally:
            process.terminate()


def serve(_: str, count: int) -> dict[str, float]:
    """Serve until told to stop."""
    page = page_template().encode().split(CODE.encode())
    entries = "".join(
        f"<url><loc>https://{HOST}{address_of(number)}</loc></url>" for number in range(count)
    )
    files = {
        b"/robots.txt": (b"text/plain", b"User-agent: *\nDisallow: /servizi/accesso\n"),
        b"/servizi/sitemap.xml": (b"text/xml", f"<urlset>{entries}</urlset>".encode()),
    }

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(
            partial(BenchmarkSite, page, files), "127.0.0.1", 0
        )
        print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
        await server.serve_forever()

    asyncio.run(run())
    return {}


# -- the runs --------------------------------------------------------------------------------------


def crawl_bare(address: str, count: int, **settings: Any) -> dict[str, float]:
    """Download every page with a spider that does nothing else, with Scrapy's own settings."""
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess
    from scrapy.http import Response

    got = []

    class Bare(Spider):
        name = "bare"
        start_urls = [f"http://{address}{address_of(number)}" for number in range(count)]

        def parse(self, response: Response) -> None:
            got.append(len(response.body))

    started = time.monotonic()
    process = CrawlerProcess({"LOG_LEVEL": "WARNING", "TELNETCONSOLE_ENABLED": False, **settings})
    process.crawl(Bare)
    process.start()
    seconds = time.monotonic() - started
    assert len(got) == count
    assert min(got) >= PAGE_BYTES
    return {"seconds": seconds}


def crawl_polite(address: str, count: int) -> dict[str, float]:
    """Do the same with one request to the host at a time."""
    return crawl_bare(address, count, CONCURRENT_REQUESTS_PER_DOMAIN=1)


def crawl_ours(address: str, count: int) -> dict[str, float]:
    """Crawl the portal into an archive, then ingest the archive into a database."""
    import crawlers.run  # noqa: F401 - as the bare spider's, it is imported before the clock starts
    from callboard.pipeline import Pipeline

    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(make_config(folder, address))
        pipeline.prepare()
        started = time.monotonic()
        (report,) = pipeline.crawl([PORTAL], expect={PORTAL: (count, count)})
        crawled = time.monotonic()
        processed = pipeline.process()
        seconds = time.monotonic() - crawled
        pipeline.close()
    assert report.state == "complete", report.reason
    assert len(report.seen) == processed.notices == count
    return {"crawl": crawled - started, "process": seconds}


def measure_memory(address: str, count: int) -> dict[str, list[list[float]]]:
    """Crawl the portal, then process it; look at the memory in use as the pages come in."""
    from sqlalchemy import func, select

    from callboard.pipeline import Pipeline
    from storage.database import tables

    with tempfile.TemporaryDirectory() as folder:
        pipeline = Pipeline(make_config(folder, address))
        pipeline.prepare()
        warc = Path(folder) / "archive" / PORTAL
        database = Path(folder) / "callboard.sqlite"

        def archived() -> float:
            return sum(path.stat().st_size for path in warc.glob("*.warc.gz"))

        def stored() -> float:
            return sum(path.stat().st_size for path in database.parent.glob("callboard.sqlite*"))

        with watched(archived) as crawling:
            (report,) = pipeline.crawl([PORTAL], expect={PORTAL: (count, count)})
        with watched(stored) as processing:
            processed = pipeline.process()
        with pipeline.database.read() as connection:
            kept = connection.scalar(select(func.count()).select_from(tables.notice))
        pipeline.close()
    assert len(report.seen) == processed.notices == kept == count
    return {
        stage: [[round(size / points[-1][0] * count), megabytes] for size, megabytes in points]
        for stage, points in (("crawl", crawling), ("process", processing))
    }


@contextmanager
def watched(progress: Callable[[], float]) -> Iterator[list[list[float]]]:
    """Give a list that fills with how far the work is and what memory it takes."""
    points: list[list[float]] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(2):
            points.append([progress(), memory_in_use()])

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield points
    finally:
        points.append([progress(), memory_in_use()])
        done.set()
        watching.join()
        points[:] = [*points[:: max(1, len(points) // 20)], points[-1]]


def memory_in_use() -> float:
    """Return the megabytes that this process and its children have for themselves."""
    return sum(map(proportional, [os.getpid(), *children(os.getpid())]))


def children(process: int) -> list[int]:
    """Return the children of a process, with theirs."""
    try:
        text = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    except OSError:
        return []
    found = [int(each) for each in text.split()]
    return [*found, *(other for each in found for other in children(each))]


def proportional(process: int) -> float:
    """Return the megabytes of a process, shared pages by their share (Linux)."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) / 1024


def make_config(folder: str, address: str) -> "Config":
    """Return a configuration that reaches the portal at the address, without a delay."""
    from callboard.config import Config, CrawlConfig

    return Config(
        data_dir=Path(folder),
        crawl=CrawlConfig(contact="benchmark@example.org", delay=0, connect={HOST: address}),
    )


PARTS: dict[str, Callable[[str, int], dict[str, Any]]] = {
    "serve": serve,
    "bare": crawl_bare,
    "polite": crawl_polite,
    "ours": crawl_ours,
    "memory": measure_memory,
}

if __name__ == "__main__":
    main()
