"""${message}."""

import sqlalchemy as sa
from alembic import op

from storage.column_types import UtcMoment, Words

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the migration."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Take the migration back."""
    ${downgrades if downgrades else "pass"}
