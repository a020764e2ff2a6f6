"""Alembic's way in. It always works on the connection that `Database.upgrade` opened.

The next revision is a file beside 0001, written by hand; a test compares the outcome with
tables.py on both databases and names what is missing.
"""

from alembic import context
from sqlmodel import SQLModel

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
