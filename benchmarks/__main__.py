"""``python -m benchmarks [NAME …]``: run the benchmarks in turn, all of them by default."""

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
PARTS = {"baseline_extraction", "baseline_translation", "wide_model"}
"""Modules that benchmarks use."""


def main() -> None:
    """Run each benchmark in a process of its own, so that none warms up another."""
    known = {path.stem for path in FOLDER.glob("[a-z]*.py")} - PARTS
    wanted = sys.argv[1:] or sorted(known)
    for name in wanted:
        if name not in known:
            sys.exit(f"no benchmark {name!r}; there are: {', '.join(sorted(known))}")
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=True)


if __name__ == "__main__":
    main()
