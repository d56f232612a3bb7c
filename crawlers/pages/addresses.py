"""Take addresses apart and put them together: one that is none gives ``None``, never an error.

``urllib.parse`` raises ``ValueError`` for hosts such as ``[x`` and for ports that are no number,
and a page may link to anything.
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

LONGEST = 2_000
"""Characters. The protocol of sitemaps allows as many, and a database may refuse to index more."""

PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?=[/?#]|\Z)")
"""How nearly every address begins: with a host of which nothing need be found out."""


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, or ``None`` where it can't be taken apart."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # looked at only when it is asked for
    except ValueError:
        return None
    return parts


def join(base: str, link: str) -> str | None:
    """Return where a link on a page leads, or ``None`` where that is no address."""
    try:
        return urljoin(base, link)
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Return host and port as they stand in an address, or nothing where it is none."""
    parts = split(url)
    return "" if parts is None else parts.netloc


def path_of(url: str) -> str:
    """Return the path of an address, or nothing where it is none."""
    parts = split(url)
    return "" if parts is None else parts.path


def problem_of(url: str) -> str | None:
    """Return why a string is no address that anybody could be sent to, or ``None``."""
    if len(url) > LONGEST:
        return f"an address of {len(url):,} characters"
    if PLAIN.match(url):
        return None
    if not url.strip():
        return "an empty address"
    if split(url) is None:
        return "an address that can't be taken apart"
    return None
