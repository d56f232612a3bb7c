"""Crawl sites that a loopback server plays, into a store that lives in memory."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crawlers.pages.readers import ParseResult
from crawlers.playback import Playback, Route
from crawlers.run import CrawlSettings, crawl
from schema.crawls import CrawlReport
from schema.exchanges import Exchange

DEMO = Path(__file__).parents[1] / "fixtures" / "sites" / "demo"
FIRST_DAY, SECOND_DAY = DEMO / "2020-11-16", DEMO / "2020-11-23"
MONDAY = datetime(2020, 11, 16, 5, tzinfo=UTC)
WEEK = timedelta(days=7)

BANDI = "https://www.bandi.regione.lombardia.it"
HTML = {"Content-Type": "text/html; charset=UTF-8"}
JSON = {"Content-Type": "application/json; charset=UTF-8"}
XML = {"Content-Type": "application/xml; charset=UTF-8"}
TEXT = {"Content-Type": "text/plain"}


@dataclass
class MemoryStore:
    """A page store that keeps exchanges in a list."""

    exchanges: list[Exchange] = field(default_factory=list)
    reports: list[CrawlReport] = field(default_factory=list)
    before: int = 0
    """How many of the exchanges are of earlier crawls."""

    def latest(self, url: str, method: str = "GET", request_body: bytes = b"") -> Exchange | None:
        wanted = (url, method, request_body, 200)
        for known in reversed(self.exchanges):
            if (known.url, known.method, known.request_body, known.status) == wanted:
                return known
        return None

    def answered_before(
        self, url: str, method: str = "GET", request_body: bytes = b""
    ) -> tuple[int, datetime] | None:
        wanted = (url, method, request_body)
        for known in reversed(self.exchanges[: self.before]):
            if (known.url, known.method, known.request_body) == wanted:
                return known.status, known.fetched_at
        return None

    def add(self, exchange: Exchange) -> int:
        self.exchanges.append(exchange)
        return len(self.exchanges)

    def keep(self, number: int, exchange: Exchange, result: ParseResult) -> None:  # noqa: ARG002
        assert self.exchanges[number - 1].url == exchange.url

    def close(self, report: CrawlReport) -> CrawlReport:
        self.reports.append(report)
        self.before = len(self.exchanges)
        return report

    def of_kind(self, kind: str) -> list[Exchange]:
        return [exchange for exchange in self.exchanges if exchange.kind == kind]


Stores = dict[str, MemoryStore]


def crawl_site(
    site: Playback,
    stems: Sequence[str],
    stores: Stores | None = None,
    now: datetime = MONDAY,
    **changed: Any,
) -> dict[str, CrawlReport]:
    """Crawl what a server plays, without delays; return the reports by stem."""
    kept = {} if stores is None else stores
    options: dict[str, Any] = {
        "connect": site.connect,
        "expect": site.expect,
        "delay": 0.0,
        "backoff": 0.0,
        "timeout": 5.0,
        **changed,
    }
    settings = CrawlSettings("Callboard-Test", "https://example.org/bot", lambda: now, **options)
    reports = crawl(stems, settings, lambda portal, _: kept.setdefault(portal.stem, MemoryStore()))
    return {report.portal: report for report in reports}


def play(routes: Iterable[Route], expect: Mapping[str, tuple[int, int]] | None = None) -> Playback:
    """Serve routes, with an open robots.txt on each of their hosts that has none."""
    routes = list(routes)
    hosts = {route.target.partition("/")[0] for route in routes}
    named = {route.target for route in routes}
    robots = [
        Route(f"https://{host}/robots.txt", b"User-agent: *\nDisallow:\n", headers=TEXT)
        for host in sorted(hosts)
        if f"{host}/robots.txt" not in named
    ]
    return Playback([*routes, *robots], expect)


def kinds(report: CrawlReport) -> list[str]:
    """Return the kinds of an CrawlReport's Issues, in order."""
    return [issue.kind for issue in report.issues]


def call_page(code: str = "RLX12020000001", title: str = "Bando di prova") -> bytes:
    """Return a sound page of it_lombardia."""
    text = "La Regione sostiene con un contributo le imprese che investono in Lombardia. " * 5
    return f"""<html lang="it"><head><title>{title}</title></head><body><main>
        <div class="chip bg-success-state"><span class="chip-label">Aperto</span></div>
        <h1>{title}</h1><p>Codice: <strong>{code}</strong></p>
        <div class="lead"><p>{text}</p></div></main></body></html>""".encode()
