"""Signs and response plans."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the table of signs, the partner's plan, and which card stands pinned."""
    op.create_table(
        "sign",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("practice_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=True),
        sa.Column("words", sa.LargeBinary(), nullable=True),
        sa.Column("amber", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id", name="pk_sign"),
        *(
            sa.ForeignKeyConstraint(
                [f"{owner}_id"], [f"{owner}.id"], name=f"fk_sign_{owner}_id", ondelete="CASCADE"
            )
            for owner in ("case", "practice", "person")
        ),
    )
    op.create_index("ix_sign_person_id", "sign", ["person_id"])
    op.add_column("member", sa.Column("plan", sa.LargeBinary(), nullable=True))
    op.add_column("person", sa.Column("pinned", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take it away again."""
    op.drop_column("person", "pinned")
    op.drop_column("member", "plan")
    op.drop_index("ix_sign_person_id", "sign")
    op.drop_table("sign")
