"""Croatia's Ministry of Culture and Media: public calls, each on its own page.

Programmes of "public needs in culture" open every autumn for the following year, so that the year
in a title is not that of the deadline.
"""

from crawlers.bases.govhr import READERS, GovHrSpider

CALLS = "/natjecaji-16274/javni-pozivi-404"


class HrMinKulture(GovHrSpider):
    """The list "Javni pozivi" and its archive, year by year."""

    name = "hr_min_kulture"
    readers = READERS
    lists = (f"https://min-kulture.gov.hr{CALLS}/404",)
    list_pattern = rf"{CALLS}/arhiva-\d+(?:/javni-pozivi-u-\d{{4}}[^/]*)?/\d+"
    notice_pattern = rf"{CALLS}/(?:[^/]+/)*[^/]+/\d+"
