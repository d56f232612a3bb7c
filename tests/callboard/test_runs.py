"""Runs that go wrong: no network, a killed process, two at once, a store that can't be written."""

import json
import os
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
from filelock import FileLock

from crawlers.playback import Playback, load_site
from tests.support.installation import ROOT, Installation, callboard

SITE = ROOT / "tests/fixtures/sites/demo/2020-11-16"
PORTAL = "hr_ra_vsz"
PORTALS = set(load_site(SITE).expect)


def test_without_a_network_each_portal_is_one_line_and_the_data_stays(tmp_path: Path) -> None:
    with Playback.of(SITE) as playback:
        online = Installation.make(tmp_path, playback.connect)
        assert online.run("crawl", PORTAL).returncode in (0, 1)
        assert online.run("process").returncode == 0
        hosts = playback.connect
    before = json.loads(online.run("calls", "--json").stdout)
    assert before
    nobody = dict.fromkeys(hosts, "127.0.0.1:9")
    offline = Installation.make(tmp_path, nobody, now="2020-11-17T06:00:00Z")
    done = offline.run("run")
    assert done.returncode == 1
    told = [line for line in done.stdout.splitlines() if "unreachable" in line]
    assert {line.split()[0] for line in told} == PORTALS
    assert "Traceback" not in done.stderr
    after = json.loads(offline.run("calls", "--json").stdout)
    assert [call["id"] for call in after] == [call["id"] for call in before]


def test_a_run_killed_in_the_middle_of_its_crawl_is_continued_by_the_next(tmp_path: Path) -> None:
    with Playback.of(SITE) as playback:
        installation = Installation.make(tmp_path, playback.connect)
        running = subprocess.Popen(
            installation.command("run", PORTAL, "it_lombardia"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        _wait_until(lambda: len(playback.asked) >= 6)
        os.kill(running.pid, signal.SIGKILL)
        running.wait()
        done = installation.run("run", PORTAL, "it_lombardia")
    assert "another run" not in done.stderr
    assert "Traceback" not in done.stderr
    with sqlite3.connect(installation.data / "callboard.sqlite") as database:
        states = database.execute("SELECT portal, state FROM crawl ORDER BY id").fetchall()
        notices = database.execute("SELECT count(*) FROM notice").fetchone()
    assert (PORTAL, "complete") in states or (PORTAL, "partial") in states
    assert notices[0] >= 10
    assert installation.run("db", "check").returncode == 0


def test_a_second_run_does_nothing_and_says_so(tmp_path: Path) -> None:
    installation = Installation.make(tmp_path, {})
    installation.data.mkdir()
    with FileLock(installation.data / "run.lock"):
        done = installation.run("run")
    assert done.returncode == 3
    assert done.stderr.startswith("callboard: another run is at work")


def test_a_database_that_cannot_be_written_is_one_line_before_anything_is_fetched(
    tmp_path: Path,
) -> None:
    with Playback(load_site(SITE).routes) as playback:
        installation = Installation.make(tmp_path, playback.connect)
        config = installation.config.read_text()
        installation.config.write_text(f'database = "sqlite:////proc/no/such.sqlite"\n{config}')
        done = installation.run("run")
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert "/proc/no" in done.stderr
    assert not playback.asked


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("colour = 'red'", "colour"),
        ("now = 2020-11-16T06:00:00", "needs a zone"),
        ("[crawl]\ndelay = 'long'", "crawl.delay"),
        ("this is not TOML", "callboard.toml"),
    ],
)
def test_a_wrong_configuration_is_one_line_that_names_the_key(
    tmp_path: Path, line: str, words: str
) -> None:
    config = tmp_path / "callboard.toml"
    config.write_text(f"{line}\n")
    done = callboard("--config", str(config), "status")
    assert done.returncode == 4
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_query_without_a_database_says_what_to_do(tmp_path: Path) -> None:
    done = Installation.make(tmp_path, {}).run("calls")
    assert done.returncode == 4
    assert "db migrate" in done.stderr


def test_an_unknown_portal_is_wrong_usage(tmp_path: Path) -> None:
    done = Installation.make(tmp_path, {}).run("crawl", "xx_nobody")
    assert done.returncode == 2
    assert "xx_nobody" in done.stderr


def _wait_until(happened: "object") -> None:
    assert callable(happened)
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.005)
