"""The catalogue of portals: each as plain values, all as a table in Markdown, and what is wrong."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawlers import registry
from crawlers.portals import FOLDER, PortalFileError, load_portal
from schema.portals import Portal

if TYPE_CHECKING:
    from storage.database.portals import PortalState

META = {"url", "kind", "fetched_at", "status", "content_type", "licence", "note", "issues"}
LEAST_CASES = 2
"""One full and one odd."""
UNKNOWN = "unknown"
NO_DERIVATIVES = re.compile(r"\b(?:ND|NoDerivatives|no derivatives)\b", re.IGNORECASE)

APPROVED_BY = "tests/crawlers/spiders/test_portals.py"
"""The test that compares cases with what was approved, and approves them with ``APPROVE=1``."""


def describe(portal: Portal, state: "PortalState | None", calls: int) -> dict[str, Any]:
    """Return one portal as plain values; the state is ``None`` where there is no database."""
    last = state.last_complete_at if state else None
    return {
        "portal": portal.stem,
        "title": portal.title,
        "country": portal.country,
        "languages": list(portal.languages),
        "publisher": portal.publisher,
        "access": portal.access,
        "role": portal.role,
        "licence": portal.licence.name,
        "rhythm": portal.rhythm,
        "schedule": portal.schedule,
        "home": portal.home,
        "scope": portal.scope,
        "status": portal.status,
        "last_success": last.isoformat() if last else None,
        "notices": state.standing if state else 0,
        "calls": calls,
    }


def render_markdown(portals: Mapping[str, Portal]) -> str:
    """Return a table in Markdown, one row a portal, by country, and what is read only in part."""
    lines = [
        "| portal | country | language | publisher | route | licence | rhythm |",
        "|---|---|---|---|---|---|---|",
    ]
    for portal in sorted(portals.values(), key=lambda each: (each.country, each.stem)):
        cells = (
            f"[{_cell(portal.title)}]({portal.home}) `{portal.stem}`",
            portal.country,
            ", ".join(portal.languages),
            _cell(portal.publisher),
            portal.access,
            _cell(portal.licence.name),
            portal.rhythm if portal.status in ("trial", "released") else portal.status,
        )
        lines.append(f"| {' | '.join(cells)} |")
    partial = [each for _, each in sorted(portals.items()) if each.scope]
    if partial:
        lines += ["", "Read in part, on purpose:", ""]
        lines += [f"- `{each.stem}`: {each.scope}" for each in partial]
    return "\n".join(lines)


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("[", "(").replace("]", ")")


def check(stems: Sequence[str], fixtures: Path) -> list[str]:
    """Return one line for each thing that is wrong with portals; all portals where none is named.

    Names, the TOML's schema, the licence, fixture cases, and that the spider loads and yields a
    first request to one of the portal's own hosts.
    """
    descriptions = {path.stem for path in FOLDER.glob("*.toml")}
    spiders = {path.stem for path in FOLDER.glob("[a-z]*.py")}
    found = [f"{stem}: a spider without a {stem}.toml" for stem in sorted(spiders - descriptions)]
    found += [
        f"{stem}: a description without a {stem}.py" for stem in sorted(descriptions - spiders)
    ]
    unknown = [stem for stem in stems if stem not in descriptions]
    found += [f"{stem}: no such portal" for stem in unknown]
    for stem in sorted(stems or descriptions & spiders):
        if stem in descriptions & spiders:
            found += [f"{stem}: {complaint}" for complaint in _check_one(stem, fixtures / stem)]
    return [line for line in found if not stems or line.partition(":")[0] in stems]


def _check_one(stem: str, cases: Path) -> list[str]:
    try:
        portal = load_portal(FOLDER / f"{stem}.toml")
        first = _first_request(stem)
    except PortalFileError as error:
        return [str(error)]
    except Exception as error:  # noqa: BLE001 - whatever a spider does is the finding
        return [f"the spider yields no first request: {error!r}"]
    return [*first, *_check_licence(portal), *_check_cases(cases)]


def _first_request(stem: str) -> list[str]:
    spider = registry.spider(stem)()
    first = next(iter(spider.begin()), None)
    url = getattr(first, "url", None)
    if url is None:
        return ["the spider yields no first request"]
    host = url.split("/")[2]
    return [] if host in spider.hosts else [f"the first request goes to {host}, not its own host"]


def _check_licence(portal: Portal) -> list[str]:
    licence, found = portal.licence, []
    if not licence.name.strip() or not licence.attribution.strip():
        found.append("licence.name and licence.attribution must not be empty")
    if licence.translate and not licence.republish:
        found.append("licence.translate without licence.republish: a translation is a copy")
    if portal.status == "released" and licence.name == UNKNOWN:
        found.append("released with an unknown licence: a person decides that first")
    if licence.translate and NO_DERIVATIVES.search(licence.name):
        found.append(f"licence.translate, but {licence.name} allows no derivatives")
    return found


def _check_cases(folder: Path) -> list[str]:
    cases = sorted(path.parent for path in folder.glob("*/meta.json"))
    found = []
    if len(cases) < LEAST_CASES:
        found.append(
            f"{len(cases)} fixture cases of {LEAST_CASES}: `callboard portals fixture URL`"
        )
    for case in cases:
        try:
            meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
        except ValueError as error:
            found.append(f"{case.name}/meta.json: {error}")
            continue
        if set(meta) != META:
            found.append(f"{case.name}/meta.json: needs exactly {', '.join(sorted(META))}")
        if len(list(case.glob("page.*"))) != 1:
            found.append(f"{case.name}: needs one page.html, page.json or page.xml")
        if not (case / "expected.json").is_file():
            found.append(f"{case.name}: not approved: APPROVE=1 pytest {APPROVED_BY}")
    return found
