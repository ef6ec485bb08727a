"""Make and upgrade the database of an archive. Imports alembic and SQLModel, and only when there is work for them."""

from __future__ import annotations

from pathlib import Path

from storage.database import Database, open_database
from storage.events import append_event
from storage.reading import to_text
from variorum.errors import StorageError
from variorum.times import utc_now

#: Newest revision. A test compares it with the migrations' own head.
HEAD = "0003"
#: The revisions before it, which `upgrade` can start from.
OLDER: frozenset[str] = frozenset({"0001", "0002"})


def revision(database: Database) -> str | None:
    """Return the revision of a database, None if it has no schema yet."""
    found = "alembic_version" in database.tables()
    row = database.one("SELECT version_num FROM alembic_version") if found else None
    return str(row["version_num"]) if row else None


def is_empty(database: Database) -> bool:
    """Return whether there is nothing at all in a database: making it was interrupted, or has only just begun."""
    return not database.tables()


def upgrade(path: Path) -> None:
    """Bring the database at *path* to the newest revision; make it if it is not there. Safe to call at once twice."""
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine, event

    from storage.sqlite import sqlite3, use_wal

    engine = create_engine(f"sqlite:///{path}", module=sqlite3)

    @event.listens_for(engine, "connect")
    def _(dbapi: sqlite3.Connection, _record: object) -> None:
        dbapi.isolation_level = None  # no late BEGIN of the driver's own: the lock is taken below
        use_wal(dbapi)
        dbapi.execute("PRAGMA foreign_keys=OFF")

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            before = MigrationContext.configure(connection).get_current_revision()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise StorageError(f"{path}: the upgrade would break {len(broken)} references; nothing was changed")
            driver = connection.connection.dbapi_connection
            if driver is not None and driver.in_transaction:  # alembic may have committed already
                connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()
    if before != HEAD:
        _record(path, before)


def _record(path: Path, before: str | None) -> None:
    database = open_database(path, write=True)
    try:
        with database.transaction():
            append_event(database, "schema", to_text(utc_now()), detail={"from": before, "to": HEAD})
    finally:
        database.close()
