"""Pause, holidays, rhythm, discretion and the access log."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_WISHES = (
    "rhythm",
    "pause_until",
    "holiday_from",
    "holiday_to",
    "discreet",
    "unheard",
    "reminded_on",
)


def upgrade() -> None:
    """Add what the models gained."""
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("rhythm", sa.String(), nullable=False, server_default="daily"),
        sa.Column("pause_until", sa.Date(), nullable=True),
        sa.Column("holiday_from", sa.Date(), nullable=True),
        sa.Column("holiday_to", sa.Date(), nullable=True),
        sa.Column("discreet", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("unheard", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("reminded_on", sa.Date(), nullable=True),
    )
    for column in columns:
        op.add_column("person", column)
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "access_log",
        sa.Column("id", number, nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_log"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name="fk_access_log_person_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_access_log_at", "access_log", ["at"])
    op.create_index("ix_access_log_person_id_at", "access_log", ["person_id", "at"])


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("access_log")
    for column in reversed(_WISHES):
        op.drop_column("person", column)
