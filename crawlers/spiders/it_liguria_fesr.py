"""Regione Liguria, calls of its ERDF programme: the one list that needs neither form nor cookie.

The list of all notices (500, two in three about water rights) shows ten to a plain visit and the
others only to a form with a session. That this category prints the same cards was never seen.
Labels stand in the tooltips of the dates alone; news, such as an early end, stands below the title.
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
    """One page; should the category grow beyond it, its own total tells."""

    name = "it_liguria_fesr"
    readers = {"listing": CARDS.read}
    listings = (
        "https://www.regione.liguria.it/homepage-fondi-europei/cosa-cerchi"
        "/le-programmazioni-fesr/programma-operativo-fesr-2021-2027/bandi-por-fesr-2021-2027"
        "/category/po-fesr-2021-2027.html",
    )
    totals = r"Trovati\s+(?P<notices>\d+)\s+risultati"
