"""Favourite phrases; since when help with phrases rests because control was told of."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the table of favourites, and a moment to each person."""
    op.create_table(
        "favourite",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "id", name="pk_favourite"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_favourite_person_id", ondelete="CASCADE"
        ),
    )
    op.add_column("person", sa.Column("control_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Take them away again."""
    op.drop_column("person", "control_at")
    op.drop_table("favourite")
