"""Folded contents

What a version says goes into one column, folded (storage/contents.py). Rows that are there stay as they are: both
forms are read, and `variorum compact` folds them, a thousand at a time.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("version", sa.Column("content", sa.LargeBinary(), nullable=True))
    plain = sa.text("content IS NULL")
    op.create_index("ix_version_plain", "version", ["id"], unique=False, sqlite_where=plain, postgresql_where=plain)
