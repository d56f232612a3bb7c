"""Fit the weights of `normalizers/weights.toml` on notices with expected answers.

usage: python scripts/fit_weights.py NOTICES_FOLDER [--write]

[kinds] is a logistic regression (L2) of `is_call` over the counted facts of
`normalizers.kinds.features`, cross-validated by notice in ten folds. Everything is deterministic.
"""

import json
import math
import re
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from normalizers import kinds, normalise, originals, titles

WEIGHTS = Path(__file__).resolve().parent.parent / "normalizers" / "weights.toml"
FOLDS = 10
STEPS = 4000
RATE = 0.3
RIDGE = 0.004


def rows_of(folder: Path) -> list[tuple[str, dict[str, float], bool]]:
    """Return id, features and answer of every notice."""
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            notice: dict[str, Any] = json.loads(line)
            if not notice.get("borderline"):
                rows.append((notice["id"], features_of(notice["text"]), bool(notice["is_call"])))
    return rows


def features_of(text: str) -> dict[str, float]:
    """Return the counted facts of one notice."""
    hints = normalise.Hints()
    reading, _ = normalise.read(originals.read_text(text), hints)
    span = titles.choose_title(reading)
    title = (span.start, span.end) if span else None
    choices = normalise.choose(reading, normalise.find_all(reading, title), title, hints)
    return kinds.features(reading, title, normalise.call_facts(choices))


def fit(rows: list[tuple[str, dict[str, float], bool]]) -> dict[str, float]:
    """Fit a logistic regression; negatives count as much as positives in all."""
    names = sorted(rows[0][1])
    negatives = sum(not answer for _, _, answer in rows)
    balance = math.sqrt((len(rows) - negatives) / max(1, negatives))
    weights = dict.fromkeys(names, 0.0)
    for _ in range(STEPS):
        gradient = {name: RIDGE * weights[name] * (name != "bias") for name in names}
        for _, facts, answer in rows:
            score = sum(weights[name] * facts[name] for name in names)
            error = 1 / (1 + math.exp(-max(-30.0, min(30.0, score)))) - answer
            share = error * (1.0 if answer else balance) / len(rows)
            for name in names:
                gradient[name] += share * facts[name]
        for name in names:
            weights[name] -= RATE * gradient[name]
    return weights


def f1(pairs: list[tuple[bool, bool]]) -> float:
    """Return F1 over (answer, guess) pairs."""
    hit = sum(a and g for a, g in pairs)
    return 2 * hit / max(1, 2 * hit + sum(a != g for a, g in pairs))


def guess(weights: dict[str, float], facts: dict[str, float]) -> bool:
    """Return whether the score says call."""
    return sum(weights.get(name, 0.0) * value for name, value in facts.items()) >= 0


def main() -> None:
    """Fit, cross-validate, print, and write when asked to."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    rows = rows_of(Path(sys.argv[1]))
    pairs = []
    for fold in range(FOLDS):
        model = fit([row for index, row in enumerate(rows) if index % FOLDS != fold])
        pairs += [(row[2], guess(model, row[1])) for index, row in enumerate(rows) if index % FOLDS == fold]
    weights = fit(rows)
    seen = [(answer, guess(weights, facts)) for _, facts, answer in rows]
    print(f"is_call F1: cross-validated {f1(pairs):.3f}, on the data itself {f1(seen):.3f}")
    lines = [f"{name} = {value:.2f}" for name, value in sorted(weights.items())]
    print("\n".join(lines))
    if "--write" in sys.argv:
        source = WEIGHTS.read_text(encoding="utf-8")
        head = re.split(r"^\[kinds\].*", source, maxsplit=1, flags=re.DOTALL | re.MULTILINE)[0]
        WEIGHTS.write_text(head + "[kinds]\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
