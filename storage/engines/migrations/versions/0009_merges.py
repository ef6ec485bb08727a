"""Merges"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "merge",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("work_id", _BIG, nullable=False),
        sa.Column("into_id", _BIG, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_merge_work_id")),
        sa.ForeignKeyConstraint(["into_id"], ["work.id"], name=op.f("fk_merge_into_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merge")),
    )
    op.create_index(op.f("ix_merge_work_id"), "merge", ["work_id"], unique=False)
