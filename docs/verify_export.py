#!/usr/bin/env python3
"""Verify an export of variorum with nothing but Python: no variorum, no archive, no network.

    variorum export --format jsonl blog.jsonl --proof
    python3 verify_export.py blog.jsonl blog.jsonl.proof [ROOT]

For each record: the text has its digest; the record id is that of what the record says; the event of the log names this
very record id, this text and this capture; the last word of the log on its work tells the state and the place in the
thread that the record tells; and these events are leaves of the Merkle tree (RFC 9162, SHA-256) whose root stands in
the proof. For the file: an event tells the digest of all of it. It is a leaf under a later root, the log of which
begins with that of the first. So what goes on moving (when a text was last seen, its doubles, numbers of the archive)
is what the archive's keeper exported then; what is proved of each record was recorded when it was seen.

Give the ROOT that you kept, or got from somebody else, or that an authority time-stamped, either of the two: without
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
HEADS = {  # schema of a proof → the fields of its first line
    "variorum-proof/1": {"schema", "size", "root", "sealed_at"},  # proves each record, not the file
    "variorum-proof/2": {"schema", "size", "root", "export"},
}


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def canonical(value: object) -> bytes:
    """JSON with sorted keys, no blanks, UTF-8."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digests(told: list) -> list[bytes]:
    """Read digests that are spelt as they are written: other spellings of the same are not taken."""
    found = [bytes.fromhex(step) for step in told]
    if [step.hex() for step in found] != told:
        raise ValueError("a digest is spelt otherwise")
    return found


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


def roots_of(old: int, new: int, old_root: bytes, path: list[bytes]) -> tuple[bytes, bytes]:
    """Follow a proof of consistency to the roots at two sizes (RFC 9162 §2.1.4.2)."""
    if old == new:
        return (old_root, old_root) if not path else (b"", b"")
    steps = [old_root, *path] if old & (old - 1) == 0 else list(path)
    number, last = old - 1, new - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    first = second = steps[0]
    for other in steps[1:]:
        if number & 1 or number == last:
            first, second = sha256(b"\x01" + other + first), sha256(b"\x01" + other + second)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            second = sha256(b"\x01" + second + other)
        number, last = number >> 1, last >> 1
    return (first, second) if last == 0 else (b"", b"")


def is_in(proof: dict, size: int, root: str) -> bool:
    """Whether the event of a proof is a leaf of the log of *size* events with that root."""
    event = proof["event"]
    leaf = sha256(b"\x00" + canonical(event))
    return root_of(event["seq"] - 1, size, leaf, digests(proof["path"])).hex() == root


def work_faults(record: dict, proof: dict, size: int, root: str) -> list[str]:
    """Return what is wrong with what a record says of its work: its state, its parent, its place in the thread."""
    told = proof.get("work") or proof
    event, detail = told["event"], json.loads(told["event"]["detail"])
    said = detail if event["kind"] == "work" else detail.get("work")
    if said is None and "work" not in proof:
        return []  # recorded by a variorum that did not tell it
    thread = record["thread"] or {}
    now = {
        "state": record["state"] if record["state"] != "open" else None,
        "gone_at": record["gone_at"],
        "native_id": record["native_id"],
        "post_id": thread.get("post_id"),
        "parent": thread.get("parent_native_id"),
        "depth": thread.get("depth") or None,
    }
    sound = said is not None and event["work_id"] == record["work_id"] and is_in(told, size, root)
    told_now = {name: value for name, value in (said or {}).items() if name != "url"}
    if sound and told_now == {name: value for name, value in now.items() if value is not None}:
        return []
    return ["the log tells another state or place of its work"]


def faults(record: dict, proof: dict, size: int, root: str) -> list[str]:
    """Return what is wrong with one record and its proof."""
    event = proof["event"]
    told = json.loads(event["detail"])
    text_sha256 = sha256(record["text"].encode()).hex()
    own = {name: record[name] for name in OWN if name in record}
    capture = record["capture"]["sha256"] if record["capture"] else None
    if record["access"] != "open":  # taken down: its digests alone can be held against the log
        text_sha256 = record["text_sha256"]
    checks = {
        "its proof has other parts than a proof has": proof.keys() <= {"event", "path", "work"},
        "its text does not have the digest that it tells": text_sha256 == record["text_sha256"],
        "its record id is not that of what it says": record["access"] != "open"
        or sha256(canonical(own)).hex() == record["record_id"],
        "it is taken down, and yet says something": record["access"] == "open"
        or not any(record[name] for name in ("title", "text", "markdown", "authors", "removed")),
        "the log tells of another record": event["kind"] == "version" and event["seq"] == record["seq"]
        and told.get("record_id") == record["record_id"] and event["work_id"] == record["work_id"],
        "the log tells of another text": told.get("text_sha256") == text_sha256,
        "the log tells of other bytes": told.get("capture_sha256") == capture,
        "its event is not in the log of that root": is_in(proof, size, root),
    }  # fmt: skip
    return [fault for fault, sound in checks.items() if not sound] + work_faults(record, proof, size, root)


def file_faults(head: dict, digest: str, size: int, count: int) -> list[str]:
    """Return what is wrong with the export as a file."""
    if head["schema"] == "variorum-proof/1":
        return []
    export = head["export"]
    told = json.loads(export["event"]["detail"])
    roots = roots_of(head["size"], export["size"], bytes.fromhex(head["root"]), digests(export["since"]))
    checks = {
        "its first line has other parts than a proof has": export.keys() == {"event", "path", "size", "root", "since"},
        "it is not the file that was exported": export["event"]["kind"] == "exported"
        and told == {"sha256": digest, "bytes": size, "records": count},
        "the log does not tell of this export": is_in(export, export["size"], export["root"]),
        "the log of the export does not begin with that of the records":
            [found.hex() for found in roots] == [head["root"], export["root"]],
    }  # fmt: skip
    return [fault for fault, sound in checks.items() if not sound]


def line_faults(line: bytes, proof: bytes, head: dict) -> list[str]:
    if not proof:
        return ["it has no proof"]
    try:
        return faults(json.loads(line.decode()), json.loads(proof.decode()), head["size"], head["root"])
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        return [f"it cannot be read ({type(error).__name__})"]


def main(export: str, proofs: str, known_root: str = "") -> int:
    wrong = count = size = 0
    digest = hashlib.sha256()
    with Path(export).open("rb") as records, Path(proofs).open("rb") as proved:
        try:
            head = json.loads(proved.readline().decode())
            if head.keys() != HEADS.get(head["schema"]):
                raise ValueError("it has other parts than a proof has")
            roots = [head["root"], *([head["export"]["root"]] if "export" in head else [])]
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            print(f"{proofs} is no proof of an export ({type(error).__name__})")
            return 1
        if known_root and known_root.lower() not in roots:
            print(f"the proof has the root {' and '.join(roots)}, not {known_root}")
            return 1
        for line in records:
            digest.update(line)
            size, count = size + len(line), count + 1
            found = line_faults(line, proved.readline(), head)
            for fault in found:
                print(f"line {count}, {line[:140].decode(errors='replace')}…: {fault}")
            wrong += bool(found)
        if proved.readline():
            print("the proof has more records than the export: lines were taken away")
            wrong += 1
    try:
        found = file_faults(head, digest.hexdigest(), size, count)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        found = [f"its proof cannot be read ({type(error).__name__})"]
    for fault in found:
        print(f"{export}: {fault}")
    print(f"{count} records, {wrong + len(found)} wrong, under the root {head['root']} of {head['size']} events")
    if "export" not in head:
        print("this proof tells nothing of the file: what goes on moving is the word of whoever gave it")
    return 1 if wrong or found else 0


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
