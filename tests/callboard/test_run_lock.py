"""The lock of a run: whoever finds it taken is told by whom, and whether that run gets on."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from callboard import progress, run_lock
from callboard.config import Config
from tests.support.installation import Installation


def let_idle(config: Config, minutes: float) -> None:
    """Make the holder's last progress that long ago."""
    then = time.time() - 60 * minutes
    os.utime(config.lock_holder, (then, then))


def test_the_holder_is_told_and_forgotten_when_it_ends(tmp_path: Path) -> None:
    config = Config(base=tmp_path)
    assert not run_lock.is_taken(config)
    with run_lock.take(config) as free:
        assert free
        assert run_lock.is_taken(config)
        with run_lock.take(config) as again:
            assert not again
        found = run_lock.holder(config)
        assert found is not None
        assert found.pid == os.getpid()
        assert found.idle < timedelta(minutes=1)
    assert not run_lock.is_taken(config)
    assert run_lock.holder(config) is None


def test_progress_is_what_keeps_a_run_from_being_called_stalled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock, "BEAT", 0.0)
    config = Config(base=tmp_path, stalled_after_minutes=30)
    with run_lock.take(config):
        let_idle(config, 31)
        assert (found := run_lock.holder(config))
        assert found.is_stalled(config)
        with progress.counting("pages") as bar:
            bar.advance("it_lombardia")
        assert (found := run_lock.holder(config))
        assert not found.is_stalled(config)
        let_idle(config, 31)
        assert list(progress.tracked(["a crawl"], "Reading")) == ["a crawl"]
        assert (found := run_lock.holder(config))
        assert not found.is_stalled(config)


@pytest.mark.parametrize(
    ("idle", "words", "state"), [(1, "is at work (process", "ok"), (90, "has stalled", "wrong")]
)
def test_the_next_run_and_the_doctor_tell_of_the_holder(
    tmp_path: Path, idle: float, words: str, state: str
) -> None:
    installation = Installation.make(tmp_path, {})
    config = Config(base=tmp_path)
    with run_lock.take(config):
        let_idle(config, idle)
        done = installation.run("run")
        said = installation.run("doctor").stdout
    assert done.returncode == 3
    assert words in done.stderr
    assert str(os.getpid()) in done.stderr
    assert (f"kill {os.getpid()}" in done.stderr) is (state == "wrong")
    (line,) = [line for line in said.splitlines() if "run lock" in line]
    assert line.split()[0] == state
    assert str(os.getpid()) in line


def test_a_holder_that_says_nothing_of_itself_is_a_run_all_the_same(tmp_path: Path) -> None:
    config = Config(base=tmp_path)
    config.data.mkdir()
    config.lock_holder.write_text("{")
    with FileLock(config.lock):
        assert run_lock.is_taken(config)
        assert run_lock.holder(config) is None
