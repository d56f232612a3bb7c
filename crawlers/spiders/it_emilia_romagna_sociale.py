"""Regione Emilia-Romagna, social policy: a Plone site, searched below its folder of calls.

Its API has no prefix, unlike that of Volto sites.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagnaSociale(PloneSpider):
    """As the base class."""

    name = "it_emilia_romagna_sociale"
    readers = {"register": read_bandi}
    folder = "/leggi-atti-bandi/bandi"
    api = ""
