"""Rules of the whole tree: lengths, names, and a test tree like that of the code."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = (
    "benchmarks",
    "callboard",
    "crawlers",
    "exports",
    "linking",
    "normalizers",
    "processing",
    "schema",
    "scripts",
    "storage",
    "tests",
    "translators",
    "vocabulary",
)
LONGEST_FILE, LONGEST_FUNCTION = 400, 60
MIGRATIONS = ROOT / "storage" / "database" / "migrations" / "versions"


def sources() -> Iterator[tuple[Path, str, ast.Module]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            if "fixtures" not in path.parts:
                text = path.read_text(encoding="utf-8")
                yield path, text, ast.parse(text)


def test_a_file_of_over_400_lines_says_why() -> None:
    for path, text, tree in sources():
        if text.count("\n") > LONGEST_FILE:
            reason = " ".join((ast.get_docstring(tree) or "").split())
            assert "Over 400 lines because" in reason, path.relative_to(ROOT)


def test_no_function_is_longer_than_60_lines() -> None:
    for path, _, tree in sources():
        if path.parent == MIGRATIONS:
            continue  # a migration is one list of tables
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                assert lines <= LONGEST_FUNCTION, f"{path.relative_to(ROOT)}: {node.name}"


def test_no_name_of_a_class_stands_twice() -> None:
    places = defaultdict(list)
    for path, _, tree in sources():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(str(path.relative_to(ROOT)))
    assert {name: found for name, found in places.items() if len(found) > 1} == {}


def test_tests_lie_where_the_code_lies() -> None:
    for path in (ROOT / "tests").rglob("test_*.py"):
        folder = path.parent.relative_to(ROOT / "tests")
        assert (ROOT / folder).is_dir(), path.relative_to(ROOT)


def test_every_room_has_tests() -> None:
    for room in ROOMS:
        if room not in ("benchmarks", "scripts", "tests"):
            assert list((ROOT / "tests" / room).rglob("test_*.py")), room
