"""Public funding calls: read from a notice, recognised across portals, queried in a database.

The names below are the public interface (``docs/api.md``); everything else may change without
notice. Importing this package loads none of the libraries that they need: each name is looked up
when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from callboard.api.databases import CallDatabase, open_database
    from callboard.api.extraction import extract, to_dict
    from callboard.api.linking import LinkedCall, Notice, link
    from schema.calls import Call
    from schema.errors import CallboardError

__all__ = [
    "Call",
    "CallDatabase",
    "CallboardError",
    "LinkedCall",
    "Notice",
    "extract",
    "link",
    "open_database",
    "to_dict",
]

_MODULES = {
    "Call": "schema.calls",
    "CallDatabase": "callboard.api.databases",
    "CallboardError": "schema.errors",
    "LinkedCall": "callboard.api.linking",
    "Notice": "callboard.api.linking",
    "extract": "callboard.api.extraction",
    "link": "callboard.api.linking",
    "open_database": "callboard.api.databases",
    "to_dict": "callboard.api.extraction",
}


def __getattr__(name: str) -> Any:
    """Import the module of a public name (PEP 562)."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
