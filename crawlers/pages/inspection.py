"""What a page is and says: found out by the crawl itself or by its page worker."""

from collections.abc import Callable
from dataclasses import dataclass

from crawlers.pages.page import Page
from crawlers.pages.page_problems import Verdict, recognise
from crawlers.pages.readers import Reading, failure

Read = Callable[[Page], Reading]
"""Reads pages of one kind, and never raises (:func:`crawlers.pages.readers.read`)."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What was found out about a page."""

    verdict: Verdict | None
    """What the page is instead of content."""
    reading: Reading | None
    """``None`` for a page that is no content, or carries no notices of its own."""


def examine(page: Page, read: Read | None) -> Examined:
    """Examine a page; ``read`` is for pages of its kind. Never raises."""
    try:
        verdict = recognise(page)
    except Exception as error:  # noqa: BLE001 - a page must not end a crawl
        return Examined(None, Reading(issues=(failure(page, error),)))
    return Examined(verdict, None if verdict or read is None else read(page))


@dataclass(frozen=True)
class ExaminedPage(Page):
    """A page of which that is known already."""

    examined: Examined


def verdict_on(page: Page) -> Verdict | None:
    """Return what a page is instead of content."""
    return page.examined.verdict if isinstance(page, ExaminedPage) else recognise(page)


def reading_of(page: Page, read: Read) -> Reading:
    """Return what a page says."""
    known = page.examined.reading if isinstance(page, ExaminedPage) else None
    return known or read(page)
