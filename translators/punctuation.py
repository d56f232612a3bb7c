"""Typographic signs made plain, as the texts were that OPUS-MT models have learned from.

Those texts went through Moses' scripts. They are not called here: they would also join the groups
of ``12 000``, and a number must come through as printed.
"""

_PLAIN = str.maketrans(
    {
        **dict.fromkeys("„“”‟«»″", '"'),
        **dict.fromkeys("‘’‚‛´′‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        **dict.fromkeys("\u00ad\u200b\u2060\ufeff"),
        "…": "...",
    }
)


def plain_punctuation(text: str) -> str:
    """Return a text with straight quotes, hyphens and spaces only."""
    return text.translate(_PLAIN)
