"""The figures of the installed engines are those that sacrebleu would give."""

import pytest

from scripts.english_quality import bleu, chrf, lines, read_pairs
from tests.support.translating import FakeEngine

MADE = [
    "The call is opened until 2.2.2021, for the SMEs.",
    "Aid intensity: up to 75 % of the costs",
    "Applications are sent by e-mail to info@example.org",
]
WANTED = [
    "The call is open until 2.2.2021 for SMEs.",
    "Aid intensity: up to 75 % of eligible costs.",
    "Applications are sent by e-mail: info@example.org.",
]


def test_the_scores_are_sacrebleus() -> None:
    """Of ``BLEU()`` and ``CHRF()`` of sacrebleu 2.6 for the same sentences."""
    assert bleu(MADE, WANTED) == pytest.approx(57.35, abs=0.01)
    assert chrf(MADE, WANTED) == pytest.approx(79.14, abs=0.01)


def test_the_best_and_the_worst() -> None:
    assert bleu(WANTED, WANTED) == pytest.approx(100)
    assert chrf(WANTED, WANTED) == pytest.approx(100)
    assert bleu(["x"] * 3, WANTED) == 0
    assert chrf([""] * 3, WANTED) == 0


def test_an_engine_that_knows_everything_gets_full_marks() -> None:
    known = dict(read_pairs("hr"))
    engine = FakeEngine(lambda sentence: known.get(sentence, sentence), languages=["hr"])
    said = list(lines([engine]))
    assert said[0] == f"hr fake 1, {len(known)} sentences"
    assert "BLEU 100.0  chrF 100.0" in said[1]
