"""A clock that stands still, for the demo and for a fixed ``now``."""

import sqlalchemy as sa
from alembic import op

from storage.database.column_types import UtcMoment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column("now", UtcMoment(), nullable=False, comment="UTC; the moment that counts as now"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock")),
        comment="A clock that stands still: one row in the demo or with a fixed now, else none",
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the migration back."""
    op.drop_table("clock")
