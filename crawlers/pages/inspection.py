"""Recognise and read a page, in the crawl itself or in its page worker."""

from collections.abc import Callable
from dataclasses import dataclass

from crawlers.pages.page import Page
from crawlers.pages.page_problems import Verdict, recognise
from crawlers.pages.readers import Reading, failure

Read = Callable[[Page], Reading]
"""Reads pages of one kind, and never raises (:func:`crawlers.pages.readers.read`)."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The result of recognising and reading a page."""

    verdict: Verdict | None
    """What the page is instead of content; ``None`` for content."""
    reading: Reading | None
    """``None`` for a page without content, and for one of a kind without a reader."""


def examine(page: Page, read: Read | None) -> Examined:
    """Recognise a page, and read it with ``read`` if it is content. Never raises."""
    try:
        verdict = recognise(page)
    except Exception as error:  # noqa: BLE001 - a page must not end a crawl
        return Examined(None, Reading(issues=(failure(page, error),)))
    return Examined(verdict, None if verdict or read is None else read(page))


@dataclass(frozen=True)
class ExaminedPage(Page):
    """A page with the result of its examination."""

    examined: Examined


def verdict_on(page: Page) -> Verdict | None:
    """Return what a page is instead of content; ``None`` for content."""
    return page.examined.verdict if isinstance(page, ExaminedPage) else recognise(page)


def reading_of(page: Page, read: Read) -> Reading:
    """Return the reading of a page, which is made now unless the page has it."""
    known = page.examined.reading if isinstance(page, ExaminedPage) else None
    return known or read(page)
