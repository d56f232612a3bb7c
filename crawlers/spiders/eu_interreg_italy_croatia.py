"""Interreg VI-A Italy-Croatia: four calls in seven years, linked from the plan of calls.

Pages print "CET" in summer too, and amounts with Italian dots (EUR 5.859.000).
"""

from crawlers.bases.interreg import InterregSpider, prose_reader


class EuInterregItalyCroatia(InterregSpider):
    """A Liferay site; the markup of its pages was never seen."""

    name = "eu_interreg_italy_croatia"
    readers = {"call": prose_reader(".journal-content-article", site="Italy-Croatia")}
    lists = (
        "https://www.italy-croatia.eu/web/it-hr-interreg-2021-2027/plan-of-calls-for-proposals",
    )
    notice_pattern = r".*/[^/]*-call-for-proposals"
