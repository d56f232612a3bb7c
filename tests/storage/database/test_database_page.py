"""docs/database.md: its dictionary is in step with the tables (test_docs.py runs its queries)."""

import subprocess
import sys

from tests.support.installation import ROOT


def test_the_dictionary_is_in_step() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/data_dictionary.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
