"""Write the README's table of portals from their descriptions; ``--check`` only tells."""

import sys
from pathlib import Path

from callboard.catalogue import renew
from crawlers import registry

README = Path(__file__).parents[1] / "README.md"


def main() -> None:
    """Rewrite the README, or with ``--check`` exit with 1 where it is out of step."""
    before = README.read_text(encoding="utf-8")
    after = renew(before, registry.load())
    if "--check" not in sys.argv:
        README.write_text(after, encoding="utf-8")
    elif after != before:
        sys.exit("README.md: the table of portals is out of step: make portals")


if __name__ == "__main__":
    main()
