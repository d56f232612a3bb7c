"""Croatia's Ministry of the Economy: open calls, all on one page as an accordion.

A heading opens with the day of publication; amendments and closures stand among the calls.
"""

from crawlers.bases.govhr import READERS, GovHrSpider

LISTS = "https://mingo.gov.hr/javni-pozivi-i-natjecaji-7371"


class HrMingo(GovHrSpider):
    """The one list that is known to hold the open calls."""

    name = "hr_mingo"
    readers = READERS
    lists = (
        f"{LISTS}/javni-pozivi-i-natjecaji-ministarstva/otvoreni-javni-pozivi-i-natjecaji/7390",
    )
    notice_pattern = r"/javni-pozivi-i-natjecaji-7371/.*otvoren[^/]*/[^/]+/\d+"
