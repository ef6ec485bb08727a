"""The event log: append-only, each row's digest covers the one before it, so that nothing is silently altered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from storage.database import Database, Row
from variorum.digests import canonical_json

START = bytes(32)  #: stands for the row before the first


def append_event(
    database: Database,
    kind: str,
    at: str,
    *,
    source_id: int | None = None,
    work_id: int | None = None,
    detail: Mapping[str, Any],
) -> int:
    """Append an event within the caller's write transaction, and return its seq."""
    last = database.one("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1")
    seq = (last["seq"] if last else 0) + 1
    row = {
        "seq": seq,
        "at": at,
        "kind": kind,
        "source_id": source_id,
        "work_id": work_id,
        "detail": canonical_json(detail).decode(),
    }
    database.insert("event", {**row, "chain": chain(last["chain"] if last else START, row)})
    return int(seq)


def chain(before: bytes, row: Row | Mapping[str, Any]) -> bytes:
    """Return the digest of an event: SHA-256 over the digest before it and its own canonical JSON."""
    told = {name: row[name] for name in ("seq", "at", "kind", "source_id", "work_id", "detail")}
    return hashlib.sha256(before + canonical_json(told)).digest()
