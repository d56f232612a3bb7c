"""Slovenia's register: a table by hundreds, to be walked past the newest page."""

from crawlers.playback import Route
from schema.crawls import CrawlState
from tests.support.loopback import HTML, crawl_site, kinds, play

LIST = (
    "https://www.gov.si/zbirke/javne-objave/"
    "?status=*&titleref=&type=2&year=0&nrOfItems=100&start={}"
)
ROW = (
    '<tr><td class="td-id">430-{n}/2026</td>'
    '<td class="td-title"><a href="/zbirke/razpis-{n}/">Javni razpis {n}</a></td>'
    '<td class="td-publisher">Ministrstvo</td><td class="td-published-date">2. 11. 2026</td>'
    '<td class="td-due-date">15. 1. 2027</td>'
    '<td class="td-status"><span class="label">V teku</span></td></tr>'
)


def table(numbers: range) -> bytes:
    rows = "".join(ROW.format(n=number) for number in numbers)
    text = "Zbirka javnih razpisov ministrstev in organov v njihovi sestavi. " * 5
    return (
        f'<html lang="sl"><body><h1>Javne objave</h1><p>{text}</p>'
        f'<table class="list-table tender-list-table">{rows}</table></body></html>'
    ).encode()


def test_the_register_is_walked_to_its_empty_page() -> None:
    routes = [
        Route(LIST.format(0), table(range(100)), headers=HTML),
        Route(LIST.format(100), table(range(100, 200)), headers=HTML),
        Route(LIST.format(200), table(range(200, 250)), headers=HTML),
        Route(LIST.format(300), table(range(0)), headers=HTML),
    ]
    with play(routes, {"si_gov": (250, 250)}) as site:
        report = crawl_site(site, ["si_gov"])["si_gov"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert len(report.seen) == 250
    assert site.unknown == []
