"""Are the packs sound: every one there and as it was written, every frame readable, every row's frame among them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from storage.engines.database import Database, Row
from storage.packing.frames import DICTIONARY, Head, Spot
from storage.packing.packs import SUFFIX, Packs, pack_name, pack_number, packed_records
from storage.rows import Finding
from storage.warc import Record, digest_matches
from variorum.errors import StorageError

Judge = Callable[[Path, Record, Row | None], Iterator[Finding]]
Tell = Callable[[str, int, int | None], None]
RESTORE = "restore the folder from a backup made before; keep this one aside"
_PIECE = 1 << 20

_PLACES = f"""SELECT v.id, v.url, v.status, v.error, v.payload_sha1, v.revisit_of, v.warc_file, v.warc_offset,
        v.warc_length, v.warc_record_id, c.sha256, c.size, c.media_type, c.warc_record_id AS first_record_id, EXISTS (
            SELECT 1 FROM takedown_capture x JOIN takedown t ON t.id = x.takedown_id
            WHERE x.capture_id = v.capture_id AND t.level = 'destroy' AND t.lifted_at IS NULL) AS destroyed
    FROM visit v LEFT JOIN capture c ON c.id = v.capture_id
    WHERE v.warc_file LIKE '%{SUFFIX}' ORDER BY v.warc_file, v.warc_offset"""


def quick_findings(database: Database, folder: Path) -> Iterator[Finding]:
    """Look whether the packs are there, and as long as they were."""
    known = _made(database)
    for number, row in known.items():
        yield from _there(folder / "packs" / pack_name(number), row["size"])
    for row in database.all(
        f"SELECT warc_file, count(*) AS records FROM visit WHERE warc_file LIKE '%{SUFFIX}' GROUP BY warc_file"
    ):
        if pack_number(row["warc_file"]) not in known:
            what = f"{row['records']} rows name records in a pack that is not among those that were made"
            yield Finding(kind="missing_bytes", where=row["warc_file"], what=what, advice=RESTORE)
    yield from _strangers(database, folder)


def _made(database: Database) -> dict[int, Row]:
    """Return the packs that rows may name; not those that were made segments again, and are to go."""
    return {row["id"]: row for row in database.all("SELECT * FROM pack WHERE segments <> '[]' ORDER BY id")}


def _there(path: Path, size: int) -> Iterator[Finding]:
    if not path.is_file():
        yield Finding(kind="missing_bytes", where=str(path), what="the pack is not there", advice=RESTORE)
    elif path.stat().st_size != size:
        what = f"it has {path.stat().st_size} bytes, {size} were written"
        yield Finding(kind="missing_bytes", where=str(path), what=what, advice=RESTORE)


def _strangers(database: Database, folder: Path) -> Iterator[Finding]:
    """Yield packs that no row tells of: a killed compaction leaves one, and so does a database from a backup."""
    known = {row["id"] for row in database.all("SELECT id FROM pack")}
    packs = Packs(folder / "packs")
    for path in sorted((folder / "packs").glob(f"*{SUFFIX}")):
        number = pack_number(path.name)
        if number is None or number in known:
            continue
        try:
            names = [str(told["name"]) for told in packs.header(number)["segments"]]
        except (StorageError, KeyError, TypeError):
            names = [""]
        if all((folder / "warc" / name).is_file() for name in names):
            yield Finding(
                kind="orphan_pack",
                where=str(path),
                what="no row tells of this pack; all that it holds is in its segments still",
                advice="nothing to do: the next variorum compact takes it away",
            )
        else:
            yield Finding(
                kind="unknown_pack",
                where=str(path),
                what="no row tells of this pack, and segments that it holds have gone: the database is older than it",
                advice="restore the database of that day or a later one; docs/read_pack.py reads the pack without it",
            )


def deep_findings(database: Database, folder: Path, tell: Tell, judge: Judge) -> Iterator[Finding]:
    """Read every pack from end to end, put its records beside the rows that name them.

    Args:
        judge: What is wrong with a record beside its row, None where no row names it.
    """
    packs = Packs(folder / "packs")
    known = _made(database)
    done, left = 0, dict(known)
    for name, group in groupby(database.stream(_PLACES), key=lambda row: str(row["warc_file"])):
        rows = {int(row["warc_offset"]): row for row in group}
        number = pack_number(name)
        row = left.pop(number, None) if number is not None else None
        if number is None or row is None:
            what = f"{len(rows)} rows name records in a pack that is not among those that were made"
            yield Finding(kind="missing_bytes", where=name, what=what, advice=RESTORE)
            continue
        tell("packs", done, len(known))
        yield from _pack(packs, number, row, rows, judge)
        done += 1
    for number, row in left.items():
        tell("packs", done, len(known))
        yield from _pack(packs, number, row, {}, judge)
        done += 1
    yield from _strangers(database, folder)


def _pack(packs: Packs, number: int, made: Row, rows: dict[int, Row], judge: Judge) -> Iterator[Finding]:
    path = packs.path(number)
    short = list(_there(path, made["size"]))
    yield from short
    if not path.is_file():
        return
    if not short and _sha256(path) != made["sha256"]:
        what = "its bytes do not have the digest that they had when it was written"
        yield Finding(kind="digest_mismatch", where=str(path), what=what, advice=RESTORE)
    seen: set[int] = set()
    try:
        for spot, head, length in packs.spots(number):
            seen.add(spot.offset)
            yield from _frame(packs, spot, head, length, rows.get(spot.offset), judge)
    except StorageError as error:
        yield _damaged(path, str(error))
    for offset, row in rows.items():  # those behind a damaged head, one by one; and those where no frame begins
        if offset not in seen:
            yield from _one(packs, Spot(number, offset), row["warc_length"], row, judge)


def _frame(packs: Packs, spot: Spot, head: Head, length: int, row: Row | None, judge: Judge) -> Iterator[Finding]:
    if head.kind != DICTIONARY:
        yield from _one(packs, spot, length, row, judge)
        return
    try:
        sound = hashlib.sha256(packs.frame(spot).held).digest() == head.sha256
    except StorageError as error:
        yield _damaged(packs.path(spot.pack), str(error))
    else:
        if not sound:
            yield _damaged(packs.path(spot.pack), f"the dictionary at {spot.offset} does not have its digest")


def _one(packs: Packs, spot: Spot, length: int, row: Row | None, judge: Judge) -> Iterator[Finding]:
    path = packs.path(spot.pack)
    try:
        records = packed_records(packs.frame(spot), length)
    except StorageError as error:
        yield _damaged(path, str(error))
        return
    first = records[0][1]
    yield from judge(path, first, row)
    for _, record in records[1:]:
        if not digest_matches(record):
            yield _damaged(path, f"a record at {spot.offset} does not have the digest that its head tells")
    if row is None and first.kind in ("response", "revisit"):
        yield Finding(
            kind="orphan_record",
            where=f"{path} at {spot.offset}",
            what=f"no row names the response of {first.headers.get('WARC-Target-URI', '?')}",
            advice="nothing to do: its process was killed before the rows were written",
        )


def _damaged(path: Path, what: str) -> Finding:
    return Finding(kind="missing_bytes", where=str(path), what=what.removeprefix(f"{path}: "), advice=RESTORE)


def _sha256(path: Path) -> bytes:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.digest()
