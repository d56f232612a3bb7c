"""How Callboard was called, so that every command that it prints can be pasted.

All rooms write commands as ``callboard db migrate``; only the command line knows the rest.
"""

import re
import shlex
import shutil
import sys
from pathlib import Path

import click
from click.core import ParameterSource

from callboard.cli.commands import COMMANDS

_COMMAND = re.compile(rf"(?<![\w./-])callboard (?=(?:{'|'.join(COMMANDS)})\b)")


def pasteable(message: str, config: Path | None = None) -> str:
    """Return a message with its commands as this process would be called for them.

    ``callboard`` where the shell finds this program under that name, else the path it was called
    by; followed by ``--config FILE`` where that was given, or with ``config`` instead.
    """
    file = config or _given_config()
    call = shlex.join([_program(), *(["--config", str(file)] if file else [])])
    return _COMMAND.sub(lambda _: f"{call} ", message)


def program_path() -> Path:
    """Return the absolute path of the program that is running, or would run, Callboard."""
    called = Path(sys.argv[0])
    if called.name == "callboard" and called.exists():
        return called.absolute()
    found = shutil.which("callboard")
    return Path(found) if found else Path(sys.executable).with_name("callboard")


def _program() -> str:
    path, found = program_path(), shutil.which("callboard")
    if found is not None and path.samefile(found):
        return "callboard"
    return sys.argv[0] if Path(sys.argv[0]).name == "callboard" else str(path)


def _given_config() -> Path | None:
    """Return what ``--config`` names; a variable of the shell holds for pasted commands as well."""
    context = click.get_current_context(silent=True)
    root = context.find_root() if context else None
    if root is None:
        return None
    source = root.get_parameter_source("config_path")
    return root.params["config_path"] if source is ParameterSource.COMMANDLINE else None
