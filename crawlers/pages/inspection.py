"""Recognise and read a page, in the crawl itself or in its page worker."""

from collections.abc import Callable
from dataclasses import dataclass

from crawlers.pages.page import Page
from crawlers.pages.page_problems import PageProblem, find_problem
from crawlers.pages.readers import ParseResult, failure

Read = Callable[[Page], ParseResult]
"""Reads pages of one kind, and never raises (:func:`crawlers.pages.readers.read`)."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """The result of recognising and reading a page."""

    problem: PageProblem | None
    """What the page is instead of content; ``None`` for content."""
    result: ParseResult | None
    """``None`` for a page without content, and for one of a kind without a reader."""


def inspect_page(page: Page, read: Read | None) -> Inspection:
    """Recognise a page, and read it with ``read`` if it is content. Never raises."""
    try:
        problem = find_problem(page)
    except Exception as error:  # noqa: BLE001 - a page must not end a crawl
        return Inspection(None, ParseResult(issues=(failure(page, error),)))
    return Inspection(problem, None if problem or read is None else read(page))


@dataclass(frozen=True)
class InspectedPage(Page):
    """A page with the result of its inspection."""

    inspected: Inspection


def problem_on(page: Page) -> PageProblem | None:
    """Return what a page is instead of content; ``None`` for content."""
    return page.inspected.problem if isinstance(page, InspectedPage) else find_problem(page)


def result_of(page: Page, read: Read) -> ParseResult:
    """Return what the page's reader made of it; it is read now unless the page has it."""
    known = page.inspected.result if isinstance(page, InspectedPage) else None
    return known or read(page)
