"""How a source stands: what it holds, what fails, what is due."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from storage.engines.database import Database, Row
from storage.quality import latest_quality
from storage.reading import object_of
from storage.rows import SourceStatus
from variorum.records import Source
from variorum.times import utc_now

MOST_FAILING = 10

#: Addresses whose last visit failed. An address that answers 404 or 410 fails only if it was good once and no work
#: that is known to be gone lived there: probes for feeds and sitemaps that a blog does not offer are no trouble.
_FAILING = """SELECT v.url, v.status, v.error
    FROM (SELECT url, max(id) AS id FROM visit WHERE source_id = :source AND good = 0 GROUP BY url) bad
    JOIN visit v ON v.id = bad.id
    WHERE (v.error IS NOT NULL OR v.status >= 400)
      AND NOT EXISTS (SELECT 1 FROM visit n WHERE n.url = v.url AND n.id > v.id AND n.source_id = :source)
      AND (v.status IS NULL OR v.status NOT IN (404, 410) OR (
           EXISTS (SELECT 1 FROM visit o WHERE o.source_id = :source AND o.good = 1 AND o.url = v.url)
           AND NOT EXISTS (SELECT 1 FROM work_url u JOIN work w ON w.id = u.work_id
                           WHERE u.url = v.url AND w.state IN ('gone', 'missing'))))
    ORDER BY v.url"""


def status_of(database: Database, source: Source) -> SourceStatus:
    """Return how a source stands."""
    counts = _counts(database, source.id)
    rows = database.all(_FAILING, source=source.id)
    failing = [_line(row) for row in rows[:MOST_FAILING]]
    run = database.one(
        "SELECT * FROM run WHERE source_id = :source AND command = 'ingest' ORDER BY id DESC LIMIT 1", source=source.id
    )
    report = object_of(run["report"] if run else None)
    profile = database.one(
        "SELECT revision, pages FROM site_profile WHERE source_id = :source ORDER BY id DESC LIMIT 1", source=source.id
    )
    held = database.one("SELECT count(*) AS pages FROM page_sample WHERE source_id = :source", source=source.id)
    return SourceStatus(
        slug=source.slug,
        url=source.home,
        platform=source.platform,
        posts=counts["posts"],
        comments=counts["comments"],
        gone=counts["gone"],
        last_ingest_at=source.last_ingest_at,
        last_result=_result(run),
        due=is_due(source),
        failing=tuple(failing),
        failing_count=len(rows),
        incomplete_threads=counts["incomplete"],
        suspect=counts["suspect"],
        quality=latest_quality(database, source.id),
        extra={
            "id": source.id,
            "name": source.name,
            "every_s": source.every_s,
            "missing": counts["missing"],
            "protected": counts["protected"],
            "versions": counts["versions"],
            "capped": report.get("capped", 0),
            "warnings": report.get("warnings", []),
            "memory": {
                "pages": held["pages"] if held else 0,
                "learnt_from": profile["pages"] if profile else 0,
                "profile": profile["revision"] if profile else None,
            },
        },
    )


def is_due(source: Source) -> bool:
    """Return whether a source with a schedule waits for its next ingest."""
    if source.every_s is None:
        return False
    return source.last_ingest_at is None or utc_now() - source.last_ingest_at >= timedelta(seconds=source.every_s)


def _counts(database: Database, source_id: int) -> Row:
    row = database.one(
        """SELECT
            count(*) FILTER (WHERE work_type <> 'comment' AND state = 'open' AND head_id IS NOT NULL) AS posts,
            count(*) FILTER (WHERE work_type = 'comment' AND state = 'open' AND head_id IS NOT NULL) AS comments,
            count(*) FILTER (WHERE state = 'gone' AND head_id IS NOT NULL) AS gone,
            count(*) FILTER (WHERE state = 'missing') AS missing,
            count(*) FILTER (WHERE state = 'protected') AS protected,
            count(*) FILTER (WHERE pending_sha256 IS NOT NULL) AS suspect,
            count(*) FILTER (
                WHERE work_type <> 'comment' AND state = 'open' AND comments LIKE '%"complete":false%') AS incomplete,
            coalesce(sum(versions), 0) AS versions
           FROM work WHERE source_id = :source""",
        source=source_id,
    )
    assert row is not None
    return row


def _line(row: Row) -> str:
    why = row["error"] or f"the server answers {row['status']}"
    return f"{row['url']}: {why}"


def _result(run: Row | None) -> str | None:
    """Return how the last ingest ended: ok, some failed, failed, interrupted, running; None if there was none."""
    if run is None:
        return None
    if run["ended_at"] is None:
        return "running" if is_alive(run["process"]) else "interrupted"
    if run["error"] is not None:
        return "failed"
    return "some failed" if object_of(run["report"]).get("failed") else "ok"


def is_alive(process: str) -> bool:
    """Return whether a process ("host:pid") still runs. One on another host cannot be asked: it is taken for alive."""
    host, _, number = process.rpartition(":")
    if host != socket.gethostname():
        return True
    if not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # it is there, and it is another user's
        return True
    return True
