"""Translation: what stands in the English, what is remembered, and that failures say so."""

import logging
import random
import re
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.calls import Text, TextStatus
from tests.tiny_package import build_package
from translators import apertium, argos
from translators.checks import find_faults, is_english
from translators.engines import EngineError
from translators.packages import PackageError, install_package, list_packages, packages_folder
from translators.protection import find_terms, is_value_only, restore, split_label
from translators.sentences import MAX_CHARACTERS, split_sentences
from translators.texts import BATCH, Rendering, translate_texts

SHARED = Path(__file__).parents[2] / "shared" / "translation"


class FakeEngine:
    """An engine whose English is made by a function; it notes what it was asked."""

    name = "fake"
    version = "1"

    def __init__(
        self,
        make: Callable[[str], str] = lambda sentence: f"EN({sentence})",
        languages: Sequence[str] = ("hr", "it"),
        status: TextStatus = TextStatus.TRANSLATED,
    ) -> None:
        self.make, self.status, self.asked = make, status, []
        self._languages = frozenset(languages)

    asked: list[str]

    def languages(self) -> frozenset[str]:
        return self._languages

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        assert language in self._languages
        self.asked += sentences
        return [self.make(sentence) for sentence in sentences]


class BrokenEngine(FakeEngine):
    name = "broken"

    def __init__(self) -> None:
        super().__init__(self._break)

    @staticmethod
    def _break(_: str) -> str:
        raise EngineError("broken: the model is damaged. Install it again.")


class DictMemory:
    def __init__(self) -> None:
        self.rows: dict[tuple[str, str, str, str], Rendering] = {}

    def recall(
        self, originals: Sequence[str], language: str, engine: str, version: str
    ) -> Mapping[str, Rendering]:
        keys = {each: (each, language, engine, version) for each in originals}
        return {each: self.rows[key] for each, key in keys.items() if key in self.rows}

    def remember(
        self, renderings: Sequence[Rendering], language: str, engine: str, version: str
    ) -> None:
        for each in renderings:
            self.rows[each.original, language, engine, version] = each


def english(text: str, *engines: FakeEngine, language: str = "hr") -> Text:
    (result,) = translate_texts([Text(text, language)], engines, DictMemory())
    return result


# -- texts ------------------------------------------------------------------------------------


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
    again, pending = translate_texts([known, fresh], [engine], memory, only_remembered=True)
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
    assert {key[1] for key in memory.rows} == {"it", "hr"}


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
    engine = FakeEngine(lambda s: {"Rok prijave": "Deadline"}.get(s, "?? wrong ??"))
    result = english("Rok prijave: 02.02.2021., 17:00\nRok prijave: 3.3.2022", engine)
    assert result.english == "Deadline: 02.02.2021., 17:00\nDeadline: 3.3.2022"
    assert engine.asked == ["Rok prijave"]


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
    assert [each.checks for each in memory.rows.values()] == [("missing:2.2.2021",)]


VALUES = st.one_of(
    st.dates().map(lambda day: day.strftime("%d.%m.%Y")),
    st.integers(1, 10**9).map(lambda n: f"{n:,}".replace(",", ".") + ",00 EUR"),
    st.integers(1, 100).map(lambda n: f"{n} %"),
    st.from_regex(r"[A-Z]{2,4}\.[0-9]{2}\.[0-9]\.[0-9]", fullmatch=True),
    st.from_regex(r"COS-[A-Z]{4,8}-20[0-9]{2}-[0-9]-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[a-z]{3,8}_[a-z]{3,8}@[a-z]{3,8}\.hr", fullmatch=True),
    st.from_regex(r"https://[a-z]{3,8}\.hr/[a-z]{2,5}_[0-9]{1,3}", fullmatch=True),
)
PROSE = st.sampled_from(["prijave do", "u iznosu od", "šalju se na", "prema pozivu", "odnosno"])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(PROSE, VALUES), min_size=1, max_size=5), st.randoms())
def test_no_value_is_ever_lost_or_altered(
    parts: list[tuple[str, str]], chance: random.Random
) -> None:
    """Whatever an engine does to digits and signs, each value stands verbatim in the result."""

    def spoil(sentence: str) -> str:
        kept = [c for c in sentence if not (c.isdigit() or c in "._-@/") or chance.random() < 0.8]
        return "Translated: " + "".join(kept)

    source = "Natječaj " + " ".join(f"{prose} {value}" for prose, value in parts) + " kraj."
    result = english(source, FakeEngine(spoil))
    assert result.english is not None
    for value in {value for _, value in parts}:
        wanted = sum(value == other for _, other in parts)
        assert result.english.count(value) >= wanted, value


# -- sentences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("hr", "Prijave do 31. prosinca 2024. godine. Ostalo kasnije.", 2),
        ("hr", "Rok je 2021. Prijavite se!", 2),
        ("hr", "Prema čl. 5. Zakona i st. 2. Pravilnika vrijedi npr. Rok.", 1),
        ("hr", "Tvrtka Primjer d.o.o. Zagreb prijavljuje projekt.", 1),
        ("it", "Ai sensi dell'art. 12 del D.Lgs. n. 33 si applica. Le domande seguono.", 2),
        ("it", "Il termine è il giorno 31. Le domande seguono.", 2),
        ("de", "Am 15. Dezember endet die Frist, z.B. Nr. 4. Danach nicht.", 1),
        ("de", "Die Frist endet. Danach nicht.", 2),
        ("fr", "Voir l'art. 3. Qui peut déposer ? Les associations !", 3),
        ("en", "Grants of approx. £500 are made by J. Smith. Apply now.", 2),
        ("es", "Véase la pág. 4. El plazo termina.", 2),
        ("pl", "Zgodnie z art. 2 ust. 3 wnioski składa się np. Pocztą. Koniec.", 2),
        ("xx", "One. Two. Three.", 3),
        ("hr", "1. Aktivnosti\n2. Troškovi", 2),
        ("hr", "Rekao je: „Prijavite se.“ Zatim je otišao.", 2),
        ("it", "Contributi... fino a esaurimento", 1),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str, count: int) -> None:
    found = [sentence.text for sentence in split_sentences(text, language)]
    assert len(found) == count, found


@settings(max_examples=300)
@given(st.text(alphabet="aB1.!? \n\t\u2028-„“šč)…", max_size=200) | st.text(max_size=200))
def test_splitting_loses_nothing(text: str) -> None:
    parts = split_sentences(text, "hr")
    assert "".join(each.before + each.text + each.after for each in parts) == text
    assert all(each.text == each.text.strip() for each in parts)


@pytest.mark.parametrize("piece", ["x", "a.", "1", "ab ", ".", "a: ", "B2-", "@", "9 9", "www."])
def test_a_megabyte_in_one_line_takes_no_time(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    started = time.process_time()
    sentences = split_sentences(line, "hr")
    assert max(len(each.text) for each in sentences) <= MAX_CHARACTERS
    for sentence in sentences[:200]:
        restore(sentence.text, sentence.text)
        split_label(sentence.text)
    assert time.process_time() - started < 5


# -- protection -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("Scade il 02/02/2021, ore 17:00.", ["02/02/2021", "17:00"]),
        ("Iznos je 1.000.000,00 HRK ili 75 %.", ["1.000.000,00 HRK", "75 %"]),
        ("Do 31. prosinca 2024. godine", ["31", "2024"]),
        ("Dotazione: € 250.000 o 10 000 000,00 kn", ["€ 250.000", "10 000 000,00 kn"]),
        ("COS-CLUSTER-2020-3-03 (RLA12020034211).", ["COS-CLUSTER-2020-3-03", "RLA12020034211"]),
        ("KK.03.2.1.19 i NPOO.C1.6.R1-I2.01", ["KK.03.2.1.19", "NPOO.C1.6.R1-I2.01"]),
        ("Art. 5 L.R. 33/2019, misura 6.3.1.", ["5", "33/2019", "6.3.1"]),
        ("Na ime_prezime@x.hr ili https://x.hr/a_b.", ["ime_prezime@x.hr", "https://x.hr/a_b"]),
        ("Pišite @ED_Lombardia", ["@ED_Lombardia"]),
        ("Suradnja B2B i C2C", ["B2B", "C2C"]),
        ("Nema ničega.", []),
    ],
)
def test_what_is_protected(sentence: str, terms: list[str]) -> None:
    assert [term.text for term in find_terms(sentence)] == terms


@pytest.mark.parametrize(
    ("source", "given", "mended", "missing"),
    [
        ("na ime_prezime@x.hr", "to ime prezime @ x . hr", "to ime_prezime@x.hr", []),
        ("KK.03.2.1.19", "Kk.03.2.1.19", "KK.03.2.1.19", []),
        ("75 % i 2014-2020", "75% and 2014–2020", "75 % and 2014-2020", []),
        ("12 i 12", "12 and 2012", "12 and 2012", ["12"]),
        ("15. rujna", "15th of September", "15th of September", []),
        ("do 2.2.2021", "by 2.2.2012", "by 2.2.2012", ["2.2.2021"]),
        ("10 kn i 10", "10 and 10 kn", "10 and 10 kn", []),
    ],
)
def test_values_are_put_back_as_printed(
    source: str, given: str, mended: str, missing: list[str]
) -> None:
    assert restore(source, given) == (mended, missing)


@given(st.text(max_size=80), st.text(max_size=80))
def test_restoring_never_fails_and_keeps_what_it_claims(source: str, english_text: str) -> None:
    result, missing = restore(source, english_text)
    terms = [term.text for term in find_terms(source)]
    assert set(missing) <= set(terms)
    for term in set(terms) - set(missing):
        assert term in result


def test_labels_and_values() -> None:
    assert split_label("Scade il: 02/02/2021") == ("Scade il", ": 02/02/2021")
    assert split_label("Scade alle 17:00") == ("Scade alle 17:00", "")
    assert split_label("Nota: leggere bene") == ("Nota: leggere bene", "")
    assert split_label("https://x.example/a") == ("https://x.example/a", "")
    assert is_value_only("02/02/2021 – 6.000.000,00 EUR")
    assert not is_value_only("ore 12")


@pytest.mark.parametrize(
    ("source", "given", "faults"),
    [
        ("Natječaj je otvoren.", "The call is open.", []),
        ("Natječaj je otvoren.", " ", ["empty"]),
        ("Natječaj je otvoren.", "......", ["garbled"]),
        ("Natječaj je otvoren danas.", "Natječaj je otvoren danas.", ["untranslated"]),
        ("Europe Direct Lombardia", "Europe Direct Lombardia", []),
        ("Natječaj je otvoren danas.", "the call " * 9, ["repetition"]),
        ("Natječaj je otvoren.", "open open open open now", ["repetition"]),
        ("Rok", "Deadline " + "and a much longer story of it ".strip() * 1, []),
        ("jedan " * 3 + "dva tri četiri pet šest sedam osam devet deset", "one", ["length"]),
    ],
)
def test_faults_of_a_sentence(source: str, given: str, faults: list[str]) -> None:
    assert find_faults(source, given) == faults


def test_english_is_recognised_only_when_it_is() -> None:
    assert is_english("COSME - European Cluster Excellence Programme, call 2020")
    assert not is_english("Programa social rural digital")
    assert not is_english("Bando per il programma European cluster")
    assert not is_english("Natječaj")


# -- packages and the Argos engine ------------------------------------------------------------


@pytest.fixture(scope="module")
def package_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_package(tmp_path_factory.mktemp("models") / "tiny.argosmodel")


@pytest.fixture
def folder(tmp_path: Path, package_file: Path) -> Path:
    install_package(package_file, tmp_path / "packages")
    return tmp_path / "packages"


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Argostranslate makes folders in the user's home when it is imported."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def only_engine(folder: Path) -> argos.ArgosEngine:
    (engine,), errors = argos.find_engines(folder)
    assert not errors
    return engine


def test_a_batch_gives_what_the_sentences_give_alone_in_their_order(folder: Path) -> None:
    engine = only_engine(folder)
    sentences = ["natječaj poziv rok", "prijava", "klaster sredstva udruga poziv poziv", "rok rok"]
    together = engine.translate(sentences, "hr")
    assert together == [engine.translate([sentence], "hr")[0] for sentence in sentences]
    assert (engine.name, engine.version) == ("argos", "hr-en 1.0")
    assert engine.translate([], "hr") == []


def test_a_sentence_longer_than_the_model_is_put_in_as_parts(folder: Path) -> None:
    for long in ("poziv, rok; " * 400, "ž" * 3000):
        (result,) = only_engine(folder).translate([long], "hr")
        assert isinstance(result, str)


def test_an_engine_refuses_another_language(folder: Path) -> None:
    with pytest.raises(EngineError, match="does not read it"):
        only_engine(folder).translate(["Bando"], "it")


def test_texts_go_through_a_real_package_and_keep_their_values(folder: Path) -> None:
    text = Text("Natječaj je otvoren do 02.02.2021. za udruge.\nIznos: 5.000,00 EUR", "hr")
    (result,) = translate_texts([text], [only_engine(folder)], DictMemory())
    if result.english is not None:  # nonsense may be judged a failure
        assert "02.02.2021" in result.english
        assert "5.000,00 EUR" in result.english
    assert result.original == text.original


@pytest.mark.parametrize("spoil", ["model/model.bin", "sentencepiece.model"])
def test_a_damaged_package_is_one_clear_line(folder: Path, spoil: str) -> None:
    file = next(folder.iterdir()) / spoil
    file.write_bytes(file.read_bytes()[:2000])
    with pytest.raises(PackageError, match=r"is damaged.*Install it again") as caught:
        only_engine(folder).translate(["rok"], "hr")
    assert "\n" not in str(caught.value).strip()


def test_fixtures_are_never_picked_unless_asked_for(tmp_path: Path) -> None:
    file = build_package(tmp_path / "demo.argosmodel", fixture=True)
    install_package(file, tmp_path / "packages")
    assert argos.find_engines(tmp_path / "packages") == ([], [])
    (engine,), _ = argos.find_engines(tmp_path / "packages", fixtures=True)
    assert engine.name == "fixture"


def test_folders_that_are_no_packages_are_reported_and_do_no_harm(folder: Path) -> None:
    (folder / "stray").mkdir()
    (folder / "note.txt").write_text("x")
    broken = folder / "broken"
    broken.mkdir()
    (broken / "metadata.json").write_text('{"from_code": "it", "to_code": "en"}')
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "metadata.json").write_text('{"from_code": "en", "to_code": "es"}')
    packages, errors = list_packages(folder)
    assert [package.label for package in packages] == ["hr-en 1.0"]
    assert sorted(Path(str(error).split(":")[0]).name for error in errors) == ["broken", "stray"]


def test_no_folder_means_no_packages(tmp_path: Path) -> None:
    assert list_packages(tmp_path / "none") == ([], [])
    assert packages_folder({"ARGOS_PACKAGES_DIR": "/x/y"}) == Path("/x/y")
    assert packages_folder({"XDG_DATA_HOME": "/d"}) == Path("/d/argos-translate/packages")


def test_installing_again_replaces_and_tells_the_hash(folder: Path, package_file: Path) -> None:
    package, digest = install_package(package_file, folder)
    assert package.label == "hr-en 1.0"
    assert package.path.parent == folder
    assert re.fullmatch("[0-9a-f]{64}", digest)
    assert len(list(folder.iterdir())) == 1
    assert [path.name for path in folder.parent.iterdir()] == ["packages"]


@pytest.mark.parametrize(
    ("members", "message"),
    [
        (["../evil.txt"], "unsafe"),
        (["/etc/evil"], "unsafe"),
        (["p/..\\evil"], "unsafe"),
        (["a/metadata.json", "b/metadata.json"], "one folder"),
        (["metadata.json"], "one folder"),
        (["p/readme.md"], "not a readable Argos package"),
        ([], "one folder"),
    ],
)
def test_unsafe_or_foreign_archives_are_not_installed(
    tmp_path: Path, members: list[str], message: str
) -> None:
    file = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(file, "w") as archive:
        for name in members:
            archive.writestr(name, "{}")
    folder = tmp_path / "packages"
    with pytest.raises(PackageError, match=message):
        install_package(file, folder)
    assert not folder.exists() or not list(folder.iterdir())
    assert {path.name for path in tmp_path.iterdir()} <= {"x.argosmodel", "packages"}


def test_a_link_and_a_broken_file_are_not_installed(tmp_path: Path) -> None:
    file = tmp_path / "x.argosmodel"
    with zipfile.ZipFile(file, "w") as archive:
        link = zipfile.ZipInfo("p/link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(PackageError, match="unsafe"):
        install_package(file, tmp_path / "packages")
    file.write_bytes(b"PK\x03\x04 no zip at all")
    with pytest.raises(PackageError, match="cannot be installed"):
        install_package(file, tmp_path / "packages")
    with pytest.raises(PackageError, match="cannot be installed"):
        install_package(tmp_path / "none.argosmodel", tmp_path / "packages")


def test_without_a_sentence_to_translate_no_model_library_is_imported(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from schema.calls import Text\n"
        "from translators import argos, apertium, texts\n"
        f"engines, _ = argos.find_engines(Path({str(folder)!r}))\n"
        "apertium.find_engines(['hr', 'it'])\n"
        "texts.translate_texts([Text('The call', 'en'), Text('12.3.2020', 'hr')], engines, None)\n"
        "heavy = {'ctranslate2', 'sentencepiece', 'numpy', 'argostranslate'} & set(sys.modules)\n"
        "print(sorted(heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason="no trained packages beside the checkout")
def test_a_trained_package_translates_its_own_sentences(tmp_path: Path) -> None:
    for file in sorted(SHARED.glob("*.argosmodel")):
        install_package(file, tmp_path)
    engines, errors = argos.find_engines(tmp_path, fixtures=True)
    assert not errors
    texts = [
        Text("Natječaj je otvoren. Mogu se prijaviti mala i srednja poduzeća.", "hr"),
        Text("Il bando è aperto.\nPossono partecipare le piccole e medie imprese.", "it"),
    ]
    results = translate_texts(texts, engines, DictMemory())
    assert [each.english for each in results] == [
        "The call is open. Small and medium-sized enterprises may apply.",
        "The call is open.\nSmall and medium-sized enterprises may apply.",
    ]


# -- Apertium ---------------------------------------------------------------------------------


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
@settings(max_examples=60, deadline=None)
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
