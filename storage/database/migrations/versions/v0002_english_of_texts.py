"""What the English of a text is worth, and the English of documents' names."""

import sqlalchemy as sa
from alembic import op

from storage.database.column_types import StorableText, UtcMoment

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ADDED = {
    "call_text": (
        ("english_tag", sa.Text(), "BCP 47 of the English: en-t-hr is from Croatian"),
        ("translated_at", UtcMoment(), "UTC; when its latest sentence was translated"),
        ("checks", StorableText(), "What the checks found, separated by semicolons"),
    ),
    "call_document": (
        ("english", StorableText(), "The label in English; empty while a translation is pending"),
        ("status", sa.Text(), "Of the English, as in call_text; empty: not tried"),
    ),
}


def upgrade() -> None:
    """Apply the migration."""
    for table, columns in ADDED.items():
        for name, kind, comment in columns:
            op.add_column(table, sa.Column(name, kind, nullable=True, comment=comment))


def downgrade() -> None:
    """Take the migration back."""
    for table, columns in ADDED.items():
        for name, _, _ in columns:
            op.drop_column(table, name)
