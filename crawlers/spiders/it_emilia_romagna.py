"""Regione Emilia-Romagna, the region's own site: a Plone site.

Its calls are of many kinds, tenders among them; other departments publish on sites of their own.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagna(PloneSpider):
    """Everything is the base's."""

    name = "it_emilia_romagna"
    readers = {"register": read_bandi}
