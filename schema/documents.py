"""A linked document as it was read: guidelines, the text of a call."""

from dataclasses import dataclass

PAGE_BREAK = "\f"
"""Stands between two pages in the text of a document that has pages."""


@dataclass(frozen=True, slots=True)
class DocumentText:
    """The text of one file, or why it has none. The file's bytes decide; no address is known."""

    sha256: str
    """Of the file, hexadecimal."""
    media: str
    """``pdf``, ``docx``, ``odt``, or ``unknown``."""
    text: str = ""
    """Pages apart by :data:`PAGE_BREAK`; running heads left out. Spans of evidence whose source is
    ``sha256:…`` point into it."""
    pages: int | None = None
    """``None`` where the format does not tell."""
    problem: str | None = None
    """Kind of the Issue where there is no text: ``unreadable_document`` or ``scanned_document``."""
    message: str | None = None
    """One line about the problem, for the operator."""

    @property
    def source(self) -> str:
        """Return what ``Evidence.source`` says of values from this document."""
        return f"sha256:{self.sha256}"

    def page_of(self, offset: int) -> int | None:
        """Return the page, from 1, that a character stands on."""
        return None if self.pages is None else self.text.count(PAGE_BREAK, 0, offset) + 1
