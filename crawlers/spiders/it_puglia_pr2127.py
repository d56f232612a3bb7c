"""Regione Puglia, notices of its EU programme 2021-2027: a Liferay list of cards.

A card has the date of publication and, on its picture, a status; some have none. Negotiated
procedures are listed like calls. The site refuses requests from large cloud providers.
"""

from crawlers.bases.listing import Cards, ListingSpider

PORTLET = "RicercaNews_INSTANCE_HR72zDg9uWt0"

CARDS = Cards(
    "div.news-list-item",
    link="div.titolo h2 a::attr(href)",
    title="div.titolo h2",
    status="span.badge",
    labelled={"data": "div.data-news", "categoria": "div.categoria-news"},
)


class ItPugliaPr2127(ListingSpider):
    """Reads the numbered fragments that the page loads its list from."""

    name = "it_puglia_pr2127"
    readers = {"listing": CARDS.read}
    listings = (
        "https://pr2127.regione.puglia.it/elenco-avvisi-pubblicati"
        f"?p_p_id={PORTLET}&p_p_lifecycle=2&p_p_state=normal&p_p_mode=view"
        "&p_p_resource_id=%2Fricerca%2Fnews%2Fnews-list&p_p_cacheability=cacheLevelPage"
        f"&_{PORTLET}_delta=20&_{PORTLET}_cur={{page}}",
    )
    totals = r"Mostrati [\d.]+ - [\d.]+ su (?P<notices>[\d.]+) risultati"
