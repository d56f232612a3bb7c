"""Read a body as a stream: unpacked within a limit, and XML one element at a time.

A register of 300 MB is never whole in memory. What unpacks to more than its reader allows, breaks
off or is no file of its kind has changed: what was read of it before stays.
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
"""So many bytes of XML without a wanted element hold none: the tree of what lies between two of
them stays in memory."""
FAULTS = (
    etree.XMLSyntaxError,
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,  # a way of packing that zipfile does not know
    RuntimeError,  # a password
)
"""What a damaged file, or one of another kind, raises while it is read."""


class _Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class LimitedStream:
    """The bytes of a body, unpacked: ``read`` raises :class:`PageChangedError` past a limit."""

    def __init__(self, stream: _Readable, page: Page, largest: int) -> None:
        self._stream, self._page = stream, page
        self._largest = self._left = largest
        self.wanted = ""
        """What must be met, every ``LONGEST_GAP`` bytes at least: then set ``gap`` to 0."""
        self.gap = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, or all that are left."""
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
    """Open a body, the only file of a .zip or the content of a .gz, up to so many bytes.

    Whatever is wrong with it raises :class:`PageChangedError` where it is met.
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
    """Yield the elements of an XML body, ``{*}name`` in any namespace; keep none: each is emptied.

    Entities are not replaced and nothing is fetched. A file that breaks off yields what it has and
    then raises :class:`PageChangedError`.
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
