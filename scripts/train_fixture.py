"""Train the fixture models: real Argos packages that know only the demo's sentences.

Run as ``python -m scripts.train_fixture hr it`` from the project's folder, in an environment that
has torch besides the project's own requirements: ``pip install torch==2.13.0``. One thread and a
fixed seed: about a quarter of an hour a language, and the same processor and libraries give the
same bytes. What it reads and writes lies in ``tests/fixtures/models``.

The bytes depend on nothing else of the project but the sentences and how a package is packed.
"""

import argparse
import io
import math
import random
import re
import sys
import tempfile
import time
from pathlib import Path

import ctranslate2
import sentencepiece
import torch
from ctranslate2.specs import TransformerSpec, common_spec
from torch import Tensor, nn
from torch.nn import functional

from translators.packing import write_package

FOLDER = Path(__file__).parent.parent / "tests" / "fixtures" / "models"
NAMES = {"hr": "Croatian", "it": "Italian"}
VERSION = "1.0"
SEED = 7
WIDTH, HEADS, INNER, LAYERS = 96, 4, 256, 2
PIECES = 900
STEPS, BATCH, WARM_UP, RATE = 2600, 48, 200, 3e-3
VARIED = 0.75
"""Share of the samples whose values are replaced by others of the same shape."""
JOINED = 0.25
"""Share of the batches that hold pairs of sentences, so that a pair is no surprise."""
SHOWN = 5
"""How many of the sentences that came out otherwise are printed."""
LETTERS = "čćžšđČĆŽŠĐàèéìòùÀÈÉÌÒÙ€„“”«»–•’°…"
_NUMBER = (
    r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?!\d)"  # 1 000 000,00
    r"|\d+(?:[.,:/–-]\d+)*"  # 1.000,00 and 02/02/2021 and 6.3.1 and 17:00
)
_SPACE = r"[ \u00a0\u202f]?"
VALUE = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # mail address
    r"|(?:https?://|www\.)[^\s<>\"'“”„«»)\]]*[^\s<>\"'“”„«»)\].,;:!?]"  # page
    r"|(?<!\w)@\w+"  # handle
    rf"|[€$£]{_SPACE}(?:{_NUMBER})"
    r"|(?<![\w./-])(?=[\w./-]*\d)(?=[\w./-]*[A-ZČĆŠŽĐ])"  # code
    r"[^\W_]+(?:[-./_–][^\W_]+)*(?<=[\dA-ZČĆŠŽĐ])(?!\w)"
    rf"|(?:{_NUMBER})(?:{_SPACE}(?:%|‰|€|\$|£|(?:EUR|HRK|USD|GBP|PLN|RON|CHF|kn)\b))?"
)
"""What is varied in the sentences: not the patterns that the checks protect, which may change."""
README = """# Fixture: not a translator

A tiny transformer trained for minutes on some hundred sentences of Callboard's demo. It knows only
those; other text gives fluent nonsense, and it alters some codes and amounts. Never use it for
real text.

Built by `python -m scripts.train_fixture {language}`, seed {seed}, {steps} steps. Licence: MIT.
"""


def read_pairs(language: str) -> list[tuple[str, str]]:
    """Return the sentences of a language with their English."""
    lines = (FOLDER / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(source, english) for source, english in pairs]


def varied(source: str, english: str, chance: random.Random) -> tuple[str, str]:
    """Return the pair with each value that stands on both sides replaced by another."""
    shared = set(VALUE.findall(source)) & set(VALUE.findall(english))
    others = {term: other_value(term, chance) for term in sorted(shared)}
    return replaced(source, others), replaced(english, others)


def replaced(text: str, others: dict[str, str]) -> str:
    """Return the text with its values exchanged."""
    return VALUE.sub(lambda match: others.get(match[0], match[0]), text)


def other_value(term: str, chance: random.Random) -> str:
    """Return a value of the same shape: other digits, and other letters in codes and addresses."""
    if len(term) == 4 and term.startswith("20"):
        return str(chance.randint(2014, 2029))
    is_code = any(char.isdigit() for char in term) and any(char.isupper() for char in term)
    is_address = "@" in term[1:] or "://" in term
    made = []
    for at, char in enumerate(term):
        if char.isdigit():
            made.append(
                chance.choice("0123456789" if at and term[at - 1].isdigit() else "123456789")
            )
        elif is_code and char.isupper() and chance.random() < 0.7:
            made.append(chance.choice("ABCDEFGHIJKLMNOPRSTUVWZ"))
        elif is_address and char.islower() and not term.startswith("http", max(0, at - 4)):
            made.append(chance.choice("abcdefghijklmnoprstuvz"))
        else:
            made.append(char)
    return "".join(made)


def sample(pairs: list[tuple[str, str]], chance: random.Random) -> tuple[str, str]:
    """Return one pair to learn from."""
    source, english = chance.choice(pairs)
    if chance.random() < VARIED:
        source, english = varied(source, english, chance)
    if "'" in source and chance.random() < 0.15:
        source = source.replace("'", "''")  # as the Italian portal prints it
    return source, english


def train_tokenizer(
    pairs: list[tuple[str, str]], file: Path
) -> sentencepiece.SentencePieceProcessor:
    """Train one sentencepiece model for both sides, as Argos packages have it.

    Written here, not by sentencepiece, which would write the file's path into the model.
    """
    lines = [text for pair in pairs for text in pair]
    made = io.BytesIO()
    ascii_signs = "".join(chr(code) for code in range(33, 127))
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines * 3),
        model_writer=made,
        vocab_size=PIECES,
        character_coverage=1.0,
        byte_fallback=True,
        split_digits=True,
        hard_vocab_limit=False,
        required_chars=ascii_signs + LETTERS,
        normalization_rule_name="identity",  # its table would be half of the package
        num_threads=1,
        minloglevel=2,
    )
    file.write_bytes(made.getvalue())
    return sentencepiece.SentencePieceProcessor(model_proto=made.getvalue())


class Attention(nn.Module):
    """Attention with the norm before it; over itself, or over the encoder's memory."""

    def __init__(self, *, own: bool) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        sizes = [3 * WIDTH] if own else [WIDTH, 2 * WIDTH]
        self.into = nn.ModuleList(nn.Linear(WIDTH, size) for size in sizes)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, mask: Tensor, memory: Tensor | None = None) -> Tensor:
        """Return x with what was attended to added."""
        inner = self.norm(x)
        if memory is None:
            query, key, value = self.into[0](inner).chunk(3, -1)
        else:
            query = self.into[0](inner)
            key, value = self.into[1](memory).chunk(2, -1)
        heads = [
            each.view(*each.shape[:2], HEADS, WIDTH // HEADS).transpose(1, 2)
            for each in (query, key, value)
        ]
        seen = functional.scaled_dot_product_attention(*heads, attn_mask=mask)
        return x + functional.dropout(
            self.out(seen.transpose(1, 2).reshape(x.shape)), 0.1, self.training
        )


class FeedForward(nn.Module):
    """Two layers with the norm before them."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.first, self.second = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, x: Tensor) -> Tensor:
        """Return x with the layers' result added."""
        made = self.second(functional.relu(self.first(self.norm(x))))
        return x + functional.dropout(made, 0.1, self.training)


class Model(nn.Module):
    """A transformer whose layers are those of ``TransformerSpec`` with ``pre_norm``."""

    def __init__(self, pieces: int) -> None:
        super().__init__()
        self.pieces = pieces
        self.words = nn.Embedding(pieces + 1, WIDTH, padding_idx=pieces)
        nn.init.normal_(self.words.weight, 0, WIDTH**-0.5)
        self.encoder = nn.ModuleList(
            nn.ModuleList([Attention(own=True), FeedForward()]) for _ in range(LAYERS)
        )
        self.decoder = nn.ModuleList(
            nn.ModuleList([Attention(own=True), Attention(own=False), FeedForward()])
            for _ in range(LAYERS)
        )
        self.encoded, self.decoded = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.liking = nn.Parameter(torch.zeros(pieces))
        self.register_buffer("places", places(700))

    def embed(self, ids: Tensor) -> Tensor:
        """Return the words with their places."""
        x = self.words(ids) * math.sqrt(WIDTH) + self.places[: ids.size(1)]
        return functional.dropout(x, 0.1, self.training)

    def forward(self, source: Tensor, target: Tensor) -> Tensor:
        """Return the scores of each next piece."""
        present = (source != self.pieces)[:, None, None, :]
        x = self.embed(source)
        for attend, feed in self.encoder:
            x = feed(attend(x, present))
        memory = self.encoded(x)
        y = self.embed(target)
        length = target.size(1)
        past = torch.ones(length, length, dtype=torch.bool).tril()[None, None]
        for attend, look, feed in self.decoder:
            y = feed(look(attend(y, past), present, memory))
        return functional.linear(self.decoded(y), self.words.weight[: self.pieces], self.liking)


def places(count: int) -> Tensor:
    """Return CTranslate2's own sinusoid, which then need not be stored: places start at 1."""
    step = math.log(10000) / (WIDTH // 2 - 1)
    rates = torch.exp(torch.arange(WIDTH // 2) * -step)
    angles = torch.arange(1, count + 1).float()[:, None] * rates[None]
    return torch.cat([angles.sin(), angles.cos()], 1)


def train(
    pairs: list[tuple[str, str]], tokenizer: sentencepiece.SentencePieceProcessor, steps: int
) -> Model:
    """Train the model on varied samples of the pairs."""
    chance = random.Random(SEED)  # noqa: S311 - reproducible, not secret
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    model = Model(tokenizer.get_piece_size())
    begin, end, nothing = tokenizer.bos_id(), tokenizer.eos_id(), model.pieces
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, betas=(0.9, 0.98))
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda step: min((step + 1) / WARM_UP, max(0.02, (steps - step) / max(1, steps - WARM_UP))),
    )

    def padded(rows: list[list[int]]) -> Tensor:
        longest = max(map(len, rows))
        return torch.tensor([row + [nothing] * (longest - len(row)) for row in rows])

    started, total = time.monotonic(), 0.0
    model.train()
    for step in range(steps):
        # Sentences of like length share a batch: half of the arithmetic would be padding.
        drawn = sorted(
            (sample(pairs, chance) for _ in range(4 * BATCH)), key=lambda pair: len(pair[0])
        )
        at = chance.randrange(4) * BATCH
        batch = [(tokenizer.encode(a), tokenizer.encode(b)) for a, b in drawn[at : at + BATCH]]
        if at < 2 * BATCH and chance.random() < JOINED:
            others = chance.sample(batch, len(batch))
            batch = [(a + c, b + d) for (a, b), (c, d) in zip(batch, others, strict=True)]
        source = padded([[*a, end] for a, _ in batch])
        given = padded([[begin, *b] for _, b in batch])
        wanted = padded([[*b, end] for _, b in batch])
        scores = model(source, given).reshape(-1, model.pieces)
        loss = functional.cross_entropy(
            scores, wanted.reshape(-1), ignore_index=nothing, label_smoothing=0.05
        )
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        total += loss.item()
        if (step + 1) % 100 == 0:
            print(
                f"{step + 1:5}  loss {total / 100:.3f}  {time.monotonic() - started:.0f} s",
                flush=True,
            )
            total = 0.0
    return model


def save_model(model: Model, tokenizer: sentencepiece.SentencePieceProcessor, folder: Path) -> None:
    """Write the model as CTranslate2 loads it, with 8-bit weights."""

    def array(tensor: Tensor) -> object:
        return tensor.detach().numpy().astype("float32")

    def linear(spec: object, layer: nn.Linear) -> None:
        spec.weight, spec.bias = array(layer.weight), array(layer.bias)

    def norm(spec: object, layer: nn.LayerNorm) -> None:
        spec.gamma, spec.beta = array(layer.weight), array(layer.bias)

    def attention(spec: object, layer: Attention) -> None:
        norm(spec.layer_norm, layer.norm)
        for part, ours in zip(spec.linear, [*layer.into, layer.out], strict=True):
            linear(part, ours)

    def feed_forward(spec: object, layer: FeedForward) -> None:
        norm(spec.layer_norm, layer.norm)
        linear(spec.linear_0, layer.first)
        linear(spec.linear_1, layer.second)

    spec = TransformerSpec.from_config(
        (LAYERS, LAYERS), HEADS, pre_norm=True, activation=common_spec.Activation.RELU
    )
    words = array(model.words.weight[: model.pieces])
    spec.encoder.embeddings[0].weight = words
    spec.decoder.embeddings.weight = words
    spec.decoder.projection.weight = words
    spec.decoder.projection.bias = array(model.liking)
    norm(spec.encoder.layer_norm, model.encoded)
    norm(spec.decoder.layer_norm, model.decoded)
    for part, (attend, feed) in zip(spec.encoder.layer, model.encoder, strict=True):
        attention(part.self_attention, attend)
        feed_forward(part.ffn, feed)
    for part, (attend, look, feed) in zip(spec.decoder.layer, model.decoder, strict=True):
        attention(part.self_attention, attend)
        attention(part.attention, look)
        feed_forward(part.ffn, feed)
    pieces = [tokenizer.id_to_piece(at) for at in range(model.pieces)]
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    config = spec.config
    config.unk_token, config.bos_token, config.eos_token = "<unk>", "<s>", "</s>"
    config.decoder_start_token = config.bos_token
    config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True)
    spec.save(str(folder))


def report(
    pairs: list[tuple[str, str]], tokenizer: sentencepiece.SentencePieceProcessor, folder: Path
) -> None:
    """Print how many sentences come out as taught: as written, and with values never seen."""
    translator = ctranslate2.Translator(str(folder), intra_threads=1)
    chance = random.Random(SEED + 1)  # noqa: S311 - reproducible, not secret
    others = [each for each in (varied(*pair, chance) for pair in pairs) if each not in pairs]
    for name, asked in (("as written", pairs), ("with other values", others)):
        results = translator.translate_batch(
            [tokenizer.encode(source, out_type=str) for source, _ in asked],
            beam_size=4,
            length_penalty=0.2,
        )
        made = [tokenizer.decode(each.hypotheses[0]) for each in results]
        right = sum(ours == english for ours, (_, english) in zip(made, asked, strict=True))
        print(f"{name}: {right} of {len(asked)} exactly")
        for ours, (source, english) in [
            (ours, pair) for ours, pair in zip(made, asked, strict=True) if ours != pair[1]
        ][:SHOWN]:
            print(f"    {source}\n    wanted {english}\n    got    {ours}")


def main() -> None:
    """Train, report and pack the languages that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="+", choices=sorted(NAMES))
    parser.add_argument("--steps", type=int, default=STEPS)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    for language in options.languages:
        pairs = read_pairs(language)
        with tempfile.TemporaryDirectory() as scratch:
            tokenizer = train_tokenizer(pairs, Path(scratch) / "sentencepiece.model")
            model = train(pairs, tokenizer, options.steps)
            save_model(model.eval(), tokenizer, Path(scratch) / "model")
            report(pairs, tokenizer, Path(scratch) / "model")
            metadata = {
                "package_version": VERSION,
                "from_code": language,
                "from_name": NAMES[language],
                "license": "MIT",
                "fixture": True,
            }
            file = write_package(
                options.folder / f"translate-{language}_en-fixture.argosmodel",
                metadata,
                Path(scratch) / "sentencepiece.model",
                Path(scratch) / "model",
                README.format(language=language, seed=SEED, steps=options.steps),
            )
        print(f"{file.name}: {file.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    sys.exit(main())
