"""Slovenia's research agency ARIS: open and planned calls, each on a card.

The hour of a deadline is in brackets, "3. 9. 2026 (14:00)". A planned call has no deadline, only
the date on which it will be published.
"""

from crawlers.bases.listing import Cards, ListingSpider

CALLS = "https://www.aris-rs.si/objave"


class SiAris(ListingSpider):
    """Reads two lists without paging; the markup of the calls' own pages is not known."""

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
