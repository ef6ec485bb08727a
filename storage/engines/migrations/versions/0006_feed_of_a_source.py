"""Feed of a source"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_version_source_id_seq"), "version", ["source_id", "seq"], unique=False)
