"""Run by alembic. The connection comes from storage/engines/schema.py; foreign keys are off meanwhile."""

from alembic import context
from sqlmodel import SQLModel

import storage.engines.tables  # fills the metadata
from storage.engines.migrations.rules import include_object

assert storage.engines.tables

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
