"""The one that writes: exchanges become WARC records and visits, updates become works and versions.

Order of a batch (storage.md §9): append the bytes, force them to the disk, then commit the rows. A crash in between
leaves records that no row names, and nothing else.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from storage.batch import Batch, storable_update, update_of
from storage.duplicates import Comparison
from storage.engines.database import Database, Row, chunks, marks, open_database
from storage.engines.place import address_of
from storage.events import append_event
from storage.finding import source_at
from storage.memory import SiteMemory
from storage.proof.log import Log, Progress
from storage.proof.sums import row_sum, seen_sum
from storage.quality import RunQuality, keep_quality, past_quality, runs_in_drift
from storage.reading import content_of, json_text, source_of, storable, time_of, to_text, witness_of
from storage.rows import Merge
from storage.warc import Original, Place, Segments, payload_of, sha1_base32
from storage.withheld import destroyed_digests, refused_addresses
from variorum.digests import sha256_hex
from variorum.errors import StorageError, UsageError
from variorum.records import (
    Decision,
    Exchange,
    Known,
    KnownText,
    Report,
    Source,
    Visit,
    WorkUpdate,
    is_retired,
    retired,
)
from variorum.times import utc_now
from variorum.urls import canonical_url, host_of


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The last visit of an address that brought, or confirmed, a payload."""

    etag: str | None
    last_modified: str | None
    body_sha256: str
    capture_id: int | None
    payload_sha1: str | None = None
    at: datetime | None = None

    def is_same(self, body: bytes) -> bool:
        """Return whether *body* is the body of that visit."""
        return sha256_hex(body) == self.body_sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownWork:
    """A post or page as the archive knows it."""

    known: Known
    url: str
    aliases: tuple[str, ...] = ()
    comments: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Writer:
    """Writes one archive; a context manager. One a process; several processes may write one archive."""

    database: Database
    segments: Segments
    _originals: dict[tuple[int, str], Original | None] = field(default_factory=dict)
    _unwanted: tuple[set[str], set[str]] = (set(), set())  #: addresses and digests of bodies that are not kept

    @classmethod
    def open(cls, folder: Path, *, operator: str = "") -> Writer:
        """Open the archive in *folder* for writing."""
        return cls(open_database(address_of(folder), write=True), Segments(folder / "warc", operator=operator))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.segments.close()
        finally:
            self.database.close()

    # -------------------------------------------------------------------------------------------- sources and runs
    def add_source(
        self,
        url: str,
        *,
        name: str | None = None,
        platform: str | None = None,
        settings: Mapping[str, object] | None = None,
        every_s: int | None = None,
    ) -> Source:
        """Register a blog; one that is registered already is returned as it is, with the new schedule if one is given.

        Raises:
            UsageError: *url* is no http(s) address.
        """
        home = canonical_url(url)
        if home is None:
            raise UsageError(f"{url!r} is no address of a blog: write it with http:// or https://")
        now = to_text(utc_now())
        with self.database.transaction():
            row = source_at(self.database, [home])
            if row is None:
                slug = self._free_slug(home)
                source_id = self.database.insert(
                    "source",
                    {
                        "slug": slug,
                        "url": home,
                        "name": name,
                        "platform": platform,
                        "settings": json_text(settings or {}),
                        "every_s": every_s,
                        "added_at": now,
                    },
                )
                append_event(
                    self.database, "source_added", now, source_id=source_id, detail={"url": home, "slug": slug}
                )
            else:
                source_id = row["id"]
                if every_s is not None:
                    self.database.run("UPDATE source SET every_s = :s WHERE id = :id", s=every_s, id=source_id)
        return self._source(source_id)

    def update_source(self, source_id: int, **changes: Any) -> Source:
        """Change name, platform, settings or every_s of a source and return it."""
        allowed = {"name", "platform", "settings", "every_s"}
        if unknown := changes.keys() - allowed:
            raise TypeError(f"a source has no {', '.join(sorted(unknown))}")
        if not changes:
            return self._source(source_id)
        if "settings" in changes:
            changes["settings"] = json_text(changes["settings"])
        with self.database.transaction():
            sets = ", ".join(f"{name} = :{name}" for name in changes)
            self.database.run(f"UPDATE source SET {sets} WHERE id = :id", **changes, id=source_id)
        return self._source(source_id)

    def _source(self, source_id: int) -> Source:
        row = self.database.one("SELECT * FROM source WHERE id = :id", id=source_id)
        if row is None:
            raise StorageError(f"there is no source {source_id}")
        return source_of(row)

    def _free_slug(self, home: str) -> str:
        base = host_of(home).removeprefix("www.").replace(":", "-")
        path = home.split("://", 1)[1].partition("/")[2].strip("/").replace("/", "-")
        base = f"{base}-{path}" if path else base
        taken = {row["slug"] for row in self.database.all("SELECT slug FROM source")}
        return next(slug for number in range(1, len(taken) + 2) if (slug := _numbered(base, number)) not in taken)

    def begin_run(self, source_id: int, command: str) -> int:
        """Record that work on a source begins, and return the run's number."""
        now = to_text(utc_now())
        with self.database.transaction():
            run_id = self.database.insert(
                "run", {"source_id": source_id, "command": command, "process": process_name(), "started_at": now}
            )
            append_event(self.database, "run_started", now, source_id=source_id, detail={"run": run_id, "is": command})
        return run_id

    def end_run(
        self, run_id: int, report: Report | None, error: str | None = None, progress: Progress | None = None
    ) -> None:
        """Record that a run has ended, with its report or with the error that ended it. One never ended is interrupted.

        Args:
            run_id: Which.
            report: What it did.
            error: What ended it.
            progress: Told how far it is with sealing the log, which takes long where it was never done.

        Raises:
            StorageError: There is no such run.
        """
        now = to_text(utc_now())
        with self.database.transaction():
            row = self.database.one("SELECT source_id, command FROM run WHERE id = :id", id=run_id)
            if row is None:
                raise StorageError(f"there is no run {run_id} in {self.database.place}")
            self.database.run(
                "UPDATE run SET ended_at = :now, report = :report, error = :error WHERE id = :id",
                now=now,
                report=json_text(asdict(report)) if report else None,
                error=error,
                id=run_id,
            )
            if report is not None and row["command"] == "ingest":
                self.database.run(
                    "UPDATE source SET last_ingest_at = :now WHERE id = :id", now=now, id=row["source_id"]
                )
            detail = {"run": run_id, "error": error}
            append_event(self.database, "run_ended", now, source_id=row["source_id"], detail=detail)
        Log(self.database).seal_if_due(time_of(now), progress)

    # -------------------------------------------------------------------------------------------- visits
    def validators(self, source_id: int) -> dict[str, LastVisit]:
        """Return for each address of a source what its last good visit brought."""
        rows = self.database.all(
            """SELECT v.url, v.etag, v.last_modified, v.capture_id, v.payload_sha1, v.requested_at, c.sha256
               FROM (SELECT max(id) AS id FROM visit WHERE source_id = :source AND good = 1 GROUP BY url) last
               JOIN visit v ON v.id = last.id JOIN capture c ON c.id = v.capture_id""",
            source=source_id,
        )
        lost = destroyed_digests(self.database)  # a 304 would confirm what is no more
        return {
            row["url"]: LastVisit(
                etag=row["etag"],
                last_modified=row["last_modified"],
                body_sha256=row["sha256"].hex(),
                capture_id=row["capture_id"],
                payload_sha1=row["payload_sha1"],
                at=time_of(row["requested_at"]),
            )
            for row in rows
            if row["sha256"].hex() not in lost
        }

    def keep(self, run_id: int, source_id: int, exchanges: Sequence[Exchange]) -> tuple[Visit, ...]:
        """Store exchanges: their bytes as WARC records, then visits and captures.

        A payload that the address had at its last visit becomes a `revisit` record, a 304 one without a block. An
        exchange to which no byte came back leaves a visit alone, and so does one whose bytes were taken down.

        Args:
            run_id: The run that made them.
            source_id: Whose they are.
            exchanges: In order of time.

        Returns:
            A visit for each, in the same order. When this returns, the bytes are on the disk and the rows committed.

        Raises:
            StorageError: The disk is full, or cannot be written; nothing of these exchanges is in the rows then.
        """
        self._unwanted = (refused_addresses(self.database, source_id), destroyed_digests(self.database))
        try:
            written = [self._write_record(source_id, exchange) for exchange in exchanges]
            self.segments.sync()
            with self.database.transaction():
                visits = tuple(
                    self._insert_visit(run_id, source_id, exchange, record)
                    for exchange, record in zip(exchanges, written, strict=True)
                )
        except BaseException:
            self._originals.clear()  # they may name records that no row names
            raise
        self.segments.release()
        return visits

    def _write_record(self, source_id: int, exchange: Exchange) -> _Written:
        body_sha256 = sha256_hex(exchange.body)
        addresses, digests = self._unwanted
        if not exchange.response or body_sha256 in digests or canonical_url(exchange.url) in addresses:
            return _Written(body_sha256)
        original = self._original(source_id, exchange, body_sha256)
        place, digest = self.segments.write_exchange(exchange, original)
        if original is None and is_good(exchange):
            at = exchange.requested_at
            self._originals[source_id, exchange.url] = Original(exchange.url, at, digest, place.record_id, body_sha256)
        return _Written(body_sha256, place, digest, original.record_id if original else None)

    def _original(self, source_id: int, exchange: Exchange, body_sha256: str) -> Original | None:
        """Return the response that this exchange repeats: of the same address, with the same payload, whole."""
        if exchange.error is not None or exchange.status is None:
            return None
        if (source_id, exchange.url) not in self._originals:
            row = self.database.one(
                """SELECT v.url, v.requested_at, v.payload_sha1, v.warc_record_id, c.sha256 FROM visit v
                   JOIN capture c ON c.id = v.capture_id
                   WHERE v.source_id = :source AND v.good = 1 AND v.url = :url AND v.revisit_of IS NULL
                   ORDER BY v.id DESC LIMIT 1""",
                source=source_id,
                url=exchange.url,
            )
            original = _original_of(row) if row is not None else None
            lost = original is not None and original.body_sha256 in self._unwanted[1]
            self._originals[source_id, exchange.url] = None if lost else original
        original = self._originals[source_id, exchange.url]
        if original is None or exchange.status == 304:
            return original
        if not is_good(exchange) or body_sha256 != original.body_sha256:
            return None
        payload = payload_of(exchange.response)
        return original if payload and sha1_base32(payload) == original.payload_sha1 else None

    def _insert_visit(self, run_id: int, source_id: int, exchange: Exchange, record: _Written) -> Visit:
        last_id = self._last_capture(source_id, exchange)
        capture_id = self._capture(exchange, record, last_id)
        unchanged = capture_id is not None and last_id == capture_id and exchange.error is None
        place = record.place
        values = {
            "source_id": source_id,
            "run_id": run_id,
            "url": exchange.url,
            "role": exchange.role,
            "requested_at": to_text(exchange.requested_at),
            "duration_us": int(exchange.duration_s * 1e6),
            "status": exchange.status,
            "error": exchange.error and storable(exchange.error),
            "transient": int(exchange.transient),
            "capture_id": capture_id,
            "unchanged": int(unchanged),
            "good": int(capture_id is not None and is_good(exchange)),
            "etag": _header(exchange, "etag"),
            "last_modified": _header(exchange, "last-modified"),
            "redirect_to": exchange.redirect_to,
            "address": exchange.address,
            "payload_sha1": record.payload_sha1,
            "revisit_of": record.revisit_of,
            "warc_file": place and place.file,
            "warc_offset": place and place.offset,
            "warc_length": place and place.length,
            "warc_record_id": place and place.record_id,
        }
        visit_id = self.database.insert("visit", {**values, "row_sum": row_sum("visit", values)})
        return Visit(id=visit_id, url=exchange.url, capture_id=capture_id, unchanged=unchanged, exchange=exchange)

    def _last_capture(self, source_id: int, exchange: Exchange) -> int | None:
        """Return the capture of the visit of this address before: the last good one, or for an error page any."""
        good = "AND good = 1" if exchange.status == 304 or is_good(exchange) else "AND error IS NULL"
        row = self.database.one(
            f"""SELECT capture_id FROM visit WHERE url = :url AND source_id = :source AND capture_id IS NOT NULL {good}
                ORDER BY id DESC LIMIT 1""",
            source=source_id,
            url=exchange.url,
        )
        return row["capture_id"] if row is not None else None

    def _capture(self, exchange: Exchange, record: _Written, last_id: int | None) -> int | None:
        if record.place is None or record.payload_sha1 is None or exchange.status is None:
            return None
        if exchange.status == 304:
            return last_id if exchange.error is None else None
        sha256 = bytes.fromhex(record.body_sha256)
        row = self.database.one("SELECT id FROM capture WHERE sha256 = :sha256", sha256=sha256)
        if row is not None:
            return int(row["id"])
        return self.database.insert(
            "capture",
            {
                "sha256": sha256,
                "size": len(exchange.body),
                "media_type": _header(exchange, "content-type"),
                "status": exchange.status,
                "url": exchange.url,
                "observed_at": to_text(exchange.requested_at),
                "warc_file": record.place.file,
                "warc_offset": record.place.offset,
                "warc_length": record.place.length,
                "warc_record_id": record.place.record_id,
                "payload_sha1": record.payload_sha1,
            },
        )

    def touch(self, source_id: int, at: datetime) -> tuple[int, int]:
        """Record that all works that REST witnesses were seen as they are known.

        Args:
            source_id: Whose works.
            at: When the listings were fetched.

        Returns:
            How many posts and pages, and how many comments.
        """
        chosen = (
            "source_id = :source AND state = 'open' AND head_id IS NOT NULL AND witnesses LIKE '%\"kind\":\"rest\"%'"
        )
        values = {"source": source_id, "at": to_text(at)}
        summed = {**values, "sum": seen_sum(to_text(at))}
        with self.database.transaction():
            self.database.run(
                f"""UPDATE version SET observed_last = :at, seen_sum = :sum
                    WHERE id IN (SELECT head_id FROM work WHERE {chosen}) AND observed_last < :at""",
                **summed,
            )
            self.database.run(
                f"UPDATE work SET last_seen = :at, seen_sum = :sum WHERE {chosen} AND last_seen < :at", **summed
            )
            row = self.database.one(
                f"""SELECT count(*) FILTER (WHERE work_type <> 'comment') AS posts,
                    count(*) FILTER (WHERE work_type = 'comment') AS comments FROM work WHERE {chosen}""",
                source=source_id,
            )
        return (row["posts"], row["comments"]) if row is not None else (0, 0)

    def has_open_ends(self, source_id: int) -> bool:
        """Return whether a work waits for another look: missing, in doubt, or never seen as its readers see it."""
        row = self.database.one(
            """SELECT 1 FROM work WHERE source_id = :source AND (
                   state = 'missing' OR pending_sha256 IS NOT NULL
                   OR (work_type != 'comment' AND state = 'open' AND witnesses NOT LIKE '%"kind":"html"%')
               ) LIMIT 1""",
            source=source_id,
        )
        return row is not None

    # -------------------------------------------------------------------------------------------- identity
    def retire_native_ids(self, run_id: int, source_id: int, *, before: str | None, now: str | None) -> int:
        """Record that the platform of a source has changed: the numbers of its works say nothing any more.

        They stay behind the name of the platform (`variorum.records.retired`) until a work is seen under a new one.

        Returns:
            How many works have one.
        """
        at = to_text(utc_now())
        with self.database.transaction():
            rows = [
                row
                for row in self.database.all(
                    "SELECT * FROM work WHERE source_id = :source AND native_id IS NOT NULL ORDER BY id",
                    source=source_id,
                )
                if not (row["native_id"].startswith("~") or is_retired(row["native_id"]))
            ]
            detail = {"from": before, "to": now, "works": len(rows)}
            append_event(self.database, "platform_moved", at, source_id=source_id, detail=detail)
            batch = Batch(self.database, run_id, at, None)
            for row in rows:
                parent = row["parent_native_id"]
                batch.change(
                    row,
                    native_id=retired(row["native_id"], before),
                    parent_native_id=retired(parent, before) if parent is not None else None,
                )
        return len(rows)

    def move_source(self, source_id: int, url: str) -> Source:
        """Record that a blog is at another address now; it is asked there from now on.

        Raises:
            UsageError: *url* is no http(s) address, or that of another source.
        """
        home = canonical_url(url)
        if home is None:
            raise UsageError(f"{url!r} is no address of a blog: write it with http:// or https://")
        with self.database.transaction():
            source = self._source(source_id)
            other = source_at(self.database, [home])
            if other is not None and other["id"] != source_id:
                raise UsageError(f"{home} is watched as {other['slug']} already: it cannot go on with {source.slug}")
            if source.home != home:
                kept = {"home": home}  # where its listers are is to be found out anew
                if "extractor" in source.settings:
                    kept["extractor"] = str(source.settings["extractor"])
                self.database.run(
                    "UPDATE source SET settings = :settings WHERE id = :id", settings=json_text(kept), id=source_id
                )
                detail = {"from": source.home, "to": home}
                append_event(self.database, "source_moved", to_text(utc_now()), source_id=source_id, detail=detail)
        return self._source(source_id)

    def unmerge(self, run_id: int, merge: Merge, *, reason: str, by: str) -> None:
        """Record that a merge does not hold: the work goes on with the words that it had last."""
        at = utc_now()
        with self.database.transaction():
            batch = Batch(self.database, run_id, to_text(at), None)
            work = self.database.one("SELECT * FROM work WHERE id = :id", id=merge.work_id)
            last = self.database.one(
                """SELECT * FROM version WHERE work_id = :work AND kind NOT IN ('gone', 'merged', 'takedown')
                   ORDER BY number DESC LIMIT 1""",
                work=merge.work_id,
            )
            assert work is not None
            assert last is not None
            decision = Decision(kind="restored", content=content_of(last), same_text_as=last["id"], reason=reason)
            update = replace(update_of(work, decision, at), state="open")
            batch.undo(merge, source_id=work["source_id"], reason=reason, by=by)
            batch.load([update])
            batch.apply(update)
            batch.finish()

    # -------------------------------------------------------------------------------------------- what is known
    def known_posts(self, source_id: int) -> list[KnownWork]:
        """Return all posts and pages of a source but those that were merged into others, in order of their ids."""
        rows = self.database.all(
            "SELECT * FROM work WHERE source_id = :source AND work_type IN ('post', 'page') AND state <> 'merged' "
            "ORDER BY id",
            source=source_id,
        )
        aliases: dict[int, list[str]] = {}
        for row in self.database.all(
            """SELECT u.work_id, u.url FROM work_url u JOIN work w ON w.id = u.work_id
               WHERE w.source_id = :source AND w.work_type IN ('post', 'page')""",
            source=source_id,
        ):
            aliases.setdefault(row["work_id"], []).append(row["url"])
        texts = self._texts([row["id"] for row in rows])
        return [
            KnownWork(
                known=_known(row, texts.get(row["id"], ())),
                url=row["url"],
                aliases=tuple(aliases.get(row["id"], ())),
                comments=json.loads(row["comments"]) if row["comments"] else None,
            )
            for row in rows
        ]

    def known_comments(self, post_work_ids: Sequence[int]) -> list[Known]:
        """Return the comments of posts; `Known.parent_work_id` is the post."""
        found: list[Known] = []
        for ids in chunks(post_work_ids):
            holes, values = marks("p", ids)
            rows = self.database.all(
                f"SELECT * FROM work WHERE post_id IN ({holes}) ORDER BY post_id, position, id",
                **values,
            )
            texts = self._texts([row["id"] for row in rows])
            found.extend(_known(row, texts.get(row["id"], ())) for row in rows)
        return found

    def _texts(self, work_ids: Sequence[int]) -> dict[int, tuple[KnownText, ...]]:
        """Return the versions of works, newest first."""
        found: dict[int, list[KnownText]] = {}
        for ids in chunks(work_ids):
            holes, values = marks("w", ids)
            for row in self.database.all(
                f"""SELECT id, work_id, number, kind, text_sha256, fingerprint, text_len FROM version
                    WHERE work_id IN ({holes}) ORDER BY work_id, number DESC""",
                **values,
            ):
                found.setdefault(row["work_id"], []).append(
                    KnownText(
                        version_id=row["id"],
                        number=row["number"],
                        kind=row["kind"],
                        text_sha256=row["text_sha256"].hex(),
                        fingerprint=row["fingerprint"],
                        text_len=row["text_len"],
                    )
                )
        return {work_id: tuple(texts) for work_id, texts in found.items()}

    def site_memory(self, source_id: int) -> SiteMemory:
        """Return what is known of the template of a source; to be asked for after `begin_run` (storage/memory.py)."""
        return SiteMemory(self.database, source_id)

    def past_quality(self, source_id: int) -> tuple[list[RunQuality], int]:
        """Return how well the last runs that read a source well did so, and how many have read it badly since."""
        return past_quality(self.database, source_id), runs_in_drift(self.database, source_id)

    def keep_quality(self, source_id: int, run_id: int, quality: RunQuality) -> None:
        """Record how well a run read its source."""
        keep_quality(self.database, source_id, run_id, quality)

    def comparison(self, algorithm: str, holders: int) -> Comparison:
        """Return the one that writes which posts say the same (storage/duplicates.py)."""
        return Comparison(self.database, algorithm, holders)

    # -------------------------------------------------------------------------------------------- versions
    def write(self, run_id: int, updates: Sequence[WorkUpdate], *, extractor: str | None = None) -> tuple[int, ...]:
        """Write what a batch says of works, in one transaction.

        The same batch written twice opens nothing the second time: what a head says already is only seen again.

        Args:
            run_id: The run.
            updates: A post before its comments. A comment belongs to the post of `post_work_id`, of `post_native_id`,
                or else to the post before it in *updates*.
            extractor: Fingerprint of the rules that made the texts, "name version digest"; None for the one that the
                source's settings name as `extractor`.

        Returns:
            The seqs of the versions that were opened.

        Raises:
            StorageError: The rows cannot be written; none of the batch is in the archive then.
        """
        if not updates:
            return ()
        updates = [storable_update(update) for update in updates]
        with self.database.transaction():
            batch = Batch(self.database, run_id, to_text(utc_now()), extractor)
            batch.load(updates)
            for update in updates:
                batch.apply(update)
            batch.finish()
            return tuple(batch.seqs)


@dataclass(frozen=True, slots=True)
class _Written:
    """What became of the bytes of one exchange."""

    body_sha256: str
    place: Place | None = None
    payload_sha1: str | None = None
    revisit_of: str | None = None


def _header(exchange: Exchange, name: str) -> str | None:
    value = exchange.header(name)
    return value and storable(value)


def is_good(exchange: Exchange) -> bool:
    """Return whether an exchange brought a payload, or confirmed the one before."""
    return exchange.ok or (exchange.status == 304 and exchange.error is None)


def process_name() -> str:
    """Return the name of this process among all that may write: host and number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _original_of(row: Row) -> Original:
    at = time_of(row["requested_at"])
    return Original(row["url"], at, row["payload_sha1"], row["warc_record_id"], row["sha256"].hex())


def _known(row: Row, texts: Sequence[KnownText]) -> Known:
    head = next((text for text in texts if text.version_id == row["head_id"]), None)
    return Known(
        work_id=row["id"],
        work_type=row["work_type"],
        native_id=row["native_id"],
        state=row["state"],
        head=head,
        older=tuple(text for text in texts if text is not head),
        witnesses=tuple(witness_of(told) for told in json.loads(row["witnesses"])),
        absences=row["absences"],
        pending_sha256=row["pending_sha256"],
        parent_work_id=row["post_id"],
    )


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"
