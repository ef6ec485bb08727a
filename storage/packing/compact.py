"""Folding closed WARC segments into packs, which take a tenth of the room or less (docs/pack-format.md).

Nothing is lost at any moment. A pack is written beside the segments, forced to the disk, read back and compared with
them byte for byte; then the rows that name the records change in one transaction, which also tells the pack's digest
to the event log; then the segments go. A process that is killed leaves a draft or a pack that no row names, or
segments that are packed already: the next one takes them away.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from storage.engines.database import Database, Row
from storage.events import append_event
from storage.locks import alone, files_go
from storage.packing.codings import Guesses, Unfolded, heads_and_blocks, unfolded
from storage.packing.dictionary import Samples, better_dictionary
from storage.packing.folding import fold
from storage.packing.frames import (
    DICTIONARY,
    FORMAT,
    HEADER,
    RECORDS,
    ZSTD_VERSION,
    Dictionary,
    FrameError,
    Head,
    Spot,
    compressed,
    compressed_with,
    dictionary_frame,
    head_bytes,
    patch,
    skippable,
)
from storage.packing.packs import SUFFIX, Packs, pack_name, pack_number
from storage.packing.unpack import finish
from storage.reading import json_text, to_text
from storage.warc import Record, digest_matches, lock, parse_record, read_members, sync_path
from variorum import __version__
from variorum.errors import StorageError
from variorum.times import utc_now

if TYPE_CHECKING:
    from storage.archive import Archive

Progress = Callable[[str, int, int | None], None]
MOST_SEGMENTS = 200  #: in one pack: each is held open
PACK_BYTES = 1_000_000_000  #: of segments in one pack: so many bytes and the last one
MOST_PATCHES = 16  #: on one keyframe
_MOST_SHARE = 0.3  # of the full frame that a patch may take
_SMALL = 400  # bytes of a patch that is always taken, if it is smaller than the full frame
_HASHED = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment, or a file among the packs, that was left as it is."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Compacted:
    """What was folded, or would be."""

    dry_run: bool
    texts: int = 0  #: versions of an older schema whose words were folded in their rows
    segments: int = 0
    records: int = 0
    bytes_before: int = 0  #: of the segments
    bytes_after: int = 0  #: of the packs
    packs: tuple[str, ...] = ()
    keyframes: int = 0  #: exchanges that are kept whole
    patches: int = 0  #: exchanges of which is kept in what they differ from another
    coded: int = 0  #: bodies that came in a content coding
    as_they_came: int = 0  #: of them, those whose coding could not be taken off: they hardly grow smaller
    kept: tuple[Kept, ...] = ()


def compact(archive: Archive, source: str | int | None, *, dry_run: bool, progress: Progress | None) -> Compacted:
    """Fold all closed segments; see `storage.archive.Archive.compact`."""
    source_id = archive.source(source).id if source is not None else None
    tell = progress or (lambda _phase, _done, _total: None)
    if dry_run:
        texts = fold(archive.database, source_id, tell, dry_run=True)
        with tempfile.TemporaryDirectory() as drafts:
            done = _Compaction(archive.database, archive.folder, Path(drafts), tell, dry_run=True).run(source_id)
        return replace(done, texts=texts)
    folder = archive.folder / "packs"
    with archive.writer() as writer:
        _made(folder)
        with alone(folder, "compact"):
            texts = fold(writer.database, source_id, tell, dry_run=False)
            done = _Compaction(writer.database, archive.folder, folder, tell, dry_run=False).run(source_id)
            return replace(done, texts=texts)


def _made(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        sync_path(folder.parent)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}") from error


# ------------------------------------------------------------------------------------------------ segments
@dataclass(frozen=True, slots=True)
class _Span:
    """A segment that rows name: whose they are (the lowest if there are several sources), and their lowest ids."""

    source_id: int
    low: int
    high: int
    name: str


@dataclass(slots=True)
class Segment:
    """A closed segment, locked while it is folded."""

    path: Path
    lock: BinaryIO
    rows: Mapping[int, Row]  #: offset → the visit that names the record there
    size: int
    sha256: str

    def told(self) -> dict[str, Any]:
        """Return what the pack keeps of it."""
        return {"name": self.path.name, "bytes": self.size, "sha256": self.sha256}


@dataclass(frozen=True, slots=True)
class Unit:
    """What becomes one frame: a response or revisit with its request, or any other record alone."""

    offset: int  #: in the segment
    length: int  #: of the first record's member
    records: bytes
    first: Record
    has_request: bool = False

    @property
    def url(self) -> str:
        """Return the address of the exchange."""
        return self.first.headers.get("WARC-Target-URI", "")


def units(path: Path) -> Iterator[Unit | int]:
    """Yield the units of a segment in order; in the end the offset of a torn last record, if there is one."""
    held: Unit | None = None
    for member in read_members(path):
        if isinstance(member, int):
            if held is not None:
                yield held
            yield member
            return
        try:
            record = parse_record(member.record, path.name, member.offset, member.length)
        except ValueError:
            if held is not None:
                yield held
            yield member.offset
            return
        if (
            held is not None
            and record.kind == "request"
            and record.headers.get("WARC-Concurrent-To") == held.first.place.record_id
        ):
            yield Unit(held.offset, held.length, held.records + member.record, held.first, has_request=True)
            held = None
            continue
        if held is not None:
            yield held
        held = Unit(member.offset, member.length, member.record, record)
        if record.kind not in ("response", "revisit"):
            yield held
            held = None
    if held is not None:
        yield held


def held(plain: Unfolded) -> bytes:
    """Return what is compressed of an exchange: its content, then the recipe."""
    return plain.content + plain.recipe.to_bytes()


def _is_whole(unit: Unit) -> bool:
    """Return whether the records of a unit are spelt as ours are, and have the digests that they tell."""
    try:
        pairs = [head + block + b"\r\n\r\n" for head, block in heads_and_blocks(unit.records)]
        return all(digest_matches(parse_record(record, "", 0, 0)) for record in pairs)
    except ValueError:
        return False


def _locked(path: Path) -> BinaryIO | None:
    """Return a segment, open and locked; None if somebody writes it still, or it has gone."""
    try:
        handle = path.open("rb")
    except FileNotFoundError:
        return None
    if not lock(handle):
        handle.close()
        return None
    return handle


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_HASHED):
            digest.update(piece)
    return digest.hexdigest()


# ------------------------------------------------------------------------------------------------ the work
@dataclass(slots=True)
class _Line:
    """What is known of the captures of one address: the keyframe, its size, and how many patches rest on it."""

    keyframe: Spot
    stored: int
    patches: int


@dataclass(slots=True)
class _Count:
    records: int = 0
    keyframes: int = 0
    patches: int = 0
    coded: int = 0
    as_they_came: int = 0


@dataclass(slots=True)
class _Compaction:
    database: Database
    archive: Path
    folder: Path  #: where packs are written
    tell: Progress
    dry_run: bool
    packs: Packs = field(init=False)
    kept: list[Kept] = field(default_factory=list)
    count: _Count = field(default_factory=_Count)
    names: list[str] = field(default_factory=list)
    segments: int = 0
    bytes_before: int = 0
    bytes_after: int = 0
    _guesses: dict[int, Guesses] = field(default_factory=dict)
    _done: int = 0
    _total: int = 0

    def __post_init__(self) -> None:
        self.packs = Packs(self.archive / "packs")

    def run(self, source_id: int | None) -> Compacted:
        if not self.dry_run:
            self._clear()
        spans = self._spans()
        self._total = len(spans)
        for number, group in groupby(spans, lambda span: span.source_id):
            if source_id in (None, number):
                self._fold_source(number, list(group))
        if source_id is None:
            self._look_at_the_rest({span.name for span in spans})
        return Compacted(
            dry_run=self.dry_run,
            segments=self.segments,
            records=self.count.records,
            bytes_before=self.bytes_before,
            bytes_after=self.bytes_after,
            packs=tuple(self.names),
            keyframes=self.count.keyframes,
            patches=self.count.patches,
            coded=self.count.coded,
            as_they_came=self.count.as_they_came,
            kept=tuple(self.kept),
        )

    def _spans(self) -> list[_Span]:
        """Return the segments that rows name, source by source, in the order in which they were begun."""
        rows = self.database.all(
            f"""SELECT warc_file, min(source_id) AS source_id, min(id) AS low, max(id) AS high FROM visit
                WHERE warc_file IS NOT NULL AND warc_file NOT LIKE '%{SUFFIX}' GROUP BY warc_file"""
        )
        spans = [_Span(row["source_id"], row["low"], row["high"], row["warc_file"]) for row in rows]
        return sorted(spans, key=lambda span: (span.source_id, span.low))

    def _look_at_the_rest(self, named: set[str]) -> None:
        """Tell of segments that no row names: what a crash left, or what a writer has not committed yet."""
        for path in sorted((self.archive / "warc").glob("*.warc.gz")):
            if path.name not in named and (held := _locked(path)) is not None:
                held.close()
                self.kept.append(Kept(path.name, "no row names its records: a crash left it"))

    # -------------------------------------------------------------------------------------------- what a crash left
    def _clear(self) -> None:
        """Take away what a killed compaction left, or unpacking."""
        finish(self.database, self.archive)
        for path in self.folder.glob(f".*{SUFFIX}.part"):
            path.unlink()
        known = {row["id"]: row["segments"] for row in self.database.all("SELECT id, segments FROM pack")}
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            number = pack_number(path.name)
            if number is not None and number not in known:
                self._clear_pack(number, path)
        packed = {told["name"]: told for segments in known.values() for told in json.loads(segments)}
        for path in sorted((self.archive / "warc").glob("*.warc.gz")):
            told = packed.get(path.name)
            if told is not None and path.stat().st_size == told["bytes"] and _sha256(path) == told["sha256"]:
                self._remove([path])

    def _clear_pack(self, number: int, path: Path) -> None:
        """Take a pack away that no row names, if all that it holds is in its segments still.

        Where they have gone, the rows are older than the files: they were restored from a backup, and this may be the
        only witness.
        """
        with contextlib.suppress(StorageError, KeyError, TypeError):
            segments = [self.archive / "warc" / told["name"] for told in self.packs.header(number)["segments"]]
            if all(segment.is_file() for segment in segments):
                path.unlink()
                return
        self.kept.append(Kept(path.name, "no row names it, and its segments have gone: see variorum check"))

    def _remove(self, paths: Sequence[Path]) -> None:
        folder = self.archive / "warc"
        try:
            with files_go(folder):
                for path in paths:
                    path.unlink(missing_ok=True)
                sync_path(folder)
        except OSError as error:
            raise StorageError(
                f"{folder}: segments that are packed cannot be taken away: {error.strerror}; run it again"
            ) from error

    # -------------------------------------------------------------------------------------------- one source
    def _fold_source(self, source_id: int, spans: Sequence[_Span]) -> None:
        batch: list[Segment] = []
        try:
            for span in spans:
                segment = self._segment(span)
                self._done += 1
                self.tell("segments", self._done, self._total)
                if segment is None:
                    continue
                batch.append(segment)
                if len(batch) >= MOST_SEGMENTS or sum(item.size for item in batch) >= PACK_BYTES:
                    self._fold(source_id, batch)
                    _let_go(batch)
            if batch:
                self._fold(source_id, batch)
        finally:
            _let_go(batch)

    def _segment(self, span: _Span) -> Segment | None:
        """Return a segment, locked, with the rows that name its records; None if it must stay as it is."""
        path = self.archive / "warc" / span.name
        file = _locked(path)
        if file is None:
            reason = "it is being written" if path.is_file() else "it is not there: see variorum check"
            self.kept.append(Kept(span.name, reason))
            return None
        rows = self.database.all(  # its writer has let go: there will be no more of them
            """SELECT id, source_id, url, capture_id, warc_offset, warc_length, warc_record_id FROM visit
               WHERE id >= :low AND id <= :high AND warc_file = :name""",
            low=span.low,
            high=max(span.high, self._last_visit()),
            name=span.name,
        )
        return Segment(path, file, {row["warc_offset"]: row for row in rows}, path.stat().st_size, _sha256(path))

    def _last_visit(self) -> int:
        row = self.database.one("SELECT max(id) AS id FROM visit")
        return int(row["id"] or 0) if row is not None else 0

    def _fold(self, source_id: int, batch: Sequence[Segment]) -> None:
        """Fold segments into one pack."""
        survey = _Survey(self, source_id)
        sound = []
        for segment in batch:
            before = replace(survey.samples, pages=list(survey.samples.pages))
            if self._is_sound(segment, survey):
                sound.append(segment)
            else:
                survey.samples = before  # a dictionary quotes nothing but what is in its pack
        if not sound:
            return
        number = self._free_number()
        draft = self.folder / f".{pack_name(number)}.part"
        try:
            with draft.open("w+b") as file:
                pack = _Pack(self, file, number, source_id, survey, draft)
                pack.write(sound)
                file.flush()
                os.fsync(file.fileno())
            self._compare(pack, sound)
            size = draft.stat().st_size
            if not self.dry_run:
                self._put_in_place(pack, draft, sound)
        except OSError as error:
            raise StorageError(f"{draft} cannot be written: {error.strerror}; nothing was changed") from error
        finally:
            if not self.dry_run:
                draft.unlink(missing_ok=True)
        if not self.dry_run:
            self._remove([segment.path for segment in sound])
        self.names.append(pack_name(number))
        self.segments += len(sound)
        self.bytes_before += sum(segment.size for segment in sound)
        self.bytes_after += size

    def _put_in_place(self, pack: _Pack, draft: Path, segments: Sequence[Segment]) -> None:
        """Give the pack its name, then let the rows name it."""
        size, sha256 = draft.stat().st_size, bytes.fromhex(_sha256(draft))
        path = self.folder / pack_name(pack.number)
        draft.replace(path)
        sync_path(self.folder)
        self.packs.read_from(pack.number, path)
        self._change_rows(pack, segments, size, sha256)

    def _free_number(self) -> int:
        row = self.database.one("SELECT max(id) AS id FROM pack")
        taken = [int(row["id"] or 0) if row is not None else 0]
        for folder in {self.folder, self.archive / "packs"}:
            taken += [pack_number(path.name.removeprefix(".").removesuffix(".part")) or 0 for path in folder.glob("*")]
        return max(taken) + 1

    def _is_sound(self, segment: Segment, survey: _Survey) -> bool:
        """Read a segment from end to end: every digest, and every record that a row names."""
        wanted = dict(segment.rows)
        for unit in units(segment.path):
            if isinstance(unit, int):
                if any(offset >= unit for offset in wanted):
                    break  # told below
                continue  # a torn end is no record
            if not _is_whole(unit):
                return self._keep(segment, f"the record at {unit.offset} is damaged: see variorum check --deep")
            row = wanted.pop(unit.offset, None)
            if row is not None and (row["warc_record_id"], row["warc_length"]) != (
                unit.first.place.record_id,
                unit.length,
            ):
                return self._keep(segment, f"the record at {unit.offset} is another: see variorum check --deep")
            if row is not None and unit.first.kind in ("response", "revisit") and not unit.has_request:
                return self._keep(segment, f"the request behind {unit.offset} is missing: see variorum check --deep")
            survey.look_at(unit)
        if wanted:
            return self._keep(segment, f"{len(wanted)} records are missing: see variorum check --deep")
        return True

    def _keep(self, segment: Segment, reason: str) -> bool:
        self.kept.append(Kept(segment.path.name, reason))
        return False

    def _compare(self, pack: _Pack, segments: Sequence[Segment]) -> None:
        """Read every frame back and compare it with what the segments hold.

        Raises:
            StorageError: They differ; that is a bug, or a disk that lies.
        """
        reader = Packs(self.archive / "packs")
        for number, path in self.packs.drafts().items():
            reader.read_from(number, path)
        spots = iter(pack.spots)
        for segment in segments:
            for unit in units(segment.path):
                if isinstance(unit, int):
                    continue
                spot, length = next(spots)
                frame = reader.frame(spot)
                try:
                    same = frame.length == length and frame.records() == unit.records
                except FrameError:
                    same = False
                if not same:
                    raise StorageError(
                        f"{segment.path.name}: the record at {unit.offset} did not come back from the pack as it was; "
                        "nothing was changed"
                    )

    def _change_rows(self, pack: _Pack, segments: Sequence[Segment], size: int, sha256: bytes) -> None:
        """Let all rows name places in the pack instead of the segments, and tell the event log, in one transaction."""
        now = to_text(utc_now())
        told = [segment.told() for segment in segments]
        dictionary = pack.dictionary
        with self.database.transaction():
            for change in pack.changes:
                visits = self.database.run(
                    """UPDATE visit SET warc_file = :file, warc_offset = :offset, warc_length = :length
                       WHERE id = :id AND warc_file = :old AND warc_offset = :place""",
                    **{name: change[name] for name in ("file", "offset", "length", "id", "old", "place")},
                )
                if visits != 1:
                    raise StorageError(f"visit {change['id']} has changed meanwhile; run it again")
            self.database.run_many(
                """UPDATE capture SET warc_file = :file, warc_offset = :offset, warc_length = :length
                   WHERE id = :capture AND warc_file = :old AND warc_offset = :place""",
                [
                    {name: change[name] for name in ("file", "offset", "length", "capture", "old", "place")}
                    for change in pack.changes
                    if change["capture"] is not None
                ],
            )
            self.database.run(
                """INSERT INTO pack (id, source_id, size, sha256, frames, segments, dictionary_pack,
                                     dictionary_offset, made_at)
                   VALUES (:id, :source, :size, :sha256, :frames, :segments, :in_pack, :at_offset, :now)""",
                id=pack.number,
                source=pack.source_id,
                size=size,
                sha256=sha256,
                frames=pack.frames,
                segments=json_text(told),
                in_pack=dictionary.pack if dictionary else None,
                at_offset=dictionary.offset if dictionary else None,
                now=now,
            )
            detail = {"pack": pack.number, "bytes": size, "sha256": sha256.hex(), "segments": told}
            append_event(self.database, "compacted", now, source_id=pack.source_id, detail=detail)

    def guesses(self, source_id: int) -> Guesses:
        """Return what is known of the server of a source."""
        return self._guesses.setdefault(source_id, Guesses())

    def line(self, source_id: int, url: str) -> _Line | None:
        """Return what earlier packs hold of an address."""
        row = self.database.one(
            f"""SELECT warc_file, warc_offset FROM visit
                WHERE url = :url AND source_id = :source AND warc_file LIKE '%{SUFFIX}' ORDER BY id DESC LIMIT 1""",
            url=url,
            source=source_id,
        )
        number = pack_number(row["warc_file"]) if row is not None else None
        if row is None or number is None:
            return None
        spot = Spot(number, row["warc_offset"])
        try:
            head, _ = self.packs.head(spot)
            if head.patches and head.base is not None:
                keyframe, _ = self.packs.head(head.base)
                return _Line(head.base, keyframe.stored, head.patches)
        except StorageError:
            return None  # a pack that is damaged is nothing to build on; check tells it
        return _Line(spot, head.stored, 0)


def _let_go(batch: list[Segment]) -> None:
    while batch:
        batch.pop().lock.close()


@dataclass(slots=True)
class _Survey:
    """What is seen of a batch before any of it is written: first captures, from which a dictionary may be made."""

    work: _Compaction
    source_id: int
    samples: Samples = field(default_factory=Samples)
    lines: dict[str, _Line | None] = field(default_factory=dict)

    def look_at(self, unit: Unit) -> None:
        if unit.first.kind != "response" or unit.url in self.lines:
            return
        self.lines[unit.url] = self.work.line(self.source_id, unit.url)
        if self.lines[unit.url] is None:
            self.samples.offer(held(unfolded(unit.records, self.work.guesses(self.source_id))))


class _Pack:
    """A pack that is being written."""

    def __init__(
        self, work: _Compaction, file: BinaryIO, number: int, source_id: int, survey: _Survey, draft: Path
    ) -> None:
        self.number = number
        self.frames = 0
        self.spots: list[tuple[Spot, int]] = []  #: of the units, in their order
        self.changes: list[dict[str, Any]] = []  #: for the rows
        self.dictionary: Spot | None = None
        self._work = work
        self._file = file
        self.source_id = source_id
        self._lines = survey.lines
        self._samples = survey.samples
        self._loaded: Dictionary | None = None
        work.packs.read_from(number, draft)

    def write(self, segments: Sequence[Segment]) -> None:
        """Write header, dictionary if there is a new one, and a frame for each unit."""
        told = {
            "format": FORMAT,
            "pack": self.number,
            "software": f"variorum/{__version__}",
            "zstd": ZSTD_VERSION,
            "zlib": zlib.ZLIB_RUNTIME_VERSION,
            "segments": [segment.told() for segment in segments],
        }
        self._file.write(skippable(HEADER + json_text(told).encode()))
        self._choose_dictionary()
        done, total = 0, sum(segment.size for segment in segments)
        for segment in segments:
            for unit in units(segment.path):
                if isinstance(unit, int):
                    continue
                self._add(segment, unit)
                if len(self.spots) % 100 == 0:
                    self._work.tell("bytes", done + unit.offset, total)
            done += segment.size

    def _choose_dictionary(self) -> None:
        row = self._work.database.one(
            """SELECT dictionary_pack, dictionary_offset FROM pack
               WHERE source_id = :source AND dictionary_pack IS NOT NULL ORDER BY id DESC LIMIT 1""",
            source=self.source_id,
        )
        if row is not None:
            with contextlib.suppress(StorageError):  # one that cannot be read is nothing to build on
                spot = Spot(row["dictionary_pack"], row["dictionary_offset"])
                self._loaded = Dictionary(self._work.packs.held(spot))
                self.dictionary = spot
        new = better_dictionary(self._samples, self._loaded)
        if new is not None:
            frame = dictionary_frame(new.content)
            head = Head(DICTIONARY, stored=len(frame), sha256=hashlib.sha256(new.content).digest())
            self.dictionary, _ = self._write(head, frame)
            self._loaded = new

    def _write(self, head: Head, frame: bytes) -> tuple[Spot, int]:
        spot = Spot(self.number, self._file.tell())
        data = head_bytes(head) + frame
        self._file.write(data)
        self.frames += 1
        return spot, len(data)

    def _add(self, segment: Segment, unit: Unit) -> None:
        plain = unfolded(unit.records, self._work.guesses(self.source_id))
        count = self._work.count
        count.records += 1 + unit.has_request
        count.coded += plain.coding is not None
        count.as_they_came += plain.is_coded
        base, patches, frame = self._smallest(unit, held(plain))
        recipe, sha256 = len(plain.recipe.to_bytes()), hashlib.sha256(unit.records).digest()
        spot, length = self._write(Head(RECORDS, base, patches, len(frame), recipe, sha256), frame)
        self.spots.append((spot, length))
        count.patches += patches > 0
        count.keyframes += not patches and unit.first.kind in ("response", "revisit")
        self._remember(unit, spot, patches, len(frame))
        row = segment.rows.get(unit.offset)
        if row is not None:
            self.changes.append(
                {
                    "id": row["id"],
                    "capture": row["capture_id"],
                    "old": segment.path.name,
                    "place": unit.offset,
                    "file": pack_name(self.number),
                    "offset": spot.offset,
                    "length": length,
                }
            )

    def _smallest(self, unit: Unit, content: bytes) -> tuple[Spot | None, int, bytes]:
        """Return base, number of patches and zstd frame, as the rule of docs/pack-format.md has it."""
        line = self._line(unit)
        tried: bytes | None = None
        if line is not None and (unit.first.kind == "revisit" or line.patches < MOST_PATCHES):
            tried = patch(content, self._base(line.keyframe))
            patches = max(1, line.patches + (unit.first.kind == "response"))
            if len(tried) <= max(_SMALL, _MOST_SHARE * line.stored):
                return line.keyframe, patches, tried
        if self._loaded is not None and self.dictionary is not None:
            base, full = self.dictionary, compressed_with(content, self._loaded)
        else:
            base, full = None, compressed(content)
        if (
            tried is not None
            and line is not None
            and (len(tried) <= _MOST_SHARE * len(full) or (len(tried) < len(full) and unit.first.kind == "revisit"))
        ):
            return line.keyframe, patches, tried
        return base, 0, full

    def _line(self, unit: Unit) -> _Line | None:
        if unit.first.kind not in ("response", "revisit"):
            return None
        if unit.url not in self._lines:
            self._lines[unit.url] = self._work.line(self.source_id, unit.url)
        return self._lines[unit.url]

    def _base(self, spot: Spot) -> bytes:
        if spot.pack == self.number:
            self._file.flush()
        return self._work.packs.held(spot)

    def _remember(self, unit: Unit, spot: Spot, patches: int, stored: int) -> None:
        if unit.first.kind == "response":
            line = self._lines.get(unit.url)
            if patches and line is not None:
                line.patches = patches
            else:
                self._lines[unit.url] = _Line(spot, stored, 0)
