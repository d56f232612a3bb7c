"""What is read again after a change: the portals that the changed code or data reads, no others."""

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.portals import load_portals
from processing import code_fingerprint
from processing.code_fingerprint import ROOMS, ROOT, SHARED, closure, libraries

STEMS = tuple(load_portals())
PRINT = """
import json, sys
from processing.code_fingerprint import fingerprints
print(json.dumps(fingerprints(sys.argv[1:])))
"""
READ = """
import json, sys
from pathlib import Path
from tests.crawlers.spiders.test_portals import load_page
from crawlers.portals import load_portals
from processing.page_extraction import PageExtractor
from schema.exchanges import ArchivedExchange

page, _ = load_page(Path(sys.argv[1]))
reader = PageExtractor(load_portals())
assert list(reader.read(reader.find(ArchivedExchange("it-1", 1, page.exchange))))
print(json.dumps([name for name in sys.modules if name.split(".")[0] in set(sys.argv[2:])]))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    leave_out = shutil.ignore_patterns("__pycache__")
    for room in (*ROOMS, "exports", "linking"):
        shutil.copytree(ROOT / room, folder / room, ignore=leave_out)
    return folder


def printed(folder: Path) -> dict[str, str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PRINT, *STEMS, "xx_unknown"],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=True,
    )
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def before(copy: Path) -> dict[str, str]:
    return printed(copy)


@pytest.fixture
def changed(copy: Path, request: pytest.FixtureRequest) -> Iterator[set[str]]:
    """Return the portals whose fingerprint differs after a file got another line."""
    before = request.getfixturevalue("before")
    path = copy / request.param
    known = path.read_bytes()
    path.write_bytes(known + b"\n# changed\n")
    after = printed(copy)
    yield {stem for stem in before if after[stem] != before[stem]}
    path.write_bytes(known)


@pytest.mark.parametrize("changed", ["crawlers/spiders/hr_havc.py"], indirect=True)
def test_a_spider_concerns_its_portal_alone(changed: set[str]) -> None:
    assert changed == {"hr_havc"}


@pytest.mark.parametrize("changed", ["crawlers/spiders/hr_havc.toml"], indirect=True)
def test_a_description_concerns_its_portal_alone(changed: set[str]) -> None:
    assert changed == {"hr_havc"}


@pytest.mark.parametrize("changed", ["crawlers/bases/plone.py"], indirect=True)
def test_a_base_concerns_the_portals_that_are_built_on_it(changed: set[str]) -> None:
    spiders = ROOT / "crawlers" / "spiders"
    built = {stem for stem in STEMS if "bases.plone" in (spiders / f"{stem}.py").read_text()}
    assert built
    assert built <= changed < set(STEMS)


@pytest.mark.parametrize(
    "changed",
    [
        "crawlers/pages/page.py",
        "normalizers/weights.toml",
        "normalizers/documents/pdf.py",
        "processing/changes.py",
        "processing/page_extraction.py",
        "schema/calls.py",
        "storage/canonical.py",
    ],
    indirect=True,
)
def test_what_all_readers_use_concerns_all(changed: set[str]) -> None:
    assert changed == {*STEMS, "xx_unknown"}


@pytest.mark.parametrize("changed", ["exports/digest.py", "linking/merge.py"], indirect=True)
def test_what_comes_later_concerns_none(changed: set[str]) -> None:
    assert changed == set()


def test_every_data_file_of_the_rooms_concerns_somebody() -> None:
    of_all = closure((*SHARED, *(f"crawlers.spiders.{stem}" for stem in STEMS)))
    known = {*code_fingerprint._data(of_all)}
    for stem in STEMS:
        known.update(code_fingerprint._described(stem))
    found = {path for room in ROOMS for path in (ROOT / room).rglob("*.toml")}
    # Linking and search read the authority file of actions; no reader does yet.
    found -= {*(ROOT / "vocabulary" / "actions").glob("*.toml")}
    assert found - known == set()


def test_imports_are_found_as_the_parser_finds_them() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            module = module.removesuffix(".__init__")
            missing = parsed_imports(path) - code_fingerprint._named(module)
            assert not missing, f"{module}: {missing}"


def parsed_imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports are not followed"
            found.add(node.module or "")
            found.update(f"{node.module}.{each.name}" for each in node.names)
    return found


@pytest.mark.parametrize("stem", ["hr_ra_vsz", "it_lombardia_register", "eu_funding_tenders"])
def test_what_reading_loads_is_counted(stem: str) -> None:
    case = next((ROOT / "tests" / "fixtures" / "portals" / stem).iterdir())
    done = subprocess.run(
        [sys.executable, "-c", READ, str(case), *ROOMS], cwd=ROOT, capture_output=True, check=True
    )
    loaded = {name for name in json.loads(done.stdout) if not name.startswith("crawlers.spiders.")}
    counted = closure((*SHARED, f"crawlers.spiders.{stem}"))
    assert loaded - counted == set()


def test_the_libraries_that_decide_a_result_are_counted() -> None:
    found = libraries(closure((*SHARED, "crawlers.spiders.it_lombardia")))
    decisive = {"lxml", "parsel", "cssselect", "beautifulsoup4", "soupsieve", "langdetect", "w3lib"}
    assert decisive <= found
    assert not {"cryptography", "certifi", "idna", "greenlet", "rich", "click"} & found


def test_another_version_of_a_library_concerns_all(monkeypatch: pytest.MonkeyPatch) -> None:
    code_fingerprint.fingerprint.cache_clear()
    known = code_fingerprint.fingerprints(STEMS[:3])
    real = code_fingerprint._version
    monkeypatch.setattr(
        code_fingerprint, "_version", lambda name: "0" if name == "lxml" else real(name)
    )
    code_fingerprint.fingerprint.cache_clear()
    other = code_fingerprint.fingerprints(STEMS[:3])
    code_fingerprint.fingerprint.cache_clear()
    assert all(other[stem] != known[stem] for stem in known)


def test_a_lexicon_of_the_users_own_concerns_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = code_fingerprint.fingerprints(STEMS[:3])
    shutil.copytree(ROOT / "normalizers" / "lexicons" / "hr", tmp_path / "hr")
    monkeypatch.setenv("CALLBOARD_LEXICONS", str(tmp_path))
    code_fingerprint.fingerprint.cache_clear()
    other = code_fingerprint.fingerprints(STEMS[:3])
    monkeypatch.undo()
    code_fingerprint.fingerprint.cache_clear()
    assert all(other[stem] != known[stem] for stem in known)
