"""Invitalia, Italy's national agency for investment: two lists of incentives, in cards.

A card has the dates of opening and closing. It is not known which of the two status filters is
"Attivo" and which "In apertura"; both lists are read, and each card has its status.
"""

from crawlers.bases.listing import Cards, ListingSpider

CARDS = Cards(
    "article.card--incentivi",
    link="a.card-unified__title::attr(href)",
    title="a.card-unified__title",
    status="div.category-top .category",
    pairs="span.apertura, span.chiusura",
    sections={"": "article > p.fw-normal"},
)


class ItInvitalia(ListingSpider):
    """Reads pages numbered from 0; "Pagina 1 di 9" is their total."""

    name = "it_invitalia"
    readers = {"listing": CARDS.read}
    listings = tuple(
        f"https://www.invitalia.it/{audience}/incentivi-e-strumenti?stato_incentivo={number}"
        "&page={page}"
        for audience in ("per-le-imprese", "per-chi-vuole-fare-impresa")
        for number in (129, 130)
    )
    first_page = 0
    totals = r"Pagina \d+ di (?P<pages>\d+)"
    nothing = r"[Nn]essun (?:risultato|incentivo)|[Nn]on ci sono (?:risultati|incentivi)"
