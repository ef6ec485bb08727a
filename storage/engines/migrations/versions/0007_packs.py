"""Packs"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "pack",
        sa.Column("id", big, autoincrement=False, nullable=False),
        sa.Column("source_id", big, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Text(), nullable=False),
        sa.Column("dictionary_pack", sa.BigInteger(), nullable=True),
        sa.Column("dictionary_offset", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_pack_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack")),
    )
