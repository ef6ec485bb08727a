"""Duplicates"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "consumer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_consumer")),
    )
    op.create_table(
        "near_key",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("work_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", "work_id", name=op.f("pk_near_key")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "near_common",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("holders", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_near_common")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "near_text",
        sa.Column("work_id", _BIG, nullable=False),
        sa.Column("version_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["version.id"], name=op.f("fk_near_text_version_id")),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_near_text_work_id")),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_near_text")),
    )
    op.create_table(
        "dup_link",
        sa.Column("low_id", _BIG, nullable=False),
        sa.Column("high_id", _BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("jaccard", sa.Float(), nullable=False),
        sa.Column("containment", sa.Float(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("shorter_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["high_id"], ["work.id"], name=op.f("fk_dup_link_high_id")),
        sa.ForeignKeyConstraint(["low_id"], ["work.id"], name=op.f("fk_dup_link_low_id")),
        sa.PrimaryKeyConstraint("low_id", "high_id", name=op.f("pk_dup_link")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_dup_link_high_id"), "dup_link", ["high_id"], unique=False)
    op.create_table(
        "dup_member",
        sa.Column("work_id", _BIG, nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("exact_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("of_id", sa.BigInteger(), nullable=True),
        sa.Column("similarity", sa.Float(), nullable=False),
        sa.Column("method", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["work_id"], ["work.id"], name=op.f("fk_dup_member_work_id")),
        sa.PrimaryKeyConstraint("work_id", name=op.f("pk_dup_member")),
    )
    op.create_index(op.f("ix_dup_member_group_id_work_id"), "dup_member", ["group_id", "work_id"], unique=False)
