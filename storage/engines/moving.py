"""Take the rows of an archive out of its SQLite file into PostgreSQL.

All rows go over in one transaction, while nobody may write the old file; before that is committed, the new rows are
counted, the event log is followed to its end, and what versions say is compared with it. Then the folder is told. The
old file stays, under another name, and refuses to be written, also by a process that has it open.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from storage.check import sound_rows
from storage.engines import fulltext, schema
from storage.engines.database import Database, batched, open_database
from storage.engines.place import KEPT, SQLITE, keep_address, kept_address
from storage.engines.postgres import Postgres
from storage.engines.sqlite import Sqlite
from storage.events import append_event
from storage.health import is_alive
from storage.reading import to_text
from variorum.errors import StorageError, UsageError
from variorum.times import utc_now

MOVED = SQLITE + ".moved"  #: what the old file is called afterwards
Progress = Callable[[str, int, int | None], None]
_OTHERS = frozenset(("alembic_version", "sqlite_sequence", "sqlite_stat1", "sqlite_stat4"))
_GUARDED = ("event", "visit", "version", "work", "run")
_BATCH = 1_000  # rows written at a time


def move(folder: Path, address: str, progress: Progress) -> dict[str, int]:
    """Move the rows of the archive in *folder* to an empty PostgreSQL database.

    Args:
        folder: Of an archive with its rows in SQLite.
        address: "postgresql://…".
        progress: Called with the name of a table, how much is done, and of how much.

    Returns:
        Table → rows that were moved.

    Raises:
        UsageError: There is no such archive, somebody is at work on it, or the database is not empty.
        StorageError: A row could not be moved, or does not say there what it said here; then nothing has changed.
    """
    if (kept := kept_address(folder)) is not None:
        raise UsageError(f"the rows of {folder} are in {kept} already, as {folder / KEPT} says")
    path = folder / SQLITE
    if not path.is_file():
        raise UsageError(f"there is no archive in {folder}, or none with its rows in {SQLITE}")
    schema.upgrade(path)
    _make_empty(address)
    source, target = Sqlite(path, write=True), Postgres(address, write=True)
    try:
        _demand_peace(source)
        with source.transaction():
            with target.transaction():
                moved = _copy(source, target, progress)
                append_event(target, "moved", to_text(utc_now()), detail={"from": "sqlite", "to": "postgresql"})
                target.run("ANALYZE")  # a server that knows nothing of its tables joins them row by row
                _demand_sound(target, progress)
            _guard(source)
            if not keep_address(folder, address):
                raise StorageError(f"{folder / KEPT} has appeared meanwhile: the rows are in both databases now")
    finally:
        source.close()
        target.close()
    for suffix in ("", "-wal", "-shm"):
        old = path.with_name(path.name + suffix)
        if old.exists():
            old.replace(folder / (MOVED + suffix))
    return moved


def _make_empty(address: str) -> None:
    """Make the tables, or find them made and empty: a move before was interrupted."""
    database = open_database(address, write=False)
    try:
        found = schema.revision(database)
        if found is None and not schema.is_empty(database):
            raise UsageError(f"{database.place} holds other tables: name an empty database")
        if found is not None and database.one("SELECT seq FROM event LIMIT 1") is not None:
            raise UsageError(f"{database.place} holds the rows of an archive already: name an empty database")
    finally:
        database.close()
    schema.migrate(address)


def _demand_peace(source: Database) -> None:
    busy = [row["process"] for row in source.all("SELECT process FROM run WHERE ended_at IS NULL")]
    if alive := [process for process in busy if is_alive(process)]:
        raise UsageError(f"{alive[0]} is at work on this archive: wait for its end, or stop it")


def _copy(source: Sqlite, target: Postgres, progress: Progress) -> dict[str, int]:
    moved: dict[str, int] = {}
    for table in _in_order(source):
        total = _count(source, table)
        done = 0
        names = [row["name"] for row in source.all(f"PRAGMA table_info({table})")]
        order = " ORDER BY id" if "id" in names else ""  # a comment comes behind its post
        holes = ", ".join(f":{name}" for name in names)
        for rows in batched(source.stream(f"SELECT * FROM {table}{order}"), _BATCH):
            target.run_many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({holes})", [dict(row) for row in rows])
            done += len(rows)
            progress(table, done, total)
        if done != total or _count(target, table) != total:
            raise StorageError(f"{target.place}: {table} has not all of the {total} rows of {source.place}")
        moved[table] = done
    _index(target, progress)
    target.go_on_counting()
    return moved


def _in_order(source: Database) -> list[str]:
    """Return our tables, each behind those that it refers to."""
    left = {
        table: {row["table"] for row in source.all(f"PRAGMA foreign_key_list({table})")} - {table}
        for table in sorted(source.tables() - _OTHERS)
        if table != "fts" and not table.startswith("fts_")
    }
    order: list[str] = []
    while left:
        table = next(name for name, needs in left.items() if needs <= set(order))
        order.append(table)
        del left[table]
    return order


def _index(target: Database, progress: Progress) -> None:
    """Build the index of the other engine."""
    done = 0
    while not fulltext.is_built(target):
        fulltext.build_some(target, _BATCH)
        done += _BATCH
        progress("index", done, None)


def _demand_sound(target: Database, progress: Progress) -> None:
    found = next(iter(sound_rows(target, progress)), None)
    if found is not None:
        raise StorageError(f"the rows do not say there what they said here: {found.where}: {found.what}")


def _guard(source: Sqlite) -> None:
    """Let the old file refuse every write, also those of processes that have it open."""
    for table in _GUARDED:
        for when in ("INSERT", "UPDATE", "DELETE"):
            source.run(
                f"""CREATE TRIGGER moved_{table}_{when.lower()} BEFORE {when} ON {table}
                    BEGIN SELECT RAISE(ABORT, 'this archive has moved to PostgreSQL: begin again'); END"""
            )


def _count(database: Database, table: str) -> int:
    row = database.one(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"]) if row is not None else 0
