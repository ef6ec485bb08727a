"""A version as a record of schema variorum/1: one JSON object, the same in every export (docs/record.schema.json)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import orjson

from storage.contents import unfolded
from storage.duplicates import marks_of
from storage.engines.database import Database, Row, chunks, marks
from storage.merging import merged_into
from storage.reading import object_of, time_of
from storage.rows import Takedown
from storage.withheld import destroyed_captures, standing, takedown_told
from variorum.digests import canonical_json, sha256_hex
from variorum.errors import UsageError
from variorum.times import to_rfc3339

SCHEMA = "variorum/1"
_DIGEST = re.compile("[0-9a-f]{16,64}")
_SAYS = (  # what a text says, of the fields of its record
    "title", "authors", "tags", "categories", "text", "markdown", "links", "images", "removed", "field_sources",
    "disagreements",
)  # fmt: skip
_CHUNK = 200  # records made from one round of queries

_VERSIONS = """SELECT v.*, s.slug, s.url AS source_url, x.fingerprint AS extractor,
        w.work_type, w.native_id, w.state, w.gone_at, w.comments, w.post_id, w.parent_native_id, w.depth, w.position,
        p.native_id AS post_native_id, p.url AS post_url, q.id AS parent_id,
        b.id AS previous_id,
        c.sha256, c.size, c.media_type, c.status AS capture_status, c.url AS capture_url, c.warc_file, c.warc_offset,
        c.warc_length, c.warc_record_id, c.payload_sha1,
        i.requested_at, i.status AS visit_status, i.url AS visit_url, i.role, i.duration_us, i.error,
        k.drift
    FROM {versions} v
    JOIN work w ON w.id = v.work_id
    JOIN source s ON s.id = v.source_id
    JOIN extractor x ON x.id = v.extractor_id
    LEFT JOIN work p ON p.id = w.post_id
    LEFT JOIN work q ON q.source_id = w.source_id AND q.work_type = 'comment' AND q.scope = 0
        AND q.native_id = w.parent_native_id AND q.post_id = w.post_id
    LEFT JOIN version b ON b.work_id = v.work_id AND b.number = v.number - 1
    LEFT JOIN capture c ON c.id = v.capture_id
    LEFT JOIN visit i ON i.id = v.visit_id
    LEFT JOIN run_quality k ON k.run_id = v.run_id AND w.work_type <> 'comment'
"""


def records(
    database: Database,
    after: int,
    *,
    kinds: Collection[str] | None = None,
    source_id: int | None = None,
    limit: int | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield records in order of seq; see `storage.archive.Archive.records`."""
    clauses = ["seq > :after"]
    values: dict[str, Any] = {}
    if kinds is not None:
        holes, values = marks("k", sorted(kinds))
        clauses.append(f"kind IN ({holes})")
    if source_id is not None:
        clauses.append("source_id = :source")
        values["source"] = source_id
    # the versions are chosen first: joined at once, a planner that knows of one extractor begins there and sorts all
    chosen = f"(SELECT * FROM version WHERE {' AND '.join(clauses)} ORDER BY seq LIMIT :most)"
    query = f"{_VERSIONS.format(versions=chosen)} ORDER BY v.seq"
    left = limit
    while left is None or left > 0:
        most = _CHUNK if left is None else min(_CHUNK, left)
        rows = unfolded(database, database.all(query, after=after, most=most, **values))
        addresses = _addresses(database, [row["work_id"] for row in rows])
        alike = marks_of(database, [row["id"] for row in rows if row["work_type"] != "comment"])
        down = standing(database, [row["work_id"] for row in rows])
        lost = destroyed_captures(database, [row["capture_id"] for row in rows if row["capture_id"] is not None])
        joined = merged_into(database) if any(row["state"] == "merged" for row in rows) else {}
        for row in rows:
            told = record_of(row, addresses.get(row["work_id"], ()), alike.get(row["id"]), lost.get(row["capture_id"]))
            told["merged_into"] = joined.get(row["work_id"])
            yield withheld(told, down[row["work_id"]]) if row["work_id"] in down else told
        if len(rows) < most:
            return
        after = rows[-1]["seq"]
        left = None if left is None else left - len(rows)


def record(database: Database, version_id: int) -> dict[str, Any]:
    """Return the record of one version; see `storage.archive.Archive.record`."""
    found = database.all(_VERSIONS.format(versions="(SELECT * FROM version WHERE id = :id)"), id=version_id)
    if not found:
        raise UsageError(f"there is no version {version_id}")
    (row,) = unfolded(database, found)
    addresses = _addresses(database, [row["work_id"]]).get(row["work_id"], ())
    lost = destroyed_captures(database, [row["capture_id"]] if row["capture_id"] is not None else [])
    told = record_of(row, addresses, marks_of(database, [version_id]).get(version_id), lost.get(row["capture_id"]))
    told["merged_into"] = merged_into(database).get(row["work_id"]) if row["state"] == "merged" else None
    down = standing(database, [row["work_id"]]).get(row["work_id"])
    return withheld(told, down) if down is not None else told


def withheld(told: Mapping[str, Any], down: Takedown) -> dict[str, Any]:
    """Return the record of a text that was taken down: all but what it says, and why. Its digests stay."""
    return {
        **told,
        **{name: type(told[name])() for name in _SAYS},  # empty
        **({"comment": {**told["comment"], "permalink": None}} if "comment" in told else {}),
        "access": "restricted" if down.level == "hide" else "tombstone",
        "takedown": takedown_told(down),
    }


def _addresses(database: Database, work_ids: Collection[int]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = {}
    for ids in chunks(sorted(set(work_ids))):
        holes, values = marks("w", ids)
        for row in database.all(
            f"SELECT * FROM work_url WHERE work_id IN ({holes}) ORDER BY work_id, first_seen, url", **values
        ):
            found.setdefault(row["work_id"], []).append(row)
    return found


def record_of(
    row: Row, addresses: Collection[Row], dup: Mapping[str, Any] | None, lost: Takedown | None
) -> dict[str, Any]:
    """Return the record of a row of `_VERSIONS`.

    Two kinds of fields: those that are the version's own, and those that go on moving or are numbers of this very
    archive. `record_id` is the digest of the first kind alone, so it is the same at every export, and in another
    archive that was made from an export.
    """
    own = _own(row)
    return {
        "schema": SCHEMA,
        "record_id": object_of(row["meta"]).get("destroyed") or _id_of(own),
        "seq": row["seq"],
        "work_id": row["work_id"],
        "native_id": row["native_id"],
        "version_id": row["id"],
        "previous_version_id": row["previous_id"],
        "same_text_as": row["same_text_as"],
        "source_id": row["source_id"],
        "source": row["slug"],
        **own,
        "state": row["state"],
        "first_seen": _time(row["observed_first"]),
        "last_seen": _time(row["observed_last"]),
        "superseded_at": _time(row["superseded_at"]),
        "recorded_at": _time(row["recorded_at"]),
        "gone_at": _time(row["gone_at"]),
        "aliases": [
            {
                "url": item["url"],
                "reason": item["reason"],
                "from": _time(item["first_seen"]),
                "to": _time(item["last_seen"]),
            }
            for item in addresses
        ],
        "capture": _capture(row, lost),
        "fetch": _fetch(row),
        "extraction": _extraction(row),
        "derived_from": [number for told in orjson.loads(row["witnesses"]) for number in told["capture_ids"]],
        "thread": _thread(row),
        "comments": _comments(row),
        "dup": dup,
        "access": "open",
        "takedown": None,
    }


def record_id(row: Row) -> str:
    """Return the digest of what a version says: of its columns, and `work_type` and `source_url`; 64 hex digits."""
    return _id_of(_own(row))


def _id_of(own: Mapping[str, Any]) -> str:
    return sha256_hex(canonical_json({"schema": SCHEMA, **own}))


def _own(row: Row) -> dict[str, Any]:
    """Return what the version itself says: it never changes, and it means the same in every archive.

    The native id is not part of it: a work may be seen before its id is.
    """
    meta = object_of(row["meta"])
    comment = row["work_type"] == "comment"
    said: dict[str, Any] = {
        "work_type": row["work_type"],
        "source_url": row["source_url"],
        "version_no": row["number"],
        "kind": row["kind"],
        "reason": row["reason"],
        "url": row["url"],
        "title": row["title"],
        "authors": _authors(meta, comment=comment),
        "published": _told_time(meta.get("published")),
        "modified": _told_time(meta.get("modified")),
        "lang": row["lang"],
        "tags": list(meta.get("tags") or ()),
        "categories": list(meta.get("categories") or ()),
        "text": row["text"],
        "text_sha256": row["text_sha256"].hex(),
        "text_len": row["text_len"],
        "markdown": row["markdown"],
        "links": [{"url": url, "text": text} for url, text in meta.get("links") or ()],
        "images": [{"url": url, "text": text} for url, text in meta.get("images") or ()],
        "removed": [dict(cut) for cut in meta.get("removed") or ()],
        "captured_at": _time(row["observed_first"]),
        "platform": meta.get("platform"),
        "field_sources": dict(meta.get("sources") or {}),
        "disagreements": [dict(item) for item in meta.get("disagreements") or ()],
        "witnesses": [
            {
                "kind": told["kind"],
                "extractor": told["extractor"],
                "text_sha256": told["text_sha256"] or None,
                "fingerprint": told["fingerprint"] or None,
            }
            for told in orjson.loads(row["witnesses"])
        ],
    }
    if comment:
        said["comment"] = {
            "kind": meta.get("kind") or "comment",
            "by_author": bool(meta.get("by_author")),
            "permalink": meta.get("permalink"),
        }
    return said


def _authors(meta: Mapping[str, Any], *, comment: bool) -> list[dict[str, Any]]:
    if comment:
        return [{"name": meta["author"], "url": meta.get("author_url")}] if meta.get("author") else []
    return [{"name": person["name"], "url": person.get("url")} for person in meta.get("authors") or ()]


def _capture(row: Row, lost: Takedown | None) -> dict[str, Any] | None:
    if row["capture_id"] is None:
        return None
    return {
        "id": row["capture_id"],
        "sha256": row["sha256"].hex(),
        "payload_sha1": row["payload_sha1"],
        "bytes": row["size"],
        "media_type": row["media_type"],
        "http_status": row["capture_status"],
        "url": row["capture_url"],
        "warc": {
            "file": row["warc_file"],
            "offset": row["warc_offset"],
            "length": row["warc_length"],
            "record_id": row["warc_record_id"],
        },
        "destroyed": takedown_told(lost) if lost is not None else None,
    }


def _fetch(row: Row) -> dict[str, Any] | None:
    if row["visit_id"] is None:
        return None
    return {
        "visit_id": row["visit_id"],
        "run_id": row["run_id"],
        "url": row["visit_url"],
        "role": row["role"],
        "at": _time(row["requested_at"]),
        "http_status": row["visit_status"],
        "duration_ms": row["duration_us"] // 1000,
        "error": row["error"],
    }


def _extraction(row: Row) -> dict[str, Any]:
    """Return by which rules the text was made; the fingerprint is "name version digest", and maybe the site's profile.

    It is made in extractors/fingerprint.py.
    """
    meta = object_of(row["meta"])
    name, _, rest = str(row["extractor"]).partition(" ")
    version, _, rest = rest.partition(" ")
    digest, _, profile = rest.partition(" ")
    return {
        "extractor": _rules(row, meta) or name,
        "version": version or None,
        "config_sha256": digest if _DIGEST.fullmatch(digest) else None,
        "profile": profile or None,
        "warnings": list(meta.get("warnings") or ()),
        "score": meta.get("score"),
        "suspect": bool(meta.get("suspect") or (row["drift"] and meta.get("text_witness") == "html")),
    }


def _rules(row: Row, meta: Mapping[str, Any]) -> str:
    told = orjson.loads(row["witnesses"])
    spoke = next((item for item in told if item["text_sha256"] == row["text_sha256"].hex()), told[0] if told else {})
    return str(meta.get("extractor") or spoke.get("extractor") or "")


def _thread(row: Row) -> dict[str, Any] | None:
    if row["work_type"] != "comment":
        return None
    return {
        "post_id": row["post_id"],
        "post_native_id": row["post_native_id"],
        "post_url": row["post_url"],
        "parent_id": row["parent_id"],
        "parent_native_id": row["parent_native_id"],
        "depth": row["depth"],
        "position": row["position"],
    }


def _comments(row: Row) -> dict[str, Any] | None:
    """Return what is known of a post's thread; before anything was, that it is not known to be complete."""
    if row["work_type"] == "comment":
        return None
    told = object_of(row["comments"])
    return {
        "seen": told.get("seen", 0),
        "claimed": told.get("claimed"),
        "complete": bool(told.get("complete", False)),
    }


def _time(text: str | None) -> str | None:
    """Return a time of a row as RFC 3339 with no more digits than it needs."""
    return to_rfc3339(time_of(text)) if text else None


def _told_time(told: object) -> str | None:
    """Return a time that an author told, None if it is none."""
    if not isinstance(told, str):
        return None
    try:
        at = time_of(told)
    except ValueError:
        return None
    return to_rfc3339(at) if at.tzinfo is not None else None
