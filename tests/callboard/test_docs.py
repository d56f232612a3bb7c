"""The documentation's promises: its commands run, its queries find something, its links lead on."""

import os
import re
import shlex
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from callboard.cli.main import group
from scripts.doc_examples import EXAMPLE, render
from tests.support.demo_run import FOLDER, DemoRun
from tests.support.installation import CALLBOARD, ROOT

PAGES = sorted(
    [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")],
    key=lambda page: str(page.relative_to(ROOT)),
)
OFFLINE = {
    "calls", "db check", "db path", "digest", "doctor", "extract", "link", "models check",
    "models list", "portals", "portals check", "portals labels", "process", "schedule", "show",
    "status", "translate",
}  # fmt: skip
"""Commands that need no network and can be tried on a copy of the demo. The others fetch something,
remove what was fetched, or run the demo itself; of those it is checked that they exist."""
PLACEHOLDER = re.compile(r"\b[A-Z]{2,}\b|[<\[][a-z]+[>\]]|…|\.\.\.")
"""``FILE``, ``<stem>``, ``[PORTAL]``: for the reader to fill in."""
REQUEST = '{"id": "a", "text": "Natječaj za potpore. Rok je 15. travnja 2021."}\n'


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def named_commands() -> Iterator[tuple[str, str]]:
    """Yield each command that a page names, in a block of code or within a line."""
    called = r"(?:\.venv/bin/)?(callboard(?: [^`\n]*)?)"
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        found = re.findall(rf"^(?:    )?{called}$", text, re.MULTILINE)
        found += re.findall(rf"`{called}`", text)
        found += re.findall(r"`callboard\n([^`\n]*)`", text)
        for line in dict.fromkeys(" ".join(each.partition(" #")[0].split()) for each in found):
            yield name(page), line


COMMANDS = sorted(set(named_commands()))
QUERIES = [
    pytest.param(query, id=f"{name(page)}-{number}")
    for page in PAGES
    for number, query in enumerate(re.findall(r"```sql\n(.*?)```", page.read_text(), re.DOTALL), 1)
]
WITH_EXAMPLES = [page for page in PAGES if EXAMPLE.search(page.read_text(encoding="utf-8"))]
LINKS = sorted(
    {
        (name(page), link)
        for page in PAGES
        for link in re.findall(r"\]\(((?!http)[^)#\s]+)", page.read_text(encoding="utf-8"))
    }
)


def resolve(words: list[str]) -> tuple[str, click.Command, list[str]]:
    """Return the full name of the command that the words call, the command, and what is left."""
    command: click.Command = group
    context = click.Context(group)
    names: list[str] = []
    words = words[2:] if words[:1] == ["--config"] else words
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        inner = command.get_command(context, words[0])
        if inner is None:
            raise LookupError(f"no command {words[0]!r}")
        names.append(words[0])
        command, words = inner, words[1:]
    return " ".join(names), command, words


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_each_command_that_is_named_exists(page: str, line: str) -> None:  # noqa: ARG001
    _, command, rest = resolve(shlex.split(re.sub(r" [<>] \S+", "", line))[1:])
    known = {option for each in command.params for option in each.opts} | {"--help", "--version"}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known


def is_runnable(line: str) -> bool:
    """Tell whether a line is a whole command that needs no network, not only a command's name."""
    name, command, rest = resolve(shlex.split(line)[1:])
    wants_more = any(isinstance(each, click.Argument) for each in command.params)
    given = any(not word.startswith("-") for word in rest)
    return name in OFFLINE and not PLACEHOLDER.search(line) and (given or not wants_more)


RUNNABLE = sorted({line for _, line in COMMANDS if is_runnable(line)})


@pytest.fixture(scope="module")
def copied_demo(demo_run: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of the demo, for commands that write."""
    root = tmp_path_factory.mktemp("copied")
    shutil.copytree(demo_run.folder, root / FOLDER)
    (root / "in.jsonl").write_text(REQUEST, encoding="utf-8")
    return root


@pytest.mark.parametrize("line", RUNNABLE)
def test_each_command_that_needs_no_network_works(line: str, copied_demo: Path) -> None:
    environment = {key: value for key, value in os.environ.items() if "CALLBOARD" not in key}
    environment["CALLBOARD_CONFIG"] = str(FOLDER / "callboard.toml")
    done = subprocess.run(
        ["sh", "-c", re.sub(r"^callboard", shlex.quote(str(CALLBOARD)), line)],
        cwd=copied_demo,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() or (copied_demo / "out.jsonl").read_text(encoding="utf-8")


def test_there_are_commands_and_queries() -> None:
    assert len(RUNNABLE) > 10
    assert len(QUERIES) > 7


@pytest.mark.parametrize("query", QUERIES)
def test_each_query_finds_something_in_the_demo(query: str, demo_run: DemoRun) -> None:
    with sqlite3.connect(f"{demo_run.database.as_uri()}?mode=ro", uri=True) as database:
        assert database.execute(query).fetchall()


@pytest.mark.parametrize("page", WITH_EXAMPLES, ids=name)
def test_the_examples_of_a_page_print_what_it_shows(page: Path, demo_run: DemoRun) -> None:
    """``python -m scripts.doc_examples`` writes them again."""
    text = page.read_text(encoding="utf-8")
    assert render(text, demo_run.root) == text


@pytest.mark.parametrize(("page", "link"), LINKS)
def test_each_link_leads_somewhere(page: str, link: str) -> None:
    assert ((ROOT / page).parent / link).exists()


# -- places -----------------------------------------------------------------------------------

ROOMS = (
    "benchmarks", "callboard", "crawlers", "docs", "exports", "linking", "normalizers",
    "processing", "schema", "scripts", "storage", "tests", "translators", "vocabulary",
)  # fmt: skip
PLACE = re.compile(rf"`((?:{'|'.join(ROOMS)})/[\w./-]*)`(?:, `(\w+)`)?")
PLACES = sorted(
    {
        (name(page), path, defined)
        for page in PAGES
        for path, defined in PLACE.findall(" ".join(page.read_text(encoding="utf-8").split()))
    }
)


@pytest.mark.parametrize(("page", "path", "defined"), PLACES)
def test_each_place_that_is_named_is_there(page: str, path: str, defined: str) -> None:  # noqa: ARG001
    """A file or folder, and behind a comma what it defines."""
    assert (ROOT / path).exists()
    if defined and path.endswith(".py"):
        source = (ROOT / path).read_text(encoding="utf-8")
        assert re.search(rf"^ *(?:(?:async )?def|class) {defined}\b", source, re.MULTILINE)
