"""Posts that say the same: their keys, the links between them, their groups. What is alike is told from outside.

Versions are compared in order of their seq, a batch at a time: keys are committed first, then the other holders are
looked up and compared, then links are committed together with the mark of how far the comparison has come. So a
process that is killed repeats its last batch, and of two that compare at once each sees what the other one's keys say,
or the other way round. Nothing is taken away but marks: texts, works and addresses stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from storage.contents import columns, unfolded
from storage.engines.database import Database, Row, chunks, marks
from storage.events import append_event
from storage.reading import object_of, time_of, to_text
from storage.withheld import standing, takedown_told
from variorum.records import LikeLink, LikePlace, LikePost
from variorum.times import to_rfc3339, utc_now

#: Versions `v` of posts and pages `w` that hold the last that was said, though the work may be gone since; `t` is the
#: version of the work that was compared.
_SPOKEN = """version v JOIN work w ON w.id = v.work_id LEFT JOIN near_text t ON t.work_id = w.id
    WHERE w.work_type <> 'comment'
    AND v.kind NOT IN ('gone', 'merged', 'takedown') AND NOT EXISTS (
        SELECT 1 FROM takedown d WHERE d.work_id = w.id AND d.level = 'destroy' AND d.lifted_at IS NULL)
    AND NOT EXISTS (
        SELECT 1 FROM version n WHERE n.work_id = v.work_id AND n.number > v.number
        AND n.kind NOT IN ('gone', 'merged', 'takedown'))"""


Assign = Callable[[Sequence[LikePost], Sequence[LikeLink]], Iterable[LikePlace]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text to be compared, and the one of the same work whose keys it takes the place of."""

    work_id: int
    version_id: int
    text: str
    before_id: int | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Texts to be compared together, and up to which seq that is all there is."""

    texts: tuple[Text, ...]
    upto: int


@dataclass(slots=True)
class Comparison:
    """Writes what a comparison of texts finds. `algorithm` names the rules: others begin anew."""

    database: Database
    algorithm: str
    holders: int  #: a key that more posts have is common: its first holders stay, further ones are only counted

    def begin(self) -> None:
        """Take away the keys of other rules, if there are any; their links stay until their texts are compared."""
        name = _consumer(self.algorithm)
        with self.database.transaction():
            if self.database.one("SELECT seq FROM consumer WHERE name = :name", name=name) is None:
                for table in ("near_key", "near_common", "near_text"):
                    self.database.run(f"DELETE FROM {table}")
                self.database.run("DELETE FROM consumer WHERE name LIKE 'duplicates %'")
                self._move(0)

    def next(self, limit: int) -> Batch:
        """Return the texts that were not compared yet, in order of seq; none if all were."""
        last = self.database.one("SELECT coalesce(max(seq), 0) AS seq FROM version")
        end = int(last["seq"]) if last is not None else 0
        rows = self.database.all(
            f"""SELECT v.seq, {columns()}, t.version_id AS before_id FROM {_SPOKEN}
                AND v.seq > :after AND v.seq <= :end ORDER BY v.seq LIMIT :most""",
            after=self._done(),
            end=end,
            most=limit,
        )
        before = self._texts([row["before_id"] for row in rows if row["before_id"] not in (None, row["id"])])
        texts = tuple(
            Text(
                work_id=row["work_id"],
                version_id=row["id"],
                text=row["text"],
                before_id=row["before_id"],
                before=before.get(row["before_id"]),
            )
            for row in unfolded(self.database, rows)
        )
        return Batch(texts=texts, upto=end if len(rows) < limit else rows[-1]["seq"])

    def keep_keys(self, texts: Iterable[tuple[Text, Collection[int], Collection[int]]]) -> None:
        """Commit the keys of texts: each with its own, and with those of the text before.

        What another process has written of the same work meanwhile is left alone.
        """
        items = list(texts)
        with self.database.transaction():
            held = self._held([text.work_id for text, _, _ in items])
            fresh = [item for item in items if held.get(item[0].work_id) == item[0].before_id != item[0].version_id]
            self.database.run_many(
                "DELETE FROM near_key WHERE key = :key AND work_id = :work",
                [{"key": key, "work": text.work_id} for text, _, before in fresh for key in before],
            )
            new = {key for _, keys, _ in fresh for key in keys}
            common = self.common(new)
            self.database.run_many(
                "INSERT INTO near_key (key, work_id) VALUES (:key, :work) ON CONFLICT DO NOTHING",
                [{"key": key, "work": text.work_id} for text, keys, _ in fresh for key in keys if key not in common],
            )
            self.database.run_many(
                "UPDATE near_common SET holders = holders + 1 WHERE key = :key",
                [{"key": key} for _, keys, _ in fresh for key in keys if key in common],
            )
            self.database.run_many(
                """INSERT INTO near_text (work_id, version_id) VALUES (:work, :version)
                   ON CONFLICT (work_id) DO UPDATE SET version_id = excluded.version_id""",
                [{"work": text.work_id, "version": text.version_id} for text, _, _ in fresh],
            )
            self._mark_common(new - common)

    def _mark_common(self, keys: Collection[int]) -> None:
        for part in chunks(sorted(keys)):
            holes, values = marks("k", part)
            self.database.run(
                f"""INSERT INTO near_common (key, holders)
                    SELECT key, count(*) FROM near_key WHERE key IN ({holes}) GROUP BY key HAVING count(*) > :most
                    ON CONFLICT DO NOTHING""",
                most=self.holders,
                **values,
            )

    def common(self, keys: Collection[int]) -> set[int]:
        """Return those of *keys* that too many posts have."""
        found: set[int] = set()
        for part in chunks(sorted(keys)):
            holes, values = marks("k", part)
            rows = self.database.all(f"SELECT key FROM near_common WHERE key IN ({holes})", **values)
            found.update(row["key"] for row in rows)
        return found

    def holders_of(self, keys: Collection[int]) -> dict[int, list[int]]:
        """Return key → the posts that have it, in order; of a common one the first only."""
        found: dict[int, list[int]] = {}
        for part in chunks(sorted(keys)):
            holes, values = marks("k", part)
            for row in self.database.all(
                f"SELECT key, work_id FROM near_key WHERE key IN ({holes}) ORDER BY key, work_id", **values
            ):
                found.setdefault(row["key"], []).append(row["work_id"])
        return found

    def same_text(self, version_ids: Collection[int]) -> dict[int, int]:
        """Return version → the first other post that was compared and has the very same text."""
        found: dict[int, int] = {}
        for part in chunks(sorted(version_ids)):
            holes, values = marks("v", part)
            rows = self.database.all(
                f"""SELECT v.id, (
                        SELECT o.work_id FROM version o JOIN near_text t ON t.version_id = o.id
                        WHERE o.text_sha256 = v.text_sha256 AND o.work_id <> v.work_id ORDER BY o.id LIMIT 1) AS work_id
                    FROM version v WHERE v.id IN ({holes})""",
                **values,
            )
            found.update((row["id"], row["work_id"]) for row in rows if row["work_id"] is not None)
        return found

    def texts(self, work_ids: Collection[int]) -> dict[int, Text]:
        """Return the compared texts of works."""
        found: dict[int, Text] = {}
        for part in chunks(sorted(work_ids)):
            holes, values = marks("w", part)
            rows = self.database.all(
                f"""SELECT {columns()} FROM near_text t JOIN version v ON v.id = t.version_id
                    WHERE t.work_id IN ({holes})""",
                **values,
            )
            found.update(
                (row["work_id"], Text(work_id=row["work_id"], version_id=row["id"], text=row["text"]))
                for row in unfolded(self.database, rows)
            )
        return found

    def keep_links(self, batch: Batch, links: Sequence[LikeLink], compared: Mapping[int, int], assign: Assign) -> None:
        """Commit the links of all texts of a batch in place of those that they had, the groups that follow, the mark.

        Args:
            batch: As `next` gave it.
            links: Of its texts.
            compared: Work → version that these links speak of. Where another process has gone on to a newer one
                meanwhile, its word holds.
            assign: From all posts that hang together and their links to their places.
        """
        with self.database.transaction():
            if self._done() >= batch.upto:
                return  # another process was quicker, and may have linked these texts to later ones since
            held = self._held(list(compared))
            current = {work_id for work_id, version_id in compared.items() if held.get(work_id) == version_id}
            mine = {text.work_id for text in batch.texts if text.work_id in current}
            touched = self._unlink(mine)
            kept = [link for link in links if link.low_id in current and link.high_id in current]
            self.database.run_many(
                """INSERT INTO dup_link (low_id, high_id, kind, jaccard, containment, method, shorter_id)
                   VALUES (:low_id, :high_id, :kind, :jaccard, :containment, :method, :shorter_id)
                   ON CONFLICT DO NOTHING""",
                [asdict(link) for link in kept],
            )
            touched.update(end for link in kept for end in (link.low_id, link.high_id))
            self._assign(touched, assign)
            self._move(batch.upto)

    def _unlink(self, work_ids: Collection[int]) -> set[int]:
        """Take away all links of works, and return these and the works that they led to."""
        touched = {end for link in _links(self.database, work_ids) for end in (link.low_id, link.high_id)}
        for part in chunks(sorted(work_ids)):
            holes, values = marks("w", part)
            for column in ("low_id", "high_id"):
                self.database.run(f"DELETE FROM dup_link WHERE {column} IN ({holes})", **values)
        return touched | set(work_ids)

    def _assign(self, touched: Collection[int], assign: Assign) -> None:
        """Write anew the places of all that hang together with *touched*."""
        ids, links = _together(self.database, touched)
        for part in chunks(sorted(ids)):
            holes, values = marks("w", part)
            self.database.run(f"DELETE FROM dup_member WHERE work_id IN ({holes})", **values)
        self.database.run_many(
            """INSERT INTO dup_member (work_id, group_id, exact_id, role, of_id, similarity, method)
               VALUES (:work_id, :group_id, :exact_id, :role, :of_id, :similarity, :method)""",
            [asdict(place) for place in assign(_posts(self.database, ids), links)],
        )

    def forget(self, keys: Mapping[int, Collection[int]], assign: Assign) -> None:
        """Take away keys, links and places of works, within the caller's write transaction: their texts are no more.

        Args:
            keys: Work → keys of its compared text.
            assign: As for `keep_links`.
        """
        self.database.run_many(
            "DELETE FROM near_key WHERE key = :key AND work_id = :work",
            [{"key": key, "work": work_id} for work_id, own in keys.items() for key in own],
        )
        touched = self._unlink(keys)
        for part in chunks(sorted(keys)):
            holes, values = marks("w", part)
            self.database.run(f"DELETE FROM near_text WHERE work_id IN ({holes})", **values)
        self._assign(touched, assign)

    def end(self, texts: int, links: int) -> None:
        """Leave an event that says what was compared."""
        with self.database.transaction():
            detail = {"by": self.algorithm, "texts": texts, "links": links, "upto": self._done()}
            append_event(self.database, "compared", to_text(utc_now()), detail=detail)

    def _done(self) -> int:
        return done(self.database, self.algorithm)

    def _move(self, seq: int) -> None:
        self.database.run(
            """INSERT INTO consumer (name, seq, updated_at) VALUES (:name, :seq, :now)
               ON CONFLICT (name) DO UPDATE SET seq = excluded.seq, updated_at = excluded.updated_at
               WHERE excluded.seq > consumer.seq""",
            name=_consumer(self.algorithm),
            seq=seq,
            now=to_text(utc_now()),
        )

    def _held(self, work_ids: Sequence[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        for part in chunks(work_ids):
            holes, values = marks("w", part)
            rows = self.database.all(f"SELECT * FROM near_text WHERE work_id IN ({holes})", **values)
            found.update((row["work_id"], row["version_id"]) for row in rows)
        return found

    def _texts(self, version_ids: Sequence[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        for part in chunks(version_ids):
            holes, values = marks("v", part)
            rows = self.database.all(f"SELECT {columns()} FROM version v WHERE v.id IN ({holes})", **values)
            found.update((row["id"], row["text"]) for row in unfolded(self.database, rows))
        return found


def _consumer(algorithm: str) -> str:
    return f"duplicates {algorithm}"


def done(database: Database, algorithm: str) -> int:
    """Return the seq up to which all texts were compared, 0 if none was."""
    row = database.one("SELECT seq FROM consumer WHERE name = :name", name=_consumer(algorithm))
    return int(row["seq"]) if row is not None else 0


def waiting(database: Database) -> int:
    """Return how many texts were not compared yet."""
    row = database.one(
        f"""SELECT count(*) AS n FROM {_SPOKEN} AND v.seq > (
                SELECT coalesce(max(seq), 0) FROM consumer WHERE name LIKE 'duplicates %')"""
    )
    return int(row["n"]) if row is not None else 0


def _links(database: Database, work_ids: Collection[int]) -> list[LikeLink]:
    """Return all links of works, each once."""
    found: dict[tuple[int, int], LikeLink] = {}
    for part in chunks(sorted(work_ids)):
        holes, values = marks("w", part)
        for column in ("low_id", "high_id"):
            for row in database.all(f"SELECT * FROM dup_link WHERE {column} IN ({holes})", **values):
                found[row["low_id"], row["high_id"]] = _link(row)
    return [found[pair] for pair in sorted(found)]


def _link(row: Row) -> LikeLink:
    return LikeLink(
        low_id=row["low_id"],
        high_id=row["high_id"],
        kind=row["kind"],
        jaccard=row["jaccard"],
        containment=row["containment"],
        method=row["method"],
        shorter_id=row["shorter_id"],
    )


def _together(database: Database, work_ids: Collection[int]) -> tuple[set[int], list[LikeLink]]:
    """Return all works that links lead to from *work_ids*, and these links."""
    seen: set[int] = set()
    links: dict[tuple[int, int], LikeLink] = {}
    edge = set(work_ids)
    while edge:
        seen |= edge
        found = _links(database, edge)
        links |= {(link.low_id, link.high_id): link for link in found}
        edge = {end for link in found for end in (link.low_id, link.high_id)} - seen
    return seen, [links[pair] for pair in sorted(links)]


def _posts(database: Database, work_ids: Collection[int]) -> list[LikePost]:
    found: list[LikePost] = []
    for part in chunks(sorted(work_ids)):
        holes, values = marks("w", part)
        rows = database.all(
            f"""SELECT w.id, w.source_id, w.first_seen, v.id AS version_id, v.published FROM work w
                LEFT JOIN near_text t ON t.work_id = w.id LEFT JOIN version v ON v.id = t.version_id
                WHERE w.id IN ({holes})""",
            **values,
        )
        metas = _metas(database, [row["version_id"] for row in rows])
        found.extend(
            LikePost(
                work_id=row["id"],
                source_id=row["source_id"],
                said_at=min(row["published"] or row["first_seen"], row["first_seen"]),
                authors=_authors(metas.get(row["version_id"])),
            )
            for row in rows
        )
    return found


def _metas(database: Database, version_ids: Iterable[int | None]) -> dict[int, str]:
    """Return version → its metadata, JSON."""
    found: dict[int, str] = {}
    for part in chunks(sorted(number for number in version_ids if number is not None)):
        holes, values = marks("v", part)
        rows = database.all(f"SELECT {columns()} FROM version v WHERE v.id IN ({holes})", **values)
        found.update((row["id"], row["meta"]) for row in unfolded(database, rows))
    return found


def _authors(meta: str | None) -> frozenset[str]:
    told = object_of(meta).get("authors") or ()
    return frozenset(name for person in told if (name := " ".join(str(person["name"]).split()).casefold()))


# ------------------------------------------------------------------------------------------------ questions
_MEMBERS = """SELECT m.*, w.url, w.state, w.first_seen, w.source_id, s.slug, v.title, v.published, v.text_len,
        v.id AS version_id
    FROM dup_member m JOIN work w ON w.id = m.work_id JOIN source s ON s.id = w.source_id
    LEFT JOIN near_text t ON t.work_id = m.work_id LEFT JOIN version v ON v.id = t.version_id"""


def groups(
    database: Database,
    *,
    source_id: int | None = None,
    work_id: int | None = None,
    role: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield groups in order of their numbers; see `storage.archive.Archive.duplicates`."""
    clauses, values = ["m.group_id > :after"], dict[str, Any]()
    if source_id is not None:
        clauses.append("EXISTS (SELECT 1 FROM work w WHERE w.id = m.work_id AND w.source_id = :source)")
        values["source"] = source_id
    if work_id is not None:
        clauses.append("m.group_id = (SELECT group_id FROM dup_member WHERE work_id = :work)")
        values["work"] = work_id
    if role is not None:
        clauses.append("m.role = :role")
        values["role"] = role
    query = f"""SELECT DISTINCT m.group_id FROM dup_member m WHERE {" AND ".join(clauses)}
        ORDER BY m.group_id LIMIT :most"""
    left = limit
    while left is None or left > 0:
        most = _CHUNK if left is None else min(_CHUNK, left)
        ids = [row["group_id"] for row in database.all(query, after=after, most=most, **values)]
        if not ids:
            return
        holes, wanted = marks("g", ids)
        found: dict[int, list[dict[str, Any]]] = {number: [] for number in ids}
        rows = database.all(f"{_MEMBERS} WHERE m.group_id IN ({holes}) ORDER BY m.work_id", **wanted)
        metas = _metas(database, [row["version_id"] for row in rows])
        for row in rows:
            found[row["group_id"]].append(_member(row, metas.get(row["version_id"])))
        down = standing(database, [member["work_id"] for told in found.values() for member in told])
        for member in (member for told in found.values() for member in told):
            taken = down.get(member["work_id"])
            if taken is not None:
                member |= {"title": "", "authors": [], "takedown": takedown_told(taken)}
        for number in ids:
            yield {"group": number, "members": sorted(found[number], key=_in_order)}
        after = ids[-1]
        left = None if left is None else left - len(ids)


_CHUNK = 100


def _in_order(member: Mapping[str, Any]) -> tuple[bool, str, int]:
    return member["role"] != "original", member["published"] or member["first_seen"], member["work_id"]


def _member(row: Row, meta: str | None) -> dict[str, Any]:
    told = object_of(meta)
    return {
        "work_id": row["work_id"],
        "source": row["slug"],
        "url": row["url"],
        "title": row["title"] or "",
        "authors": [person["name"] for person in told.get("authors") or ()],
        "published": to_rfc3339(time_of(row["published"])) if row["published"] else None,
        "first_seen": to_rfc3339(time_of(row["first_seen"])),
        "state": row["state"],
        "text_len": row["text_len"] or 0,
        "role": row["role"],
        "of": row["of_id"],
        "similarity": round(row["similarity"], 4),
        "method": row["method"],
        "exact_group": row["exact_id"],
        "takedown": None,
    }


def links_of(database: Database, work_id: int) -> list[dict[str, Any]]:
    """Return the posts whose texts are like that of one, the likest first: also those of other groups."""
    found = _links(database, [work_id])
    addresses: dict[int, Row] = {}
    for part in chunks(sorted({end for link in found for end in (link.low_id, link.high_id)})):
        holes, values = marks("w", part)
        rows = database.all(f"SELECT id, url FROM work WHERE id IN ({holes})", **values)
        addresses |= {row["id"]: row for row in rows}
    told = [
        {
            "work_id": other,
            "url": addresses[other]["url"],
            "kind": "contains" if link.shorter_id == work_id else link.kind,
            "jaccard": round(link.jaccard, 4),
            "containment": round(link.containment, 4),
            "method": link.method,
        }
        for link in found
        for other in (link.other(work_id),)
    ]
    return sorted(told, key=lambda item: (-item["jaccard"], -item["containment"], item["work_id"]))


def marks_of(database: Database, version_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return version → `dup` of its record, for those versions whose texts are compared and have their like."""
    found: dict[int, dict[str, Any]] = {}
    for part in chunks(sorted(version_ids)):
        holes, values = marks("v", part)
        for row in database.all(
            f"""SELECT t.version_id, m.*, o.url AS of_url FROM near_text t JOIN dup_member m ON m.work_id = t.work_id
                LEFT JOIN work o ON o.id = m.of_id WHERE t.version_id IN ({holes})""",
            **values,
        ):
            found[row["version_id"]] = {
                "exact_group": row["exact_id"],
                "near_group": row["group_id"],
                "role": row["role"],
                "similarity": round(row["similarity"], 4),
                "method": row["method"],
                "of_work_id": row["of_id"],
                "of_url": row["of_url"],
            }
    return found
