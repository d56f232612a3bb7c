"""A process that reads pages for the fold: run as a program, with the number of a socket."""

import sys

from callboard.reading import PageReader
from crawlers import channel
from crawlers.portals import load_portals

if __name__ == "__main__":
    channel.serve(int(sys.argv[1]), PageReader(load_portals()).read)
