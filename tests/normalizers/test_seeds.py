"""The two real pages of one call: what each must give, and the floors on real notices."""

import tomllib
from datetime import date
from pathlib import Path

import pytest

from normalizers.explanations import explain
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text
from schema.calls import Absence, ApplicantType, Call, Consortium, DeadlineKind, Status
from schema.money import Money
from scripts import floors

pytestmark = pytest.mark.shared


def seed(shared: Path, name: str) -> Call:
    return normalise(read_text((shared / "seeds" / name).read_text(encoding="utf-8")), Hints())


def test_the_lombardy_page(shared: Path) -> None:
    call = seed(shared, "it_lombardia_RLA12020034211.txt")
    assert call.language == "it"
    assert call.title.original == "COSME - European Cluster Excellence Programme, call 2020"
    assert call.title.language == "en"
    assert call.codes == ("RLA12020034211", "COS-CLUSTER-2020-3-03")
    assert call.published_on == date(2020, 11, 9)
    assert call.opens_at is not None
    assert call.opens_at.isoformat() == "2020-11-09"
    assert [deadline.moment.isoformat() for deadline in call.deadlines] == ["2021-02-02"]
    assert call.budget_total == Money(6_000_000, "EUR")  # type: ignore[arg-type]
    assert call.expected_projects == 12
    assert ApplicantType.CLUSTER in call.applicant_types
    assert ApplicantType.SME not in call.applicant_types
    assert call.consortium == Consortium(3, 3)
    assert call.programme == "COSME"
    assert call.declared_status is Status.CLOSED


def test_the_croatian_page(shared: Path) -> None:
    call = seed(shared, "hr_ra-vsz_cosme-2020.txt")
    assert call.is_call
    assert call.language == "hr"
    assert call.title.original == "COSME Poziv 2020 - Europski program izvrsnosti klastera"
    assert call.published_on == date(2020, 11, 16)
    assert call.deadline_kind is DeadlineKind.NONE
    for name in ("codes", "deadlines", "budget_total"):
        assert call.absence[name] is Absence.NOT_FOUND
    assert call.programme == "COSME"
    assert call.applicant_types == (ApplicantType.ANY_LEGAL_ENTITY,)
    assert call.eligible_areas == ("EU",)


def test_every_choice_is_explained_in_one_line(shared: Path) -> None:
    text = (shared / "seeds" / "it_lombardia_RLA12020034211.txt").read_text(encoding="utf-8")
    lines = explain(read_text(text), Hints())
    assert any(line.startswith("* deadline 2021-02-02") and "Scade il" in line for line in lines)
    assert all("\n" not in line for line in lines)


def test_no_figure_is_under_its_floor(shared: Path) -> None:
    pinned = tomllib.loads(floors.FLOORS.read_text(encoding="utf-8"))
    folder = shared / "notices"
    assert floors.digest(folder) == pinned["data"], "new data: run scripts/floors.py, then --pin"
    table = floors.figures(floors.measure(floors.read_notices(folder)))
    assert floors.shortfalls(table, pinned) == []
