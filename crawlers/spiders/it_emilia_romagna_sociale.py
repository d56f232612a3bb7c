"""Regione Emilia-Romagna, social policy: a Plone site, searched below its folder of calls.

The interface answers without the prefix of Volto sites.
"""

from crawlers.bases.plone import PloneSpider, read_bandi


class ItEmiliaRomagnaSociale(PloneSpider):
    """Everything is the base's."""

    name = "it_emilia_romagna_sociale"
    readers = {"register": read_bandi}
    folder = "/leggi-atti-bandi/bandi"
    api = ""
