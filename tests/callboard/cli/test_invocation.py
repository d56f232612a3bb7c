"""Commands that Callboard prints can be pasted: called as it was, on the same configuration."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support.installation import CALLBOARD


def run(*command: str | Path, cwd: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    environment = {key: value for key, value in os.environ.items() if "CALLBOARD" not in key}
    return subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env={**environment, "PATH": "/usr/bin:/bin", **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with the program in ``.venv/bin``, and a configuration with a space."""
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "callboard").symlink_to(CALLBOARD)
    (tmp_path / "my file.toml").write_text("", encoding="utf-8")
    return tmp_path


def remedy(done: "subprocess.CompletedProcess[str]") -> str:
    return done.stderr.strip().rpartition("run: ")[2]


def test_a_path_stays_the_path_that_was_typed(folder: Path) -> None:
    told = remedy(run(".venv/bin/callboard", "calls", cwd=folder))
    assert told == ".venv/bin/callboard db migrate"
    assert run(*shlex.split(told), cwd=folder).returncode == 0
    assert run(".venv/bin/callboard", "db", "check", cwd=folder).returncode == 0


def test_the_configuration_that_was_given_is_named(folder: Path) -> None:
    done = run(".venv/bin/callboard", "--config", "my file.toml", "calls", cwd=folder)
    told = remedy(done)
    assert told == ".venv/bin/callboard --config 'my file.toml' db migrate"
    assert run(*shlex.split(told), cwd=folder).returncode == 0


def test_a_configuration_of_the_environment_is_not(folder: Path) -> None:
    done = run(".venv/bin/callboard", "calls", cwd=folder, CALLBOARD_CONFIG="my file.toml")
    assert remedy(done) == ".venv/bin/callboard db migrate"


def test_a_program_that_the_shell_finds_is_named_plainly(folder: Path) -> None:
    done = run("sh", "-c", "callboard calls", cwd=folder, PATH=f"{CALLBOARD.parent}:/usr/bin:/bin")
    assert remedy(done) == "callboard db migrate"


def test_usage_errors_and_the_doctor_keep_to_it(folder: Path) -> None:
    done = run(".venv/bin/callboard", "models", "build", "it", cwd=folder)
    assert done.returncode == 2
    assert ".venv/bin/callboard models build it --from FOLDER" in done.stderr
    assert ".venv/bin/callboard models install it --download" in " ".join(done.stderr.split())
    doctor = run(".venv/bin/callboard", "--config", "my file.toml", "doctor", cwd=folder).stdout
    assert "→ .venv/bin/callboard --config 'my file.toml' run" in doctor
    assert "→ callboard" not in doctor


def test_words_that_are_no_command_are_left_alone(folder: Path) -> None:
    done = run(".venv/bin/callboard", "extract", "--jsonl", "nothing", cwd=folder)
    assert "callboard extract [OPTIONS]" in done.stderr
    doctor = run(".venv/bin/callboard", "doctor", cwd=folder).stdout
    assert "names callboard" in doctor
