"""Identifiers computed from content: the same on every machine and in every rebuild."""

import hashlib
from base64 import b32encode

from storage.canonical import storable


def notice_id(portal: str, source_id: str) -> str:
    """Return the id of a notice: of its portal and the portal's own raw id (law 6).

    As it can be stored: two ids that the database could not tell apart are one notice.
    """
    return "n-" + _short(portal, storable(source_id))


def event_id(notice: str, version_or_crawl: str, kind: str, field: str | None) -> str:
    """Return the id of an event."""
    return "e-" + _short(notice, version_or_crawl, kind, field or "")


def issue_id(*parts: str | None) -> str:
    """Return the id of an Issue: of all that it says, and where."""
    return "i-" + _short(*(part or "" for part in parts))


def text_hash(text: str) -> str:
    """Return the key of a text in the translation memory: SHA-256, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _short(*parts: str) -> str:
    """Return 50 bits as ten letters and digits: one clash is likely at some 40 million rows.

    The parts are joined by their lengths, so that no two lists of parts are alike.
    """
    joined = b"".join(
        b"%d:%s" % (len(data), data)
        for data in (part.encode("utf-8", "surrogatepass") for part in parts)
    )
    return b32encode(hashlib.sha256(joined).digest()).decode()[:10].lower()
