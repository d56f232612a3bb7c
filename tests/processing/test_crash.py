"""kill -9 at any moment: what was said to be on disk is on disk, and the next run continues.

Real processes are killed: one that archives, one that processes, at moments spread over their
work. Each says what it has finished, so that the test can hold it to its word.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from schema.crawls import CrawlState
from storage.archive.archive import Archive
from tests.support.calls import FULL
from tests.support.ingesting import Story

ROOT = Path(__file__).parents[2]

ARCHIVING = """
import sys
from pathlib import Path
from storage.archive.archive import Archive
from tests.support.calls import FULL
from tests.support.ingesting import FIRST_DAY, PORTAL, write_page

file = Archive(Path(sys.argv[1])).begin(PORTAL, FIRST_DAY)
for number in range(1, 100_000):
    file.add(write_page(f"{number:05}", FULL, 0, number, PORTAL))
    print(number, flush=True)
"""

PROCESSING = """
import os, signal, sys
from pathlib import Path
from processing import crawl_ingestion
from processing import versions
from storage.archive.archive import Archive
from storage.database.engine import Database
from tests.support import ingesting

crawl_ingestion.TOGETHER = 1
folder, code, everything, left = Path(sys.argv[1]), sys.argv[2], bool(sys.argv[3]), int(sys.argv[4])
record = versions.record
def record_until_the_end(connection, readings, *, baseline):
    global left
    happened = record(connection, readings, baseline=baseline)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return happened
versions.record = record_until_the_end
database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
ingesting.process(Archive(folder / "archive"), database, code, everything=everything)
"""
"""Processes, and dies in the middle of a transaction after so many notices."""


@contextmanager
def running(program: str, *arguments: object) -> Iterator["subprocess.Popen[str]"]:
    child = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def kill_after(child: "subprocess.Popen[str]", lines: int) -> list[str]:
    """Read some lines, kill, and return all lines that were said."""
    assert child.stdout is not None
    said = [child.stdout.readline().strip() for _ in range(lines)]
    os.kill(child.pid, signal.SIGKILL)
    said += [line.strip() for line in child.stdout if line.endswith("\n")]
    child.wait()
    return [line for line in said if line]


@pytest.mark.parametrize("pages", [1, 7, 40])
def test_every_page_that_was_said_to_be_archived_is(tmp_path: Path, pages: int) -> None:
    with running(ARCHIVING, tmp_path) as child:
        said = kill_after(child, pages)
    archive = Archive(tmp_path)
    (crawl,) = archive.crawls()
    cache = [archived.number for archived in archive.exchanges(crawl)]
    assert len(said) >= pages
    assert cache in (list(range(1, len(said) + 1)), list(range(1, len(said) + 2)))
    report = archive.report(crawl)
    assert (report.state, report.pages) == (CrawlState.FAILED, len(cache))
    assert report.reason.startswith("interrupted")


def test_a_crawl_in_another_process_is_left_alone_until_it_dies(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with running(ARCHIVING, tmp_path) as child:
        assert child.stdout is not None
        child.stdout.readline()
        assert archive.crawls() == []
        kill_after(child, 1)
    assert len(archive.crawls()) == 1


@pytest.fixture
def long_story(tmp_path: Path) -> Iterator[Story]:
    story = Story(tmp_path)
    pages = {f"{number:03}": FULL for number in range(30)}
    for day in range(4):
        story.crawl(day, dict(list(pages.items())[: 30 - 5 * day]))
    yield story
    story.database.dispose()


def process_and_die(story: Story, code: str, everything: bool, after: int) -> None:
    arguments = (story.archive.folder.parent, code, "everything" if everything else "", after)
    with running(PROCESSING, *arguments) as child:
        assert child.wait() == -signal.SIGKILL


@pytest.mark.parametrize("notices", [1, 30, 31, 60])
def test_processing_that_was_killed_is_continued(long_story: Story, notices: int) -> None:
    process_and_die(long_story, "1", everything=False, after=notices)
    assert long_story.database.verify() == []
    rows = long_story.rows()
    done = {row[0] for row in rows["crawl"]}
    assert len(done) == sum(notices > size for size in (30, 55, 75))
    assert {row[1] for row in rows["page"]} == done
    long_story.process()
    resumed = long_story.rows()
    assert len(resumed["crawl"]) == 4
    long_story.process(everything=True)
    assert long_story.rows() == resumed


@pytest.mark.parametrize("notices", [1, 35])
def test_a_rebuild_that_was_killed_is_continued(long_story: Story, notices: int) -> None:
    long_story.process()
    before = long_story.rows()
    process_and_die(long_story, "2", everything=True, after=notices)
    long_story.process("2")
    after = long_story.rows()
    assert after.pop("derivation") != before.pop("derivation")
    assert after == before
