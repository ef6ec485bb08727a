"""How well each run read the pages of its source: one small row a run."""

from __future__ import annotations

from typing import NamedTuple

from storage.engines.database import Database, Row

MOST_RUNS = 8  #: that a new run is compared with


class RunQuality(NamedTuple):
    """How well the pages of one run were read (collation/quality.py)."""

    pages: int
    empty: int
    score: float
    compared: int
    agreement: float | None
    drift: str | None = None  #: in what it was worse than the runs before


def past_quality(database: Database, source_id: int) -> list[RunQuality]:
    """Return the last runs of a source in which it was read as well as ever, newest first."""
    rows = database.all(
        "SELECT * FROM run_quality WHERE source_id = :source AND drift IS NULL ORDER BY run_id DESC LIMIT :most",
        source=source_id,
        most=MOST_RUNS,
    )
    return [_quality(row) for row in rows]


def runs_in_drift(database: Database, source_id: int) -> int:
    """Return how many runs on end have read a source worse than the runs before them, up to the last one."""
    row = database.one(
        """SELECT count(*) AS runs FROM run_quality WHERE source_id = :source AND run_id > coalesce(
               (SELECT max(run_id) FROM run_quality WHERE source_id = :source AND drift IS NULL), 0)""",
        source=source_id,
    )
    return int(row["runs"]) if row is not None else 0


def keep_quality(database: Database, source_id: int, run_id: int, quality: RunQuality) -> None:
    """Write the row of a run."""
    with database.transaction():
        database.run("DELETE FROM run_quality WHERE run_id = :run", run=run_id)
        row = {"run_id": run_id, "source_id": source_id, **quality._asdict()}
        database.insert("run_quality", row, key=None)


def latest_quality(database: Database, source_id: int) -> dict[str, object] | None:
    """Return the quality of the last run that read pages, and since when a source is read worse; None before any."""
    row = database.one(
        """SELECT q.*, r.started_at FROM run_quality q JOIN run r ON r.id = q.run_id
           WHERE q.source_id = :source ORDER BY q.run_id DESC LIMIT 1""",
        source=source_id,
    )
    if row is None:
        return None
    since = database.one(
        """SELECT min(r.started_at) AS at FROM run_quality q JOIN run r ON r.id = q.run_id
           WHERE q.source_id = :source AND q.drift IS NOT NULL AND q.run_id > coalesce(
               (SELECT max(run_id) FROM run_quality WHERE source_id = :source AND drift IS NULL), 0)""",
        source=source_id,
    )
    return {**_quality(row)._asdict(), "at": row["started_at"], "since": since["at"] if since else None}


def _quality(row: Row) -> RunQuality:
    return RunQuality(row["pages"], row["empty"], row["score"], row["compared"], row["agreement"], row["drift"])
