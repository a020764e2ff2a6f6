"""Order of assignments, office hours, style and endings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add how a case is led and how it ended, who saw what of it, and when a therapist is in."""
    op.add_column("case", sa.Column("style", sa.String(), nullable=True))
    op.add_column("case", sa.Column("ending", sa.String(), nullable=True))
    op.add_column("member", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("member", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("person", sa.Column("office", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("person", "office")
    op.drop_column("member", "told_at")
    op.drop_column("member", "looked_at")
    op.drop_column("case", "ending")
    op.drop_column("case", "style")
