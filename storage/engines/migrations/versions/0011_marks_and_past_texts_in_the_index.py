"""Marks and past texts in the full-text index"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TOKENS = "content='', tokenize='unicode61 remove_diacritics 2'"


def upgrade() -> None:
    """Make both indexes, empty: storage/engines/fulltext.py fills them, and keeps in fts_state how far it has come."""
    op.execute("DROP TABLE fts")
    for table in ("fts", "fts_past"):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"CREATE VIRTUAL TABLE {table} USING fts5(title, body, marks, {_TOKENS})")
            continue
        op.execute(
            f"CREATE TABLE {table} (id bigint CONSTRAINT pk_{table} PRIMARY KEY, words tsvector NOT NULL, plain text)"
        )
        # a longer list of what is not sorted in yet is read by every search, and keeps the planner from the index
        op.execute(f"CREATE INDEX ix_{table}_words ON {table} USING gin (words) WITH (gin_pending_list_limit = 1024)")
    op.execute("CREATE TABLE fts_state (revision integer NOT NULL, work_id bigint)")
