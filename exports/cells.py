"""Cells of a spreadsheet: scraped text that can't act as a formula."""

import re

FORMULA_STARTS = "=+-@\t\r\n\0＝＋－＠"
"""A cell that starts with one of these may be run by a spreadsheet (OWASP ASVS 5, 1.2.10)."""

_BREAKS = re.compile(r"[\s\0]+")


def guard(text: str | None) -> str:
    """Return one line of text that a spreadsheet shows and never runs.

    A dangerous start gets an apostrophe, which spreadsheets read as "this is text".
    """
    if not text:
        return ""
    line = _BREAKS.sub(" ", text).strip()
    return f"'{line}" if text[0] in FORMULA_STARTS or line[:1] in set(FORMULA_STARTS) else line
