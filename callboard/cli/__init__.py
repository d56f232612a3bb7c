"""The command line. Each command is a module that is imported only when it is called."""

from callboard.cli.main import main

__all__ = ["main"]
