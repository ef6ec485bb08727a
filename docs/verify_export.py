#!/usr/bin/env python3
"""Verify an export of variorum with nothing but Python: no variorum, no archive, no network.

    variorum export --format jsonl blog.jsonl --proof
    python3 verify_export.py blog.jsonl blog.jsonl.proof [ROOT]

For each record: the text has its digest; the record id is that of what the record says; the event of the log names this
very record id, this text and this capture; and the event is a leaf of the Merkle tree (RFC 9162, SHA-256) whose root
stands in the proof. Give the ROOT that you kept, or got from somebody else, or that an authority time-stamped: without
one, export and proof are only shown to agree with each other. Exit code 0 if all is so, 1 if not.
"""

import hashlib
import json
import sys
from pathlib import Path

OWN = (  # the fields that a version itself says ("$comment": "own" in record.schema.json); `comment` where there is one
    "schema work_type source_url version_no kind reason url title authors published modified lang tags categories "
    "text text_sha256 text_len markdown links images removed captured_at platform field_sources disagreements "
    "witnesses comment"
).split()


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def root_of(index: int, size: int, leaf: bytes, path: list[bytes]) -> bytes:
    """Follow a proof of inclusion to the root (RFC 9162 §2.1.3.2)."""
    number, last, found = index, size - 1, leaf
    for other in path:
        if number & 1 or number == last:
            found = sha256(b"\x01" + other + found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + other)
        number, last = number >> 1, last >> 1
    return found if last == 0 else b""


def faults(record: dict, proof: dict, size: int, root: str) -> list[str]:
    """Return what is wrong with one record and its proof."""
    event = proof["event"]
    told = json.loads(event["detail"])
    text_sha256 = sha256(record["text"].encode()).hex()
    own = {name: record[name] for name in OWN if name in record}
    leaf = sha256(b"\x00" + canonical(event))
    path = [bytes.fromhex(step) for step in proof["path"]]
    capture = record["capture"]["sha256"] if record["capture"] else None
    if record["access"] != "open":  # taken down: its digests alone can be held against the log
        text_sha256 = record["text_sha256"]
    checks = {
        "its text does not have the digest that it tells": text_sha256 == record["text_sha256"],
        "its record id is not that of what it says": record["access"] != "open"
        or sha256(canonical(own)).hex() == record["record_id"],
        "it is taken down, and yet says something": record["access"] == "open"
        or not any(record[name] for name in ("title", "text", "markdown", "authors", "removed")),
        "the log tells of another record": event["kind"] == "version" and event["seq"] == record["seq"]
        and told.get("record_id") == record["record_id"] and event["work_id"] == record["work_id"],
        "the log tells of another text": told.get("text_sha256") == text_sha256,
        "the log tells of other bytes": told.get("capture_sha256") == capture,
        "its event is not in the log of that root": root_of(event["seq"] - 1, size, leaf, path).hex() == root,
    }  # fmt: skip
    return [fault for fault, sound in checks.items() if not sound]


def main(export: str, proofs: str, known_root: str = "") -> int:
    wrong = count = 0
    with Path(export).open(encoding="utf-8") as records, Path(proofs).open(encoding="utf-8") as proved:
        head = json.loads(next(proved))
        if known_root and known_root.lower() != head["root"]:
            print(f"the proof has the root {head['root']}, not {known_root}")
            return 1
        for line in records:
            record, count = json.loads(line), count + 1
            proof = next(proved, None)
            found = faults(record, json.loads(proof), head["size"], head["root"]) if proof else ["it has no proof"]
            for fault in found:
                print(f"line {count}, seq {record['seq']}, {record['url']}: {fault}")
            wrong += bool(found)
        if next(proved, None) is not None:
            print("the proof has more records than the export: lines were taken away")
            wrong += 1
    print(f"{count} records, {wrong} wrong, under the root {head['root']} of {head['size']} events")
    return 1 if wrong else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
