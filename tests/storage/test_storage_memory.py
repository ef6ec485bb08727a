"""What a source's pages repeat, as rows: bounded, written once, and put into use by one run alone."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from storage import batch
from storage.archive import Archive
from storage.engines import schema
from storage.engines.database import Database
from storage.memory import SiteMemory
from storage.writer import Writer
from tests.conftest import Settle
from tests.storage.made import HOME, Blog, exchange, update
from variorum.digests import sha256_hex

LINES = (b"12345678", b"", b"abcdefgh")


@pytest.fixture
def memory(blog: Blog) -> SiteMemory:
    return blog.writer.site_memory(blog.source_id)


def other_run(blog: Blog, process: str, started_at: str = "2999-01-01T00:00:00.000000Z") -> int:
    run_id = blog.writer.begin_run(blog.source_id, "ingest")
    blog.writer.database.run(
        "UPDATE run SET process = :process, started_at = :at WHERE id = :id",
        process=process,
        at=started_at,
        id=run_id,
    )
    return run_id


def test_a_page_counts_once_and_the_same_lines_stay_old(blog: Blog, memory: SiteMemory) -> None:
    memory.keep(blog.run_id, {"a": b"one", "b": b"two"}, most=9)
    assert memory.keep_profile(blog.run_id, None, "r1", 2, LINES)
    blog.writer.end_run(blog.run_id, None)
    assert memory.held() == (2, 0)
    later = blog.writer.begin_run(blog.source_id, "ingest")
    memory.keep(later, {"a": b"one", "b": b"three"}, most=9)
    assert memory.held() == (2, 1)
    assert memory.samples() == [b"one", b"three"]
    assert memory.urls() == {"a", "b"}


def test_no_more_pages_are_held_than_asked_for(blog: Blog, memory: SiteMemory) -> None:
    blog.post(text="It stands.", url=f"{HOME}a/")
    memory.keep(blog.run_id, {f"{HOME}{name}/": b"x" for name in "abc"}, most=3)
    memory.keep(blog.run_id, {f"{HOME}a/": b"y"}, most=3)
    assert memory.held() == (3, 3)
    memory.keep(blog.run_id, {f"{HOME}d/": b"x"}, most=3)  # b and c are no works that stand: they make room
    assert memory.urls() == {f"{HOME}a/", f"{HOME}d/"}
    memory.keep(blog.run_id, {f"{HOME}{name}/": b"x" for name in "aefgh"}, most=3)
    assert len(memory.urls()) == 3
    assert f"{HOME}a/" in memory.urls()
    memory.keep(blog.run_id, {}, most=3)


def test_a_profile_is_logged_and_the_newest_is_in_use(blog: Blog, memory: SiteMemory) -> None:
    assert memory.profile() is None
    assert memory.keep_profile(blog.run_id, None, "r1", 8, LINES)
    first = memory.profile()
    assert first is not None
    assert first[1:] == ("r1", 8, LINES)
    assert not memory.keep_profile(blog.run_id, None, "r2", 16, LINES)  # made by one who did not know of the first
    assert not memory.keep_profile(blog.run_id, first, "r1", 16, LINES)  # it stays
    assert memory.keep_profile(blog.run_id, first, "r2", 16, LINES)
    found = memory.profile()
    assert found is not None
    assert found.revision == "r2"
    rows = blog.archive.database.all("SELECT detail FROM event WHERE kind = 'profile' ORDER BY seq")
    assert ['"r1"' in row["detail"] for row in rows] == [True, False]
    assert blog.archive.check() == []


def test_no_profile_is_put_into_use_while_another_run_reads(blog: Blog, memory: SiteMemory) -> None:
    other = other_run(blog, f"{socket.gethostname()}:{os.getppid()}")
    assert not memory.keep_profile(blog.run_id, None, "r1", 8, LINES)
    assert memory.profile() is None
    blog.writer.end_run(other, None)
    assert memory.keep_profile(blog.run_id, None, "r1", 8, LINES)


@pytest.mark.parametrize("killed", ["here", "elsewhere"])
def test_a_run_that_was_killed_does_not_stand_in_the_way(blog: Blog, memory: SiteMemory, killed: str) -> None:
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    if killed == "here":
        other_run(blog, f"{socket.gethostname()}:{done.pid}")
    else:
        other_run(blog, "elsewhere:1", "2020-01-01T00:00:00.000000Z")
    assert memory.keep_profile(blog.run_id, None, "r1", 8, LINES)


def test_a_run_elsewhere_is_taken_for_alive(blog: Blog, memory: SiteMemory) -> None:
    other_run(blog, "elsewhere:1")
    assert not memory.keep_profile(blog.run_id, None, "r1", 8, LINES)


def old_detail(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the event of a version told before schema 0003."""
    return {
        "number": row["number"],
        "kind": row["kind"],
        "url": row["url"],
        "observed": row["observed_first"],
        "text_sha256": row["text_sha256"].hex(),
        "said_sha256": sha256_hex("\0".join((row["title"], row["markdown"], row["meta"]))),
    }


#: Columns of today that the writer of today fills: they are taken away again from an archive that is to be an old one.
_NEWER = (
    "visit.row_sum", "work.row_sum", "work.seen_sum", "work_url.row_sum", "work_url.seen_sum", "version.seen_sum",
)  # fmt: skip


@contextmanager
def newer_columns(database: Database, revision: str) -> Iterator[None]:
    """Let the writer of today write into an old archive: it has sums of rows from schema 0010 on."""
    names = [name.split(".") for name in _NEWER] if revision < "0010" else []
    for table, column in names:
        database.run(f"ALTER TABLE {table} ADD COLUMN {column} BIGINT")
    yield
    for table, column in names:
        database.run(f"ALTER TABLE {table} DROP COLUMN {column}")


@pytest.mark.parametrize("revision", sorted(schema.OLDER))
def test_an_older_archive_is_brought_up_to_date_with_all_that_it_holds(
    tmp_path: Path, settle: Settle, revision: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "warc").mkdir()
    (tmp_path / "README.txt").write_text("An archive.")
    schema.migrate(settle.empty(tmp_path), revision)
    monkeypatch.setattr(batch, "version_detail", old_detail)
    monkeypatch.setattr(batch, "folded", lambda *_: {})  # plain words before schema 0008
    monkeypatch.setattr(batch, "unfolded", lambda _, rows: rows)
    monkeypatch.setattr(batch, "refused_works", lambda _: {})  # no takedowns before schema 0005
    monkeypatch.setattr(batch, "merged_into", lambda _: {})  # no merges before schema 0009
    monkeypatch.setattr("storage.writer.refused_addresses", lambda *_: set())
    monkeypatch.setattr("storage.writer.destroyed_digests", lambda _: set())
    monkeypatch.setattr("storage.engines.fulltext.put", lambda *_: None)  # another index before schema 0011
    monkeypatch.setattr("storage.engines.fulltext.forget", lambda *_: None)
    with Writer.open(tmp_path) as old, newer_columns(old.database, revision):
        source_id = old.add_source(HOME).id
        run_id = old.begin_run(source_id, "ingest")
        (visit,) = old.keep(run_id, source_id, [exchange(f"{HOME}hello/")])
        assert visit.capture_id is not None
        for number, text in enumerate(("It was there.", "It was here.")):
            told = update(
                source_id,
                "source" if number else "first",
                text,
                hours=number,
                captures=(visit.capture_id,),
                visit_ids=(visit.id,),
            )
            old.write(run_id, [told], extractor="variorum 0.1.0 0123456789abcdef")
        old.database.run("UPDATE run SET ended_at = started_at")
    monkeypatch.undo()
    with Archive.open(tmp_path, create=True) as archive:
        before = list(archive.records())
        assert [record["text"] for record in before] == ["It was there.", "It was here."]
        assert before[0]["extraction"]["profile"] is None
        assert [hit.version.text for hit in archive.search("was")] == ["It was here."]
        assert [hit.version.text for hit in archive.search("was", all_versions=True)] == [
            "It was here.",
            "It was there.",
        ]
        assert archive.check(deep=True) == []
        assert archive.compact(dry_run=True).texts == 2 == archive.compact().texts
        assert archive.compact().texts == 0
        assert [(record["record_id"], record["text"]) for record in archive.records()] == [
            (record["record_id"], record["text"]) for record in before
        ]
        assert archive.check(deep=True) == []
        events = archive.database.all("SELECT detail FROM event WHERE kind = 'schema'")
        assert [json.loads(row["detail"]) for row in events] == [{"from": revision, "to": schema.HEAD}]
        with archive.writer() as writer:
            memory = writer.site_memory(source_id)
            again = writer.begin_run(source_id, "ingest")
            memory.keep(again, {"a": b"x"}, most=8)
            assert memory.keep_profile(again, None, "r1", 8, LINES)
        assert archive.status()[0].posts == 1
