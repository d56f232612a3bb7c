"""Regione Friuli-Venezia Giulia, notices that carry contributions: a list of cards.

A card begins with a date, and some have "scadenza" and a second one; labels are added here. The
texts are on pages whose markup was never seen, and are not read.
"""

from crawlers.bases.listing import Cards, ListingSpider

CARDS = Cards(
    "div.box-bando",
    title="div.box-titolo h3",
    labelled={
        "data": "span.box-header-normal",
        "scadenza": "span.box-header-important:last-child",
        "ufficio": "div.box-campo",
    },
    source_id=r"/BANDI/(?P<source_id>\d+)\.html",
)


class ItFvg(ListingSpider):
    """Reads numbered pages; the site's own links have a session id and are not followed."""

    name = "it_fvg"
    readers = {"listing": CARDS.read}
    listings = (
        "https://www.regione.fvg.it/rafvg/cms/RAFVG/MODULI/bandi_avvisi/ricerca.jsp"
        "?txtChiave=&onlyTagServizio=1&startsearch=vai&pag={page}",
    )
