"""``callboard models``: what is installed, what is missing, and the command that mends it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callboard.cli.main import group
from callboard.models import hint, needs
from schema.calls import TextStatus
from tests.support.installation import as_named
from tests.support.marian_model import save_hub_model, save_release
from tests.support.tiny_package import build_package
from tests.support.translating import FakeEngine

BUILT = "hr-en 1.0 opus-mt-zls-en"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "callboard.toml").write_text('[translate]\npackages = "models"\ngist = []\n')
    return tmp_path


def models(home: Path, *arguments: str, **variables: str) -> Result:
    environment = {"HOME": str(home), "XDG_DATA_HOME": str(home / "data"), "COLUMNS": "200"}
    return CliRunner(env={**environment, **variables}).invoke(
        group, ["--config", str(home / "callboard.toml"), "models", *arguments]
    )


def models_apart(home: Path, *arguments: str, index: str, data: str) -> Result:
    """Run in a process of its own: argostranslate reads its settings when it is imported."""
    code = (
        "import sys; from click.testing import CliRunner; from callboard.cli.main import group\n"
        "done = CliRunner().invoke(group, sys.argv[1:])\n"
        "print(done.stdout); print(done.stderr, end='', file=sys.stderr); sys.exit(done.exit_code)"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            code,
            "--config",
            str(home / "callboard.toml"),
            "models",
            *arguments,
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "HOME": str(home), "XDG_DATA_HOME": data, "ARGOS_PACKAGE_INDEX": index},
    )
    return Result(CliRunner(), done.stdout, done.stderr, done.stdout, None, done.returncode, None)


def listed(home: Path) -> dict[str, list[dict[str, object]]]:
    done = models(home, "list", "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def test_the_life_of_a_model(home: Path, tmp_path: Path) -> None:
    """Installed, listed with licence, size and hashes, checked, damaged, found out, removed."""
    release = save_release(tmp_path / "opus-mt-zls-en")
    built = models(
        home, "build", "hr", "--from", str(release), "--to", str(tmp_path / "hr.argosmodel")
    )
    assert built.exit_code == 0, built.output
    assert f"Installed {BUILT} (" in built.stdout
    assert "licence CC-BY 4.0" in built.stdout

    (model,) = listed(home)["models"]
    assert model["model"] == BUILT
    assert model["licence"] == "CC-BY 4.0"
    assert str(model["file_sha256"]) in built.stdout
    languages = {each["language"]: each for each in listed(home)["languages"]}
    assert (languages["hr"]["engine"], languages["hr"]["translated"]) == (f"argos {BUILT}", True)
    assert languages["hr"]["remedy"] is None
    assert languages["it"]["engine"] is None
    assert as_named(str(languages["it"]["remedy"])) == "callboard models install it --download"
    assert "it_lombardia" in str(languages["it"]["portals"])
    plain = models(home, "list").stdout
    assert BUILT in plain
    assert "none: pending" in plain

    assert models(home, "check").stdout == f"{BUILT}: good\n"
    weights = Path(str(model["path"])) / "model" / "model.bin"
    content = bytearray(weights.read_bytes())
    content[-100] ^= 1
    weights.write_bytes(content)
    done = models(home, "check")
    assert done.exit_code == 1
    assert "changed since it was installed. Install it again." in done.stderr

    again = models(home, "install", str(tmp_path / "hr.argosmodel"))
    assert again.exit_code == 0
    assert models(home, "check").exit_code == 0
    assert models(home, "remove", "it-en").stderr == (
        f"callboard: it-en: no such models; installed: {BUILT}\n"
    )
    assert models(home, "remove", "hr-en").stdout == f"Removed {BUILT}.\n"
    assert listed(home)["models"] == []
    models(home, "install", str(tmp_path / "hr.argosmodel"))
    assert models(home, "remove", "hr").stdout == f"Removed {BUILT}.\n"


def test_a_model_that_was_built_stands_beside_argos_own_and_comes_first(
    home: Path, tmp_path: Path
) -> None:
    """They may be of one version, and must not be one to the translation memory."""
    models(home, "install", str(build_package(tmp_path / "x.argosmodel", "hr")))
    release = save_release(tmp_path / "opus-mt-zls-en")
    models(home, "build", "hr", "--from", str(release))
    found = listed(home)
    assert [each["model"] for each in found["models"]] == ["hr-en 1.0", BUILT]
    hr = next(each for each in found["languages"] if each["language"] == "hr")
    assert hr["engine"] == f"argos {BUILT}"
    assert "several such models" in models(home, "remove", "hr").stderr
    assert models(home, "remove", BUILT).exit_code == 0
    assert [each["model"] for each in listed(home)["models"]] == ["hr-en 1.0"]


def test_a_package_without_a_licence_works_and_says_so(home: Path, tmp_path: Path) -> None:
    file = build_package(tmp_path / "x.argosmodel", "sl")
    assert "licence not stated" in models(home, "install", str(file)).stdout
    assert models(home, "check").stdout == "sl-en 1.0: good; its licence is not stated\n"
    assert listed(home)["models"][0]["licence"] == "not stated"


def test_only_languages_of_the_portals_in_use_are_listed(home: Path) -> None:
    assert len(listed(home)["languages"]) > 5
    config = home / "callboard.toml"
    config.write_text('portals = ["hr_ra_vsz"]\n' + config.read_text())
    assert [each["language"] for each in listed(home)["languages"]] == ["hr"]


def test_a_fixture_is_installed_but_serves_nobody(home: Path, tmp_path: Path) -> None:
    file = build_package(tmp_path / "x.argosmodel", "hr", fixture=True)
    assert "serves no live portal" in models(home, "install", str(file)).stdout
    found = listed(home)
    assert found["models"][0]["fixture"] is True
    hr = next(each for each in found["languages"] if each["language"] == "hr")
    assert hr["engine"] is None
    assert as_named(str(hr["remedy"])) == "callboard models build hr --download"


def test_translating_names_a_package_that_is_damaged(home: Path) -> None:
    broken = home / "models" / "broken"
    broken.mkdir(parents=True)
    (broken / "metadata.json").write_text("{")
    done = CliRunner().invoke(group, ["--config", str(home / "callboard.toml"), "translate"])
    assert done.exit_code == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"callboard: {broken}: not a readable Argos package")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["install", "nothing.argosmodel"], "no such file"),
        (["build", "hr"], "--download (fetches Helsinki-NLP/opus-mt-tc-big-sh-en from the hub)"),
        (["build", "xx", "--download"], "--download --model NAME"),
        (
            ["build", "it"],
            "--download (fetches Helsinki-NLP/opus-mt-it-en from the hub). Argos may",
        ),
        (["build", "hr", "--from", "."], "no source.spm or sentencepiece.model there"),
        (["remove", "hr"], "installed: none"),
    ],
)
def test_mistakes_are_one_line(home: Path, arguments: list[str], message: str) -> None:
    done = models(home, *arguments)
    assert done.exit_code != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    folder = tmp_path / "served"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_hub_model_is_fetched_only_when_asked_for(home: Path, served: tuple[Path, str]) -> None:
    folder, address = served
    save_hub_model(folder / "Helsinki-NLP" / "opus-mt-tc-big-sh-en" / "resolve" / "main")
    done = models(home, "build", "hr", "--download", HF_ENDPOINT=address)
    assert done.exit_code == 0, done.output
    assert "licence apache-2.0" in done.stdout
    assert models(home, "check").exit_code == 0
    failed = models(home, "build", "hr", "--download", "--model", "no/such", HF_ENDPOINT=address)
    assert failed.exit_code != 0
    assert "no/such" in failed.stderr
    assert "Without internet" in failed.stderr


def test_an_argos_package_is_fetched_only_when_asked_for(
    home: Path, served: tuple[Path, str], tmp_path: Path
) -> None:
    folder, address = served
    build_package(folder / "translate-sl_en-1_0.argosmodel", "sl")
    entry = {
        "package_version": "1.0",
        "argos_version": "1.0",
        "from_code": "sl",
        "from_name": "Slovenian",
        "to_code": "en",
        "to_name": "English",
        "links": ["ipfs://Qm", f"{address}/gone", f"{address}/translate-sl_en-1_0.argosmodel"],
    }
    (folder / "index.json").write_text(json.dumps([entry]))
    index = f"{address}/"
    done = models_apart(home, "install", "sl", "--download", index=index, data=str(home))
    assert done.exit_code == 0, done.output
    assert "Installed sl-en 1.0" in done.stdout
    missing = models_apart(home, "install", "hr", "--download", index=index, data=str(home))
    told = "no package from hr into English. Build one: callboard models build hr"
    assert told in as_named(missing.stderr)
    nowhere = "http://127.0.0.1:9/"
    fresh = str(tmp_path / "fresh")
    offline = models_apart(home, "install", "sl", "--download", index=nowhere, data=fresh)
    assert offline.exit_code != 0
    (line,) = offline.stderr.splitlines()  # not one for each time that a library asks again
    assert "can't be fetched" in line
    (folder / "index.json").write_text("<html>Please log in</html>")
    portal = models_apart(home, "install", "sl", "--download", index=index, data=fresh)
    assert portal.exit_code != 0
    assert len(portal.stderr.splitlines()) == 1


class _Portal:
    def __init__(self, stem: str, languages: tuple[str, ...], status: str = "released") -> None:
        self.stem, self.languages, self.status = stem, languages, status


PORTALS = [
    _Portal("hr_a", ("hr",)),
    _Portal("hr_b", ("hr-HR", "en")),
    _Portal("it_a", ("it",)),
    _Portal("sl_a", ("sl",), "retired"),
]


def test_languages_that_lack_a_model_come_with_the_command() -> None:
    gist = FakeEngine(languages=("it",), status=TextStatus.GIST)
    hr, it = needs(PORTALS, [gist])  # type: ignore[arg-type]
    assert (hr.language, hr.portals, hr.engine, hr.met) == ("hr", ("hr_a", "hr_b"), None, False)
    assert (it.language, it.engine, it.met) == ("it", gist, False)
    assert hint(PORTALS, [gist]) == (  # type: ignore[arg-type]
        "no translation model for: hr, it  → callboard models install it --download; "
        "callboard models build hr --download"
    )
    assert hint(PORTALS, [FakeEngine()]) is None  # type: ignore[arg-type]
