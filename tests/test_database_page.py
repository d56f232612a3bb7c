"""docs/database.md: its dictionary is in step with the tables, and its queries run."""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from schema.calls import ApplicantType
from storage.database import calls
from storage.identity import notice_id
from tests.calls import FULL, deadlines, on, proof
from tests.folding import PORTAL, Story
from tests.test_storage import Link

ROOT = Path(__file__).parent.parent
QUERIES = re.findall(r"```sql\n(.*?)```", (ROOT / "docs/database.md").read_text(), re.DOTALL)


def test_the_dictionary_is_in_step() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/data_dictionary.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    told = Story(tmp_path_factory.mktemp("page"))
    told.crawl(0, {"a": FULL})
    told.crawl(1, {"a": replace(FULL, deadlines=deadlines(on(2999, 3, 2)))})
    told.crawl(1, {"a": FULL}, portal="hr_other")
    told.process()
    first, second = notice_id(PORTAL, "a"), notice_id("hr_other", "a")
    call = replace(
        FULL,
        deadlines=deadlines(on(2999, 3, 2)),
        applicant_types=(ApplicantType.SME,),
        evidence={"codes": (proof("RLA12020034211", source=first),)},
    )
    with told.database.write() as connection:
        calls.save(connection, [calls.MergedCall("c-one", call, [Link(first), Link(second)])])
        connection.execute(text("UPDATE event SET at = datetime('now')"))
        connection.execute(
            text("UPDATE call_deadline SET deadline_utc = datetime('now', '+1 day')")
        )
    yield told
    told.database.dispose()


def test_there_are_queries() -> None:
    assert len(QUERIES) == 7


@pytest.mark.parametrize("query", QUERIES)
def test_every_query_of_the_page_finds_something(story: Story, query: str) -> None:
    with story.database.read() as connection:
        assert connection.exec_driver_sql(query).all()
