"""The authority file of programmes and actions: its lookups, its rules, and what it must cover.

Over 400 lines because a third are tables: each rule with the entry that breaks it.
"""

import re
import tomllib
from collections import Counter
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from vocabulary.actions import Actions, ActionsError, load_actions
from vocabulary.actions.authority import read_actions
from vocabulary.actions.checks import find_problems
from vocabulary.actions.entries import parse_lines
from vocabulary.matching import words_for_match

ROOT = Path(__file__).parents[2]
DATA = sorted((ROOT / "vocabulary" / "actions").glob("*.toml"))
LANGUAGES = ("en", "hr", "it", "sl", "de", "es", "fr", "pl", "pt", "ro")
FLOORS = {
    "eu-research": 140, "eu-funds": 60, "eu-people": 100, "eu-economy": 65, "interreg": 190,
    "international": 50, "hr": 70, "it": 110, "it-regions": 130, "si": 20, "at": 20, "de": 25,
    "es": 25, "fr": 25, "hu": 10, "pl": 60, "pt": 40, "ro": 30, "uk": 20, "us": 25,
}  # fmt: skip
"""Fewest entries by scope; a scope that is not here has no floor yet."""


def read(tmp_path: Path, **scopes: str) -> Actions:
    tmp_path.mkdir(exist_ok=True)
    for scope, text in scopes.items():
        (tmp_path / f"{scope.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return read_actions(tmp_path)


def entry(name: str, *lines: str, source: str = 'source = "Regulation (EU) 2021/1"') -> str:
    kind = () if any(line.startswith("kind") for line in lines) else ('kind = "programme"',)
    return "\n".join((f"[{name}]", *kind, *lines, source, ""))


# --- reading -----------------------------------------------------------------------------------


def test_an_entry_is_read_with_all_its_keys(tmp_path: Path) -> None:
    actions = read(
        tmp_path,
        hr="""# A comment.
[fund]
kind = "fund"
names.en = ["Some Fund"]
unverified = true

[hr-call]
kind = "action"
parent = "fund"
period = [2021, 2027]
names.hr = ["Poziv za grane", "Grane"]
names.mul = ["GRANA+ 2"]
abbreviations.hr = ["PZG"]
code_prefixes = ["PZG.", "GR-YYYY-A"]
areas = ["HR", "HR04"]
issuer = "Ministarstvo grana"
address = "grane.example.hr/pozivi"
recurs = "yearly"
source = "grane.example.hr"
""",
    )
    call = actions["hr-call"]
    assert (call.kind, call.parents, call.first_year, call.last_year) == (
        "action", ("fund",), 2021, 2027,
    )  # fmt: skip
    assert call.names == {"hr": ("Poziv za grane", "Grane"), "mul": ("GRANA+ 2",)}
    assert call.code_prefixes == ("PZG.", "GR-YYYY-A")
    assert (call.areas, call.country, call.recurs) == (("HR", "HR04"), "HR", "yearly")
    assert call.official_name("hr") == "Poziv za grane"
    assert call.official_name("de") == "GRANA+ 2"
    assert actions["fund"].official_name("en") is None
    assert actions["fund"].best_known_name("en") == "Some Fund"
    assert actions["fund"].areas == ("HR",)
    assert find_problems(actions) == []


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (('names.en = ["X Fund"]', 'colour = "red"'), "colour: unknown key"),
        ((), "names: missing"),
        (('kind = "law"', 'names.en = ["X Fund"]'), "kind: 'law' is not one of"),
        (('kind = ["fund"]', 'names.en = ["X Fund"]'), "kind: ['fund'] is not one of"),
        (('names = ["X Fund"]',), "names: must be by language"),
        (('names.en = "X Fund"',), "names: must be a list of texts"),
        (('names.en = ["X Fund", "X Fund"]',), "names: names something twice"),
        (('names.en = [" X Fund"]',), "names: ' X Fund' is no text, or has spaces"),
        (('names.english = ["X Fund"]',), "names: 'english' is no language"),
        (('names.en = ["X Fund"]', "period = [2027, 2021]"), "period: [2027, 2021] ends before"),
        (('names.en = ["X Fund"]', 'period = ["2021"]'), "period: must be [first year, last"),
        (('names.en = ["X Fund"]', "period = [21]"), "period: [21] is no period"),
        (('names.en = ["X Fund"]', 'recurs = "often"'), "recurs: 'often' is not one of"),
        (('names.en = ["X Fund"]', 'areas = ["Croatia"]'), "areas: 'Croatia' is neither"),
        (('names.en = ["X Fund"]', "unverified = false"), "unverified: is true, or is left out"),
    ],
)
def test_a_wrong_shape_is_told_with_file_entry_and_key(
    tmp_path: Path, lines: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ActionsError) as error:
        read(tmp_path, eu=entry("x-fund", *lines))
    assert str(error.value).startswith(f"eu.toml: x-fund: {message}")


def test_an_id_stands_once_in_all_files(tmp_path: Path) -> None:
    one = entry("x-fund", 'names.en = ["X Fund"]')
    with pytest.raises(ActionsError, match=r"it\.toml: x-fund: id: stands in eu\.toml too"):
        read(tmp_path, eu=one, it=one)
    with pytest.raises(ActionsError, match=r"eu\.toml: not TOML"):
        read(tmp_path / "twice", eu=one + one)


@pytest.mark.parametrize("file", DATA, ids=lambda file: file.stem)
def test_lines_are_read_as_toml_has_them(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert parse_lines(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '[x]\nnames.en = [\n  "A Fund",\n]\n',
        "[x]\nkind = 'fund'\n",
        '[x]\nkind = "fund" # the old one\n',
        '[x]\nnames = { en = ["A Fund"] }\n',
        '[x]\nnames.en = ["A Fund"], ["B"]\n',
        '[x]\nkind = "fund"\nkind = "fund"\n',
        "[x]\nkind = null\n",
        'kind = "fund"\n',
    ],
)
def test_what_is_not_one_key_a_line_is_left_to_tomllib(text: str) -> None:
    assert parse_lines(text) is None


def test_other_toml_is_read_all_the_same(tmp_path: Path) -> None:
    text = "[x]\nkind = 'fund' # the kind\nnames.en = [\n  'X Fund',\n]\nunverified = true\n"
    assert read(tmp_path, eu=text)["x"].names == {"en": ("X Fund",)}


# --- rules -------------------------------------------------------------------------------------

FUND = entry("fund", 'kind = "fund"', 'names.en = ["Fund of Funds"]', "period = [2021, 2027]")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (entry("a", 'names.en = ["Aa"]', 'parent = "b"'), "a: parent: 'b' is no entry"),
        (
            entry("a", 'names.en = ["Aa"]', 'parent = "b"')
            + entry("b", 'names.en = ["Bb"]', 'parent = ["a"]'),
            "a: parent: the entry is among its own ancestors",
        ),
        (
            FUND + entry("a", 'names.en = ["Aa"]', 'parent = "fund"', "period = [2014, 2020]"),
            "a: parent: 'fund' has ended before, or begins after",
        ),
        (entry("a", 'names.en = ["Aa"]', 'follows = "b"'), "a: follows: 'b' is no entry"),
        (
            FUND + entry("a", 'names.en = ["Aa"]', 'follows = "fund"', "period = [2021, 2027]"),
            "a: follows: 'fund' does not begin earlier",
        ),
        (
            entry("a", 'names.en = ["Green Leaf"]', "period = [2014, 2020]")
            + entry("b", 'names.en = ["Green leaf"]', "period = [2020]"),
            "b: names.en: 'a' has the same official name in the same years",
        ),
        (
            entry("a", 'names.en = ["Green Leaf", "GREEN LEAF"]'),
            "a: names.en: two differ only in capitals, accents or signs",
        ),
        (
            entry("a", 'names.mul = ["Green Leaf"]', 'names.en = ["Green Leaf"]'),
            "a: names.en: stands under names.mul too",
        ),
        (entry("a", 'names.en = ["–"]'), "a: names.en: '–' has no word"),
        (entry("a", 'names.en = ["Culture"]'), "a: names.en: 'Culture' is only common words"),
        (
            entry("a", 'names.it = ["Programma Nazionale 2021-2027"]'),
            "a: names.it: 'Programma Nazionale 2021-2027' is only common words",
        ),
        (
            entry("a", 'names.en = ["Aa"]', 'abbreviations.en = ["A+"]'),
            "a: abbreviations.en: 'A+' is one letter",
        ),
        (
            entry("a", 'names.en = ["Aa"]', 'abbreviations.en = ["leaf"]'),
            "a: abbreviations.en: 'leaf' has no capital to be known by",
        ),
        (entry("a", 'names.en = ["Aa"]', source=""), "a: source: missing"),
        (
            entry("a", 'names.en = ["Town twinning"]', "descriptive = true"),
            "a: descriptive: neither parent, issuer nor code_prefixes could tell it apart",
        ),
        (entry("a", 'names.en = ["Aa"]', "unverified = true"), "a: unverified: the entry has a"),
        (
            entry("a", 'names.en = ["Aa"]', 'address = "https://example.org"'),
            "a: address: 'https://example.org' is not a host and path without a scheme",
        ),
        (
            entry("a", 'names.en = ["Aa"]', 'address = "user@example.org"'),
            "a: address: 'user@example.org' is not",
        ),
        (
            entry("a", 'names.en = ["Aa"]', 'code_prefixes = ["leaf-"]'),
            "a: code_prefixes: 'leaf-' is not how a code begins",
        ),
        (
            entry("a", 'names.en = ["Aa"]', 'code_prefixes = ["AB-"]')
            + entry("b", 'names.en = ["Bb"]', 'code_prefixes = ["AB-"]'),
            "b: code_prefixes: 'AB-' belongs to 'a'",
        ),
    ],
)
def test_a_broken_rule_is_told_with_file_entry_and_key(
    tmp_path: Path, text: str, problem: str
) -> None:
    problems = find_problems(read(tmp_path, eu=text))
    assert any(found.startswith(f"eu.toml: {problem}") for found in problems), problems


@pytest.mark.parametrize(
    "text",
    [
        entry("a", 'names.en = ["Leaf"]', "period = [2014, 2020]")
        + entry("b", 'names.en = ["Leaf"]', 'follows = "a"', "period = [2021, 2027]"),
        entry("a", 'names.en = ["Leaf"]', 'code_prefixes = ["AB-"]')
        + entry("b", 'names.en = ["Twig"]', 'code_prefixes = ["AB-"]', 'parent = "a"'),
        entry("a", 'names.en = ["Justice Programme"]', 'abbreviations.mul = ["LIFE", "A1"]'),
        entry("a", 'names.en = ["Leaf"]', "unverified = true", source=""),
    ],
    ids=["successive", "a parent's prefix", "a topic and a generic word", "unverified"],
)
def test_what_is_allowed_is_no_problem(tmp_path: Path, text: str) -> None:
    assert find_problems(read(tmp_path, eu=text)) == []


# --- lookups -----------------------------------------------------------------------------------


def test_a_name_gives_all_who_bear_it_and_what_decides() -> None:
    found = {each.action.id: each for each in load_actions().named("pnrr")}
    assert {"it-pnrr", "ro-pnrr"} <= found.keys()
    assert found["it-pnrr"].action.country == "IT"
    assert "ripresa" in found["it-pnrr"].deciding_words
    assert "redresare" in found["ro-pnrr"].deciding_words
    assert not found["it-pnrr"].deciding_words & found["ro-pnrr"].deciding_words
    assert {each.action.id for each in load_actions().named("PRR")} == {"hr-prr", "pt-prr"}
    assert load_actions().named("no such programme") == ()


def test_signs_tell_the_exact_one_first() -> None:
    def ids(text: str) -> list[tuple[str, bool]]:
        return [(each.action.id, each.exact) for each in load_actions().named(text)]

    assert ids("ESF+") == [("esf-plus", True), ("esf", False)]
    assert ids("ESF") == [("esf", True), ("esf-plus", False)]
    assert ids("Ucinkoviti  ljudski potencijali") == [("hr-uljp", True), ("hr-opuljp", True)]


@pytest.mark.parametrize(
    ("code", "ids"),
    [
        ("COS-CLUSTER-2020-3-03", ["cluster-excellence", "cosme"]),
        ("LIFE-2026-CET-OSS", ["life-clean-energy-transition", "life"]),
        ("HORIZON-MSCA-2024-DN-01", ["msca-doctoral-networks", "msca", "horizon-europe"]),
        ("HORIZON-JU-Clean-Aviation-2023-01", ["clean-aviation-ju", "horizon-europe"]),
        ("SF.3.4.11.01.", ["hr-zazeli", "hr-uljp"]),
        ("NPOO.C1.6.R1-I2.01", ["hr-npoo-c1", "hr-npoo"]),
        ("FELU.06.03-IZ.00-001/24", ["pl-fe-lubelskie"]),
        ("HORIZON-CL6X-2024", ["horizon-europe"]),
        ("ESF-2026-POW", ["esf-plus"]),
        ("ESF-20261-POW", []),
        ("RLA12020034211", []),
    ],
)
def test_a_code_gives_the_longest_prefix_first(code: str, ids: list[str]) -> None:
    assert [each.id for each in load_actions().with_code(code)] == ids


def test_programmes_come_with_their_parents_and_children() -> None:
    actions = load_actions()
    up = [each.id for each in actions.ancestors("it-lombardia-pr-fesr")]
    assert up == ["it-pr-fesr", "it-pr", "erdf"]
    assert actions.ancestors("erdf") == ()
    down = {each.id for each in actions.descendants("erdf")}
    assert {"it-pr-fesr", "it-lombardia-pr-fesr", "interreg-vi-a-italy-croatia", "hr-pkk"} <= down
    assert "erdf" not in down


def test_a_cycle_ends(tmp_path: Path) -> None:
    actions = read(
        tmp_path,
        eu=entry("a", 'names.en = ["Aa"]', 'parent = "b"')
        + entry("b", 'names.en = ["Bb"]', 'parent = "a"'),
    )
    assert {each.id for each in actions.ancestors("a")} == {"a", "b"}


def test_an_entry_is_valid_in_its_period() -> None:
    programme = load_actions()["hr-opkk"]
    assert [year for year in range(2010, 2026) if programme.valid_in(year)] == [*range(2014, 2021)]
    assert programme.valid_in(2023, late=3)
    assert not programme.valid_in(2024, late=3)
    assert load_actions()["erdf"].valid_in(2050)


# --- the real data -----------------------------------------------------------------------------


def test_the_data_keeps_its_rules() -> None:
    assert find_problems(load_actions()) == []


def test_no_scope_falls_below_its_floor() -> None:
    counts = Counter(action.scope for action in load_actions())
    short = {scope: counts[scope] for scope, floor in FLOORS.items() if counts[scope] < floor}
    assert short == {}
    assert counts.keys() == {file.stem for file in DATA}


def test_cross_border_and_transnational_programmes_of_two_periods() -> None:
    actions = load_actions()
    cooperation = {
        each.id: each
        for frame in ("interreg-v", "interreg-vi", "eni-cbc", "interreg-next")
        for each in actions.descendants(frame)
        if each.areas
    }
    assert len(cooperation) >= 80


def test_every_phrase_is_found_by_what_is_written() -> None:
    actions = load_actions()
    lost = [
        (action.id, written)
        for action in actions
        for texts in (action.names, action.abbreviations)
        for written in (each for names in texts.values() for each in names)
        if not any(each.action is action and each.exact for each in actions.named(written))
    ]
    assert lost == []


def test_a_phrase_is_its_normalised_words() -> None:
    for key, phrase in load_actions().phrases.items():
        assert phrase.words
        assert list(phrase.words) == words_for_match(key)
        assert phrase.actions
        assert phrase.languages


@pytest.mark.parametrize(
    "action_id",
    ["horizon-europe", "horizon-2020", "msca", "erc", "erasmus-plus", "creative-europe", "cerv",
     "life", "digital-europe", "cef", "single-market-programme", "cosme", "eu4health", "erdf",
     "esf", "esf-plus", "cohesion-fund", "jtf", "eafrd", "emff", "emfaf", "amif", "isf", "bmvi",
     "edf", "ucpm", "rrf", "tsi", "invest-eu", "innovation-fund", "modernisation-fund",
     "ipa-iii", "ndici", "justice-programme", "europe-for-citizens", "european-solidarity-corps",
     "euaf", "pericles-iv", "fiscalis", "interreg"],
)  # fmt: skip
def test_the_unions_programmes_have_official_names_in_all_languages(action_id: str) -> None:
    action = load_actions()[action_id]
    assert [each for each in LANGUAGES if action.official_name(each) is None] == []


def test_an_unverified_entry_has_no_official_name() -> None:
    unverified = [action for action in load_actions() if action.unverified]
    assert unverified
    for action in unverified:
        assert all(action.official_name(language) is None for language in action.names)
        assert all(action.best_known_name(language) for language in action.names)


def known(form: str, actions: Actions) -> bool:
    """Tell whether a name is known up to its endings, as a beginning, or by its abbreviation."""

    def alike(one: str, other: str) -> bool:
        stem = max(2, max(len(one), len(other)) - 3)
        return one[:stem] == other[:stem]

    words = words_for_match(form)
    begun = (phrase for phrase in actions.phrases.values() if len(phrase.words) >= len(words))
    if any(all(map(alike, words, phrase.words[: len(words)])) for phrase in begun):
        return True
    return any(
        mention.is_abbreviation and mention.written == capitals
        for capitals in re.findall(r"[A-Z][A-Z0-9]{2,}", form)
        for candidate in actions.named(capitals)
        for mention in actions.phrases[capitals.lower()].mentions
        if mention.action is candidate.action
    )


def read_toml(package: str, *path: str) -> dict[str, Any]:
    return tomllib.loads(files(package).joinpath(*path).read_text(encoding="utf-8"))


OWN_LABELS = {"ERDF Regional Programme", "ESF+ Regional Programme"}
"""Keys of the older list that are no names of anything; their forms are."""


def test_the_programmes_of_the_older_list_are_covered() -> None:
    actions = load_actions()
    listed = read_toml("normalizers", "lexicons", "programmes.toml")["programmes"]
    forms = {form for name, others in listed.items() for form in (name, *others)} - OWN_LABELS
    assert sorted(form for form in forms if not known(form, actions)) == []


def test_the_programmes_among_the_glossarys_acronyms_are_covered() -> None:
    acronyms = read_toml("linking", "glossary.toml")["acronyms"]["common"]
    programmes = {"ERDF", "ESF", "FESR", "FSE", "EFRR", "ESI", "PNRR", "NPOO"}
    assert programmes <= set(acronyms)
    assert [each for each in sorted(programmes) if not load_actions().named(each)] == []


def test_the_programmes_of_the_unions_portal_are_covered() -> None:
    names = read_toml("crawlers.bases", "sedia_programmes.toml").values()
    assert [name for name in names if not load_actions().named(name)] == []


# --- the page about it -------------------------------------------------------------------------


def render_counts(actions: Actions) -> str:
    """Return the table of docs/actions.md."""
    counts = Counter(action.scope for action in actions)
    unverified = Counter(action.scope for action in actions if action.unverified)
    lines = ["| file | entries | unverified |", "|---|---|---|"]
    lines += [f"| `{each}.toml` | {counts[each]} | {unverified[each]} |" for each in sorted(counts)]
    lines.append(f"| all | {counts.total()} | {unverified.total()} |")
    return "\n".join(lines)


def test_the_page_has_the_counts_by_scope() -> None:
    page = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    table = render_counts(load_actions())
    assert table in page, f"put this table into docs/actions.md:\n{table}"


def test_the_page_tells_every_key(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "actions.md").read_text(encoding="utf-8")
    with pytest.raises(ActionsError) as error:
        read(tmp_path, eu=entry("a", 'nothing = "x"'))
    keys = str(error.value).partition("one of ")[2].split(", ")
    assert len(keys) > 10
    assert [key for key in keys if f"`{key}`" not in page] == []
    example = re.search(r"```toml\n(.+?)```", page, re.DOTALL)
    assert example is not None
    assert find_problems(read(tmp_path / "example", hr=example[1])) == []
