"""Read a body as a stream: unpacked up to a limit, and XML one element at a time.

A register of 300 MB is never unpacked in memory as a whole. A file that unpacks to more than its
reader allows, is cut off, or is of another kind raises :class:`PageChangedError`; what was read of
it before is kept.
"""

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Protocol

from lxml import etree

from crawlers.pages.charset import GZIP, ZIP
from crawlers.pages.page import Page, PageChangedError

LONGEST_GAP = 20_000_000
"""The most bytes of XML between two wanted elements. What is between them stays in memory until the
second is met."""
FAULTS = (
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,  # a compression method that zipfile does not support
    RuntimeError,  # an encrypted file
)
"""The exceptions while reading a file that is damaged or of another kind."""


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class LimitedStream:
    """A body as it is unpacked; ``read`` raises :class:`PageChangedError` beyond the limit."""

    def __init__(self, stream: _Readable, page: Page, largest: int) -> None:
        self._stream, self._page = stream, page
        self._largest = self._left = largest
        self.wanted = ""
        """Names of elements. The caller sets ``gap`` to 0 whenever it meets one; ``read`` raises
        if none was met within ``LONGEST_GAP`` bytes."""
        self.gap = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to so many bytes; all remaining ones for a negative size."""
        data = self._stream.read(self._left + 1 if size < 0 else size)
        self._left -= len(data)
        self.gap += len(data)
        if self._left < 0:
            raise self._changed(f"a file of more than {self._largest:,} bytes")
        if self.wanted and self.gap > LONGEST_GAP:
            raise self._changed(f"no {self.wanted} within {LONGEST_GAP:,} bytes")
        return data

    def _changed(self, what: str) -> PageChangedError:
        return PageChangedError(self._page.portal, what, self._page.url)


@contextmanager
def open_body(page: Page, largest: int) -> Iterator[LimitedStream]:
    """Open a body, or the only file in a .zip, or the content of a .gz, up to ``largest`` bytes.

    Faults of the file raise :class:`PageChangedError`, also while it is read.
    """
    body = page.exchange.body
    try:
        if body.startswith(ZIP):
            with zipfile.ZipFile(BytesIO(body)) as archive:
                files = [each for each in archive.infolist() if not each.is_dir()]
                if len(files) != 1:
                    missing = f"an archive of one file (it has {len(files)})"
                    raise PageChangedError(page.portal, missing, page.url)
                with archive.open(files[0]) as stream:
                    yield LimitedStream(stream, page, largest)
        elif body.startswith(GZIP):
            with gzip.open(BytesIO(body)) as stream:
                yield LimitedStream(stream, page, largest)
        else:
            yield LimitedStream(BytesIO(body), page, largest)
    except FAULTS as error:
        raise PageChangedError(page.portal, f"no whole file ({error})", page.url) from error


def elements_of(page: Page, *tags: str, largest: int) -> Iterator[etree._Element]:
    """Yield the elements of an XML body with these tags (``{*}name`` for any namespace).

    An element is emptied when the next is asked for. Entities are not replaced and nothing is
    fetched (https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing).
    A file that is cut off yields its elements and then raises :class:`PageChangedError`.
    """
    with open_body(page, largest) as stream:
        stream.wanted = " or ".join(tags)
        for _, element in etree.iterparse(
            stream, tag=tags, resolve_entities=False, no_network=True
        ):
            stream.gap = 0
            yield element
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
