"""The main job, end to end, over the demo week: what a newcomer runs first."""

import csv
import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.support.demo_run import DemoRun
from tests.support.installation import Installation

SEED_CODES = {"RLA12020034211", "COS-CLUSTER-2020-3-03"}


@pytest.fixture(scope="module")
def demo(demo_run: DemoRun) -> tuple[Installation, str]:
    """Return the installation that the demo leaves, and what it printed."""
    return demo_run.installation, demo_run.printed


def shown(installation: Installation, *arguments: str) -> Any:
    done = installation.run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def dump(database: Path) -> str:
    """Return every row of every table as text, whatever their order on disk."""
    with sqlite3.connect(database) as connection:
        return "\n".join(sorted(connection.iterdump()))


def test_it_ends_with_a_table_of_portals_the_linked_call_and_the_paths(
    demo: tuple[Installation, str],
) -> None:
    installation, printed = demo
    for portal in ("it_lombardia", "it_lombardia_register", "hr_ra_vsz", "eu_funding_tenders"):
        assert f"{portal}" in printed
    assert "complete" in printed
    assert str(installation.config.parent / "callboard.sqlite") in printed
    assert "callboard-2020-11-23.csv" in printed
    assert "ra-vsz.hr/cosme-poziv-2020" in printed
    assert "RLA12020034211" in printed


def test_the_two_seed_pages_are_one_call_with_two_notices(demo: tuple[Installation, str]) -> None:
    call = shown(demo[0], "show", "RLA12020034211")
    assert {notice["portal"] for notice in call["notices"]} == {"it_lombardia", "hr_ra_vsz"}
    assert len(call["notices"]) == 2
    assert set(call["codes"]) == SEED_CODES
    assert call["published"] == "2020-11-09"
    assert call["opens"] == "2020-11-09"
    assert call["deadlines"] == ["2021-02-02"]
    assert call["budget_total"] == {"amount": 6000000, "currency": "EUR"}
    assert call["expected_projects"] == 12
    assert call["programme"] == "COSME"
    assert call["consortium"] == {"min_partners": 3, "min_countries": 3}
    assert "cluster" in call["applicant_types"]


def test_what_the_croatian_page_lacks_is_filled_with_its_source_visible(
    demo: tuple[Installation, str],
) -> None:
    call = shown(demo[0], "show", "RLA12020034211")
    by_portal = {notice["portal"]: notice for notice in call["notices"]}
    croatian, lombard = by_portal["hr_ra_vsz"], by_portal["it_lombardia"]
    for field, empty in (("codes", []), ("deadlines", []), ("budget_total", None)):
        assert croatian[field] == empty
        assert croatian["absence"][field] in ("not_found", "not_published")
        assert {proof["source"] for proof in call["evidence"][field]} == {lombard["id"]}
    assert croatian["published"] == "2020-11-16"
    assert croatian["applicant_types"] == ["any_legal_entity"]


def test_what_a_page_lacks_is_filled_from_its_document(demo: tuple[Installation, str]) -> None:
    call = shown(demo[0], "show", "RLD12020036018")
    assert call["budget_total"] == {"amount": 12000000, "currency": "EUR"}
    (proof,) = call["evidence"]["budget_total"]
    assert proof["source"].startswith("sha256:")
    with sqlite3.connect(demo[0].config.parent / "callboard.sqlite") as database:
        (text,) = database.execute(
            "SELECT text FROM document WHERE ? = 'sha256:' || sha256", [proof["source"]]
        ).fetchone()
        scans = database.execute("SELECT portal FROM issue WHERE kind = 'scanned_document'")
        assert scans.fetchall() == [("hr_ra_vsz",)]
    assert text[proof["start"] : proof["end"]] == proof["quote"]
    for printed in (demo[1], demo[0].run("show", "RLD12020036018").stdout):
        assert "document “Allegato 1" in printed


def test_near_misses_stay_apart(demo: tuple[Installation, str]) -> None:
    several = [
        call for call in shown(demo[0], "link") if len({n["portal"] for n in call["notices"]}) > 1
    ]
    for call in several:
        portals = sorted(notice["portal"] for notice in call["notices"])
        assert portals != ["eu_funding_tenders", "hr_ra_vsz", "it_lombardia"]
    tourism = shown(demo[0], "show", "COS-TOURINN-2020-3-04")
    assert "RLA12020034211" not in tourism["codes"]


def test_the_digest_tells_what_happened_in_the_week(demo: tuple[Installation, str]) -> None:
    digest = next((demo[0].config.parent / "digests").glob("*.csv"))
    raw = digest.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(raw.decode("utf-8-sig").splitlines()))
    groups = {row["group"] for row in rows}
    assert {"new", "extended", "closing_soon"} <= groups
    assert len(rows) == len({row["call_id"] for row in rows})
    assert all(row["title"] and row["url"] for row in rows)
    extended = next(row for row in rows if row["group"] == "extended")
    assert "→" in extended["what_happened"]


def test_a_portal_that_repeats_a_known_call_makes_no_new_one(
    demo: tuple[Installation, str],
) -> None:
    """Not even where the first crawls of all, which found the call, lie within the digest."""
    done = demo[0].run("digest", "--since", "30d", "--output", "-")
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader(done.stdout.removeprefix("\ufeff").splitlines()))
    new = [row for row in rows if "new on" in row["what_happened"]]
    assert [row["group"] for row in new] == ["new"]
    assert not SEED_CODES & set(new[0]["codes"].split("; "))


def test_the_first_crawl_raises_no_flood_of_new(demo: tuple[Installation, str]) -> None:
    with sqlite3.connect(demo[0].config.parent / "callboard.sqlite") as database:
        first_day = database.execute(
            "SELECT count(*) FROM event WHERE kind = 'new' AND at < '2020-11-17'"
        ).fetchone()
    assert first_day == (0,)


def test_processing_everything_again_gives_the_same_bytes(
    demo: tuple[Installation, str], tmp_path: Path
) -> None:
    folder = tmp_path / "again"
    shutil.copytree(demo[0].config.parent, folder)
    database = folder / "callboard.sqlite"
    again = Installation(folder / "callboard.toml")
    before = dump(database)
    done = again.run("process", "--all")
    assert done.returncode == 0, done.stderr
    assert dump(database) == before
    database.unlink()
    done = again.run("process", "--all")
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(database) as fresh:
        calls = fresh.execute("SELECT id, title, codes FROM call ORDER BY id").fetchall()
    with sqlite3.connect(demo[0].config.parent / "callboard.sqlite") as old:
        assert calls == old.execute("SELECT id, title, codes FROM call ORDER BY id").fetchall()


def test_open_calls_that_close_soon_read_well(demo: tuple[Installation, str]) -> None:
    done = demo[0].run("calls", "--open", "--closing-within", "14d")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:3] == ["Deadline", "Left", "Status"]
    assert all("open" in line for line in lines[1:] if line.startswith("2020-"))
    found = shown(demo[0], "calls", "--open", "--closing-within", "14d")
    assert found
    assert all(min(call["deadlines"])[:10] <= "2020-12-07" for call in found)


def test_nothing_found_says_so_and_is_exit_code_1(demo: tuple[Installation, str]) -> None:
    done = demo[0].run("calls", "--text", "zzzz")
    assert (done.returncode, done.stdout) == (1, "")
    assert "No call fits" in done.stderr


def test_a_call_that_does_not_exist_is_one_line(demo: tuple[Installation, str]) -> None:
    done = demo[0].run("show", "c-nothing")
    assert done.returncode == 2
    assert "no call c-nothing" in done.stderr


def test_status_tells_each_portal(demo: tuple[Installation, str]) -> None:
    found = {each["portal"]: each for each in shown(demo[0], "status")}
    assert all(each["state"] == "complete" for each in found.values())
    assert found["hr_ra_vsz"]["standing"] > 0


def test_the_catalogue_is_a_list_of_portals(demo: tuple[Installation, str]) -> None:
    found = {each["portal"]: each for each in shown(demo[0], "portals")}
    assert found["hr_ra_vsz"]["country"] == "HR"
    assert found["hr_ra_vsz"]["last_success"].startswith("2020-11-23")


def test_an_analyst_reads_the_view_of_open_calls(demo: tuple[Installation, str]) -> None:
    with sqlite3.connect(demo[0].config.parent / "callboard.sqlite") as database:
        status = database.execute(
            "SELECT status, budget, title_status FROM call_now WHERE codes LIKE '%COS-CLUSTER%'"
        ).fetchone()
    assert status[:2] == ("open", 6000000.0)  # at the demo's clock, not at today's


def test_the_database_is_sound(demo: tuple[Installation, str]) -> None:
    assert demo[0].run("db", "check").returncode == 0
