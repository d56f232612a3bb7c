"""Regione Emilia-Romagna, territorial policy: a Plone site.

Its objects have a summary and dates; the text is mostly in the documents only.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagnaTerritorio(PloneSpider):
    """As the base class."""

    name = "it_emilia_romagna_territorio"
    readers = {"register": read_bandi}
