"""Fit the weights of `normalizers/weights.toml` on notices with expected answers.

usage: python scripts/fit_weights.py NOTICES_FOLDER [--cues] [--write]

With --cues, [cues], [dates], [amounts] and [rates] are fitted by coordinate ascent on micro-F1: a
weight moves only where that gains on the training notices, and what it gains on the held-out
third (by hash of id) is printed beside it. Without it, only the verdict is fitted:

[kinds] is a logistic regression (L2) of `is_call` over the counted facts of
`normalizers.fields.kinds.features`, cross-validated by notice in ten folds. Everything is
deterministic.
"""

import hashlib
import json
import math
import re
import sys
from pathlib import Path
from typing import Any, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from normalizers import normalise, source_texts
from normalizers.fields import kinds
from normalizers.weights import weights
from scripts.floors import extract, read_notices
from scripts.scoring import score

WEIGHTS = Path(__file__).resolve().parent.parent / "normalizers" / "weights.toml"
FOLDS = 10
FACTORS = (0.75, 1.3)
GAIN = 0.001
SECTIONS = ("cues", "dates", "amounts", "rates")
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
    context = normalise.read(source_texts.read_text(text), normalise.Hints())
    claims = normalise.claim_fields(context)
    return kinds.features(context.annotated, context.title, kinds.facts_of(claims))


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


def held_out(identity: str) -> bool:
    """Tell whether a notice is kept for judging what was fitted."""
    return int(hashlib.sha256(identity.encode()).hexdigest(), 16) % 3 == 0


def micro(notices: list[dict[str, Any]]) -> float:
    """Return micro-F1 over the fields, with the accuracy of the kind of deadline."""
    total = score((notice, extract(notice)) for notice in notices)
    return total.micro.f1 + 0.1 * total.kind_accuracy


def ascend(folder: Path) -> dict[str, dict[str, float]]:
    """Move one weight at a time while that gains on the training notices."""
    notices = read_notices(folder)
    training = [notice for notice in notices if not held_out(notice["id"])]
    judging = [notice for notice in notices if held_out(notice["id"])]
    best = micro(training)
    print(f"training {best:.4f}, held out {micro(judging):.4f}")
    for section in SECTIONS:
        table = cast("dict[str, float]", weights(section))
        for name in sorted(table):
            for factor in FACTORS:
                old = table[name]
                table[name] = round(old * factor, 4)
                gained = micro(training)
                if gained > best + GAIN:
                    best = gained
                    print(f"{section}.{name} {old} -> {table[name]}: {best:.4f}", flush=True)
                    break
                table[name] = old
    print(f"training {best:.4f}, held out {micro(judging):.4f}")
    return {section: dict(weights(section)) for section in SECTIONS}


def rewrite(fitted: dict[str, dict[str, float]]) -> None:
    """Put fitted numbers into the file, keeping its order and comments."""
    section, lines = "", []
    for line in WEIGHTS.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        name, equals, rest = line.partition(" = ")
        if equals and name in fitted.get(section, {}):
            comment = rest[rest.index("#") :] if "#" in rest else ""
            lines.append(f"{name} = {fitted[section][name]:<8}{comment}".rstrip())
        else:
            lines.append(line)
    WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Fit, cross-validate, print, and write when asked to."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    if "--cues" in sys.argv:
        fitted = ascend(Path(sys.argv[1]))
        if "--write" in sys.argv:
            rewrite(fitted)
        return
    rows = rows_of(Path(sys.argv[1]))
    pairs = []
    for fold in range(FOLDS):
        model = fit([row for index, row in enumerate(rows) if index % FOLDS != fold])
        pairs += [
            (row[2], guess(model, row[1]))
            for index, row in enumerate(rows)
            if index % FOLDS == fold
        ]
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
