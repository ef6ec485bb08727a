"""Is the archive sound: rows, references, the event log, and in deep mode every byte and every text.

What a crash leaves is no fault: bytes are on the disk before the rows that name them are committed, so a process that
is killed leaves records that no row names, and perhaps a last one that is cut. These are leftovers.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from storage.batch import version_detail
from storage.bodies import body_of
from storage.contents import WORDS, ContentError, unfolded
from storage.engines.database import Database, Row, batched
from storage.engines.fulltext import missing
from storage.events import START, append_event, chain, event_bytes
from storage.locks import files_stay
from storage.packing.packcheck import RESTORE, deep_findings, quick_findings
from storage.proof import merkle
from storage.proof.log import STEP, Log
from storage.proof.sums import SEEN, SUMMED, row_sum, seen_sum, told_of_work
from storage.reading import storable, to_text
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
        v.warc_length, v.warc_record_id, c.sha256, c.size, c.media_type, c.warc_record_id AS first_record_id, EXISTS (
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
    yield from _as_far_as_it_goes(database, _faults(database, deep=deep))
    yield from _as_far_as_it_goes(database, _references(database))
    tell("events", 0, None)
    yield from _as_far_as_it_goes(database, _events(database, tell))
    yield from _as_far_as_it_goes(database, _told_again(database))
    if not deep:
        yield from _files(database, folder)
        yield from (finding for finding in quick_findings(database, folder) if finding.kind not in _LEFTOVER)
        return
    for phase in (_versions, _works, _sums):
        yield from _as_far_as_it_goes(database, phase(database, tell))
    with files_stay(folder / "warc"):
        found = _as_far_as_it_goes(database, _bytes(database, folder, tell))
        yield from (finding for finding in found if finding.kind not in _LEFTOVER)


def _as_far_as_it_goes(database: Database, findings: Iterator[Finding]) -> Iterator[Finding]:
    """Yield what one look at the archive finds; where a row cannot even be read, that is the last that it finds."""
    try:
        yield from findings
    except (StorageError, UnicodeError) as error:
        yield Finding(kind="unreadable", where=database.place, what=str(error), advice=RESTORE)


def _faults(database: Database, *, deep: bool) -> Iterator[Finding]:
    for fault in database.faults(deep=deep):
        yield Finding(kind=database.dialect, where=database.place, what=fault, advice=RESTORE)


def sound_rows(database: Database, tell: Progress) -> Iterator[Finding]:
    """Yield what is wrong with rows, as long as bytes are not looked at: references, events, texts."""
    yield from _references(database)
    yield from _events(database, tell)
    yield from _told_again(database)
    for phase in (_versions, _works, _sums):
        yield from phase(database, tell)


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
    "version that tells other times or another source than its event and the version after it": """SELECT v.id
        FROM version v JOIN event e ON e.seq = v.seq LEFT JOIN version n ON n.work_id = v.work_id
        AND n.number = v.number + 1 WHERE coalesce(v.superseded_at, '') <> coalesce(n.recorded_at, '')
        OR v.source_id <> e.source_id OR v.recorded_at <> e.at""",
    "capture that no visit brought, or that says otherwise": """SELECT c.id FROM capture c WHERE NOT EXISTS (
        SELECT 1 FROM visit v WHERE v.capture_id = c.id AND v.warc_record_id = c.warc_record_id
        AND v.warc_file = c.warc_file AND v.warc_offset = c.warc_offset AND v.warc_length = c.warc_length
        AND v.url = c.url AND v.requested_at = c.observed_at AND v.status = c.status
        AND v.payload_sha1 = c.payload_sha1)""",
}


def _references(database: Database) -> Iterator[Finding]:
    for where, parent in database.dangling():
        what = f"it names a row of {parent} that is not there"
        yield Finding(kind="broken_reference", where=where, what=what, advice=RESTORE)
    for name, query in _BROKEN.items():
        for row in database.all(query):
            yield Finding(kind="broken_reference", where=f"number {row['id']}", what=name, advice=RESTORE)
    for name, number in missing(database):
        yield Finding(kind="broken_reference", where=f"number {number}", what=name, advice=RESTORE)


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


def _told_again(database: Database) -> Iterator[Finding]:
    """Tell rows that say otherwise than their events: takedowns, sources, versions in few words."""
    yield from _takedowns(database)
    yield from _merges(database)
    yield from _sources(database)
    for row in database.stream(
        """SELECT v.id, v.number, v.kind, v.text_sha256, v.observed_first, e.detail FROM version v
           JOIN event e ON e.seq = v.seq ORDER BY v.id"""
    ):
        told = _read(row["detail"])
        said = [row["number"], row["kind"], row["text_sha256"].hex(), row["observed_first"]]
        if said != [told.get(name) for name in ("number", "kind", "text_sha256", "observed")]:
            yield _altered(row["id"])


def _sources(database: Database) -> Iterator[Finding]:
    for row in database.all(
        """SELECT s.id, s.url, s.slug, s.added_at, e.at, e.detail FROM source s
           LEFT JOIN event e ON e.source_id = s.id AND e.kind = 'source_added' ORDER BY s.id"""
    ):
        told = _read(row["detail"])
        if (row["url"], row["added_at"], row["slug"]) != (told.get("url"), row["at"], told.get("slug", row["slug"])):
            what = "it says otherwise than the event that tells when it was added"
            yield Finding(kind="digest_mismatch", where=f"source {row['id']}", what=what, advice=RESTORE)


def _merges(database: Database) -> Iterator[Finding]:
    """Tell merges that say otherwise than the log, and those that one of both does not know."""
    said: dict[int, list[object]] = {}
    for row in database.all("SELECT * FROM event WHERE kind IN ('merged', 'merge_undone') ORDER BY seq"):
        detail = _read(row["detail"])
        if row["kind"] == "merged":
            words = (detail.get(name) for name in ("into", "reason", "by"))
            said[detail.get("id", 0)] = [row["work_id"], row["at"], *words, None]
        elif detail.get("id") in said:
            said[detail["id"]][-1] = row["at"]
    for row in database.all("SELECT * FROM merge ORDER BY id"):
        told = [row[name] for name in ("work_id", "at", "into_id", "reason", "by_whom", "undone_at")]
        if said.pop(row["id"], None) != told:
            what = "it says otherwise than the event log, or that tells nothing of it"
            yield Finding(kind="digest_mismatch", where=f"merge {row['id']}", what=what, advice=RESTORE)
    for number in sorted(said):
        what = "its row was taken away"
        yield Finding(kind="broken_reference", where=f"merge {number}", what=what, advice=RESTORE)


def _takedowns(database: Database) -> Iterator[Finding]:
    """Tell those that were interrupted, that no event speaks of, that say otherwise or were lifted without one."""
    said: dict[int, tuple[object, ...]] = {}
    lifted: dict[int, str] = {}
    for row in database.all("SELECT * FROM event WHERE kind IN ('takedown', 'takedown_lifted') ORDER BY seq"):
        detail = _read(row["detail"])
        if row["kind"] == "takedown":
            words = (detail.get(name) for name in ("level", "reason", "by", "thread"))
            said[detail.get("id", 0)] = (row["work_id"], row["at"], *words)
        ended = detail.get("id") if row["kind"] == "takedown_lifted" else detail.get("instead_of")
        if ended:
            lifted[ended] = row["at"]
    for row in database.all("SELECT * FROM takedown ORDER BY id"):
        where = f"takedown {row['id']}"
        told = said.pop(row["id"], None)
        words = (row[name] for name in ("work_id", "at", "level", "reason", "by_whom"))
        if told is None:
            yield Finding(kind="takedown", where=where, what="no event speaks of it", advice=RESTORE)
        elif told != (*words, bool(row["thread"])):
            yield Finding(kind="takedown", where=where, what="it says otherwise than its event", advice=RESTORE)
        elif row["lifted_at"] is not None and lifted.get(row["id"]) != row["lifted_at"]:
            yield Finding(kind="takedown", where=where, what="it was lifted, and no event says so", advice=RESTORE)
        elif row["lifted_at"] is None and row["id"] in lifted:
            what = "it stands, and an event says that it was lifted"
            yield Finding(kind="takedown", where=where, what=what, advice=RESTORE)
        elif row["done_at"] is None and row["lifted_at"] is None:
            what = "it was interrupted: what it is to destroy is still there"
            yield Finding(kind="takedown", where=where, what=what, advice=_TAKE_DOWN_AGAIN)
    for number in sorted(said):
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
    """Compare every text with its digest, and all that a version holds with its event."""
    rows = database.stream(
        """SELECT v.*, e.detail, w.work_type, s.url AS source_url, c.sha256 AS capture_sha256,
               x.fingerprint AS extractor, EXISTS (
               SELECT 1 FROM takedown t WHERE t.level = 'destroy' AND t.lifted_at IS NULL
               AND (t.work_id = w.id OR (t.work_id = w.post_id AND t.thread = 1))) AS gone
           FROM version v JOIN event e ON e.seq = v.seq JOIN extractor x ON x.id = v.extractor_id
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
    detail, destroyed = _read(row["detail"]), bool(row["gone"]) and "destroyed" in _read(row["meta"])
    if not destroyed and hashlib.sha256(row["text"].encode()).digest() != row["text_sha256"]:
        what = "its text does not have the digest that it had when it was written"
        yield Finding(kind="digest_mismatch", where=f"version {row['id']}", what=what, advice=RESTORE)
    elif not _is_as_told(detail, row, destroyed=destroyed):
        yield _altered(row["id"])


def _is_as_told(detail: Mapping[str, Any], row: Row, *, destroyed: bool) -> bool:
    """Return whether an event says what a version says and holds.

    Those before schema 0003 knew no record id, those before 0010 nothing but what it says.
    """
    try:
        if "said_sha256" in detail and not destroyed:
            said = sha256_hex("\0".join((row["title"], row["markdown"], row["meta"])))
            holds = [row["url"], row["text_sha256"].hex(), said]
            return holds == [detail.get(name) for name in ("url", "text_sha256", "said_sha256")]
        found = version_detail(row)
        if destroyed:  # its digest is left, where the log does not know it any other
            found["record_id"] = _read(row["meta"])["destroyed"]
            if any(row[name] for name in ("title", "text", "markdown")):
                return False
        if "record_id" not in detail:
            return destroyed
    except (ValueError, LookupError, TypeError, AttributeError):  # what it holds cannot be read any more
        return False
    told = {name: value for name, value in detail.items() if name != "work"}
    if "row" not in told:
        del found["row"]
    return found == told


def _works(database: Database, tell: Progress) -> Iterator[Finding]:
    """Compare every work with the last word of the log on it."""
    for done, row in enumerate(
        database.stream(
            """SELECT w.*, h.url AS version_url, e.detail AS opened, (
                   SELECT l.detail FROM event l
                   WHERE l.kind = 'work' AND l.work_id = w.id AND l.seq > coalesce(h.seq, 0)
                   ORDER BY l.seq DESC LIMIT 1) AS changed
               FROM work w LEFT JOIN version h ON h.id = w.head_id LEFT JOIN event e ON e.seq = h.seq ORDER BY w.id"""
        )
    ):
        if done % 1_000 == 0:
            tell("works", done, None)
        changed = row["changed"] is not None
        told = _read(row["changed"]) if changed else _read(row["opened"] or "{}").get("work")
        if told is None:
            continue  # the log told nothing of it before schema 0010
        try:
            sound = told_of_work(row, None if changed else row["version_url"]) == told
        except ValueError:
            sound = False
        if not sound:
            what = "it stands otherwise than the event log tells: it was altered"
            yield Finding(kind="digest_mismatch", where=f"work {row['id']}", what=what, advice=RESTORE)


def _sums(database: Database, tell: Progress) -> Iterator[Finding]:
    """Compare what rows hold with their sums. Those that were last written before schema 0010 have none."""
    for table in ("visit", "work", "work_url", "version"):
        columns, seen = SUMMED.get(table, ()), SEEN.get(table)
        sums = [name for name, has in (("row_sum", columns), ("seen_sum", seen)) if has]
        key = "url" if table == "work_url" else "id"
        names = ", ".join(dict.fromkeys((key, *columns, *([seen] if seen else ()), *sums)))
        for done, row in enumerate(database.stream(f"SELECT {names} FROM {table}")):
            if done % 10_000 == 0:
                tell("sums", done, None)
            wrong = (columns and row["row_sum"] not in (None, row_sum(table, row))) or (
                seen and row["seen_sum"] not in (None, seen_sum(row[seen]))
            )
            if wrong:
                what = "it does not have the sum that it had when it was written"
                yield Finding(kind="digest_mismatch", where=f"{table} {row[key]}", what=what, advice=RESTORE)


def _read(text: str | None) -> dict[str, Any]:
    """Read a JSON object of a row; what is none any more holds nothing: what is compared with it tells."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


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
    broken: int | None = None
    try:
        for record in read_segment(path):
            if isinstance(record, int):
                if record in wanted:
                    broken = record  # told below
                    break
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
                if offset == broken:
                    yield _damaged(path, offset, "the head of its gzip member is damaged: few programs read it")


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
        if hashlib.sha256(body).digest() != row["sha256"] or len(body) != row["size"]:
            yield _damaged(path, offset, "its body does not have the digest and size of the row", "digest_mismatch")
        elif row["first_record_id"] == record.place.record_id and _media_type(message) != row["media_type"]:
            yield _damaged(path, offset, "its head names another type than the row", "digest_mismatch")


def _media_type(message: messages.Message | None) -> str | None:
    headers = message.headers if message is not None else ()
    return next((storable(value) for name, value in headers if name.lower() == "content-type"), None)


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
