"""EU Funding & Tenders portal: forthcoming and open grants, through its search interface.

The portal's own pages are a JavaScript application and are never read. Dates print 00:00 for want
of an hour; a topic's figures hide as JSON text in an overview of the whole call.
"""

from crawlers.bases.sedia import SediaSpider, read_results


class EuFundingTenders(SediaSpider):
    """Grant topics, calls for proposals and cascade funding; no tenders."""

    name = "eu_funding_tenders"
    readers = {"register": read_results}
    types = ("1", "2", "8")
    statuses = ("31094501", "31094502")
