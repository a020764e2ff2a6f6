"""The send slots of reminders over all workers; the scope that covers what is due."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_URGENT = sa.text("state = 'waiting' AND kind IN ('contact', 'notice')")


def upgrade() -> None:
    """Add the slots, the scope of a due row, and an index over what must arrive."""
    op.create_table(
        "send_slot",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_send_slot"),
    )
    op.add_column("due", sa.Column("scope", sa.String(), nullable=True))
    op.create_index(
        "ix_due_urgent", "due", ["due_at"], sqlite_where=_URGENT, postgresql_where=_URGENT
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_due_urgent", "due")
    op.drop_column("due", "scope")
    op.drop_table("send_slot")
