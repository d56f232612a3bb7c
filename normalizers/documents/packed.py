"""DOCX and ODT to text: paragraphs, list items and table rows, each on a line of its own.

What the author deleted, struck through or hid is left out: an old deadline is often still there.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Final

from lxml import etree

from normalizers.documents.limits import SCANNED, DocumentError, Limits

_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_LABEL_LENGTH = 70
_MOST_PARTS = 10_000

_DOCX_LEFT_OUT = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", _FALLBACK))
_ODT_LEFT_OUT = frozenset(
    (
        f"{_TEXT}tracked-changes",
        f"{_TEXT}table-of-content",
        f"{_TEXT}note",
        f"{_OFFICE}annotation",
        f"{_OFFICE}forms",
    )
)


def read_docx(archive: zipfile.ZipFile, limits: Limits) -> str:
    """Return the text of a DOCX, or raise :class:`DocumentError`."""
    root = _parse(_unpack(archive, "word/document.xml", limits))
    body = root.find(f"{_W}body")
    return _joined(() if body is None else _docx_lines(body), limits)


def read_odt(archive: zipfile.ZipFile, limits: Limits) -> str:
    """Return the text of an ODT, or raise :class:`DocumentError`."""
    root = _parse(_unpack(archive, "content.xml", limits))
    struck = frozenset(
        name
        for style in root.iter(f"{_STYLE}style")
        for look in style.iter(f"{_STYLE}text-properties")
        if look.get(f"{_STYLE}text-line-through-style", "none") != "none"
        and (name := style.get(f"{_STYLE}name"))
    )
    body = root.find(f"{_OFFICE}body/{_OFFICE}text")
    return _joined(() if body is None else _odt_lines(body, struck), limits)


def open_packed(body: bytes) -> zipfile.ZipFile:
    """Open a ZIP file, or raise :class:`DocumentError`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(body))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DocumentError("it is damaged: its parts cannot be listed") from error
    if len(archive.infolist()) > _MOST_PARTS:
        raise DocumentError(f"it is packed in more than {_MOST_PARTS:,} parts")
    return archive


def _unpack(archive: zipfile.ZipFile, name: str, limits: Limits) -> bytes:
    """Read one part, never more of it than the limit, whatever its header claims."""
    try:
        with archive.open(name) as part:
            data = part.read(limits.unpacked + 1)
    except RuntimeError as error:  # zipfile's word for a password
        raise DocumentError("it is encrypted with a password") from error
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError) as error:
        raise DocumentError(f"it is damaged: {name} cannot be unpacked") from error
    if len(data) > limits.unpacked:
        raise DocumentError(f"{name} unpacks to more than {limits.unpacked:,} bytes")
    return data


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError("it is damaged: its text is no well-formed XML") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise DocumentError("it declares entities of its own, which no honest document does")
    return root


def _joined(lines: Iterator[str] | tuple[()], limits: Limits) -> str:
    kept: list[str] = []
    length = 0
    for line in lines:
        length += len(line) + 1
        if length > limits.characters:
            raise DocumentError(f"it has more than {limits.characters:,} characters")
        kept.append(line)
    if not any(each.isalpha() for line in kept for each in line):
        raise DocumentError("it carries no text: only pictures, if anything", SCANNED)
    return "\n".join(kept)


def _row(cells: list[str]) -> str:
    """Write a table row as a label with its value where it is one, else cell by cell."""
    printed = [" ".join(cell.split()) for cell in cells]
    filled = [cell for cell in printed if cell]
    if len(filled) == 2 and filled[0] == printed[0] and len(filled[0]) <= _LABEL_LENGTH:
        return f"{filled[0].rstrip(':').rstrip()}: {filled[1]}"
    return " | ".join(filled)


# DOCX


def _docx_lines(parent: etree._Element) -> Iterator[str]:
    for element in parent:
        if element.tag in _DOCX_LEFT_OUT:
            continue
        if element.tag == f"{_W}p":
            mark = "- " if element.find(f"{_W}pPr/{_W}numPr") is not None else ""
            for number, line in enumerate("".join(_docx_words(element)).split("\n")):
                yield (mark if number == 0 else "") + " ".join(line.split())
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                yield _row([" ".join(_docx_lines(cell)) for cell in row.findall(f"{_W}tc")])
        else:  # w:sdt, w:ins and other wrappers
            yield from _docx_lines(element)


def _docx_words(parent: etree._Element) -> Iterator[str]:
    for element in parent:
        if element.tag in _DOCX_LEFT_OUT or _is_struck(element):
            continue
        if element.tag == f"{_W}t":
            yield element.text or ""
        elif element.tag == f"{_W}tab":
            yield " "
        elif element.tag in (f"{_W}br", f"{_W}cr", f"{_W}p"):
            yield "\n"
            yield from _docx_words(element)
        elif element.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif element.tag not in (f"{_W}pPr", f"{_W}rPr"):
            yield from _docx_words(element)


def _is_struck(run: etree._Element) -> bool:
    look = run.find(f"{_W}rPr") if run.tag == f"{_W}r" else None
    if look is None:
        return False
    marks = (look.find(f"{_W}{name}") for name in ("strike", "dstrike", "vanish"))
    return any(
        mark is not None and mark.get(f"{_W}val", "true") not in ("false", "0", "off")
        for mark in marks
    )


# ODT


def _odt_lines(parent: etree._Element, struck: frozenset[str]) -> Iterator[str]:
    for element in parent:
        if element.tag in _ODT_LEFT_OUT or not isinstance(element.tag, str):
            continue
        if element.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            for line in "".join(_odt_words(element, struck)).split("\n"):
                yield " ".join(line.split())
        elif element.tag == f"{_TEXT}list-item":
            for number, line in enumerate(_odt_lines(element, struck)):
                yield f"- {line}" if number == 0 else line
        elif element.tag == f"{_TABLE}table-row":
            cells = element.findall(f"{_TABLE}table-cell")
            yield _row([" ".join(_odt_lines(cell, struck)) for cell in cells])
        else:  # lists, sections, tables, groups of rows
            yield from _odt_lines(element, struck)


def _odt_words(parent: etree._Element, struck: frozenset[str]) -> Iterator[str]:
    if parent.get(f"{_TEXT}style-name") in struck:
        return
    yield parent.text or ""
    for element in parent:
        if element.tag in (f"{_TEXT}s", f"{_TEXT}tab"):
            yield " "
        elif element.tag == f"{_TEXT}line-break":
            yield "\n"
        elif element.tag not in _ODT_LEFT_OUT and isinstance(element.tag, str):
            yield from _odt_words(element, struck)
        yield element.tail or ""
