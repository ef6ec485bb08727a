"""Texts that were taken down: who may not see them, what keeps them from coming in again, what is left of them.

A takedown is a row and an event, and a reason; it is never forgotten. Every question looks here before it tells a
text. `hide` does nothing else. `refuse` also ends the history of the work with a version of kind "takedown", and what
is fetched of it later is not kept. `destroy` takes the text out of the rows and the bytes out of the WARC files, and
leaves their digests.

The order of a destruction, so that it can be interrupted anywhere and go on: the takedown (from here on nothing is
shown); the list of captures (from here on nothing refers to them); file by file, each whole or untouched; the rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from storage.batch import Batch, update_of
from storage.bodies import read_body
from storage.contents import columns, folded, unfolded
from storage.engines import fulltext
from storage.engines.database import Database, Row, chunks, marks
from storage.events import append_event
from storage.packing.packs import pack_number
from storage.packing.unpack import finish, unpack
from storage.reading import content_of, json_text, object_of, time_of, to_text
from storage.record import record_id
from storage.rows import Takedown, Work
from storage.warc import destroy_records
from storage.withheld import LEVELS, destroyed_captures, standing, takedown_of
from variorum.digests import sha256_hex
from variorum.errors import UsageError
from variorum.records import WORDLESS, Decision, TakedownLevel, WorkUpdate
from variorum.times import utc_now

#: From texts to a test whether a body holds one of them.
Finder = Callable[[Sequence[str]], Callable[[bytes], bool]]


@dataclass(frozen=True, slots=True)
class Removal:
    """Takes down one work of one archive. Each step commits by itself; all of them may be done again."""

    database: Database
    folder: Path
    work: Work

    def register(
        self, run_id: int, level: TakedownLevel, reason: str, by: str, *, thread: bool, now: datetime
    ) -> tuple[Takedown, bool]:
        """Record the takedown, and end the histories of its works where it is one for good.

        Returns:
            The takedown, and whether it is a new one: it is not where the same stands already.

        Raises:
            UsageError: A stricter one stands already.
        """
        at = to_text(now)
        with self.database.transaction():
            known = self._own()
            if known is not None and LEVELS.index(known.level) > LEVELS.index(level):
                raise UsageError(
                    f"{self.work.url} was taken down at level {known.level} already: {known.reason}; --undo lifts what "
                    "can be lifted"
                )
            if known is not None and known.level == level and known.thread >= thread:
                return known, False
            thread = thread or (known is not None and known.thread)
            if known is not None:
                self.database.run("UPDATE takedown SET lifted_at = :at WHERE id = :id", at=at, id=known.id)
            takedown_id = self.database.insert(
                "takedown",
                {
                    "work_id": self.work.id,
                    "level": level,
                    "thread": int(thread),
                    "reason": reason,
                    "by_whom": by,
                    "at": at,
                    "done_at": None,
                    "lifted_at": None,
                },
            )
            detail = {"id": takedown_id, "level": level, "reason": reason, "by": by, "thread": thread,
                      "url": self.work.url, "instead_of": known.id if known is not None else None}  # fmt: skip
            append_event(
                self.database, "takedown", at, source_id=self.work.source_id, work_id=self.work.id, detail=detail
            )
            if level != "hide":
                self._end_histories(run_id, self._works(thread=thread), reason, now)
        row = self.database.one("SELECT * FROM takedown WHERE id = :id", id=takedown_id)
        assert row is not None
        return takedown_of(row), True

    def _own(self) -> Takedown | None:
        """Return the takedown of this very work."""
        row = self.database.one(
            "SELECT * FROM takedown WHERE work_id = :work AND lifted_at IS NULL ORDER BY id DESC LIMIT 1",
            work=self.work.id,
        )
        return takedown_of(row) if row is not None else None

    def _works(self, *, thread: bool) -> list[Row]:
        """Return the work, and the comments of its thread."""
        return self.database.all(
            "SELECT * FROM work WHERE id = :id OR (post_id = :id AND :thread = 1) ORDER BY id",
            id=self.work.id,
            thread=int(thread),
        )

    def _end_histories(self, run_id: int, works: Sequence[Row], reason: str, now: datetime) -> None:
        """Open versions without words, of kind "takedown", where there are words."""
        heads = _heads(self.database, works)
        updates = [
            update_of(row, Decision(kind="takedown", reason=reason), max(now, time_of(head["observed_first"])))
            for row in works
            if (head := heads.get(row["id"])) is not None and head["kind"] != "takedown"
        ]
        _write(self.database, run_id, updates)

    # -------------------------------------------------------------------------------------------- captures
    def find_captures(self, takedown: Takedown, finder: Finder) -> int:
        """Record which captures hold a text of the works, and return how many those are.

        These are what their versions were read from, what their addresses answered, and whatever else of the source
        *finder* finds them in, but for the pages of other works.

        Args:
            takedown: As `register` gave it.
            finder: From texts to a test whether a body holds one of them.
        """
        works = [row["id"] for row in self._works(thread=takedown.thread)]
        found = self._read_from(works) | self._answered(works)
        texts = [row["text"] for row in self._versions(works) if row["text"]]
        if texts:
            holds = finder(texts)
            found |= {number for number in self._others(found) if holds(self._body(number))}
        with self.database.transaction():
            self.database.run_many(
                """INSERT INTO takedown_capture (capture_id, takedown_id) VALUES (:capture, :takedown)
                   ON CONFLICT DO NOTHING""",
                [{"capture": number, "takedown": takedown.id} for number in sorted(found)],
            )
            if takedown.level != "destroy":
                self._finish(takedown)
        return len(found)

    def _finish(self, takedown: Takedown) -> None:
        self.database.run(
            "UPDATE takedown SET done_at = :now WHERE id = :id AND done_at IS NULL",
            now=to_text(utc_now()),
            id=takedown.id,
        )

    def _versions(self, work_ids: Sequence[int]) -> Iterator[Row]:
        for part in chunks(work_ids):
            holes, values = marks("w", part)
            rows = self.database.all(
                f"SELECT {columns()}, v.capture_id, v.kind FROM version v WHERE v.work_id IN ({holes})", **values
            )
            yield from unfolded(self.database, rows)

    def _read_from(self, work_ids: Sequence[int]) -> set[int]:
        found: set[int] = set()
        for row in self._versions(work_ids):
            if row["kind"] in WORDLESS:
                continue  # read from what told its absence
            found.update(number for told in json.loads(row["witnesses"]) for number in told["capture_ids"])
            if row["capture_id"] is not None:
                found.add(row["capture_id"])
        return found

    def _answered(self, work_ids: Sequence[int]) -> set[int]:
        """Return the pages that the addresses of posts answered with: not their redirects and errors."""
        found: set[int] = set()
        for part in chunks(work_ids):
            holes, values = marks("w", part)
            rows = self.database.all(
                f"""SELECT DISTINCT v.capture_id FROM work_url u JOIN visit v ON v.url = u.url
                    JOIN capture c ON c.id = v.capture_id
                    WHERE u.work_id IN ({holes}) AND v.source_id = :source AND v.status = 200 AND c.size > 0""",
                source=self.work.source_id,
                **values,
            )
            found.update(row["capture_id"] for row in rows)
        return found

    def _others(self, found: Collection[int]) -> list[int]:
        """Return all other captures of the source that may hold a text: no page of a work is among them."""
        rows = self.database.all(
            """SELECT DISTINCT v.capture_id FROM visit v JOIN capture c ON c.id = v.capture_id
               WHERE v.source_id = :source AND v.status = 200 AND c.size > 0 AND v.role <> 'robots'
               AND v.url NOT IN (SELECT u.url FROM work_url u JOIN work w ON w.id = u.work_id
                                 WHERE w.source_id = :source)""",
            source=self.work.source_id,
        )
        gone = destroyed_captures(self.database, [row["capture_id"] for row in rows])
        return [row["capture_id"] for row in rows if row["capture_id"] not in found and row["capture_id"] not in gone]

    def _body(self, capture_id: int) -> bytes:
        return read_body(self.database, self.folder, capture_id).body

    # -------------------------------------------------------------------------------------------- destroying
    def destroy_bytes(self, takedown: Takedown) -> int:
        """Destroy the records that hold the bodies of the listed captures, and return how many those were this time.

        Packs that hold them are made segments again: other pages may quote the bytes (storage/packing/unpack.py).

        Raises:
            StorageError: A file is being written by a process that still runs, or cannot be written.
        """
        packed = {number for row in self._places(takedown) if (number := pack_number(row["warc_file"])) is not None}
        finish(self.database, self.folder)
        if packed:
            unpack(self.database, self.folder, packed)
        count = 0
        for name, group in groupby(self._places(takedown), key=lambda row: str(row["warc_file"])):
            told = {
                row["warc_offset"]: (
                    row["warc_length"],
                    row["warc_record_id"],
                    {
                        "takedown": str(takedown.id),
                        "destroyed-at": to_text(takedown.at),
                        "payload-digest": f"sha1:{row['payload_sha1']}",
                        "body-digest": f"sha256:{row['sha256'].hex()}",
                    },
                )
                for row in group
            }
            count += destroy_records(self.folder / "warc" / name, told)
        return count

    def _places(self, takedown: Takedown) -> list[Row]:
        """Return where the records lie that hold the bodies of the listed captures."""
        return self.database.all(
            """SELECT v.warc_file, v.warc_offset, v.warc_length, v.warc_record_id, v.payload_sha1, c.sha256
               FROM takedown_capture x JOIN visit v ON v.capture_id = x.capture_id
               JOIN capture c ON c.id = x.capture_id
               WHERE x.takedown_id = :id AND v.warc_file IS NOT NULL AND v.revisit_of IS NULL
               ORDER BY v.warc_file, v.warc_offset""",
            id=takedown.id,
        )

    def destroy_rows(self, takedown: Takedown, forget: Callable[[Mapping[int, str]], None]) -> None:
        """Take the texts out of the rows; what is left of a version are its digests, dates and addresses.

        Args:
            takedown: Whose bytes were destroyed.
            forget: Takes away what else was made of the texts: work → the text that was compared.
        """
        works = [row["id"] for row in self._works(thread=takedown.thread)]
        with self.database.transaction():
            forget(self._compared(works))
            rows = list(self._whole_versions(works))
            for row in rows:
                if row["kind"] not in WORDLESS and row["id"] != row["head_id"]:
                    fulltext.forget(self.database, fulltext.PAST, row["id"], fulltext.entry(row, row))
            self.database.run_many(
                """UPDATE version SET title = '', text = :text, markdown = :markdown, meta = :meta,
                   witnesses = :witnesses, content = :content WHERE id = :id""",
                [{"id": row["id"], **folded(_silenced(row), None)} for row in rows],
            )
            digests = self.database.all(
                """SELECT c.sha256 FROM takedown_capture x JOIN capture c ON c.id = x.capture_id
                   WHERE x.takedown_id = :id ORDER BY c.id""",
                id=takedown.id,
            )
            detail = {
                "id": takedown.id,
                "versions": [row["seq"] for row in rows],
                "captures": [row["sha256"].hex() for row in digests],
            }
            append_event(
                self.database,
                "destroyed",
                to_text(utc_now()),
                source_id=self.work.source_id,
                work_id=self.work.id,
                detail=detail,
            )
            self._finish(takedown)

    def _compared(self, work_ids: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for part in chunks(work_ids):
            holes, values = marks("w", part)
            rows = self.database.all(
                f"""SELECT {columns()} FROM near_text t JOIN version v ON v.id = t.version_id
                    WHERE t.work_id IN ({holes})""",
                **values,
            )
            found.update((row["work_id"], row["text"]) for row in unfolded(self.database, rows))
        return found

    def _whole_versions(self, work_ids: Sequence[int]) -> Iterator[Row]:
        """Yield the versions that still say something."""
        for part in chunks(work_ids):
            holes, values = marks("w", part)
            rows = self.database.all(
                f"""SELECT v.*, w.work_type, w.first_seen, w.head_id, s.url AS source_url, e.detail FROM version v
                    JOIN work w ON w.id = v.work_id JOIN source s ON s.id = v.source_id JOIN event e ON e.seq = v.seq
                    WHERE v.work_id IN ({holes}) AND v.kind <> 'takedown' ORDER BY v.id""",
                **values,
            )
            for row in unfolded(self.database, rows):
                if "destroyed" not in object_of(row["meta"]):
                    yield row

    def wipe(self) -> None:
        """Have the engine do away with what its pages and its log still hold of deleted words."""
        if self.database.dialect == "sqlite":
            for index in (fulltext.CURRENT, fulltext.PAST):
                self.database.run(f"INSERT INTO {index}({index}) VALUES ('optimize')")
            self.database.all("PRAGMA wal_checkpoint(TRUNCATE)")
            return
        for table in ("version", "work", fulltext.CURRENT, fulltext.PAST):
            self.database.run(f"VACUUM {table}")

    def count(self, takedown: Takedown) -> int:
        """Return how many works a takedown withholds."""
        return len(self._works(thread=takedown.thread))

    # -------------------------------------------------------------------------------------------- undoing
    def undo(self, run_id: int, by: str, reason: str, now: datetime) -> Takedown:
        """Lift the takedown of this work; one that ended histories goes on with the words that they had last.

        Raises:
            UsageError: There is none, or its texts are destroyed.
        """
        at = to_text(now)
        with self.database.transaction():
            known = self._own()
            if known is None:
                raise UsageError(f"{self.work.url} is not taken down")
            if known.level == "destroy":
                raise UsageError(f"{self.work.url} was destroyed at {to_text(known.at)}: nothing is left to be shown")
            self.database.run("UPDATE takedown SET lifted_at = :at WHERE id = :id", at=at, id=known.id)
            detail = {"id": known.id, "by": by, "reason": reason, "url": self.work.url}
            append_event(
                self.database, "takedown_lifted", at, source_id=self.work.source_id, work_id=self.work.id, detail=detail
            )
            works = self._works(thread=known.thread)
            down = standing(self.database, [row["id"] for row in works])
            self._go_on(run_id, [row for row in works if row["id"] not in down], now)
        return known

    def _go_on(self, run_id: int, works: Sequence[Row], now: datetime) -> None:
        heads = _heads(self.database, works)
        updates = []
        for row in works:
            head = heads.get(row["id"])
            if head is None or head["kind"] != "takedown":
                continue
            (last,) = unfolded(
                self.database,
                self.database.all(
                    """SELECT * FROM version WHERE work_id = :work AND kind <> 'takedown'
                       ORDER BY number DESC LIMIT 1""",
                    work=row["id"],
                ),
            )
            at = max(now, time_of(head["observed_first"]))
            if last["kind"] == "gone":
                updates.append(update_of(row, Decision(kind="gone", reason=last["reason"]), at))
            else:
                reason = "its takedown was lifted"
                decision = Decision(kind="restored", content=content_of(last), same_text_as=last["id"], reason=reason)
                updates.append(update_of(row, decision, at))
        _write(self.database, run_id, updates)


def _write(database: Database, run_id: int, updates: Sequence[WorkUpdate]) -> None:
    batch = Batch(database, run_id, to_text(utc_now()), None, past_takedowns=True)
    batch.load(updates)
    for update in updates:
        batch.apply(update)
    batch.finish()


def _heads(database: Database, works: Sequence[Row]) -> dict[int, Row]:
    found: dict[int, Row] = {}
    for part in chunks([row["head_id"] for row in works if row["head_id"] is not None]):
        holes, values = marks("v", part)
        rows = database.all(f"SELECT work_id, kind, observed_first FROM version WHERE id IN ({holes})", **values)
        found.update((row["work_id"], row) for row in rows)
    return found


def _silenced(row: Row) -> dict[str, Any]:
    """Return a version that is to be destroyed without what it says; no other version rests on it then."""
    return {**dict(row), "text": "", "markdown": "", "meta": json_text(_left_of(row))}


def _left_of(row: Row) -> dict[str, str]:
    """Return what is left of a version that is to be destroyed: its record id, and the digest that the log covers."""
    told = object_of(row["detail"]).get("record_id")
    return {"destroyed": str(told or record_id(row)), "meta_sha256": sha256_hex(row["meta"])}
