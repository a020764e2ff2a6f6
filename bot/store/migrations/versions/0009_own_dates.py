"""Dates of the partner's own that a rule needs."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add a sealed column to the person."""
    op.add_column("person", sa.Column("own_dates", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("person", "own_dates")
