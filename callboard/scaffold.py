"""Write a portal's files from what probing found: spider, description and fixture cases to fill.

What the site did not say gets the most careful value: a licence that allows nothing, status
``trial``, no label explained.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from crawlers.portals import STEM
from crawlers.probe import Site
from schema.errors import CallboardError
from schema.exchanges import Exchange

SECOND_LEVEL = frozenset(("gov", "gob", "gouv", "gv", "co", "com", "org", "ac", "edu", "europa"))
COUNTRIES = {"EU": "EU", "UK": "GB", "GOV": "US"}
"""Top-level domains that are not the code of their country."""
SUFFIXES = {"json": ".json", "html": ".html", "xml": ".xml"}
ZONES = {"EU": "Europe/Brussels", "XX": "UTC"}

READ_CALL = '''

def read_call(page: Page) -> RawNotice:
    """Read the page of one call."""
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1"),
        sections=(Section(find_article(page)),),
        declared_language=page.language,
    )
'''
READ_CALL_IMPORTS = (
    "from crawlers.pages.page import Page",
    "from crawlers.pages.unmarked import find_article",
    "from schema.notices import RawNotice, Section",
)
READ_ROW = '''

def read_row(row: Row, page: Page) -> RawNotice:
    """Read one record; its keys are its labels."""
    return RawNotice(
        portal=page.portal,
        source_id=identity(row[{id}]),
        url={address},
        title=row[{title}],
        labelled=tuple(
            (key, printed(value)) for key, value in row.items() if value not in (None, "")
        ),
    )


def read_register(page: Page) -> ParseResult:
    """Read one page of records."""
    return read_rows({rows}, read_row, page)
'''
READ_DATA = '''

def read_call(page: Page) -> RawNotice:
    """Read the data that the page carries; its keys are its labels."""
    values = props_of(page)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1"),
        labelled=tuple((key, printed(value)) for key, value in values.items()),
        declared_language=page.language,
    )
'''


PLATFORMS: Mapping[str, tuple[str, Mapping[str, str], tuple[str, ...]]] = {
    "wordpress": ("WordPressSpider", {"register": "read_posts", "call": "read_post_page"}, ()),
    "plone": ("PloneSpider", {"register": "read_bandi"}, ("api",)),
    "feed": ("FeedSpider", {"register": "read_feed"}, ("feed",)),
}
"""Platforms whose base reads everything itself: base, readers by kind, attributes to set."""


class ScaffoldError(CallboardError):
    """The files can't be written; the message names the remedy."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where a checkout keeps what belongs to portals."""

    spiders: Path
    fixtures: Path

    @classmethod
    def of(cls, root: Path) -> "Folders":
        """Return the folders of a checkout."""
        return cls(root / "crawlers" / "spiders", root / "tests" / "fixtures" / "portals")


def suggest_stem(url: str) -> str:
    """Return ``<cc>_<owner>`` for an address: ``hr_ra_vsz`` for ``https://www.ra-vsz.hr/``."""
    *labels, top = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    names = [label for label in labels if label not in SECOND_LEVEL] or labels
    country = country_of(url).lower()
    owner = re.sub(r"[^a-z0-9]+", "_", names[-1] if names else top).strip("_")
    return f"{'uk' if country == 'gb' else country}_{owner}"


def country_of(url: str) -> str:
    """Return the country of an address's domain, ``XX`` where it names none."""
    top = (urlsplit(url).hostname or "").rpartition(".")[2].upper()
    return COUNTRIES.get(top, top if len(top) == 2 else "XX")


def zone_of(country: str) -> str:
    """Return the first time zone of a country in the zone database, else UTC."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return ZONES.get(country) or next(
        (zone for code, _, zone, *_ in rows if code == country), "UTC"
    )


def write_portal(site: Site, stem: str, folders: Folders) -> list[Path]:
    """Write spider, description and fixture cases; return what was written. Overwrites nothing."""
    if STEM.fullmatch(stem) is None:
        raise ScaffoldError(f"{stem!r} is not <cc>_<owner>, e.g. hr_ra_vsz: give one with --stem")
    spider, toml = folders.spiders / f"{stem}.py", folders.spiders / f"{stem}.toml"
    for path in (spider, toml, folders.fixtures / stem):
        if path.exists():
            raise ScaffoldError(f"{path} is there already: choose another --stem or delete it")
    _write(spider, render_spider(site, stem))
    _write(toml, render_toml(site))
    written = [spider, toml]
    for number, sample in enumerate(site.samples, start=1):
        case = f"{sample.kind}_{number}"
        written += write_case(sample.exchange, sample.kind, stem, case, folders)
    return written


def write_case(exchange: Exchange, kind: str, stem: str, case: str, folders: Folders) -> list[Path]:
    """Write a fixture case from a fetched page; return its files. Overwrites nothing."""
    folder = folders.fixtures / stem / case
    if folder.exists():
        raise ScaffoldError(f"{folder} is there already: choose another --case")
    content_type = exchange.headers.get("content-type", "text/html")
    suffix = next((end for name, end in SUFFIXES.items() if name in content_type), ".html")
    meta = {
        "url": exchange.url,
        "kind": kind,
        "fetched_at": _whole_second(exchange.fetched_at).isoformat(),
        "status": exchange.status,
        "content_type": content_type,
        "licence": "unknown: keep structure, labels and class names; write the sentences anew",
        "note": "As it was fetched.",
        "issues": [],
    }
    _write(folder / "meta.json", json.dumps(meta, ensure_ascii=False, indent=1) + "\n")
    page = folder / f"page{suffix}"
    page.write_bytes(exchange.body)
    return [page, folder / "meta.json"]


def render_spider(site: Site, stem: str) -> str:
    """Return the source of a spider that loads, and yields its first request, as it is."""
    imports, readers, base, lines = _parts(site)
    title = _title(site)[:60].replace('"', "'").replace("\\", "")
    seen = "\n".join(f"{line}." for line in site.seen[:4])
    class_name = "".join(part.capitalize() for part in stem.split("_"))
    lines_of = sorted(set(imports), key=lambda line: line.split()[1])
    groups = ("urllib", "scrapy", "")  # the standard library, the framework, ours
    ordered = [
        [line for line in lines_of if next(filter(line.split()[1].startswith, groups)) == group]
        for group in groups
    ]
    attributes = "\n".join(f"    {line}".rstrip() for line in (f'name = "{stem}"', *lines))
    return (
        f'"""{title}: say here what the site is, and its one oddity.\n\n'
        f'What probing saw:\n\n{_wrapped(seen)}\n"""\n\n'
        + "\n\n".join("\n".join(group) for group in ordered if group)
        + "\n"
        + readers
        + f'\n\nclass {class_name}({base}):\n    """Everything is the base\'s."""\n\n'
        + attributes
        + "\n"
    )


def _parts(site: Site) -> tuple[list[str], str, str, list[str]]:
    """Return imports, readers, the base and the class's lines for a platform."""
    if site.platform in PLATFORMS:
        base, readers, needed = PLATFORMS[site.platform]
        names = ", ".join((base, *sorted(set(readers.values()))))
        pairs = ", ".join(f'"{kind}": {reader}' for kind, reader in readers.items())
        lines = [f"{name} = {json.dumps(site.route[name])}" for name in needed]
        imports = [f"from crawlers.bases.{site.platform} import {names}"]
        return imports, "", base, [f"readers = {{{pairs}}}", *lines]
    if site.platform == "records":
        return _records_parts(site)
    if site.platform == "nextdata" and "rows" in site.route:
        return _data_parts(site)
    if site.platform == "sitemap":
        lines = [
            'readers = {"call": read_call}',
            f"sitemaps = ({json.dumps(site.route['sitemap'])},)",
            f'notice_pattern = r"{site.route["pattern"]}"',
        ]
        imports = ["from crawlers.bases.sitemap import SitemapSpider", *READ_CALL_IMPORTS]
        return imports, READ_CALL, "SitemapSpider", lines
    return _listing_parts(site)


def _listing_parts(site: Site) -> tuple[list[str], str, str, list[str]]:
    cards = f"Cards(card={json.dumps(site.route.get('card', 'article'))}, follow=True).read"
    lines = [
        f'readers = {{"listing": {cards}, "call": read_call}}',
        f"listings = ({json.dumps(site.url)},)",
    ]
    imports = ["from crawlers.bases.listing import Cards, ListingSpider"]
    if site.platform != "nextdata":
        return [*imports, *READ_CALL_IMPORTS], READ_CALL, "ListingSpider", lines
    imports += [
        "from crawlers.bases.nextdata import props_of",
        "from crawlers.pages.page import Page",
        "from crawlers.pages.json_values import printed",
        "from schema.notices import RawNotice",
    ]
    return imports, READ_DATA, "ListingSpider", lines


def _row_readers(site: Site, rows: str) -> tuple[list[str], str]:
    """Return imports and readers of records; ``rows`` is the expression that gives them."""
    route = site.route
    address = f'f"{{page.url}}#{{identity(row[{route["id"]!r}])}}"'
    if "address" in route:
        address = f'join(page.url, identity(row["{route["address"]}"])) or ""'
    imports = [
        "from crawlers.pages.page import Page",
        "from crawlers.pages.readers import ParseResult, Row, read_rows",
        "from crawlers.pages.json_values import identity, printed",
        "from schema.notices import RawNotice",
        *(["from crawlers.pages.addresses import join"] if "address" in route else []),
    ]
    names = {name: json.dumps(route[name]) for name in ("id", "title")}
    readers = READ_ROW.format(**names, address=address, rows=rows)
    return imports, readers


def _data_parts(site: Site) -> tuple[list[str], str, str, list[str]]:
    path = "".join(f", {json.dumps(key)}" for key in json.loads(site.route["rows"]))
    imports, readers = _row_readers(site, f"props_of(page{path})")
    url = site.url
    lines = ['readers = {"listing": read_register}']
    if name := site.route.get("page"):
        pattern = rf"(?<=[?&]){re.escape(name)}=([^&]*)"
        first = re.search(pattern, url)
        url = re.sub(pattern, f"{name}={{page}}", url)
        if first and first[1].isdigit() and first[1] != "1":
            lines.append(f"first_page = {int(first[1])}")
    lines.append(f"listings = ({json.dumps(url)},)")
    imports += [
        "from crawlers.bases.listing import ListingSpider",
        "from crawlers.bases.nextdata import props_of",
    ]
    return imports, readers, "ListingSpider", lines


def _records_parts(site: Site) -> tuple[list[str], str, str, list[str]]:
    route = site.route
    rows = repr(tuple(json.loads(route["rows"])))
    imports, readers = _row_readers(site, f"rows_at(page, {rows})")
    lines = ['readers = {"register": read_register}', f"rows = {rows}"]
    if "total" in route:
        lines.append(f"total = {tuple(json.loads(route['total']))!r}")
    url, paging = site.url, "start"
    if name := route.get("offset") or route.get("page"):
        paging = "start" if "offset" in route else "1 + start // self.page_size"
        url = re.sub(rf"(?<=[?&]){re.escape(name)}=[^&]*", f"{name}={{number}}", url)
    lines += [
        f"address = {json.dumps(url)}",
        "",
        "def request_records(self, start: int) -> Request:",
        '    """Ask for the records from an offset on."""',
        f'    url = self.address.replace("{{number}}", str({paging}))',
        '    return self.request_page(url, start, Accept="application/json")',
    ]
    imports += [
        "from crawlers.bases.records import RecordsSpider, rows_at",
        "from scrapy import Request",
    ]
    return imports, readers, "RecordsSpider", lines


def render_toml(site: Site) -> str:
    """Return a description that is valid as it is, and as careful as it can be."""
    country = country_of(site.url)
    host = urlsplit(site.url).netloc
    title = json.dumps(_title(site), ensure_ascii=False)
    language = (site.language or "en").split("-")[0].lower()
    most = max(10, 2 * (site.announced or 250))
    least = max(1, (site.announced or 2) // 2)
    minute = sum(host.encode()) % 60  # portals do not all want to be read at the same minute
    return f"""title = {title}
publisher = {title}
publisher_local = {title}
country = "{country}"
languages = ["{language}"]
zone = "{zone_of(country)}"
home = {json.dumps(site.url)}
access = "{site.platform}"
role = "original"
schedule = "{minute} 5 * * *"
status = "trial"
robots_note = "Obeyed whatever it says."
terms = "Not read yet."

[licence]
name = "unknown"
attribution = {title}
republish = false
translate = false

[expect]
notices = [{least}, {most}]
filled = {{ title = 1.0 }}
silent_days = 30

# Every label that the portal prints, and the field of a call that it means, or "ignore".
[labels]

# Every status word that it prints: forthcoming, open or closed.
[statuses]
"""


def _title(site: Site) -> str:
    return re.sub(r"\s+", " ", site.title).strip() or urlsplit(site.url).netloc


def _wrapped(text: str) -> str:
    return "\n".join(line if len(line) <= 98 else f"{line[:95]}..." for line in text.splitlines())


def _whole_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ScaffoldError(f"can't write {path}: {error.strerror}") from error
