"""Find the addresses to write to. Names of officials are left alone."""

import re

from normalizers.annotation import AnnotatedText
from normalizers.claims import Claim
from normalizers.context import Context

_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,5}[A-Za-z]{2,24}(?![\w@])")
_MOST = 5


def claim_contacts(context: Context) -> Claim[tuple[str, ...]]:
    """Claim the addresses; each is its own evidence."""
    return Claim(find_contacts(context.annotated))


def find_contacts(annotated: AnnotatedText) -> tuple[str, ...]:
    """Return the e-mail addresses that the notice prints, each once, in order, at most five."""
    if "@" not in annotated.text:
        return ()
    lines = (line for line in annotated.text.split("\n") if "@" in line)
    words = (word for line in lines for word in line.split() if "@" in word)
    found = dict.fromkeys(match[0].rstrip(".") for word in words for match in _MAIL.finditer(word))
    return tuple(found)[:_MOST]
