"""Rows are signed by the code that made them for each portal apart."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration: nothing is signed, so the next run reads every portal again."""
    op.drop_table("derivation")
    op.create_table(
        "derivation",
        sa.Column("portal", sa.Text(), nullable=False, comment="Stem of the portal"),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="Fingerprint of the code that made its rows"
        ),
        sa.PrimaryKeyConstraint("portal", name=op.f("pk_derivation")),
        comment="Which code each portal's rows come from: they are made again when it changes",
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("derivation")
    op.create_table(
        "derivation",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False, comment="Always 1"),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="Fingerprint of the code that made all rows"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_derivation")),
        comment="Which code the derived rows come from: one row",
        sqlite_with_rowid=False,
    )
