"""Pages that are set aside because they end or hold up the process that reads them."""

import sqlalchemy as sa
from alembic import op

from storage.database.column_types import StorableText

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    op.create_table(
        "page_set_aside",
        sa.Column("page_id", sa.Text(), nullable=False, comment="<crawl id>/<number>, as in page"),
        sa.Column(
            "reason", StorableText(), nullable=False, comment="What reading it does, in words"
        ),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="Fingerprint of the code that read it"
        ),
        sa.Column("tries", sa.Integer(), nullable=False, comment="In how many runs it was tried"),
        sa.PrimaryKeyConstraint("page_id", name="pk_page_set_aside"),
        comment="Pages that end or hold up the process that reads them; runs try them again",
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Take the migration back."""
    op.drop_table("page_set_aside")
