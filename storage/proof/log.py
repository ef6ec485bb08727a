"""The event log as a Merkle tree (RFC 9162): who kept a root can be shown what was in the log, and that it stayed.

Leaf *n* is the event of seq *n* + 1 (`storage.events.event_bytes`). Perfect subtrees of 256, 65,536, … events are kept
in rows when the log is sealed; what lies below and between is made from at most 256 hashes a level. A tree head is the
root at a size: kept elsewhere (printed, mailed, time-stamped), it pins all that was recorded until then.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.engines.database import Database, Row
from storage.events import event_bytes
from storage.proof import merkle
from storage.proof.timestamp import demand_reply
from storage.reading import time_of, to_text
from variorum.errors import StorageError, UsageError

STEP = 8  #: between the levels that are kept
_TILES = 64  #: groups of 256 hashes held in memory
SEAL_EVERY = timedelta(days=1)
Progress = Callable[[str, int, int | None], None]  #: a phase, how much is done, and of how much


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeHead:
    """The root over the first `size` events."""

    size: int
    root: str  #: 64 hex digits
    at: datetime  #: when it was sealed
    timestamped: bool = False  #: an authority's reply over the root is kept (RFC 3161)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inclusion:
    """A proof that an event is in the log: from `leaf`, by `path`, to the root of `head`."""

    seq: int
    leaf: str
    path: tuple[str, ...]
    head: TreeHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Consistency:
    """A proof that the log of `new` begins with the log of `old`."""

    old: TreeHead
    new: TreeHead
    path: tuple[str, ...]


class Log:
    """The tree over the events of one database. Reads; `seal` writes.

    Args:
        upto: Look at so many events alone, whatever comes after: many proofs for one head are made quicker so.
    """

    def __init__(self, database: Database, *, upto: int | None = None) -> None:
        self.database = database
        self._upto = upto
        self._tiles: OrderedDict[tuple[int, int], list[bytes]] = OrderedDict()

    def size(self) -> int:
        """Return the number of events."""
        if self._upto is not None:
            return self._upto
        row = self.database.one("SELECT max(seq) AS seq FROM event")
        return int(row["seq"] or 0) if row is not None else 0

    def node(self, level: int, number: int) -> bytes:
        """Return the hash of a perfect subtree; see `storage.proof.merkle`.

        Raises:
            StorageError: Events that it covers are not there.
        """
        base = level - level % STEP
        first = number << (level - base)
        hashes = self._tile(base, first >> STEP)
        start = first & ((1 << STEP) - 1)
        found = hashes[start : start + (1 << (level - base))]
        if len(found) < 1 << (level - base):
            raise StorageError(
                f"{self.database.place}: events are missing from the log, by seq {(first << base) + 1} and after; "
                "`variorum check` says more"
            )
        while len(found) > 1:
            found = [merkle.node_hash(*pair) for pair in zip(found[::2], found[1::2], strict=True)]
        return found[0]

    def _tile(self, base: int, number: int) -> list[bytes]:
        """Return up to 256 neighbours of a level that is kept (or of leaves), fewer at the right edge."""
        key = (base, number)
        if key in self._tiles:
            self._tiles.move_to_end(key)
            return self._tiles[key]
        start, end = number << STEP, (number + 1) << STEP
        if self._upto is not None:
            end = min(end, self._upto >> base)
        if base == 0:
            rows = self.database.all(
                "SELECT * FROM event WHERE seq > :start AND seq <= :end ORDER BY seq", start=start, end=end
            )
            hashes = [merkle.leaf_hash(event_bytes(row)) for row in rows]
        else:
            rows = self.database.all(
                "SELECT number, hash FROM log_node WHERE level = :level AND number >= :start AND number < :end "
                "ORDER BY number",
                level=base,
                start=start,
                end=end,
            )
            hashes = [bytes(row["hash"]) for at, row in enumerate(rows, start) if row["number"] == at]
            complete = min(end, self.size() >> base)
            hashes.extend(self.node_anew(base, at) for at in range(start + len(hashes), complete))
        if len(hashes) == 1 << STEP or self._upto is not None:  # others may still grow
            self._tiles[key] = hashes
            if len(self._tiles) > _TILES:
                self._tiles.popitem(last=False)
        return hashes

    def node_anew(self, level: int, number: int) -> bytes:
        """Return the hash of a subtree of a kept level, made from the level below it and not read."""
        below = self._tile(level - STEP, number)
        while len(below) > 1:
            below = [merkle.node_hash(*pair) for pair in zip(below[::2], below[1::2], strict=True)]
        return below[0]

    # -------------------------------------------------------------------------------------------- heads
    def heads(self) -> list[TreeHead]:
        """Return all sealed heads, oldest first."""
        return [_head(row) for row in self.database.all("SELECT * FROM tree_head ORDER BY size")]

    def head(self, size: int | None = None) -> TreeHead:
        """Return the newest head, or the sealed one of a size.

        Raises:
            UsageError: There is none.
        """
        if size is None:
            row = self.database.one("SELECT * FROM tree_head ORDER BY size DESC LIMIT 1")
        else:
            row = self.database.one("SELECT * FROM tree_head WHERE size = :size", size=size)
        if row is None:
            which = "the log was never sealed" if size is None else f"the log was not sealed at {size} events"
            raise UsageError(f"{which}: `variorum log` lists the heads, `variorum log --seal` makes one")
        return _head(row)

    def seal(self, at: datetime, progress: Progress | None = None) -> TreeHead:
        """Keep the subtrees that have become whole, and the root over all events of now. The log itself stays as it is.

        Hashes are made before the write lock is taken: events are never rewritten, so two that seal write the same.
        The first time it reads all events, twelve seconds of CPU for a million; interrupted, it goes on where it was.

        Args:
            at: When.
            progress: Called with a phase, how many events are covered, and of how many.
        """
        size = self.size()
        if size == 0:
            raise UsageError("there is no event yet: nothing to seal")
        level = STEP
        while size >> level:
            row = self.database.one("SELECT max(number) AS number FROM log_node WHERE level = :level", level=level)
            start = 0 if row is None or row["number"] is None else row["number"] + 1
            self._keep(level, start, size >> level, size, progress or (lambda _phase, _done, _total: None))
            level += STEP
        root = merkle.root(size, self.node)
        with self.database.transaction():
            self.database.run(
                "INSERT INTO tree_head (size, root, at) VALUES (:size, :root, :at) ON CONFLICT (size) DO NOTHING",
                size=size,
                root=root,
                at=to_text(at),
            )
        return self.head(size)

    def seal_if_due(self, at: datetime, progress: Progress | None = None) -> TreeHead | None:
        """Seal if the newest head is a day old, which is enough to pin the day, or the log has doubled since."""
        row = self.database.one("SELECT size, at FROM tree_head ORDER BY size DESC LIMIT 1")
        due = row is None or at - time_of(row["at"]) >= SEAL_EVERY or self.size() >= 2 * row["size"]
        return self.seal(at, progress) if due else None

    def keep_timestamp(self, head: TreeHead, reply: bytes) -> None:
        """Keep an authority's reply over the root of a head.

        Raises:
            UsageError: It is not about this root, or grants nothing.
        """
        demand_reply(reply, bytes.fromhex(head.root))
        with self.database.transaction():
            self.database.run("UPDATE tree_head SET timestamp = :reply WHERE size = :size", reply=reply, size=head.size)

    def timestamp(self, head: TreeHead) -> bytes | None:
        """Return the reply that is kept with a head, None if none is."""
        row = self.database.one("SELECT timestamp FROM tree_head WHERE size = :size", size=head.size)
        return bytes(row["timestamp"]) if row is not None and row["timestamp"] is not None else None

    def _keep(self, level: int, start: int, end: int, size: int, tell: Progress) -> None:
        """Write the subtrees *start* to before *end* of a level, a thousand in one transaction."""
        for first in range(start, end, 1000):
            rows = []
            for number in range(first, min(first + 1000, end)):
                rows.append({"level": level, "number": number, "hash": self.node_anew(level, number)})
                tell("events", (number + 1) << level, size)
            with self.database.transaction():
                self.database.run_many(
                    "INSERT INTO log_node (level, number, hash) VALUES (:level, :number, :hash) "
                    "ON CONFLICT (level, number) DO NOTHING",
                    rows,
                )

    # -------------------------------------------------------------------------------------------- proofs
    def inclusion(self, seq: int, head: TreeHead | None = None) -> Inclusion:
        """Prove that an event is in the log of a head, the newest by default.

        Raises:
            UsageError: There is no such event, or it is younger than the head.
        """
        head = head or self.head()
        if not 0 < seq <= head.size:
            raise UsageError(
                f"event {seq} is not among the {head.size} of the head of {to_text(head.at)}"
                + (": `variorum log --seal` makes a new head" if 0 < seq <= self.size() else "")
            )
        path = merkle.inclusion_path(seq - 1, head.size, self.node)
        return Inclusion(seq=seq, leaf=self.node(0, seq - 1).hex(), path=tuple(step.hex() for step in path), head=head)

    def consistency(self, old: TreeHead, new: TreeHead) -> Consistency:
        """Prove that the log of *new* begins with that of *old*."""
        if old.size > new.size:
            raise UsageError(
                f"a log of {new.size} events cannot begin with one of {old.size}: name the older head first"
            )
        path = merkle.consistency_path(old.size, new.size, self.node)
        return Consistency(old=old, new=new, path=tuple(step.hex() for step in path))


def _head(row: Row) -> TreeHead:
    return TreeHead(
        size=row["size"],
        root=bytes(row["root"]).hex(),
        at=time_of(row["at"]),
        timestamped=row["timestamp"] is not None,
    )
