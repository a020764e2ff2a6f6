"""What backup, quarantine, retention and the limit on guesses need."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add what the models gained."""
    op.add_column("update_seen", sa.Column("error", sa.String(), nullable=True))
    op.add_column("person", sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "erasure",
        sa.Column("person_hash", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_hash", "at", name="pk_erasure"),
    )
    op.create_table(
        "guess",
        sa.Column("bucket", sa.String(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", "hour", name="pk_guess"),
    )


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("guess")
    op.drop_table("erasure")
    op.drop_column("person", "heard_at")
    op.drop_column("update_seen", "error")
