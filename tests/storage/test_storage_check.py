"""A check finds every kind of damage, and takes what a crash leaves for what it is."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.provenance import prov_json, prov_jsonld, render
from storage.warc import read_segment
from tests.conftest import Settle
from tests.storage.made import HOME, Blog, comment, exchange, forge, update
from tests.storage.test_storage_keep import warcio_finds_fault


@pytest.fixture
def full(blog: Blog) -> Blog:
    """An archive with pages, a revisit, a 304, a failure, versions, comments; its segment closed."""
    page, *_ = blog.keep(
        exchange(f"{HOME}hello/", b"page " * 200, coding="gzip", chunked=True),
        exchange(f"{HOME}hello/", b"page " * 200, coding="gzip", chunked=True, hours=1),
        exchange(f"{HOME}hello/", status=304, hours=2),
        exchange(f"{HOME}x/", status=None, error="timeout: 60 s"),
        exchange(f"{HOME}last/", b"last"),
    )
    blog.write(
        update(blog.source_id, text="One", captures=[page.capture_id], visit_ids=(page.id,)),
        comment(blog.source_id, "7", text="Hi"),
    )
    blog.post("source", "Two", hours=1)
    blog.writer.segments.close()
    assert blog.archive.check(deep=True) == []
    return blog


def segment(blog: Blog) -> Path:
    (path,) = (blog.folder / "warc").glob("*.warc.gz")
    return path


def flip(path: Path, offset: int) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1
    path.write_bytes(bytes(data))


def sql(statement: str, **values: object) -> Callable[[Blog], None]:
    """Return a hand that changes rows behind the archive's back."""

    def tamper(blog: Blog) -> None:
        assert forge(blog.folder, statement, **values) > 0

    return tamper


def _flip_record(blog: Blog) -> None:
    record = next(item for item in read_segment(segment(blog)) if not isinstance(item, int) and item.kind == "response")
    flip(segment(blog), record.place.offset + record.place.length // 2)


def _flip_last_request(blog: Blog) -> None:
    last = [item for item in read_segment(segment(blog)) if not isinstance(item, int)][-1]
    assert last.kind == "request"
    flip(segment(blog), last.place.offset + last.place.length // 2)


@pytest.mark.parametrize(
    ("tamper", "kind", "quick"),
    [
        (sql("UPDATE version SET text = 'forged' WHERE number = 1 AND work_id = 1"), "digest_mismatch", False),
        (sql("UPDATE version SET title = 'forged' WHERE number = 1"), "digest_mismatch", False),
        (sql("UPDATE version SET kind = 'technical' WHERE kind = 'source'"), "digest_mismatch", True),
        (sql("UPDATE event SET detail = replace(detail, 'first', 'gone')"), "event_chain", True),
        (sql("DELETE FROM event WHERE seq = 2"), "event_chain", True),
        (sql("DELETE FROM version WHERE kind = 'source'"), "broken_reference", True),
        (sql("UPDATE visit SET capture_id = 99 WHERE capture_id = 1"), "broken_reference", True),
        (sql("UPDATE work SET head_id = 1 WHERE id = 1"), "broken_reference", True),
        (sql("UPDATE visit SET warc_offset = warc_offset + 1 WHERE id = 1"), "missing_bytes", False),
        (sql("UPDATE visit SET payload_sha1 = 'AAAA' WHERE id = 1"), "digest_mismatch", False),
        (sql("UPDATE capture SET sha256 = :zero WHERE id = 1", zero=bytes(32)), "digest_mismatch", False),
        (lambda blog: segment(blog).unlink(), "missing_bytes", True),
        (lambda blog: segment(blog).write_bytes(segment(blog).read_bytes()[:700]), "missing_bytes", True),
        (_flip_record, "missing_bytes", False),
        (_flip_last_request, "missing_bytes", False),
    ],
)  # fmt: skip
def test_damage_is_found(full: Blog, tamper: Callable[[Blog], None], kind: str, quick: bool) -> None:
    tamper(full)
    found = full.archive.check(deep=True)
    assert kind in {finding.kind for finding in found}
    assert all(finding.where and finding.what and finding.advice for finding in found)
    if quick:
        assert kind in {finding.kind for finding in full.archive.check()}


def test_only_the_damaged_record_is_told(full: Blog) -> None:
    _flip_record(full)
    found = full.archive.check(deep=True)
    assert len(found) == 1
    assert segment(full).name in found[0].where


def test_records_that_no_row_names_are_leftovers(full: Blog) -> None:
    full.writer.segments.write_exchange(exchange(f"{HOME}orphan/", b"killed before the rows"), None)
    full.writer.segments.close()
    paths = sorted((full.folder / "warc").glob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)
    with paths[-1].open("ab") as file:
        file.write(paths[0].read_bytes()[:150])
    assert full.archive.check(deep=True) == []
    assert [finding.kind for finding in full.archive.leftovers()] == ["orphan_record", "torn_end"]


def test_a_check_is_an_event(full: Blog) -> None:
    row = full.archive.database.one("SELECT * FROM event ORDER BY seq DESC LIMIT 1")
    assert row is not None
    assert (row["kind"], row["detail"]) == ("checked", '{"deep":true,"findings":0}')


def test_progress_is_told(full: Blog) -> None:
    told: list[str] = []
    full.archive.check(deep=True, progress=lambda phase, _done, _total: told.append(phase))
    assert list(dict.fromkeys(told)) == ["rows", "events", "texts", "works", "sums", "files"]


# ------------------------------------------------------------------------------------------------ crash
_INGEST = """
import sys
from pathlib import Path
from tests.conftest import Settle
from tests.storage.made import *
from storage.archive import Archive
folder, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
with Archive.open(folder, create=True) as archive, archive.writer() as writer:
    source = writer.add_source(HOME)
    run = writer.begin_run(source.id, "ingest")
    print("ready", flush=True)
    for number in range(rounds):
        post = f"{name}{number}"
        sent = [exchange(f"{HOME}{post}/{i}", f"{post} {i} ".encode() * 300, coding="gzip") for i in range(3)]
        kept = writer.keep(run, source.id, sent)
        captures = [visit.capture_id for visit in kept]
        writer.write(run, [
            update(source.id, text=f"text of {post}", native_id=post, url=f"{HOME}{post}/", captures=captures,
                   visit_ids=tuple(visit.id for visit in kept)),
            *(comment(source.id, f"{post}-{i}", text=f"comment {i}", post_native_id=post) for i in range(5)),
        ])
    writer.end_run(run, None)
"""


def start(folder: Path, name: str, rounds: int) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", _INGEST, str(folder), name, str(rounds)]
    return subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(root)}
    )


def contents(folder: Path) -> list[tuple[object, ...]]:
    """Return what an archive says, without numbers, times and places."""
    with Archive.open(folder) as archive:
        return sorted(
            (record["native_id"], record["version_no"], record["kind"], record["text"], record["record_id"])
            for record in archive.records()
        )


def test_killed_anywhere_and_run_again_loses_and_doubles_nothing(tmp_path: Path, settle: Settle) -> None:
    """The undisturbed archive is always SQLite's: what the two say is the same to the last digest."""
    import random

    undisturbed, folder = tmp_path / "undisturbed", settle(tmp_path / "killed")
    assert start(undisturbed, "p", 25).wait() == 0
    moments = random.Random(20261124)
    for _ in range(6):
        process = start(folder, "p", 25)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(moments.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        with Archive.open(folder) as archive:
            assert archive.check(deep=True) == []
    assert start(folder, "p", 25).wait() == 0
    with Archive.open(folder) as archive:
        assert archive.check(deep=True) == []
    assert contents(folder) == contents(undisturbed)


def test_two_writers_at_once_lose_nothing(tmp_path: Path, settle: Settle) -> None:
    folder = settle(tmp_path / "shared")
    processes = [start(folder, name, 40) for name in ("a", "b")]
    assert [process.wait() for process in processes] == [0, 0]
    with Archive.open(folder) as archive:
        assert len(archive.sources()) == 1
        assert len(list(archive.works(work_type="post"))) == 80
        assert len(list(archive.works(work_type="comment"))) == 400
        seqs = [record["seq"] for record in archive.records()]
        assert len(seqs) == len(set(seqs)) == 480
        assert archive.check(deep=True) == []
    assert warcio_finds_fault(*(folder / "warc").glob("*.warc.gz")) == 0


def test_two_writers_of_the_same_works_double_nothing(tmp_path: Path, settle: Settle) -> None:
    folder = settle(tmp_path / "shared")
    processes = [start(folder, "p", 20) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    with Archive.open(folder) as archive:
        assert len(list(archive.works())) == 20 * 6
        assert len(list(archive.records())) == 20 * 6
        assert archive.check(deep=True) == []


# ------------------------------------------------------------------------------------------------ provenance
def test_provenance_leads_to_the_bytes(full: Blog) -> None:
    chain = full.archive.provenance(1)
    (capture,) = chain["captures"]
    warc = capture["warc"]
    record = next(
        item
        for item in read_segment(segment(full))
        if not isinstance(item, int) and item.place.offset == warc["offset"]
    )
    assert record.headers["WARC-Record-ID"] == warc["record_id"]
    assert record.headers["WARC-Payload-Digest"] == f"sha1:{capture['payload_sha1']}"
    assert capture["visit_count"] == 3
    assert [visit["http_status"] for visit in capture["visits"]] == [304, 200, 200]
    assert chain["visits"][0]["url"] == f"{HOME}hello/"
    assert chain["event"]["detail"]["text_sha256"] == chain["version"]["text_sha256"]
    assert "text" not in chain["version"]


def test_provenance_is_told_in_three_ways(full: Blog) -> None:
    chain = full.archive.provenance(3)
    text = render(chain, "text")
    assert "version 2 of" in text and "event" in text
    told = prov_json(full.archive.provenance(1))
    names = set(told["entity"]) | set(told["activity"]) | set(told["agent"])
    for relation in ("wasGeneratedBy", "used", "wasAssociatedWith", "wasDerivedFrom"):
        for item in told[relation].values():
            ends = {value for key, value in item.items() if key not in ("prov:time", "prov:type")}
            assert ends <= names, f"{relation} points at nothing"
    revised = prov_jsonld(chain)["@graph"]
    version = next(node for node in revised if node["@id"] == "variorum:version/3")
    assert version["prov:wasRevisionOf"] == [{"@id": "variorum:version/1"}]
    assert {node["@id"] for node in revised} >= {"variorum:version/1", "variorum:version/3"}
