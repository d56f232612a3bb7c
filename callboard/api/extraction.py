"""One notice in, one call out: no database, no network, no clock."""

from datetime import date, datetime
from typing import Any

from exports.extracts import render_extract
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_html, read_text
from normalizers.text.blocks import SourceText
from schema.calls import Call
from schema.errors import CallboardError


class NoticeError(CallboardError, ValueError):
    """A notice was handed in that can't be read as it is."""


def extract(
    *,
    text: str | None = None,
    html: str | None = None,
    url: str | None = None,
    language: str | None = None,
    fetched_on: date | None = None,
) -> Call:
    """Return the call that a notice announces, with the words behind every value.

    Exactly one of ``text`` and ``html`` is given, decoded. ``url`` is the page's address.
    ``language`` (BCP 47) is a hint; the text decides. ``fetched_on`` is the day against which
    dates without a year are resolved; without it they stay unknown. Whether the notice announces a
    call at all is said by ``is_call``. Raises :class:`CallboardError` for neither or both contents.
    """
    original = read_content(text, html, url)
    return normalise(original, Hints(language=language, url=url, today=fetched_on))


def to_dict(call: Call, *, id: str | None = None, now: datetime | None = None) -> dict[str, Any]:  # noqa: A002 - the key's name
    """Return a call as the flat, JSON-ready contract that ``docs/extract.md`` describes.

    ``now`` is an aware moment for which ``status`` is computed; without it ``status`` is ``None``.
    """
    return render_extract(call, id, now)


def read_content(text: str | None, html: str | None, url: str | None = None) -> SourceText:
    """Return what is to be read of a notice that was handed in as text or as HTML."""
    if (text is None) == (html is None):
        raise NoticeError("give either text or html")
    return read_html(html, url) if html is not None else read_text(text or "")
