"""One batch of updates on its way into the rows, within one write transaction.

A version is opened only by a decision that says so, about a work that was seen open at some time, and only where it
says something that the head does not: so a batch that is written twice, or by two processes, opens nothing twice.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from storage.contents import folded, unfolded
from storage.engines import fulltext
from storage.engines.database import Database, Row, chunks, marks
from storage.events import End, append_event
from storage.merging import merged_into, moved_comments, moving_comments, record_merge, undo_merge
from storage.proof.sums import TOLD, rest_of_version, row_sum, seen_sum, told_of_work
from storage.reading import json_text, object_of, storable, to_text, witnesses_text
from storage.record import record_id
from storage.rows import Merge
from storage.withheld import refused_works
from variorum.digests import sha256_hex
from variorum.errors import StorageError
from variorum.records import WORDLESS, Decision, WorkUpdate, is_retired
from variorum.urls import canonical_url

_SEEN = frozenset(("same", "boilerplate", "format"))  # quiet kinds that saw the work as it is known
_KEPT_OF_GONE = (  # what a tombstone still says of a work
    "authors", "author", "author_url", "published", "lang", "tags", "categories", "platform", "kind", "permalink",
    "by_author", "parent",
)  # fmt: skip
_EMPTY_SHA256 = bytes.fromhex(sha256_hex(""))
_Key = tuple[int, str, int, str]  #: source, family, scope, native id


@dataclass(slots=True)
class Batch:
    """The state of one write: rows read before it, ids given within it."""

    database: Database
    run_id: int
    recorded_at: str
    extractor: str | None
    past_takedowns: bool = False  #: whether works that were taken down may be written to
    seqs: list[int] = field(default_factory=list)
    _rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    _natives: dict[_Key, int] = field(default_factory=dict)
    _visits: dict[int, int | None] = field(default_factory=dict)  #: visit → capture
    _captures: dict[int | None, bytes | None] = field(default_factory=lambda: {None: None})  #: capture → SHA-256
    _homes: dict[int, str] = field(default_factory=dict)  #: source → address
    _extractors: dict[str, int] = field(default_factory=dict)
    _seen: dict[int, str] = field(default_factory=dict)  #: version → observed then
    _addresses: list[dict[str, Any]] = field(default_factory=list)
    _post: dict[int, int] = field(default_factory=dict)  #: source → the post last applied
    _refused: dict[int, bool] = field(default_factory=dict)  #: taken-down work → whether its thread is, too
    _merged: dict[int, int] = field(default_factory=dict)  #: work that was given up → the one that goes on
    _log_end: End | None = None  #: once an event was appended

    # ------------------------------------------------------------------------------------------------ before
    def load(self, updates: Sequence[WorkUpdate]) -> None:
        """Read what the updates name: works by id or native id (another process may have made them), visits."""
        for ids in chunks([update.work_id for update in updates if update.work_id is not None]):
            holes, values = marks("w", ids)
            for row in self.database.all(f"SELECT * FROM work WHERE id IN ({holes})", **values):
                self._remember(dict(row))
        self._merged = merged_into(self.database)
        if not self.past_takedowns:
            self._refused = refused_works(self.database)
        wanted: dict[int, dict[str, None]] = {}
        for update in updates:
            names = wanted.setdefault(update.source_id, {})
            names.update(dict.fromkeys(name for name in (update.native_id, update.post_native_id) if name is not None))
        for source_id, names in wanted.items():
            for natives in chunks(list(names)):
                holes, values = marks("n", natives)
                for row in self.database.all(
                    f"""SELECT * FROM work WHERE source_id = :source AND work_type IN ('post', 'page', 'comment')
                        AND scope = 0 AND native_id IN ({holes})""",
                    source=source_id,
                    **values,
                ):
                    self._remember(dict(row))
        for ids in chunks(sorted({visit_id for update in updates for visit_id in update.visit_ids})):
            holes, values = marks("v", ids)
            for row in self.database.all(
                f"""SELECT v.id, v.capture_id, c.sha256 FROM visit v LEFT JOIN capture c ON c.id = v.capture_id
                    WHERE v.id IN ({holes})""",
                **values,
            ):
                self._visits[row["id"]] = row["capture_id"]
                if row["capture_id"] is not None:
                    self._captures[row["capture_id"]] = row["sha256"]

    def _remember(self, row: dict[str, Any]) -> dict[str, Any]:
        known = self._rows.setdefault(row["id"], row)
        if known["native_id"] is not None:
            key = (known["source_id"], _family(known["work_type"]), known["scope"], known["native_id"])
            self._natives.setdefault(key, known["id"])
        return known

    # ------------------------------------------------------------------------------------------------ each
    def apply(self, update: WorkUpdate) -> None:
        """Write what one update says."""
        try:
            self._apply(update)
        except UnicodeEncodeError as error:
            what = f"{update.work_type} {update.native_id} at {update.url} holds half a character ({error.reason})"
            raise StorageError(f"{what}: its extractor must replace it") from error

    def _apply(self, update: WorkUpdate) -> None:
        post_id = self._post_of(update) if update.work_type == "comment" else None
        row = self._find(update, post_id)
        if row is not None and row["id"] in self._merged:
            if update.work_type != "comment":
                self._post[update.source_id] = self._merged[row["id"]]
            return
        if self._is_refused(row, post_id):
            if row is not None and update.work_type != "comment":
                self._post[update.source_id] = row["id"]
            return
        fresh = row is None
        if row is None:
            if not update.decision.opens and update.state != "protected":
                return  # nothing was ever seen of it
            row = _new_work(update, post_id)
        witnesses = witnesses_text(update.decision.witnesses)
        head = self._head(row) if update.decision.opens else None
        news = update.decision.opens and self._is_news(row, head, update)
        values = self._state(row, update, witnesses, opened=news)
        if fresh:
            row, values = self._insert({**row, **values}), {}
        if update.work_type != "comment":
            self._post[update.source_id] = row["id"]
        if news:
            values |= self._open_version({**row, **values}, head, update, witnesses)
        elif row["head_id"] is not None and update.state == "open" and self._saw_head(head, update.decision):
            at = to_text(update.observed_at)
            self._seen[row["head_id"]] = max(at, self._seen.get(row["head_id"], at))
        if update.merged_into is not None and news:
            self._merge(row, update)
        changed = {name: value for name, value in values.items() if row[name] != value}
        if not news and (fresh or changed.keys() & TOLD):
            self._log("work", row, told_of_work({**row, **changed}))
        if changed:
            self._change(row, changed)
        self._remember_addresses(row, update)

    def _change(self, row: dict[str, Any], changed: dict[str, Any]) -> None:
        """Write what has changed of a work, and its sums."""
        row.update(changed)
        if not changed.keys() <= {"head_id", "versions"}:
            changed["row_sum"] = row["row_sum"] = row_sum("work", row)
        if "last_seen" in changed:
            changed["seen_sum"] = row["seen_sum"] = seen_sum(row["last_seen"])
        sets = ", ".join(f"{name} = :{name}" for name in changed)
        self.database.run(f"UPDATE work SET {sets} WHERE id = :id", **changed, id=row["id"])

    def _log(self, kind: str, row: Mapping[str, Any], detail: Mapping[str, Any]) -> End:
        """Append an event about a work."""
        self._log_end = append_event(
            self.database,
            kind,
            self.recorded_at,
            source_id=row["source_id"],
            work_id=row["id"],
            detail=detail,
            end=self._log_end,
        )
        return self._log_end

    def change(self, row: Mapping[str, Any], **changed: Any) -> None:
        """Change what the log tells of a work, with an event, and no version."""
        work = dict(row)
        self._log("work", work, told_of_work({**work, **changed}))
        self._change(work, changed)
        if row["id"] in self._rows:
            self._rows[row["id"]].update(work)

    def move_comments(self, comments: Iterable[Row], post_id: int) -> None:
        """Put comments below another post; those that are known by what they say are so within it."""
        for comment in comments:
            self.change(comment, post_id=post_id, scope=post_id if comment["scope"] else 0)

    def undo(self, merge: Merge, *, source_id: int, reason: str, by: str) -> None:
        """Say that a merge does not hold: addresses and comments go back."""
        self._log_end = undo_merge(
            self.database, merge, source_id=source_id, reason=reason, by=by, at=self.recorded_at, end=self._log_end
        )
        self.move_comments(moved_comments(self.database, merge), merge.work_id)

    def _merge(self, row: Mapping[str, Any], update: WorkUpdate) -> None:
        assert update.merged_into is not None
        into_id = self._merged.get(update.merged_into, update.merged_into)
        reason = update.decision.reason or ""
        comments = moving_comments(self.database, row["id"], into_id)
        self.move_comments(comments, into_id)
        self._flush_addresses()
        self._addresses.extend(
            {"url": item["url"], "work_id": into_id, "reason": "merged", "first_seen": self.recorded_at}
            for item in self.database.all("SELECT url FROM work_url WHERE work_id = :id ORDER BY url", id=row["id"])
        )
        self._log_end = record_merge(
            self.database,
            row,
            into_id,
            comments=[comment["id"] for comment in comments],
            reason=reason,
            by=update.merged_by,
            at=self.recorded_at,
            end=self._log_end,
        )
        self._merged[row["id"]] = into_id

    def _is_refused(self, row: Mapping[str, Any] | None, post_id: int | None) -> bool:
        """Return whether a work, or the thread that it is in, was taken down for good: nothing of it is written."""
        if not self._refused:
            return False
        post_id = post_id or (row["post_id"] if row is not None else None)
        return (row is not None and row["id"] in self._refused) or self._refused.get(post_id or 0, False)

    def _find(self, update: WorkUpdate, post_id: int | None) -> dict[str, Any] | None:
        """Return the work of an update: by id, by native id, else (posts and pages) by its address."""
        if update.work_id is not None:
            if update.work_id not in self._rows:
                raise StorageError(f"there is no work {update.work_id} in {self.database.place}")
            return self._rows[update.work_id]
        scope = _scope(update.native_id, post_id)
        if update.native_id is not None:
            key = (update.source_id, _family(update.work_type), scope, update.native_id)
            if key not in self._natives and scope:
                found = self.database.one(
                    "SELECT * FROM work WHERE source_id = :source AND work_type = 'comment' AND scope = :scope "
                    "AND native_id = :native",
                    source=update.source_id,
                    scope=scope,
                    native=update.native_id,
                )
                if found is not None:
                    self._remember(dict(found))
            return self._rows[self._natives[key]] if key in self._natives else None
        if update.work_type == "comment":
            return None
        self._flush_addresses()
        found = self.database.one(
            """SELECT w.* FROM work_url u JOIN work w ON w.id = u.work_id
               WHERE u.url = :url AND w.source_id = :source AND w.work_type IN ('post', 'page')
               ORDER BY u.last_seen DESC, w.id DESC LIMIT 1""",
            url=canonical_url(update.url) or update.url,
            source=update.source_id,
        )
        return self._remember(dict(found)) if found is not None else None

    def _post_of(self, update: WorkUpdate) -> int | None:
        """Return the post of a comment; None for a comment that is known already and tells none."""
        if update.post_work_id is not None:
            return update.post_work_id
        if update.post_native_id is not None:
            found = self._natives.get((update.source_id, "post", 0, update.post_native_id))
            if found is not None:
                return found
        return self._post.get(update.source_id) if update.work_id is None else None

    def _insert(self, values: Mapping[str, Any]) -> dict[str, Any]:
        sums = {"row_sum": row_sum("work", values), "seen_sum": seen_sum(values["last_seen"])}
        row = {**values, **sums}
        return self._remember({"id": self.database.insert("work", row), **row})

    # ------------------------------------------------------------------------------------------------ versions
    def _head(self, row: Mapping[str, Any]) -> Row | None:
        if row["head_id"] is None:
            return None
        found = self.database.all("SELECT * FROM version WHERE id = :id", id=row["head_id"])
        return unfolded(self.database, found)[0] if found else None

    def _is_news(self, row: Mapping[str, Any], head: Row | None, update: WorkUpdate) -> bool:
        """Return whether a decision that opens a version finds a head that does not say so already."""
        decision = update.decision
        if decision.kind not in WORDLESS and decision.content is None:
            raise StorageError(f"{row['url']}: a version of kind {decision.kind} has no content")
        if head is None:
            return decision.kind not in WORDLESS
        if to_text(update.observed_at) < head["observed_first"]:
            return False  # another process was quicker and has seen more
        if decision.kind in WORDLESS:
            return bool(head["kind"] != decision.kind)
        return head["kind"] in WORDLESS or not _says_the_same(head, decision)

    def _saw_head(self, head: Row | None, decision: Decision) -> bool:
        """Return whether a decision that opened nothing saw the text of the head."""
        if decision.opens:
            return head is not None and head["kind"] not in WORDLESS and _says_the_same(head, decision)
        return decision.kind in _SEEN

    def _open_version(
        self, row: Mapping[str, Any], head: Row | None, update: WorkUpdate, witnesses: str
    ) -> dict[str, Any]:
        """Open a version of a work; *row* is the work as it stands from now on."""
        decision, at = update.decision, to_text(update.observed_at)
        kind = _kind(decision, head)
        said = _said(decision, head)
        number = int(row["versions"]) + 1
        capture_id, visit_id = self._evidence(update)
        extractor = self._rules(update.source_id)
        told = {
            "run_id": self.run_id,
            "number": number,
            "kind": kind,
            **said,
            "capture_id": capture_id,
            "visit_id": visit_id,
            "same_text_as": decision.same_text_as,
            "observed_first": at,
            "url": update.url or row["url"],
            "reason": decision.reason,
            "visit_ids": json_text(list(update.visit_ids)),
            "witnesses": witnesses,
        }
        beside = {
            "work_type": row["work_type"],
            "source_url": self._home(update.source_id),
            "capture_sha256": self._capture_sha256(capture_id),
            "extractor": extractor,
        }
        detail = {**version_detail({**told, **beside}), "work": told_of_work(row, told["url"])}
        end = self._log("version", row, detail)
        version_id = self.database.insert(
            "version",
            {
                "work_id": row["id"],
                "source_id": update.source_id,
                "seq": end.seq,
                **told,
                **folded(told, head),
                "extractor_id": self._extractor_id(extractor),
                "observed_last": at,
                "seen_sum": seen_sum(at),
                "recorded_at": self.recorded_at,
            },
        )
        if head is not None:
            self.database.run(
                "UPDATE version SET superseded_at = :now WHERE id = :id", now=self.recorded_at, id=head["id"]
            )
        self._index(row, head, said if kind not in WORDLESS else None)
        self.seqs.append(end.seq)
        return {"head_id": version_id, "versions": number}

    def _evidence(self, update: WorkUpdate) -> tuple[int | None, int | None]:
        """Return the capture that the text was read from first of all, and the visit that brought it.

        The word of a work's absence rests on the visits of this time alone: its text was read from nothing.
        """
        decision, brought = update.decision, {self._visits.get(visit_id): visit_id for visit_id in update.visit_ids}
        brought.pop(None, None)
        captures: list[int] = []
        if decision.content is not None:
            spoke = [item for item in decision.witnesses if item.text_sha256 == decision.content.text_sha256]
            captures = [number for item in (*spoke, *decision.witnesses) for number in item.capture_ids]
        best = next((number for number in captures if number in brought), captures[0] if captures else None)
        if best is None and brought:
            best = next(reversed(brought))
        last = update.visit_ids[-1] if update.visit_ids and update.visit_ids[-1] in self._visits else None
        return best, brought.get(best, last)

    def _capture_sha256(self, capture_id: int | None) -> bytes | None:
        if capture_id not in self._captures:
            row = self.database.one("SELECT sha256 FROM capture WHERE id = :id", id=capture_id)
            self._captures[capture_id] = row["sha256"] if row is not None else None
        return self._captures[capture_id]

    def _home(self, source_id: int) -> str:
        if source_id not in self._homes:
            row = self.database.one("SELECT url FROM source WHERE id = :id", id=source_id)
            self._homes[source_id] = str(row["url"]) if row is not None else ""
        return self._homes[source_id]

    def _rules(self, source_id: int) -> str:
        """Return the fingerprint of the rules that made the texts."""
        if self.extractor is not None:
            return self.extractor
        row = self.database.one("SELECT settings FROM source WHERE id = :id", id=source_id)
        return str(object_of(row["settings"] if row else None).get("extractor", ""))

    def _extractor_id(self, name: str) -> int:
        if name not in self._extractors:
            row = self.database.one("SELECT id FROM extractor WHERE fingerprint = :name", name=name)
            self._extractors[name] = (
                int(row["id"])
                if row is not None
                else self.database.insert("extractor", {"fingerprint": name, "first_used": self.recorded_at})
            )
        return self._extractors[name]

    def _index(self, work: Mapping[str, Any], head: Row | None, said: Mapping[str, Any] | None) -> None:
        """Keep the words of the new head in the full-text index; those of the old one go to the earlier texts."""
        if head is not None and head["kind"] not in WORDLESS:
            old = fulltext.entry(work, head)
            fulltext.forget(self.database, fulltext.CURRENT, work["id"], old)
            fulltext.put(self.database, fulltext.PAST, head["id"], old)
        if said is not None:
            fulltext.put(self.database, fulltext.CURRENT, work["id"], fulltext.entry(work, said))

    # ------------------------------------------------------------------------------------------------ works
    def _state(self, row: Mapping[str, Any], update: WorkUpdate, witnesses: str, *, opened: bool) -> dict[str, Any]:
        decision, at = update.decision, to_text(update.observed_at)
        if decision.kind == "error" or (decision.opens and not opened and at < row["last_seen"]):
            return {}
        if decision.kind == "takedown":
            return {"pending_sha256": None}
        seen = update.state in ("open", "protected") and decision.kind != "gone"
        values: dict[str, Any] = {
            "state": update.state,
            "absences": 0 if seen else max(decision.absences, 0),
            "pending_sha256": decision.pending_sha256,
        }
        if decision.kind == "gone" and update.state == "open":
            values["state"] = "gone"
        if decision.witnesses:
            values["witnesses"] = witnesses
        if seen:
            values["last_seen"] = max(at, row["last_seen"])
        if update.url and values["state"] in ("open", "protected"):
            values["url"] = update.url
        if decision.kind == "gone":
            values["gone_at"] = row["gone_at"] or at
        elif opened:
            values["gone_at"] = None
        elif row["gone_at"] is not None and values["state"] == "open":
            values["state"] = row["state"]  # only a version brings a work back
        if (row["native_id"] is None or is_retired(row["native_id"])) and update.native_id is not None:
            values["native_id"] = update.native_id
        if update.comments is not None:
            values["comments"] = json_text(update.comments)
        if update.work_type == "comment" and seen:
            values |= {
                "parent_native_id": update.parent_native_id,
                "depth": update.depth,
                "position": update.position,
            }
        return values

    def _remember_addresses(self, row: Mapping[str, Any], update: WorkUpdate) -> None:
        """Comments have no addresses of their own here: they are found by their post's and their number."""
        if update.work_type == "comment" or update.decision.kind in ("missing", "gone", "error", "takedown"):
            return
        at = to_text(update.observed_at)
        found = {canonical_url(url): reason for url, reason in (*update.aliases, (update.url, "canonical")) if url}
        self._addresses.extend(
            {"url": url, "work_id": row["id"], "reason": reason, "first_seen": at}
            for url, reason in found.items()
            if url
        )

    # ------------------------------------------------------------------------------------------------ after
    def finish(self) -> None:
        """Write what was gathered on the way."""
        self._flush_addresses()
        self.database.run_many(
            "UPDATE version SET observed_last = :at, seen_sum = :sum WHERE id = :id AND observed_last < :at",
            [{"id": version_id, "at": at, "sum": seen_sum(at)} for version_id, at in self._seen.items()],
        )

    def _flush_addresses(self) -> None:
        if self._addresses:
            self.database.run_many(
                """INSERT INTO work_url (url, work_id, reason, first_seen, last_seen, row_sum, seen_sum)
                   VALUES (:url, :work_id, :reason, :first_seen, :first_seen, :row_sum, :seen_sum)
                   ON CONFLICT (url, work_id) DO UPDATE SET last_seen = excluded.last_seen, seen_sum = excluded.seen_sum
                   WHERE excluded.last_seen > work_url.last_seen""",
                [
                    {**item, "row_sum": row_sum("work_url", item), "seen_sum": seen_sum(item["first_seen"])}
                    for item in self._addresses
                ],
            )
            self._addresses.clear()


def storable_update(update: WorkUpdate) -> WorkUpdate:
    """Return an update without zero bytes in what others tell of a work. A text has none: its digest is made."""
    decision, content = update.decision, update.decision.content
    if content is not None and "\0" in content.title:
        decision = replace(decision, content=replace(content, title=storable(content.title)))
    told = {name: getattr(update, name) for name in ("native_id", "post_native_id", "parent_native_id", "url")}
    changed: dict[str, Any] = {name: storable(value) for name, value in told.items() if value and "\0" in value}
    if any("\0" in url for url, _ in update.aliases):
        changed["aliases"] = tuple((storable(url), reason) for url, reason in update.aliases)
    return replace(update, decision=decision, **changed) if changed or decision is not update.decision else update


def update_of(row: Mapping[str, Any], decision: Decision, at: datetime) -> WorkUpdate:
    """Return an update that leaves all of a work as its row tells it, but for what is decided."""
    return WorkUpdate(
        source_id=row["source_id"],
        work_id=row["id"],
        work_type=row["work_type"],
        native_id=row["native_id"],
        url=row["url"],
        observed_at=at,
        decision=decision,
        post_work_id=row["post_id"],
        parent_native_id=row["parent_native_id"],
        depth=row["depth"],
        position=row["position"],
        state=row["state"],
    )


def _new_work(update: WorkUpdate, post_id: int | None) -> dict[str, Any]:
    """Return the row of a work that was never seen before."""
    if update.work_type == "comment" and post_id is None:
        raise StorageError(f"comment {update.native_id} at {update.url} names no post that the archive knows")
    if update.work_type == "comment" and update.native_id is None:
        raise StorageError(f'a comment at {update.url} has no id: give it one that holds a digest, "~…"')
    at = to_text(update.observed_at)
    return {
        "source_id": update.source_id,
        "work_type": update.work_type,
        "native_id": update.native_id,
        "scope": _scope(update.native_id, post_id),
        "url": update.url,
        "state": update.state,
        "head_id": None,
        "versions": 0,
        "first_seen": at,
        "last_seen": at,
        "gone_at": None,
        "absences": 0,
        "pending_sha256": None,
        "witnesses": "[]",
        "comments": None,
        "post_id": post_id,
        "parent_native_id": update.parent_native_id,
        "depth": update.depth,
        "position": update.position,
    }


def version_detail(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the event of a version says of it: with the log's digests, that nothing of it was altered since.

    Args:
        row: Of the table `version`, with `work_type`, `source_url`, `extractor` and `capture_sha256` (bytes) beside.
    """
    return {
        "number": row["number"],
        "kind": row["kind"],
        "url": row["url"],
        "observed": row["observed_first"],
        "text_sha256": row["text_sha256"].hex(),
        "record_id": record_id(row),
        "capture_sha256": row["capture_sha256"].hex() if row["capture_sha256"] is not None else None,
        "row": rest_of_version(row),
    }


def _kind(decision: Decision, head: Row | None) -> str:
    """Return the kind of a version; a second "first" comes of two processes that found the work at once."""
    if decision.kind != "first" or head is None:
        return decision.kind
    if head["kind"] == "gone":
        return "restored"
    content = decision.content
    return "metadata" if content is not None and content.text_sha256 == head["text_sha256"].hex() else "source"


def _says_the_same(head: Row, decision: Decision) -> bool:
    said = _said(decision, head)
    return all(head[name] == said[name] for name in ("text_sha256", "title", "meta", "markdown"))


def _said(decision: Decision, head: Row | None) -> dict[str, Any]:
    """Return the columns that hold what a version says.

    One that is gone says nothing but its title and by whom, one that was taken down not even that.
    """
    content = decision.content
    if content is None or decision.kind in WORDLESS:
        if decision.kind == "takedown":
            head = None
        meta = object_of(head["meta"] if head else None)
        return {
            "title": head["title"] if head else "",
            "text": "",
            "markdown": "",
            "text_sha256": _EMPTY_SHA256,
            "fingerprint": "",
            "text_len": 0,
            "lang": head["lang"] if head else None,
            "published": head["published"] if head else None,
            "meta": json_text({name: meta[name] for name in _KEPT_OF_GONE if name in meta}),
        }
    lang = content.meta.get("lang")
    return {
        "title": content.title,
        "text": content.text,
        "markdown": content.markdown,
        "text_sha256": bytes.fromhex(sha256_hex(content.text)),
        "fingerprint": content.fingerprint,
        "text_len": len(content.text),
        "lang": lang if isinstance(lang, str) else None,
        "published": _published(content.meta.get("published")),
        "meta": json_text(content.meta),
    }


def _published(told: object) -> str | None:
    """Return a date of publication as times stand in rows, None if it is none."""
    at = told if isinstance(told, datetime) else None
    if isinstance(told, str):
        with contextlib.suppress(ValueError):
            at = datetime.fromisoformat(told)
    if at is None or at.tzinfo is None:
        return None
    with contextlib.suppress(OverflowError):
        return to_text(at)
    return None


def _scope(native_id: str | None, post_id: int | None) -> int:
    return post_id or 0 if native_id is not None and native_id.startswith("~") else 0


def _family(work_type: str) -> str:
    """Posts and pages share one row of numbers in WordPress; a post made a page is the same work."""
    return "comment" if work_type == "comment" else "post"
