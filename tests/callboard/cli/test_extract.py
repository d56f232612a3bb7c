"""``callboard extract``: the public, stateless contract."""

import json
from pathlib import Path
from typing import Any

import pytest

from schema.calls import Absence
from schema.fields import KEY_FIELDS
from tests.support.installation import callboard

CONTRACT = [
    "id", "is_call", "language", "title", "codes", "programme", "issuer", "published", "opens",
    "deadlines", "deadline_kind", "budget_total", "grant_min", "grant_max", "intensity_max_pct",
    "expected_projects", "applicant_types", "eligible_areas", "evidence", "absence",
]  # fmt: skip
RENAMED = {"published_on": "published", "opens_at": "opens"}

NOTICE = """Javni poziv za potpore male vrijednosti obrtnicima

Objavljeno: 3. ožujka 2021.

Ukupna raspoloživa sredstva iznose 2.500.000,00 kn.
Najviši iznos potpore je 150.000,00 kuna.
Intenzitet potpore je do 75 %.
Prijavitelji mogu biti obrti registrirani u Vukovarsko-srijemskoj županiji.
Rok za podnošenje prijava je 15. travnja 2021. do 12:00 sati.
"""


def lines(*requests: Any) -> str:
    return "".join(
        each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) + "\n"
        for each in requests
    )


def answers(stdin: str, expected_exit: int = 0) -> list[dict[str, Any]]:
    done = callboard("extract", "--jsonl", stdin=stdin)
    assert done.returncode == expected_exit, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def assert_complete(facts: dict[str, Any], text: str | None = None) -> None:
    """Every value of a key field has its words, and every empty one its reason (law 2)."""
    for field in KEY_FIELDS:
        key = RENAMED.get(field, field)
        if facts[key] in (None, []):
            assert facts["absence"][key] in {reason.value for reason in Absence}, key
            assert key not in facts["evidence"]
        else:
            assert facts["evidence"][key], key
            assert key not in facts["absence"]
    if text is not None:
        for proofs in facts["evidence"].values():
            for proof in proofs:
                assert proof["quote"] == text[proof["start"] : proof["end"]]


def test_the_contracts_keys_come_in_order_with_values_and_words() -> None:
    (facts,) = answers(lines({"id": "x-1", "text": NOTICE, "url": "https://example.org/1"}))
    assert [key for key in facts if key in CONTRACT] == CONTRACT
    assert facts["id"] == "x-1"
    assert facts["is_call"] is True
    assert facts["language"] == "hr"
    assert facts["published"] == "2021-03-03"
    assert facts["deadlines"] == ["2021-04-15T12:00"]
    assert facts["deadline_kind"] == "fixed"
    assert facts["budget_total"] == {"amount": 2500000, "currency": "HRK"}
    assert facts["grant_max"] == {"amount": 150000, "currency": "HRK"}
    assert facts["intensity_max_pct"] == 75
    assert facts["applicant_types"] == ["craft_or_sole_trader"]
    assert_complete(facts, NOTICE)


def test_one_answer_a_line_in_the_same_order_and_the_exit_code_counts_the_unreadable() -> None:
    found = answers(
        lines(
            {"id": 1, "text": NOTICE},
            "not json\n",
            {"id": "b", "html": f"<html><body><p>{NOTICE}</p></body></html>"},
            "[1, 2]\n",
            {"id": "c"},
            {"id": "d", "text": 7},
            {"id": "e", "text": ""},
        ),
        expected_exit=4,
    )
    assert [each["id"] for each in found] == [1, None, "b", None, "c", "d", "e"]
    assert [("error" in each) for each in found] == [False, True, False, True, True, True, False]
    assert all(set(each) == {"id", "error"} for each in found if "error" in each)
    assert found[2]["deadlines"] == found[0]["deadlines"]


@pytest.mark.parametrize(
    "text",
    ["", " ", "\x00\x00", "§" * 5000, "1.1.2021 " * 2000, "😀 نداء مفتوح 10.000 €", "\ud800".encode(
        "utf-8", "surrogatepass").decode("utf-8", "replace")],
    ids=["empty", "blank", "nul", "signs", "dates", "emoji-rtl", "replacement"],
)  # fmt: skip
def test_no_text_is_too_odd(text: str) -> None:
    (facts,) = answers(lines({"id": "odd", "text": text}))
    assert_complete(facts, text)


def test_files_standard_input_and_the_status_of_a_day(tmp_path: Path) -> None:
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE)
    before = callboard("extract", str(file), "--today", "2021-04-01")
    assert before.returncode == 0, before.stderr
    assert json.loads(before.stdout)["status"] == "open"
    after = callboard("extract", "-", "--today", "2021-05-01", stdin=NOTICE)
    assert json.loads(after.stdout)["status"] == "closed"


def test_html_in_its_own_charset(tmp_path: Path) -> None:
    file = tmp_path / "notice.html"
    paragraphs = "".join(f"<p>{line}</p>" for line in NOTICE.splitlines() if line)
    page = f'<html><head><meta charset="windows-1250"></head><body>{paragraphs}</body></html>'
    file.write_bytes(page.encode("cp1250"))
    done = callboard("extract", str(file))
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["published"] == "2021-03-03"
    assert facts["deadlines"] == ["2021-04-15T12:00"]


def test_a_file_that_is_no_text_is_one_line_and_counted(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.bin"
    good.write_text(NOTICE)
    bad.write_bytes(b"\xff\xfe\xfd" * 10)
    done = callboard("extract", str(bad), str(good))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "bad.bin" in done.stderr
    assert json.loads(done.stdout)["deadlines"]


def test_why_explains_each_choice(tmp_path: Path) -> None:
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE)
    done = callboard("extract", "--why", str(file))
    assert done.returncode == 0, done.stderr
    assert any("2021-04-15" in line for line in done.stdout.splitlines())


@pytest.mark.shared
def test_the_lombard_seed(shared: Path) -> None:
    file = shared / "seeds" / "it_lombardia_RLA12020034211.txt"
    done = callboard("extract", str(file))
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["is_call"] is True
    assert facts["language"] == "it"
    assert facts["title"] == "COSME - European Cluster Excellence Programme, call 2020"
    assert set(facts["codes"]) == {"RLA12020034211", "COS-CLUSTER-2020-3-03"}
    assert facts["published"] == "2020-11-09"
    assert facts["opens"] == "2020-11-09"
    assert facts["deadlines"] == ["2021-02-02"]
    assert facts["deadline_kind"] == "fixed"
    assert facts["budget_total"] == {"amount": 6000000, "currency": "EUR"}
    assert facts["expected_projects"] == 12
    assert "cluster" in facts["applicant_types"]
    assert facts["consortium"] == {"min_partners": 3, "min_countries": 3}
    assert facts["programme"] == "COSME"
    assert facts["status"] == "closed"
    assert_complete(facts, file.read_text())
    assert "il tuo assistente digitale" not in json.dumps(facts, ensure_ascii=False)


@pytest.mark.shared
def test_the_croatian_seed(shared: Path) -> None:
    file = shared / "seeds" / "hr_ra-vsz_cosme-2020.txt"
    done = callboard("extract", str(file))
    assert done.returncode == 0, done.stderr
    facts = json.loads(done.stdout)
    assert facts["is_call"] is True
    assert facts["language"] == "hr"
    assert facts["title"] == "COSME Poziv 2020 - Europski program izvrsnosti klastera"
    assert facts["published"] == "2020-11-16"
    assert facts["deadlines"] == []
    assert facts["deadline_kind"] == "none"
    assert facts["budget_total"] is None
    assert facts["codes"] == []
    assert {"deadlines", "budget_total", "codes"} <= set(facts["absence"])
    assert facts["programme"] == "COSME"
    assert facts["applicant_types"] == ["any_legal_entity"]
    assert facts["eligible_areas"] == ["EU"]
    assert_complete(facts, file.read_text())
    assert "Skip to content" not in json.dumps(facts)
