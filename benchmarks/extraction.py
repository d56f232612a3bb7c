"""Extract facts from real notices: this extractor beside what the usual libraries give.

One run, one core each, the same notices. dateparser and price-parser are no dependencies of
Callboard: a throw-away environment is made for the baseline, and where that cannot be (no
network), its side is skipped with the reason.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path
from typing import Any

from scripts.floors import NOTICES, extract, read_notices
from scripts.scoring import Score, score

BASELINE = Path(__file__).with_name("baseline_extraction.py")
LIBRARIES = ("langdetect==1.0.9", "dateparser==1.5.0", "price-parser==0.5.1")


def ours(notices: list[dict[str, Any]]) -> tuple[Score, float]:
    """Return our score and notices a CPU-second; lexicons are loaded before the clock starts."""
    for notice in notices:
        extract(notice)
    started = time.process_time()
    answers = [extract(notice) for notice in notices]
    taken = time.process_time() - started
    return score(zip(notices, answers, strict=True)), len(notices) / taken


def theirs(notices: list[dict[str, Any]]) -> tuple[Score, float] | str:
    """Return the baseline's score and notices a CPU-second, or why there is none."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        install = [python, "-m", "pip", "-q", "--disable-pip-version-check", "install", *LIBRARIES]
        done = subprocess.run(install, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"the libraries could not be installed: {done.stderr.strip().splitlines()[-1:]}"
        lines = "".join(json.dumps(notice) + "\n" for notice in notices)
        done = subprocess.run(
            [python, str(BASELINE)], input=lines, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return f"the baseline failed: {done.stderr.strip().splitlines()[-1:]}"
    *answers, last = [json.loads(line) for line in done.stdout.splitlines()]
    return score(zip(notices, answers, strict=True)), len(notices) / last["seconds"]


def main() -> None:
    """Print both sides."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=Path, default=NOTICES)
    parser.add_argument("--languages", default="hr,it", help="of the notices compared")
    arguments = parser.parse_args()
    if not arguments.notices.is_dir():
        print(f"skipped: no notices with expected answers at {arguments.notices}")
        return
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    wanted = arguments.languages.split(",")
    notices = [n for n in read_notices(arguments.notices) if n["lang"][:2] in wanted]
    print(f"{len(notices)} notices in {arguments.languages}, one core")
    print(f"{'':14}{'micro-F1':>10}{'P':>7}{'R':>7}{'is_call F1':>12}{'notices/CPU-s':>15}")
    sides: dict[str, tuple[Score, float] | str] = {"callboard": ours(notices)}
    sides["usual libraries"] = theirs(notices)
    for name, side in sides.items():
        if isinstance(side, str):
            print(f"{name:16}skipped: {side}")
            continue
        total, rate = side
        micro = total.micro
        print(
            f"{name:16}{micro.f1:8.3f}{micro.precision:7.2f}{micro.recall:7.2f}"
            f"{total.fields['is_call'].f1:12.3f}{rate:15.0f}"
        )


if __name__ == "__main__":
    sys.exit(main())
