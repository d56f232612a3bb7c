"""``callboard doctor``: each thing that is wrong or missing is a line with its remedy."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callboard.cli.main import group
from callboard.config import load
from callboard.models import hint, needs
from callboard.pipeline import Pipeline
from schema.crawls import CrawlReport, CrawlState
from storage.database import crawls
from tests.support.installation import as_named
from tests.support.tiny_package import build_package
from tests.support.translating import FakeEngine
from translators import apertium
from translators.installation import install_package

PORTALS = ("hr_ra_vsz", "it_lombardia")
NOW = datetime(2026, 11, 22, 6, tzinfo=UTC)
CONFIG = """\
portals = ["hr_ra_vsz", "it_lombardia"]
[crawl]
contact = "calls@agency.test"
[translate]
packages = "models"
"""


class Found:
    """What the doctor said, by subject."""

    def __init__(self, done: Result) -> None:
        self.code = done.exit_code
        self.by_subject: dict[str, list[dict[str, object]]] = {}
        for each in json.loads(as_named(done.stdout)):
            self.by_subject.setdefault(each["subject"], []).append(each)

    def __getitem__(self, subject: str) -> tuple[str, str, list[str]]:
        """Return state, text and remedies of what was said first of a subject."""
        said = self.by_subject[subject][0]
        return str(said["state"]), str(said["told"]), list(said["remedies"])  # type: ignore[call-overload]


class Patient:
    """An installation, and a machine around it that has no other."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.config = home / "callboard.toml"
        self.config.write_text(CONFIG)
        self.programs = home / "bin"
        self.programs.mkdir()
        self.crontab("exit 1")

    def crontab(self, script: str) -> None:
        """Let the user's crontab be what a script prints."""
        program = self.programs / "crontab"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def invoke(self, *arguments: str) -> Result:
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        environment = {"HOME": str(self.home), "XDG_DATA_HOME": str(self.home), "PATH": path}
        return CliRunner(env=environment).invoke(
            group, ["--config", str(self.config), "doctor", *arguments]
        )

    def found(self, *arguments: str) -> Found:
        return Found(self.invoke("--json", *arguments))

    def settle(self, *ages: timedelta) -> None:
        """Make the database, with a crawl of each portal that ended so long ago."""
        pipeline = Pipeline(load(self.config))
        pipeline.prepare()
        with pipeline.database.write() as connection:
            for stem, age in zip(PORTALS, ages, strict=False):
                ended = datetime.now(UTC) - age
                crawls.save(connection, _outcome(stem, ended))
        pipeline.close()


def _outcome(stem: str, ended: datetime) -> CrawlReport:
    return CrawlReport(
        portal=stem,
        crawl_id=f"{stem}-{ended:%Y%m%dT%H%M%SZ}",
        started_at=ended - timedelta(minutes=1),
        finished_at=ended,
        state=CrawlState.COMPLETE,
        reason="",
        pages=1,
        unchanged=0,
        seen=frozenset(),
    )


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    return Patient(tmp_path)


def test_a_sound_installation_is_all_ok(patient: Patient) -> None:
    patient.settle(timedelta(hours=2), timedelta(hours=3))
    for language in ("hr", "it"):
        file = build_package(patient.home / f"{language}.argosmodel", language)
        install_package(file, patient.home / "models")
    patient.crontab("echo '15 6 * * * callboard run'")
    found = patient.found("--thorough")
    assert {each[0] for each in map(found.__getitem__, found.by_subject)} == {"ok"}
    assert found.code == 0
    assert found["portals"][1] == "2 in use; last crawl within a day: 2"
    assert "up to date and sound" in found["database"][1]
    assert found["models"][1] == "a translation for: hr, it"
    assert found["schedule"][1] == "in the user's crontab"


def test_every_line_says_what_to_do(patient: Patient) -> None:
    done = patient.invoke()
    lines = done.stdout.splitlines()
    assert done.exit_code == 0  # a first run mends what is missing
    assert len(lines) >= 8
    for line in lines:
        state, _, rest = line.partition(" ")
        assert state in ("ok", "missing", "wrong")
        assert state == "ok" or "→" in rest or "; run: " in rest, line


def test_an_example_is_no_contact(patient: Patient) -> None:
    written = patient.config.read_text()
    patient.config.write_text(written.replace("calls@agency.test", "https://www.example.org/us"))
    state, told, _ = patient.found()["contact"]
    assert (state, told) == ("wrong", "an example: portals can't tell who asks")


def test_nothing_configured(patient: Patient) -> None:
    patient.config.write_text('portals = ["hr_ra_vsz"]\n')
    state, told, remedies = patient.found()["contact"]
    assert (state, told) == ("wrong", "not set: portals can't tell who asks")
    assert "[crawl] contact =" in remedies[0]


@pytest.mark.parametrize(
    ("config", "subject", "told"),
    [
        ("portal = 1", "configuration", "portal: Extra inputs are not permitted"),
        ("portals = [", "configuration", "callboard.toml"),
        ('portals = ["xx_nowhere"]', "portals", "no portal 'xx_nowhere'"),
        ('database = "oracle"', "database", "not a database URL"),
        ('data_dir = "callboard.toml"', "data folder", "can't be written"),
    ],
)
def test_what_is_wrong_is_told(patient: Patient, config: str, subject: str, told: str) -> None:
    patient.config.write_text(config)
    found = patient.found()
    assert found[subject][0] == "wrong"
    assert told in found[subject][1]
    assert found.code == 1


def test_a_full_disk_is_told(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("callboard.doctor.shutil.disk_usage", lambda _: _Full())
    assert patient.found()["data folder"][0] == "wrong"


class _Full:
    free = 1_000_000


def test_portals_that_wait_are_named(patient: Patient) -> None:
    patient.settle(timedelta(days=9))
    state, told, remedies = patient.found()["portals"]
    assert state == "missing"
    assert told == (
        "2 in use; last crawl longer ago: 1, never: it_lombardia; overdue: hr_ra_vsz (9 d)"
    )
    assert remedies == ["callboard run"]


def test_a_damaged_archive_is_told(patient: Patient) -> None:
    pipeline = Pipeline(load(patient.config))
    for hour in range(2):
        started = NOW + timedelta(hours=hour)
        file = pipeline.archive.begin("hr_ra_vsz", started)
        file.close(_outcome("hr_ra_vsz", started))
    pipeline.close()
    assert patient.found()["archive"][0] == "ok"
    with file.path.open("r+b") as stream:
        stream.seek(-40, os.SEEK_END)
        stream.truncate()
    cut_off = patient.found()["archive"]
    assert cut_off[0] == "wrong"
    assert f"damaged: {file.path.name} at byte" in cut_off[1]
    assert "restore the file from a backup" in cut_off[2][0]
    file.path.write_bytes(b"no WARC at all")
    assert f"damaged: {file.path.name} at byte 0" in patient.found()["archive"][1]
    file.path.write_bytes(b"")  # a crawl that died before its first page
    assert patient.found()["archive"][0] == "ok"


def test_damage_of_which_the_index_knows_nothing_is_found_by_reading(patient: Patient) -> None:
    patient.settle(timedelta(hours=1))
    pipeline = Pipeline(load(patient.config))
    file = pipeline.archive.begin("hr_ra_vsz", NOW)
    file.close(_outcome("hr_ra_vsz", NOW))
    pipeline.close()
    content = bytearray(file.path.read_bytes())
    content[-40] ^= 0xFF
    file.path.write_bytes(content)
    assert "only the last of each portal was looked at" in patient.found()["archive"][1]
    assert patient.found("--thorough")["archive"][0] == "wrong"


def test_a_damaged_database_is_found_by_reading(patient: Patient) -> None:
    patient.settle()
    file = patient.home / "var" / "callboard.sqlite"
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"x" * 4096 * 37
    file.write_bytes(content)
    assert patient.found("--thorough")["database"][0] == "wrong"


def test_models_are_told_as_the_demo_does(patient: Patient) -> None:
    state, told, remedies = patient.found()["models"]
    assert (state, told) == ("missing", "no translation model for: hr, it")
    assert remedies == [
        "callboard models install it --download",
        "callboard models build hr --download",
    ]
    pipeline = Pipeline(load(patient.config))
    in_use = [pipeline.portals[stem] for stem in PORTALS]
    assert hint(in_use, []) == f"{told}  → {'; '.join(remedies)}"
    assert [each.language for each in needs(in_use, [FakeEngine()]) if not each.met] == []
    pipeline.close()


def test_a_damaged_model_is_told(patient: Patient) -> None:
    file = build_package(patient.home / "x.argosmodel", "hr")
    package, _ = install_package(file, patient.home / "models")
    (package.path / "README.md").write_text("changed")
    changed = patient.found("--thorough")["models"]
    assert changed[0] == "wrong"
    assert "changed since it was installed. Install it again." in changed[1]
    (package.path / "metadata.json").write_text("{")
    found = patient.found()
    assert found.code == 1
    assert "not a readable Argos package" in found["models"][1]


def test_a_gist_that_is_counted_on_comes_with_its_packages(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apertium.find_engines, "__defaults__", (patient.home / "modes",))
    state, told, remedies = patient.found()["apertium"]
    assert (state, told) == ("missing", "not installed: hr, it")
    assert remedies == ["apt install apertium apertium-spa-ita apertium-eng-spa"]


def test_a_timer_of_the_user_is_a_schedule(patient: Patient) -> None:
    assert patient.found()["schedule"][0] == "missing"
    assert patient.found()["schedule"][2] == ["callboard schedule"]
    patient.crontab("echo '# callboard run'")
    assert patient.found()["schedule"][0] == "missing"
    timer = patient.home / ".config" / "systemd" / "user" / "callboard.timer"
    timer.parent.mkdir(parents=True)
    timer.write_text("[Timer]\nOnCalendar=daily\n")
    assert patient.found()["schedule"][:2] == ("ok", f"in {timer}")


def test_looking_changes_nothing(patient: Patient) -> None:
    before = sorted(patient.home.rglob("*"))
    patient.found("--thorough")
    assert sorted(patient.home.rglob("*")) == before


def test_its_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom callboard.cli.main import group\n"
        "group(['doctor', '--help'], standalone_mode=False)\n"
        "heavy = {'pydantic', 'sqlalchemy', 'scrapy', 'rich', 'warcio'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
