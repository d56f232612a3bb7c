"""An installation in a folder of its own, driven from outside as an operator would."""

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parents[2]
DEMO_PORTALS = ("eu_funding_tenders", "hr_ra_vsz", "it_lombardia", "it_lombardia_register")
CALLBOARD = Path(sys.executable).with_name("callboard")


@dataclass(frozen=True)
class Installation:
    """A configuration file and what ``callboard`` does with it."""

    config: Path

    @classmethod
    def make(
        cls,
        folder: Path,
        connect: Mapping[str, str],
        now: str = "2020-11-16T06:00:00Z",
        portals: Iterable[str] = DEMO_PORTALS,
    ) -> "Installation":
        """Write a configuration that crawls a playback without waiting, and nobody else."""
        hosts = "".join(f'"{host}" = "{address}"\n' for host, address in connect.items())
        config = folder / "callboard.toml"
        config.write_text(
            f"now = {now}\nportals = {sorted(portals)}\n[crawl]\ncontact = 'tests'\n"
            f"delay = 0\nretries = 0\nbackoff = 0\ntimeout = 20\n[crawl.connect]\n{hosts}"
        )
        return cls(config)

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.config.parent / "var"

    def command(self, *arguments: str) -> list[str]:
        """Return the command line."""
        return [str(CALLBOARD), "--config", str(self.config), *arguments]

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end."""
        return callboard("--config", str(self.config), *arguments)


def as_named(told: str) -> str:
    """Return what was printed with its commands as ``callboard run``, however they were called."""
    return re.sub(r"[^\s\"`]*callboard(?: --config \S+)? (?=[a-z])", "callboard ", told)


def callboard(
    *arguments: str,
    stdin: str | None = None,
    cwd: Path = ROOT,
    variables: Mapping[str, str] = MappingProxyType({}),
) -> "subprocess.CompletedProcess[str]":
    """Run ``callboard`` with an environment that sets nothing of it but ``variables``."""
    environment = {key: value for key, value in os.environ.items() if "CALLBOARD" not in key}
    return subprocess.run(
        [str(CALLBOARD), *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**environment, **variables},
        timeout=120,
        check=False,
    )
