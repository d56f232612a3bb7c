"""The demo week, run once: the folder that it leaves, and what it printed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.support.installation import Installation, callboard

FOLDER = Path("var/demo")
"""Where `make demo` puts it, as the documentation names it."""


@dataclass(frozen=True)
class DemoRun:
    """A demo in the folder ``root``, which stands for a checkout."""

    root: Path
    printed: str

    @classmethod
    def play(cls, root: Path) -> Self:
        """Run the demo as `make demo` does, with no engines but its fixture models.

        What else is installed on a machine would translate instead, and print other English.
        """
        only_fixtures = {"CALLBOARD_TRANSLATE__ENGINES": "[]"}
        done = callboard("demo", "--folder", str(root / FOLDER), variables=only_fixtures)
        assert done.returncode == 0, done.stderr
        assert not done.stderr
        with (root / FOLDER / "callboard.toml").open("a", encoding="utf-8") as config:
            config.write("engines = []\n")  # its last table is [translate]
        return cls(root, done.stdout)

    @property
    def folder(self) -> Path:
        """The demo's folder."""
        return self.root / FOLDER

    @property
    def database(self) -> Path:
        """The demo's database."""
        return self.folder / "callboard.sqlite"

    @property
    def installation(self) -> Installation:
        """The demo as an installation whose commands can be run."""
        return Installation(self.folder / "callboard.toml")
