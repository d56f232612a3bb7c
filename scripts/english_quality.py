"""BLEU and chrF of the installed engines on sentences of the field whose English is known.

usage: python -m scripts.english_quality [--config FILE]

The sentences are the pairs of ``tests/fixtures/models``, so the fixture models, which have learned
them by heart, are left out. A reference is one way of many to say it: a good translation stays far
below 100. The figures are those that sacrebleu gives by default.
"""

import argparse
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from callboard.config import load
from callboard.english import installed_engines
from translators import apertium
from translators.checks import left_alone
from translators.engines import Translator, engines_for
from translators.renderings import render

PAIRS = Path(__file__).parent.parent / "tests" / "fixtures" / "models"
LANGUAGES = ("hr", "it")
LONGEST = 4
"""Words of a group that BLEU compares."""
CHARACTERS, RECALL = 6, 2
"""Characters of a group that chrF compares, and how many times recall weighs precision."""
_TOKENS = (
    (re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])"), r" \1 "),
    (re.compile(r"([^0-9])([\.,])"), r"\1 \2 "),
    (re.compile(r"([\.,])([^0-9])"), r" \1 \2"),
    (re.compile(r"([0-9])(-)"), r"\1 \2 "),
)

Groups = Counter[tuple[str, ...]]


def read_pairs(language: str) -> list[tuple[str, str]]:
    """Return sentences of a language with their English."""
    lines = (PAIRS / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(source, english) for source, english in pairs]


def bleu(made: Sequence[str], wanted: Sequence[str]) -> float:
    """Return corpus BLEU, 0 to 100, over words as WMT's script 13a takes them apart."""
    ours, theirs = [_words(each) for each in made], [_words(each) for each in wanted]
    score = 0.0
    for size in range(1, LONGEST + 1):
        pairs = [(_groups(a, size), _groups(b, size)) for a, b in zip(ours, theirs, strict=True)]
        right = sum((a & b).total() for a, b in pairs)
        if not right:
            return 0.0
        score += math.log(right / sum(a.total() for a, _ in pairs)) / LONGEST
    length, reference = sum(map(len, ours)), sum(map(len, theirs))
    return 100 * math.exp(score + min(0.0, 1 - reference / length))


def chrf(made: Sequence[str], wanted: Sequence[str]) -> float:
    """Return corpus chrF2, 0 to 100: groups of one to six characters, spaces left out."""
    scores = []
    for size in range(1, CHARACTERS + 1):
        pairs = [
            (_groups("".join(a.split()), size), _groups("".join(b.split()), size))
            for a, b in zip(made, wanted, strict=True)
        ]
        right = sum((a & b).total() for a, b in pairs)
        precision = right / max(1, sum(a.total() for a, _ in pairs))
        recall = right / max(1, sum(b.total() for _, b in pairs))
        weight = RECALL**2
        below = weight * precision + recall
        scores.append((1 + weight) * precision * recall / below if below else 0.0)
    return 100 * sum(scores) / len(scores)


def _words(text: str) -> list[str]:
    text = f" {text} "
    for pattern, replacement in _TOKENS:
        text = pattern.sub(replacement, text)
    return text.split()


def _groups(things: Sequence[str], size: int) -> Groups:
    return Counter(tuple(things[at : at + size]) for at in range(len(things) - size + 1))


def figures(language: str, made: Sequence[str]) -> str:
    """Return what English of a language's sentences is worth, as a line."""
    pairs = read_pairs(language)
    wanted = [english for _, english in pairs]
    left = sum(left_alone(source, each) for (source, _), each in zip(pairs, made, strict=True))
    return (
        f"BLEU {bleu(made, wanted):5.1f}  chrF {chrf(made, wanted):5.1f}  "
        f"words left as they were {left / len(pairs):5.1%}"
    )


def lines(engines: Sequence[Translator]) -> Iterator[str]:
    """Yield figures for each engine and language: as it translates, and as it is stored."""
    for language in LANGUAGES:
        sources = [source for source, _ in read_pairs(language)]
        for engine in engines_for(engines, language):
            alone = engine.translate(sources, language)
            stored = [each.english or "" for each in render(engine, sources, language)]
            engine.close()
            yield f"{language} {engine.name} {engine.version}, {len(sources)} sentences"
            yield f"    alone                            {figures(language, alone)}"
            yield f"    with glossary, checks and repair {figures(language, stored)}"


def main() -> None:
    """Print the figures of the engines that a configuration has, and of Apertium."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, help="Of an installation with models.")
    options = parser.parse_args()
    models = [each for each in installed_engines(load(options.config)) if each.name == "argos"]
    for line in lines([*models, *apertium.find_engines(LANGUAGES)]):
        print(line)


if __name__ == "__main__":
    main()
