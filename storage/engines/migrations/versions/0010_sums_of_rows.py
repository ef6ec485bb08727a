"""Sums of rows, and the last word on a work"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("visit", "work", "work_url"):
        op.add_column(table, sa.Column("row_sum", sa.BigInteger(), nullable=True))
    for table in ("version", "work", "work_url"):
        op.add_column(table, sa.Column("seen_sum", sa.BigInteger(), nullable=True))
    of_works = sa.text("kind = 'work'")
    op.create_index("ix_event_of_work", "event", ["work_id", "seq"], sqlite_where=of_works, postgresql_where=of_works)
