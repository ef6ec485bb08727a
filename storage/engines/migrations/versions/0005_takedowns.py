"""Takedowns"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "takedown",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("work_id", _BIG, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("thread", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_whom", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("done_at", sa.Text(), nullable=True),
        sa.Column("lifted_at", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_takedown_work_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedown")),
    )
    op.create_index(op.f("ix_takedown_work_id_lifted_at"), "takedown", ["work_id", "lifted_at"], unique=False)
    op.create_table(
        "takedown_capture",
        sa.Column("capture_id", _BIG, nullable=False),
        sa.Column("takedown_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["capture_id"], ["capture.id"], name=op.f("fk_takedown_capture_capture_id")),
        sa.ForeignKeyConstraint(["takedown_id"], ["takedown.id"], name=op.f("fk_takedown_capture_takedown_id")),
        sa.PrimaryKeyConstraint("capture_id", "takedown_id", name=op.f("pk_takedown_capture")),
    )
    op.create_index(op.f("ix_takedown_capture_takedown_id"), "takedown_capture", ["takedown_id"], unique=False)
