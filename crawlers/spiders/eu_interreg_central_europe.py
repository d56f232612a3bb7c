"""Interreg Central Europe: the calls of 2021-2027, of which the last closed in December 2025.

Pages about results have similar addresses and are left out.
"""

from crawlers.bases.interreg import InterregSpider, prose_reader


class EuInterregCentralEurope(InterregSpider):
    """A WordPress site, read by the links in its list; its REST API was never tried."""

    name = "eu_interreg_central_europe"
    readers = {"call": prose_reader("main .entry-content", site="Interreg Central Europe")}
    lists = ("https://www.interreg-central.eu/calls-for-proposals/",)
    notice_pattern = (
        r"/(?!calls-for-proposals/)[a-z0-9-]*(?:call|capitalisation)[a-z0-9-]*(?<!-call-results)/"
    )
