"""Site memory and quality"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "page_sample",
        sa.Column("source_id", _BIG, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("run_id", _BIG, nullable=False),
        sa.Column("lines", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_page_sample_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_page_sample_source_id")),
        sa.PrimaryKeyConstraint("source_id", "url", name=op.f("pk_page_sample")),
    )
    op.create_table(
        "site_profile",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("source_id", _BIG, nullable=False),
        sa.Column("run_id", _BIG, nullable=False),
        sa.Column("checked_run_id", _BIG, nullable=False),
        sa.Column("revision", sa.Text(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("foot", sa.LargeBinary(), nullable=False),
        sa.Column("middle", sa.LargeBinary(), nullable=False),
        sa.Column("learnt_at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["checked_run_id"], ["run.id"], name=op.f("fk_site_profile_checked_run_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_site_profile_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_site_profile_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_profile")),
    )
    op.create_index(op.f("ix_site_profile_source_id_id"), "site_profile", ["source_id", "id"], unique=False)
    op.create_table(
        "run_quality",
        sa.Column("run_id", _BIG, nullable=False),
        sa.Column("source_id", _BIG, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("empty", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("compared", sa.Integer(), nullable=False),
        sa.Column("agreement", sa.Float(), nullable=True),
        sa.Column("drift", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_quality_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_run_quality_source_id")),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_quality")),
    )
    op.create_index(op.f("ix_run_quality_source_id"), "run_quality", ["source_id"], unique=False)
