"""Slovenia's research agency ARIS: open and planned calls, a card each.

Cards give the hour of a deadline in brackets, "3. 9. 2026 (14:00)"; a planned call has no deadline
yet, only the day on which it will be published.
"""

from crawlers.bases.listing import Cards, ListingSpider

CALLS = "https://www.aris-rs.si/objave"


class SiAris(ListingSpider):
    """Two lists without paging; the calls' own pages have no markup that is known."""

    name = "si_aris"
    readers = {
        "listing": Cards(
            "div.razpis-card--kartica",
            link="h4 a::attr(href)",
            title="h4 a",
            labelled={
                "Rok": "span:contains('Rok:') + strong",
                "Razpisana vrednost": "span:contains('Razpisana vrednost:') + strong",
                "Datum objave": "span:contains('Datum objave:') + strong",
            },
        ).read
    }
    listings = (f"{CALLS}/razpisi/odprti", f"{CALLS}/nacrtovani-razpisi")
