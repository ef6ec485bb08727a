"""Rows in a PostgreSQL database: connections, transactions, errors.

One connection reads (and cannot write), one writes. A write transaction begins by taking an advisory lock, so writers
take turns as they do in SQLite: what a batch read is still so when it writes, and seqs are committed in their order.
Drawn from a sequence, they were not: a consumer that had read seq 2 never saw seq 1, committed later (measured).

A server that was restarted between two questions or two transactions is connected to again. One that goes away within
a transaction ends it: nothing of it is stored, or, if that happened while it was being committed, all of it may be.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache
from itertools import count
from typing import Any, Literal, Self

import psycopg
from psycopg.abc import AdaptContext
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, TupleRow, dict_row, tuple_row

from storage.engines.database import LOCK_WAIT_S, Database, Row
from storage.engines.place import without_password
from variorum.errors import StorageError

__all__ = ("LOCK", "Postgres", "condition", "connected", "connected_plainly", "explained", "translated")

LEAST_VERSION = 15  #: the oldest that variorum is tested with
STATEMENT_S = 600  #: the longest that one statement may take: a guard against what hangs, no bar
IDLE_S = 300  #: a writer that sleeps within a transaction is put out after this, others wait for its lock
RESTART_S = 30  #: how long a server may take to restart
_CONNECT_S = 10
#: The one write lock of an archive. The first number says that it is ours, the second of which schema.
LOCK = "SELECT pg_advisory_xact_lock(1986097769, (current_schema()::regnamespace::oid::bigint - 2147483648)::int)"
#: Questions are many and short: compiling them and starting helpers takes longer than their answers do, and so does
#: reading a whole table where an index leads to some hundred rows, whatever the costs of a time of spinning disks say.
#: Joins are written in the order in which they are best made: to try all orders of ten tables took 16 ms.
_PLANS = (
    "SET jit = off; SET max_parallel_workers_per_gather = 0; SET random_page_cost = 1.1; SET join_collapse_limit = 4; "
)
_BATCH = 500  # rows fetched at a time by `stream`


class Postgres(Database):
    """One connection to a PostgreSQL database."""

    dialect: Literal["sqlite", "postgresql"] = "postgresql"

    def __init__(self, address: str, *, write: bool) -> None:
        self.address = self._url = address
        self.place = without_password(address)
        self._write = write
        self._within = False  # a transaction of `transaction`
        self._streams = 0  # that are being read, all within one transaction
        self._names = count(1)
        self._connection = self._connected()

    def _connected(self) -> psycopg.Connection[DictRow]:
        connection = connected(self._url, autocommit=True)
        settings = f"SET statement_timeout = '{STATEMENT_S}s'; SET lock_timeout = '{LOCK_WAIT_S}s'; {_PLANS}"
        if self._write:
            settings += f"SET idle_in_transaction_session_timeout = '{IDLE_S}s'; "
            settings += (  # what is reported as stored must be on the disk
                "SELECT set_config('synchronous_commit', 'local', false) "
                "WHERE current_setting('synchronous_commit') = 'off'"
            )
        else:
            settings += "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        try:
            connection.execute(settings)
        except psycopg.Error as error:
            connection.close()
            raise explained(error, self.place) from error
        return connection

    def close(self) -> None:
        self._connection.close()

    def again(self, *, write: bool) -> Self:
        return type(self)(self._url, write=write)

    def tables(self) -> set[str]:
        rows = self.all(
            """SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace
               AND relkind IN ('r', 'p', 'v', 'm', 'f')"""
        )
        return {row["relname"] for row in rows}

    # -------------------------------------------------------------------------------------------- statements
    def all(self, query: str, **values: Any) -> list[Row]:
        return self._asked(translated(query), values).fetchall()  # type: ignore[return-value]

    def stream(self, query: str, **values: Any) -> Iterator[Row]:
        alone = not self._within and not self._streams
        if alone:
            self._asked("BEGIN")
        self._streams += 1
        try:
            with self._connection.cursor(f"stream{next(self._names)}") as cursor:
                cursor.itersize = _BATCH
                cursor.execute(translated(query), values)
                yield from cursor
        except psycopg.Error as error:
            raise explained(error, self.place) from error
        finally:
            self._streams -= 1
            if not self._within and not self._streams:
                self._roll_back()

    def run(self, statement: str, **values: Any) -> int:
        try:
            return self._connection.execute(translated(statement), values).rowcount
        except psycopg.Error as error:
            raise explained(error, self.place) from error

    def run_many(self, statement: str, rows: Iterable[Mapping[str, Any]]) -> None:
        try:
            self._connection.cursor().executemany(translated(statement), rows)
        except psycopg.Error as error:
            raise explained(error, self.place) from error

    def insert(self, table: str, values: Mapping[str, Any], *, key: str | None = "id") -> int:
        try:
            cursor = self._connection.execute(_insertion(table, tuple(values), key), values)
            row = cursor.fetchone() if key else None
        except psycopg.Error as error:
            raise explained(error, self.place) from error
        return int(row[key]) if key and row else 0

    def _asked(self, query: str, values: Mapping[str, Any] | None = None) -> psycopg.Cursor[DictRow]:
        """Run what may be run twice; again on a new connection if the server was restarted since the last time."""
        try:
            return self._connection.execute(query, values)
        except psycopg.Error as error:
            if not self._connection.closed or self._within or self._streams:
                raise explained(error, self.place) from error
        self._connect_again()
        try:
            return self._connection.execute(query, values)
        except psycopg.Error as error:
            raise explained(error, self.place) from error

    def _connect_again(self) -> None:
        until = time.monotonic() + RESTART_S
        while True:
            try:
                self._connection = self._connected()
            except _Away:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return

    # -------------------------------------------------------------------------------------------- transactions
    @contextmanager
    def transaction(self) -> Iterator[None]:
        assert not self._streams, "a transaction within a stream would see nothing new and end it"
        self._begin()
        self._within = True
        try:
            yield
            self._commit()
        except BaseException:
            self._roll_back()
            raise
        finally:
            self._within = False

    def _begin(self) -> None:
        try:
            self._asked(f"BEGIN; {LOCK}")
        except BaseException:
            self._roll_back()
            raise

    def _commit(self) -> None:
        try:
            said = self._connection.execute("COMMIT").statusmessage
        except psycopg.Error as error:
            if not self._connection.closed:
                raise explained(error, self.place) from error
            raise StorageError(
                f"{self.place} went away while a batch was being committed: it may be stored or not. Run again: "
                "what is stored is not stored twice"
            ) from error
        if said != "COMMIT":  # the server rolls a failed transaction back without an error
            raise StorageError(f"{self.place}: a statement failed within a transaction: nothing of it was stored")

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):  # a connection that is lost has rolled back
            self._connection.execute("ROLLBACK")

    def go_on_counting(self) -> None:
        """Let numbers go on behind those that rows have: they were given elsewhere."""
        for row in self.all(
            """SELECT c.relname AS name, pg_get_serial_sequence(c.oid::regclass::text, 'id') AS counter
               FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'id'
               WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'"""
        ):
            if row["counter"] is not None:
                self.all(
                    "SELECT setval(CAST(:counter AS text)::regclass, "
                    f"(SELECT coalesce(max(id), 0) + 1 FROM {row['name']}), false)",
                    counter=row["counter"],
                )

    # -------------------------------------------------------------------------------------------- soundness
    def faults(self, *, deep: bool) -> Iterator[str]:
        for table in sorted(self.tables()):
            try:
                if deep:  # every row whole, so that a page that cannot be read is found
                    self.all(f'SELECT sum(length(CAST(t AS text))) AS n FROM "{table}" t')
            except StorageError as error:
                yield str(error)
        if not deep or not self.all("SELECT 1 FROM pg_extension WHERE extname = 'amcheck'"):
            return
        for row in self.all(
            """SELECT c.relname, c.oid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
               JOIN pg_am a ON a.oid = c.relam
               WHERE c.relnamespace = current_schema()::regnamespace AND a.amname = 'btree' ORDER BY c.relname"""
        ):
            try:
                self.all("SELECT bt_index_check(CAST(:index AS oid), true)", index=row["oid"])
            except StorageError as error:
                yield f"index {row['relname']}: {error}"

    def dangling(self) -> Iterator[tuple[str, str]]:
        for row in self.all(
            """SELECT c.conrelid::regclass::text AS child, c.confrelid::regclass::text AS parent,
                   a.attname AS name, b.attname AS key
               FROM pg_constraint c
               JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
               JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1]
               WHERE c.contype = 'f' AND c.connamespace = current_schema()::regnamespace
               ORDER BY 1, 3"""
        ):
            child, parent, name, key = (row[column] for column in ("child", "parent", "name", "key"))
            for lost in self.all(
                f"""SELECT DISTINCT c.{name} AS value FROM {child} c LEFT JOIN {parent} p ON p.{key} = c.{name}
                    WHERE c.{name} IS NOT NULL AND p.{key} IS NULL ORDER BY 1"""
            ):
                yield f"{child} where {name} is {lost['value']}", parent


# ------------------------------------------------------------------------------------------------ queries
_PARTS = re.compile(r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | :: | :(?P<name>[A-Za-z_]\w*) | %""", re.VERBOSE)


@lru_cache(maxsize=1024)
def translated(query: str) -> str:
    """Return a query with `:name` parameters as psycopg wants it: `%(name)s`, any other percent sign doubled."""
    return _PARTS.sub(lambda part: f"%({part['name']})s" if part["name"] else part[0].replace("%", "%%"), query)


@lru_cache(maxsize=256)
def _insertion(table: str, names: tuple[str, ...], key: str | None) -> str:
    holes = ", ".join(f"%({name})s" for name in names)
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({holes})" + (f" RETURNING {key}" if key else "")


class _Number(Loader):
    """What a sum of numbers comes as: an int, or a float if it has a fraction."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdecimal() else float(text)


class _Truth(Dumper):
    """A truth is 0 or 1 in rows."""

    def dump(self, obj: bool) -> bytes:
        return b"1" if obj else b"0"


# ------------------------------------------------------------------------------------------------ connections
def connected(address: str, *, autocommit: bool) -> psycopg.Connection[DictRow]:
    """Return a new connection to a server that is new enough.

    Raises:
        StorageError: There is none to be had; the message says what to do.
    """
    place = without_password(address)
    try:
        told: dict[str, Any] = {"connect_timeout": _CONNECT_S, "keepalives_idle": 30, "keepalives_interval": 10}
        told |= conninfo_to_dict(address) | {"client_encoding": "utf8"}
        told.setdefault("fallback_application_name", "variorum")
    except psycopg.Error as error:  # its text holds the address
        raise StorageError(f"{place} is no address of PostgreSQL: postgresql://user@host:5432/database") from error
    try:
        connection = psycopg.connect(**told, autocommit=autocommit, row_factory=dict_row)
    except psycopg.Error as error:
        raise _unreached(error, place) from None  # what went wrong is in the message; the trace shows the password
    _adapt(connection)
    try:
        _demand_fit(connection, place)
    except BaseException:
        connection.close()
        raise
    return connection


def condition(address: str) -> tuple[str, dict[str, str]]:
    """Return what to call a server, and those of its settings on which it depends whether an archive is safe there.

    Raises:
        StorageError: It cannot be reached.
    """
    database = Postgres(address, write=False)
    try:
        rows = database.all(
            """SELECT name, setting FROM pg_settings
               WHERE name IN ('server_version', 'fsync', 'full_page_writes', 'data_checksums')"""
        )
    finally:
        database.close()
    return database.place, {row["name"]: row["setting"] for row in rows}


def connected_plainly(address: str) -> psycopg.Connection[TupleRow]:
    """Return a new connection as other libraries want one: rows are tuples, a transaction begins by itself.

    Raises:
        StorageError: As for `connected`.
    """
    connection: psycopg.Connection[Any] = connected(address, autocommit=False)
    connection.row_factory = tuple_row
    return connection


def _adapt(context: AdaptContext) -> None:
    assert context.adapters is not None
    context.adapters.register_loader("numeric", _Number)
    context.adapters.register_dumper(bool, _Truth)


def _demand_fit(connection: psycopg.Connection[DictRow], place: str) -> None:
    """Refuse a server that is too old, and a database that cannot hold all signs."""
    version = connection.info.server_version
    if version < LEAST_VERSION * 10_000:
        raise StorageError(
            f"{place} is PostgreSQL {version // 10_000}.{version % 10_000}; variorum needs {LEAST_VERSION} or newer"
        )
    coding = connection.info.parameter_status("server_encoding")
    if coding != "UTF8":
        raise StorageError(
            f"{place} holds its texts in {coding}: make a database for the archive with "
            "createdb --encoding=UTF8 --template=template0 NAME"
        )
    row = connection.execute("SELECT current_schema() AS name").fetchone()
    if not connection.autocommit:
        connection.rollback()
    if row is None or row["name"] is None:
        raise StorageError(f"{place} has no schema to make tables in: CREATE SCHEMA that its search_path names")


class _Away(StorageError):
    """The server cannot be reached, or will not take anybody now."""


def _unreached(error: psycopg.Error, place: str) -> StorageError:
    text = " ".join(str(error).split())
    if "password authentication failed" in text or "no password supplied" in text:
        return StorageError(
            f"{place} does not let you in: {_last(text)}. Give the password by PGPASSWORD, in ~/.pgpass, or within the "
            "address in VARIORUM_DATABASE; variorum never keeps it"
        )
    if 'role "' in text and "does not exist" in text:
        return StorageError(f"{place} does not let you in: {_last(text)}. Name a user: postgresql://USER@host/database")
    if 'database "' in text and "does not exist" in text:
        return StorageError(f"{place} is not there: {_last(text)}. Make it with: createdb --encoding=UTF8 NAME")
    if "pg_hba.conf" in text:
        return StorageError(f"{place} does not let you in: {_last(text)}. Ask who runs the server for a line there")
    if "too many" in text or "remaining connection slots" in text:
        return _Away(f"{place} takes no more connections: {_last(text)}. Try again later, or raise max_connections")
    return _Away(f"{place} does not answer: {_last(text)}. Is the server running, and the address right?")


def _last(text: str) -> str:
    """Return the server's own words: libpq puts the address before them, once for each that it tried."""
    return re.split(r"FATAL:\s*|connection failed:\s*", text)[-1].rstrip(". ")


_ADVICE = {
    "53100": "the disk of the server is full; free some space and run again, nothing is lost",
    "53200": "the server has no memory left; run again later, nothing is lost",
    "25006": "it cannot be written: a standby server, or one set to read-only",
    "42P01": "it holds no archive of this version of variorum",
    "42703": "it holds no archive of this version of variorum",
    "42501": "this user may not do that: let the user own the database (ALTER DATABASE … OWNER TO …)",
    "57014": f"the question took longer than {STATEMENT_S} s and was ended",
    "XX001": "it is damaged; restore it from a backup, the WARC files hold all bytes",
    "XX002": "an index of it is damaged: REINDEX DATABASE, then variorum check --deep",
}


def explained(error: psycopg.Error, place: str) -> StorageError:
    """Return an error of a statement in words that say what to do."""
    text = " ".join(str(error).split())
    state = error.sqlstate or ""
    if state == "55P03":
        return StorageError(f"{place} is held by another process for longer than {LOCK_WAIT_S} s: {text}")
    if state in _ADVICE:
        return StorageError(f"{place}: {_ADVICE[state]} ({text})")
    if isinstance(error, psycopg.OperationalError) and (not state or state.startswith(("08", "57P"))):
        return StorageError(f"{place} went away: {text}. Run again when it is back: what was reported as stored is")
    if isinstance(error, psycopg.DataError) and "NUL" in text:
        return StorageError(f"{place} has no place for a zero byte in a text: its extractor must replace it ({text})")
    return StorageError(f"{place}: {text}")
