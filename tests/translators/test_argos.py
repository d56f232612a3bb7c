"""Argos packages: installed safely, listed whatever lies about, run in batches."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from schema.calls import Text
from tests.support.tiny_package import build_package
from tests.support.translating import DictMemory
from translators import argos
from translators.engines import EngineError
from translators.installation import install_package
from translators.packages import PackageError, list_packages, packages_folder
from translators.texts import translate_texts


@pytest.fixture(scope="module")
def package_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(tmp_path_factory.mktemp("models") / "tiny.argosmodel")


@pytest.fixture
def folder(tmp_path: Path, package_file: Path) -> Path:
    install_package(package_file, tmp_path / "packages")
    return tmp_path / "packages"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argostranslate makes folders in the user's home when it is imported."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def only_engine(folder: Path) -> argos.ArgosEngine:
    (engine,), errors = argos.find_engines(folder)
    assert not errors
    return engine


def test_a_batch_gives_what_the_sentences_give_alone_in_their_order(folder: Path) -> None:
    engine = only_engine(folder)
    sentences = ["natječaj poziv rok", "prijava", "klaster sredstva udruga poziv poziv", "rok rok"]
    together = engine.translate(sentences, "hr")
    assert together == [engine.translate([sentence], "hr")[0] for sentence in sentences]
    assert (engine.name, engine.version) == ("argos", "hr-en 1.0")
    assert engine.translate([], "hr") == []


def test_a_sentence_longer_than_the_model_is_put_in_as_parts(folder: Path) -> None:
    for long in ("poziv, rok; " * 400, "ž" * 3000):
        (result,) = only_engine(folder).translate([long], "hr")
        assert isinstance(result, str)


def test_an_engine_refuses_another_language(folder: Path) -> None:
    with pytest.raises(EngineError, match="does not read it"):
        only_engine(folder).translate(["Bando"], "it")


def test_texts_go_through_a_real_package_and_keep_their_values(folder: Path) -> None:
    text = Text("Natječaj je otvoren do 02.02.2021. za udruge.\nIznos: 5.000,00 EUR", "hr")
    (result,) = translate_texts([text], [only_engine(folder)], DictMemory())
    if result.english is not None:  # nonsense may be judged a failure
        assert "02.02.2021" in result.english
        assert "5.000,00 EUR" in result.english
    assert result.original == text.original


@pytest.mark.parametrize("spoil", ["model/model.bin", "sentencepiece.model"])
def test_a_damaged_package_is_one_clear_line(folder: Path, spoil: str) -> None:
    file = next(folder.iterdir()) / spoil
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(PackageError, match=r"is damaged.*Install it again") as caught:
        only_engine(folder).translate(["rok"], "hr")
    assert "\n" not in str(caught.value).strip()


def test_fixtures_are_never_picked_unless_asked_for(tmp_path: Path) -> None:
    file = build_package(tmp_path / "demo.argosmodel", fixture=True)
    install_package(file, tmp_path / "packages")
    assert argos.find_engines(tmp_path / "packages") == ([], [])
    (engine,), _ = argos.find_engines(tmp_path / "packages", fixtures=True)
    assert engine.name == "fixture"


def test_folders_that_are_no_packages_are_reported_and_do_no_harm(folder: Path) -> None:
    (folder / "stray").mkdir()
    (folder / "note.txt").write_text("x")
    broken = folder / "broken"
    broken.mkdir()
    (broken / "metadata.json").write_text('{"from_code": "it", "to_code": "en"}')
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "metadata.json").write_text('{"from_code": "en", "to_code": "es"}')
    packages, errors = list_packages(folder)
    assert [package.label for package in packages] == ["hr-en 1.0"]
    assert sorted(Path(str(error).split(":")[0]).name for error in errors) == ["broken", "stray"]


def test_no_folder_means_no_packages(tmp_path: Path) -> None:
    assert list_packages(tmp_path / "none") == ([], [])
    assert packages_folder({"ARGOS_PACKAGES_DIR": "/x/y"}) == Path("/x/y")
    assert packages_folder({"XDG_DATA_HOME": "/d"}) == Path("/d/argos-translate/packages")


def test_installing_again_replaces_and_tells_the_hash(folder: Path, package_file: Path) -> None:
    package, digest = install_package(package_file, folder)
    assert package.label == "hr-en 1.0"
    assert package.path.parent == folder
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert len(list(folder.iterdir())) == 1
    assert [path.name for path in folder.parent.iterdir()] == ["packages"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["../evil.txt"], "unsafe"),
        (["/etc/evil"], "unsafe"),
        (["p/..\\evil"], "unsafe"),
        (["a/metadata.json", "b/metadata.json"], "one folder"),
        (["metadata.json"], "one folder"),
        (["p/readme.md"], "not a readable Argos package"),
        ([], "one folder"),
    ],
)
def test_unsafe_or_foreign_archives_are_not_installed(
    tmp_path: Path, members: list[str], message: str
) -> None:
    file = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(file, "w") as archive:
        for name in members:
            archive.writestr(name, "{}")
    folder = tmp_path / "packages"
    with pytest.raises(PackageError, match=message):
        install_package(file, folder)
    assert not folder.exists() or not list(folder.iterdir())
    assert {path.name for path in tmp_path.iterdir()} <= {"x.argosmodel", "packages"}


@pytest.mark.parametrize("limit", ["MAX_BYTES", "MAX_FILES"])
def test_a_file_that_would_fill_the_disk_is_not_installed(
    tmp_path: Path, package_file: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(f"translators.installation.{limit}", 3)
    with pytest.raises(PackageError, match="too large to be an Argos package; not installed"):
        install_package(package_file, tmp_path / "packages")
    assert not (tmp_path / "packages").exists()


def test_a_link_and_a_broken_file_are_not_installed(tmp_path: Path) -> None:
    file = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("p/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PackageError, match="unsafe"):
        install_package(file, tmp_path / "packages")
    file.write_bytes(b"PK\x03\x04 no zip at all")
    with pytest.raises(PackageError, match="cannot be installed"):
        install_package(file, tmp_path / "packages")
    with pytest.raises(PackageError, match="cannot be installed"):
        install_package(tmp_path / "none.argosmodel", tmp_path / "packages")


def test_without_a_sentence_to_translate_no_model_library_is_imported(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from schema.calls import Text\n"
        "from translators import argos, apertium, texts\n"
        f"engines, _ = argos.find_engines(Path({str(folder)!r}))\n"
        "apertium.find_engines(['hr', 'it'])\n"
        "texts.translate_texts([Text('The call', 'en'), Text('12.3.2020', 'hr')], engines, None)\n"
        "heavy = {'ctranslate2', 'sentencepiece', 'numpy', 'argostranslate'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
