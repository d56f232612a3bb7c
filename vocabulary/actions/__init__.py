"""The authority file of funding programmes and recurring actions: names, codes, parents, periods.

Data is a TOML file for each scope (``eu.toml``, ``hr.toml`` …) in this folder, made for review by
a person; docs/actions.md tells how an entry is written. :func:`load_actions` reads it once;
:mod:`vocabulary.actions.checks` holds the rules that the data must keep.
"""

from vocabulary.actions.authority import Actions, NamedAction, load_actions
from vocabulary.actions.entries import ANY_LANGUAGE, Action, ActionsError
from vocabulary.actions.phrases import Mention, Phrase

__all__ = [
    "ANY_LANGUAGE",
    "Action",
    "Actions",
    "ActionsError",
    "Mention",
    "NamedAction",
    "Phrase",
    "load_actions",
]
