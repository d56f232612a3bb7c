"""Croatia's Ministry of Regional Development and EU Funds: its calls, each on its own page.

Open calls have "aktualno" in their address; the section also has tenders and recruitment.
"""

from crawlers.bases.govhr import READERS, GovHrSpider


class HrRazvoj(GovHrSpider):
    """The section "Javni pozivi i natječaji", with or without "aktualno" in addresses."""

    name = "hr_razvoj"
    readers = READERS
    lists = ("https://razvoj.gov.hr/pristup-informacijama/javni-pozivi-i-natjecaji/1901",)
    notice_pattern = r"/.*(?:javni-pozivi-i-natjecaji|aktualno)[^/]*/[^/]+/\d+"
