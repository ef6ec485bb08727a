"""What was taken down, as every question must ask before it tells a text (storage/takedown.py takes down)."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from storage.contents import columns, unfolded
from storage.engines.database import Database, Row, chunks, marks
from storage.reading import time_of
from storage.rows import Takedown, Version, Work
from variorum.records import TakedownLevel
from variorum.times import to_rfc3339

LEVELS: tuple[TakedownLevel, ...] = ("hide", "refuse", "destroy")


def standing(database: Database, work_ids: Collection[int]) -> dict[int, Takedown]:
    """Return work → its takedown, or that of its post: the strictest. Works that may be shown are left out."""
    if database.one("SELECT 1 AS found FROM takedown WHERE lifted_at IS NULL LIMIT 1") is None:
        return {}
    found: dict[int, Takedown] = {}
    for part in chunks(sorted(set(work_ids))):
        holes, values = marks("w", part)
        for row in database.all(
            f"""SELECT t.work_id AS of_id, t.* FROM takedown t WHERE t.lifted_at IS NULL AND t.work_id IN ({holes})
                UNION ALL
                SELECT w.id AS of_id, t.* FROM work w JOIN takedown t ON t.work_id = w.post_id
                WHERE t.lifted_at IS NULL AND t.thread = 1 AND w.id IN ({holes})""",
            **values,
        ):
            told, known = takedown_of(row), found.get(row["of_id"])
            if known is None or LEVELS.index(told.level) > LEVELS.index(known.level):
                found[row["of_id"]] = told
    return found


def takedown_of(row: Row) -> Takedown:
    """Read a takedown from a whole row of its table."""
    return Takedown(
        id=row["id"],
        work_id=row["work_id"],
        level=row["level"],
        reason=row["reason"],
        by=row["by_whom"],
        at=time_of(row["at"]),
        thread=bool(row["thread"]),
        done=row["done_at"] is not None,
    )


def all_standing(database: Database) -> list[Takedown]:
    """Return all takedowns that stand, oldest first."""
    return [takedown_of(row) for row in database.all("SELECT * FROM takedown WHERE lifted_at IS NULL ORDER BY id")]


def withheld_works(database: Database, works: Sequence[Work]) -> list[Work]:
    """Return works as they may be shown: those that are taken down without their titles."""
    down = standing(database, [work.id for work in works])
    return [replace(work, title="", takedown=down[work.id]) if work.id in down else work for work in works]


def withheld_versions(database: Database, versions: Sequence[Version]) -> list[Version]:
    """Return versions as they may be shown: those of works that are taken down without what they say."""
    down = standing(database, [version.work_id for version in versions])
    return [
        replace(item, title="", text="", markdown="", meta={}, takedown=down[item.work_id])
        if item.work_id in down
        else item
        for item in versions
    ]


def withheld_addresses(database: Database) -> set[tuple[int, str]]:
    """Return the addresses of posts that are taken down, each with its source."""
    rows = database.all(
        """SELECT w.source_id, u.url FROM takedown t JOIN work w ON w.id = t.work_id JOIN work_url u ON u.work_id = w.id
           WHERE t.lifted_at IS NULL"""
    )
    return {(row["source_id"], row["url"]) for row in rows}


def withheld_captures(database: Database) -> set[int]:
    """Return the captures that hold what was taken down: those that were found then, and what was read since."""
    found = {
        row["capture_id"]
        for row in database.all(
            """SELECT x.capture_id FROM takedown_capture x JOIN takedown t ON t.id = x.takedown_id
               WHERE t.lifted_at IS NULL"""
        )
    }
    rows = database.all(
        f"""SELECT v.capture_id, {columns()} FROM takedown t
           JOIN work w ON w.id = t.work_id OR (w.post_id = t.work_id AND t.thread = 1)
           JOIN version v ON v.work_id = w.id AND v.recorded_at > t.at AND v.kind NOT IN ('gone', 'merged', 'takedown')
           WHERE t.lifted_at IS NULL"""
    )
    for row in unfolded(database, rows):
        found.update(number for told in json.loads(row["witnesses"]) for number in told["capture_ids"])
        if row["capture_id"] is not None:
            found.add(row["capture_id"])
    return found


def refused_works(database: Database) -> dict[int, bool]:
    """Return the works that are not to be archived again, and whether their threads are not, either."""
    rows = database.all("SELECT work_id, thread FROM takedown WHERE lifted_at IS NULL AND level <> 'hide'")
    return {row["work_id"]: bool(row["thread"]) for row in rows}


def refused_addresses(database: Database, source_id: int) -> set[str]:
    """Return the addresses of a source from which no bytes are to be kept."""
    rows = database.all(
        """SELECT DISTINCT u.url FROM takedown t JOIN work w ON w.id = t.work_id JOIN work_url u ON u.work_id = w.id
           WHERE t.lifted_at IS NULL AND t.level <> 'hide' AND w.source_id = :source AND w.work_type <> 'comment'""",
        source=source_id,
    )
    return {row["url"] for row in rows}


def destroyed_digests(database: Database) -> set[str]:
    """Return the digests of bodies that were destroyed, 64 hex digits each."""
    rows = database.all(
        """SELECT DISTINCT c.sha256 FROM takedown t JOIN takedown_capture x ON x.takedown_id = t.id
           JOIN capture c ON c.id = x.capture_id WHERE t.level = 'destroy' AND t.lifted_at IS NULL"""
    )
    return {row["sha256"].hex() for row in rows}


def destroyed_captures(database: Database, capture_ids: Collection[int]) -> dict[int, Takedown]:
    """Return capture → the takedown that destroyed its bytes."""
    found: dict[int, Takedown] = {}
    for part in chunks(sorted(set(capture_ids))):
        holes, values = marks("c", part)
        for row in database.all(
            f"""SELECT x.capture_id, t.* FROM takedown_capture x JOIN takedown t ON t.id = x.takedown_id
                WHERE t.level = 'destroy' AND t.lifted_at IS NULL AND x.capture_id IN ({holes}) ORDER BY t.id DESC""",
            **values,
        ):
            found[row["capture_id"]] = takedown_of(row)
    return found


def takedown_told(down: Takedown) -> dict[str, Any]:
    """Return a takedown as records and answers tell it."""
    return {"level": down.level, "reason": down.reason, "by": down.by, "at": to_rfc3339(down.at)}
