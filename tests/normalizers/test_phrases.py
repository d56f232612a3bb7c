"""Phrases in ten languages: each case is read as a notice and must give exactly its facts.

``empty`` names the fields that a trap must leave without a value.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from exports.extracts import render_extract
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text

FOLDER = Path(__file__).parents[1] / "fixtures" / "phrases"
CASES = [
    pytest.param(language, case, id=f"{language}-{number}")
    for language in sorted(path.stem for path in FOLDER.glob("*.toml"))
    for number, case in enumerate(
        tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))["case"], 1
    )
]


@pytest.mark.parametrize(("language", "case"), CASES)
def test_a_phrase(language: str, case: dict[str, Any]) -> None:
    hints = Hints(language=language, languages=(language,))
    facts = render_extract(normalise(read_text(case["text"]), hints), None)
    expected = {name: value for name, value in case.items() if name not in ("text", "empty")}
    expected |= dict.fromkeys(case.get("empty", ()))
    found = {name: facts[name] for name in expected}
    for value in (expected, found):
        if "applicant_types" in value:
            value["applicant_types"] = sorted(value["applicant_types"] or ())
    assert found == expected
