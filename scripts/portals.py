"""Write docs/portals.md from the portals' descriptions; ``--check`` only tells.

No portal has been crawled live from here. What is known of each is either a real answer of the
portal that somebody had saved in public, or a description. The rule by which they are told apart:
a portal was *written from saved answers* if ``test_captures.py`` runs its reader over one.
(The answers lie beside the checkout, as most may not be passed on. One that was made up in the
form of a real one has ``synthetic`` in its name, and does not count.)
"""

import re
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from callboard.catalogue import render_markdown
from crawlers import registry
from schema.portals import Portal

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "portals.md"
CAPTURES = next((ROOT / "tests").rglob("test_captures.py"))
START = "<!-- portals: written by `make portals` -->\n"


def seen(portals: Iterable[str], captures: str) -> frozenset[str]:
    """Return the portals whose readers a test runs over saved answers, by the test's source."""
    named = re.findall(r'"([a-z]{2}_[a-z0-9_]+)",\s+f?"([^"]+)"', captures)
    return frozenset(stem for stem, of in named if "synthetic" not in of) & frozenset(portals)


def render(page: str, portals: Mapping[str, Portal], captures: str) -> str:
    """Return the page with the lists as they are today, or raise ``ValueError``."""
    prose, mark, _ = page.partition(START)
    if not mark:
        raise ValueError(f"no place for the lists: the line {START.strip()} is missing")
    of_answers = seen(portals, captures)
    of_descriptions = sorted(portals.keys() - of_answers)
    return f"""{prose}{START}
{len(portals)} portals: {len(of_answers)} written from saved answers, {len(of_descriptions)} from \
descriptions.

{render_markdown(portals)}

## Written from saved answers

{_names(sorted(of_answers))}

## Written from descriptions

{_names(of_descriptions)}
"""


def _names(stems: Iterable[str]) -> str:
    return ", ".join(f"`{stem}`" for stem in stems)


def main() -> None:
    """Rewrite the page, or with ``--check`` exit with 1 where it is out of step."""
    before = PAGE.read_text(encoding="utf-8")
    after = render(before, registry.load(), CAPTURES.read_text(encoding="utf-8"))
    if "--check" not in sys.argv:
        PAGE.write_text(after, encoding="utf-8")
    elif after != before:
        sys.exit("docs/portals.md is out of step: make portals")


if __name__ == "__main__":
    main()
