"""How Alembic runs here: on the connection the store hands over, in its transaction."""

from alembic import context
from sqlmodel import SQLModel

from workflow import tables  # noqa: F401 - fills the metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=SQLModel.metadata, render_as_batch=True)
context.run_migrations()
