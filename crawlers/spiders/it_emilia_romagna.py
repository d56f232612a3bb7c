"""Regione Emilia-Romagna, the region's main site: a Plone site.

Its calls are of many kinds, including tenders; other departments have their own sites.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagna(PloneSpider):
    """As the base class."""

    name = "it_emilia_romagna"
    readers = {"register": read_bandi}
