"""Regione Emilia-Romagna, territorial policy: a Plone site.

Its objects carry a summary and dates but mostly no text: that stands in the documents.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagnaTerritorio(PloneSpider):
    """Everything is the base's."""

    name = "it_emilia_romagna_territorio"
    readers = {"register": read_bandi}
