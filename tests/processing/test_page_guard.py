"""One bad page costs itself: whatever a page, a notice or a verdict holds, the others stand.

Over 400 lines because each kind of page, verdict and process that goes wrong has its own test.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawlers import registry
from crawlers.pages.notice_checks import LONGEST_IDENTITY
from processing import crawl_ingestion, extraction_pool, page_extraction, versions
from processing.ingestion import ingest
from processing.page_extraction import PageExtractor
from processing.parsed_page_cache import ParsedPageCache
from schema.calls import Text
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import Exchange
from schema.issues import Issue
from storage.archive.archive import Archive
from storage.canonical import to_json
from storage.database import crawls, notices, pages_set_aside
from tests.crawlers.spiders.test_portals import CASES, load_page
from tests.support.calls import FULL
from tests.support.ingesting import (
    FIRST_DAY,
    ODD_VALUES,
    PORTAL,
    ROOT,
    Shown,
    Story,
    StoryReader,
    address,
)
from tests.support.loopback import BANDI, HTML, JSON, call_page

OTHER = replace(FULL, title=Text("Bando per i distretti", "it"), codes=("RLX1",))
SOUND = {"a": FULL, "b": OTHER}
Monkey = pytest.MonkeyPatch


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = Story(tmp_path)
    yield told
    told.database.dispose()


@pytest.fixture(params=["inside", "apart"])
def processes(request: pytest.FixtureRequest, monkeypatch: Monkey) -> None:
    """Read with and without other processes."""
    if request.param == "apart":
        monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1)


@pytest.fixture
def apart(monkeypatch: Monkey) -> None:
    monkeypatch.setattr(extraction_pool, "WORTH_PROCESSES", 1)


def names(story: Story) -> set[str]:
    with story.database.read() as connection:
        return {each.source_id for each in notices.current(connection)}


def failures(story: Story, kind: str = "reader_failed") -> list[Issue]:
    return [issue for issue in story.issues() if issue.kind == kind]


def derived(story: Story) -> list[str]:
    """Return all rows, but for what is kept of pages that were set aside."""
    return [line for line in story.dump().splitlines() if '"page_set_aside" VALUES' not in line]


def same_when_rebuilt(story: Story, **more: Any) -> None:
    before = derived(story)
    story.process(everything=True, **more)
    assert derived(story) == before


# -- pages and notices --------------------------------------------------------------------


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(("does", "what"), [("fail", "page"), ("not_understand", "notice")])
def test_a_page_that_fails_costs_itself(story: Story, does: str, what: str) -> None:
    story.crawl(0, {"bad": Shown(FULL, does=does), **SOUND})
    story.crawl(0, SOUND, portal="hr_other")
    story.process()
    assert names(story) == {"a", "b"}
    assert len(story.rows()["notice"]) == 4
    (issue,) = failures(story)
    assert what in issue.message
    assert issue.url == address("bad")
    assert issue.detail is not None
    assert issue.detail.partition(" ")[0] in ("LookupError", "ArithmeticError")
    assert "nothing is there" not in str(issue)
    assert len(story.rows()["page"]) == 5
    same_when_rebuilt(story)


@pytest.mark.usefixtures("processes")
@pytest.mark.parametrize(
    "field", ["source_id", "url", "title", "labelled", "attachments", "declared_status", "portal"]
)
def test_a_notice_may_hold_anything(story: Story, field: str) -> None:
    odd = {f"bad {kind}": Shown(OTHER, odd=(field, kind)) for kind in ODD_VALUES}
    story.crawl(0, {**odd, **SOUND})
    story.process()
    fits = {"title": {"long"}, "declared_status": {"long", "null"}}.get(field, set())
    wrong = ODD_VALUES.keys() - fits
    survives = field not in ("source_id", "url", "portal")
    assert {"a", "b", *(odd if survives else ())} <= names(story)
    assert {issue.url for issue in failures(story)} == {address(f"bad {kind}") for kind in wrong}
    same_when_rebuilt(story)


def test_ids_that_no_database_could_tell_apart_are_no_identities(story: Story) -> None:
    story.crawl(0, {"x": Shown(FULL, "a\x00"), "y": Shown(OTHER, "a\ud800"), **SOUND})
    story.process()
    assert names(story) == {"a", "b"}
    assert {(each.url, each.field) for each in failures(story)} == {
        (address("x"), "source_id"),
        (address("y"), "source_id"),
    }


def test_a_failed_notice_is_tried_again_when_the_code_changes(
    story: Story, monkeypatch: Monkey
) -> None:
    story.crawl(0, {"bad": Shown(FULL, does="fail"), **SOUND})
    story.process("1")
    assert "bad" not in names(story)
    monkeypatch.setattr(StoryReader, "fail", lambda _: None)
    story.process("1")
    assert "bad" not in names(story)
    story.process("2")
    assert names(story) == {"bad", "a", "b"}
    assert failures(story) == []


def test_a_notice_that_is_mended_is_read_in_the_next_crawl(story: Story) -> None:
    story.crawl(0, {"a": Shown(FULL, does="not_understand"), "b": OTHER})
    story.crawl(1, SOUND)
    story.process()
    assert names(story) == {"a", "b"}
    assert len(failures(story)) == 1


@pytest.mark.parametrize("bad", [0, 5, 9])
def test_a_notice_that_the_database_refuses_is_found_among_others(
    story: Story, monkeypatch: Monkey, bad: int
) -> None:
    make, calls = versions._version_row, []

    def refuse(reading: Any, *rest: Any) -> Any:
        calls.append(reading)
        row = make(reading, *rest)
        return {**row, "number": 10**30} if reading.raw.source_id == f"n{bad}" else row

    monkeypatch.setattr(versions, "_version_row", refuse)
    story.crawl(0, {f"n{number}": FULL for number in range(10)})
    story.process()
    assert names(story) == {f"n{number}" for number in range(10)} - {f"n{bad}"}
    (issue,) = failures(story)
    assert issue.detail is not None
    assert issue.detail.startswith("OverflowError")
    assert len(calls) < 10 * 5  # by halves, not one by one


def test_issues_of_a_reader_may_hold_anything(story: Story) -> None:
    found = Issue("odd", "A sound one", detail="x\ud800", field="y\x00")
    bad: Any = Issue("odd", "Of other types", detail=5)  # type: ignore[arg-type]
    story.crawl(0, {"a": Shown(FULL, issues=(found, bad)), "b": OTHER})
    story.process()
    assert {(issue.kind, issue.detail) for issue in story.issues()} == {
        ("odd", "x\ufffd"),
        ("odd", "5"),
    }
    assert names(story) == {"a", "b"}


# -- verdicts and crawls ------------------------------------------------------------------


def test_an_old_verdict_may_hold_anything(story: Story) -> None:
    odd: dict[str, Any] = {
        "seen": frozenset({5, 6}),
        "announced": 10**30,
        "issues": (Issue("unknown_status", "new word", detail=7),),  # type: ignore[arg-type]
    }
    story.crawl(0, SOUND)
    story.crawl(1, SOUND, **odd)
    story.process()
    assert names(story) == {"a", "b"}
    assert [row[9] for row in story.rows()["crawl"]] == [None, None]
    assert [(issue.kind, issue.detail) for issue in story.issues()] == [("unknown_status", "7")]


@pytest.mark.parametrize("verdict", ["{", "[]", '{"portal": "x"}', '{"started_at": "yesterday"}'])
def test_a_verdict_that_cannot_be_read_is_none(
    story: Story, monkeypatch: Monkey, verdict: str
) -> None:
    story.crawl(0, SOUND)
    monkeypatch.setattr("storage.archive.crawl_file.to_json", lambda _: verdict)
    story.crawl(1, {"a": FULL})
    story.crawl(2, {"a": FULL})
    story.process()
    assert [row[4] for row in story.rows()["crawl"]] == ["complete", "failed", "failed"]
    assert names(story) == {"a", "b"}


def test_a_damaged_page_costs_itself(story: Story) -> None:
    crawl_id = story.crawl(0, {"a": FULL, "b": OTHER, "c": FULL})
    crawl = story.archive.crawl(crawl_id)
    first, second, _ = story.archive.places(crawl)
    data = bytearray(crawl.path.read_bytes())
    data[second.offset + 40] ^= 0xFF
    crawl.path.write_bytes(data)  # the index still fits
    story.process()
    assert names(story) == {"a", "c"}
    (issue,) = failures(story, "archive_incomplete")
    assert f"Page 2 of {crawl_id}" in issue.message
    assert {row[0] for row in story.rows()["page"]} == {first.id, f"{crawl_id}/3"}


def test_a_crawl_that_cannot_be_processed_costs_itself(story: Story, monkeypatch: Monkey) -> None:
    finish = versions.finish

    def fail(connection: Any, report: CrawlReport) -> Any:
        if report.portal == "hr_other":
            raise RuntimeError("a bug of ours")
        return finish(connection, report)

    monkeypatch.setattr(versions, "finish", fail)
    story.crawl(0, SOUND, portal="hr_other")
    story.crawl(1, SOUND)
    story.process()
    assert {row[1] for row in story.rows()["notice"]} == {PORTAL}
    assert {row[1]: row[4] for row in story.rows()["crawl"]} == {
        "hr_other": "failed",
        PORTAL: "complete",
    }
    (issue,) = failures(story)
    assert "The crawl could not be processed" in issue.message


def test_the_rest_of_a_failed_crawl_is_not_taken_for_the_next(
    story: Story, monkeypatch: Monkey
) -> None:
    save = crawls.save_pages

    def fail(connection: Any, rows: Any) -> None:
        if any(row["crawl_id"].startswith("hr_other") for row in rows):
            raise RuntimeError("a bug of ours")
        save(connection, rows)

    monkeypatch.setattr(crawls, "save_pages", fail)
    monkeypatch.setattr(crawl_ingestion, "TOGETHER", 1)
    story.crawl(0, {"x": FULL, "y": OTHER, "z": FULL}, portal="hr_other")
    story.crawl(1, SOUND)
    story.process()
    assert names(story) == {"a", "b"}
    assert [row[4] for row in story.rows()["crawl"]] == ["failed", "complete"]


# -- processes ----------------------------------------------------------------------------


def many(bad: Shown, at: int, count: int = 40) -> dict[str, Any]:
    pages: dict[str, Any] = {f"n{number:02}": FULL for number in range(count)}
    return {**pages, f"n{at:02}": bad}


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("at", [0, 39])
@pytest.mark.parametrize(
    ("does", "reason"),
    [
        ("die", "killed, or crashed"),
        ("hang", "longer than 4 seconds"),
        ("take_all_memory", "memory"),
    ],
)
def test_a_page_that_ends_or_holds_up_its_process_is_found(
    story: Story, does: str, reason: str, at: int
) -> None:
    story.crawl(0, many(Shown(FULL, does=does), at))
    story.process(page_seconds=4)
    assert names(story) == set(many(Shown(FULL), at)) - {f"n{at:02}"}
    (issue,) = failures(story, "page_set_aside")
    assert issue.url == address(f"n{at:02}")
    assert reason in issue.message
    assert len(story.rows()["page"]) == 40
    same_when_rebuilt(story, page_seconds=4)


@pytest.mark.usefixtures("apart")
def test_code_that_never_comes_back_is_ended(story: Story) -> None:
    story.crawl(0, {"a": FULL, "bad": Shown(FULL, does="hang_for_good"), "b": OTHER})
    story.process(page_seconds=2)
    assert names(story) == {"a", "b"}
    assert len(failures(story, "page_set_aside")) == 1


@pytest.mark.parametrize("does", ["hang", "take_all_memory"])
def test_a_page_is_bounded_without_other_processes(story: Story, does: str) -> None:
    story.crawl(0, {"a": FULL, "bad": Shown(FULL, does=does), "b": OTHER})
    left = signal.setitimer(signal.ITIMER_REAL, 200)
    story.process(page_seconds=2)
    assert 150 < signal.setitimer(signal.ITIMER_REAL, *left)[0] < 200  # others' alarms go on
    assert names(story) == {"a", "b"}
    assert len(failures(story, "page_set_aside")) == 1
    same_when_rebuilt(story, page_seconds=2)


@pytest.fixture
def tries(monkeypatch: Monkey) -> list[str]:
    """Return the questions put to other processes."""
    asked, ask = [], extraction_pool.Worker.ask

    def note(worker: extraction_pool.Worker, question: Any) -> None:
        asked.append(question.id)
        ask(worker, question)

    monkeypatch.setattr(extraction_pool.Worker, "ask", note)
    return asked


def test_what_was_set_aside_is_tried_by_a_few_runs_and_by_other_code(
    story: Story, tries: list[str], monkeypatch: Monkey
) -> None:
    monkeypatch.setattr(pages_set_aside, "TRIES", 2)
    crawl_id = story.crawl(0, {"a": FULL, "bad": Shown(FULL, does="hang")})
    story.process(page_seconds=2)
    once = derived(story)
    for _ in range(3):
        story.process(everything=True, page_seconds=2)
    assert tries == [f"{crawl_id}/2"]
    assert derived(story) == once
    story.process("2", page_seconds=2)
    assert 'INSERT INTO "page_set_aside" VALUES' in story.dump()
    assert [row[2:] for row in story.rows()["page_set_aside"]] == [("2", 1)]


def test_what_can_be_read_again_is_taken_in(
    story: Story, tmp_path: Path, monkeypatch: Monkey
) -> None:
    obstacle = tmp_path / "obstacle"
    obstacle.touch()
    story.crawl(0, {"a": FULL, "slow": Shown(FULL, does=f"hang_while {obstacle}")})
    story.process(page_seconds=2)
    assert names(story) == {"a"}
    obstacle.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(pages_set_aside, "TRIES", 1)
        same_when_rebuilt(story, page_seconds=2)
    story.process(page_seconds=5)
    assert names(story) == {"a", "slow"}
    assert story.done is not None
    assert "was set aside, can be read now" in str(story.done.rebuilt)
    assert story.rows()["page_set_aside"] == []


@pytest.mark.usefixtures("apart")
def test_pages_are_read_here_where_no_process_starts(story: Story, monkeypatch: Monkey) -> None:
    story.crawl(0, many(Shown(FULL, does="fail"), 20))
    monkeypatch.setattr(extraction_pool.extraction_worker, "begin", os.abort)  # takes no arguments
    story.process()
    assert len(names(story)) == 39


@pytest.mark.usefixtures("apart")
def test_few_pages_are_under_way_at_a_time(story: Story, monkeypatch: Monkey) -> None:
    story.crawl(0, many(Shown(FULL), 0, 400))
    monkeypatch.setattr(extraction_pool, "AHEAD", 16)
    (crawl,) = story.archive.crawls()
    places = story.archive.places(crawl)
    asked = 0

    def ask() -> Iterator[Any]:
        nonlocal asked
        for place in places:
            asked += 1
            yield place

    nothing = ParsedPageCache(story.archive.folder)
    all_cores = extraction_pool.ExtractionPool(StoryReader({}), nothing, pages=400, seconds=60)
    try:
        for taken, page in enumerate(all_cores.extract_all(ask(), {})):
            assert page.page.number == taken + 1
            assert asked - taken <= 16 * (os.cpu_count() or 1)
    finally:
        all_cores.close()


PROGRAM = """
import sys
from pathlib import Path
from processing import extraction_pool as readers
from tests.support.ingesting import Story

readers.WORTH_PROCESSES = 1
story = Story(Path(sys.argv[1]))
print("begins", flush=True)
story.process(page_seconds=60)
"""
"""As a script without a guard around what it does, which other processes must not do again."""


def children(folder: Path) -> list[int]:
    """Return the processes that have the folder's name in their environment."""
    found = []
    for each in Path("/proc").glob("[0-9]*/environ"):
        try:
            environment = each.read_bytes()
        except OSError:
            continue
        if f"STORY={folder}".encode() in environment.split(b"\0"):
            found.append(int(each.parent.name))
    return found


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_other_processes_end_with_the_one_that_asks(
    story: Story, tmp_path: Path, end: signal.Signals
) -> None:
    story.crawl(0, many(Shown(FULL, does="hang"), 0))
    script = tmp_path / "script.py"
    script.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "STORY": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, script, tmp_path],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        deadline = time.monotonic() + 60
        while len(children(tmp_path)) < 4 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.5)
        if end is signal.SIGINT:
            os.killpg(child.pid, end)  # as a terminal does
        else:
            child.kill()
        child.wait(30)
        said = child.stderr.read().decode()
        assert child.stdout.read() == b""  # begun once
    assert child.returncode in (-end, 130, 1)
    assert said.count("Traceback") <= 1
    while children(tmp_path) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children(tmp_path) == []


# -- portals ------------------------------------------------------------------------------

CALIFORNIA = "https://data.ca.gov/api/3/action/datastore_search?limit=500&offset=0&sort=_id"
ROW = {"_id": 1, "PortalID": "1", "Title": "Good grant", "Status": "active", "Purpose": "A grant."}
BANDO = f"{BANDI}/servizi/servizio/bandi/dettaglio/x/prova-RLX1202000000"


def register(*rows: dict[str, Any], number: int = 0) -> Exchange:
    body = json.dumps({"success": True, "result": {"total": len(rows), "records": rows}})
    return answer("us_california", "register", f"{CALIFORNIA}#{number}", body.encode(), JSON)


def answer(portal: str, kind: str, url: str, body: bytes, headers: dict[str, str]) -> Exchange:
    return Exchange(portal, kind, url, FIRST_DAY, 200, body, headers)


def archived(folder: Path, pages: list[Exchange], day: int = 0) -> Archive:
    """Return an archive with one crawl of each portal."""
    archive = Archive(folder / "archive")
    start = FIRST_DAY + timedelta(days=day)
    for portal in sorted({page.portal for page in pages}):
        file = archive.begin(portal, start)
        for page in pages:
            if page.portal == portal:
                file.add(page)
        state = CrawlState.PARTIAL
        file.close(CrawlReport(portal, "", start, start, state, "", 1, 0, frozenset()))
    return archive


def process_portals(story: Story) -> None:
    nothing = ParsedPageCache(story.archive.folder)
    ingest(story.archive, story.database, PageExtractor(registry.load()), nothing)


@pytest.mark.parametrize(
    "bad",
    [
        register(ROW, {**ROW, "PortalID": "2", "Title": None}),
        register(ROW, {**ROW, "PortalID": 2}),
        register(ROW, {**ROW, "PortalID": "2", "Purpose": "\ud800 grant"}),
        register(ROW, {**ROW, "PortalID": "9" * (LONGEST_IDENTITY + 1)}),
        answer(
            "it_lombardia",
            "call",
            f"{BANDO}2",
            call_page("RLX12020000002", "Attività").decode().encode("latin-1"),
            {"Content-Type": "text/html; charset=base64"},
        ),
    ],
    ids=["null title", "number as id", "surrogate", "long id", "charset"],
)
def test_what_was_archived_once_never_stops_the_others(
    story: Story, tmp_path: Path, bad: Exchange
) -> None:
    sound = answer("it_lombardia", "call", f"{BANDO}1", call_page(), HTML)
    archived(tmp_path, [sound, register(ROW, number=1), bad])
    process_portals(story)
    assert {"RLX12020000001", "1"} <= {row[2].rpartition("-")[2] for row in story.rows()["notice"]}
    archived(tmp_path, [sound, register(ROW)], day=1)
    process_portals(story)
    assert len(story.rows()["crawl"]) == 4
    assert all("could not be processed" not in row[5] for row in story.rows()["crawl"])


def test_a_page_in_parts_is_one_page(story: Story, tmp_path: Path, monkeypatch: Monkey) -> None:
    monkeypatch.setattr(page_extraction, "PART", 2)
    archived(tmp_path, [register(*({**ROW, "PortalID": str(number)} for number in range(5)))])
    process_portals(story)
    assert (len(story.rows()["notice"]), len(story.rows()["page"])) == (5, 1)
    assert [row[4] for row in story.rows()["crawl"]] == ["partial"]


ODD_LEAVES = [*ODD_VALUES.values(), True, 1.5, {"a": 1}, "", -1, "9" * 5000]
MUTATIONS = 600


def leaves(found: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    entries = found.items() if isinstance(found, dict) else enumerate(found[:2])
    for key, value in entries:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from leaves(value, (*path, key))


def mutated(page: Any, chance: random.Random) -> bytes:
    found = json.loads(page)
    *way, last = chance.choice(list(leaves(found)))
    inner = found
    for key in way:
        inner = inner[key]
    inner[last] = chance.choice(ODD_LEAVES)
    return json.dumps(found).encode()


def test_mutated_answers_cost_only_themselves(story: Story, tmp_path: Path) -> None:
    """One leaf of a portal's saved JSON is something else; every such page is archived."""
    chance = random.Random(10)  # noqa: S311 - the same in every run
    cases = [load_page(case)[0].exchange for case in CASES if list(case.glob("page.json"))]
    pages = []
    for number in range(MUTATIONS):
        page = cases[number % len(cases)]
        url = f"{page.url}#{number}"
        pages.append(replace(page, url=url, body=mutated(page.body, chance)))
    archived(tmp_path, [*pages, register(ROW)])
    process_portals(story)
    crawls = story.rows()["crawl"]
    assert len(crawls) == len({page.portal for page in pages})
    assert all("could not be processed" not in row[5] for row in crawls)
    assert len(story.rows()["page"]) == MUTATIONS + 1
    assert to_json(story.issues())  # and all can be told
