"""The README's promises: its commands run, its queries answer, its links lead somewhere."""

import re
import shlex
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.installation import CALLBOARD, ROOT, callboard

README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\.venv/bin/callboard (.+)$", README, re.MULTILINE)
QUERIES = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("readme") / "demo"
    done = callboard("demo", "--folder", str(folder))
    assert done.returncode == 0, done.stderr
    return folder, done.stdout


@pytest.fixture(scope="module")
def demo_folder(demo: tuple[Path, str]) -> Path:
    return demo[0]


def test_the_readme_shows_what_the_demo_prints(demo: tuple[Path, str]) -> None:
    """Lines of English depend on the engines of a machine, and addresses on the folder."""
    shown = README.partition("The end of `make demo`")[2].partition("```text\n")[2]
    lines = shown.partition("```")[0].splitlines()
    printed = {" ".join(line.split()) for line in demo[1].splitlines()}
    values = re.compile(r"“|←|^[a-z]+_[a-z_]+ .*\d")
    facts = [" ".join(line.split()) for line in lines if values.search(line)]
    assert len(facts) > 25
    assert [line for line in facts if line not in printed] == []
    (told,) = re.findall(r"^Digest .*(\(\d+ calls\))$", shown, re.MULTILINE)
    assert told in " ".join(demo[1].split())


@pytest.mark.parametrize("line", COMMANDS)
def test_each_command_of_the_readme_works(line: str, demo_folder: Path) -> None:
    arguments = shlex.split(line.partition(" #")[0].replace("var/demo", str(demo_folder)))
    done = callboard(*arguments, cwd=demo_folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("query", QUERIES)
def test_each_query_of_the_readme_answers(query: str, demo_folder: Path) -> None:
    with sqlite3.connect(demo_folder / "callboard.sqlite") as database:
        rows = database.execute(query).fetchall()
    if "next_deadline_utc" not in query:  # the demo's calls are closed by today's clock
        assert rows


@pytest.mark.parametrize("target", re.findall(r"^make ([a-z]+)", README, re.MULTILINE))
def test_each_make_target_of_the_readme_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)
    done = subprocess.run(
        ["make", "--dry-run", target], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_example_configuration_is_valid(tmp_path: Path) -> None:
    example = (ROOT / "callboard.example.toml").read_text(encoding="utf-8")
    everything = re.sub(r"^# (?=\w+ = )", "", example, flags=re.MULTILINE)
    everything = re.sub(r"^(database|packages) = .*$", "", everything, flags=re.MULTILINE)
    for number, text in enumerate((example, everything)):
        config = tmp_path / f"{number}.toml"
        config.write_text(text, encoding="utf-8")
        done = callboard("--config", str(config), "schedule")
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("link", re.findall(r"\]\(((?!http)[^)#]+)", README))
def test_each_link_of_the_readme_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_the_program_is_where_the_readme_says() -> None:
    assert CALLBOARD.parent.parent.name == ".venv" or CALLBOARD.exists()
