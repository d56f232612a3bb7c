"""OPUS-MT models become Argos packages, without torch and with the traps seen to."""

import io
import json
import pickle
import sys
import types
import zipfile
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
import pytest

from tests.support.marian_model import hub_tensors, pieces, save_hub_model, save_release
from tests.support.tiny_package import train_tokenizer
from translators.argos import ArgosEngine
from translators.conversion import ConversionError, Recipe, build_package, find_licence
from translators.installation import install_package
from translators.packages import Package
from translators.tensors import WeightsError, read_weights

RECIPE = Recipe("hr", "Croatian", "1.0", "opus-mt-zls-en")
SENTENCES = ["natječaj poziv rok", "prijava", "klaster sredstva udruga poziv poziv"]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_release(tmp_path_factory.mktemp("release") / "opus")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_hub_model(tmp_path_factory.mktemp("hub") / "opus-mt-zls-en")


def installed(folder: Path, tmp_path: Path, recipe: Recipe = RECIPE) -> Package:
    file = build_package(folder, recipe, tmp_path / "built" / "hr.argosmodel")
    package, _ = install_package(file, tmp_path / "packages")
    return package


def test_a_release_becomes_a_package_that_translates(release: Path, tmp_path: Path) -> None:
    package = installed(release, tmp_path)
    assert (package.label, package.licence) == ("hr-en 1.0 opus-mt-zls-en", "CC-BY 4.0")
    assert not package.fixture
    english = ArgosEngine(package).translate(SENTENCES, "hr")
    assert len(english) == 3
    config = json.loads((package.path / "model" / "config.json").read_text())
    assert config["add_source_eos"] is True
    assert ctranslate2.Translator(str(package.path / "model")).compute_type.startswith("int8")


def test_the_hubs_form_of_a_model_translates_like_its_release(
    release: Path, hub: Path, tmp_path: Path
) -> None:
    ours = ArgosEngine(installed(release, tmp_path / "a")).translate(SENTENCES, "hr")
    package = installed(hub, tmp_path / "b")
    assert package.licence == "apache-2.0"
    assert ArgosEngine(package).translate(SENTENCES, "hr") == ours


def test_what_ctranslate2_converted_is_packed(release: Path, tmp_path: Path) -> None:
    first = installed(release, tmp_path / "a")
    folder = tmp_path / "converted"
    folder.mkdir()
    for file in (first.path / "model").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "add_source_eos": False}))
    (folder / "source.spm").write_bytes((first.path / "sentencepiece.model").read_bytes())
    with pytest.raises(ConversionError, match=r"licence is not stated.*--licence"):
        installed(folder, tmp_path / "b")
    again = installed(folder, tmp_path / "b", Recipe("hr", "Croatian", "1.0", "x", "CC0-1.0"))
    assert again.licence == "CC0-1.0"
    assert ArgosEngine(again).translate(SENTENCES, "hr") == ArgosEngine(first).translate(
        SENTENCES, "hr"
    )


def test_a_sentence_beyond_512_tokens_goes_in_as_parts(release: Path, tmp_path: Path) -> None:
    engine = ArgosEngine(installed(release, tmp_path))
    (english,) = engine.translate(["poziv, rok; " * 400], "hr")
    assert isinstance(english, str)


def test_signs_that_the_model_never_saw_go_in_plain(release: Path, tmp_path: Path) -> None:
    engine = ArgosEngine(installed(release, tmp_path))
    printed, plain = engine.translate(
        ["„poziv“ – rok’\u00a0klaster… 2021–2027", '"poziv" - rok\' klaster... 2021-2027'], "hr"
    )
    assert printed == plain


def test_the_same_model_gives_the_same_bytes(release: Path, tmp_path: Path) -> None:
    files = [build_package(release, RECIPE, tmp_path / name) for name in ("a", "b")]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_model_into_several_languages_is_refused(tmp_path: Path) -> None:
    folder = save_release(tmp_path / "many", ">>eng<<", ">>deu<<")
    with pytest.raises(ConversionError, match="several languages"):
        build_package(folder, RECIPE, tmp_path / "x.argosmodel")
    assert not (tmp_path / "x.argosmodel").exists()


def test_folders_without_a_model_are_one_clear_line(tmp_path: Path, release: Path) -> None:
    with pytest.raises(ConversionError, match=r"no source\.spm"):
        build_package(tmp_path, RECIPE, tmp_path / "x")
    (tmp_path / "LICENSE").write_text("MIT License")
    (tmp_path / "source.spm").write_bytes((release / "source.spm").read_bytes())
    with pytest.raises(ConversionError, match=r"neither decoder\.yml"):
        build_package(tmp_path, RECIPE, tmp_path / "x")
    (tmp_path / "vocab.json").write_text('{"a": 0}')
    (tmp_path / "config.json").write_text('{"model_type": "bart"}')
    with pytest.raises(ConversionError, match="not 'marian'"):
        build_package(tmp_path, RECIPE, tmp_path / "x")


@pytest.mark.parametrize(
    ("name", "text", "licence"),
    [
        ("README.md", "---\nlicense: cc-by-4.0\n---\n", "cc-by-4.0"),
        ("LICENSE", "Licensed under CC-BY 4.0 by", "CC-BY 4.0"),
        ("README.md", "no word of it", None),
    ],
)
def test_the_licence_is_read_from_the_model(
    tmp_path: Path, name: str, text: str, licence: str | None
) -> None:
    (tmp_path / name).write_text(text)
    assert find_licence(tmp_path) == licence


# -- weights as torch saves them --------------------------------------------------------------


class FloatStorage:
    """Stands for torch's class of this name, which only its name is needed of."""


FloatStorage.__module__ = "torch"


class _Tensor:
    def __init__(self, key: str, array: Any) -> None:
        self.key, self.array = key, array

    def __reduce__(self) -> tuple[object, ...]:
        strides = tuple(each // 4 for each in self.array.strides)
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (_Stored(self.key, self.array.size), 0, self.array.shape, strides, False)


class _Stored:
    def __init__(self, key: str, count: int) -> None:
        self.key, self.count = key, count


class _Pickler(pickle.Pickler):
    def persistent_id(self, obj: object) -> object:
        if isinstance(obj, _Stored):
            return ("storage", FloatStorage, obj.key, "cpu", obj.count)
        return None


def save_bin(file: Path, tensors: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Write tensors as ``torch.save`` does."""

    def _rebuild_tensor_v2() -> None:
        """Stand for torch's function of this name."""

    _rebuild_tensor_v2.__module__ = "torch._utils"
    _rebuild_tensor_v2.__qualname__ = "_rebuild_tensor_v2"
    torch, utils = types.ModuleType("torch"), types.ModuleType("torch._utils")
    monkeypatch.setattr(torch, "FloatStorage", FloatStorage, raising=False)
    monkeypatch.setattr(torch, "_utils", utils, raising=False)
    monkeypatch.setattr(utils, "_rebuild_tensor_v2", _rebuild_tensor_v2, raising=False)
    monkeypatch.setitem(sys.modules, "torch", torch)
    monkeypatch.setitem(sys.modules, "torch._utils", utils)
    described = io.BytesIO()
    held = {name: _Tensor(str(at), array) for at, (name, array) in enumerate(tensors.items())}
    _Pickler(described, protocol=2).dump(held)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", described.getvalue())
        for each in held.values():
            archive.writestr(f"archive/data/{each.key}", each.array.tobytes())


def test_weights_that_torch_saved_are_read_without_torch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors = hub_tensors(len(pieces(train_tokenizer())))
    save_bin(tmp_path / "pytorch_model.bin", tensors, monkeypatch)
    found = read_weights(tmp_path / "pytorch_model.bin")
    assert found.keys() == tensors.keys()
    assert all(np.array_equal(found[name], tensors[name]) for name in tensors)


def test_a_pickle_that_would_run_code_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "pytorch_model.bin"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(print))
    with pytest.raises(WeightsError, match="no part of weights"):
        read_weights(file)
    file.write_bytes(b"no zip")
    with pytest.raises(WeightsError, match="not a readable file of weights"):
        read_weights(file)
    (tmp_path / "x.safetensors").write_bytes(b"\xff" * 40)
    with pytest.raises(WeightsError, match="not a readable"):
        read_weights(tmp_path / "x.safetensors")
