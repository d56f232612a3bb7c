"""How fields, absences and changes are named to a person."""

import re

from schema.fields import FIELDS

NAMES = {each.name: each.label for each in FIELDS if each.label}
"""Fields as a person names them, in the order of a page."""

ABSENT = {
    "not_published": "not published here",
    "not_found": "not printed",
    "not_applicable": "does not apply",
    "failed": "could not be read",
}

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]+")


def plain(text: str | None) -> str:
    """Return scraped text on one line, without characters that could steer a terminal."""
    return _CONTROLS.sub(" ", text or "").strip()


def change_words(field: str | None, old: str | None, new: str | None) -> str:
    """Return ``deadline: 2020-12-01 → 2020-12-15``."""
    name = f"{NAMES.get(field, field).lower()}: " if field else ""
    return plain(f"{name}{old or 'nothing'} → {new or 'nothing'}")
