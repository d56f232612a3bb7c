"""The README's and the demo page's promises (test_docs.py runs their commands and queries)."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.support.demo_run import FOLDER, DemoRun
from tests.support.installation import CALLBOARD, ROOT, callboard

README = (ROOT / "README.md").read_text(encoding="utf-8")
DEMO_PAGE = (ROOT / "docs" / "demo.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
ON_PAGE = ".venv/bin/callboard"
LONGEST = 120
"""Lines of the README: what is longer belongs on a page of its own."""


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= LONGEST


def test_the_demo_prints_what_its_page_shows(demo_run: DemoRun) -> None:
    shown = DEMO_PAGE.partition("```text\n")[2].partition("```")[0].replace(" …\n", "")
    program = f"{CALLBOARD} "
    printed = demo_run.printed.replace(f"{demo_run.root}/", "").replace(program, f"{ON_PAGE} ")
    table, _, rest = shown.partition("What a page lacks")
    assert len(table.splitlines()) == 5
    assert table in printed
    assert f"What a page lacks{rest}" in printed
    assert str(FOLDER) in rest


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
