"""What tells a row that was damaged from one that was written: digests in the rows, and statements in the event log.

What a version says is in its event (`record_id`). Beside it the event tells what else its row holds for good
(`rest_of_version`), and how its work stood then (`told_of_work`); a work that changes without a version gets an event
of kind "work". Columns that go on moving at every visit have a sum in the row: it finds a flipped bit, and is no proof
against somebody who writes both. Rows from before schema 0010 have no sums, and older events tell less.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from typing import Any

from storage.reading import object_of, time_of
from variorum.digests import canonical_json, sha256_hex
from variorum.times import to_rfc3339

#: table → the columns under its `row_sum`.
SUMMED: Mapping[str, tuple[str, ...]] = {
    "visit": (
        "source_id", "run_id", "url", "role", "requested_at", "duration_us", "status", "error", "transient",
        "capture_id", "unchanged", "good", "etag", "last_modified", "redirect_to", "address", "payload_sha1",
        "revisit_of", "warc_record_id",
    ),
    "work": (
        "source_id", "work_type", "native_id", "scope", "url", "state", "first_seen", "gone_at", "absences",
        "pending_sha256", "witnesses", "comments", "post_id", "parent_native_id", "depth", "position",
    ),
    "work_url": ("url", "work_id", "reason", "first_seen"),
}  # fmt: skip
#: table → the time under its `seen_sum`: it moves at every visit, of many rows at once.
SEEN: Mapping[str, str] = {"version": "observed_last", "work": "last_seen", "work_url": "last_seen"}
#: Of a work, what the log tells whenever it changes.
TOLD = frozenset(("state", "gone_at", "native_id", "post_id", "parent_native_id", "depth", "url"))

_REST = (
    "run_id", "fingerprint", "published", "extractor", "visit_id", "capture_id", "same_text_as", "visit_ids",
)  # fmt: skip


def row_sum(table: str, row: Mapping[str, Any]) -> int:
    """Return 64 bits over the columns of a row that only its writer changes."""
    told = "\x1f".join(str(row[name]) for name in SUMMED[table])  # in a third of the time of JSON
    return int.from_bytes(
        hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big", signed=True
    )


def seen_sum(at: str) -> int:
    """Return 32 bits over a time as it stands in a row."""
    return zlib.crc32(at.encode())


def rest_of_version(row: Mapping[str, Any]) -> str:
    """Return a digest of what a version holds for good, and does not say: 128 bits as hex digits.

    Args:
        row: Of the table `version`, with `extractor`, the fingerprint of its rules, beside.
    """
    meta = object_of(row["meta"]).get("meta_sha256") or sha256_hex(row["meta"])  # of a destroyed one its digest is kept
    witnesses = sha256_hex(row["witnesses"])
    return sha256_hex(canonical_json([*(row[name] for name in _REST), witnesses, meta]))[:32]


def told_of_work(row: Mapping[str, Any], version_url: str | None = None) -> dict[str, Any]:
    """Return how a work stands as events tell it; what is as with most works is left out.

    Args:
        row: Of the table `work`.
        version_url: Address that the event tells already.
    """
    told = {
        "state": row["state"] if row["state"] != "open" else None,
        "gone_at": to_rfc3339(time_of(row["gone_at"])) if row["gone_at"] else None,
        "native_id": row["native_id"],
        "post_id": row["post_id"],
        "parent": row["parent_native_id"],
        "depth": row["depth"] or None,
        "url": row["url"] if row["url"] != version_url else None,
    }
    return _without_none(told)


def is_told(record: Mapping[str, Any], told: Mapping[str, Any] | None) -> bool:
    """Return whether an event tells of a work what a record (variorum/1) says of it; None: it tells nothing."""
    thread = record["thread"] or {}
    said = {
        "state": record["state"] if record["state"] != "open" else None,
        "gone_at": record["gone_at"],
        "native_id": record["native_id"],
        "post_id": thread.get("post_id"),
        "parent": thread.get("parent_native_id"),
        "depth": thread.get("depth") or None,
    }
    return told is not None and {**told, "url": None} == {**_without_none(said), "url": None}


def _without_none(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}
