"""Croatia's Ministry of Regional Development and EU Funds: its own calls, a page each.

Calls that are open stand below "aktualno"; the section also holds tenders and recruitment.
"""

from crawlers.bases.govhr import READERS, GovHrSpider


class HrRazvoj(GovHrSpider):
    """The section "Javni pozivi i natječaji"; its links may lead through "aktualno"."""

    name = "hr_razvoj"
    readers = READERS
    lists = ("https://razvoj.gov.hr/pristup-informacijama/javni-pozivi-i-natjecaji/1901",)
    notice_pattern = r"/.*(?:javni-pozivi-i-natjecaji|aktualno)[^/]*/[^/]+/\d+"
