"""Words per CPU second into English: this code and argostranslate's ``translate()``, in one run.

Same package (a wide copy of the fixture model, at a transformer-base's cost), same notices, the
same places to split sentences. argostranslate runs in an environment of its own, made for the
benchmark in a temporary folder; where it can't be made (no internet), that is said and its figures
are left out. CPU seconds, because the machine may have other work; runs alternate.
"""

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from benchmarks.wide_model import install_wide
from schema.calls import Text
from storage.database.engine import Database
from storage.database.translations import TranslationMemory
from translators import argos
from translators.sentences import split_sentences
from translators.texts import Rendering, recall_texts, translate_texts

MODELS = Path(__file__).parent.parent / "tests" / "fixtures" / "models"
LANGUAGE = "hr"
SHARED = 9
"""Lines of a notice that stand in every notice: what portals print around their text."""
OWN = 16
REMEMBERED = 40
"""Notices of which it is measured what they cost from memory."""
ROUNDS = 30
BASELINE = ("argostranslate==1.11.0", "minisbd", "ctranslate2>=4.8,<5", "sentencepiece<0.3",
            "sacremoses<0.2", "packaging")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run came to."""

    name: str
    cpu: float
    wall: float
    english: Sequence[str]


def main() -> None:
    """Run all sides and print words per CPU second with ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notices", type=int, default=6)
    parser.add_argument("--python", type=Path, help="Of an environment that has argostranslate.")
    parser.add_argument("--measure-memory", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    notices = synthetic(options.notices)
    lines = known_lines()
    if options.measure_memory:
        whole(options.measure_memory, notices, fast=False)
        print(largest_memory())
        return
    different = ["\n".join(lines[at : at + OWN]) for at in range(0, len(lines), OWN)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = install_wide(MODELS, Path(scratch) / "packages")
        python = options.python or baseline_python(Path(scratch) / "venv")
        runs: list[Callable[[], Figures]] = [
            lambda: whole(folder, notices, fast=False),
            lambda: whole(folder, notices, fast=True),
        ]
        alone: list[Callable[[], Figures]] = [lambda: direct(folder, different)]
        if python is not None:
            runs.insert(0, lambda: baseline(python, folder, notices, {}))
            one = {"ARGOS_INTRA_THREADS": "1"}
            alone.insert(0, lambda: baseline(python, folder, different, one))
        report("As used, with what notices repeat", [run() for run in runs], notices)
        report("Nothing repeated, one thread on both sides", [run() for run in alone], different)
        remembered(folder, Path(scratch))
        memory(folder, options.notices)
    imports()


def known_lines() -> list[str]:
    """Return the sentences that the model knows, each once."""
    rows = (MODELS / f"{LANGUAGE}.tsv").read_text(encoding="utf-8").splitlines()
    known = [row.split("\t")[0] for row in rows if not row.startswith("#")]
    return [line for line in known if len(split_sentences(line, LANGUAGE)) == 1]


def synthetic(count: int) -> list[str]:
    """Return notices of lines that the model knows, a part of them the same in all."""
    known = known_lines()
    chance = random.Random(1)  # noqa: S311 - reproducible, not secret
    shared = chance.sample(known, SHARED)
    others = [line for line in known if line not in shared]
    return ["\n".join(chance.sample(others, OWN) + shared) for _ in range(count)]


def baseline_python(folder: Path) -> Path | None:
    """Make an environment with argostranslate and without torch; return its Python if it can be."""
    print("making an environment for argostranslate ...", flush=True)
    venv.create(folder, with_pip=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-q"]
    for arguments in (["--no-deps", BASELINE[0]], BASELINE[1:]):
        done = subprocess.run([*pip, *arguments], check=False, capture_output=True, text=True)
        if done.returncode:
            print("argostranslate can't be installed (no internet?): its side is left out")
            return None
    return folder / "bin" / "python"


def baseline(
    python: Path, folder: Path, notices: Sequence[str], settings: Mapping[str, str]
) -> Figures:
    """Run argostranslate's ``translate()`` on each notice, in its own environment."""
    home = str(folder.parent)
    done = subprocess.run(
        [str(python), str(Path(__file__).with_name("baseline_translation.py")), LANGUAGE],
        input="".join(json.dumps(notice) + "\n" for notice in notices),
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_DATA_HOME": home,
            "ARGOS_PACKAGES_DIR": str(folder),
            "ARGOS_CHUNK_TYPE": "MINISBD",
            "ARGOS_COMPUTE_TYPE": "default",
            **settings,
        },
    )
    if done.returncode:
        sys.exit(f"argostranslate failed:\n{done.stderr}")
    found = json.loads(done.stdout)
    name = "argostranslate, " + ("one thread" if settings else "defaults")
    return Figures(name, found["cpu"], found["wall"], found["english"])


def engine(folder: Path, *, fast: bool = False) -> argos.ArgosEngine:
    """Return the wide model's engine, warmed up."""
    found, _ = argos.find_engines(folder, fast=fast)
    chosen = next(each for each in found if LANGUAGE in each.languages())
    chosen.translate(["1"], LANGUAGE)
    return chosen


def direct(folder: Path, notices: Sequence[str]) -> Figures:
    """Translate every line by the engine, repeated ones as well: batches and nothing else."""
    ours = engine(folder)
    began, cpu = time.perf_counter(), time.process_time()
    lines = [notice.split("\n") for notice in notices]
    made = iter(ours.translate([line for each in lines for line in each], LANGUAGE))
    english = ["\n".join(next(made) for _ in each) for each in lines]
    return Figures(
        "engine, without memory", time.process_time() - cpu, time.perf_counter() - began, english
    )


def whole(folder: Path, notices: Sequence[str], *, fast: bool) -> Figures:
    """Translate as Callboard does: with glossary, checks, repairs, each sentence once."""
    ours = engine(folder, fast=fast)
    began, cpu = time.perf_counter(), time.process_time()
    texts = translate_texts([Text(notice, LANGUAGE) for notice in notices], [ours], _Nothing())
    spent = time.process_time() - cpu, time.perf_counter() - began
    return Figures(
        f"callboard, {'fast' if fast else 'beam 4'}", *spent, [text.english or "" for text in texts]
    )


class _Nothing:
    """A memory that is empty."""

    def recall(self, originals: Sequence[str], language: str) -> Mapping[str, Sequence[Rendering]]:  # noqa: ARG002
        return {}

    def remember(self, renderings: Sequence[Rendering], language: str) -> datetime:  # noqa: ARG002
        return datetime.now(UTC)


def report(title: str, found: Sequence[Figures], notices: Sequence[str]) -> None:
    """Print each run, with its ratio to the first and how many lines are the same."""
    words = sum(len(notice.split()) for notice in notices)
    lines = sum(notice.count("\n") + 1 for notice in notices)
    print(f"{title}: {len(notices)} notices, {lines} lines, {words} words")
    first = found[0]
    theirs = [line for notice in first.english for line in notice.split("\n")]
    for each in found:
        spent = f"{each.cpu:6.1f} s cpu {each.wall:6.1f} s {words / each.cpu:6.1f} words/cpu-s"
        ours = [line for notice in each.english for line in notice.split("\n")]
        same = sum(left == right for left, right in zip(theirs, ours, strict=True))
        print(f"  {each.name:28} {spent} {first.cpu / each.cpu:5.1f} x, {same} lines the same")


def remembered(folder: Path, scratch: Path) -> None:
    """Print what a notice costs whose sentences are all in the store's memory."""
    database = Database(f"sqlite:///{scratch / 'callboard.sqlite'}")
    database.migrate()
    store = TranslationMemory(database, lambda: datetime.now(UTC), Rendering)
    texts = [Text(notice, LANGUAGE) for notice in synthetic(REMEMBERED)]
    ours = engine(folder)
    translate_texts(texts, [ours], store)
    for name, at_once in (("one at a time", 1), (f"{REMEMBERED} at once", REMEMBERED)):
        spent: list[float] = []
        for _ in range(ROUNDS):
            cpu = time.process_time()
            for start in range(0, REMEMBERED, at_once):
                recall_texts(texts[start : start + at_once], [ours], store)
            spent.append((time.process_time() - cpu) / REMEMBERED * 1000)
        print(
            f"  a notice of {OWN + SHARED} sentences in memory, {name}: "
            f"{median(spent):.2f} ms cpu, {min(spent):.2f} to {max(spent):.2f}"
        )
    database.dispose()


def memory(folder: Path, count: int) -> None:
    """Print the largest memory of a process that translates with the base-size model."""
    arguments = ["--measure-memory", str(folder), "--notices", str(count)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.translation", *arguments],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    print(f"  largest memory with the base-size model: {int(done.stdout)} MB")


def largest_memory() -> int:
    """Return the most memory that this process ever held, in megabytes.

    Not ``getrusage``: that would tell of the process that started this one, if it held more.
    """
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (peak,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(peak) // 1024


def imports() -> None:
    """Print what is imported when there is nothing to translate."""
    code = (
        "import sys\nfrom callboard.config import Config\n"
        "from callboard.english import installed_engines\n"
        "from schema.calls import Text\nfrom translators.texts import translate_texts\n"
        "translate_texts([Text('A call.', 'en')], installed_engines(Config()), None)\n"
        "print(sorted({'ctranslate2', 'sentencepiece', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    print(f"  model libraries imported without a sentence to translate: {done.stdout.strip()}")


if __name__ == "__main__":
    main()
