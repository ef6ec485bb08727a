"""The one face of the database: what modules of this room may ask of it, whichever engine holds the rows.

Two engines answer: storage/engines/sqlite.py and storage/engines/postgres.py. Queries are plain SQL that both
understand, with `:name` parameters; docs/storage.md ("SQL for two engines") lists what that leaves out. What cannot be
said in one way asks `Database.dialect`, in as few modules as possible (storage/engines/fulltext.py).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

__all__ = ("LOCK_WAIT_S", "Address", "Database", "Row", "batched", "chunks", "marks", "open_database")

LOCK_WAIT_S = 30  #: how long a writer waits for the one write lock
Address = Path | str  #: file of a SQLite database, or "postgresql://…"
Row = Mapping[str, Any]
Item = TypeVar("Item")


class Database(ABC):
    """One connection. Not shared between threads or processes.

    Values are int, float, str, bytes and None, and come back as such; a truth is 0 or 1.
    """

    dialect: Literal["sqlite", "postgresql"]
    address: Address  #: what `open_database` takes; may hold a password
    place: str  #: for people: never holds a password

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def again(self, *, write: bool) -> Self:
        """Return another connection to the same place."""

    @abstractmethod
    def tables(self) -> set[str]:
        """Return the names of all tables, also those that are not ours."""

    @abstractmethod
    def all(self, query: str, **values: Any) -> list[Row]:
        """Return all rows of a query with `:name` parameters."""

    def one(self, query: str, **values: Any) -> Row | None:
        """Return the first row of a query, None if there is none."""
        rows = self.all(query, **values)
        return rows[0] if rows else None

    @abstractmethod
    def stream(self, query: str, **values: Any) -> Iterator[Row]:
        """Yield the rows of a query as they are read, all as of one moment. No transaction may begin meanwhile."""

    @abstractmethod
    def run(self, statement: str, **values: Any) -> int:
        """Run one statement and return the number of rows that it changed."""

    @abstractmethod
    def run_many(self, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Run one statement for each of *rows*."""

    @abstractmethod
    def insert(self, table: str, values: Mapping[str, Any], *, key: str | None = "id") -> int:
        """Insert one row and return its number.

        Args:
            table: Its name.
            values: Column → value.
            key: The column that holds the number; None for a table that gives none, the result is 0 then.
        """

    @abstractmethod
    def transaction(self) -> AbstractContextManager[None]:
        """Hold the one write lock for the block: commit at its end, roll back on any error.

        Writers of one archive take turns, whole transactions at a time: what one reads within its transaction nobody
        else changes, and the seqs of the event log are committed in their order.
        """

    @abstractmethod
    def faults(self, *, deep: bool) -> Iterator[str]:
        """Yield what the engine itself finds wrong with its files.

        Args:
            deep: Look at every row and index, however long that takes.
        """

    @abstractmethod
    def dangling(self) -> Iterator[tuple[str, str]]:
        """Yield rows that name a row that is not there, and of which table that would be."""


def open_database(address: Address, *, write: bool) -> Database:
    """Open a connection.

    Args:
        address: Path of a SQLite file, or "postgresql://…".
        write: Whether it may write.

    Raises:
        StorageError: It cannot be opened; the message says what to do.
    """
    if isinstance(address, Path):
        from storage.engines.sqlite import Sqlite

        return Sqlite(address, write=write)
    from storage.engines.postgres import Postgres

    return Postgres(address, write=write)


def chunks(values: Sequence[Item], size: int = 500) -> Iterator[Sequence[Item]]:
    """Yield *values* in pieces that fit into one IN list."""
    return (values[start : start + size] for start in range(0, len(values), size))


def batched(rows: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Yield *rows* in lists of *size*, as they come."""
    left = iter(rows)
    while found := list(islice(left, size)):
        yield found


def marks(prefix: str, values: Sequence[Any]) -> tuple[str, dict[str, Any]]:
    """Return the holes and the parameters for an IN list: (":x0, :x1", {"x0": …, "x1": …})."""
    names = {f"{prefix}{number}": value for number, value in enumerate(values)}
    return ", ".join(":" + name for name in names), names
