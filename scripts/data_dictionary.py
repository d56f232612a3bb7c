"""Write the data dictionary in docs/database.md from the tables and views.

``--check`` changes nothing and fails if the page is out of step.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Column, ForeignKey
from sqlalchemy.dialects import sqlite

from storage.database.tables import KEPT, metadata
from storage.database.views import COMPUTED, VIEWS

PAGE = Path(__file__).parent.parent / "docs" / "database.md"
START = "<!-- dictionary: written by scripts/data_dictionary.py -->\n"


def render_dictionary() -> str:
    """Return the dictionary as Markdown."""
    return "\n".join([*_views(), *_tables()]) + "\n"


def _views() -> Iterator[str]:
    for name, (query, purpose) in VIEWS.items():
        yield from (f"### {name} (view)", "", f"{purpose}.", "")
        columns = [column.name for column in query().selected_columns]
        computed = [each for each in columns if each in COMPUTED]
        plain = [f"`{each}`" for each in columns if each not in COMPUTED]
        if computed:
            yield from ("| column | meaning |", "|---|---|")
            yield from (f"| `{each}` | {_cell(COMPUTED[each])} |" for each in computed)
            yield from ("", "and all columns of `call` but `words`.", "")
        else:
            yield from (f"Columns: {', '.join(plain)}.", "")


def _tables() -> Iterator[str]:
    for table in metadata.tables.values():
        kept = " Not derived: it is never cleared." if table.name in KEPT else ""
        yield from (f"### {table.name}", "", f"{table.comment}.{kept}", "")
        yield from ("| column | type | meaning |", "|---|---|---|")
        yield from (_row(column) for column in table.columns)
        yield ""


def _row(column: Column[object]) -> str:
    kind = str(column.type.compile(sqlite.dialect())).lower()  # type: ignore[no-untyped-call]
    marks = ["key"] if column.primary_key else []
    marks += [f"→ {_target(key)}" for key in column.foreign_keys]
    if column.nullable:
        marks.append("may be empty")
    about = f" ({', '.join(marks)})" if marks else ""
    return f"| `{column.name}` | {kind} | {_cell(column.comment or '')}{about} |"


def _target(key: ForeignKey) -> str:
    return key.target_fullname.partition(".")[0]


def _cell(words: str) -> str:
    return words.replace("|", r"\|").replace("<", r"\<")


def main() -> int:
    """Write the page, or check it."""
    text = PAGE.read_text(encoding="utf-8")
    prose, mark, _ = text.partition(START)
    if not mark:
        print(f"{PAGE} lacks the line {START.strip()}", file=sys.stderr)
        return 1
    fresh = f"{prose}{START}\n{render_dictionary()}".rstrip("\n") + "\n"
    if "--check" in sys.argv[1:]:
        if fresh != text:
            print(f"{PAGE} is out of step; run: {sys.executable} {__file__}", file=sys.stderr)
        return int(fresh != text)
    PAGE.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
