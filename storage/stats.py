"""How large an archive is, what takes the room, and how it grows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from storage.archive import Archive
from storage.engines.database import Database
from storage.engines.sqlite import Sqlite
from storage.reading import to_text
from variorum.errors import StorageError
from variorum.times import utc_now

LATELY = timedelta(days=30)
_TABLES = ("source", "run", "visit", "capture", "work", "version", "event")


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSize:
    """What one source has, and what came in the last thirty days."""

    slug: str
    posts: int
    comments: int
    versions: int
    visits: int
    stored: int  #: bytes of its records on the disk, compressed
    received: int  #: bytes of the distinct bodies, decoded
    new_versions: int  #: of the last thirty days
    new_stored: int  #: bytes of the last thirty days


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What an archive is made of."""

    rows: Mapping[str, int]  #: table → rows
    database_bytes: int
    table_bytes: Mapping[str, int]  #: table with its indexes → bytes; empty where the engine does not tell
    files: Mapping[str, tuple[int, int]]  #: folder → files, bytes
    first_captures: tuple[int, int]  #: records with a payload of their own: number, bytes on the disk
    revisits: tuple[int, int]  #: records without
    sources: tuple[SourceSize, ...]


def stats(archive: Archive, source: str | None = None) -> Stats:
    """Return how large an archive is.

    Args:
        archive: Which.
        source: Tell of this source alone, in `sources`; see `Archive.source`.
    """
    database = archive.database
    chosen = archive.source(source).id if source is not None else None
    kinds = {
        bool(row["revisit"]): (row["n"], int(row["bytes"] or 0))
        for row in database.all(
            """SELECT revisit_of IS NOT NULL AS revisit, count(*) AS n, sum(warc_length) AS bytes FROM visit
               WHERE warc_file IS NOT NULL GROUP BY 1"""
        )
    }
    tables = _table_bytes(database)
    return Stats(
        rows={table: _count(database, table) for table in _TABLES},
        database_bytes=_database_bytes(database),
        table_bytes=tables,
        files={
            name: (len(sizes), sum(sizes))
            for name in ("warc", "packs")
            if (sizes := [path.stat().st_size for path in (archive.folder / name).glob("**/*") if path.is_file()])
        },
        first_captures=kinds.get(False, (0, 0)),
        revisits=kinds.get(True, (0, 0)),
        sources=tuple(_sources(database, chosen)),
    )


def _sources(database: Database, source_id: int | None) -> list[SourceSize]:
    where = "WHERE source_id = :source" if source_id is not None else ""
    values = {"source": source_id} if source_id is not None else {}
    since = to_text(utc_now() - LATELY)

    def by_source(query: str, **more: str) -> dict[int, tuple[int, ...]]:
        rows = database.all(query.format(where=where), **values, **more)
        return {
            row["source_id"]: tuple(int(value or 0) for name, value in dict(row).items() if name != "source_id")
            for row in rows
        }

    works = by_source(
        """SELECT source_id, sum(CASE WHEN work_type = 'comment' THEN 0 ELSE 1 END) AS posts,
                  sum(CASE WHEN work_type = 'comment' THEN 1 ELSE 0 END) AS comments
           FROM work {where} GROUP BY source_id"""
    )
    versions = by_source(
        """SELECT source_id, count(*) AS n, sum(CASE WHEN recorded_at >= :since THEN 1 ELSE 0 END) AS fresh
           FROM version {where} GROUP BY source_id""",
        since=since,
    )
    visits = by_source(
        """SELECT source_id, count(*) AS n, sum(warc_length) AS stored,
                  sum(CASE WHEN requested_at >= :since THEN warc_length ELSE 0 END) AS fresh
           FROM visit {where} GROUP BY source_id""",
        since=since,
    )
    bodies = by_source(
        """SELECT source_id, sum(size) AS received FROM (
               SELECT DISTINCT v.source_id, c.id, c.size
               FROM visit v JOIN capture c ON c.id = v.capture_id {where}) seen
           GROUP BY source_id"""
    )
    found = []
    for row in database.all("SELECT id, slug FROM source ORDER BY slug"):
        if source_id in (None, row["id"]):
            posts, comments = works.get(row["id"], (0, 0))
            count, fresh = versions.get(row["id"], (0, 0))
            seen, stored, new = visits.get(row["id"], (0, 0, 0))
            (received,) = bodies.get(row["id"], (0,))
            found.append(
                SourceSize(
                    slug=row["slug"],
                    posts=posts,
                    comments=comments,
                    versions=count,
                    visits=seen,
                    stored=stored,
                    received=received,
                    new_versions=fresh,
                    new_stored=new,
                )
            )
    return found


def _count(database: Database, table: str) -> int:
    row = database.one(f"SELECT count(*) AS n FROM {table}")
    return int(row["n"]) if row is not None else 0


def _database_bytes(database: Database) -> int:
    if isinstance(database, Sqlite):
        sides = [database.path.with_name(database.path.name + suffix) for suffix in ("", "-wal")]
        return sum(path.stat().st_size for path in sides if path.exists())
    row = database.one("SELECT pg_database_size(current_database()) AS n")
    return int(row["n"]) if row is not None else 0


def _table_bytes(database: Database) -> dict[str, int]:
    """Return the bytes of each table with its indexes, largest first; nothing where SQLite was built without dbstat."""
    query = """SELECT m.tbl_name AS name, sum(d.pgsize) AS bytes FROM dbstat d
               JOIN sqlite_master m ON m.name = d.name WHERE d.aggregate = TRUE GROUP BY m.tbl_name ORDER BY 2 DESC"""
    if not isinstance(database, Sqlite):
        query = """SELECT relname AS name, pg_total_relation_size(oid) AS bytes FROM pg_class
                   WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY 2 DESC"""
    try:
        return {row["name"]: int(row["bytes"]) for row in database.all(query)}
    except StorageError:
        return {}
