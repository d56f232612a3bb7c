"""Interreg IPA ADRION: the calls of the Adriatic-Ionian programme, with English ordinals in dates.

The pages are built of blocks by a page builder (Divi); a call's text is spread over many.
"""

from crawlers.bases.interreg import InterregSpider, prose_reader


class EuInterregAdrion(InterregSpider):
    """A WordPress site; its list links one page a call."""

    name = "eu_interreg_adrion"
    readers = {"call": prose_reader(".et_pb_text_inner", site="Interreg IPA ADRION")}
    lists = ("https://www.interreg-ipa-adrion.eu/calls/",)
    notice_pattern = r"/calls/[^/]*call[^/]*/"
