"""Split and join addresses (RFC 3986); for an invalid one the result is ``None``, not an error.

A page may link to anything, and ``urllib.parse`` raises ``ValueError`` for a host such as ``[x``
and for a port that is not a number.
"""

import re
from urllib.parse import SplitResult, urljoin, urlsplit

LONGEST = 2_000
"""The longest address, in characters: sitemaps allow 2,047 (https://www.sitemaps.org/protocol.html),
and a database may refuse to index more than 2,000."""

PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?=[/?#]|\Z)")
"""How nearly every address begins: scheme and host without port, which need no further check."""


def split(url: str) -> SplitResult | None:
    """Return the parts of an address, or ``None`` if it is invalid."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # urllib checks the port only when it is accessed
    except ValueError:
        return None
    return parts


def join(base: str, link: str) -> str | None:
    """Return the address that a link on a page leads to, or ``None`` if it is invalid."""
    try:
        return urljoin(base, link)
    except ValueError:
        return None


def host_of(url: str) -> str:
    """Return host and port as an address has them, or an empty text if it is invalid."""
    parts = split(url)
    return "" if parts is None else parts.netloc


def path_of(url: str) -> str:
    """Return the path of an address, or an empty text if it is invalid."""
    parts = split(url)
    return "" if parts is None else parts.path


def problem_of(url: str) -> str | None:
    """Return why a string is not an address that can be requested, or ``None`` if it is one."""
    if len(url) > LONGEST:
        return f"an address of {len(url):,} characters"
    if PLAIN.match(url):
        return None
    if not url.strip():
        return "an empty address"
    if split(url) is None:
        return "an address that can't be taken apart"
    return None
