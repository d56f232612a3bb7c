"""The clock of a database: where it has one, it counts as the current time."""

from datetime import datetime

from sqlalchemy import Connection

from storage.database.rows import upsert
from storage.database.tables import clock


def set_clock(connection: Connection, now: datetime | None) -> None:
    """Let the views tell a call's status at an aware moment; ``None``: at the current time."""
    if now is None:
        connection.execute(clock.delete())
    else:
        upsert(connection, clock, [{"id": 1, "now": now}])
