"""The process that reads pages for a crawl: a program, whose argument is the number of a socket."""

import sys
from collections.abc import Iterator

from crawlers import registry
from crawlers.pages import pickle_channel
from crawlers.pages.inspection import Inspection, inspect_page
from crawlers.pages.page import Page
from schema.exchanges import Exchange


def answer(exchange: Exchange | None) -> Iterator[Inspection | None]:
    """Inspect a page; ``None`` is the first message, answered when the process is ready."""
    if exchange is None:
        yield None
    else:
        yield inspect_page(Page(exchange), registry.reader(exchange.portal, exchange.kind))


if __name__ == "__main__":
    pickle_channel.serve(int(sys.argv[1]), answer)
