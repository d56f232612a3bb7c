"""Croatia's Ministry of the Economy: open calls, all on one page as an accordion.

A heading begins with the date of publication. Amendments and closures are listed like calls.
"""

from crawlers.bases.govhr import READERS, GovHrSpider

LISTS = "https://mingo.gov.hr/javni-pozivi-i-natjecaji-7371"


class HrMingo(GovHrSpider):
    """The only list that is known to have open calls."""

    name = "hr_mingo"
    readers = READERS
    lists = (
        f"{LISTS}/javni-pozivi-i-natjecaji-ministarstva/otvoreni-javni-pozivi-i-natjecaji/7390",
    )
    notice_pattern = r"/javni-pozivi-i-natjecaji-7371/.*otvoren[^/]*/[^/]+/\d+"
