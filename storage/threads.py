"""The comments of a post in the order in which a reader sees them: every answer beneath what it answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from storage.contents import unfolded
from storage.engines.database import Database, Row, marks
from storage.reading import WORK_COLUMNS, WORK_TABLES, to_text, version_of, work_of
from storage.rows import Version, Work

_CHUNK = 500
_ORDER_AT = """SELECT w.id, w.native_id, w.parent_native_id, w.depth, w.position, (
        SELECT v.id FROM version v WHERE v.work_id = w.id AND v.observed_first <= :at
        ORDER BY v.observed_first DESC, v.number DESC LIMIT 1) AS version_id
    FROM work w WHERE w.post_id = :post ORDER BY w.position, w.id"""
_ORDER_NOW = """SELECT w.id, w.native_id, w.parent_native_id, w.depth, w.position, w.head_id AS version_id
    FROM work w WHERE w.post_id = :post ORDER BY w.position, w.id"""


def thread_at(
    database: Database, post_id: int, at: datetime | None, after_position: int | None, limit: int | None
) -> list[tuple[Work, Version]]:
    """Return the comments of a post as they stood; see `storage.archive.Archive.thread`."""
    if at is None:
        rows = database.all(_ORDER_NOW, post=post_id)
    else:
        rows = database.all(_ORDER_AT, post=post_id, at=to_text(at))
    placed = thread_order([row for row in rows if row["version_id"] is not None])
    start = 0 if after_position is None else after_position + 1
    wanted = placed[start:] if limit is None else placed[start : start + limit]
    works: dict[int, Work] = {}
    versions: dict[int, Version] = {}
    for begin in range(0, len(wanted), _CHUNK):
        chunk = wanted[begin : begin + _CHUNK]
        holes, values = marks("x", [row["id"] for row, _ in chunk])
        for row in database.all(f"SELECT {WORK_COLUMNS} FROM {WORK_TABLES} WHERE w.id IN ({holes})", **values):
            works[row["id"]] = work_of(row)
        holes, values = marks("x", [row["version_id"] for row, _ in chunk])
        rows = database.all(f"SELECT * FROM version WHERE id IN ({holes})", **values)
        for row in unfolded(database, rows):
            versions[row["id"]] = version_of(row)
    return [
        (replace(works[row["id"]], position=start + number, depth=depth), versions[row["version_id"]])
        for number, (row, depth) in enumerate(wanted)
    ]


def thread_order(rows: Sequence[Row]) -> list[tuple[Row, int]]:
    """Return comments with their depths: each one's answers follow it, brothers stand in order of position.

    Args:
        rows: With id, native_id, parent_native_id, depth, position; in order of position. A comment whose parent is
            not among them (never seen, held) stands on the first level with the depth that the page told.
    """
    by_native = {row["native_id"]: row["id"] for row in rows if row["native_id"] is not None}
    children: dict[int | None, list[Row]] = {}
    for row in rows:
        parent = by_native.get(row["parent_native_id"]) if row["parent_native_id"] else None
        children.setdefault(parent if parent != row["id"] else None, []).append(row)
    placed: list[tuple[Row, int]] = []
    seen: set[int] = set()
    _place(children, children.get(None, []), placed, seen)
    # what is left answers in a circle: no page shows that, but no comment may be lost over it
    _place(children, [row for row in rows if row["id"] not in seen], placed, seen)
    return placed


def _place(
    children: dict[int | None, list[Row]], roots: Sequence[Row], placed: list[tuple[Row, int]], seen: set[int]
) -> None:
    waiting = [(row, int(row["depth"])) for row in reversed(roots)]
    while waiting:
        row, depth = waiting.pop()
        if row["id"] in seen:
            continue
        seen.add(row["id"])
        placed.append((row, depth))
        waiting.extend((child, depth + 1) for child in reversed(children.get(row["id"], [])))
