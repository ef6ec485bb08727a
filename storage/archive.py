"""The archive: a folder that answers questions. Imports neither SQLAlchemy nor anything that fetches or extracts.

DIR/variorum.sqlite holds the rows, or the PostgreSQL database that DIR/database.url names; DIR/warc/ holds the bytes,
DIR/README.txt says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from storage.contents import unfolded
from storage.engines import fulltext, schema
from storage.engines.database import Address, Database, Row, batched, open_database
from storage.engines.place import address_of, keep_address, kept_address
from storage.finding import find_source, find_work, work_by_id
from storage.merging import merges, proposals
from storage.reading import WORK_COLUMNS, WORK_TABLES, source_of, to_text, version_of, visit_of, work_of
from storage.rows import Finding, Hit, Merge, Proposal, SourceStatus, Takedown, Version, VisitRow, Work
from storage.withheld import all_standing, withheld_versions, withheld_works
from variorum.errors import StorageError, UsageError
from variorum.records import LikeRole, Source, WorkType

if TYPE_CHECKING:
    from storage.bodies import StoredBody
    from storage.packing.compact import Compacted
    from storage.packing.packs import Packs
    from storage.writer import Writer

_CHUNK = 500  # rows that one read transaction holds
_END = 2**63 - 1  # behind every id
_README = """\
This folder is an archive made by variorum (https://pypi.org/project/variorum/).

variorum.sqlite   sources, visits, works, versions, events (SQLite 3; `variorum status`; docs/read_texts.py of variorum
                  reads the texts), or database.url, which names the PostgreSQL database that holds them
warc/             every response as it came over the wire (WARC/1.1, ISO 28500; any WARC tool reads them)
packs/            responses that `variorum compact` has folded (docs/pack-format.md and docs/read_pack.py of variorum)

Nothing here is written but by variorum. `variorum check --deep` proves that all is whole.
"""


class Archive:
    """One archive, open for questions; a context manager. Not shared between threads.

    `folder` is where it lies; `database` is for the modules of this room alone.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        self.folder = folder
        self.database = database

    @cached_property
    def packs(self) -> Packs:
        """Return the reader of packs, for the modules of this room alone."""
        from storage.packing.packs import Packs

        return Packs(self.folder / "packs")

    @classmethod
    def open(cls, folder: str | Path, *, create: bool = False) -> Archive:
        """Open the archive in *folder*.

        Args:
            folder: Its path.
            create: Open it to be written too: make it if it is not there, bring an older one up to date.

        Raises:
            UsageError: There is no archive there.
            StorageError: It is of another version of variorum, or cannot be read.
        """
        folder = Path(folder)
        address = _prepare(folder) if create else address_of(folder)
        if not create and not _is_made(folder, address):
            raise _not_there(folder)
        database = open_database(address, write=False)
        try:
            _demand_schema(database, folder, create=create)
        except BaseException:
            database.close()
            raise
        return cls(folder, database)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the archive."""
        self.database.close()

    def writer(self, *, operator: str = "") -> Writer:
        """Return the one that writes, a context manager.

        Args:
            operator: Who runs the archive, for the heads of WARC files.
        """
        from storage.writer import Writer

        _prepare(self.folder)
        return Writer.open(self.folder, operator=operator)

    # -------------------------------------------------------------------------------------------- sources
    def sources(self) -> list[Source]:
        """Return all sources, in order of their slugs."""
        return [source_of(row) for row in self.database.all("SELECT * FROM source ORDER BY slug")]

    def source(self, key: str | int) -> Source:
        """Return one source.

        Args:
            key: Slug, id, or the address of its home page in any spelling.

        Raises:
            UsageError: There is none; the message names those that are near.
        """
        return find_source(self.database, key)

    def status(self, source: str | int | None = None) -> list[SourceStatus]:
        """Return how one source, or each, stands.

        Args:
            source: As for `source`; None for all.
        """
        from storage.health import status_of

        found = self.sources() if source is None else [self.source(source)]
        return [status_of(self.database, item) for item in found]

    # -------------------------------------------------------------------------------------------- works
    def works(
        self,
        source_id: int | None = None,
        *,
        work_type: WorkType | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Iterator[Work]:
        """Yield works in order of their ids.

        Args:
            source_id: Of this source; None for all.
            work_type: Of this type; None for all, comments too.
            after: Id of the last work of the page before.
            limit: Most works to yield; None for no end.
        """
        clauses = ["w.id > :after"]
        if source_id is not None:
            clauses.append("w.source_id = :source")
        if work_type is not None:
            clauses.append("w.work_type = :type")
        query = f"SELECT {WORK_COLUMNS} FROM {WORK_TABLES} WHERE {' AND '.join(clauses)} ORDER BY w.id LIMIT :most"
        values = {
            **({"source": source_id} if source_id is not None else {}),
            **({"type": work_type} if work_type is not None else {}),
        }
        for rows in batched(_paged(self.database, query, after, limit, "id", values), _CHUNK):
            yield from withheld_works(self.database, [work_of(row) for row in rows])

    def latest(self, source_id: int, *, limit: int = 50, before: int = _END) -> list[Work]:
        """Return posts and pages of a source, those that the archive met last first.

        Args:
            source_id: Whose.
            limit: How many.
            before: Id of the last work of the page before.
        """
        rows = [
            row
            for work_type in ("post", "page")
            for row in self.database.all(
                f"""SELECT {WORK_COLUMNS} FROM {WORK_TABLES}
                    WHERE w.source_id = :source AND w.work_type = :type AND w.id < :before
                    ORDER BY w.id DESC LIMIT :most""",
                source=source_id,
                type=work_type,
                before=before,
                most=limit,
            )
        ]
        return [work_of(row) for row in sorted(rows, key=lambda row: -row["id"])[:limit]]

    def work(self, work_id: int) -> Work:
        """Return the work of that id.

        Raises:
            UsageError: There is none.
        """
        found = work_by_id(self.database, work_id)
        if found is None:
            raise UsageError(f"there is no work {work_id}")
        return withheld_works(self.database, [found])[0]

    def find_work(self, key: str) -> Work:
        """Return the work that a person means.

        Args:
            key: An id ("12", "w12"); any address that it ever had, in any spelling; the permalink of a comment.

        Raises:
            UsageError: There is none; the message names those that are near.
        """
        return withheld_works(self.database, [find_work(self.database, key)])[0]

    def versions(self, work_id: int) -> list[Version]:
        """Return all versions of a work, oldest first; none if the work is not known or was never seen open."""
        rows = self.database.all("SELECT * FROM version WHERE work_id = :work ORDER BY number", work=work_id)
        return self._versions_of(rows)

    def _versions_of(self, rows: Sequence[Row]) -> list[Version]:
        return withheld_versions(self.database, [version_of(row) for row in unfolded(self.database, rows)])

    def version(self, version_id: int) -> Version:
        """Return one version.

        Raises:
            UsageError: There is none.
        """
        row = self.database.one("SELECT * FROM version WHERE id = :id", id=version_id)
        if row is None:
            raise UsageError(f"there is no version {version_id}")
        return self._versions_of([row])[0]

    def version_at(self, work_id: int, at: datetime | None = None, number: int | None = None) -> Version | None:
        """Return the version that stood at a time, or the one of a number.

        Args:
            work_id: The work.
            at: The last version first observed then or before; None for the current one.
            number: The version of that number instead.

        Returns:
            The version, of kind "gone" where the work stood no more; None if there was none yet.
        """
        if number is not None:
            row = self.database.one(
                "SELECT * FROM version WHERE work_id = :work AND number = :number", work=work_id, number=number
            )
        elif at is None:
            row = self.database.one(
                "SELECT v.* FROM work w JOIN version v ON v.id = w.head_id WHERE w.id = :work", work=work_id
            )
        else:
            row = self.database.one(
                """SELECT * FROM version WHERE work_id = :work AND observed_first <= :at
                   ORDER BY observed_first DESC, number DESC LIMIT 1""",
                work=work_id,
                at=to_text(at),
            )
        return self._versions_of([row])[0] if row is not None else None

    def visits(self, work_id: int, *, limit: int | None = 100, before: int | None = None) -> list[VisitRow]:
        """Return visits of the addresses of a work, newest first: also those that failed or found nothing new.

        Args:
            work_id: The work; a comment's visits are those of its post.
            limit: Most visits to return; None for all.
            before: Id of the last visit of the page before.
        """
        rows = self.database.all(
            """SELECT v.* FROM visit v WHERE v.url IN (
                   SELECT u.url FROM work_url u JOIN work w ON u.work_id = coalesce(w.post_id, w.id) WHERE w.id = :work)
               AND v.source_id = (SELECT source_id FROM work WHERE id = :work) AND v.id < :before
               ORDER BY v.id DESC LIMIT :most""",
            work=work_id,
            before=_END if before is None else before,
            most=_END if limit is None else limit,
        )
        return [visit_of(row) for row in rows]

    def thread(
        self,
        post_work_id: int,
        at: datetime | None = None,
        *,
        after_position: int | None = None,
        limit: int | None = None,
    ) -> list[tuple[Work, Version]]:
        """Return the comments of a post as they stood, every answer beneath what it answers.

        Args:
            post_work_id: The post.
            at: When; None for now.
            after_position: `Work.position` of the last comment of the page before.
            limit: Most comments to return; None for all.

        Returns:
            Each comment with its version; those that were gone then have one of kind "gone". `Work.position` is the
            place in this order, from 0, and `Work.depth` the depth in it.
        """
        from storage.threads import thread_at

        found = thread_at(self.database, post_work_id, at, after_position, limit)
        works = withheld_works(self.database, [work for work, _ in found])
        return list(zip(works, withheld_versions(self.database, [version for _, version in found]), strict=True))

    def search(
        self,
        query: str,
        *,
        source_id: int | None = None,
        from_: datetime | None = None,
        to: datetime | None = None,
        lang: str | None = None,
        comments: bool | None = None,
        all_versions: bool = False,
        after: str | None = None,
        limit: int = 20,
    ) -> list[Hit]:
        """Return works whose current text holds all words of *query*, in the order that storage/search.py tells.

        Args:
            query: Words, "words in quotes" that stand side by side, begin* of a word. Case and accents do not count.
            source_id: Of this source.
            from_: Published then or later (first seen, where no date is told).
            to: Published then or before.
            lang: In this language: "en" also finds "en-GB".
            comments: True for comments alone, False for posts and pages alone.
            all_versions: Earlier texts too, each version a hit of its own, behind the current ones.
            after: `Hit.cursor` of the last hit of the page before.
            limit: Most hits to return.

        Raises:
            UsageError: There is no word in *query*, or too many, or *after* is no cursor.
            StorageError: The index is being built by another process.
        """
        from storage.search import Filter, search

        wanted = Filter(
            source_id=source_id, from_=from_, to=to, lang=lang, comments=comments, all_versions=all_versions
        )
        return search(self.database, query, wanted, after, limit)

    def duplicates(
        self,
        *,
        source_id: int | None = None,
        work_id: int | None = None,
        role: LikeRole | None = None,
        after: int = 0,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield groups of posts that say the same, in order of their numbers (storage/duplicates.py).

        Args:
            source_id: With a post of this source.
            work_id: The group of this post.
            role: With a post in this role.
            after: `group` of the last one of the page before.
            limit: Most groups to yield.

        Returns:
            `group` and `members`, the original first, with their roles.
        """
        from storage.duplicates import groups

        return groups(self.database, source_id=source_id, work_id=work_id, role=role, after=after, limit=limit)

    def alike(self, work_id: int) -> list[dict[str, Any]]:
        """Return the posts whose texts are like that of one, the likest first."""
        from storage.duplicates import links_of

        return links_of(self.database, work_id)

    def dup(self, version_id: int) -> Mapping[str, Any] | None:
        """Return `dup` of the record of a version: None where it is not compared, or nothing is like it."""
        from storage.duplicates import marks_of

        return marks_of(self.database, [version_id]).get(version_id)

    def uncompared(self) -> int:
        """Return how many texts of posts were not compared with the others yet."""
        from storage.duplicates import waiting

        return waiting(self.database)

    # -------------------------------------------------------------------------------------------- records
    def records(
        self,
        after: int = 0,
        *,
        kinds: Collection[str] | None = None,
        source_id: int | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield versions as records of schema variorum/1 (docs/record.schema.json), in order of seq.

        Args:
            after: Seq of the last record seen; 0 begins at the first.
            kinds: Of these kinds only.
            source_id: Of this source only.
            limit: Most records to yield.
        """
        from storage.record import records

        return records(self.database, after, kinds=kinds, source_id=source_id, limit=limit)

    def changes(
        self,
        after: int = 0,
        *,
        kinds: Collection[str] | None = None,
        source_id: int | None = None,
        limit: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Yield what changed after a seq: the same records as `records`, all kinds unless *kinds* names some.

        What is yielded holds at the time of the question: a reader that keeps the last seq never misses a change.
        """
        return self.records(after, kinds=kinds, source_id=source_id, limit=limit)

    def record(self, version_id: int) -> dict[str, Any]:
        """Return one version as a record of schema variorum/1.

        Raises:
            UsageError: There is none.
        """
        from storage.record import record

        return record(self.database, version_id)

    def last_seq(self) -> int:
        """Return the seq of the newest event, 0 if there is none."""
        row = self.database.one("SELECT max(seq) AS seq FROM event")
        return int(row["seq"] or 0) if row is not None else 0

    def provenance(self, version_id: int) -> dict[str, Any]:
        """Return the chain from a version to its extractions, captures, visits and bytes (storage/provenance.py).

        Raises:
            UsageError: There is no such version.
        """
        from storage.provenance import provenance

        return provenance(self.database, version_id)

    def merges(self, source_id: int | None = None, *, work_id: int | None = None) -> list[Merge]:
        """Return the merges that stand, oldest first: of one source, of the work that was given up, or all."""
        return merges(self.database, source_id, work_id)

    def merge_proposals(self, source_id: int) -> Iterator[Proposal]:
        """Yield pairs of posts of a source that may be one work, the surest first (storage/merging.py)."""
        return proposals(self.database, source_id)

    def takedowns(self) -> list[Takedown]:
        """Return all takedowns that stand, oldest first."""
        return all_standing(self.database)

    def body(self, capture_id: int) -> StoredBody:
        """Return the stored response of a capture, its body decoded.

        Raises:
            StorageError: There is none, or its record is missing or damaged.
            DestroyedError: It was destroyed by a takedown.
        """
        from storage.bodies import read_body

        return read_body(self.database, self.folder, capture_id, self.packs)

    # -------------------------------------------------------------------------------------------- care
    def check(
        self, deep: bool = False, progress: Callable[[str, int, int | None], None] | None = None
    ) -> list[Finding]:
        """Return all that is wrong with the archive, nothing if it is sound (storage/check.py).

        What a crash leaves behind (records that no row names, a torn last record) is not wrong: `leftovers` lists it.

        Args:
            deep: Read every byte and text again and compare its digest.
            progress: Called with a phase, how much is done, and of how much.
        """
        from storage.check import check

        return check(self.database, self.folder, deep=deep, progress=progress)

    def compact(
        self,
        source: str | int | None = None,
        *,
        dry_run: bool = False,
        progress: Callable[[str, int, int | None], None] | None = None,
    ) -> Compacted:
        """Fold closed WARC segments into packs, a tenth of their size or less, and take them away (storage/packing).

        Args:
            source: As for `source`; None for all.
            dry_run: Fold and verify, but keep the segments and throw the packs away.
            progress: Called with a phase, how much is done, and of how much.

        Raises:
            UsageError: There is no such source.
            StorageError: The archive cannot be written, or another process compacts it.
        """
        from storage.packing.compact import compact

        return compact(self, source, dry_run=dry_run, progress=progress)

    def unpack(self, source: str | int | None = None) -> list[str]:
        """Make WARC segments of packs again, and return their names.

        Args:
            source: Of this source, and packs of others that rest on these; see `source`. None for all.

        Raises:
            UsageError: There is no such source.
            StorageError: A pack is damaged, or another process compacts the archive, or it cannot be written.
        """
        from storage.packing.unpack import unpack

        rows = self.database.all("SELECT id, source_id FROM pack ORDER BY id")
        source_id = self.source(source).id if source is not None else None
        with self.writer() as writer:
            return unpack(
                writer.database, self.folder, [row["id"] for row in rows if source_id in (None, row["source_id"])]
            )

    def leftovers(self) -> list[Finding]:
        """Return what crashes left in the WARC files: records that no row names, torn ends. Reads every byte."""
        from storage.check import leftovers

        return leftovers(self.database, self.folder)


def _prepare(folder: Path) -> Address:
    """Make the archive if it is not there, bring an older one up to date; return the address of its database."""
    address = address_of(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "warc").mkdir(exist_ok=True)
        if isinstance(address, str) and kept_address(folder) is None:
            _claim(folder, address)
        if not (folder / "README.txt").exists():
            (folder / "README.txt").write_text(_README, encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{folder} cannot hold an archive: {error.strerror}; name another one by --archive"
        ) from error
    if not isinstance(address, Path) or address.exists():
        database = open_database(address, write=False)
        try:
            found = schema.revision(database)
            if found is None and not schema.is_empty(database):
                raise _foreign(database.place)
            is_current = found == schema.HEAD
            is_built = is_current and fulltext.is_built(database)
        finally:
            database.close()
        if is_current and not is_built:
            schema.build_index(address)
        if is_current:
            return address
        if found is not None and found not in schema.OLDER:
            raise _too_new(database.place, found)
    schema.upgrade(address)
    return address


def _claim(folder: Path, address: str) -> None:
    """Write into a new folder which database is its own: one that is empty."""
    database = open_database(address, write=False)
    try:
        found, empty = schema.revision(database), schema.is_empty(database)
    finally:
        database.close()
    if found is not None and kept_address(folder) is None:  # else another process was quicker, for the same folder
        raise UsageError(
            f"{database.place} holds the rows of an archive already, whose folder is another one than {folder}: name "
            "an empty database, or that folder by --archive"
        )
    if found is None and not empty:
        raise _foreign(database.place)
    keep_address(folder, address)
    address_of(folder)  # raises if another process was quicker, with another database


def _is_made(folder: Path, address: Address) -> bool:
    return address.is_file() if isinstance(address, Path) else kept_address(folder) is not None


def _demand_schema(database: Database, folder: Path, *, create: bool) -> None:
    found = schema.revision(database)
    if found == schema.HEAD:
        return
    if found is None:
        raise _not_there(folder) if schema.is_empty(database) else _foreign(database.place)
    if found not in schema.OLDER:
        raise _too_new(database.place, found)
    assert not create, "_prepare brought it up to date"
    raise StorageError(
        f"{database.place} was made by an older variorum (schema {found}, this one has {schema.HEAD}); `variorum "
        "ingest` brings it up to date: make a copy first"
    )


def _not_there(folder: Path) -> UsageError:
    return UsageError(f"there is no archive in {folder}: make one with: variorum --archive {folder} add URL")


def _foreign(place: str) -> StorageError:
    return StorageError(
        f"{place} holds no archive of variorum; name another folder by --archive, or an empty database by --database"
    )


def _too_new(place: str, found: str) -> StorageError:
    return StorageError(
        f"{place} was made by a newer variorum (schema {found}, this one knows {schema.HEAD}): upgrade variorum"
    )


def _paged(
    database: Database, query: str, after: int, limit: int | None, key: str, values: Mapping[str, Any]
) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a query by key, in chunks: no read transaction is held while the caller works."""
    left = _END if limit is None else limit
    while left > 0:
        rows = database.all(query, after=after, most=min(_CHUNK, left), **values)
        yield from rows
        if len(rows) < min(_CHUNK, left):
            return
        left -= len(rows)
        after = rows[-1][key]
