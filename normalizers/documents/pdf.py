"""PDF to text, by pypdf: line by line as printed, without running heads and page numbers."""

import io
import re
from collections import Counter
from collections.abc import Iterator

from pypdf import PasswordType, PdfReader

from normalizers.documents.limits import SCANNED, DocumentError, Limits
from schema.documents import PAGE_BREAK

_DIGITS = re.compile(r"\d+")
_LEADER = re.compile(r"(?:\.{4,}|…{2,}|(?: \.){4,})\s*\d{0,4}$")
_EDGE = 3
"""Running heads are among so many lines at either end of a page."""
_FEW_LETTERS = 20
"""A page with fewer letters on average was scanned: what there is are stamps and page numbers."""


def read_pdf(body: bytes, limits: Limits) -> tuple[str, int]:
    """Return the text and the number of pages, or raise :class:`DocumentError`.

    Encryption that asks no password of a reader is opened; any other is respected.
    """
    reader = PdfReader(io.BytesIO(body))
    if reader.is_encrypted and reader.decrypt("") is PasswordType.NOT_DECRYPTED:
        raise DocumentError("it is encrypted with a password")
    count = len(reader.pages)
    if count > limits.pages:
        raise DocumentError(f"it has {count} pages; at most {limits.pages} are read")
    if count == 0:
        raise DocumentError("it has no pages")
    pages: list[list[str]] = []
    length = 0
    for page in reader.pages:
        text = page.extract_text()
        length += len(text)
        if length > limits.characters:
            raise DocumentError(f"it has more than {limits.characters:,} characters")
        pages.append([" ".join(line.split()) for line in text.splitlines()])
    if sum(each.isalpha() for lines in pages for each in "".join(lines)) < count * _FEW_LETTERS:
        raise DocumentError(f"its {count} pages carry no text: it was scanned", SCANNED)
    kept = ("\n".join(lines) for lines in _without_running_heads(pages))
    return f"\n{PAGE_BREAK}".join(kept), count


def _without_running_heads(pages: list[list[str]]) -> Iterator[list[str]]:
    """Drop the lines that stand at the edge of most pages, and the lines of a table of contents."""
    seen: Counter[str] = Counter()
    for lines in pages:
        seen.update({_shape(lines[place]) for place in _edges(lines)})
    often = max(3, len(pages) * 2 // 3)
    running = {shape for shape, times in seen.items() if times >= often}
    for lines in pages:
        dropped = {place for place in _edges(lines) if _shape(lines[place]) in running}
        yield [
            line
            for place, line in enumerate(lines)
            if place not in dropped and not _LEADER.search(line)
        ]


def _edges(lines: list[str]) -> set[int]:
    printed = [place for place, line in enumerate(lines) if line]
    return {*printed[:_EDGE], *printed[-_EDGE:]}


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line.casefold())
