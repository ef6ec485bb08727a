"""Making WARC segments of packs again: for whoever wants plain WARC back, and before bytes are destroyed.

A pack holds pages within other pages: a dictionary quotes them, patches rest on them. So a record that must go takes
its pack apart, and all packs that rest on that one; the next compaction folds them anew, without it.

Each pack becomes one segment under a name of its own, written anew where that was interrupted. Then all rows change in
one transaction, in which the packs' rows lose their segments: that tells that these packs are no more.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from storage.engines.database import Database, Row
from storage.events import append_event
from storage.locks import alone, files_go
from storage.packing.frames import RECORDS
from storage.packing.packs import Packs, pack_name, packed_records
from storage.reading import to_text
from storage.warc import gzip_member, sync_path
from variorum.errors import StorageError
from variorum.times import utc_now

Place = tuple[int, int]  #: offset and length


def unpack(database: Database, folder: Path, numbers: Collection[int]) -> list[str]:
    """Make segments of packs, and of all packs that rest on them.

    Args:
        database: To be written.
        folder: Of the archive.
        numbers: Of the packs.

    Returns:
        The names of the segments.

    Raises:
        StorageError: A pack is damaged, or another process compacts the archive, or the disk is full. What was not
            done is done by the next call.
    """
    if not (folder / "packs").is_dir():
        return []
    with alone(folder / "packs", "compact"):
        finish(database, folder)
        packs = Packs(folder / "packs")
        chosen = _resting_on(database, packs, set(numbers))
        made = {number: _segment(folder / "warc", packs, number) for number in chosen}
        if made:
            _change_rows(database, made)
            finish(database, folder)
        return [segment_name(number) for number in made]


def segment_name(number: int) -> str:
    """Return the name of the segment that is made of a pack."""
    return f"variorum-unpacked-{number:08d}.warc.gz"


def finish(database: Database, folder: Path) -> None:
    """Take packs away whose records are in segments again. Their rows stay: a number is never given twice."""
    rows = database.all("SELECT id FROM pack WHERE segments = '[]' ORDER BY id")
    paths = [path for row in rows if (path := folder / "packs" / pack_name(row["id"])).exists()]
    if not paths:
        return
    try:
        with files_go(folder / "warc"):
            for path in paths:
                path.unlink(missing_ok=True)
            sync_path(folder / "packs")
    except OSError as error:
        raise StorageError(f"{folder / 'packs'} cannot be changed: {error.strerror}; run it again") from error


def _resting_on(database: Database, packs: Packs, numbers: set[int]) -> list[int]:
    """Return the packs, and those with frames that need one of them: always later ones."""
    known = [row["id"] for row in database.all("SELECT id FROM pack WHERE segments <> '[]' ORDER BY id")]
    chosen = numbers & set(known)
    for number in known:
        if chosen and number > min(chosen) and number not in chosen and _bases(packs, number) & chosen:
            chosen.add(number)
    return sorted(chosen)


def _bases(packs: Packs, number: int) -> set[int]:
    return {head.base.pack for _, head, _ in packs.spots(number) if head.base is not None}


def _segment(folder: Path, packs: Packs, number: int) -> dict[int, Place]:
    """Write the records of a pack as a segment; return offset of a frame → place of its first record."""
    path = folder / segment_name(number)
    draft = path.with_name(f".{path.name}.part")
    places: dict[int, Place] = {}
    try:
        with draft.open("wb") as file:
            for offset, members in _members(packs, number):
                places[offset] = (file.tell(), len(members[0]))
                file.write(b"".join(members))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        sync_path(folder)
    except OSError as error:
        raise StorageError(f"{path} cannot be written: {error.strerror}; free some space and run again") from error
    finally:
        draft.unlink(missing_ok=True)
    return places


def _members(packs: Packs, number: int) -> Iterator[tuple[int, list[bytes]]]:
    for spot, head, length in packs.spots(number):
        if head.kind == RECORDS:
            yield spot.offset, [gzip_member(data) for data, _ in packed_records(packs.frame(spot), length)]


def _change_rows(database: Database, made: dict[int, dict[int, Place]]) -> None:
    now = to_text(utc_now())
    with database.transaction():
        for number, places in made.items():
            for table in ("visit", "capture"):
                rows = database.all(
                    f"SELECT id, warc_offset FROM {table} WHERE warc_file = :file ORDER BY id", file=pack_name(number)
                )
                database.run_many(
                    f"""UPDATE {table} SET warc_file = :file, warc_offset = :offset, warc_length = :length
                        WHERE id = :id""",
                    [_change(number, row, places) for row in rows],
                )
            database.run("UPDATE pack SET segments = '[]' WHERE id = :id", id=number)
        detail = {"packs": sorted(made), "segments": [segment_name(number) for number in sorted(made)]}
        append_event(database, "unpacked", now, detail=detail)


def _change(number: int, row: Row, places: Mapping[int, Place]) -> dict[str, int | str]:
    place = places.get(row["warc_offset"])
    if place is None:
        raise StorageError(f"{pack_name(number)}: no frame begins at {row['warc_offset']}; run variorum check --deep")
    return {"file": segment_name(number), "offset": place[0], "length": place[1], "id": row["id"]}
