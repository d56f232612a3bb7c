"""Pages that ended, or held up, the process that read them: not derived, kept by page.

A rebuild on the same machine must not run into them again and must give the same rows, so they
are read only by a few later runs, and whenever the code that reads pages has changed.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, select

from storage.database.rows import insert_new
from storage.database.tables import page_set_aside as table

TRIES = 3
"""How often a page is tried with the same code, in as many runs."""


def add(connection: Connection, page_id: str, reason: str, code: str) -> None:
    """Set a page aside; one that is set aside already stays as it is."""
    row = {"page_id": page_id, "reason": reason, "code": code, "tries": 1}
    insert_new(connection, table, [row])


def reasons(connection: Connection) -> Mapping[str, str]:
    """Return why pages are set aside, by id."""
    rows = connection.execute(select(table.c.page_id, table.c.reason))
    return {row.page_id: row.reason for row in rows}


def due(connection: Connection, codes: Collection[str]) -> list[str]:
    """Return the pages that this code has tried before and may try once more, by id.

    ``codes`` are the fingerprints of today's code, one for each portal.
    """
    query = select(table.c.page_id).where(table.c.code.in_(codes), table.c.tries < TRIES)
    return list(connection.scalars(query.order_by(table.c.page_id)))


def count_try(connection: Connection, page_id: str) -> None:
    """Note that a page was tried once more, in vain."""
    this = table.c.page_id == page_id
    connection.execute(table.update().where(this).values(tries=table.c.tries + 1))


def forget(connection: Connection, page_id: str) -> None:
    """Take a page back."""
    connection.execute(table.delete().where(table.c.page_id == page_id))


def forget_other_code(connection: Connection, codes: Collection[str]) -> None:
    """Take back the pages that other code has set aside."""
    connection.execute(table.delete().where(table.c.code.not_in(codes)))
