"""What an archive knows of the template of a source: the lines of some of its pages, and the profiles learnt from them.

Bytes here, their meaning in extractors/memory.py. The rules that keep a text from being laid to an author's charge:
a profile is put into use only while no other run reads the source, since a run reads by one profile from its beginning
to its end; and a run asks for the profile after its own row is committed, so one of two sees the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from storage.engines.database import Database, Row
from storage.events import append_event
from storage.health import is_alive
from storage.reading import to_text
from variorum.digests import sha256_hex
from variorum.times import utc_now

_LONGEST_RUN = timedelta(days=2)  #: a run on another host that began before then, and never ended, was killed


class StoredProfile(NamedTuple):
    """A profile as it lies in its row."""

    id: int
    revision: str
    pages: int
    lines: tuple[bytes, bytes, bytes]  #: of head, foot and middle


@dataclass(frozen=True, slots=True)
class SiteMemory:
    """The memory of one source, to be read and written by one process."""

    database: Database
    source_id: int

    def profile(self) -> StoredProfile | None:
        """Return the profile in use, None where nothing was learnt yet."""
        row = newest_profile(self.database, self.source_id)
        if row is None:
            return None
        return StoredProfile(row["id"], row["revision"], row["pages"], (row["head"], row["foot"], row["middle"]))

    def urls(self) -> set[str]:
        """Return the addresses of the pages that are held."""
        rows = self.database.all("SELECT url FROM page_sample WHERE source_id = :source", source=self.source_id)
        return {row["url"] for row in rows}

    def samples(self) -> list[bytes]:
        """Return the lines of the pages that are held, in order of their addresses."""
        rows = self.database.all(
            "SELECT lines FROM page_sample WHERE source_id = :source ORDER BY url", source=self.source_id
        )
        return [row["lines"] for row in rows]

    def held(self) -> tuple[int, int]:
        """Return how many pages are held, and how many of them have come or changed since they were looked at last."""
        row = self.database.one(
            """SELECT count(*) AS held, count(*) FILTER (WHERE run_id > coalesce(
                   (SELECT checked_run_id FROM site_profile WHERE source_id = :source ORDER BY id DESC LIMIT 1), 0
               )) AS young FROM page_sample WHERE source_id = :source""",
            source=self.source_id,
        )
        return (row["held"], row["young"]) if row is not None else (0, 0)

    def keep(self, run_id: int, samples: Mapping[str, bytes], *, most: int) -> None:
        """Keep the lines of pages, in one short transaction; the same lines as before leave a row as it is.

        Args:
            run_id: The run that saw them.
            samples: Address → lines.
            most: Pages of one source that are held; when it is full, those of works that are gone make room.
        """
        if not samples:
            return
        with self.database.transaction():
            held = self.urls()
            if len(held.union(samples)) > most:
                self._forget_gone()
                held = self.urls()
            fresh = [url for url in samples if url not in held][: max(0, most - len(held))]
            self.database.run_many(
                """INSERT INTO page_sample (source_id, url, run_id, lines) VALUES (:source, :url, :run, :lines)
                   ON CONFLICT (source_id, url) DO UPDATE SET run_id = excluded.run_id, lines = excluded.lines
                   WHERE page_sample.lines <> excluded.lines""",
                [
                    {"source": self.source_id, "url": url, "run": run_id, "lines": samples[url]}
                    for url in samples
                    if url in held or url in fresh
                ],
            )

    def _forget_gone(self) -> None:
        self.database.run(
            """DELETE FROM page_sample WHERE source_id = :source AND url NOT IN (
                   SELECT u.url FROM work_url u JOIN work w ON w.id = u.work_id
                   WHERE w.source_id = :source AND w.state IN ('open', 'missing'))""",
            source=self.source_id,
        )

    def keep_profile(
        self, run_id: int, based_on: StoredProfile | None, revision: str, pages: int, lines: tuple[bytes, bytes, bytes]
    ) -> bool:
        """Put a profile into use, and log it.

        Args:
            run_id: The run that learnt it.
            based_on: The profile that was in use when it was learnt.
            revision: Of the new one; that of the old one says that it was looked at and stays.
            pages: That it was learnt from.
            lines: Of head, foot and middle.

        Returns:
            Whether another profile is in use now. Not so where another run reads the source, or has learnt meanwhile:
            it is looked for again at the end of a later run.
        """
        now = to_text(utc_now())
        with self.database.transaction():
            newest = newest_profile(self.database, self.source_id)
            if (newest["id"] if newest else None) != (based_on.id if based_on else None) or self._is_read(run_id):
                return False
            if based_on is not None and based_on.revision == revision:
                self.database.run(
                    "UPDATE site_profile SET checked_run_id = :run WHERE id = :id", run=run_id, id=based_on.id
                )
                return False
            head, foot, middle = lines
            self.database.insert(
                "site_profile",
                {
                    "source_id": self.source_id,
                    "run_id": run_id,
                    "checked_run_id": run_id,
                    "revision": revision,
                    "pages": pages,
                    "head": head,
                    "foot": foot,
                    "middle": middle,
                    "learnt_at": now,
                },
            )
            detail = {"revision": revision, "pages": pages, "lines_sha256": sha256_hex(b"".join(lines)), "run": run_id}
            append_event(self.database, "profile", now, source_id=self.source_id, detail=detail)
        return True

    def _is_read(self, run_id: int) -> bool:
        """Return whether another run is at work on the source."""
        rows = self.database.all(
            """SELECT process FROM run WHERE source_id = :source AND id <> :run AND ended_at IS NULL
               AND started_at > :since""",
            source=self.source_id,
            run=run_id,
            since=to_text(utc_now() - _LONGEST_RUN),
        )
        return any(is_alive(row["process"]) for row in rows)


def newest_profile(database: Database, source_id: int) -> Row | None:
    """Return the row of the profile that a source is read by."""
    return database.one(
        "SELECT * FROM site_profile WHERE source_id = :source ORDER BY id DESC LIMIT 1", source=source_id
    )
