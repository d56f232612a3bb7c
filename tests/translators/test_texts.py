"""Texts in English: what stands in them, what is remembered, and that failures say so."""

import logging
import time
from collections.abc import Sequence

import pytest

from schema.calls import Text, TextStatus
from tests.support.translating import BrokenEngine, DictMemory, FakeEngine, english
from translators.engines import EngineError
from translators.sentences import MAX_CHARACTERS
from translators.texts import BATCH, recall_texts, translate_texts


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The call is open.", "en"),
        ("Applications close soon.", "en-GB"),
        ("02/02/2021", "it"),
        ("6.000.000,00 EUR", "hr"),
        ("RLA12020034211", "it"),
        ("", "hr"),
        ("  \n", "hr"),
        ("🎉", "it"),
        ("European Cluster Excellence Programme, call 2020", "it"),
    ],
)
def test_what_needs_no_translation_is_not_sent(text: str, language: str) -> None:
    engine = FakeEngine(languages=("en", "hr", "it"))
    result = english(text, engine, language=language)
    assert (result.status, result.english, result.engine) == (TextStatus.ORIGINAL, text, None)
    assert result.original == text
    assert engine.asked == []


def test_without_an_engine_a_text_stays_pending() -> None:
    result = english("Natječaj je otvoren.", FakeEngine(languages=("de",)))
    assert (result.status, result.english) == (TextStatus.PENDING, None)


def test_asking_only_the_memory_leaves_what_it_lacks_pending() -> None:
    memory = DictMemory()
    engine = FakeEngine()
    known, fresh = Text("Prvi poziv.", "hr"), Text("Prvi poziv. Drugi poziv.", "hr")
    (told,) = translate_texts([known], [engine], memory)
    asked = len(engine.asked)
    again, pending = recall_texts([known, fresh], [engine], memory)
    assert again == told
    assert (pending.status, pending.english) == (TextStatus.PENDING, None)
    assert len(engine.asked) == asked


def test_a_regional_tag_finds_the_engine_of_its_language() -> None:
    engine = FakeEngine(languages=("pt",))
    assert english("O concurso está aberto.", engine, language="pt-BR").english is not None


def test_a_broken_engine_leaves_the_next_one_the_work(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        result = english("Natječaj je otvoren.", BrokenEngine(), FakeEngine())
    assert result.status is TextStatus.TRANSLATED
    assert [record.message for record in caplog.records] == [
        "broken: the model is damaged. Install it again."
    ]


def test_if_every_engine_breaks_down_the_original_never_poses_as_english() -> None:
    result = english("Natječaj je otvoren.", BrokenEngine())
    assert (result.status, result.english, result.engine) == (TextStatus.FAILED, None, None)
    assert result.original == "Natječaj je otvoren."


def test_line_breaks_and_spaces_are_kept() -> None:
    text = "  Natječaj je otvoren.  Rok je kratak.\n\n • Prijave su elektroničke.\n"
    assert english(text, FakeEngine(lambda s: s.upper().replace("Č", "C"))).english == (
        "  NATJECAJ JE OTVOREN.  ROK JE KRATAK.\n\n • PRIJAVE SU ELEKTRONICKE.\n"
    )


def test_a_sentence_is_translated_once_and_remembered() -> None:
    engine, memory = FakeEngine(), DictMemory()
    texts = [Text("Natječaj je otvoren. Rok je kratak.", "hr"), Text("Rok je kratak.", "hr")]
    first = translate_texts(texts, [engine], memory)
    assert engine.asked == ["Natječaj je otvoren.", "Rok je kratak."]
    again = translate_texts(texts, [engine], memory)
    assert again == first
    assert len(engine.asked) == 2


def test_the_same_words_in_two_languages_are_two_sentences() -> None:
    engine = FakeEngine(lambda s: f"{s} {len(s)}")
    memory = DictMemory()
    translate_texts(
        [Text("Programma nuovo", "it"), Text("Programma nuovo", "hr")], [engine], memory
    )
    assert {language for language, _ in memory.rows} == {"it", "hr"}


def test_a_run_that_breaks_off_keeps_the_batches_it_finished() -> None:
    class Dying(FakeEngine):
        def translate(self, sentences: Sequence[str], language: str) -> list[str]:
            if self.asked:
                raise EngineError("out of memory")
            return super().translate(sentences, language)

    words = [f"Rečenica {'ab'[at % 2] * (at + 2)} kratka." for at in range(BATCH + 5)]
    memory = DictMemory()
    (result,) = translate_texts([Text("\n".join(words), "hr")], [Dying()], memory)
    assert result.status is TextStatus.FAILED
    assert len(memory.rows) == BATCH
    engine = FakeEngine()
    (result,) = translate_texts([Text("\n".join(words), "hr")], [engine], memory)
    assert result.status is TextStatus.TRANSLATED
    assert len(engine.asked) == 5


def test_a_failed_sentence_stands_in_brackets_with_its_language() -> None:
    engine = FakeEngine(lambda s: "" if "klaster" in s else "It is open.")
    result = english("Natječaj je otvoren. Za klastere je.", engine)
    assert result.english == "It is open. [hr: Za klastere je.]"
    assert result.status is TextStatus.PARTIAL


def test_if_every_sentence_failed_the_text_failed() -> None:
    assert english("Otvoren je natječaj.", FakeEngine(lambda _: "")).status is TextStatus.FAILED


def test_a_sentence_that_got_no_words_is_tried_again_next_time() -> None:
    memory = DictMemory()
    translate_texts([Text("Otvoren je natječaj.", "hr")], [FakeEngine(lambda _: "")], memory)
    (result,) = translate_texts([Text("Otvoren je natječaj.", "hr")], [FakeEngine()], memory)
    assert result.status is TextStatus.TRANSLATED


def test_a_gist_stays_a_gist_whatever_else_happened() -> None:
    engine = FakeEngine(lambda s: "" if "klaster" in s else "open", status=TextStatus.GIST)
    result = english("Natječaj je otvoren. Za klastere je.", engine)
    assert result.status is TextStatus.GIST
    assert result.engine == "fake 1"


def test_the_label_is_translated_and_the_value_stays() -> None:
    engine = FakeEngine(lambda s: {"Zadnji dan": "Last day"}.get(s, "?? wrong ??"))
    result = english("Zadnji dan: 02.02.2021., 17:00\nZadnji dan: 3.3.2022", engine)
    assert result.english == "Last day: 02.02.2021., 17:00\nLast day: 3.3.2022"
    assert engine.asked == ["Zadnji dan"]


def test_labels_of_the_glossary_need_no_engine() -> None:
    engine = FakeEngine()
    result = english("Rok prijave: 3.3.2022\n• Prihvatljivi troškovi:\nZadnji dan: 1", engine)
    assert result.english == (
        "Application deadline: 3.3.2022\n• Eligible costs:\nEN(Zadnji dan): 1"
    )
    assert engine.asked == ["Zadnji dan"]
    alone = english("Javni poziv")
    assert (alone.english, alone.status, alone.engine) == (
        "Public call",
        TextStatus.TRANSLATED,
        "glossary",
    )


def test_values_that_the_engine_spoils_are_saved_by_splitting() -> None:
    def spoil(sentence: str) -> str:
        return "Apply by 2.2.2012 on" if "2.2.2021" in sentence else f"({sentence.strip()})"

    result = english("Prijave do 2.2.2021 na portal.", FakeEngine(spoil))
    assert result.english == "(Prijave do) 2.2.2021 (na portal.)"
    assert result.status is TextStatus.TRANSLATED


def test_values_that_splitting_cannot_save_stand_behind_in_brackets() -> None:
    def spoil(sentence: str) -> str:
        return "Apply soon." if "2.2.2021" in sentence else ""

    memory = DictMemory()
    text = Text("Prijave do 2.2.2021 na portal.", "hr")
    (result,) = translate_texts([text], [FakeEngine(spoil)], memory)
    assert result.english == "Apply soon. [2.2.2021]"
    assert result.status is TextStatus.PARTIAL
    assert [each.checks for _, each in memory.rows] == [("missing:2.2.2021",)]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("ž" * 1_000_000, TextStatus.TRANSLATED),
        ("klasteri, rokovi i prijave; " * 36_000, TextStatus.TRANSLATED),
        ("AB-12.3/4 " * 100_000, TextStatus.ORIGINAL),
        ("دعوة لتقديم المقترحات 🎉 " * 40_000, TextStatus.TRANSLATED),
    ],
    ids=["no space", "no stop", "nothing but codes", "right to left"],
)
def test_a_line_of_a_megabyte_is_worked_off_in_bounded_sentences(
    line: str, status: TextStatus
) -> None:
    engine = FakeEngine(lambda s: s[::-1])
    began = time.process_time()
    result = english(line, engine)
    assert (result.status, result.original) == (status, line)
    assert all(len(sentence) <= MAX_CHARACTERS for sentence in engine.asked)
    assert time.process_time() - began < 30
