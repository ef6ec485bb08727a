"""A backup is an archive: whole at every moment, brought up to date, and never written over anything else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.backup import backup, restore
from storage.engines.place import kept_address
from storage.stats import stats
from tests.storage.made import HOME, Blog, exchange, update
from variorum.errors import StorageError, UsageError

ROOT = Path(__file__).parents[2]


def quiet(_phase: str, _done: int, _total: int | None) -> None:
    """No progress."""


@pytest.fixture
def sqlite_blog(tmp_path: Path) -> Iterator[Blog]:
    blog = Blog(tmp_path / "archive")
    yield blog
    blog.close()


def grow(blog: Blog, number: int) -> None:
    (visit,) = blog.keep(exchange(f"{HOME}post-{number}/", f"<p>Text {number}</p>".encode(), hours=number))
    assert visit.capture_id is not None
    blog.write(
        update(
            blog.source_id,
            text=f"Text {number}",
            native_id=str(number),
            url=f"{HOME}post-{number}/",
            hours=number,
            captures=(visit.capture_id,),
            visit_ids=(visit.id,),
        )
    )


def said(folder: Path) -> list[tuple[str, str]]:
    with Archive.open(folder) as archive:
        assert archive.check(deep=True) == []
        return [(record["url"], record["text"]) for record in archive.records()]


def test_a_copy_is_an_archive_and_is_brought_up_to_date(sqlite_blog: Blog, tmp_path: Path) -> None:
    blog, dest = sqlite_blog, tmp_path / "copy"
    grow(blog, 1)
    first = backup(blog.folder, dest, quiet)
    assert (first.files, first.copied, first.removed) == (1, 1, 0)
    assert said(dest) == [(f"{HOME}post-1/", "Text 1")]
    grow(blog, 2)
    assert backup(blog.folder, dest, quiet).copied == 1, "its segment has grown"
    assert len(said(dest)) == 2, "and to check a copy does not stop it from being one"
    backup(blog.folder, dest, quiet)
    with Archive.open(dest) as copy, copy.writer() as writer:
        writer.add_source("https://other.example/")
    with pytest.raises(UsageError, match="written to since"):
        backup(blog.folder, dest, quiet)


def test_what_did_not_change_is_not_copied_again(sqlite_blog: Blog, tmp_path: Path) -> None:
    grow(sqlite_blog, 1)
    sqlite_blog.writer.segments.close()
    backup(sqlite_blog.folder, tmp_path / "copy", quiet)
    assert backup(sqlite_blog.folder, tmp_path / "copy", quiet).copied == 0
    stray = tmp_path / "copy" / "warc" / "destroyed.warc.gz"
    stray.write_bytes(b"what a takedown destroyed in the archive")
    assert backup(sqlite_blog.folder, tmp_path / "copy", quiet).removed == 1
    assert not stray.exists()


def test_restored_it_says_the_same(sqlite_blog: Blog, tmp_path: Path) -> None:
    grow(sqlite_blog, 1)
    backup(sqlite_blog.folder, tmp_path / "copy", quiet)
    restore(tmp_path / "copy", tmp_path / "new", quiet)
    assert said(tmp_path / "new") == [(f"{HOME}post-1/", "Text 1")]
    with pytest.raises(UsageError, match="not empty"):
        restore(tmp_path / "copy", tmp_path / "new", quiet)
    with pytest.raises(UsageError, match="no archive"):
        restore(tmp_path / "nothing", tmp_path / "other", quiet)


def test_nothing_else_is_written_over(sqlite_blog: Blog, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.odt").write_text("six years of work")
    with pytest.raises(UsageError, match="no backup"):
        backup(sqlite_blog.folder, other, quiet)
    Archive.open(tmp_path / "archive2", create=True).close()
    with pytest.raises(UsageError, match="another archive"):
        backup(sqlite_blog.folder, tmp_path / "archive2", quiet)
    for inside in (sqlite_blog.folder, sqlite_blog.folder / "copy", sqlite_blog.folder.parent):
        with pytest.raises(UsageError, match="within one another"):
            backup(sqlite_blog.folder, inside, quiet)


def test_a_copy_of_a_damaged_archive_does_not_replace_a_good_one(sqlite_blog: Blog, tmp_path: Path) -> None:
    grow(sqlite_blog, 1)
    backup(sqlite_blog.folder, tmp_path / "copy", quiet)
    grow(sqlite_blog, 2)
    shutil.rmtree(sqlite_blog.folder / "warc")
    with pytest.raises(StorageError, match="stays as it was"):
        backup(sqlite_blog.folder, tmp_path / "copy", quiet)
    assert len(said(tmp_path / "copy")) == 1


def test_a_copy_made_while_others_write_is_whole(sqlite_blog: Blog, tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from tests.storage.made import Blog, HOME, exchange, update
blog = Blog(Path(sys.argv[1]))
for number in range(int(sys.argv[2]), 10_000_000):
    (visit,) = blog.keep(exchange(f"{HOME}w{number}/", b"x" * 5000 + str(number).encode(), hours=number / 100))
    blog.write(update(blog.source_id, text=f"Text {number}", native_id=str(number), url=f"{HOME}w{number}/",
                      captures=(visit.capture_id,), visit_ids=(visit.id,)))
"""
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(sqlite_blog.folder), str(start)], cwd=ROOT)
        for start in (1, 5_000_000)
    ]
    copies = [tmp_path / f"copy{number}" for number in range(4)]
    try:
        started = threading.Event()
        for copy in copies:
            started.wait(0.7)
            backup(sqlite_blog.folder, copy, quiet)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    counts = [len(said(copy)) for copy in copies]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_backup_killed_anywhere_goes_on(sqlite_blog: Blog, tmp_path: Path) -> None:
    for number in range(1, 40):
        grow(sqlite_blog, number)
    dest = tmp_path / "copy"
    code = "import sys; from pathlib import Path; from storage.backup import backup; " \
           "backup(Path(sys.argv[1]), Path(sys.argv[2]), lambda *told: None)"  # fmt: skip
    for tenths in range(1, 9):
        process = subprocess.Popen([sys.executable, "-c", code, str(sqlite_blog.folder), str(dest)], cwd=ROOT)
        try:
            process.wait(tenths / 10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    backup(sqlite_blog.folder, dest, quiet)
    assert len(said(dest)) == 39
    assert not list(dest.glob("**/*.part"))


def test_rows_in_postgresql_are_backed_up_there(blog: Blog, tmp_path: Path) -> None:
    if kept_address(blog.folder) is None:
        backup(blog.folder, tmp_path / "copy", quiet)
        return
    with pytest.raises(UsageError, match="pg_dump"):
        backup(blog.folder, tmp_path / "copy", quiet)


def test_stats_count_what_is_there(blog: Blog) -> None:
    grow(blog, 1)
    grow(blog, 2)
    blog.keep(exchange(f"{HOME}post-1/", b"<p>Text 1</p>", hours=9))
    found = stats(blog.archive)
    assert (found.rows["version"], found.rows["visit"]) == (2, 3)
    assert (found.first_captures[0], found.revisits[0]) == (2, 1)
    (one,) = found.sources
    assert (one.posts, one.comments, one.versions, one.new_versions, one.visits) == (2, 0, 2, 2, 3)
    assert one.received == 2 * len(b"<p>Text 1</p>")
    assert one.stored == found.first_captures[1] + found.revisits[1] > one.new_stored
    assert found.database_bytes > 0
    assert not found.table_bytes or found.table_bytes["version"] > 0, "not every SQLite tells"
    assert found.files["warc"][0] == 1
    assert stats(blog.archive, one.slug).sources == found.sources
    with pytest.raises(UsageError):
        stats(blog.archive, "nowhere")
