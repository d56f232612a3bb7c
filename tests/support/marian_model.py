"""A small Marian model with random weights, as OPUS-MT releases it and as the hub has it."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece

from tests.support.tiny_package import train_tokenizer

WIDTH, HEADS, INNER = 32, 2, 64
CONFIG = f"""\
type: transformer
transformer-decoder-autoreg: self-attention
transformer-no-projection: false
transformer-ffn-activation: swish
transformer-preprocess: ""
transformer-postprocess: dan
transformer-postprocess-top: ""
transformer-postprocess-emb: d
transformer-guided-alignment-layer: last
transformer-heads: {HEADS}
enc-depth: 1
dec-depth: 1
"""
PARTS = {"encoder": ("self",), "decoder": ("self", "context")}
HUB = {"self": "self_attn", "context": "encoder_attn"}


def pieces(tokenizer: bytes, *marks: str) -> list[str]:
    """Return the vocabulary in Marian's order: end, unknown, the rest."""
    processor = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    known = [processor.id_to_piece(at) for at in range(processor.get_piece_size())]
    rest = [piece for piece in known if piece not in ("</s>", "<unk>", "<s>")]
    return ["</s>", "<unk>", *marks, *rest]


def weights(size: int) -> dict[str, Any]:
    """Return random weights under Marian's names."""
    chance = np.random.default_rng(3)

    def some(*shape: int) -> Any:
        return chance.normal(0, 0.3, shape).astype(np.float32)

    made = {"Wemb": some(size, WIDTH), "decoder_ff_logit_out_b": some(1, size)}
    for side, attentions in PARTS.items():
        scope = f"{side}_l1"
        for each in attentions:
            for letter in "qkvo":
                made[f"{scope}_{each}_W{letter}"] = some(WIDTH, WIDTH)
                made[f"{scope}_{each}_b{letter}"] = some(1, WIDTH)
        made[f"{scope}_ffn_W1"], made[f"{scope}_ffn_b1"] = some(WIDTH, INNER), some(1, INNER)
        made[f"{scope}_ffn_W2"], made[f"{scope}_ffn_b2"] = some(INNER, WIDTH), some(1, WIDTH)
        for norm in (*(f"{each}_Wo" for each in attentions), "ffn_ffn"):
            made[f"{scope}_{norm}_ln_scale"] = 1 + some(1, WIDTH) / 10
            made[f"{scope}_{norm}_ln_bias"] = some(1, WIDTH) / 10
    return made


def save_release(folder: Path, *marks: str) -> Path:
    """Write a folder as OPUS-MT releases one, and return it."""
    tokenizer = train_tokenizer()
    vocabulary = pieces(tokenizer, *marks)
    folder.mkdir(parents=True)
    (folder / "source.spm").write_bytes(tokenizer)
    (folder / "opus.vocab.yml").write_text(
        "".join(
            f"{json.dumps(each, ensure_ascii=False)}: {at}\n" for at, each in enumerate(vocabulary)
        ),
        encoding="utf-8",
    )
    described = np.frombuffer(CONFIG.encode() + b"\0", np.int8)
    np.savez(folder / "opus.npz", **{"special:model.yml": described}, **weights(len(vocabulary)))
    (folder / "decoder.yml").write_text(
        "models:\n  - opus.npz\nvocabs:\n  - opus.vocab.yml\n  - opus.vocab.yml\n"
    )
    (folder / "LICENSE").write_text("Attribution 4.0 International (CC-BY 4.0)\n")
    return folder


def hub_tensors(size: int) -> dict[str, Any]:
    """Return the same weights under the hub's names, with a row more for ``<pad>``."""
    ours = weights(size)
    found = {
        "model.shared.weight": np.vstack([ours["Wemb"], np.zeros((1, WIDTH), np.float32)]),
        "final_logits_bias": np.hstack([ours["decoder_ff_logit_out_b"], [[0.0]]]).astype(
            np.float32
        ),
    }
    for side, attentions in PARTS.items():
        layer, scope = f"model.{side}.layers.0", f"{side}_l1"
        for each in attentions:
            for letter, name in (("q", "q"), ("k", "k"), ("v", "v"), ("o", "out")):
                theirs = f"{layer}.{HUB[each]}.{name}_proj"
                found[f"{theirs}.weight"] = ours[f"{scope}_{each}_W{letter}"].T
                found[f"{theirs}.bias"] = ours[f"{scope}_{each}_b{letter}"][0]
            norm = f"{layer}.{HUB[each]}_layer_norm"
            found[f"{norm}.weight"] = ours[f"{scope}_{each}_Wo_ln_scale"][0]
            found[f"{norm}.bias"] = ours[f"{scope}_{each}_Wo_ln_bias"][0]
        for number in "12":
            found[f"{layer}.fc{number}.weight"] = ours[f"{scope}_ffn_W{number}"].T
            found[f"{layer}.fc{number}.bias"] = ours[f"{scope}_ffn_b{number}"][0]
        found[f"{layer}.final_layer_norm.weight"] = ours[f"{scope}_ffn_ffn_ln_scale"][0]
        found[f"{layer}.final_layer_norm.bias"] = ours[f"{scope}_ffn_ffn_ln_bias"][0]
    return {name: np.ascontiguousarray(tensor) for name, tensor in found.items()}


def save_hub_model(folder: Path) -> Path:
    """Write a folder as the hub has one, and return it."""
    tokenizer = train_tokenizer()
    vocabulary = pieces(tokenizer)
    folder.mkdir(parents=True)
    (folder / "source.spm").write_bytes(tokenizer)
    (folder / "vocab.json").write_text(
        json.dumps({piece: at for at, piece in enumerate([*vocabulary, "<pad>"])}), encoding="utf-8"
    )
    (folder / "config.json").write_text(
        json.dumps(
            {
                "model_type": "marian",
                "encoder_layers": 1,
                "decoder_layers": 1,
                "encoder_attention_heads": HEADS,
                "activation_function": "swish",
            }
        )
    )
    (folder / "README.md").write_text("---\nlanguage: hr\nlicense: apache-2.0\n---\n# A model\n")
    save_safetensors(hub_tensors(len(vocabulary)), folder / "model.safetensors")
    return folder


def save_safetensors(tensors: dict[str, Any], file: Path) -> None:
    """Write tensors in the safetensors format."""
    head, content = {}, b""
    for name, tensor in tensors.items():
        data = tensor.tobytes()
        head[name] = {
            "dtype": "F32",
            "shape": list(tensor.shape),
            "data_offsets": [len(content), len(content) + len(data)],
        }
        content += data
    described = json.dumps(head).encode()
    file.write_bytes(len(described).to_bytes(8, "little") + described + content)
