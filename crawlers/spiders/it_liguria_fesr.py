"""Regione Liguria, calls of its ERDF programme: the only list that needs no form or cookie.

The list of all notices (500, two in three about water rights) has ten without a session, and the
others only behind a form. That the list of this category has the same cards was never verified.
Labels are in the tooltips of dates only. News, such as an early end, is below the title.
"""

from crawlers.bases.listing import Cards, ListingSpider

DATES = ("apertura", "apertura_bando", "chiusura")

CARDS = Cards(
    "div.pc_latest_item",
    link="a.bando_link::attr(href)",
    title="a.bando_link",
    labelled={
        "pc_latest_item_fondo_link": "div.pc_latest_item_fondo_link",
        "pc_latest_item_beneficiari": "div.pc_latest_item_beneficiari",
    },
    pairs=", ".join(f"div.pc_latest_item_{name}::attr(title)" for name in DATES),
    sections={
        "": "div.pc_latest_item_bando_titolo + div.pc_latest_item_bando_titolo",
        "Note": "div.pc_note",
    },
    source_id=r"/publiccompetition/(?P<source_id>\d+):",
)


class ItLiguriaFesr(ListingSpider):
    """A single page; its printed total shows if the category has more."""

    name = "it_liguria_fesr"
    readers = {"listing": CARDS.read}
    listings = (
        "https://www.regione.liguria.it/homepage-fondi-europei/cosa-cerchi"
        "/le-programmazioni-fesr/programma-operativo-fesr-2021-2027/bandi-por-fesr-2021-2027"
        "/category/po-fesr-2021-2027.html",
    )
    totals = r"Trovati\s+(?P<notices>\d+)\s+risultati"
