"""A real Argos package made in the test: a random transformer and a tokenizer of a few lines.

It translates nonsense into nonsense, but through the very code that a true package goes through.
"""

import io
import json
import random
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import sentencepiece
from ctranslate2.specs import TransformerSpec, common_spec

WORDS = ("natječaj", "poziv", "rok", "prijava", "udruga", "poduzeće", "klaster", "sredstva")


def build_package(path: Path, language: str = "hr", *, fixture: bool = False) -> Path:
    """Write an ``.argosmodel`` file and return its path."""
    tokenizer = train_tokenizer()
    model = path.with_suffix("")
    _save_model(_vocabulary(tokenizer), model)
    top = f"translate-{language}_en-1_0"
    metadata: dict[str, Any] = {
        "package_version": "1.0",
        "argos_version": "1.11.0",
        "from_code": language,
        "from_name": language,
        "to_code": "en",
        "to_name": "English",
        "type": "translate",
    }
    if fixture:
        metadata["fixture"] = True
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{top}/metadata.json", json.dumps(metadata))
        archive.writestr(f"{top}/sentencepiece.model", tokenizer)
        for file in sorted(model.iterdir()):
            archive.writestr(f"{top}/model/{file.name}", file.read_bytes())
    return path


def train_tokenizer() -> bytes:
    """Return a sentencepiece model of some words, as bytes."""
    chance = random.Random(1)  # noqa: S311 - reproducible, not secret
    lines = (" ".join(chance.choices(WORDS, k=8)) for _ in range(400))
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=written,
        vocab_size=300,
        hard_vocab_limit=False,
        byte_fallback=True,
        character_coverage=1.0,
        minloglevel=2,
        num_threads=1,
    )
    return written.getvalue()


def _vocabulary(tokenizer: bytes) -> list[str]:
    processor = sentencepiece.SentencePieceProcessor(model_proto=tokenizer)
    return [processor.id_to_piece(at) for at in range(processor.get_piece_size())]


def _save_model(vocabulary: list[str], folder: Path) -> None:
    width, heads, inner = 32, 2, 64
    chance = np.random.default_rng(1)

    def some(*shape: int) -> Any:
        return chance.normal(0, 0.4, shape).astype(np.float32)

    def norm(spec: Any) -> None:
        spec.gamma, spec.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def linear(spec: Any, out: int, into: int) -> None:
        spec.weight, spec.bias = some(out, into), np.zeros(out, np.float32)

    def attention(spec: Any, *, own: bool) -> None:
        norm(spec.layer_norm)
        sizes = [3 * width, width] if own else [width, 2 * width, width]
        for part, size in zip(spec.linear, sizes, strict=True):
            linear(part, size, width)

    def feed_forward(spec: Any) -> None:
        norm(spec.layer_norm)
        linear(spec.linear_0, inner, width)
        linear(spec.linear_1, width, inner)

    spec = TransformerSpec.from_config(
        (1, 1), heads, pre_norm=True, activation=common_spec.Activation.RELU
    )
    words = some(len(vocabulary), width)
    spec.encoder.embeddings[0].weight = words
    spec.decoder.embeddings.weight = words
    spec.decoder.projection.weight = words
    # Words instead of bytes, and an end before long.
    liking = [-50.0 if word.startswith("<0x") else 0.0 for word in vocabulary]
    liking[vocabulary.index("</s>")] = 5.0
    spec.decoder.projection.bias = np.array(liking, np.float32)
    for side in (spec.encoder, spec.decoder):
        norm(side.layer_norm)
    for layer in spec.encoder.layer:
        attention(layer.self_attention, own=True)
        feed_forward(layer.ffn)
    for layer in spec.decoder.layer:
        attention(layer.self_attention, own=True)
        attention(layer.attention, own=False)
        feed_forward(layer.ffn)
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.config.unk_token, spec.config.bos_token, spec.config.eos_token = "<unk>", "<s>", "</s>"
    spec.config.decoder_start_token = spec.config.bos_token
    spec.config.add_source_eos = True
    spec.validate()
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
