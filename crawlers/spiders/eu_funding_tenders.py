"""EU Funding & Tenders portal: forthcoming and open grants, through its search interface.

The portal's own pages are a JavaScript application and are not read. A time of 00:00 means that a
date has no hour. The figures of a topic are in an overview of the whole call, which is JSON in a
string.
"""

from crawlers.bases.sedia import SediaSpider, read_results


class EuFundingTenders(SediaSpider):
    """Grant topics, calls for proposals and cascade funding; no tenders."""

    name = "eu_funding_tenders"
    readers = {"register": read_results}
    types = ("1", "2", "8")
    statuses = ("31094501", "31094502")
