"""The one that writes: exchanges become WARC records and visits, updates become works and versions.

Order of a batch (storage.md §9): append the bytes, force them to the disk, then commit the rows. A crash in between
leaves records that no row names, and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from storage import words
from storage.database import Database, Row, marks
from storage.events import append_event
from storage.warc import Original, Place, Segments, payload_of, sha1_base32
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
    Witness,
    WorkUpdate,
)
from variorum.times import utc_now
from variorum.urls import canonical_url, host_of

_CHUNK = 500  # most parameters of one IN list
_SEEN = frozenset(("same", "boilerplate", "format"))  # quiet kinds that saw the work as it is known


@dataclass(frozen=True, slots=True)
class LastVisit:
    """The last visit of an address that brought, or confirmed, a payload."""

    etag: str | None
    last_modified: str | None
    body_sha256: str
    capture_id: int | None

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


def to_text(at: datetime) -> str:
    """Return a time as it stands in rows: UTC, six decimals, Z; order as text is order in time."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(slots=True)
class Writer:
    """Writes one archive; a context manager. One a process; several processes may write one archive."""

    database: Database
    segments: Segments
    _originals: dict[str, Original | None] = field(default_factory=dict)

    @classmethod
    def open(cls, folder: Path, *, operator: str = "") -> Writer:
        """Open the archive in *folder* for writing."""
        return cls(Database(folder / "variorum.sqlite", write=True), Segments(folder / "warc", operator=operator))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.segments.close()
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
            row = self.database.one("SELECT id FROM source WHERE url = :url", url=home)
            if row is None:
                source_id = self.database.insert(
                    "source",
                    {
                        "slug": self._free_slug(home),
                        "url": home,
                        "name": name,
                        "platform": platform,
                        "settings": _json(settings or {}),
                        "every_s": every_s,
                        "added_at": now,
                    },
                )
                append_event(self.database, "source_added", now, source_id=source_id, detail={"url": home})
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
        if "settings" in changes:
            changes["settings"] = _json(changes["settings"])
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
            run_id = self.database.insert("run", {"source_id": source_id, "command": command, "started_at": now})
            append_event(self.database, "run_started", now, source_id=source_id, detail={"run": run_id, "is": command})
        return run_id

    def end_run(self, run_id: int, report: Report | None, error: str | None = None) -> None:
        """Record that a run has ended, with its report or with the error that ended it."""
        now = to_text(utc_now())
        with self.database.transaction():
            self.database.run(
                "UPDATE run SET ended_at = :now, report = :report, error = :error WHERE id = :id",
                now=now,
                report=_json(asdict(report)) if report else None,
                error=error,
                id=run_id,
            )
            if report is not None:
                self.database.run(
                    "UPDATE source SET last_ingest_at = :now WHERE id = (SELECT source_id FROM run WHERE id = :id)",
                    now=now,
                    id=run_id,
                )
            append_event(self.database, "run_ended", now, detail={"run": run_id, "error": error})

    # -------------------------------------------------------------------------------------------- visits
    def validators(self, source_id: int) -> dict[str, LastVisit]:
        """Return for each address of a source what its last good visit brought."""
        rows = self.database.all(
            """SELECT v.url, v.etag, v.last_modified, v.capture_id, c.sha256
               FROM visit v JOIN capture c ON c.id = v.capture_id
               WHERE v.id IN (SELECT max(id) FROM visit WHERE source_id = :source AND capture_id IS NOT NULL
                              AND (status BETWEEN 200 AND 299 OR status = 304) AND error IS NULL GROUP BY url)""",
            source=source_id,
        )
        return {
            row["url"]: LastVisit(row["etag"], row["last_modified"], row["sha256"].hex(), row["capture_id"])
            for row in rows
        }

    def keep(self, run_id: int, source_id: int, exchanges: Sequence[Exchange]) -> tuple[Visit, ...]:
        """Store exchanges: their bytes as WARC records, then visits and captures.

        Args:
            run_id: The run that made them.
            source_id: Whose they are.
            exchanges: In order of time.

        Returns:
            A visit for each, in the same order. When this returns, the bytes are on the disk and the rows committed.
        """
        written = [self._write_record(source_id, exchange) for exchange in exchanges]
        self.segments.sync()
        with self.database.transaction():
            return tuple(
                self._insert_visit(run_id, source_id, exchange, place, digest)
                for exchange, (place, digest) in zip(exchanges, written, strict=True)
            )

    def _write_record(self, source_id: int, exchange: Exchange) -> tuple[Place | None, str | None]:
        if not exchange.response:
            return None, None
        original = self._original(source_id, exchange)
        place, digest = self.segments.write_exchange(exchange, original)
        if exchange.status != 304 and original is None and exchange.error is None:
            self._originals[exchange.url] = Original(exchange.url, exchange.requested_at, digest, place.record_id)
        return place, digest

    def _original(self, source_id: int, exchange: Exchange) -> Original | None:
        """Return the response that this exchange repeats: of the same address, with the same payload, whole."""
        if exchange.url not in self._originals:
            row = self.database.one(
                """SELECT c.url, c.observed_at, c.payload_sha1, c.warc_record_id FROM visit v
                   JOIN capture c ON c.id = v.capture_id
                   WHERE v.source_id = :source AND v.url = :url AND c.url = :url AND v.error IS NULL
                   ORDER BY v.id DESC LIMIT 1""",
                source=source_id,
                url=exchange.url,
            )
            self._originals[exchange.url] = _original_of(row) if row is not None else None
        original = self._originals[exchange.url]
        if original is None or exchange.error is not None:
            return None
        if exchange.status == 304:
            return original
        payload = payload_of(exchange.response)
        return original if payload and sha1_base32(payload) == original.payload_sha1 else None

    def _insert_visit(
        self, run_id: int, source_id: int, exchange: Exchange, place: Place | None, digest: str | None
    ) -> Visit:
        last = self.database.one(
            """SELECT capture_id FROM visit WHERE source_id = :source AND url = :url AND capture_id IS NOT NULL
               AND error IS NULL ORDER BY id DESC LIMIT 1""",
            source=source_id,
            url=exchange.url,
        )
        capture_id = self._capture(exchange, place, digest, last["capture_id"] if last else None)
        unchanged = last is not None and capture_id is not None and last["capture_id"] == capture_id
        visit_id = self.database.insert(
            "visit",
            {
                "source_id": source_id,
                "run_id": run_id,
                "url": exchange.url,
                "role": exchange.role,
                "requested_at": to_text(exchange.requested_at),
                "duration_us": int(exchange.duration_s * 1e6),
                "status": exchange.status,
                "error": exchange.error,
                "transient": int(exchange.transient),
                "capture_id": capture_id,
                "unchanged": int(unchanged),
                "etag": exchange.header("etag"),
                "last_modified": exchange.header("last-modified"),
                "redirect_to": exchange.redirect_to,
                "address": exchange.address,
                "payload_sha1": digest,
                "warc_file": place and place.file,
                "warc_offset": place and place.offset,
                "warc_length": place and place.length,
                "warc_record_id": place and place.record_id,
            },
        )
        return Visit(id=visit_id, url=exchange.url, capture_id=capture_id, unchanged=unchanged, exchange=exchange)

    def _capture(self, exchange: Exchange, place: Place | None, digest: str | None, last_id: int | None) -> int | None:
        if place is None or exchange.status is None:
            return None
        if exchange.status == 304:
            return last_id
        sha256 = bytes.fromhex(sha256_hex(exchange.body))
        row = self.database.one("SELECT id FROM capture WHERE sha256 = :sha256", sha256=sha256)
        if row is not None:
            return int(row["id"])
        return self.database.insert(
            "capture",
            {
                "sha256": sha256,
                "size": len(exchange.body),
                "media_type": exchange.header("content-type"),
                "status": exchange.status,
                "url": exchange.url,
                "observed_at": to_text(exchange.requested_at),
                "warc_file": place.file,
                "warc_offset": place.offset,
                "warc_length": place.length,
                "warc_record_id": place.record_id,
                "payload_sha1": digest,
            },
        )

    # -------------------------------------------------------------------------------------------- what is known
    def known_posts(self, source_id: int) -> list[KnownWork]:
        """Return all posts and pages of a source, in order of their ids."""
        rows = self.database.all(
            "SELECT * FROM work WHERE source_id = :source AND work_type IN ('post', 'page') ORDER BY id",
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
        for ids in _chunks(post_work_ids):
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
        for ids in _chunks(work_ids):
            holes, values = marks("w", ids)
            for row in self.database.all(
                f"""SELECT id, work_id, number, kind, text_sha256, fingerprint, length(text) AS text_len FROM version
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

    # -------------------------------------------------------------------------------------------- versions
    def write(self, run_id: int, updates: Sequence[WorkUpdate], *, extractor: str = "") -> tuple[int, ...]:
        """Write what a batch says of works, in one transaction.

        Args:
            run_id: The run.
            updates: A post before its comments.
            extractor: Fingerprint of the rules that made the texts.

        Returns:
            The seqs of the versions that were opened.
        """
        if not updates:
            return ()
        recorded_at = to_text(utc_now())
        with self.database.transaction():
            batch = _Batch(self.database, run_id, recorded_at, self._extractor(extractor, recorded_at))
            batch.load(updates)
            for update in updates:
                batch.apply(update)
            return tuple(batch.seqs)

    def _extractor(self, fingerprint: str, now: str) -> int:
        row = self.database.one("SELECT id FROM extractor WHERE fingerprint = :f", f=fingerprint)
        if row is not None:
            return int(row["id"])
        return self.database.insert("extractor", {"fingerprint": fingerprint, "first_used": now})


@dataclass(slots=True)
class _Batch:
    """The state of one write: rows read before it, ids given within it."""

    database: Database
    run_id: int
    recorded_at: str
    extractor_id: int
    seqs: list[int] = field(default_factory=list)
    rows: dict[int, Row] = field(default_factory=dict)
    natives: dict[tuple[int, str, str], int] = field(default_factory=dict)

    def load(self, updates: Sequence[WorkUpdate]) -> None:
        """Read the works that the updates name, by id or by native id: another process may have made them."""
        for ids in _chunks([update.work_id for update in updates if update.work_id is not None]):
            holes, values = marks("w", ids)
            for row in self.database.all(f"SELECT * FROM work WHERE id IN ({holes})", **values):
                self.rows[row["id"]] = row
        fresh = [update for update in updates if update.work_id is None and update.native_id is not None]
        for source_id in {update.source_id for update in fresh}:
            natives = list({str(update.native_id) for update in fresh if update.source_id == source_id})
            for chunk in _chunks(natives):
                holes, values = marks("n", chunk)
                for row in self.database.all(
                    f"SELECT * FROM work WHERE source_id = :source AND native_id IN ({holes})",
                    source=source_id,
                    **values,
                ):
                    self.rows[row["id"]] = row
                    self.natives[source_id, _family(row["work_type"]), row["native_id"]] = row["id"]

    def apply(self, update: WorkUpdate) -> None:
        work_id = self._work_id(update)
        if work_id is None:
            if not update.decision.opens and update.state == "open":
                return  # nothing was ever seen of it
            work_id = self._insert_work(update)
        row = self.rows[work_id]
        decision = update.decision
        values: dict[str, Any] = {}
        if decision.opens:
            values |= self._open_version(row, update)
        elif decision.kind in _SEEN and update.state == "open" and row["head_id"] is not None:
            self.database.run(
                "UPDATE version SET observed_last = max(observed_last, :at) WHERE id = :id",
                at=to_text(update.observed_at),
                id=row["head_id"],
            )
        values |= self._state(row, update)
        changed = {name: value for name, value in values.items() if row[name] != value}
        if changed:
            sets = ", ".join(f"{name} = :{name}" for name in changed)
            self.database.run(f"UPDATE work SET {sets} WHERE id = :id", **changed, id=work_id)
            self.rows[work_id] = {**dict(row), **changed}
        self._addresses(work_id, update)

    def _work_id(self, update: WorkUpdate) -> int | None:
        if update.work_id is not None:
            return update.work_id
        if update.native_id is not None:
            return self.natives.get((update.source_id, _family(update.work_type), update.native_id))
        row = self.database.one(
            """SELECT w.* FROM work_url u JOIN work w ON w.id = u.work_id
               WHERE u.url = :url AND w.source_id = :source AND w.work_type IN ('post', 'page')
               ORDER BY u.last_seen DESC LIMIT 1""",
            url=update.url,
            source=update.source_id,
        )
        if row is not None:
            self.rows[row["id"]] = row
        return row["id"] if row else None

    def _insert_work(self, update: WorkUpdate) -> int:
        at = to_text(update.observed_at)
        post_id = update.post_work_id
        if post_id is None and update.work_type == "comment":
            post_id = self.natives.get((update.source_id, "post", update.post_native_id or ""))
            if post_id is None:
                post_id = self._post_at(update)
        values = {
            "source_id": update.source_id,
            "work_type": update.work_type,
            "native_id": update.native_id,
            "url": update.url,
            "state": update.state,
            "head_id": None,
            "versions": 0,
            "first_seen": at,
            "last_seen": at,
            "gone_at": None,
            "absences": 0,
            "pending_sha256": None,
            "witnesses": "[]",
            "comments": None,
            "post_id": post_id,
            "parent_native_id": update.parent_native_id,
            "depth": update.depth,
            "position": update.position,
        }
        work_id = self.database.insert("work", values)
        self.rows[work_id] = {"id": work_id, **values}
        if update.native_id is not None:
            self.natives[update.source_id, _family(update.work_type), update.native_id] = work_id
        return work_id

    def _post_at(self, update: WorkUpdate) -> int | None:
        """Return the post of a comment whose post has no native id: the one that was found at its address."""
        row = self.database.one(
            "SELECT work_id FROM work_url WHERE url = :url ORDER BY last_seen DESC LIMIT 1",
            url=update.url.partition("#")[0],
        )
        return row["work_id"] if row else None

    def _open_version(self, row: Row, update: WorkUpdate) -> dict[str, Any]:
        decision, at = update.decision, to_text(update.observed_at)
        head = self.database.one("SELECT * FROM version WHERE id = :id", id=row["head_id"]) if row["head_id"] else None
        text = _version_text(decision, head)
        number = int(row["versions"]) + 1
        url = update.url or row["url"]
        seq = append_event(
            self.database,
            "version",
            self.recorded_at,
            source_id=update.source_id,
            work_id=row["id"],
            detail={
                "number": number,
                "kind": decision.kind,
                "title": text["title"],
                "text_sha256": text["text_sha256"].hex(),
                "meta_sha256": sha256_hex(text["meta"]),
                "observed": at,
            },
        )
        captures = [number for witness in decision.witnesses for number in witness.capture_ids]
        version_id = self.database.insert(
            "version",
            {
                "work_id": row["id"],
                "source_id": update.source_id,
                "number": number,
                "seq": seq,
                "kind": decision.kind,
                **text,
                "url": url,
                "witnesses": _json([asdict(witness) for witness in decision.witnesses]),
                "extractor_id": self.extractor_id,
                "capture_id": captures[0] if captures else None,
                "visit_id": update.visit_ids[-1] if update.visit_ids else None,
                "reason": decision.reason,
                "same_text_as": decision.same_text_as,
                "observed_first": at,
                "observed_last": at,
                "recorded_at": self.recorded_at,
            },
        )
        if head is not None:
            self.database.run(
                "UPDATE version SET superseded_at = :now WHERE id = :id", now=self.recorded_at, id=head["id"]
            )
        self._index(row["id"], head, text, gone=decision.kind == "gone")
        self.seqs.append(seq)
        return {"head_id": version_id, "versions": number}

    def _index(self, work_id: int, head: Row | None, text: Mapping[str, Any], *, gone: bool) -> None:
        """Keep the words of the head in the full-text index; those of a head that is gone leave it."""
        if head is not None and head["kind"] != "gone":
            self.database.run(
                "INSERT INTO fts(fts, rowid, title, body) VALUES ('delete', :id, :title, :body)",
                id=work_id,
                title=words.for_index(head["title"]),
                body=words.for_index(head["text"]),
            )
        if not gone:
            self.database.run(
                "INSERT INTO fts(rowid, title, body) VALUES (:id, :title, :body)",
                id=work_id,
                title=words.for_index(text["title"]),
                body=words.for_index(text["text"]),
            )

    def _state(self, row: Row, update: WorkUpdate) -> dict[str, Any]:
        decision, at = update.decision, to_text(update.observed_at)
        seen = update.state in ("open", "protected")
        witnesses = _json([asdict(witness) for witness in decision.witnesses])
        values: dict[str, Any] = {
            "state": update.state,
            "absences": 0 if seen else (decision.absences or row["absences"]),
            "pending_sha256": decision.pending_sha256,
            "witnesses": witnesses,
        }
        if seen:
            values["last_seen"] = max(at, row["last_seen"])
        if update.url:
            values["url"] = update.url
        if decision.kind == "gone":
            values["gone_at"] = at
        elif update.state == "open":
            values["gone_at"] = None
        if update.comments is not None:
            values["comments"] = _json(update.comments)
        if update.work_type == "comment" and seen:
            values |= {
                "parent_native_id": update.parent_native_id,
                "depth": update.depth,
                "position": update.position,
            }
        return values

    def _addresses(self, work_id: int, update: WorkUpdate) -> None:
        at = to_text(update.observed_at)
        addresses = [(update.url, "canonical"), *update.aliases] if update.work_type != "comment" else []
        self.database.run_many(
            """INSERT INTO work_url (url, work_id, reason, first_seen, last_seen)
               VALUES (:url, :work, :reason, :at, :at)
               ON CONFLICT (url, work_id) DO UPDATE SET last_seen = max(last_seen, excluded.last_seen)""",
            [{"url": url, "work": work_id, "reason": reason, "at": at} for url, reason in addresses if url],
        )


def _original_of(row: Row) -> Original:
    at = datetime.fromisoformat(row["observed_at"])
    return Original(row["url"], at, row["payload_sha1"], row["warc_record_id"])


def _version_text(decision: Decision, head: Row | None) -> dict[str, Any]:
    """Return the columns that hold what a version says; one that is gone says nothing but its title."""
    content = decision.content
    if content is None:
        return {
            "title": head["title"] if head else "",
            "text": "",
            "markdown": "",
            "text_sha256": bytes.fromhex(sha256_hex("")),
            "fingerprint": "",
            "lang": head["lang"] if head else None,
            "meta": head["meta"] if head else "{}",
        }
    lang = content.meta.get("lang")
    return {
        "title": content.title,
        "text": content.text,
        "markdown": content.markdown,
        "text_sha256": bytes.fromhex(content.text_sha256),
        "fingerprint": content.fingerprint,
        "lang": lang if isinstance(lang, str) else None,
        "meta": _json(content.meta),
    }


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


def witness_of(told: Mapping[str, Any]) -> Witness:
    """Read a witness back from its JSON."""
    return Witness(**{**told, "capture_ids": tuple(told["capture_ids"])})


def source_of(row: Row) -> Source:
    """Read a source from its row."""
    return Source(
        id=row["id"],
        slug=row["slug"],
        url=row["url"],
        name=row["name"],
        platform=row["platform"],
        settings=json.loads(row["settings"]),
        every_s=row["every_s"],
        added_at=datetime.fromisoformat(row["added_at"]),
        last_ingest_at=datetime.fromisoformat(row["last_ingest_at"]) if row["last_ingest_at"] else None,
    )


def _family(work_type: str) -> str:
    """Posts and pages share one row of numbers in WordPress; a post made a page is the same work."""
    return "comment" if work_type == "comment" else "post"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_text(value)
    raise TypeError(f"{type(value).__name__} has no place in a row")


def _chunks(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + _CHUNK] for start in range(0, len(values), _CHUNK))


def _numbered(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"
