"""Run by alembic. The connection comes from storage/schema.py; foreign keys are off while tables are rebuilt."""

from alembic import context
from sqlmodel import SQLModel

import storage.tables  # fills the metadata
from storage.migrations.rules import include_object

assert storage.tables

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_object=include_object,
)
with context.begin_transaction():
    context.run_migrations()
