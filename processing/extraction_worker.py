"""A process that reads pages for the fold: run as a program, with the number of a socket.

And with that of the file in which the crawl has kept what it read, if there is one: whoever asks
then names a place there, and nothing of Scrapy is ever loaded.
"""

import sys
from collections.abc import Iterator

from crawlers.pages import pickle_channel as channel
from crawlers.portals import load_portals
from processing.page_extraction import PageReader, ReadPage
from processing.parsed_page_cache import read_kept
from storage.archive.archive import PagePlace


def main(way: int, kept: int = -1) -> None:
    """Answer until there are no more questions."""
    reader = PageReader(load_portals())

    def answer(question: PagePlace | int) -> Iterator[ReadPage]:
        if isinstance(question, PagePlace):
            return reader.read(question)
        return reader.read(read_kept(kept, question))

    channel.serve(way, answer)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
