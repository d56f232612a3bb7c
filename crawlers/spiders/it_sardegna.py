"""Sardegna Impresa, the Sardinian region's site for firms: a Drupal list of complete cards.

A card has the whole object and terms of a call, and its deadline with the hour.
"""

from crawlers.bases.listing import Cards, ListingSpider

FIELD = "div.field--name-field-"

CARDS = Cards(
    "article.node--type-bando",
    link="h2.node__title a::attr(href)",
    title="h2.node__title",
    labelled={
        "Data di scadenza dell'agevolazione": f"{FIELD}data-scadenza-agevolazione time",
        "Macrosettore": f"{FIELD}macrosettore .field__items",
    },
    sections={
        "Oggetto del bando": f"{FIELD}oggetto-bando .field--item",
        "Termini": f"{FIELD}termini .field--item",
    },
)


class ItSardegna(ListingSpider):
    """Reads pages numbered from 0."""

    name = "it_sardegna"
    readers = {"listing": CARDS.read}
    listings = (
        "https://www.sardegnaimpresa.eu/it/agevolazioni?sort_by=scadenza_agevolazione&page={page}",
    )
    first_page = 0
