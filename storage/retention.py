"""Visits that need not be kept for ever: which ones, and how they go.

Nothing is dropped that anything rests on: no visit or capture that a version was read from or was witnessed by, no last
word of a witness on a work, nothing that a takedown names; of each address the first and the last visit stay, the first
and the last good one, and both ends of each stretch in which it was seen unchanged, so what was known of when a text
stood is known still. What is dropped is counted in events.

Rows go first, five hundred in a transaction, a capture's own record behind all that refer to it; then the segments in
which they lay are written anew with what rows name. The archive is sound at every moment, and the same command goes on
where one was interrupted. Records in packs lose their rows alone, unless the packs are made segments again before.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storage.contents import columns, unfolded
from storage.engines.database import Database, Row, batched, chunks, marks
from storage.events import append_event
from storage.locks import alone, files_go
from storage.packing.packs import pack_number
from storage.packing.unpack import unpack
from storage.reading import to_text
from storage.warc import lock, read_segment, sync_path, warcinfo_member
from variorum.errors import StorageError, UsageError
from variorum.times import utc_now

if TYPE_CHECKING:
    from storage.archive import Archive

Progress = Callable[[str, int, int | None], None]
LEAST_AGE = timedelta(days=1)  #: younger visits may be in the hands of a run


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How old a visit must be to go, by what it is; None: such a visit stays."""

    unchanged: timedelta | None = None  #: found what the one before and the one after found
    failed: timedelta | None = None  #: brought no page: an error, or an answer of 400 or above
    captures: timedelta | None = None  #: brought a page from which no version was read, between others of its address

    def before(self, now: datetime) -> dict[str, str]:
        """Return rule → the time before which it holds, as times stand in rows.

        Raises:
            UsageError: No rule has an age, or one is less than a day.
        """
        ages = {"unchanged": self.unchanged, "failed": self.failed, "captures": self.captures}
        told = {rule: age for rule, age in ages.items() if age is not None}
        if not told:
            raise UsageError("nothing to prune: name an age by --unchanged, --failed or --captures, e.g. 365d")
        if young := [rule for rule, age in told.items() if age < LEAST_AGE]:
            raise UsageError(f"--{young[0]} is less than a day: such visits may be in the hands of a run")
        return {rule: to_text(now - age) for rule, age in told.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """What was dropped, or would be."""

    dry_run: bool
    visits: Mapping[str, int]  #: by rule
    captures: int = 0  #: that no visit brought any more
    records_bytes: int = 0  #: of the WARC records of these visits, as they lie
    in_packs: int = 0  #: of the visits, those whose records stay in a pack
    segments: int = 0  #: that were written anew
    freed_bytes: int = 0  #: by that
    kept: tuple[str, ...] = ()  #: segments that another process holds: the next prune writes them anew


@dataclass(frozen=True, slots=True)
class Needed:
    """What versions and takedowns of a source rest on."""

    visits: Collection[int]
    captures: Collection[int]
    times: Collection[str] = ()  #: when versions were seen first and last


def prune(
    archive: Archive,
    source: str | int | None,
    policy: Policy,
    *,
    dry_run: bool = False,
    repack: bool = False,
    progress: Progress | None = None,
) -> Pruned:
    """Drop visits by a policy.

    Args:
        archive: Whose.
        source: As for `Archive.source`; None for all.
        policy: What may go.
        dry_run: Only count.
        repack: Make segments of packs that hold such records first, so that their bytes go too; `compact` folds them.
        progress: Called with a phase, how much is done, and of how much.

    Raises:
        UsageError: There is no such source, or the policy asks for nothing.
        StorageError: Another process compacts or prunes the archive, or it cannot be written.
    """
    tell = progress or (lambda _phase, _done, _total: None)
    before = policy.before(utc_now())
    sources = [archive.source(source)] if source is not None else archive.sources()
    found: dict[int, list[_Chosen]] = {}
    for done, item in enumerate(sources):
        tell("sources", done, len(sources))
        found[item.id] = chosen(archive.database, item.id, before)
    every = [one for ones in found.values() for one in ones]
    count = Pruned(
        dry_run=dry_run,
        visits=Counter(one.rule for one in every),
        captures=sum(one.first for one in every),
        records_bytes=sum(one.length for one in every),
        in_packs=sum(one.pack is not None for one in every) if dry_run or not repack else 0,
    )
    if dry_run:
        return count
    folder = archive.folder / "packs"
    with archive.writer() as writer:
        if repack:
            unpack(writer.database, archive.folder, {one.pack for one in every if one.pack is not None})
        folder.mkdir(exist_ok=True)
        with alone(folder, "compact"):
            work = _Pruning(writer.database, archive.folder, tell)
            for source_id, ones in found.items():
                work.drop(source_id, ones, before)
            work.rewrite()
    return Pruned(
        dry_run=False,
        visits=count.visits,
        captures=work.captures,
        records_bytes=count.records_bytes,
        in_packs=count.in_packs,
        segments=work.segments,
        freed_bytes=work.freed,
        kept=tuple(work.kept),
    )


# ------------------------------------------------------------------------------------------------ choosing
@dataclass(frozen=True, slots=True)
class _Chosen:
    id: int
    rule: str
    capture_id: int | None
    first: bool  #: it holds the record of its capture
    length: int
    pack: int | None


def chosen(database: Database, source_id: int, before: Mapping[str, str]) -> list[_Chosen]:
    """Return the visits of a source that may go, captures' own records behind all others."""
    needed = _needed(database, source_id)
    rows = database.stream(
        """SELECT v.id, v.url, v.requested_at, v.status, v.error, v.capture_id, v.unchanged, v.good, v.revisit_of,
               v.warc_file, v.warc_length, v.warc_record_id, c.warc_record_id AS first_record_id
           FROM visit v LEFT JOIN capture c ON c.id = v.capture_id WHERE v.source_id = :source ORDER BY v.url, v.id""",
        source=source_id,
    )
    found: list[_Chosen] = []
    for _, group in groupby(rows, key=lambda row: str(row["url"])):
        visits = list(group)
        found += [
            _Chosen(
                row["id"],
                rule,
                row["capture_id"],
                is_first(row),
                row["warc_length"] or 0,
                pack_number(row["warc_file"]) if row["warc_file"] else None,
            )
            for row, rule in droppable(visits, before, needed)
        ]
    return sorted(_whole(database, found), key=lambda one: (one.first, one.id))


def is_first(visit: Row) -> bool:
    """Return whether a visit's record is the one in which its capture lies."""
    return visit["capture_id"] is not None and visit["warc_record_id"] == visit["first_record_id"]


def droppable(visits: Sequence[Row], before: Mapping[str, str], needed: Needed) -> list[tuple[Row, str]]:
    """Return the visits of one address that may go, each with the rule that says so.

    Pure. What other addresses had of the same captures is not known here.

    Args:
        visits: All of one address and source, in order of their ids.
        before: Rule → the time before which it holds.
        needed: What must stay, whatever its age.
    """
    good = [visit for visit in visits if visit["good"]]
    ends = {visit["id"] for visit in (*visits[:1], *visits[-1:], *good[:1], *good[-1:])}
    ends |= {visit["id"] for visit in visits if visit["id"] in needed.visits or visit["requested_at"] in needed.times}
    rules: dict[int, str] = {}
    for visit, following in pairwise(good):
        same = visit["unchanged"] and following["unchanged"] and visit["capture_id"] == following["capture_id"]
        if same and visit["requested_at"] < before.get("unchanged", ""):
            rules[visit["id"]] = "unchanged"
    for visit in visits:
        failed = not visit["good"] and (visit["error"] is not None or (visit["status"] or 0) >= 400)
        free = visit["capture_id"] not in needed.captures
        if failed and free and visit["requested_at"] < before.get("failed", ""):
            rules[visit["id"]] = "failed"
    held = {visit["capture_id"] for visit in visits if visit["id"] in ends} | set(needed.captures)
    for capture, ones in _by_capture(good).items():
        if capture not in held and all(visit["requested_at"] < before.get("captures", "") for visit in ones):
            rules |= {visit["id"]: "captures" for visit in ones}
    rules = {number: rule for number, rule in rules.items() if number not in ends}
    while named := _named(visits, rules):  # a payload to which one refers that stays
        for number in named:
            del rules[number]
    return [(visit, rules[visit["id"]]) for visit in visits if visit["id"] in rules]


def _by_capture(visits: Sequence[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for visit in visits:
        found.setdefault(visit["capture_id"], []).append(visit)
    return found


def _named(visits: Sequence[Row], rules: Mapping[int, str]) -> list[int]:
    """Return the visits that are to go, and to whose records or captures one refers that is to stay."""
    staying = [visit for visit in visits if visit["id"] not in rules]
    records = {visit["revisit_of"] for visit in staying if visit["revisit_of"] is not None}
    captures = {visit["capture_id"] for visit in staying if visit["capture_id"] is not None}
    return [
        visit["id"]
        for visit in visits
        if visit["id"] in rules
        and (visit["warc_record_id"] in records or (is_first(visit) and visit["capture_id"] in captures))
    ]


def _whole(database: Database, found: Sequence[_Chosen]) -> Iterator[_Chosen]:
    """Leave out the records of captures that other visits have besides those that go."""
    going = Counter(one.capture_id for one in found)
    for one in found:
        if one.first:
            row = database.one("SELECT count(*) AS n FROM visit WHERE capture_id = :id", id=one.capture_id)
            if row is None or row["n"] > going[one.capture_id]:
                continue
        yield one


def _needed(database: Database, source_id: int) -> Needed:
    """Return what the versions and works of a source rest on, and what takedowns name."""
    visits: set[int] = set()
    captures: set[int] = set()
    times: set[str] = set()
    rows = database.stream(
        f"""SELECT {columns()}, v.visit_id, v.visit_ids, v.capture_id, v.observed_first, v.observed_last FROM version v
            WHERE v.source_id = :source ORDER BY v.work_id, v.number""",
        source=source_id,
    )
    for row in (row for part in batched(rows, 500) for row in unfolded(database, part)):
        times.update((row["observed_first"], row["observed_last"]))
        visits.update(json.loads(row["visit_ids"]), (row["visit_id"],) if row["visit_id"] is not None else ())
        captures.update(_witnessed(row["witnesses"]), (row["capture_id"],) if row["capture_id"] is not None else ())
    for row in database.stream("SELECT witnesses FROM work WHERE source_id = :source", source=source_id):
        captures.update(_witnessed(row["witnesses"]))
    captures.update(row["capture_id"] for row in database.all("SELECT capture_id FROM takedown_capture"))
    return Needed(visits, captures, times)


def _witnessed(witnesses: str) -> Iterator[int]:
    return (number for told in json.loads(witnesses) for number in told["capture_ids"])


# ------------------------------------------------------------------------------------------------ dropping
@dataclass(slots=True)
class _Pruning:
    database: Database
    folder: Path
    tell: Progress
    captures: int = 0
    segments: int = 0
    freed: int = 0
    kept: list[str] = field(default_factory=list)

    def drop(self, source_id: int, ones: Sequence[_Chosen], before: Mapping[str, str]) -> None:
        """Delete the rows of visits, and of captures that none brought any more."""
        for done, part in enumerate(chunks(ones)):
            self.tell("visits", done * len(part), len(ones))
            holes, values = marks("v", [one.id for one in part])
            with self.database.transaction():
                files = self.database.all(
                    f"SELECT DISTINCT warc_file FROM visit WHERE id IN ({holes}) AND warc_file IS NOT NULL", **values
                )
                self.database.run(f"DELETE FROM visit WHERE id IN ({holes})", **values)
                detail: dict[str, Any] = {
                    "visits": Counter(one.rule for one in part),
                    "before": before,
                    "captures": self._drop_captures([one.capture_id for one in part if one.first]),
                    "files": sorted(row["warc_file"] for row in files),
                }
                append_event(self.database, "pruned", to_text(utc_now()), source_id=source_id, detail=detail)

    def _drop_captures(self, ids: Sequence[int | None]) -> list[str]:
        """Delete captures without a visit; return their digests."""
        if not ids:
            return []
        holes, values = marks("c", ids)
        rows = self.database.all(
            f"""SELECT c.id, c.sha256 FROM capture c WHERE c.id IN ({holes})
                AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.capture_id = c.id) ORDER BY c.id""",
            **values,
        )
        self.database.run_many("DELETE FROM capture WHERE id = :id", [{"id": row["id"]} for row in rows])
        self.captures += len(rows)
        return [row["sha256"].hex() for row in rows]

    # -------------------------------------------------------------------------------------------- bytes
    def rewrite(self) -> None:
        """Write anew the segments out of which visits were dropped, now or by a prune that was interrupted."""
        names: dict[str, None] = {}
        for row in self.database.all("SELECT detail FROM event WHERE kind = 'pruned' ORDER BY seq"):
            names.update(dict.fromkeys(json.loads(row["detail"])["files"]))
        paths = [path for name in names if (path := self.folder / "warc" / name).is_file()]
        for done, path in enumerate(paths):
            self.tell("segments", done, len(paths))
            with path.open("rb") as file:
                if not lock(file):
                    self.kept.append(path.name)
                    continue
                self._rewrite(path)

    def _rewrite(self, path: Path) -> None:
        rows = self.database.all(
            "SELECT id, capture_id, warc_offset FROM visit WHERE warc_file = :name", name=path.name
        )
        size, new = path.stat().st_size, path.with_name(f"{path.name.removesuffix('.warc.gz')}-p.warc.gz")
        draft = new.with_name(f".{new.name}.part")
        try:
            if rows:
                places = _copy(path, draft, {row["warc_offset"] for row in rows})
                draft.replace(new)
                sync_path(new.parent)
                self._move(path.name, new.name, places)
                self.freed -= new.stat().st_size
            with files_go(path.parent):
                path.unlink()
                sync_path(path.parent)
        except OSError as error:
            raise StorageError(f"{path} cannot be written anew: {error.strerror}; run it again") from error
        finally:
            draft.unlink(missing_ok=True)
        self.segments += 1
        self.freed += size

    def _move(self, old: str, new: str, places: Mapping[int, int]) -> None:
        """Let all rows name places in the new segment, in one transaction."""
        with self.database.transaction():
            for table in ("visit", "capture"):
                ids = self.database.all(f"SELECT id, warc_offset FROM {table} WHERE warc_file = :old", old=old)
                if missing := [row["id"] for row in ids if row["warc_offset"] not in places]:
                    raise StorageError(f"{old}: the record of {table} {missing[0]} is not in it; run variorum check")
                self.database.run_many(
                    f"UPDATE {table} SET warc_file = :new, warc_offset = :to WHERE id = :id",
                    [{"new": new, "to": places[row["warc_offset"]], "id": row["id"]} for row in ids],
                )
            detail = {"from": old, "to": new, "records": len(places)}
            append_event(self.database, "rewritten", to_text(utc_now()), detail=detail)


def _copy(path: Path, draft: Path, wanted: Collection[int]) -> dict[int, int]:
    """Copy records that rows name, byte for byte, each with its request; return old offset → new one."""
    places: dict[int, int] = {}
    answered: set[str] = set()  # record ids of responses whose requests are still to come
    with path.open("rb") as raw, draft.open("wb") as out:
        out.write(warcinfo_member(path.name, {"description": "what rows name of a segment, after variorum prune"}))
        for record in read_segment(path):
            if isinstance(record, int):
                break
            place = record.place
            if place.offset in wanted:
                places[place.offset] = out.tell()
                answered.add(place.record_id)
            elif record.kind != "request" or record.headers.get("WARC-Concurrent-To", "") not in answered:
                continue
            raw.seek(place.offset)
            out.write(raw.read(place.length))
        out.flush()
        os.fsync(out.fileno())
    return places
