"""Apertium: a gist through processes that may hang or die."""

import logging
import shutil
import signal
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.calls import Text, TextStatus
from tests.support.translating import DictMemory
from translators import apertium
from translators.engines import EngineError
from translators.texts import translate_texts

needs_apertium = pytest.mark.skipif(
    not apertium.find_engines(["hr"]), reason="apertium-hbs-eng is not installed"
)


@pytest.fixture
def gist() -> apertium.ApertiumEngine:
    (engine,) = apertium.find_engines(["hr"])
    return engine


@needs_apertium
def test_croatian_gist_is_rough_and_says_so(gist: apertium.ApertiumEngine) -> None:
    text = Text("Rok za prijavu je 2. 2. 2021. Cilj je suradnja gradova.", "hr")
    (result,) = translate_texts([text], [gist], DictMemory())
    gist.close()
    assert result.status is TextStatus.GIST
    assert result.english is not None
    assert "cooperation" in result.english
    assert "2021" in result.english
    assert result.engine is not None
    assert result.engine.startswith("apertium hbs-eng ")


@needs_apertium
def test_signs_that_steer_apertium_pass_through_it(gist: apertium.ApertiumEngine) -> None:
    sentences = [
        "Suradnja ^ i [a] $b <c> {d} @e / f \\ g",
        "Suradnja \\^",
        "Suradnja ^",
        "Suradnja\0i\nsuradnja",
        "Suradnja " * 3000,
        "[][\n]",
        "Suradnja.",
    ]
    results = gist.translate(sentences, "hr")
    gist.close()
    assert len(results) == len(sentences)
    assert all("ooperation" in each for each in results[:5])
    assert results[0].endswith("\\ g")
    assert results[1].endswith("\\^")
    assert results[-1] == "Cooperation."


@needs_apertium
@settings(max_examples=60)
@given(st.lists(st.text(alphabet="abčš ^[]$/@<>{}\\.,\0\n*#-1", max_size=40), max_size=5))
def test_no_text_hangs_the_pipeline(sentences: list[str]) -> None:
    engine = _kept_engine()
    started = time.monotonic()
    assert len(engine.translate(sentences, "hr")) == len(sentences)
    assert time.monotonic() - started < 10


_KEPT: list[apertium.ApertiumEngine] = []


def _kept_engine() -> apertium.ApertiumEngine:
    if not _KEPT:
        _KEPT.extend(apertium.find_engines(["hr"]))
    return _KEPT[0]


@pytest.fixture(scope="module", autouse=True)
def _end_kept_engine() -> object:
    yield
    for engine in _KEPT:
        engine.close()


def test_only_accepted_languages_get_a_gist(tmp_path: Path) -> None:
    (tmp_path / "hbs-eng.mode").write_text("cat")
    assert apertium.find_engines([], tmp_path) == []
    assert apertium.find_engines(["de"], tmp_path) == []
    (engine,) = apertium.find_engines(["hr", "sr"], tmp_path)
    assert engine.languages() == {"hr", "sr"}
    with pytest.raises(EngineError, match="not accepted for bs"):
        engine.translate(["Rok"], "bs")


def test_a_mode_whose_programs_are_missing_is_not_offered(tmp_path: Path) -> None:
    (tmp_path / "hbs-eng.mode").write_text("no-such-program-anywhere 'x.bin'")
    assert apertium.find_engines(["hr"], tmp_path) == []


def test_a_mode_is_read_into_commands(tmp_path: Path) -> None:
    mode = tmp_path / "a-b.mode"
    mode.write_text("lt-proc -w '/x/a b.bin' | tagger -g $2 '/x/c' | lt-proc $1 '/x/d.bin'")
    assert apertium.read_mode(mode) == [
        ["lt-proc", "-w", "/x/a b.bin"],
        ["tagger", "-g", "/x/c"],
        ["lt-proc", "-n", "/x/d.bin"],
    ]


def _stage(tmp_path: Path, script: str) -> apertium.ApertiumEngine:
    program = tmp_path / "stage"
    program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
    program.chmod(0o755)
    (tmp_path / "hbs-eng.mode").write_text(f"cat | {program}")
    # `cat -z` is no option everywhere; a program that ignores its options stands in for it.
    (tmp_path / "pass").write_text(f"#!{shutil.which('sh')}\nexec cat\n")
    (tmp_path / "pass").chmod(0o755)
    (tmp_path / "hbs-eng.mode").write_text(f"{tmp_path / 'pass'} | {program}")
    return apertium.ApertiumEngine(["hr"], ["hbs-eng"], tmp_path, timeout=0.5)


def test_a_stage_that_hangs_is_ended_and_the_pipeline_starts_again(tmp_path: Path) -> None:
    once = tmp_path / "hung"
    engine = _stage(tmp_path, f"test -e {once} && exec cat; touch {once}; exec sleep 600")
    assert engine.translate(["jedan", "dva"], "hr") == ["jedan", "dva"]
    engine.close()


@needs_apertium
def test_a_real_stage_that_stops_is_ended_and_the_sentence_comes_all_the_same() -> None:
    engine = apertium.ApertiumEngine(["hr"], ["hbs-eng"], timeout=0.5)
    before = engine.translate(["Suradnja gradova."], "hr")
    process = engine._pipelines[0]._process
    assert process is not None
    stopped = process.stages[len(process.stages) // 2]
    stopped.send_signal(signal.SIGSTOP)
    assert engine.translate(["Suradnja gradova."], "hr") == before
    assert stopped.poll() == -signal.SIGKILL
    engine.close()


def test_a_stage_that_always_hangs_gives_nothing_and_ends(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    engine = _stage(tmp_path, "exec sleep 600")
    with caplog.at_level(logging.WARNING):
        assert engine.translate(["jedan"], "hr") == [""]
    assert "silent for 0.5 s" in caplog.text
    text = Text("Natječaj otvoren.", "hr")
    (result,) = translate_texts([text], [engine], DictMemory())
    assert result.status is TextStatus.FAILED


def test_a_stage_that_dies_gives_nothing_and_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert _stage(tmp_path, "exit 3").translate(["jedan"], "hr") == [""]
    assert "gave no answer" in caplog.text
