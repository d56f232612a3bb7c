"""The command line: what it promises to people and scripts."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from callboard.cli.main import COMMANDS, group
from tests.support.installation import Installation, callboard

HEAVY = ("scrapy", "sqlalchemy", "bs4", "lxml", "pydantic", "rich", "ctranslate2", "langdetect")


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom callboard.cli.main import group\n"
        "group(['--help'], standalone_mode=False)\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(group, [name, "--help"])
    assert result.exit_code == 0
    assert len(result.output.splitlines()) >= 5


def test_exit_codes_are_documented() -> None:
    result = CliRunner().invoke(group, ["--help"])
    for line in ("0  done", "1  done in part", "3  another run", "4  configuration"):
        assert line in result.output


def test_options_have_help() -> None:
    context = click.Context(group)
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert parameter.help, f"{name} {parameter.name}"


def test_schedule_prints_lines_for_this_installation(tmp_path: Path) -> None:
    folder = tmp_path / "50% off"
    folder.mkdir()
    installation = Installation.make(folder, {})
    done = installation.run("schedule", "--at", "23:30", "--digest-on", "sun")
    assert done.returncode == 0, done.stderr
    daily, weekly = [line for line in done.stdout.splitlines() if ">>" in line]
    assert daily.startswith("30 23 * * * ")
    assert weekly.startswith("30 0 * * 1 ")
    assert "50\\% off" in daily
    assert "%" not in daily.replace("\\%", "")
    assert f"--config '{installation.config}'" in daily.replace("\\%", "%")
    assert "OnCalendar=*-*-* 23:30:00" in done.stdout


def test_schedule_refuses_a_time_that_is_none() -> None:
    assert callboard("schedule", "--at", "25:00").returncode == 2
