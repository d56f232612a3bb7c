"""How much of one notice is read: limits that bind alike on every machine, each with an Issue.

A hostile or broken page must not cost more than seconds; what is below a limit is read as ever. In
brackets what was measured over all saved pages, captures and labelled notices at most.
"""

from schema.issues import Issue

MARKUP = 4_000_000
"""Characters of HTML that are parsed as one (352,000)."""
ELEMENTS = 50_000
"""Elements of HTML (1,700)."""
DEPTH = 120
"""Elements within each other that keep their structure; below, only the words stay (29)."""
TEXT = 1_000_000
"""Characters of text (27,000; a linked guideline may have some 3,000 on each of its pages)."""
MARKS = 40_000
"""Phrases of the lexicon that are met (560)."""
DATES = 400
"""Dates (30)."""
AMOUNTS = 1_500
"""Numbers that may be amounts of money (240)."""
RATES = 300
"""Percentages (8)."""
CODES = 500
"""Identifiers (10)."""
ATTACHMENTS = 2_000
"""Links to documents, each as often as it is met (25)."""

_WORDS = {
    "markup": (MARKUP, "characters of markup"),
    "elements": (ELEMENTS, "elements"),
    "depth": (DEPTH, "elements within each other"),
    "text": (TEXT, "characters of text"),
    "marks": (MARKS, "phrases that say what is meant"),
    "dates": (DATES, "dates"),
    "amounts": (AMOUNTS, "numbers"),
    "rates": (RATES, "percentages"),
    "codes": (CODES, "identifiers"),
    "attachments": (ATTACHMENTS, "links to documents"),
}


def limit_issue(name: str, portal: str | None, url: str | None) -> Issue:
    """Return the Issue for a limit that was reached, by its name here, in small letters."""
    most, what = _WORDS[name]
    return Issue(
        kind="page_limit",
        message=f"There are more than {most:,} {what}; those beyond are not read.",
        portal=portal,
        url=url,
        detail=name,
    )
