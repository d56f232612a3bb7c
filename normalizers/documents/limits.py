"""What a document may cost, and how one that costs too much, or cannot be read, is reported."""

from dataclasses import dataclass

UNREADABLE = "unreadable_document"
SCANNED = "scanned_document"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that reading one document may take. What exceeds it is not read at all."""

    pages: int = 150
    characters: int = 2_000_000
    unpacked: int = 50_000_000
    """Bytes of one part of a packed document (DOCX, ODT) after decompression."""
    memory: int = 1_000_000_000
    """Bytes of address space of the process that reads, Python and all."""
    seconds: int = 60
    """Of computing time. Far above what an honest document needs, so that a slow machine reads
    what a fast one does."""


class DocumentError(Exception):
    """A document cannot be read; ``kind`` is that of the Issue, the message one line."""

    def __init__(self, message: str, kind: str = UNREADABLE) -> None:
        super().__init__(message)
        self.kind = kind
