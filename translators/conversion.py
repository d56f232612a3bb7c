"""Make an Argos package of an OPUS-MT Marian model, without torch.

Three kinds of folders are read: an OPUS-MT release (``decoder.yml``, ``.npz``), a model as the
Hugging Face hub has it (``config.json``, ``vocab.json``, weights) and one that CTranslate2 has
converted already. The traps: Marian expects an end mark after the source, which argostranslate
never sends, so the model is told to add it; the converted model has 512 positions, which the
engine respects; the texts it learned from had plain quotes and hyphens only, which the package
notes for the engine; a model into several languages wants ``>>eng<<`` before the source, which a
package can't express, so it is refused.
"""

import json
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from translators.engines import EngineError
from translators.packages import PLAIN
from translators.packing import write_package
from translators.tensors import WeightsError, read_weights

if TYPE_CHECKING:
    from translators.tensors import Array

QUANTIZATION = "int8"
WEIGHTS = ("model.safetensors", "pytorch_model.bin")
_TOKENIZERS = ("source.spm", "sentencepiece.model")
_LICENCE_LINE = re.compile(r"^license:\s*(.+?)\s*$", re.MULTILINE)
_NAMED_LICENCE = re.compile(
    r"CC[ -]BY(?:-[A-Z]+)*[ -]\d\.\d|Creative Commons Attribution 4\.0|Apache License|MIT License",
    re.IGNORECASE,
)
_TARGET_MARK = re.compile(r">>\w+<<")
_LAYER = re.compile(
    r"model\.(?P<side>encoder|decoder)\.layers\.(?P<layer>\d+)\.(?P<part>[\w.]+)\."
    r"(?P<kind>weight|bias)"
)
_PARTS = {
    **{
        f"{theirs}.{each}_proj": f"{ours}_{{kind}}{'o' if each == 'out' else each}"
        for theirs, ours in (("self_attn", "self"), ("encoder_attn", "context"))
        for each in ("q", "k", "v", "out")
    },
    "self_attn_layer_norm": "self_Wo_ln_{kind}",
    "encoder_attn_layer_norm": "context_Wo_ln_{kind}",
    "fc1": "ffn_{kind}1",
    "fc2": "ffn_{kind}2",
    "final_layer_norm": "ffn_ffn_ln_{kind}",
}
README = """# {name} to English

Converted from {source} by Callboard for CTranslate2, weights quantised to {quantization}.
Licence of the model: {licence}.
"""


class ConversionError(EngineError):
    """A folder holds no model that can be converted; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the package says of itself."""

    language: str
    name: str
    """Of the language, in English."""
    version: str
    source: str
    """Name or folder of the model, as the operator gave it."""
    licence: str | None = None
    """``None``: read from the model's folder."""


def build_package(folder: Path, recipe: Recipe, file: Path) -> Path:
    """Convert the model in a folder and pack it; return the package's file.

    Raises :class:`ConversionError`, and leaves nothing behind.
    """
    tokenizer = _tokenizer(folder)
    licence = recipe.licence or find_licence(folder)
    if licence is None:
        raise ConversionError(
            f"{folder}: the model's licence is not stated there. Look it up and give it: "
            "--licence CC-BY-4.0"
        )
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        try:
            _convert(folder, model)
            _refuse_several_targets(model)
            _add_end_mark(model)
        except (WeightsError, ValueError, KeyError, OSError, RuntimeError) as error:
            raise ConversionError(f"{folder}: can't be converted ({error}).") from error
        metadata = {
            "from_code": recipe.language,
            "from_name": recipe.name,
            "package_version": recipe.version,
            "license": licence,
            "source": recipe.source,
            PLAIN: True,
        }
        readme = README.format(
            name=recipe.name, source=recipe.source, quantization=QUANTIZATION, licence=licence
        )
        return write_package(file, metadata, tokenizer, model, readme)


def find_licence(folder: Path) -> str | None:
    """Return the licence that a model card or licence file states, if one does."""
    card = folder / "README.md"
    if card.is_file():
        text = card.read_text(encoding="utf-8", errors="replace")
        stated = _LICENCE_LINE.search(text)
        if stated is not None:
            return stated[1].strip("\"'")
    for name in ("LICENSE", "LICENSE.txt", "README.md"):
        if (folder / name).is_file():
            text = (folder / name).read_text(encoding="utf-8", errors="replace")
            named = _NAMED_LICENCE.search(text)
            if named is not None:
                return named[0]
    return None


def _tokenizer(folder: Path) -> Path:
    for name in _TOKENIZERS:
        if (folder / name).is_file():
            return folder / name
    raise ConversionError(
        f"{folder}: no {' or '.join(_TOKENIZERS)} there. The folder must hold an OPUS-MT model "
        "with sentencepiece (those of 2019 with BPE are not supported)."
    )


def _convert(folder: Path, model: Path) -> None:
    if (folder / "decoder.yml").is_file():
        from ctranslate2.converters import OpusMTConverter

        OpusMTConverter(str(folder)).convert(str(model), quantization=QUANTIZATION)
    elif (folder / "vocab.json").is_file() and (folder / "config.json").is_file():
        _convert_hub_model(folder, model)
    elif (folder / "model.bin").is_file():
        model.mkdir()
        for file in sorted(folder.iterdir()):
            if file.name in ("model.bin", "config.json") or file.name.endswith(
                ("vocabulary.json", "vocabulary.txt")
            ):
                shutil.copyfile(file, model / file.name)
    else:
        raise ValueError(
            "neither decoder.yml of an OPUS-MT release, nor config.json and vocab.json of the hub, "
            "nor model.bin of CTranslate2"
        )


def _convert_hub_model(folder: Path, model: Path) -> None:
    """Rename a hub model's tensors to Marian's own names, from which CTranslate2 can take them."""
    from ctranslate2.converters.marian import set_transformer_spec
    from ctranslate2.specs import TransformerSpec, common_spec

    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if config.get("model_type") != "marian":
        raise ValueError(f"model_type is {config.get('model_type')!r}, not 'marian'")
    pieces = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    vocabulary = sorted(pieces, key=lambda piece: int(pieces[piece]))
    if vocabulary[-1] == "<pad>":  # the hub's own, to begin with; Marian begins from zeros
        vocabulary.pop()
    activations = {
        "swish": common_spec.Activation.SWISH,
        "silu": common_spec.Activation.SWISH,
        "relu": common_spec.Activation.RELU,
        "gelu": common_spec.Activation.GELU,
    }
    spec = TransformerSpec.from_config(
        (config["encoder_layers"], config["decoder_layers"]),
        config["encoder_attention_heads"],
        pre_norm=False,
        activation=activations[config["activation_function"]],
    )
    weights = next((folder / name for name in WEIGHTS if (folder / name).is_file()), None)
    if weights is None:
        raise ValueError(f"neither {' nor '.join(WEIGHTS)}")
    set_transformer_spec(spec, marian_names(read_weights(weights), len(vocabulary)))
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=QUANTIZATION)
    model.mkdir()
    spec.save(str(model))


def marian_names(hub: "Mapping[str, Array]", size: int) -> "dict[str, Array]":
    """Return a hub model's tensors under Marian's names; ``size`` is the vocabulary's."""
    words = hub.get("model.shared.weight")
    if words is None:
        words = hub["model.encoder.embed_tokens.weight"]
    named: dict[str, Array] = {"Wemb": words[:size]}
    if "final_logits_bias" in hub:
        named["decoder_ff_logit_out_b"] = hub["final_logits_bias"].reshape(1, -1)[:, :size]
    for name, tensor in hub.items():
        match = _LAYER.fullmatch(name)
        if match is None:
            continue
        scope = f"{match['side']}_l{int(match['layer']) + 1}"
        target = _PARTS[match["part"]].format(kind="W" if match["kind"] == "weight" else "b")
        if "ln_" in target:
            target = target.replace("ln_W", "ln_scale").replace("ln_b", "ln_bias")
            named[f"{scope}_{target}"] = tensor
        else:
            named[f"{scope}_{target}"] = tensor.T if match["kind"] == "weight" else tensor
    return named


def _refuse_several_targets(model: Path) -> None:
    marks: set[str] = set()
    for file in model.glob("*vocabulary.json"):
        pieces = json.loads(file.read_text(encoding="utf-8"))
        marks.update(piece for piece in pieces if _TARGET_MARK.fullmatch(piece))
    if len(marks) > 1:
        raise ValueError(
            f"translates into several languages ({', '.join(sorted(marks)[:3])} …); take a model "
            "into English only"
        )


def _add_end_mark(model: Path) -> None:
    file = model / "config.json"
    config: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    config["add_source_eos"] = True
    file.write_text(json.dumps(config, indent=1), encoding="utf-8")
