"""Make a model of transformer-base cost of a tiny one, whose every output stays the same.

A real base-size package can't be fetched in a benchmark. The tiny model's features are repeated,
so that norms, heads and sums come out as before; layers that add nothing and words that are never
chosen bring the sizes up. Times are then those of a real model, with sentences of natural length.
"""

import json
import math
import shutil
import struct
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from ctranslate2.specs import TransformerSpec, common_spec

from translators.installation import install_package
from translators.packing import write_package

TINY, HEADS, INNER, DEPTH = 96, 4, 256, 2
COPIES, INNER_COPIES, LAYERS, WORDS = 5, 8, 6, 32_000
WIDTH = TINY * COPIES
_KINDS = {0: np.float32, 1: np.int8, 2: np.int16, 3: np.int32, 4: np.float16}
_NEVER = -1e4


def widen(package: Path, file: Path) -> Path:
    """Pack a wide model like the one in an installed package's folder; return the file."""
    weights = read_model(package / "model" / "model.bin")
    vocabulary = json.loads((package / "model" / "shared_vocabulary.json").read_text("utf-8"))
    metadata = json.loads((package / "metadata.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        model = Path(scratch) / "model"
        model.mkdir()
        _wide_spec(weights, vocabulary).save(str(model))
        described = {
            "from_code": metadata["from_code"],
            "from_name": metadata["from_name"],
            "package_version": "1.0",
        }
        write_package(file, described, package / "sentencepiece.model", model, "# Benchmark\n")
    return file


def read_model(file: Path) -> dict[str, Any]:
    """Return the weights of a CTranslate2 model, those in 8 bits as floating point again."""
    stream = BytesIO(file.read_bytes())
    _number(stream, "I"), _text(stream), _number(stream, "I")
    found: dict[str, Any] = {}
    for _ in range(_number(stream, "I")):
        name = _text(stream)
        shape = [_number(stream, "I") for _ in range(_number(stream, "B"))]
        kind = _KINDS[_number(stream, "B")]
        found[name] = np.frombuffer(stream.read(_number(stream, "I")), kind).reshape(shape)
    for name, array in list(found.items()):
        if array.dtype == np.int8 and f"{name}_scale" in found:
            found[name] = array.astype(np.float32) / found[f"{name}_scale"][:, None]
    return found


def _wide_spec(weights: dict[str, Any], vocabulary: list[str]) -> Any:
    spec = TransformerSpec.from_config(
        (LAYERS, LAYERS), HEADS * COPIES, pre_norm=True, activation=common_spec.Activation.RELU
    )
    words = weights["decoder/embeddings/weight"]
    missing = WORDS - len(words)
    # Embeddings are multiplied by the root of the width, which is larger now.
    embedded = _padded(np.tile(words, COPIES) * math.sqrt(TINY / WIDTH), missing)
    for side, layers in ((spec.encoder, "encoder"), (spec.decoder, "decoder")):
        embeddings = side.embeddings
        (embeddings[0] if isinstance(embeddings, list) else embeddings).weight = embedded
        side.position_encodings.encodings = np.tile(_places(700), COPIES)
        _norm(side.layer_norm, weights, f"{layers}/layer_norm")
        for number, layer in enumerate(side.layer):
            _layer(layer, weights, f"{layers}/layer_{number % DEPTH}", adds=number < DEPTH)
    spec.decoder.projection.weight = _padded(np.tile(words, COPIES) / COPIES, missing)
    spec.decoder.projection.bias = np.concatenate(
        [weights["decoder/projection/bias"], np.full(missing, _NEVER, np.float32)]
    )
    pieces = [*vocabulary, *(f"<unused{at}>" for at in range(missing))]
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    config = spec.config
    config.unk_token, config.bos_token, config.eos_token = "<unk>", "<s>", "</s>"
    config.decoder_start_token = config.bos_token
    config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization="int8")
    return spec


def _layer(layer: Any, weights: dict[str, Any], name: str, *, adds: bool) -> None:
    blocks = [(layer.self_attention, "self_attention")]
    if hasattr(layer, "attention"):
        blocks.append((layer.attention, "attention"))
    for spec, block in blocks:
        _norm(spec.layer_norm, weights, f"{name}/{block}/layer_norm")
        for number, linear in enumerate(spec.linear):
            last = number == len(spec.linear) - 1
            weight = weights[f"{name}/{block}/linear_{number}/weight"]
            bias = weights[f"{name}/{block}/linear_{number}/bias"]
            # Queries, keys and values may lie one after the other: each is repeated for itself.
            _linear(linear, weight, bias, len(weight) // TINY, 1 if adds or not last else 0)
    _norm(layer.ffn.layer_norm, weights, f"{name}/ffn/layer_norm")
    first, second = (weights[f"{name}/ffn/linear_{number}/weight"] for number in (0, 1))
    biases = [weights[f"{name}/ffn/linear_{number}/bias"] for number in (0, 1)]
    layer.ffn.linear_0.weight = np.tile(first, (INNER_COPIES, COPIES)) / COPIES
    layer.ffn.linear_0.bias = np.tile(biases[0], INNER_COPIES)
    layer.ffn.linear_1.weight = np.tile(second, (COPIES, INNER_COPIES)) / INNER_COPIES * adds
    layer.ffn.linear_1.bias = np.tile(biases[1], COPIES) * adds


def _linear(spec: Any, weight: Any, bias: Any, parts: int, share: int) -> None:
    weights = [np.tile(each, (COPIES, COPIES)) for each in np.split(weight, parts)]
    spec.weight = (np.concatenate(weights) / COPIES * share).astype(np.float32)
    spec.bias = np.concatenate([np.tile(each, COPIES) for each in np.split(bias, parts)]) * share


def _norm(spec: Any, weights: dict[str, Any], name: str) -> None:
    spec.gamma = np.tile(weights[f"{name}/gamma"], COPIES)
    spec.beta = np.tile(weights[f"{name}/beta"], COPIES)


def _padded(words: Any, missing: int) -> Any:
    return np.vstack([words, np.zeros((missing, WIDTH), np.float32)]).astype(np.float32)


def _places(count: int) -> Any:
    """Return CTranslate2's own sinusoid for the tiny width, which the wide one does not have."""
    step = math.log(10000) / (TINY // 2 - 1)
    rates = np.exp(np.arange(TINY // 2) * -step)
    angles = np.arange(1, count + 1)[:, None] * rates[None]
    return np.concatenate([np.sin(angles), np.cos(angles)], 1).astype(np.float32)


def _number(stream: BinaryIO, kind: str) -> int:
    number: int = struct.unpack(f"<{kind}", stream.read(struct.calcsize(f"<{kind}")))[0]
    return number


def _text(stream: BinaryIO) -> str:
    return stream.read(_number(stream, "H"))[:-1].decode()


def install_wide(fixtures: Path, folder: Path) -> Path:
    """Install a wide model of each fixture in a folder, and return it."""
    for file in sorted(fixtures.glob("*.argosmodel")):
        with tempfile.TemporaryDirectory() as scratch:
            package, _ = install_package(file, Path(scratch) / "tiny")
            wide = widen(package.path, Path(scratch) / "wide.argosmodel")
            install_package(wide, folder)
            shutil.rmtree(scratch, ignore_errors=True)
    return folder
