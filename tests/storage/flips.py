"""Single bits, flipped in an archive: where, in what, and which columns hold nothing that a record says."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.engines.database import Database, open_database
from storage.engines.place import address_of

_KEY = "a number of this archive: references to it are checked, nothing else depends on it"
_MADE = "made out of texts, and made anew by its command"
_LEARNT = "what was learnt of a site's template: it says nothing of any text"
_OWN = "how the keeper runs the archive"
_WHERE = "where packed bytes lie: packs are compared with their digest, and with each record that rows name"

#: table, or table.column → why a flipped bit there is not one in the content of a record.
NOT_CONTENT: Mapping[str, str] = {
    **dict.fromkeys(("source.id", "visit.id", "capture.id", "work.id", "version.id", "extractor.id"), _KEY),
    **dict.fromkeys(("merge.comments",), "the log tells of each where it went"),
    **dict.fromkeys(("takedown.id", "takedown_capture"), "compared with marks in the bytes, and found anew"),
    **dict.fromkeys(("near_key", "near_common", "near_text", "dup_link", "dup_member"), _MADE),
    **dict.fromkeys(("page_sample", "site_profile", "run_quality"), _LEARNT),
    **dict.fromkeys(("source.name", "source.platform", "source.settings", "source.every_s"), _OWN),
    **dict.fromkeys(("source.last_ingest_at", "run", "consumer", "takedown.done_at", "extractor.first_used"), _OWN),
    "pack": _WHERE,
    "tree_head": "its root is compared; when it was sealed is the keeper's word, or that of the kept time stamp",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row, by the row's whole key."""

    table: str
    column: str
    key: Mapping[str, Any]
    value: Any


def columns() -> dict[str, list[str]]:
    """Return table → its columns, as the schema declares them."""
    from sqlmodel import SQLModel

    import storage.engines.tables  # noqa: F401 fills the metadata

    return {table.name: [column.name for column in table.columns] for table in SQLModel.metadata.sorted_tables}


def content() -> dict[str, list[str]]:
    """Return table → the columns that hold what records say, or what proves it."""
    return {
        table: left
        for table, names in columns().items()
        if table not in NOT_CONTENT and (left := [name for name in names if f"{table}.{name}" not in NOT_CONTENT])
    }


def keys() -> dict[str, list[str]]:
    """Return table → the columns of its key."""
    from sqlmodel import SQLModel

    return {table.name: [column.name for column in table.primary_key] for table in SQLModel.metadata.sorted_tables}


def cells(folder: Path, chance: random.Random) -> Iterator[Cell]:
    """Yield values without end, every column of the content as often as any other that has one."""
    database = open_database(address_of(folder), write=False)
    own, found = keys(), {}
    for table, names in content().items():
        rows = [dict(row) for row in database.all(f"SELECT * FROM {table}")]
        for name in names:
            having = [
                Cell(table, name, {key: row[key] for key in own[table]}, row[name])
                for row in rows
                if row[name] not in (None, "", b"")
            ]
            if having:
                found[table, name] = having
    database.close()
    places = sorted(found)
    while True:
        chance.shuffle(places)
        yield from (chance.choice(found[place]) for place in places)


def turned(value: Any, chance: random.Random) -> Any:
    """Return a value with one bit turned; a text stays one, as PostgreSQL asks for."""
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(max(8, min(value.bit_length(), 31))))
    data = value if isinstance(value, bytes) else value.encode()
    while True:
        flipped = bytearray(data)
        flipped[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        if isinstance(value, bytes):
            return bytes(flipped)
        try:
            text = flipped.decode()
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text


def put(database: Database, cell: Cell, value: Any, key: Mapping[str, Any] | None = None) -> int:
    """Write a value into a cell behind the archive's back; return how many rows that was."""
    key = cell.key if key is None else key
    where = " AND ".join(f"{name} = :k_{name}" for name in key)
    values = {f"k_{name}": told for name, told in key.items()}
    return database.run(f"UPDATE {cell.table} SET {cell.column} = :new WHERE {where}", new=value, **values)


def unguarded(folder: Path) -> Database:
    """Return a connection that writes what it likes, references or not."""
    database = open_database(address_of(folder), write=True)
    database.run(
        "PRAGMA foreign_keys = OFF" if database.dialect == "sqlite" else "SET session_replication_role = replica"
    )
    return database


def flip_bit(data: bytes, chance: random.Random) -> tuple[int, bytes]:
    """Return where a bit was turned, and the bytes with it."""
    flipped = bytearray(data)
    at = chance.randrange(len(data))
    flipped[at] ^= 1 << chance.randrange(8)
    return at, bytes(flipped)
