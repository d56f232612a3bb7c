"""What is recorded of notices: what a page says of one, and what it comes to. Pure.

Without a database, so that a process that only reads and understands starts quickly.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from schema.calls import Call
from schema.documents import DocumentText
from schema.exchanges import ArchivedExchange
from schema.issues import Issue
from schema.notices import RawNotice
from storage.canonical import fingerprint, from_json, storable, to_json

Headline = Mapping[str, Any]
"""What a row of the table ``notice`` repeats of its call."""


def headline_of(call: Call) -> Headline:
    """Return what a row of the table ``notice`` repeats of a call."""
    return {
        "title": call.title.original,
        "language": call.language,
        "is_call": call.is_call,
        "is_call_reason": call.is_call_reason,
    }


@dataclass(frozen=True)
class ExtractedNotice:
    """What a notice comes to, as it is kept: light enough to be sent from process to process."""

    text: str
    """Its original text."""
    facts: str
    """The call as canonical JSON. Its evidence points into ``text``, or names the document into
    which it points."""
    headline: Headline
    issues: tuple[Issue, ...]

    @classmethod
    def of(cls, text: str, call: Call) -> Self:
        """Return what is kept of a call that was found in a text."""
        return cls(text, to_json(call), headline_of(call), call.issues)

    @cached_property
    def call(self) -> Call:
        """The call itself."""
        return from_json(Call, self.facts)


@dataclass(frozen=True)
class NoticeSnapshot:
    """One notice as one page gave it."""

    raw: RawNotice
    raw_hash: str
    """Of :func:`hash_raw`."""
    extract_notice: Callable[[], ExtractedNotice]
    """Asked only for a notice that does not say what it said before."""
    page: ArchivedExchange
    documents: Mapping[str, DocumentText | None] = field(default_factory=dict)
    """The documents that may state rules of the call, by address; ``None``: not fetched."""
    shown_by: ArchivedExchange | None = None
    """What made the page be read again, if it was not the page itself: a document."""

    @cached_property
    def extracted(self) -> ExtractedNotice:
        """What the notice comes to, with its documents."""
        return self.extract_notice()

    @property
    def newest(self) -> ArchivedExchange:
        """Return what the crawl in hand brought: the document, else the page."""
        return self.shown_by or self.page

    @cached_property
    def source_hash(self) -> str:
        """Return a hash of all that the snapshot comes from, but for the page's address.

        Of documents the words count: many portals write a file anew each time it is asked for.
        """
        words = [
            (url, hashlib.sha256(storable(read.text).encode()).hexdigest(), read.problem)
            for url, read in sorted(self.documents.items())
            if read is not None
        ]
        return fingerprint((self.raw_hash, *words)) if words else self.raw_hash


def hash_raw(raw: RawNotice) -> str:
    """Return a hash of all that a page says of a notice, but for the page's address."""
    return fingerprint(replace(raw, url=""))
