"""Bytes to text, whatever the format: the bytes tell it, not the name or the declared type.

Runs in the process of :mod:`normalizers.documents.worker`: what it is given may be hostile.
"""

import hashlib
import unicodedata

from normalizers.documents.limits import UNREADABLE, DocumentError, Limits
from normalizers.documents.packed import open_packed, read_docx, read_odt
from normalizers.documents.pdf import read_pdf
from schema.documents import DocumentText

_HTML = (b"<!doctype html", b"<html")
_OLD_WORD = b"\xd0\xcf\x11\xe0"
_KEPT = frozenset("\n\f")
_STRANGE = frozenset(("Cc", "Cn", "Co", "Cs"))
_MOST_STRANGE = 0.1
"""Share of letters that stand for nothing: more, and the fonts do not say what they print."""


def read_document(body: bytes, limits: Limits) -> DocumentText:
    """Return the text of a document; of one that cannot be read, why not. Never raises."""
    sha256 = hashlib.sha256(body).hexdigest()
    media = "unknown"
    try:
        media = recognise_format(body)
        pages: int | None = None
        if media == "pdf":
            text, pages = read_pdf(body, limits)
        else:
            read = read_docx if media == "docx" else read_odt
            text = read(open_packed(body), limits)
        return DocumentText(sha256, media, _clean(text), pages)
    except DocumentError as error:
        return DocumentText(sha256, media, problem=error.kind, message=str(error))
    except MemoryError:
        why = f"reading it takes more than {limits.memory:,} bytes of memory"
    except Exception as error:  # noqa: BLE001 - the readers of a format raise whatever they like
        why = f"it is damaged, or unpacks to too much ({type(error).__name__})"
    return DocumentText(sha256, media, problem=UNREADABLE, message=why)


def recognise_format(body: bytes) -> str:
    """Return ``pdf``, ``docx`` or ``odt``, or raise :class:`DocumentError` for all else."""
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body.startswith(b"PK\x03\x04"):
        names = set(open_packed(body).namelist())
        if "word/document.xml" in names:
            return "docx"
        if "content.xml" in names:
            return "odt"
        raise DocumentError("it is a packed file, but neither DOCX nor ODT")
    start = body[:1024].lower()
    if any(mark in start for mark in _HTML):
        raise DocumentError("a web page answers in its place")
    if body.startswith(_OLD_WORD):
        raise DocumentError("it is in the old binary format of Word; only DOCX is read")
    raise DocumentError("it is neither PDF nor DOCX nor ODT")


def _clean(text: str) -> str:
    """Put a space for each character that says nothing; refuse a text that is full of them."""
    strange = [
        each
        for each in set(text)
        if each not in _KEPT and (unicodedata.category(each) in _STRANGE or each == "\ufffd")
    ]
    if sum(map(text.count, strange)) > len(text) * _MOST_STRANGE:
        raise DocumentError("its fonts do not tell which letters they print")
    return text.translate({ord(each): " " for each in strange} | {0xAD: None})
