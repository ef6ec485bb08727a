"""Is the archive sound: rows, references, the event log, and in deep mode every byte and every text.

What a crash leaves is no fault: bytes are on the disk before the rows that name them are committed, so a process that
is killed leaves records that no row names, and perhaps a last one that is cut. These are leftovers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from storage.batch import version_detail
from storage.bodies import body_of
from storage.contents import WORDS, ContentError, unfolded
from storage.engines.database import Database, Row, batched
from storage.engines.fulltext import INDEXED, indexed_works
from storage.events import START, append_event, chain, event_bytes
from storage.locks import files_stay
from storage.packing.packcheck import RESTORE, deep_findings, quick_findings
from storage.proof import merkle
from storage.proof.log import STEP, Log
from storage.reading import object_of, to_text
from storage.rows import Finding
from storage.warc import Record, digest_matches, is_mark, payload_of, read_record, read_segment, sha1_base32
from variorum import messages
from variorum.digests import sha256_hex
from variorum.errors import StorageError
from variorum.times import utc_now

Progress = Callable[[str, int, int | None], None]
_LEFTOVER = frozenset(("orphan_record", "orphan_pack", "torn_end"))
_TAKE_DOWN_AGAIN = "run the same takedown again (`variorum takedown` lists them): it goes on"
_MOST = 100  # findings of one kind that are told one by one

_PLACES = """SELECT v.id, v.url, v.status, v.error, v.payload_sha1, v.revisit_of, v.warc_file, v.warc_offset,
        v.warc_length, v.warc_record_id, c.sha256, c.size, EXISTS (
            SELECT 1 FROM takedown_capture x JOIN takedown t ON t.id = x.takedown_id
            WHERE x.capture_id = v.capture_id AND t.level = 'destroy' AND t.lifted_at IS NULL) AS destroyed
    FROM visit v LEFT JOIN capture c ON c.id = v.capture_id
    WHERE v.warc_file IS NOT NULL AND v.warc_file NOT LIKE '%.pack' ORDER BY v.warc_file, v.warc_offset"""


def check(database: Database, folder: Path, *, deep: bool, progress: Progress | None) -> list[Finding]:
    """Return all that is wrong; see `storage.archive.Archive.check`. Leaves an event that says so, where it can."""
    tell = progress or (lambda _phase, _done, _total: None)
    found = _limited(_all(database, folder, tell, deep=deep))
    with contextlib.suppress(StorageError):  # an archive that cannot be written can still be checked
        writer = database.again(write=True)
        try:
            with writer.transaction():
                detail = {"deep": deep, "findings": len(found)}
                append_event(writer, "checked", to_text(utc_now()), detail=detail)
        finally:
            writer.close()
    return found


def leftovers(database: Database, folder: Path) -> list[Finding]:
    """Return what crashes left behind; see `storage.archive.Archive.leftovers`."""
    with files_stay(folder / "warc"):
        walk = _bytes(database, folder, lambda _phase, _done, _total: None)
        return [finding for finding in walk if finding.kind in _LEFTOVER]


def _all(database: Database, folder: Path, tell: Progress, *, deep: bool) -> Iterator[Finding]:
    tell("rows", 0, None)
    for fault in database.faults(deep=deep):
        yield Finding(kind=database.dialect, where=database.place, what=fault, advice=RESTORE)
    yield from _references(database)
    tell("events", 0, None)
    yield from _events(database, tell)
    if deep:
        yield from _versions(database, tell)
        with files_stay(folder / "warc"):
            yield from (finding for finding in _bytes(database, folder, tell) if finding.kind not in _LEFTOVER)
    else:
        yield from _files(database, folder)
        yield from (finding for finding in quick_findings(database, folder) if finding.kind not in _LEFTOVER)


def sound_rows(database: Database, tell: Progress) -> Iterator[Finding]:
    """Yield what is wrong with rows, as long as bytes are not looked at: references, events, texts."""
    yield from _references(database)
    yield from _events(database, tell)
    yield from _versions(database, tell)


def _limited(findings: Iterator[Finding]) -> list[Finding]:
    """Return findings, of each kind so many one by one and the number of the rest in one."""
    found: list[Finding] = []
    counts: dict[str, int] = {}
    for finding in findings:
        counts[finding.kind] = counts.get(finding.kind, 0) + 1
        if counts[finding.kind] <= _MOST:
            found.append(finding)
    found.extend(
        Finding(kind=kind, where="the archive", what=f"{count - _MOST} more of this kind", advice=RESTORE)
        for kind, count in counts.items()
        if count > _MOST
    )
    return found


# ------------------------------------------------------------------------------------------------ rows
_BROKEN = {
    "work whose head is not its last version": """SELECT w.id FROM work w WHERE coalesce(w.head_id, 0) <> coalesce((
        SELECT v.id FROM version v WHERE v.work_id = w.id ORDER BY v.number DESC LIMIT 1), 0)
        OR w.versions <> (SELECT count(*) FROM version v WHERE v.work_id = w.id)""",
    "version whose event is not in the log": """SELECT v.id FROM version v
        LEFT JOIN event e ON e.seq = v.seq AND e.kind = 'version' AND e.work_id = v.work_id WHERE e.seq IS NULL""",
    "event whose version is not in the archive": """SELECT e.seq AS id FROM event e
        LEFT JOIN version v ON v.seq = e.seq WHERE e.kind = 'version' AND v.id IS NULL""",
    "capture that no visit brought": """SELECT c.id FROM capture c WHERE NOT EXISTS (
        SELECT 1 FROM visit v WHERE v.capture_id = c.id AND v.warc_record_id = c.warc_record_id
        AND v.warc_file = c.warc_file AND v.warc_offset = c.warc_offset AND v.warc_length = c.warc_length)""",
}


def _references(database: Database) -> Iterator[Finding]:
    for where, parent in database.dangling():
        what = f"it names a row of {parent} that is not there"
        yield Finding(kind="broken_reference", where=where, what=what, advice=RESTORE)
    indexed = indexed_works(database)
    for name, query in {
        **_BROKEN,
        "work whose words are not in the full-text index": f"""SELECT w.id FROM work w
            JOIN version h ON h.id = w.head_id
            WHERE ({INDEXED}) <> (w.id IN (SELECT id FROM {indexed}))""",
        "entry of the full-text index without a work": f"""SELECT d.id FROM {indexed} d
            LEFT JOIN work w ON w.id = d.id WHERE w.head_id IS NULL""",
    }.items():
        for row in database.all(query):
            yield Finding(kind="broken_reference", where=f"number {row['id']}", what=name, advice=RESTORE)


def _events(database: Database, tell: Progress) -> Iterator[Finding]:
    """Follow the chain; the first break is told, and where a version says otherwise than its event."""
    before, last = START, 0
    tree = _Tree(database)
    for row in database.stream("SELECT * FROM event ORDER BY seq"):
        if row["seq"] != last + 1 or row["chain"] != chain(before, row):
            what = "the chain of digests breaks here: an event was altered, added or taken away"
            yield Finding(kind="event_chain", where=f"event {row['seq']}", what=what, advice=RESTORE)
            return
        before, last = row["chain"], row["seq"]
        yield from tree.take(row)
        if last % 10_000 == 0:
            tell("events", last, None)
    yield from tree.end()
    yield from _takedowns(database)
    for row in database.stream(
        """SELECT v.id, v.number, v.kind, v.text_sha256, v.observed_first, e.detail FROM version v
           JOIN event e ON e.seq = v.seq ORDER BY v.id"""
    ):
        told = json.loads(row["detail"])
        said = [row["number"], row["kind"], row["text_sha256"].hex(), row["observed_first"]]
        if said != [told.get(name) for name in ("number", "kind", "text_sha256", "observed")]:
            yield _altered(row["id"])


def _takedowns(database: Database) -> Iterator[Finding]:
    """Tell those that were interrupted, that no event speaks of, or that were lifted without one."""
    told: dict[str, set[int]] = {"takedown": set(), "takedown_lifted": set(), "raised": set()}
    for row in database.all("SELECT * FROM event WHERE kind IN ('takedown', 'takedown_lifted') ORDER BY seq"):
        detail = json.loads(row["detail"])
        told[row["kind"]].add(detail["id"])
        if detail.get("instead_of"):
            told["raised"].add(detail["instead_of"])
    for row in database.all("SELECT * FROM takedown ORDER BY id"):
        where = f"takedown {row['id']}"
        if row["id"] not in told["takedown"]:
            yield Finding(kind="takedown", where=where, what="no event speaks of it", advice=RESTORE)
        elif row["lifted_at"] is not None and row["id"] not in told["takedown_lifted"] | told["raised"]:
            yield Finding(kind="takedown", where=where, what="it was lifted, and no event says so", advice=RESTORE)
        elif row["done_at"] is None and row["lifted_at"] is None:
            what = "it was interrupted: what it is to destroy is still there"
            yield Finding(kind="takedown", where=where, what=what, advice=_TAKE_DOWN_AGAIN)
        told["takedown"].discard(row["id"])
    for number in sorted(told["takedown"]):
        yield Finding(kind="takedown", where=f"takedown {number}", what="its row was taken away", advice=RESTORE)


class _Tree:
    """The Merkle tree made anew beside the chain, compared with what was kept (storage/proof/log.py)."""

    def __init__(self, database: Database) -> None:
        self._nodes = {
            (row["level"], row["number"]): bytes(row["hash"]) for row in database.all("SELECT * FROM log_node")
        }
        self._heads = {head.size: head for head in Log(database).heads()}
        self._size = 0
        self._peaks: list[tuple[int, bytes]] = []  #: level and hash of the perfect subtrees, from the left

    def take(self, row: Row) -> Iterator[Finding]:
        """Add an event."""
        self._size += 1
        level, made = 0, merkle.leaf_hash(event_bytes(row))
        while self._peaks and self._peaks[-1][0] == level:
            level, made = level + 1, merkle.node_hash(self._peaks.pop()[1], made)
            if level % STEP == 0:
                number = (self._size >> level) - 1
                if self._nodes.pop((level, number), made) != made:
                    yield _not_the_tree(f"node {level}/{number}", "it is not made of the events that it covers")
        self._peaks.append((level, made))
        head = self._heads.pop(self._size, None)
        if head is not None and self.root() != head.root:
            yield _not_the_tree(f"head of {head.size} events", "the events have another root than was sealed")

    def root(self) -> str:
        """Return the root over what was taken, 64 hex digits."""
        made = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            made = merkle.node_hash(left, made)
        return made.hex()

    def end(self) -> Iterator[Finding]:
        """Tell what was kept of events that are not there."""
        for size in sorted(self._heads):
            what = f"the log has {self._size} events: its end was cut off"
            yield _not_the_tree(f"head of {size} events", what)
        for level, number in sorted(self._nodes):
            yield _not_the_tree(f"node {level}/{number}", "it covers events that are not there")


def _not_the_tree(where: str, what: str) -> Finding:
    return Finding(kind="merkle_log", where=where, what=what, advice=RESTORE)


def _versions(database: Database, tell: Progress) -> Iterator[Finding]:
    """Compare every text with its digest, and all that a version says with its event."""
    rows = database.stream(
        """SELECT v.*, e.detail, w.work_type, s.url AS source_url, c.sha256 AS capture_sha256, EXISTS (
               SELECT 1 FROM takedown t WHERE t.level = 'destroy' AND t.lifted_at IS NULL
               AND (t.work_id = w.id OR (t.work_id = w.post_id AND t.thread = 1))) AS gone
           FROM version v JOIN event e ON e.seq = v.seq
           JOIN work w ON w.id = v.work_id JOIN source s ON s.id = v.source_id
           LEFT JOIN capture c ON c.id = v.capture_id ORDER BY v.id"""
    )
    done = 0
    for part in batched(rows, 500):
        for row in _unfolded(database, part):
            yield from [row] if isinstance(row, Finding) else _version(row)
        done += len(part)
        tell("texts", done, None)


def _unfolded(database: Database, rows: Sequence[Row]) -> Iterator[Row | Finding]:
    """Yield rows with what they say, and a finding for each that is damaged."""
    for row in rows:
        if row["content"] is not None and any(row[name] for name in WORDS):
            yield _altered(row["id"])  # nothing reads these words, but they are none of ours
    try:
        yield from unfolded(database, rows)
    except ContentError as error:
        if len(rows) > 1:
            for row in rows:
                yield from _unfolded(database, [row])
        else:
            yield Finding(
                kind="digest_mismatch", where=f"version {rows[0]['id']}", what=str(error).partition("; ")[0],
                advice=RESTORE,
            )  # fmt: skip


def _version(row: Row) -> Iterator[Finding]:
    if "destroyed" in (meta := object_of(row["meta"])) and row["gone"]:
        if json.loads(row["detail"]).get("record_id", meta["destroyed"]) != meta["destroyed"] or row["text"]:
            yield _altered(row["id"])
    elif hashlib.sha256(row["text"].encode()).digest() != row["text_sha256"]:
        what = "its text does not have the digest that it had when it was written"
        yield Finding(kind="digest_mismatch", where=f"version {row['id']}", what=what, advice=RESTORE)
    elif not _tells(json.loads(row["detail"]), row):
        yield _altered(row["id"])


def _tells(detail: dict[str, Any], row: Row) -> bool:
    """Return whether an event says what a version says; those before schema 0003 knew no record id."""
    if "said_sha256" in detail:
        said = sha256_hex("\0".join((row["title"], row["markdown"], row["meta"])))
        told = [row["url"], row["text_sha256"].hex(), said]
        return told == [detail.get(name) for name in ("url", "text_sha256", "said_sha256")]
    return version_detail(row) == detail


def _altered(version_id: int) -> Finding:
    what = "it says otherwise than the event log: it was altered"
    return Finding(kind="digest_mismatch", where=f"version {version_id}", what=what, advice=RESTORE)


# ------------------------------------------------------------------------------------------------ bytes
def _files(database: Database, folder: Path) -> Iterator[Finding]:
    """Look whether the WARC files are there and long enough."""
    for row in database.all(
        """SELECT warc_file, max(warc_offset + warc_length) AS size, count(*) AS records FROM visit
           WHERE warc_file IS NOT NULL AND warc_file NOT LIKE '%.pack' GROUP BY warc_file"""
    ):
        path = folder / "warc" / row["warc_file"]
        if not path.is_file():
            yield _missing(path, row["records"])
        elif path.stat().st_size < row["size"]:
            what = f"it ends at {path.stat().st_size}, rows name bytes up to {row['size']}"
            yield Finding(kind="missing_bytes", where=str(path), what=what, advice=RESTORE)


def _missing(path: Path, records: int) -> Finding:
    what = f"the file is not there; rows name {records} records in it"
    return Finding(kind="missing_bytes", where=str(path), what=what, advice=RESTORE)


def _bytes(database: Database, folder: Path, tell: Progress) -> Iterator[Finding]:
    """Read all bytes: segments first, since what is folded meanwhile is in the packs then."""
    yield from _segments(database, folder, tell)
    yield from deep_findings(database, folder, tell, _record)


def _segments(database: Database, folder: Path, tell: Progress) -> Iterator[Finding]:
    """Read every WARC file from end to end, put its records beside the rows that name them."""
    on_disk = {path.name: path for path in (folder / "warc").glob("*.warc.gz")}
    total = len(on_disk)
    done = 0
    for name, group in groupby(database.stream(_PLACES), key=lambda row: row["warc_file"]):
        rows = list(group)
        path = on_disk.pop(name, None)
        if path is None:
            yield _missing(folder / "warc" / name, len(rows))
            continue
        tell("files", done, total)
        yield from _segment(path, rows)
        done += 1
    for path in sorted(on_disk.values()):
        tell("files", done, total)
        yield from _segment(path, [])
        done += 1


def _segment(path: Path, rows: Sequence[Row]) -> Iterator[Finding]:
    wanted = {row["warc_offset"]: row for row in rows}
    requests = {row["warc_offset"] + row["warc_length"]: row for row in rows}
    seen: set[int] = set()
    try:
        for record in read_segment(path):
            if isinstance(record, int):
                if record in wanted:
                    break  # told below
                if record in requests or (rows and record < max(wanted)):
                    yield _damaged(path, record, "what lies here is no whole record")
                else:
                    yield Finding(
                        kind="torn_end",
                        where=f"{path} at {record}",
                        what="the last record is cut: its process was killed, or is still writing",
                        advice="nothing to do: no row names it",
                    )
                break
            offset = record.place.offset
            seen.add(offset)
            yield from _record(path, record, wanted.get(offset))
            if record.kind not in ("response", "revisit"):
                continue
            if offset not in wanted:
                yield Finding(
                    kind="orphan_record",
                    where=f"{path} at {offset}",
                    what=f"no row names the response of {record.headers.get('WARC-Target-URI', '?')}",
                    advice="nothing to do: its process was killed before the rows were written",
                )
    except OSError as error:
        yield Finding(kind="missing_bytes", where=str(path), what=f"cannot be read: {error.strerror}", advice=RESTORE)
    for offset, row in wanted.items():  # those behind a damaged record, one by one
        if offset not in seen:
            try:
                record = read_record(path.parent, path.name, offset, row["warc_length"])
            except StorageError as error:
                yield _damaged(path, offset, str(error).removeprefix(f"{path}: "))
            else:
                yield from _record(path, record, row)


def _record(path: Path, record: Record, row: Row | None) -> Iterator[Finding]:
    offset = record.place.offset
    if not digest_matches(record):
        yield _damaged(path, offset, "its bytes do not have the digest that its head tells", "digest_mismatch")
        return
    if row is None:
        return
    if record.place.record_id != row["warc_record_id"] or record.place.length != row["warc_length"]:
        yield _damaged(path, offset, "it is not the record that the row names", "digest_mismatch")
    elif row["destroyed"] and row["revisit_of"] is None:
        yield from _destroyed(path, record, row)
    elif is_mark(record):
        yield _damaged(path, offset, "it was destroyed, and no takedown says so", "digest_mismatch")
    elif record.kind == "response" and row["revisit_of"] is None:
        yield from _response(path, record, row)


def _destroyed(path: Path, record: Record, row: Row) -> Iterator[Finding]:
    """Demand the mark of a destroyed record, with the digest of what it was."""
    where = f"{path} at {record.place.offset}"
    if not is_mark(record):
        what = "a takedown was to destroy it, and it is still there"
        yield Finding(kind="takedown", where=where, what=what, advice=_TAKE_DOWN_AGAIN)
    elif f"payload-digest: sha1:{row['payload_sha1']}" not in record.block.decode("utf-8", "replace").split("\r\n"):
        yield _damaged(path, record.place.offset, "its mark tells of other bytes than the row", "digest_mismatch")


def _response(path: Path, record: Record, row: Row) -> Iterator[Finding]:
    offset = record.place.offset
    if sha1_base32(payload_of(record.block)) != row["payload_sha1"]:
        yield _damaged(path, offset, "its payload does not have the digest of the row", "digest_mismatch")
    elif row["error"] is None and row["sha256"] is not None and row["status"] != 304:
        message = messages.read_message(record.block)
        body = body_of(message, row["size"] + 1) if message is not None else b""
        if hashlib.sha256(body).digest() != row["sha256"]:
            yield _damaged(path, offset, "its body does not have the digest of the row", "digest_mismatch")


def _damaged(path: Path, offset: int, what: str, kind: str = "missing_bytes") -> Finding:
    return Finding(kind=kind, where=f"{path} at {offset}", what=what, advice=RESTORE)


def event_rows(database: Database, after: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the event log as plain objects, in order of seq."""
    for row in database.stream("SELECT * FROM event WHERE seq > :after ORDER BY seq", after=after):
        yield {
            "seq": row["seq"],
            "at": row["at"],
            "kind": row["kind"],
            "source_id": row["source_id"],
            "work_id": row["work_id"],
            "detail": json.loads(row["detail"]),
            "chain": row["chain"].hex(),
        }
