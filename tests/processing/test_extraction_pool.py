"""Pages inspected and read in other processes: the same comes out, whatever happens to those."""

import asyncio
import errno
import gc
import json
import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from crawlers import registry
from crawlers.crawl_record import CrawlRecord
from crawlers.pages import page_worker, pickle_channel
from crawlers.pages.inspection import Inspection
from crawlers.pages.readers import ParseResult
from crawlers.playback import Route
from processing import extraction_pool, parsed_page_cache
from processing.extraction_pool import ExtractionPool
from processing.extraction_worker import Answer, Question
from processing.ingestion import Processed
from processing.page_extraction import ExtractedPage, PageExtractor, ParsedPage
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import ArchivedExchange, Exchange
from storage.archive.crawls import PagePlace
from storage.database.tables import metadata
from tests.support.loopback import (
    BANDI,
    HTML,
    JSON,
    MONDAY,
    XML,
    Stores,
    call_page,
    crawl_site,
    kinds,
    play,
)

STEM = "it_lombardia"
PAGES = 40
Monkey = pytest.MonkeyPatch


def address(number: int) -> str:
    return f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/bando-RLX{number:011}"


def site(odd: bytes | None = None) -> list[Route]:
    """Return a portal of some calls; one page of them may be something else."""
    entries = "".join(f"<url><loc>{address(number)}</loc></url>" for number in range(PAGES))
    routes = [
        Route(f"{BANDI}/servizi/sitemap.xml", f"<urlset>{entries}</urlset>".encode(), headers=XML)
    ]
    for number in range(PAGES):
        body = call_page(f"RLX{number:011}", f"Bando numero {number}")
        routes.append(Route(address(number), body, headers=HTML))
    if odd is not None:
        routes[7] = Route(address(6), odd, headers=HTML)
    return routes


def crawled(stores: Stores | None = None, odd: bytes | None = None) -> CrawlReport:
    with play(site(odd), {STEM: (PAGES, PAGES)}) as server:
        return crawl_site(server, [STEM], stores)[STEM]


WALL = b"<html><head><title>Just a moment</title></head><body>Please wait.</body></html>"


@pytest.fixture
def answers(monkeypatch: Monkey) -> list[object]:
    """Have every page inspected apart; return what comes back."""
    monkeypatch.setattr(page_worker, "LARGE", 0)
    unpacked, found = pickle_channel.unpacked, []

    def unpack(data: bytes) -> object:
        found.append(unpacked(data))
        return found[-1]

    monkeypatch.setattr(pickle_channel, "unpacked", unpack)
    return found


@pytest.mark.parametrize("odd", [None, b"", WALL, b"<html><h1>Bando" + b" parola" * 300])
def test_a_crawl_judges_alike_whoever_examines(
    request: pytest.FixtureRequest, odd: bytes | None
) -> None:
    inside = crawled(odd=odd)
    answers = request.getfixturevalue("answers")
    assert crawled(odd=odd) == inside
    assert len([each for each in answers if isinstance(each, Inspection)]) == PAGES


def test_a_crawl_goes_on_without_until_the_process_is_ready(monkeypatch: Monkey) -> None:
    inside = crawled()
    monkeypatch.setattr(page_worker, "WORTH_A_PROCESS", 1)
    assert crawled() == inside


def test_a_crawl_examines_a_page_itself_where_the_process_is_behind() -> None:
    class Busy:
        is_ready, waiting = True, 0

        async def inspect_page(self, _: Exchange) -> Inspection:
            return Inspection(None, None)

    async def examine(waiting: int, size: int) -> Inspection | None:
        asking, busy = page_worker.PageWorker(), Busy()
        asking._met, asking._apart = page_worker.WORTH_A_PROCESS, busy  # type: ignore[assignment]
        busy.waiting = waiting
        return await asking.inspect(Exchange(STEM, "call", BANDI, MONDAY, 200, b"x" * size))

    assert asyncio.run(examine(page_worker.BEHIND - 1, 10)) is not None
    assert asyncio.run(examine(page_worker.BEHIND, 10)) is None
    assert (
        asyncio.run(examine(page_worker.BEHIND, page_worker.LARGE)) is not None
    )  # it would hold up all


def test_a_crawl_goes_on_when_the_examining_process_is_killed(
    request: pytest.FixtureRequest, monkeypatch: Monkey
) -> None:
    inside = crawled()
    answers = request.getfixturevalue("answers")
    start = pickle_channel.start

    def start_and_kill(module: str) -> Any:
        way, process = start(module)
        os.kill(process.pid, signal.SIGKILL)
        return way, process

    monkeypatch.setattr(pickle_channel, "start", start_and_kill)
    report = crawled()
    assert answers == []
    assert report == inside
    assert report.state is CrawlState.COMPLETE
    assert kinds(report) == []


def test_few_pages_are_in_memory_at_a_time(monkeypatch: Monkey) -> None:
    """Memory stays flat: whatever the number of pages, only those under way are held."""
    held: list[int] = []

    def count(_: CrawlRecord, __: Exchange) -> None:
        things = gc.get_objects()
        held.append(sum(isinstance(each, Exchange | Request) for each in things))

    monkeypatch.setattr(CrawlRecord, "archive", count)
    crawled()
    assert len(held) == PAGES + 2
    assert max(held[PAGES // 2 :]) <= max(held[: PAGES // 2]) + 5


# -- process ------------------------------------------------------------------------------


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    """Return an installation with one crawl of the portal."""
    with play(site(WALL), {STEM: (PAGES, PAGES)}) as server:
        crawl = CrawlConfig(contact="test@example.org", delay=0, connect=server.connect)
        made = Pipeline(Config(data_dir=tmp_path, crawl=crawl, now=MONDAY.isoformat()))
        made.prepare()
        made.crawl([STEM], expect=server.expect)
    return made


def rows(pipeline: Pipeline) -> dict[str, list[tuple[object, ...]]]:
    with pipeline.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(table.select())]
            for table in metadata.sorted_tables
        }


def processed(pipeline: Pipeline) -> tuple[Processed, dict[str, list[tuple[object, ...]]]]:
    return pipeline.process(everything=True), rows(pipeline)


def test_process_makes_the_same_rows_in_the_same_order_with_all_cores(
    pipeline: Pipeline, monkeypatch: Monkey
) -> None:
    inside = processed(pipeline)
    assert inside[0].notices == PAGES - 1
    monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1)
    assert processed(pipeline) == inside


@pytest.fixture
def read_by_process(monkeypatch: Monkey) -> list[int]:
    """Return the numbers of the pages that are read again, while they are."""
    numbers, find = [], PageExtractor.find

    def note(reader: PageExtractor, archived: ArchivedExchange) -> ParsedPage:
        numbers.append(archived.number)
        return find(reader, archived)

    monkeypatch.setattr(PageExtractor, "find", note)
    return numbers


def test_process_takes_what_the_crawl_of_its_run_has_read(
    pipeline: Pipeline, read_by_process: list[int]
) -> None:
    (crawl,) = pipeline.archive.crawls()
    places = pipeline.archive.places(crawl)
    done = pipeline.process()
    inside = rows(pipeline)
    no_calls = [place.number for place in places if place.kind != "call"]
    assert set(read_by_process) - set(no_calls) == {9}  # the wall: two come before the calls
    pipeline.close()
    assert (done, inside) == (replace(processed(pipeline)[0], rebuilt={}), rows(pipeline))
    assert len(read_by_process) == len(places) + len(no_calls) + 1


def test_other_processes_are_given_what_the_crawl_has_read(
    pipeline: Pipeline, monkeypatch: Monkey
) -> None:
    monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1)
    asked, ask = [], extraction_pool.Worker.ask

    def note(worker: extraction_pool.Worker, question: Question) -> None:
        asked.append(question)
        ask(worker, question)

    monkeypatch.setattr(extraction_pool.Worker, "ask", note)
    pipeline.process()
    inside = rows(pipeline)
    assert len([each for each in asked if isinstance(each, bytes)]) == PAGES - 1
    pipeline.process(everything=True)
    assert inside == rows(pipeline)


def test_without_room_nothing_is_kept(
    pipeline: Pipeline, monkeypatch: Monkey, tmp_path: Path
) -> None:
    (crawl,) = pipeline.archive.crawls()
    place = pipeline.archive.places(crawl)[-1]
    readings = parsed_page_cache.ParsedPageCache(tmp_path)
    readings.keep(place.read(), ParseResult())
    found = readings.find(place)
    assert found is not None
    assert pickle_channel.unpacked(found) == ParsedPage.of(place.read(), ParseResult())
    readings.keep(replace(place.read(), number=10_000), ParseResult())

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    readings.clear()
    monkeypatch.setattr(parsed_page_cache.tempfile, "TemporaryFile", fail)
    readings.keep(place.read(), ParseResult())
    assert readings.find(place) is None


def test_a_large_page_is_not_kept(pipeline: Pipeline, monkeypatch: Monkey, tmp_path: Path) -> None:
    (crawl,) = pipeline.archive.crawls()
    place = pipeline.archive.places(crawl)[-1]
    readings = parsed_page_cache.ParsedPageCache(tmp_path)
    monkeypatch.setattr(parsed_page_cache, "LARGE", len(place.read().exchange.body))
    readings.keep(place.read(), ParseResult())
    assert readings.find(place) is None


def test_process_goes_on_when_a_extraction_worker_is_killed(
    pipeline: Pipeline, monkeypatch: Monkey
) -> None:
    inside = processed(pipeline)
    monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(extraction_pool, "AHEAD", 16)
    answer, killed = extraction_pool.Worker.answer, []

    def answer_and_kill(worker: extraction_pool.Worker) -> Answer:
        found = answer(worker)
        if not killed:
            killed.append(worker._id.result())
            os.kill(killed[0], signal.SIGKILL)
        return found

    monkeypatch.setattr(extraction_pool.Worker, "answer", answer_and_kill)
    assert processed(pipeline) == inside
    assert killed


def test_what_a_notice_said_before_is_not_understood_again(pipeline: Pipeline) -> None:
    (crawl,) = pipeline.archive.crawls()
    places = [place for place in pipeline.archive.places(crawl) if place.kind == "call"]
    reader = PageExtractor(registry.load())
    (first,), (again,) = reader.read(places[0]), reader.read(places[0])
    assert first.notices[0].extracted is not None
    assert again.notices[0].raw == first.notices[0].raw
    assert again.notices[0].extracted is None


@pytest.mark.parametrize("processes", [False, True])
def test_a_page_of_many_notices_comes_in_parts(
    pipeline: Pipeline, monkeypatch: Monkey, tmp_path: Path, processes: bool
) -> None:
    portals = registry.load()
    file = pipeline.archive.begin("it_lombardia_register", MONDAY)
    rows = [{"codice_bando": f"RLX{number:011}", "titolo_bando": "Bando"} for number in range(450)]
    url = "https://www.dati.lombardia.it/resource/x.json"
    body = json.dumps(rows).encode()
    file.add(Exchange("it_lombardia_register", "register", url, MONDAY, 200, body, JSON))
    file.abandon()
    (crawl,) = pipeline.archive.crawls("it_lombardia_register")
    monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1 if processes else 2)
    parts = extract_all(pipeline.archive.places(crawl), PageExtractor(portals), tmp_path)
    assert [len(part.notices) for part in parts] == [200, 200, 50]
    assert [part.part for part in parts] == [0, 1, 2]
    assert [part.is_last for part in parts] == [False, False, True]


def test_readers_answer_in_order(pipeline: Pipeline, monkeypatch: Monkey, tmp_path: Path) -> None:
    monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(extraction_pool, "AHEAD", 1)
    (crawl,) = pipeline.archive.crawls()
    places = pipeline.archive.places(crawl)
    answered = [
        each.page.number for each in extract_all(places, PageExtractor(registry.load()), tmp_path)
    ]
    assert answered == [place.number for place in places]


def extract_all(
    places: list[PagePlace], reader: PageExtractor, folder: Path
) -> list[ExtractedPage]:
    """Read pages as `process` does."""
    nothing = parsed_page_cache.ParsedPageCache(folder)
    all_cores = ExtractionPool(reader, nothing, pages=len(places), seconds=60)
    try:
        return list(all_cores.extract_all(places, {}))
    finally:
        all_cores.close()
