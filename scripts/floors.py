"""Print precision, recall and F1 by field and language, and fail under the pinned floors.

usage: python scripts/floors.py [--pin] [NOTICES_FOLDER]

The notices lie beside the checkout (`../shared/notices`); without them there is nothing to do.
Floors stand in `tests/floors.toml` with the hash of the data, so that neither can slip unseen;
`--pin` writes today's figures, less a margin, and is for a person to run on purpose.
"""

import hashlib
import json
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from exports.extracts import render_extract  # noqa: E402 - the root must be importable first
from normalizers.normalise import Hints, normalise  # noqa: E402 - the root must be importable first
from normalizers.source_texts import read_text  # noqa: E402 - the root must be importable first
from scripts.scoring import FIELDS, Score  # noqa: E402 - the root must be importable first

FLOORS = ROOT / "tests" / "floors.toml"
NOTICES = ROOT.parent / "shared" / "notices"
MARGIN = 0.02
"""What `--pin` leaves between today's figure and the floor."""
FEWEST = 5
"""A language's field with fewer expected values has no floor: one notice would move it."""


def read_notices(folder: Path) -> list[dict[str, Any]]:
    """Return every notice of a folder of JSON lines, by file and line."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def digest(folder: Path) -> str:
    """Return the SHA-256 over the data files, in order of name."""
    hashed = hashlib.sha256()
    for path in sorted(folder.glob("*.jsonl")):
        hashed.update(path.name.encode() + b"\0" + path.read_bytes())
    return hashed.hexdigest()


def extract(notice: dict[str, Any]) -> dict[str, Any]:
    """Return the facts that this version reads from a notice's text."""
    call = normalise(read_text(notice["text"]), Hints(url=notice.get("url")))
    return render_extract(call, notice["id"])


def measure(notices: list[dict[str, Any]]) -> dict[str, Score]:
    """Return the score of each language, and of all together under ``all``."""
    scores: dict[str, Score] = {"all": Score()}
    for notice in notices:
        found = extract(notice)
        for key in ("all", notice["lang"][:2]):
            scores.setdefault(key, Score()).add(notice, found)
    return scores


def figures(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    """Return F1 by language and field, with ``micro`` and the accuracies."""
    table: dict[str, dict[str, float]] = {}
    for language, score in scores.items():
        row = {
            name: round(score.fields[name].f1, 3)
            for name in ("is_call", *FIELDS)
            if score.fields[name].expected >= (1 if language == "all" else FEWEST)
        }
        row["micro"] = round(score.micro.f1, 3)
        row["deadline_kind"] = round(score.kind_accuracy, 3)
        row["language"] = round(score.language_accuracy, 3)
        table[language] = row
    return table


def show(scores: dict[str, Score]) -> None:
    """Print the table: F1 by language, precision and recall over all."""
    languages = list(scores)
    print(f"{'F1':20}" + "".join(f"{name:>7}" for name in languages) + f"{'P':>9}{'R':>7}{'n':>6}")
    for name in ("is_call", *FIELDS):
        cells = [scores[language].fields[name] for language in languages]
        row = "".join(f"{c.f1:7.2f}" if c.expected else f"{'-':>7}" for c in cells)
        print(f"{name:20}{row}{cells[0].precision:9.2f}{cells[0].recall:7.2f}{cells[0].expected:6}")
    for label, value in (
        ("micro", lambda score: score.micro.f1),
        ("deadline_kind (acc.)", lambda score: score.kind_accuracy),
        ("language (acc.)", lambda score: score.language_accuracy),
    ):
        print(f"{label:20}" + "".join(f"{value(scores[language]):7.2f}" for language in languages))


def shortfalls(table: dict[str, dict[str, float]], floors: dict[str, Any]) -> list[str]:
    """Return one line for each figure under its floor."""
    return [
        f"{language} {name}: {table.get(language, {}).get(name, 0.0):.3f} < floor {floor:.3f}"
        for language, row in floors["floors"].items()
        for name, floor in row.items()
        if table.get(language, {}).get(name, 0.0) < floor
    ]


def pin(table: dict[str, dict[str, float]], folder: Path) -> None:
    """Write today's figures, less the margin, as floors."""
    lines = [
        "# Floors of extraction accuracy (F1; accuracy for deadline_kind and language), written by",
        "# `scripts/floors.py --pin`. Lower one only on purpose, with the reason in the commit.",
        f'data = "{digest(folder)}"',
    ]
    for language, row in table.items():
        lines += ["", f"[floors.{language}]"]
        lines += [f"{name} = {max(0.0, value - MARGIN):.3f}" for name, value in row.items()]
    FLOORS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Run; return the exit code."""
    arguments = [item for item in sys.argv[1:] if not item.startswith("--")]
    folder = Path(arguments[0]) if arguments else NOTICES
    if not folder.is_dir():
        print(f"skipped: no notices with expected answers at {folder}")
        return 0
    scores = measure(read_notices(folder))
    show(scores)
    table = figures(scores)
    if "--pin" in sys.argv:
        pin(table, folder)
        return 0
    floors = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    if floors["data"] != digest(folder):
        print(f"the data is not that of {FLOORS.name}: look at the figures, then run --pin")
        return 1
    problems = shortfalls(table, floors)
    print("\n".join(problems) if problems else "every figure is at its floor or above")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
