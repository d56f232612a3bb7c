"""Regione Emilia-Romagna, calls for firms (imprese.regione.emilia-romagna.it): a Plone site.

Besides grants, it has tenders and registers. "In corso" means that the deadline has passed.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagnaImprese(PloneSpider):
    """As the base class."""

    name = "it_emilia_romagna_imprese"
    readers = {"register": read_bandi}
