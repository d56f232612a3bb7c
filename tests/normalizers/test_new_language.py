"""A new language is one folder: Slovak, until then a neighbour, and one that nobody speaks."""

from datetime import date
from pathlib import Path

import pytest

from normalizers.languages import find_language
from normalizers.lexicon import languages, load
from normalizers.lexicon_files import VARIABLE, LexiconError
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text
from schema.calls import ApplicantType
from schema.money import Money

SLOVAK = {
    "language": """
name = "Slovak"
zone = "Europe/Bratislava"
country = "SK"
currency = "EUR"
words = ["je", "sú", "výzva", "žiadosti", "ktoré", "môžu", "podávať", "alebo", "pre", "podľa"]
abbreviations = ["napr", "č"]
""",
    "dates": """
until = ["do", "najneskôr do"]
since = ["od"]
joiner = ["do", "a"]
year_word = ["roku"]
[months]
january = ["január", "januára"]
february = ["február", "februára"]
march = ["marec", "marca"]
april = ["apríl", "apríla"]
may = ["máj", "mája"]
june = ["jún", "júna"]
july = ["júl", "júla"]
august = ["august", "augusta"]
september = ["september", "septembra"]
october = ["október", "októbra"]
november = ["november", "novembra"]
december = ["december", "decembra"]
""",
    "hours": """
hour_word = ["o hodine"]
hour_at = ["o"]
hour_after = ["hod", "hodín"]
""",
    "numbers": """
decimal = ","
[scales]
"milión" = 1000000
"milióna" = 1000000
"milióny" = 1000000
""",
    "money": """
budget = ["celková alokácia"]
grant_max = ["maximálna výška"]
max_word = ["najviac"]
[currencies]
"eur" = "EUR"
"eura" = "EUR"
""",
    "deadlines": """
deadline = ["termín* podania", "uzávierka"]
window = ["žiadosti (sa podávajú|možno podávať|môžu podávať)"]
""",
    "applicants": 'applicants = ["oprávnení žiadatelia", "žiadosti môžu podávať"]',
    "applicant_types": 'local_authority = ["obce"]\nngo = ["občianske združenia", "združenia"]',
    "kinds": 'call = ["výzva*"]',
    "page": '[lines]\nboilerplate = ["zdieľať"]',
}
NOTICE = """Výzva na podporu kultúry

Oprávnení žiadatelia sú obce a združenia, ktoré pôsobia v regióne.
Termín podania je 30. júna 2027 o 16.
Celková alokácia je 2 milióny eur, maximálna výška je 20 000 eur pre projekt.
"""


def write(root: Path, code: str, files: dict[str, str]) -> None:
    (root / code).mkdir(parents=True)
    for name, text in files.items():
        (root / code / f"{name}.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    return tmp_path


def test_without_its_folder_it_is_read_as_its_neighbour() -> None:
    found = find_language("Výzva pre žiadosti o dotácie, ktoré sú v rámci projektov alebo podanie")
    assert (found.code, found.nearest) == ("sk", "pl")


def test_one_folder_is_a_language(root: Path) -> None:
    write(root, "sk", SLOVAK)
    assert "sk" in languages()
    found = find_language(NOTICE)
    assert (found.code, found.nearest, found.method) == ("sk", "sk", "words")

    call = normalise(read_text(NOTICE), Hints())
    assert call.language == "sk"
    assert call.is_call
    (deadline,) = call.deadlines
    assert deadline.moment.on == date(2027, 6, 30)
    assert deadline.moment.isoformat() == "2027-06-30T16:00"
    assert deadline.moment.zone == "Europe/Bratislava"
    assert call.budget_total == Money(2_000_000, "EUR")  # type: ignore[arg-type]
    assert call.grant_max == Money(20_000, "EUR")  # type: ignore[arg-type]
    assert set(call.applicant_types) == {ApplicantType.LOCAL_AUTHORITY, ApplicantType.NGO}


def test_its_families_are_its_own(root: Path) -> None:
    write(root, "sk", SLOVAK)
    text = "Výzva pre obce\n\nZdieľať\n\nPodporené sú napr. Obce, ktoré sú malé. Výzva je otvorená."
    call = normalise(read_text(text), Hints(language="sk", languages=("sk",)))
    assert call.title.original == "Výzva pre obce"
    lexicon = load("sk")
    assert lexicon.boilerplate == {"zdielat"}
    assert lexicon.weekdays == ((),) * 7


def test_a_language_that_no_detector_knows(root: Path) -> None:
    words = {**SLOVAK, "language": SLOVAK["language"].replace("Slovak", "Invented")}
    write(root, "xq", {**words, "dates": SLOVAK["dates"].replace("júna", "brumo")})
    text = NOTICE.replace("júna", "brumo")
    call = normalise(read_text(text), Hints(languages=("xq", "it"), language="xq"))
    assert call.language == "xq"
    assert call.deadlines[0].moment.on == date(2027, 6, 30)
    assert find_language("2027", None, ("xq", "it")).code in ("xq", "it", "und")


def test_further_places_come_before_those_of_the_package(root: Path) -> None:
    write(root, "it", {**SLOVAK, "language": SLOVAK["language"].replace("Slovak", "Corrected")})
    assert load("it").table["language"]["name"] == "Corrected"


def test_a_place_that_is_none_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "/no/such/place")
    with pytest.raises(LexiconError, match="CALLBOARD_LEXICONS names /no/such/place"):
        languages()


def test_a_language_is_recognised_by_one_file_and_costs_no_other(root: Path) -> None:
    write(root, "sk", {**SLOVAK, "dates": "not TOML", "money": "not TOML"})
    assert find_language(NOTICE).code == "sk"
    assert load("it").code == "it"
    with pytest.raises(LexiconError, match=r"sk/dates\.toml: not readable as TOML"):
        load("sk")
