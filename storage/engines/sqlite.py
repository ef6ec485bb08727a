"""Rows in a SQLite file: connections, transactions, errors.

It is opened through pysqlite3 where it is installed, because the interpreter's own library may be older than
3.51.3 and hold the WAL-reset corruption bug. One connection reads (and cannot write), one writes; a write transaction
begins IMMEDIATE, since a deferred one loses updates or fails with "database is locked" (measured: 0 of 300 lost
against 104 of 300).
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self

from storage.engines.database import LOCK_WAIT_S, Database, Row
from variorum.errors import StorageError

try:
    import pysqlite3.dbapi2 as sqlite3
except ImportError:  # no wheel for this platform: `variorum doctor` says so
    import sqlite3

__all__ = ("Sqlite", "sqlite3", "sqlite_version", "use_wal")

_PRAGMAS = ("foreign_keys=ON", "temp_store=MEMORY")
#: secure_delete: a row that is rewritten leaves no copy that a takedown would not find. Its CPU could not be measured.
_PRAGMAS_OF_WRITERS = (
    "synchronous=NORMAL",
    "wal_autocheckpoint=4000",
    "journal_size_limit=67108864",
    "secure_delete=ON",
)


class Sqlite(Database):
    """One connection to a SQLite file."""

    dialect: Literal["sqlite", "postgresql"] = "sqlite"

    def __init__(self, path: Path, *, write: bool) -> None:
        self.path = self.address = path
        self.place = str(path)
        try:
            self._connection = _connected(path, write=write)
            self._connection.row_factory = sqlite3.Row
            if write:
                use_wal(self._connection)
            for pragma in _PRAGMAS + _PRAGMAS_OF_WRITERS if write else _PRAGMAS:
                self._connection.execute("PRAGMA " + pragma)
            self._connection.execute(f"PRAGMA cache_size={-262144 if write else -65536}")
            if not write:
                self._connection.execute("PRAGMA query_only=ON")
        except sqlite3.Error as error:
            raise _explained(error, path) from error

    def close(self) -> None:
        self._connection.close()

    def again(self, *, write: bool) -> Self:
        return type(self)(self.path, write=write)

    def tables(self) -> set[str]:
        return {row["name"] for row in self.all("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def all(self, query: str, **values: Any) -> list[Row]:
        try:
            return self._connection.execute(query, values).fetchall()  # type: ignore[no-any-return]
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error

    def stream(self, query: str, **values: Any) -> Iterator[Row]:
        try:
            yield from self._connection.execute(query, values)
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error

    def run(self, statement: str, **values: Any) -> int:
        try:
            return int(self._connection.execute(statement, values).rowcount)
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error

    def run_many(self, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
        try:
            self._connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error

    def insert(self, table: str, values: Mapping[str, Any], *, key: str | None = "id") -> int:
        names = ", ".join(values)
        holes = ":" + ", :".join(values)
        try:
            cursor = self._connection.execute(f"INSERT INTO {table} ({names}) VALUES ({holes})", values)
        except sqlite3.Error as error:
            raise _explained(error, self.path) from error
        return int(cursor.lastrowid or 0) if key else 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            yield
            self.run("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
                self.run("ROLLBACK")
            raise

    def copy_to(self, path: Path) -> None:
        """Write all of it, as of this moment, to a new file; others may write meanwhile.

        Raises:
            StorageError: It cannot be read, or *path* not be written.
        """
        try:
            target = sqlite3.connect(str(path), isolation_level=None)
            try:
                self._connection.backup(target)
            finally:
                target.close()
        except sqlite3.Error as error:
            raise StorageError(f"{self.path} cannot be copied to {path}: {error}") from error

    def faults(self, *, deep: bool) -> Iterator[str]:
        name = "integrity_check" if deep else "quick_check"
        yield from (str(row[name]) for row in self.all(f"PRAGMA {name}") if row[name] != "ok")

    def dangling(self) -> Iterator[tuple[str, str]]:
        for row in self.all("PRAGMA foreign_key_check"):
            yield f"{row['table']} {row['rowid']}", row["parent"]


def _connected(path: Path, *, write: bool) -> sqlite3.Connection:
    """Return a connection; where nothing can be written (a snapshot, a mount that is read-only), one for such places.

    A database in WAL mode wants its `-shm` file beside it even to be read. Where that cannot be made nobody else can
    write either, so the file may be read as one that never changes; not so if a log is left that would be passed over.
    """
    timeout = LOCK_WAIT_S
    connection = sqlite3.connect(str(path), isolation_level=None, timeout=timeout)
    if write or os.access(path.parent, os.W_OK):
        return connection
    try:
        connection.execute("SELECT 1 FROM sqlite_master")
    except sqlite3.OperationalError as error:
        log = path.with_name(path.name + "-wal")
        barred = "unable to open" in str(error) or "readonly" in str(error)
        if not barred or not path.is_file() or (log.exists() and log.stat().st_size):
            raise
        connection.close()
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        return sqlite3.connect(address, uri=True, isolation_level=None, timeout=timeout)
    return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on, and wait for whoever does the same.

    The first connection of all changes the file for it; SQLite then answers any other "database is locked" at once,
    whatever the busy timeout (seen with two processes that made one archive), so the question is put again.
    """
    connection.execute(f"PRAGMA busy_timeout={LOCK_WAIT_S * 1000}")
    until = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def sqlite_version() -> tuple[str, str]:
    """Return the version of the SQLite library in use, and the driver that brought it."""
    return sqlite3.sqlite_version, sqlite3.__name__.partition(".")[0]


def _explained(error: Exception, path: Path) -> StorageError:
    """Return the error in words that say what to do."""
    text = str(error)
    if "locked" in text or "busy" in text:
        return StorageError(f"{path} is held by another process for longer than {LOCK_WAIT_S} s: {text}")
    if "readonly" in text or "unable to open" in text:
        return StorageError(f"{path} cannot be opened for this: {text}; check that its folder exists and is writable")
    if "full" in text:
        return StorageError(f"the disk that holds {path} is full; free some space and run again, nothing is lost")
    if "malformed" in text or "not a database" in text:
        return StorageError(f"{path} is damaged: {text}; restore it from a backup, the WARC files hold all bytes")
    if "no such table" in text or "no such column" in text:
        return StorageError(f"{path} is no archive of this version of variorum: {text}")
    return StorageError(f"{path}: {text}")
