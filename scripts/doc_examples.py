"""Run the examples of a page of documentation and write what they print under them.

    python -m scripts.doc_examples FOLDER PAGE...

``FOLDER`` is where the examples run; ``var/demo`` in it is the demo. A ``python`` or ``sh`` block
that is followed by a ``text`` block is an example. The Python blocks of a page share their names; a
line of ``sh`` is a command of ``.venv/bin/callboard``. A test holds the pages against this.
"""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

EXAMPLE = re.compile(r"```(python|sh)\n(.*?)```\n\n```text\n(.*?)```", re.DOTALL)
PROGRAM = ".venv/bin/callboard"
CALL_ID = re.compile(r"\bc-[a-z2-7]{10}\b")
"""Not compared: a call that two portals announce in the demo's first crawls gets its id from the
notice of the portal that answered first."""
GAP = " …\n"
"""Ends an output that the page shows only the beginning of."""


def render(page: str, folder: Path) -> str:
    """Return the page with what its examples print today, run in a folder with a demo."""
    names: dict[str, Any] = {"__name__": "example"}

    def example(match: re.Match[str]) -> str:
        language, source, shown = match.groups()
        with contextlib.chdir(folder):
            printed = _python(source, names) if language == "python" else _commands(source)
        if shown.endswith(GAP):
            kept = shown.count("\n") - 1
            printed = "".join(printed.splitlines(keepends=True)[:kept]) + GAP
        if CALL_ID.sub("c-", printed) == CALL_ID.sub("c-", shown):
            printed = shown
        return f"```{language}\n{source}```\n\n```text\n{printed}```"

    return EXAMPLE.sub(example, page)


def _python(source: str, names: dict[str, Any]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, "example", "exec"), names)  # noqa: S102 - the page's own examples
    return printed.getvalue()


def _commands(source: str) -> str:
    program = Path(sys.executable).with_name("callboard")
    environment = {key: value for key, value in os.environ.items() if "CALLBOARD" not in key}
    printed = ""
    for line in source.replace("\\\n", " ").splitlines():
        called, *arguments = shlex.split(line, comments=True)
        if called != PROGRAM:
            raise ValueError(f"not a command of {PROGRAM}: {line}")
        done = subprocess.run(
            [str(program), *arguments], capture_output=True, text=True, env=environment, check=True
        )
        printed += done.stdout
    return printed


def main() -> None:
    """Rewrite the pages that are named."""
    folder, *pages = map(Path, sys.argv[1:])
    for page in pages:
        page.write_text(render(page.read_text(encoding="utf-8"), folder), encoding="utf-8")


if __name__ == "__main__":
    main()
