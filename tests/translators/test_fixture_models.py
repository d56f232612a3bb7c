"""The fixture models: real packages, marked as such, that translate the demo and nothing live."""

import hashlib
import random
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.config import Config, ConfigError
from callboard.english import installed_engines
from callboard.pipeline import Pipeline
from schema.calls import Text, TextStatus
from scripts.protected_values import check, sentences
from tests.support.translating import DictMemory
from translators import argos
from translators.engines import engines_for
from translators.installation import install_package
from translators.packages import read_package
from translators.texts import translate_texts

FILES = sorted((Path(__file__).parents[1] / "fixtures" / "models").glob("*.argosmodel"))
MAX_BYTES = 1_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fixtures") / "models"
    for file in FILES:
        install_package(file, folder)
    return folder


@pytest.fixture(scope="module")
def engines(folder: Path) -> Iterator[list[argos.ArgosEngine]]:
    found, errors = argos.find_engines(folder, fixtures=True)
    assert not errors
    yield found
    for engine in found:
        engine.close()


def test_they_are_small_and_plainly_marked(folder: Path) -> None:
    assert [file.stat().st_size < MAX_BYTES for file in FILES] == [True, True]
    for package in map(read_package, folder.iterdir()):
        assert package.fixture
        assert package.licence == "MIT"
        assert "not a translator" in (package.path / "README.md").read_text(encoding="utf-8")


def test_they_are_the_files_that_their_readme_names_and_tell_nothing_of_a_machine() -> None:
    readme = FILES[0].with_name("README.md").read_text(encoding="utf-8")
    for file in FILES:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        assert f"`{digest[:8]}…{digest[-4:]}`" in readme
        with zipfile.ZipFile(file) as archive:
            content = b"".join(map(archive.read, archive.namelist()))
            assert {each.date_time[0] for each in archive.infolist()} == {1980}
        assert not re.search(rb"/(?:tmp|home|root|work)/", content)


@pytest.mark.parametrize(
    ("text", "language", "english"),
    [
        (
            "Natječaj je otvoren. Mogu se prijaviti mala i srednja poduzeća.",
            "hr",
            "The call is open. Small and medium-sized enterprises may apply.",
        ),
        (
            "Il bando è aperto.\nPossono partecipare le piccole e medie imprese.",
            "it",
            "The call is open.\nSmall and medium-sized enterprises may apply.",
        ),
        (
            "Intenzitet potpore: do 75 % prihvatljivih troškova.",
            "hr",
            "Aid intensity: up to 75 % of eligible costs.",
        ),
        (
            "Si prevede di finanziare da 7 a 11 progetti, con un cofinanziamento fino al 75% dei "
            "costi ammissibili.",
            "it",
            "It is planned to fund from 7 to 11 projects, with co-financing up to 75% of eligible "
            "costs.",
        ),
    ],
)
def test_they_know_the_demo(
    engines: list[argos.ArgosEngine], text: str, language: str, english: str
) -> None:
    (result,) = translate_texts([Text(text, language)], engines, DictMemory())
    assert (result.english, result.status) == (english, TextStatus.TRANSLATED)
    assert result.engine == f"fixture {language}-en 1.0"
    assert result.english_tag == f"en-t-{language}"


def test_they_are_never_picked_for_live_portals(folder: Path, tmp_path: Path) -> None:
    """Not from where real models are, not without the demo's clock, not to crawl."""
    live = Config(base=tmp_path, translate={"packages": folder, "gist": []})  # type: ignore[arg-type]
    assert installed_engines(live) == []
    with pytest.raises(ValueError, match="fixtures is for the demo"):
        Config(base=tmp_path, translate={"fixtures": folder})  # type: ignore[arg-type]
    demo = Config(
        base=tmp_path,
        now="2020-11-16T06:00:00Z",  # type: ignore[arg-type]
        translate={"packages": "none", "fixtures": folder, "gist": []},  # type: ignore[arg-type]
    )
    names = {each.name for each in installed_engines(demo)}
    assert names == {"fixture"}
    pipeline = Pipeline(demo)
    with pytest.raises(ConfigError, match="can't be used to crawl live ones"):
        pipeline.crawl(["it_lombardia"])
    pipeline.close()


def test_they_stand_in_only_where_nothing_else_serves(folder: Path, tmp_path: Path) -> None:
    real = tmp_path / "models" / "translate-hr_en-1_0"
    real.mkdir(parents=True)
    fixture = next(each for each in folder.iterdir() if "hr_en" in each.name)
    for file in fixture.rglob("*"):
        if file.is_file() and file.name != "metadata.json":
            target = real / file.relative_to(fixture)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(file.read_bytes())
    (real / "metadata.json").write_text('{"from_code": "hr", "to_code": "en"}')
    config = Config(
        base=tmp_path,
        now="2020-11-16T06:00:00Z",  # type: ignore[arg-type]
        translate={"packages": "models", "fixtures": folder, "gist": []},  # type: ignore[arg-type]
    )
    found = installed_engines(config)
    assert [each.name for each in engines_for(found, "hr")] == ["argos"]
    assert [each.name for each in engines_for(found, "it")] == ["fixture"]


def test_what_they_do_to_values_does_not_reach_what_is_stored(
    engines: list[argos.ArgosEngine],
) -> None:
    """They alter digits and codes; the whole run is a script of its own."""
    asked = list(sentences(120, random.Random(5), ("hr", "it")))  # noqa: S311 - reproducible
    result = check(asked, engines)
    assert result.values > 100
    assert (result.lost, result.altered) == ([], [])
    assert result.repaired > 0


@pytest.mark.parametrize(
    "text", ["", " \n ", "🎉 🎉", "دعوة لتقديم المقترحات الآن", "ž" * 3000, "riječ, " * 3000]
)
def test_odd_texts_pass(engines: list[argos.ArgosEngine], text: str) -> None:
    (result,) = translate_texts([Text(text, "hr")], engines, DictMemory())
    assert result.original == text
    assert result.status in set(TextStatus) - {TextStatus.PENDING}
