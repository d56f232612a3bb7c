"""Write small PDFs, to the byte the same each time: for the demo's documents and for tests."""

import zlib
from collections.abc import Sequence

LETTERS = {
    "č": "ccaron", "Č": "Ccaron", "ć": "cacute", "Ć": "Cacute", "đ": "dcroat", "Đ": "Dcroat",
    "š": "scaron", "Š": "Scaron", "ž": "zcaron", "Ž": "Zcaron", "€": "Euro", "–": "endash",
    "•": "bullet", "’": "quoteright",
}  # fmt: skip
"""Beyond Latin-1: numbered from 128."""
CODES = {letter: 128 + number for number, letter in enumerate(LETTERS)}
A4 = "[0 0 595 842]"


def write_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """Return a PDF whose pages hold the lines."""
    names = " ".join(f"/{name}" for name in LETTERS.values())
    font = (
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding << /Type /Encoding "
        f"/BaseEncoding /WinAnsiEncoding /Differences [128 {names}] >> >>"
    )
    contents = [_text(lines) for lines in pages]
    return _file(contents, "/Font << /F1 {0} >>", font.encode())


def write_scan(pages: int = 1) -> bytes:
    """Return a PDF whose pages hold nothing but a grey picture."""
    picture = zlib.compress(bytes(200 for _ in range(32 * 32)))
    image = (
        b"<< /Type /XObject /Subtype /Image /Width 32 /Height 32 /ColorSpace /DeviceGray "
        b"/BitsPerComponent 8 /Filter /FlateDecode /Length %d >>\nstream\n%s\nendstream"
        % (len(picture), picture)
    )
    return _file([b"q 500 0 0 700 40 70 cm /I1 Do Q"] * pages, "/XObject << /I1 {0} >>", image)


def _text(lines: Sequence[str]) -> bytes:
    shown = [b"BT /F1 11 Tf 60 780 Td 15 TL"]
    for line in lines:
        codes = bytes(CODES.get(letter) or letter.encode("latin-1")[0] for letter in line)
        for special in (b"\\", b"(", b")"):
            codes = codes.replace(special, b"\\" + special)
        shown.append(b"(" + codes + b") Tj T*")
    return b"\n".join([*shown, b"ET"])


def _file(contents: Sequence[bytes], resources: str, shared: bytes) -> bytes:
    """Write the objects: catalogue, pages, what they share, then each page and its content."""
    count = len(contents)
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(count))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Count {count} /Kids [{kids}] >>".encode(),
        shared,
    ]
    for number, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox {A4} /Contents {5 + 2 * number} 0 R "
            f"/Resources << {resources.format('3 0 R')} >> >>".encode()
        )
        packed = zlib.compress(content)
        objects.append(
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), packed)
        )
    body = bytearray(b"%PDF-1.4\n")
    places = []
    for number, item in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(body) + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table, len(objects) + 1, len(body))
    )
