"""The event log: append-only, each row's digest covers the one before it, so that nothing is silently altered."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from storage.engines.database import Database, Row
from variorum.digests import canonical_json

START = bytes(32)  #: stands for the row before the first


class End(NamedTuple):
    """The last row of the log: its number and its digest."""

    seq: int
    chain: bytes


def append_event(
    database: Database,
    kind: str,
    at: str,
    *,
    source_id: int | None = None,
    work_id: int | None = None,
    detail: Mapping[str, Any],
    end: End | None = None,
) -> End:
    """Append an event within the caller's write transaction, and return the new end of the log.

    Args:
        end: What the event before returned, if that was within the same transaction: nobody else can have appended.
    """
    if end is None:
        last = database.one("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1")
        end = End(last["seq"], last["chain"]) if last else End(0, START)
    row = {
        "seq": end.seq + 1,
        "at": at,
        "kind": kind,
        "source_id": source_id,
        "work_id": work_id,
        "detail": canonical_json(detail).decode(),
    }
    new = End(end.seq + 1, chain(end.chain, row))
    database.insert("event", {**row, "chain": new.chain}, key="seq")
    return new


def chain(before: bytes, row: Row | Mapping[str, Any]) -> bytes:
    """Return the digest of an event: SHA-256 over the digest before it and its own words."""
    return hashlib.sha256(before + event_bytes(row)).digest()


def event_bytes(row: Row | Mapping[str, Any]) -> bytes:
    """Return what an event says as bytes: its canonical JSON, in which `detail` is a text that holds JSON.

    They are chained, and they are a leaf of the Merkle tree (storage/proof/log.py).
    """
    return canonical_json({name: row[name] for name in ("seq", "at", "kind", "source_id", "work_id", "detail")})
