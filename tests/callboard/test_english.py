"""Which engine serves which language, which texts are translated, and in which order."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from rich.console import Console

from callboard.cli.translate import check_lines
from callboard.config import Config
from callboard.english import (
    by_urgency,
    installed_engines,
    stored_memory,
    texts_of,
    with_texts,
)
from exports.terminal import render_texts
from schema.calls import Call, Deadline, Document, Moment, Text, TextStatus
from storage.database.engine import Database
from tests.support.tiny_package import build_package
from translators.engines import engines_for
from translators.installation import install_package
from translators.texts import Rendering, recall_texts

NOW = datetime(2026, 6, 1, tzinfo=UTC)
CALL = Call(
    is_call=True,
    is_call_reason="call",
    language="hr",
    title=Text("Poziv", "hr"),
    conditions=(Text("Za udruge.", "hr"),),
    documents=(Document("Obrazac prijave"),),
)


def closing(days: int) -> Call:
    day = NOW.date() + timedelta(days=days)
    return replace(CALL, deadlines=(Deadline(Moment(day)),))


def test_open_calls_come_first_and_the_next_to_close_before_the_others() -> None:
    late, soon, closed = closing(30), closing(3), closing(-3)
    forthcoming = replace(closing(60), opens_at=Moment(date(2026, 7, 1)))
    groups = by_urgency([closed, CALL, late, forthcoming, soon], NOW)
    assert groups == [[soon, late], [forthcoming], [CALL], [closed]]


def test_names_of_documents_are_texts_of_a_call_too() -> None:
    texts = texts_of(CALL)
    assert [text.original for text in texts] == ["Poziv", "Za udruge.", "Obrazac prijave"]
    english = [replace(text, english=text.original.upper()) for text in texts]
    made = with_texts(CALL, iter(english))
    assert made.title.english == "POZIV"
    assert made.documents[0].name == english[2]
    assert made.documents[0].label == "Obrazac prijave"


@pytest.fixture
def models(tmp_path: Path) -> Path:
    for language in ("hr", "it"):
        file = build_package(tmp_path / f"{language}.argosmodel", language)
        install_package(file, tmp_path / "models")
    return tmp_path


def engines(folder: Path, **settings: object) -> dict[str, list[str]]:
    config = Config(base=folder, translate={"packages": "models", **settings})  # type: ignore[arg-type]
    found = installed_engines(config)
    return {
        language: [each.name for each in engines_for(found, language)] for language in ("hr", "it")
    }


def test_the_order_of_engines_is_configuration(
    models: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "callboard.english.apertium.find_engines",
        lambda accepted: [_Gist(accepted)] if accepted else [],
    )
    assert engines(models, gist=[]) == {"hr": ["argos"], "it": ["argos"]}
    assert engines(models) == {"hr": ["argos"], "it": ["argos", "apertium"]}
    assert engines(models, engines=["apertium", "argos"])["it"] == ["apertium", "argos"]
    order = {"it": ["apertium"], "hr": ["argos"]}
    assert engines(models, order=order) == {"hr": ["argos"], "it": ["apertium"]}
    assert engines(models, engines=[]) == {"hr": [], "it": []}


class _Gist:
    name, version, status = "apertium", "x", TextStatus.GIST

    def __init__(self, accepted: list[str]) -> None:
        self._languages = frozenset(accepted)

    def languages(self) -> frozenset[str]:
        return self._languages


def test_a_whole_notice_stands_beside_its_english() -> None:
    text = Text("Prvi red\nDrugi red", "hr", "First line\nSecond line", "fixture hr-en 1.0",
                TextStatus.TRANSLATED)  # fmt: skip
    console = Console(width=60, record=True, file=io.StringIO())
    console.print(render_texts("hr_portal", text))
    console.print(render_texts("it_portal", Text("Da tradurre", "it")))
    shown = [" ".join(line.split()) for line in console.export_text().splitlines()]
    assert shown == [
        "hr_portal",
        "hr en-t-hr [fixture]",
        "Prvi red First line",
        "Drugi red Second line",
        "it_portal",
        "it en [pending]",
        "Da tradurre",
    ]


def test_checks_are_told_by_kind_with_the_terms_most_often_otherwise() -> None:
    checks = {
        "restored": 3,
        "missing:2.2.2021": 1,
        "missing:75 %": 2,
        "term:natječaj": 4,
        "term:rok": 1,
    }
    assert check_lines(checks) == [
        "Checks, by texts: 3 missing, 3 restored, 5 term",
        "Terms translated otherwise than in the glossary: natječaj (4), rok (1)",
    ]
    assert check_lines({}) == []


def test_stored_english_is_shown_with_its_engine_when_no_engine_is_left(tmp_path: Path) -> None:
    """Another machine, a model removed, Apertium uninstalled: what was paid for stays."""
    database = Database(f"sqlite:///{tmp_path / 'callboard.sqlite'}")
    database.migrate()
    bare = Config(base=tmp_path, translate={"engines": [], "gist": ["it"]})  # type: ignore[arg-type]
    assert installed_engines(bare) == []
    memory = stored_memory(database, lambda: NOW, bare)
    memory.remember([_made("Poziv je otvoren.", "argos", "hr-en 1.9")], "hr")
    memory.remember([_made("Il bando è aperto.", "apertium", "ita-spa", TextStatus.GIST)], "it")
    asked = [
        Text("Poziv je otvoren.", "hr"),
        Text("Il bando è aperto.", "it"),
        Text("Priloga manjka.", "sl"),
    ]
    poziv, bando, unknown = recall_texts(asked, installed_engines(bare), memory)
    assert (poziv.english, poziv.status) == ("It is open.", TextStatus.TRANSLATED)
    assert (poziv.engine, poziv.translated_at) == ("argos hr-en 1.9", NOW)
    assert (bando.english, bando.status) == ("It is open.", TextStatus.GIST)
    assert bando.engine == "apertium ita-spa"
    assert unknown.status is TextStatus.PENDING
    strict = Config(base=tmp_path, translate={"engines": [], "gist": []})  # type: ignore[arg-type]
    (hidden,) = recall_texts([asked[1]], [], stored_memory(database, lambda: NOW, strict))
    assert hidden.status is TextStatus.PENDING
    database.dispose()


def _made(
    original: str, engine: str, version: str, status: TextStatus = TextStatus.TRANSLATED
) -> Rendering:
    return Rendering(original, "It is open.", status, (), engine, version)
