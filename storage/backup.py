"""A copy of an archive that is whole in itself, made while others write, and brought up to date by the same command.

Rows first, in one snapshot; then the bytes, which were on the disk before any row named them; then the new rows take
the place of the old ones. So the copy is an archive at every moment, that of before or that of now, wherever this ends.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from storage.archive import Archive
from storage.engines.database import Database, open_database
from storage.engines.place import SQLITE
from storage.engines.sqlite import Sqlite
from storage.locks import files_stay
from storage.warc import sync_path
from variorum.errors import StorageError, UsageError

Progress = Callable[[str, int, int | None], None]
FOLDERS = ("warc", "packs")  #: that hold bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a backup or a restoration did."""

    files: int  #: that hold bytes, in the copy now
    copied: int  #: of them, that were copied this time
    removed: int  #: that the archive has no more
    bytes_copied: int  #: with the rows
    last_seq: int  #: of the newest event in the copy


def backup(folder: Path, dest: Path, progress: Progress) -> Copied:
    """Copy the archive in *folder* to *dest*, or bring an earlier copy there up to date.

    Files that are there in the same size with the same time are left: a closed WARC file never changes but by a
    takedown, and that gives it another time.

    Raises:
        UsageError: *dest* holds something else than a copy of this archive, or the rows are not in SQLite.
        StorageError: Something cannot be read or written. The copy is as whole as it was before.
    """
    with Archive.open(folder) as archive:
        if not isinstance(archive.database, Sqlite):
            raise UsageError(
                f"the rows of {folder} are in {archive.database.place}: back them up there first "
                "(pg_dump --format=custom), then copy the folder; restored in that order, no row names a byte that is "
                "missing"
            )
        _demand_copy_of(archive, dest)
        try:
            with files_stay(folder / "warc"):  # no compaction takes a segment away between the rows and the bytes
                return _copy(archive, dest, progress)
        except OSError as error:
            where = error.filename or dest
            raise StorageError(f"{where}: {error.strerror}; the copy in {dest} is as whole as it was") from error


def restore(source: Path, folder: Path, progress: Progress) -> Copied:
    """Make an archive in *folder* out of a backup.

    Raises:
        UsageError: There is an archive in *folder* already, or no backup in *source*.
        StorageError: Something cannot be read or written.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: name another folder by --archive, or put this one aside")
    return backup(source, folder, progress)


def _demand_copy_of(archive: Archive, dest: Path) -> None:
    """Refuse to write over anything but an earlier copy: its log must be the beginning of this one's.

    Only that the copy was checked may stand at its end.
    """
    here, there = archive.folder.resolve(), dest.resolve()
    if there == here or there.is_relative_to(here) or here.is_relative_to(there):
        raise UsageError(f"{dest} and the archive lie within one another: name a folder elsewhere, on another disk")
    if not dest.exists() or not any(dest.iterdir()):
        return
    if not (dest / SQLITE).is_file():
        if all(path.name in (*FOLDERS, f"{SQLITE}.part", "README.txt") for path in dest.iterdir()):
            return  # the first copy was interrupted
        raise UsageError(f"{dest} is not empty and no backup: name another folder")
    with Archive.open(dest) as copy:
        last = copy.database.one("SELECT seq, chain FROM event WHERE kind <> 'checked' ORDER BY seq DESC LIMIT 1")
    own = last and archive.database.one("SELECT chain FROM event WHERE seq = :seq", seq=last["seq"])
    if last and (own is None or own["chain"] != last["chain"]):
        raise UsageError(f"{dest} holds another archive, or one that was written to since: name another folder")


def _copy(archive: Archive, dest: Path, progress: Progress) -> Copied:
    for name in FOLDERS:
        if (archive.folder / name).is_dir():
            (dest / name).mkdir(parents=True, exist_ok=True)
    draft = dest / f"{SQLITE}.part"
    draft.unlink(missing_ok=True)
    progress("rows", 0, None)
    assert isinstance(archive.database, Sqlite)
    archive.database.copy_to(draft)
    sync_path(draft)
    snapshot = open_database(draft, write=False)
    try:
        row = snapshot.one("SELECT max(seq) AS seq FROM event")
        _demand_bytes(snapshot, archive.folder)
    finally:
        snapshot.close()
    _drop_logs(draft)
    here = {path.relative_to(archive.folder): path for path in _byte_files(archive.folder)}
    size, copied = draft.stat().st_size, 0
    for done, (place, path) in enumerate(sorted(here.items())):
        progress("files", done, len(here))
        if not _is_same(path, dest / place):
            size += _copy_file(path, dest / place)
            copied += 1
    shutil.copy2(archive.folder / "README.txt", dest / "README.txt")
    for name in FOLDERS:
        if (dest / name).is_dir():
            sync_path(dest / name)
    _drop_logs(dest / SQLITE)
    draft.replace(dest / SQLITE)
    sync_path(dest)
    surplus = [path for path in _byte_files(dest) if path.relative_to(dest) not in here]
    for path in surplus:
        path.unlink()
    return Copied(
        files=len(here),
        copied=copied,
        removed=len(surplus),
        bytes_copied=size,
        last_seq=int(row["seq"] or 0) if row is not None else 0,
    )


def _byte_files(folder: Path) -> Iterator[Path]:
    for name in FOLDERS:
        yield from (path for path in sorted((folder / name).glob("**/*")) if path.is_file() and path.suffix != ".part")


def _demand_bytes(snapshot: Database, folder: Path) -> None:
    """Look before anything is replaced whether the files that rows name are there."""
    for row in snapshot.all("SELECT DISTINCT warc_file FROM visit WHERE warc_file IS NOT NULL"):
        if not any((folder / name / row["warc_file"]).is_file() for name in FOLDERS):
            raise StorageError(
                f"{row['warc_file']} is not in {folder}: `variorum check` says what is missing. "
                "The copy stays as it was"
            )


def _is_same(path: Path, copy: Path) -> bool:
    if not copy.is_file():
        return False
    one, other = path.stat(), copy.stat()
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


def _copy_file(path: Path, dest: Path) -> int:
    dest.parent.mkdir(parents=True, exist_ok=True)
    draft = dest.with_name(f"{dest.name}.part")
    shutil.copy2(path, draft)  # one that grows meanwhile has more than the rows name: they were read before
    sync_path(draft)
    draft.replace(dest)
    return dest.stat().st_size


def _drop_logs(database: Path) -> None:
    for suffix in ("-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)
