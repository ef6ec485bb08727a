"""Works that turned out to be one: which is the same as which, who says so, and what may be.

A merge is a row and an event and is never forgotten. The history of the work that is given up ends with a version of
kind "merged"; its addresses lead to the other one, below which its comments go on. Its versions stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from storage.engines.database import Database, Row, chunks, marks
from storage.events import End, append_event
from storage.reading import json_text, time_of
from storage.rows import Merge, Proposal

_LEAST = 200  # characters of a text that proposes a merge: "Coming soon" is no evidence
_LIKE = 0.8  # share of the shingles of both


def merged_into(database: Database) -> dict[int, int]:
    """Return work → the work that it was merged into; where that was merged in its turn, the last one."""
    found = {
        row["work_id"]: row["into_id"]
        for row in database.all("SELECT work_id, into_id FROM merge WHERE undone_at IS NULL ORDER BY id")
    }
    for work_id, into_id in found.items():
        while into_id in found:
            into_id = found[into_id]
        found[work_id] = into_id
    return found


def merges(database: Database, source_id: int | None = None, work_id: int | None = None) -> list[Merge]:
    """Return the merges that stand, oldest first: of a source, of a work that was given up, or all."""
    rows = database.all(
        """SELECT m.*, w.url, w.source_id, i.url AS into_url FROM merge m JOIN work w ON w.id = m.work_id
           JOIN work i ON i.id = m.into_id
           WHERE m.undone_at IS NULL AND w.source_id = coalesce(:source, w.source_id)
           AND m.work_id = coalesce(:work, m.work_id) ORDER BY m.id""",
        source=source_id,
        work=work_id,
    )
    return [
        Merge(
            id=row["id"],
            work_id=row["work_id"],
            into_id=row["into_id"],
            url=row["url"],
            into_url=row["into_url"],
            reason=row["reason"],
            by=row["by_whom"],
            at=time_of(row["at"]),
        )
        for row in rows
    ]


def record_merge(
    database: Database,
    work: Mapping[str, Any],
    into_id: int,
    *,
    comments: Sequence[int],
    reason: str,
    by: str,
    at: str,
    end: End | None,
) -> End:
    """Write that a work is the same as another one, within the transaction under way.

    Args:
        database: The rows.
        work: The row of the work that is given up.
        into_id: The work that goes on.
        comments: Those that go with it.
        reason: Why, for whoever asks.
        by: Who says so.
        at: When, as times stand in rows.
        end: The last event, if it is of this transaction.

    Returns:
        The event that tells of it.
    """
    merge_id = database.insert(
        "merge",
        {
            "work_id": work["id"],
            "into_id": into_id,
            "reason": reason,
            "by_whom": by,
            "at": at,
            "comments": json_text(list(comments)),
            "undone_at": None,
        },
    )
    detail = {
        "id": merge_id,
        "into": into_id,
        "reason": reason,
        "by": by,
        "url": work["url"],
        "comments": list(comments),
    }
    return append_event(database, "merged", at, source_id=work["source_id"], work_id=work["id"], detail=detail, end=end)


def moving_comments(database: Database, work_id: int, into_id: int) -> list[Row]:
    """Return the comments that go on below another post: not those that it has already by what they say."""
    return database.all(
        """SELECT * FROM work WHERE post_id = :work AND (scope = 0 OR native_id NOT IN (
               SELECT o.native_id FROM work o WHERE o.post_id = :into AND o.scope = :into)) ORDER BY id""",
        work=work_id,
        into=into_id,
    )


def undo_merge(
    database: Database, merge: Merge, *, source_id: int, reason: str, by: str, at: str, end: End | None
) -> End:
    """Write that a merge does not hold any more, within the transaction under way."""
    database.run(
        "DELETE FROM work_url WHERE work_id = :into AND reason = 'merged' "
        "AND url IN (SELECT url FROM work_url WHERE work_id = :work)",
        into=merge.into_id,
        work=merge.work_id,
    )
    database.run("UPDATE merge SET undone_at = :at WHERE id = :id", at=at, id=merge.id)
    detail = {"id": merge.id, "by": by, "reason": reason}
    return append_event(
        database, "merge_undone", at, source_id=source_id, work_id=merge.work_id, detail=detail, end=end
    )


def moved_comments(database: Database, merge: Merge) -> list[Row]:
    """Return the comments that went with a merge."""
    row = database.one("SELECT comments FROM merge WHERE id = :id", id=merge.id)
    found: list[Row] = []
    for ids in chunks(json.loads(row["comments"]) if row is not None else []):
        holes, values = marks("w", ids)
        found.extend(database.all(f"SELECT * FROM work WHERE id IN ({holes}) ORDER BY id", **values))
    return found


def proposals(database: Database, source_id: int) -> Iterator[Proposal]:
    """Yield pairs of posts of one source that may be one work, the surest first.

    Both are open, and their texts the same, or all but the same by the last `variorum duplicates --update`. The one
    that the archive met first is to go on. A platform that counts both has them as two posts: that is told beside.
    """
    pairs: dict[tuple[int, int], tuple[str, float]] = {}
    for row in database.all(
        """SELECT a.id AS low, b.id AS high FROM version x
           JOIN work a ON a.head_id = x.id
           JOIN version y ON y.text_sha256 = x.text_sha256 AND y.source_id = x.source_id AND y.work_id > x.work_id
           JOIN work b ON b.head_id = y.id
           WHERE x.source_id = :source AND x.text_len >= :least AND a.work_type <> 'comment'
           AND b.work_type <> 'comment' AND a.state = 'open' AND b.state = 'open' ORDER BY a.id, b.id""",
        source=source_id,
        least=_LEAST,
    ):
        pairs[row["low"], row["high"]] = ("the same text", 1.0)
    for row in database.all(
        """SELECT l.low_id AS low, l.high_id AS high, l.jaccard FROM work a JOIN dup_link l ON l.low_id = a.id
           JOIN work b ON b.id = l.high_id JOIN version x ON x.id = a.head_id
           WHERE a.source_id = :source AND b.source_id = :source AND a.state = 'open' AND b.state = 'open'
           AND l.jaccard >= :like AND x.text_len >= :least ORDER BY l.jaccard DESC, l.low_id, l.high_id""",
        source=source_id,
        like=_LIKE,
        least=_LEAST,
    ):
        pairs.setdefault((row["low"], row["high"]), ("nearly the same text", row["jaccard"]))
    for (low, high), (why, similarity) in pairs.items():
        rows = [_side(database, number) for number in (low, high)]
        both = all(row["native_id"] is not None for row in rows)
        yield Proposal(
            work_id=high,
            into_id=low,
            url=rows[1]["url"],
            into_url=rows[0]["url"],
            title=rows[0]["title"],
            similarity=similarity,
            reason=f"{why}, but the platform counts both" if both else why,
        )


def _side(database: Database, work_id: int) -> dict[str, Any]:
    row = database.one(
        "SELECT w.url, w.native_id, h.title FROM work w JOIN version h ON h.id = w.head_id WHERE w.id = :id", id=work_id
    )
    assert row is not None
    return dict(row)
