"""Runs of translation: two at once, killed ones, short ones, renewed ones."""

import json
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from schema.calls import Text, TextStatus
from storage.database.engine import Database
from storage.database.tables import translation
from storage.database.translations import TranslationMemory
from tests.support.starved_process import SENTENCES as STARVED
from tests.support.translating import DictMemory, FakeEngine
from tests.support.translating_process import SENTENCES, texts
from translators.claims import ModelClaims
from translators.texts import BATCH, Rendering, recall_texts, translate_texts

ROOT = Path(__file__).parents[2]


def start(folder: Path, name: str, slow: float = 0.0) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.translating_process", str(folder), name, str(slow)],
        cwd=ROOT,
    )


def log(folder: Path, name: str) -> list[str]:
    file = folder / f"{name}.log"
    return file.read_text(encoding="utf-8").splitlines() if file.is_file() else []


def asked(*lines: list[str]) -> Counter[str]:
    return Counter(line for each in lines for line in each if line.startswith("sentence"))


def remembered(folder: Path) -> list[Text]:
    database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
    memory = TranslationMemory(database, lambda: datetime.now(UTC), Rendering)
    found = recall_texts(texts(), [FakeEngine()], memory)
    database.dispose()
    return found


def wait_for(folder: Path, name: str, start_of_line: str) -> None:
    end = time.monotonic() + 30
    while not any(line.startswith(start_of_line) for line in log(folder, name)):
        assert time.monotonic() < end, "the process did not get there"
        time.sleep(0.02)


def test_two_processes_share_the_work_and_never_hold_a_model_twice(tmp_path: Path) -> None:
    processes = [start(tmp_path, name, 0.1) for name in ("one", "two")]
    assert [each.wait(60) for each in processes] == [0, 0]
    one, two = log(tmp_path, "one"), log(tmp_path, "two")
    counts = asked(one, two)
    assert len(counts) == SENTENCES
    assert set(counts.values()) == {1}
    moments = sorted((float(line.split()[1]), line[0]) for line in one + two if "model" in line)
    assert "".join(sign for _, sign in moments) in ("+-", "+-+-")
    assert all(text.status is TextStatus.TRANSLATED for text in remembered(tmp_path))


def test_a_killed_run_loses_at_most_a_batch_and_the_next_one_goes_on(tmp_path: Path) -> None:
    first = start(tmp_path, "one", 0.5)
    wait_for(tmp_path, "one", "sentence")
    first.kill()
    first.wait()
    second = start(tmp_path, "two")
    assert second.wait(60) == 0
    one, two = asked(log(tmp_path, "one")), asked(log(tmp_path, "two"))
    assert len(one | two) == SENTENCES
    assert len(one & two) <= BATCH
    assert all(text.status is TextStatus.TRANSLATED for text in remembered(tmp_path))


@pytest.mark.parametrize("when", ["working", "loading"])
def test_memory_that_runs_out_loses_nothing_and_the_next_run_goes_on(
    tmp_path: Path, when: str
) -> None:
    """In earnest: a process may take no more, in the middle of its work with a real model.

    Where the libraries say so, the rest has failed; where they end the process, it is pending.
    """
    starved = run_starved(tmp_path, when)
    if starved.returncode == 0:
        assert json.loads(starved.stdout) == {"translated": BATCH, "failed": STARVED - BATCH}
        assert "there is not enough memory" in starved.stderr
        assert "callboard translate" in starved.stderr
    before = stored_renderings(tmp_path)
    assert len(before) == BATCH
    relaxed = run_starved(tmp_path, "never")
    assert relaxed.returncode == 0, relaxed.stderr
    after = stored_renderings(tmp_path)
    assert before.items() <= after.items()  # with their moments: none was made again
    assert len(after) == STARVED
    assert not {"failed", "pending"} & json.loads(relaxed.stdout).keys()


def run_starved(folder: Path, when: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tests.support.starved_process", str(folder), when],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def stored_renderings(folder: Path) -> dict[str, tuple[str | None, str]]:
    database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
    with database.read() as connection:
        rows = connection.execute(
            select(translation.c.original, translation.c.english, translation.c.translated_at)
        ).all()
    database.dispose()
    return {original: (english, str(at)) for original, english, at in rows}


def test_when_time_is_up_the_rest_stays_pending_and_is_taken_up_later() -> None:
    memory, engine = DictMemory(), FakeEngine()
    rounds = iter([False, True, True])
    some = translate_texts(texts(), [engine], memory, enough=lambda: next(rounds))
    counts = Counter(text.status for text in some)
    assert counts == {TextStatus.TRANSLATED: BATCH, TextStatus.PENDING: SENTENCES - BATCH}
    assert all(text.status is TextStatus.TRANSLATED for text in some[:BATCH])
    done = translate_texts(texts(), [engine], memory)
    assert {text.status for text in done} == {TextStatus.TRANSLATED}
    assert len(engine.asked) == SENTENCES


OLD, NEWER = Text("Stara je ova.", "hr"), Text("Novija je ova.\nČesta je ova.", "hr")
OFTEN = Text("Česta je ova.", "hr")


def test_a_new_model_takes_over_only_when_asked_the_oldest_and_most_read_first() -> None:
    memory, before = DictMemory(), FakeEngine(version="1")
    translate_texts([OLD], [before], memory)
    translate_texts([NEWER, OFTEN], [before], memory)
    after = FakeEngine(lambda s: f"Better({s})", version="2")
    shown = translate_texts([NEWER, OLD, OFTEN], [after], memory)
    assert [text.engine for text in shown] == ["fake 1"] * 3
    assert after.asked == []
    renewed = translate_texts([NEWER, OLD, OFTEN], [after], memory, renew=True)
    assert after.asked == ["Stara je ova.", "Česta je ova.", "Novija je ova."]
    assert [text.engine for text in renewed] == ["fake 2"] * 3
    translate_texts([NEWER, OLD, OFTEN], [after], memory, renew=True)
    assert len(after.asked) == 3
    assert renewed[1].english == "Better(Stara je ova.)"


def test_a_renewal_that_fails_keeps_the_old_english() -> None:
    memory = DictMemory()
    translate_texts([OLD], [FakeEngine()], memory)
    (text,) = translate_texts(
        [OLD], [FakeEngine(lambda _: "......", version="2")], memory, renew=True
    )
    assert (text.status, text.engine) == (TextStatus.TRANSLATED, "fake 1")


def test_a_translation_replaces_a_gist_without_being_asked() -> None:
    memory = DictMemory()
    gist = FakeEngine(lambda s: f"gist {s[::-1]}", status=TextStatus.GIST, version="g")
    translate_texts([OLD], [gist], memory)
    (text,) = translate_texts([OLD], [FakeEngine(), gist], memory)
    assert (text.status, text.engine) == (TextStatus.TRANSLATED, "fake 1")
    (kept,) = translate_texts([OLD], [gist], memory)
    assert kept.status is TextStatus.TRANSLATED


def test_a_gist_stays_when_what_made_it_is_removed() -> None:
    memory = DictMemory()
    gist = FakeEngine(lambda s: f"gist {s[::-1]}", status=TextStatus.GIST)
    (told,) = translate_texts([OLD], [gist], memory)
    assert recall_texts([OLD], [], memory) == [told]
    assert (told.status, told.engine) == (TextStatus.GIST, "fake 1")


def test_english_stays_when_its_model_is_removed() -> None:
    memory = DictMemory()
    (told,) = translate_texts([OLD], [FakeEngine()], memory)
    assert recall_texts([OLD], [], memory) == [told]
    assert told.english_tag == "en-t-hr"
    assert told.translated_at == memory.now


def test_what_a_fixture_said_counts_only_where_fixtures_do() -> None:
    class Fixture(FakeEngine):
        name = "fixture"

    memory = DictMemory()
    translate_texts([OLD], [Fixture()], memory)
    assert recall_texts([OLD], [], memory)[0].status is TextStatus.PENDING
    (text,) = translate_texts([OLD], [FakeEngine()], memory)
    assert text.engine == "fake 1"


def test_a_model_is_let_go_of_when_its_work_is_done(tmp_path: Path) -> None:
    engine = FakeEngine()
    claim = ModelClaims(tmp_path / "locks")
    translate_texts([OLD], [engine], DictMemory(), claim=claim)
    assert engine.closed == 1
    with claim(engine, False) as got:
        assert got
        with ModelClaims(tmp_path / "locks")(FakeEngine(version="2"), False) as other:
            assert other


@pytest.mark.parametrize("language", ["hr", "it"])
@pytest.mark.parametrize(
    ("lines", "at_once"), [(8, 100), (3, 1)], ids=["whole notices, together", "a call alone"]
)
def test_a_notice_that_is_remembered_costs_less_than_a_millisecond(
    tmp_path: Path, language: str, lines: int, at_once: int
) -> None:
    """A whole notice has some 24 sentences, a call's texts 9; the best of some rounds counts."""
    database = Database(f"sqlite:///{tmp_path / 'callboard.sqlite'}")
    database.migrate()
    memory = TranslationMemory(database, lambda: datetime.now(UTC), Rendering)
    line = "Klaster {at} broj {n} traje. Prijave do {n}.2.2021: {at} EUR.\n• Još {at} klastera"
    notices = [
        Text("\n".join(line.format(at=at, n=n) for n in range(1, lines + 1)), language)
        for at in range(100)
    ]
    engine = FakeEngine()
    translate_texts(notices, [engine], memory)
    spent: list[float] = []
    for _ in range(10):
        began = time.process_time()
        again = [
            text
            for start in range(0, len(notices), at_once)
            for text in recall_texts(notices[start : start + at_once], [engine], memory)
        ]
        spent.append((time.process_time() - began) / len(notices))
        assert all(text.status is TextStatus.TRANSLATED for text in again)
    database.dispose()
    assert min(spent) < 0.001, spent
