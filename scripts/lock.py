"""Write requirements.lock and requirements-dev.lock: names, versions and hashes, no addresses.

argostranslate declares stanza, spaCy (and through them torch with CUDA, 3 GB) and minisbd (AGPL) as
dependencies that Callboard never imports; they are overridden with a marker that is never true, and
the entries so marked are left out. Needs ``uv`` on the PATH.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NEVER = "sys_platform == 'never'"
LEFT_OUT = ("torch", "stanza", "spacy", "minisbd")


def compiled(source: Path, overrides: Path) -> str:
    """Return uv's universal resolution of one .in file, with hashes."""
    command = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--quiet"]
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--override", str(overrides)]
    command.append(str(source))
    done = subprocess.run(command, check=False, cwd=ROOT, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"uv could not resolve {source.name}:\n{done.stderr}")
    return done.stdout


def entries(lock: str) -> dict[str, str]:
    """Split a lock into its entries by first line, without those that no platform installs."""
    blocks = re.split(r"\n(?=\S)", lock.strip())
    return {
        block.split("\n", 1)[0]: block
        for block in blocks
        if NEVER not in block.split("\n", 1)[0] and "'win32'" not in block.split("\n", 1)[0]
    }


def main() -> None:
    """Resolve both files; the second holds only what the first does not."""
    with tempfile.TemporaryDirectory() as folder:
        overrides = Path(folder) / "overrides.txt"
        overrides.write_text("".join(f"{name} ; {NEVER}\n" for name in LEFT_OUT))
        run_time = entries(compiled(ROOT / "requirements.in", overrides))
        (ROOT / "requirements.lock").write_text("\n".join(run_time.values()) + "\n")
        tools = entries(compiled(ROOT / "requirements-dev.in", overrides))
        extra = [block for line, block in tools.items() if line not in run_time]
        (ROOT / "requirements-dev.lock").write_text("\n".join(extra) + "\n")


if __name__ == "__main__":
    main()
