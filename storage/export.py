"""What goes out of the archive: records as JSON lines, bytes as WARC."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import stat
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, BinaryIO, Self

from storage.engines.database import Database, Row, batched, marks
from storage.engines.place import KEPT, SQLITE
from storage.events import append_event
from storage.locks import files_stay
from storage.packing.frames import Spot
from storage.packing.packs import Packs, pack_number, packed_records
from storage.proof.log import Log, Progress, TreeHead
from storage.proof.sums import is_told
from storage.reading import to_text
from storage.warc import SEGMENT_BYTES, file_name, gzip_member, read_segment, warcinfo_member
from storage.withheld import withheld_addresses, withheld_captures
from variorum.errors import StorageError, UsageError
from variorum.times import utc_now

if TYPE_CHECKING:
    from storage.archive import Archive

PROOF_SCHEMA = "variorum-proof/2"
OLDER_PROOF_SCHEMA = "variorum-proof/1"  #: proves each record, not the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export wrote."""

    count: int  #: records
    last_seq: int  #: of the last record of the archive that was looked at: pass it as `after` the next time
    files: tuple[Path, ...] = ()
    bytes_written: int = 0
    withheld: int = 0  #: WARC records that hold what was taken down


def export_jsonl(archive: Archive, dest: str | Path, *, after: int = 0, source: str | int | None = None) -> Exported:
    """Write records of schema variorum/1, one a line, in order of seq.

    Args:
        archive: Where from.
        dest: File to be written, by a temporary one beside it and a rename: it is whole or not there. "-" for stdout;
            a device or a pipe is written as it stands; a link is followed.
        after: Seq of the last record of the export before.
        source: As for `Archive.source`; None for all.

    Raises:
        UsageError: There is no such source, or *dest* is a folder, or the archive's own.
        StorageError: *dest* cannot be written.
    """
    source_id = archive.source(source).id if source is not None else None
    if str(dest) == "-":
        return _write_lines(archive, sys.stdout, after, source_id)
    path = Path(dest)
    if path.is_dir():
        raise UsageError(f"{path} is a folder: name a file, e.g. {path / 'archive.jsonl'}")
    _demand_outside(archive, path)
    if _is_special(path):
        return _write_into(path, archive, after, source_id)
    path = path.resolve()  # a link stays one: what it points to is written
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            done = _write_lines(archive, file, after, source_id)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        draft.replace(path)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    return Exported(count=done.count, last_seq=done.last_seq, files=(Path(dest),), bytes_written=size)


def export_proof(archive: Archive, exported: Path, dest: Path, progress: Progress | None = None) -> TreeHead:
    """Write beside an export of records what proves each of its lines, for docs/verify_export.py or any other program.

    The log is told of the export and sealed, so that its every byte is held by a head. What is proved of each record
    alone, is proved under the newest head before that, if it holds all of it: that may be one that was time-stamped.

    Args:
        archive: Where the export came from.
        exported: The file that `export_jsonl` wrote.
        dest: File to be written: the heads on the first line, then for each record its event and the path to the root,
            and those of the last word on its work where that is another event.
        progress: Told how far it is with sealing the log.

    Returns:
        The head that holds the export.

    Raises:
        StorageError: *dest* cannot be written; or the archive cannot, and no head holds all that was exported: else an
            archive that cannot be written gives a proof of each record, but not of the file.
    """
    wanted = _statements(archive.database, exported)
    needed = max(wanted, default=0)
    sealed = next(iter(reversed(Log(archive.database).heads())), None)
    before = sealed if sealed is not None and needed <= sealed.size else None
    try:
        seq, head = _sealed_with(archive, exported, len(wanted) // 2, progress)
    except StorageError:
        if before is None:
            raise
        told: dict[str, Any] = {"schema": OLDER_PROOF_SCHEMA, "size": before.size, "root": before.root}
        told["sealed_at"] = to_text(before.at)
        _write_proof(archive.database, told, wanted, before, dest)
        return before
    of_lines = before or head
    log = Log(archive.database, upto=head.size)
    told = {
        "schema": PROOF_SCHEMA,
        "size": of_lines.size,
        "root": of_lines.root,
        "export": {
            **_proof(archive.database, log, seq, head),
            "size": head.size,
            "root": head.root,
            "since": list(log.consistency(of_lines, head).path),
        },
    }
    _write_proof(archive.database, told, wanted, of_lines, dest)
    return head


def _sealed_with(archive: Archive, exported: Path, records: int, progress: Progress | None) -> tuple[int, TreeHead]:
    """Tell the log of an export, and seal it; return the seq of the event and the head."""
    with exported.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    now = utc_now()
    with archive.writer() as writer:
        with writer.database.transaction():
            detail = {"sha256": digest, "bytes": exported.stat().st_size, "records": records}
            end = append_event(writer.database, "exported", to_text(now), detail=detail)
        return end.seq, Log(writer.database).seal(now, progress)


def _statements(database: Database, exported: Path) -> array[int]:
    """Return for each line of an export the seq of its record, and that of the event that tells how its work stands."""
    found = array("q")  # two numbers a line, of millions of lines
    with exported.open(encoding="utf-8") as file:
        for lines in batched(file, 500):
            records = [json.loads(line) for line in lines]
            holes, values = marks("w", sorted({record["work_id"] for record in records}))
            told: dict[int, list[Row]] = {}
            for row in database.all(
                f"""SELECT work_id, seq, kind, detail FROM event WHERE kind = 'work' AND work_id IN ({holes})
                    UNION ALL
                    SELECT w.id AS work_id, e.seq, e.kind, e.detail FROM work w JOIN version h ON h.id = w.head_id
                    JOIN event e ON e.seq = h.seq WHERE w.id IN ({holes}) ORDER BY seq DESC""",
                **values,
            ):
                told.setdefault(row["work_id"], []).append(row)
            for record in records:
                found.extend((record["seq"], _last_word(record, told.get(record["work_id"], []))))
    return found


def _last_word(record: Mapping[str, Any], statements: Sequence[Row]) -> int:
    """Return the newest event that tells of a work what a record does; it may have changed since it was exported."""
    for row in statements:
        detail = json.loads(row["detail"])
        if is_told(record, detail if row["kind"] == "work" else detail.get("work")):
            return int(row["seq"])
    return int(record["seq"])


def _write_proof(database: Database, told: Mapping[str, Any], wanted: array[int], head: TreeHead, dest: Path) -> None:
    log, numbers = Log(database, upto=head.size), iter(wanted)
    try:
        with dest.open("w", encoding="utf-8", newline="\n") as file:
            file.write(json.dumps(told, separators=(",", ":"), ensure_ascii=False) + "\n")
            for seq, of_work in zip(numbers, numbers, strict=True):
                proof = _proof(database, log, seq, head)
                if of_work != seq:
                    proof["work"] = _proof(database, log, of_work, head)
                file.write(json.dumps(proof, ensure_ascii=False, separators=(",", ":")) + "\n")
    except OSError as error:
        raise StorageError(f"{dest} cannot be written: {error.strerror}") from error


def _proof(database: Database, log: Log, seq: int, head: TreeHead) -> dict[str, Any]:
    row = database.one("SELECT * FROM event WHERE seq = :seq", seq=seq)
    assert row is not None, "the archive has lost an event that it exported"
    event = {name: row[name] for name in ("seq", "at", "kind", "source_id", "work_id", "detail")}
    return {"event": event, "path": list(log.inclusion(seq, head).path)}


def _demand_outside(archive: Archive, dest: Path) -> None:
    """Refuse to export over the archive itself: its database would be replaced, its WARC files doubled."""
    folder, path = archive.folder.resolve(), dest.resolve()
    if any(path.is_relative_to(folder / own) for own in ("warc", "packs")) or (
        path.parent == folder and path.name.startswith((SQLITE, KEPT))
    ):
        raise UsageError(f"{dest} is the archive's own: name a place outside of {archive.folder}")


def _is_special(path: Path) -> bool:
    """Return whether something stands there that is no plain file: renaming a draft would put it away."""
    try:
        return not stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def _write_into(path: Path, archive: Archive, after: int, source_id: int | None) -> Exported:
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            return _write_lines(archive, file, after, source_id)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}") from error


def _write_lines(archive: Archive, file: IO[str], after: int, source_id: int | None) -> Exported:
    count, last = 0, after
    upto = archive.last_seq()
    for record in archive.records(after, source_id=source_id):
        file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
        count, last = count + 1, record["seq"]
    return Exported(count=count, last_seq=max(last, upto))


def export_warc(
    archive: Archive, dest_folder: str | Path, *, source: str | int | None = None, segment_bytes: int = SEGMENT_BYTES
) -> Exported:
    """Copy WARC records, byte for byte, into files of a folder: all that rows name, and nothing that a crash left.

    What holds a text that was taken down stays here. Records that were packed are compressed anew, each in a gzip
    member of its own as before.

    Args:
        archive: Where from.
        dest_folder: Folder for the files; made if it is not there. Files of an earlier export are left alone.
        source: As for `Archive.source`; None for all.
        segment_bytes: A file that has grown to this is closed and a new one begun.

    Raises:
        UsageError: There is no such source, or *dest_folder* is a file, or the archive's own.
        StorageError: A record is missing or damaged, or the folder cannot be written.
    """
    source_id = archive.source(source).id if source is not None else None
    folder = Path(dest_folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder for the WARC files")
    _demand_outside(archive, folder)
    upto = archive.last_seq()
    left_out = 0
    with files_stay(archive.folder / "warc"), _Copy(folder, segment_bytes) as copy:
        for name, wanted, withheld in _wanted(archive.database, source_id):
            left_out += withheld
            number = pack_number(name)
            if number is not None:
                _copy_frames(archive.packs, number, wanted, copy)
            elif wanted:
                _copy_segment(archive.folder / "warc" / name, wanted, copy)
    return Exported(
        count=copy.count,
        last_seq=upto,
        files=tuple(copy.files),
        bytes_written=copy.bytes_written,
        withheld=left_out,
    )


def _wanted(database: Database, source_id: int | None) -> Iterator[tuple[str, set[int], int]]:
    """Yield each WARC file with the offsets of the responses and revisits in it that rows name.

    Those that hold what was taken down are left out, and their number is told.
    """
    captures, addresses = withheld_captures(database), withheld_addresses(database)
    clause = "AND source_id = :source " if source_id is not None else ""
    rows = database.stream(
        f"""SELECT warc_file, warc_offset, capture_id, source_id, url FROM visit WHERE warc_file IS NOT NULL {clause}
            ORDER BY warc_file, warc_offset""",
        **({"source": source_id} if source_id is not None else {}),
    )
    for name, group in groupby(rows, key=lambda row: str(row["warc_file"])):
        places = list(group)
        wanted = {
            row["warc_offset"]
            for row in places
            if row["capture_id"] not in captures and (row["source_id"], row["url"]) not in addresses
        }
        yield name, wanted, len(places) - len(wanted)


def _copy_segment(path: Path, wanted: set[int], copy: _Copy) -> None:
    """Copy the wanted responses of a segment, each with the request that belongs to it."""
    missing: set[int] = set(wanted)
    answered: dict[str, int] = {}  # record id of a response whose request is still to come → its offset
    try:
        with path.open("rb") as raw:
            for record in read_segment(path):
                if isinstance(record, int):
                    break
                place = record.place
                if place.offset in wanted:
                    answered[place.record_id] = place.offset
                elif record.kind == "request" and (of := record.headers.get("WARC-Concurrent-To", "")) in answered:
                    missing.discard(answered.pop(of))
                else:
                    continue
                raw.seek(place.offset)
                copy.add(raw.read(place.length))
    except OSError as error:
        raise StorageError(f"{path} cannot be copied: {error.strerror}; run variorum check --deep") from error
    if missing:
        raise StorageError(
            f"{path}: {len(missing)} records are missing or damaged, the first at {min(missing)}; "
            "run variorum check --deep"
        )


def _copy_frames(packs: Packs, number: int, wanted: set[int], copy: _Copy) -> None:
    """Copy responses out of a pack, each with its request: the very records, in new gzip members."""
    for offset in sorted(wanted):
        frame = packs.frame(Spot(number, offset))
        for data, _ in packed_records(frame, frame.length):
            copy.add(gzip_member(data))


class _Copy:
    """The files of one WARC export: drafts until all of it is written, so that a broken export leaves none."""

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self.files: list[Path] = []
        self.count = 0
        self.bytes_written = 0
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._file: BinaryIO | None = None
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        done = False
        try:
            self._close()
            done = error is None
        except StorageError:  # a full disk says so again at the end
            if error is None:
                raise
        finally:
            for path in self.files:
                if done:
                    _draft(path).replace(path)
                else:
                    _draft(path).unlink(missing_ok=True)

    def add(self, member: bytes) -> None:
        if self._file is None or self._size >= self._segment_bytes:
            self._begin()
        self._write(member)
        self.count += 1

    def _begin(self) -> None:
        self._close()
        name = file_name()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = _draft(self._folder / name).open("xb")
        except OSError as error:
            raise StorageError(f"{self._folder} cannot be written: {error.strerror}") from error
        self.files.append(self._folder / name)
        self._size = 0
        self._write(warcinfo_member(name, {"description": "copied from an archive of variorum, record by record"}))

    def _write(self, member: bytes) -> None:
        assert self._file is not None
        try:
            self._file.write(member)
        except OSError as error:
            raise StorageError(f"{self._folder} cannot be written: {error.strerror}") from error
        self._size += len(member)
        self.bytes_written += len(member)

    def _close(self) -> None:
        if self._file is None:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            with contextlib.suppress(OSError):  # it tries to write what is left, and is closed all the same
                self._file.close()
            raise StorageError(f"{self._folder} cannot be written: {error.strerror}") from error
        finally:
            self._file = None


def _draft(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
