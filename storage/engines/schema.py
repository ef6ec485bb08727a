"""Make and upgrade the database of an archive. Imports alembic and SQLModel, and only when there is work for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from storage.engines import fulltext
from storage.engines.database import LOCK_WAIT_S, Address, Database, open_database
from storage.engines.place import without_password
from storage.events import append_event
from storage.reading import to_text
from variorum.errors import StorageError
from variorum.times import utc_now

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Newest revision. A test compares it with the migrations' own head.
HEAD = "0011"
#: The revisions before it, which `upgrade` can start from.
OLDER: frozenset[str] = frozenset(f"{number:04}" for number in range(1, 11))


def revision(database: Database) -> str | None:
    """Return the revision of a database, None if it has no schema yet."""
    found = "alembic_version" in database.tables()
    row = database.one("SELECT version_num FROM alembic_version") if found else None
    return str(row["version_num"]) if row else None


def is_empty(database: Database) -> bool:
    """Return whether there is nothing at all in a database: making it was interrupted, or has only just begun."""
    return not database.tables()


def upgrade(address: Address) -> None:
    """Bring a database to the newest revision; make it if it is not there. Safe to call at once twice.

    Raises:
        StorageError: It cannot be upgraded; then nothing of it is changed.
    """
    before = migrate(address)
    if before != HEAD:
        _record(address, before)
    build_index(address)


def build_index(address: Address) -> None:
    """Build the full-text index, unless it is built: making it was interrupted, or another variorum made it."""
    database = open_database(address, write=True)
    try:
        fulltext.build(database)
    finally:
        database.close()


def migrate(address: Address, to: str = "head") -> str | None:
    """Bring a database to a revision, in one transaction; return the revision that it had.

    Raises:
        StorageError: It cannot be done; then nothing is changed.
    """
    return _migrate_sqlite(address, to) if isinstance(address, Path) else _migrate_postgres(address, to)


def _migrate_sqlite(path: Path, to: str) -> str | None:
    from sqlalchemy import create_engine, event

    from storage.engines.sqlite import sqlite3, use_wal

    engine = create_engine(f"sqlite:///{path}", module=sqlite3)

    @event.listens_for(engine, "connect")
    def _(dbapi: sqlite3.Connection, _record: object) -> None:
        dbapi.isolation_level = None  # no late BEGIN of the driver's own: the lock is taken below
        use_wal(dbapi)
        dbapi.execute("PRAGMA foreign_keys=OFF")

    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            before = _run_migrations(connection, to)
            if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall():
                raise StorageError(f"{path}: the upgrade would break {len(broken)} references; nothing was changed")
            driver = connection.connection.dbapi_connection
            if driver is not None and driver.in_transaction:  # alembic may have committed already
                connection.exec_driver_sql("COMMIT")
    finally:
        engine.dispose()
    return before


def _migrate_postgres(address: str, to: str) -> str | None:
    from sqlalchemy import NullPool, create_engine
    from sqlalchemy.exc import DBAPIError

    from storage.engines.postgres import LOCK, connected_plainly, explained

    engine = create_engine("postgresql+psycopg://", creator=lambda: connected_plainly(address), poolclass=NullPool)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(
                f"SET lock_timeout = '{LOCK_WAIT_S}s'"
            )  # behind whoever reads a table to its end
            connection.exec_driver_sql(LOCK)
            before = _run_migrations(connection, to)
            for table, column in connection.exec_driver_sql(_UNORDERED).fetchall():
                connection.exec_driver_sql(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C"')
    except DBAPIError as error:
        raise explained(error.orig, without_password(address)) from error  # type: ignore[arg-type]
    finally:
        engine.dispose()
    return before


#: Text columns that are not ordered bytewise yet, as SQLite orders them, and as times and addresses must be.
_UNORDERED = """SELECT c.relname, a.attname FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid JOIN pg_collation o ON o.oid = a.attcollation
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname <> 'alembic_version'
    AND a.atttypid = 'text'::regtype AND a.attnum > 0 AND NOT a.attisdropped AND o.collname <> 'C' ORDER BY 1, 2"""


def _run_migrations(connection: Connection, to: str) -> str | None:
    from alembic import command
    from alembic.config import Config
    from alembic.migration import MigrationContext

    before: str | None = MigrationContext.configure(connection).get_current_revision()
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)
    return before


def _record(address: Address, before: str | None) -> None:
    database = open_database(address, write=True)
    try:
        with database.transaction():
            append_event(database, "schema", to_text(utc_now()), detail={"from": before, "to": HEAD})
    finally:
        database.close()
