"""Crawl from an archive instead of the network, to reproduce a problem offline.

Strict: what the archive does not hold is a 404 and is named; nothing leaves this machine. The
clock stands where the archived crawl began. What is crawled goes to a folder that is thrown away.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from crawlers import registry
from crawlers.playback import Playback, Route
from crawlers.run import CrawlSettings, crawl
from schema.crawls import CrawlReport
from schema.exchanges import Exchange
from storage.archive.archive import Archive
from storage.archive.crawls import ArchivedCrawl
from storage.archive.warc import ArchiveError

TRANSFER = frozenset(("content-encoding", "content-length", "transfer-encoding", "connection"))
Question = tuple[str, str, bytes]


@dataclass(frozen=True, slots=True)
class Replay:
    """The result of a replay."""

    report: CrawlReport
    archived: ArchivedCrawl
    """The crawl that was played."""
    unknown: tuple[str, ...]
    """Requests that the archive holds no answer to."""


def replay(path: Path, stems: Sequence[str], settings: CrawlSettings) -> list[Replay]:
    """Play the latest crawl of each portal in an archive, or the one crawl of a WARC file.

    All portals of the archive where none is named. Raises ``ArchiveError`` where there is none.
    """
    if path.is_file():
        archive = Archive(path.parent.parent)
        chosen = [archive.crawl(path.name.removesuffix(".warc.gz"))]
        if stems and tuple(stems) != (chosen[0].portal,):
            raise ArchiveError(f"{path}: a crawl of {chosen[0].portal}, not of {', '.join(stems)}")
    else:
        archive = Archive(path)
        latest = {each.portal: each for each in archive.crawls()}
        wanted = stems or [stem for stem in sorted(latest) if stem in registry.load()]
        if missing := [stem for stem in wanted if stem not in latest]:
            raise ArchiveError(f"{path}: no crawl of {', '.join(missing)}")
        chosen = [latest[stem] for stem in wanted]
    if not chosen:
        raise ArchiveError(f"{path}: no crawl of any portal that is registered")
    return [_replay_one(archive, each, settings) for each in chosen]


def _replay_one(archive: Archive, archived: ArchivedCrawl, settings: CrawlSettings) -> Replay:
    routes = list(routes_of(archive, archived))
    with Playback(routes) as site, TemporaryDirectory() as folder:
        hosts = registry.spider(archived.portal)().hosts
        played = replace(
            settings,
            now=_clock(archived.started_at),
            connect={**dict.fromkeys(hosts, site.address), **site.connect},
            delay=0,
            backoff=0,
            longest_crawl_delay=0,
        )
        scratch = Archive(Path(folder))
        (report,) = crawl(
            [archived.portal],
            played,
            lambda portal, started_at: scratch.begin(portal.stem, started_at),
        )
    return Replay(report, archived, tuple(dict.fromkeys(site.unknown)))


def routes_of(archive: Archive, archived: ArchivedCrawl) -> Iterator[Route]:
    """Yield the answers of a crawl in their order, each once but the last to a question.

    A page that was not fetched then, because it had not changed, is answered from the crawls
    before: the newest answer with status 200.
    """
    answers: dict[Question, list[Exchange]] = {}
    for each in archive.exchanges(archived):
        answers.setdefault(_question(each.exchange), []).append(each.exchange)
    crawls = archive.crawls(archived.portal)
    before = crawls[: crawls.index(archived)] if archived in crawls else []
    earlier: dict[Question, list[Exchange]] = {}
    for crawl_before in before:
        for each in archive.exchanges(crawl_before):
            if each.exchange.status == 200:
                earlier[_question(each.exchange)] = [each.exchange]
    for exchanges in {**earlier, **answers}.values():
        *first, last = exchanges
        yield from (_route(exchange, times=1) for exchange in first)
        yield _route(last)


def _question(exchange: Exchange) -> Question:
    return exchange.method, exchange.url, exchange.request_body


def _route(exchange: Exchange, times: int | None = None) -> Route:
    headers = {
        name: value.encode("latin-1", "replace").decode("latin-1")
        for name, value in exchange.headers.items()
        if name not in TRANSFER
    }
    asked_for = headers.get("retry-after", "")
    if asked_for.isascii() and asked_for.isdigit() and float(asked_for) <= 120:
        headers["retry-after"] = "0"  # no reason to wait: this is a playback
    asked = exchange.request_body.decode("utf-8", "replace")
    return Route(
        exchange.url,
        exchange.body,
        exchange.status,
        headers,
        exchange.method,
        (asked,) if asked else (),
        times,
    )


def _clock(start: datetime) -> Callable[[], datetime]:
    began = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - began)
