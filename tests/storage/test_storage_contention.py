"""Many write and many read, for as long as VARIORUM_CONTENTION_S says: nobody is refused, nothing is lost or skipped.

Writers open versions of works of their own and of one that all share, and add one to a number that all share, reading
it first. Readers ask all that people ask, and follow the change feed: what they saw must be all there is.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from storage.archive import Archive
from tests.conftest import Settle
from tests.storage.made import HOME

SECONDS = float(os.environ.get("VARIORUM_CONTENTION_S", "2"))
ROOT = Path(__file__).parents[2]

_WRITER = """
import json, sys, time
from datetime import UTC, datetime
from tests.storage.made import *
name = sys.argv[2]
seqs, number, visits, worst = [], 0, 0, 0.0
with Archive.open(sys.argv[1]) as archive, archive.writer() as writer:
    source = writer.add_source(HOME)
    run = writer.begin_run(source.id, "ingest")
    until = time.monotonic() + float(sys.argv[3])
    while time.monotonic() < until:
        began = time.monotonic()
        sent = [exchange(f"{HOME}{name}/{number % 50}/", f"{name} {number // 50 // 2} ".encode() * 99)]
        visits += len(kept := writer.keep(run, source.id, sent))
        now = datetime.now(UTC)
        seqs += writer.write(run, [
            update(source.id, "source", f"{name} {number}", native_id="shared", url=f"{HOME}shared/", observed_at=now),
            update(source.id, "source", f"text {number}", native_id=f"{name}-{number % 50}", observed_at=now,
                   url=f"{HOME}{name}/{number % 50}/", captures=[kept[0].capture_id], visit_ids=(kept[0].id,)),
            comment(source.id, f"{name}-{number}", text="hello there", post_native_id="shared", observed_at=now),
        ])
        with writer.database.transaction():
            row = writer.database.one("SELECT every_s FROM source WHERE id = :id", id=source.id)
            writer.database.run("UPDATE source SET every_s = :s WHERE id = :id", s=row["every_s"] + 1, id=source.id)
        number += 1
        worst = max(worst, time.monotonic() - began)
    writer.end_run(run, None)
print(json.dumps({"added": number, "visits": visits, "seqs": seqs, "worst_s": worst}))
"""

_READER = """
import json, sys, time
from pathlib import Path
from tests.storage.made import *
stop, seen, last, rounds = Path(sys.argv[2]), [], 0, 0
with Archive.open(sys.argv[1]) as archive:
    while True:
        over = stop.exists()
        for record in archive.changes(last):
            assert record["seq"] > last
            last = record["seq"]
            seen.append(last)
        for work in archive.latest(1, limit=5):
            head = archive.version_at(work.id)
            assert head is None or head.number == len(archive.versions(work.id)) or not over
            archive.visits(work.id)
        archive.search("hello", limit=5), archive.status(), archive.thread(1, limit=20)
        rounds += 1
        if over:
            break
print(json.dumps({"rounds": rounds, "seen": seen}))
"""


def start(code: str, *args: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, args)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def ended(processes: list[subprocess.Popen[str]]) -> list[dict[str, Any]]:
    """Wait for processes, and return what each says in the end; whatever one of them complains of fails."""
    told = [process.communicate(timeout=SECONDS + 300) for process in processes]
    assert [(process.returncode, errors) for process, (_, errors) in zip(processes, told, strict=True)] == [
        (0, "") for _ in processes
    ]
    return [json.loads(said) for said, _ in told]


def test_all_at_once(tmp_path: Path, settle: Settle) -> None:
    folder, stop = settle(tmp_path / "archive"), tmp_path / "stop"
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        writer.add_source(HOME, every_s=0)
        writers, readers = (4, 4) if writer.database.dialect == "sqlite" else (8, 2)
    reading = [start(_READER, folder, stop) for _ in range(readers)]
    written = ended([start(_WRITER, folder, name, SECONDS) for name in "abcdefgh"[:writers]])
    stop.touch()
    read = ended(reading)
    with Archive.open(folder) as archive:
        opened = sorted(seq for one in written for seq in one["seqs"])
        there = [record["seq"] for record in archive.changes()]
        assert there == opened, "a version that was reported is not there, or one that was not is"
        assert all(one["seen"] == there for one in read), "the change feed skipped a seq"
        (source,) = archive.sources()
        assert source.every_s == sum(one["added"] for one in written), "an update was lost"
        visits = archive.database.one("SELECT count(*) AS n FROM visit")
        assert visits is not None
        assert visits["n"] == sum(one["visits"] for one in written)
        numbers = Counter(version.number for version in archive.versions(archive.find_work(f"{HOME}shared/").id))
        assert list(numbers) == list(range(1, len(numbers) + 1))
        assert archive.check(deep=True) == []
    print(f"{writers} writers: {source.every_s} rounds, {len(there)} versions, worst round "
          f"{max(one['worst_s'] for one in written):.2f} s; {readers} readers: {sum(one['rounds'] for one in read)} "
          f"rounds, nothing locked, lost or skipped in {SECONDS:.0f} s")  # fmt: skip
