"""Interreg IPA ADRION: the calls of the Adriatic-Ionian programme, with English ordinals in dates.

The pages consist of the blocks of a page builder (Divi); a call's text is in several of them.
"""

from crawlers.bases.interreg import InterregSpider, prose_reader


class EuInterregAdrion(InterregSpider):
    """A WordPress site whose list links to one page for each call."""

    name = "eu_interreg_adrion"
    readers = {"call": prose_reader(".et_pb_text_inner", site="Interreg IPA ADRION")}
    lists = ("https://www.interreg-ipa-adrion.eu/calls/",)
    notice_pattern = r"/calls/[^/]*call[^/]*/"
