"""What a person types is understood; threads stand in the order in which readers see them."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.check import check
from storage.engines.sqlite import sqlite3, use_wal
from tests.storage.made import HOME, START, Blog, at, comment, exchange, update
from variorum.errors import StorageError, UsageError
from variorum.records import Outcome, Report


@pytest.fixture
def threaded(blog: Blog) -> Blog:
    """A post with comments: 10 answered by 12 and 13, 12 answered by 14; 11 stands alone."""
    blog.write(
        update(blog.source_id, text="One", title="Hello"),
        comment(blog.source_id, "10", text="a", position=0),
        comment(blog.source_id, "11", text="b", position=1),
        comment(blog.source_id, "12", text="c", position=2, parent_native_id="10"),
        comment(blog.source_id, "13", text="d", position=3, parent_native_id="10"),
        comment(blog.source_id, "14", text="e", position=4, parent_native_id="12"),
    )
    return blog


def ids(found: list) -> list:  # type: ignore[type-arg]
    return [work.native_id for work, _ in found]


def test_answers_stand_beneath_what_they_answer(threaded: Blog) -> None:
    found = threaded.archive.thread(1)
    assert ids(found) == ["10", "12", "14", "13", "11"]
    assert [work.depth for work, _ in found] == [0, 1, 2, 1, 0]
    assert [work.position for work, _ in found] == [0, 1, 2, 3, 4]
    parents = {work.native_id: work.parent_id for work, _ in found}
    assert parents["14"] == next(work.id for work, _ in found if work.native_id == "12")
    assert parents["10"] is None


def test_a_thread_is_paged_by_position(threaded: Blog) -> None:
    seen, last = [], None
    while page := threaded.archive.thread(1, after_position=last, limit=2):
        seen += ids(page)
        last = page[-1][0].position
    assert seen == ["10", "12", "14", "13", "11"]


def test_a_thread_as_it_stood(threaded: Blog) -> None:
    threaded.comment("12", "source", "c, edited", parent_native_id="10", position=2, hours=5)
    threaded.comment("11", "gone", hours=6, url="")
    threaded.comment("15", text="late", position=5, hours=7)
    assert "15" not in ids(threaded.archive.thread(1, at(6.5)))
    then = {work.native_id: version for work, version in threaded.archive.thread(1, at(4))}
    now = {work.native_id: version for work, version in threaded.archive.thread(1)}
    assert (then["12"].text, now["12"].text) == ("c", "c, edited")
    assert (then["11"].kind, now["11"].kind) == ("first", "gone")
    assert threaded.archive.thread(1, START - timedelta(days=1)) == []


def test_no_comment_is_lost_over_odd_parents(blog: Blog) -> None:
    blog.write(
        update(blog.source_id, text="One"),
        comment(blog.source_id, "1", text="answers a held one", parent_native_id="99", depth=1),
        comment(blog.source_id, "2", text="circle", parent_native_id="3", position=1),
        comment(blog.source_id, "3", text="circle", parent_native_id="2", position=2),
        comment(blog.source_id, "4", text="itself", parent_native_id="4", position=3),
    )
    found = blog.archive.thread(1)
    assert sorted(ids(found)) == ["1", "2", "3", "4"]
    assert found[0][0].depth == 1


def test_a_long_thread_and_a_deep_one(blog: Blog) -> None:
    deep = [
        comment(blog.source_id, str(n), text=str(n), position=n, parent_native_id=str(n - 1) if n > 100 else None)
        for n in range(100, 1400)
    ]
    blog.write(update(blog.source_id, text="One"), *deep)
    found = blog.archive.thread(1)
    assert len(found) == 1300
    assert found[-1][0].depth == 1299


@pytest.mark.parametrize(
    "key",
    [
        "1",
        "w1",
        f"{HOME}hello/",
        " https://BLOG.example/hello/ ",
        f"{HOME}hello/?utm_source=x#respond",
        f"{HOME}hello",
        "http://blog.example/hello/",
        "https://www.blog.example/hello",
        "blog.example/hello/",
    ],
)
def test_a_post_is_found_by_any_spelling(threaded: Blog, key: str) -> None:
    assert threaded.archive.find_work(key).title == "Hello"


@pytest.mark.parametrize(
    "key",
    [
        f"{HOME}hello/#comment-12",
        f"{HOME}hello/comment-page-2/#comment-12",
        "blog.example/hello#comment-12",
        f"{HOME}elsewhere/#comment-12",
        f"{HOME}hello/#c12",
    ],
)
def test_a_comment_is_found_by_its_permalink(threaded: Blog, key: str) -> None:
    work = threaded.archive.find_work(key)
    assert (work.work_type, work.native_id) == ("comment", "12")


def test_what_is_not_there_is_said_with_what_is_near(threaded: Blog) -> None:
    with pytest.raises(UsageError, match=r"near it: https://blog\.example/hello/"):
        threaded.archive.find_work(f"{HOME}helo/")
    with pytest.raises(UsageError, match="variorum ingest"):
        threaded.archive.find_work("https://other.example/x")
    with pytest.raises(UsageError, match="give an address"):
        threaded.archive.find_work("w999")
    with pytest.raises(UsageError, match="no work"):
        threaded.archive.find_work(f"{HOME}hello/#comment-999")
    with pytest.raises(UsageError, match=r"near it: blog\.example"):
        threaded.archive.source("blog.exmple")
    with pytest.raises(UsageError):
        threaded.archive.find_work("")


def test_an_address_that_changed_hands_gives_its_latest_holder(blog: Blog) -> None:
    blog.post(text="One")
    blog.post("same", "One", url=f"{HOME}moved/", hours=1)
    blog.post(text="Two", native_id="2", hours=2)
    assert blog.archive.find_work(f"{HOME}hello/").native_id == "2"
    assert blog.archive.find_work(f"{HOME}moved/").native_id == "1"


def test_a_source_is_found_by_name_number_and_address(blog: Blog) -> None:
    for key in ("blog.example", 1, "1", HOME, "http://blog.example", "https://www.blog.example/"):
        assert blog.archive.source(key).id == blog.source_id


def test_works_are_paged(threaded: Blog) -> None:
    everything = [work.id for work in threaded.archive.works()]
    assert everything == [1, 2, 3, 4, 5, 6]
    assert [work.id for work in threaded.archive.works(after=2, limit=3)] == [3, 4, 5]
    assert [work.id for work in threaded.archive.works(work_type="post")] == [1]
    assert list(threaded.archive.works(99)) == []


def test_visits_of_a_work(threaded: Blog) -> None:
    kept = threaded.keep(
        exchange(f"{HOME}hello/"),
        exchange(f"{HOME}other/", b"x"),
        exchange(f"{HOME}hello/", hours=1),
        exchange(f"{HOME}hello/", status=None, error="timeout: 60 s", hours=2),
    )
    found = threaded.archive.visits(1)
    assert [row.id for row in found] == [kept[3].id, kept[2].id, kept[0].id]
    assert [row.unchanged for row in found] == [False, True, False]
    assert (found[0].error, found[0].warc_file) == ("timeout: 60 s", None)
    assert [row.id for row in threaded.archive.visits(1, limit=1, before=kept[3].id)] == [kept[2].id]
    assert threaded.archive.visits(2) == found, "a comment's visits are its post's"


# ------------------------------------------------------------------------------------------------ health
def test_status_counts_and_names_what_fails(threaded: Blog) -> None:
    threaded.post("same", "One", hours=1, comments={"seen": 5, "claimed": 9, "complete": False})
    threaded.comment("11", "gone", hours=1, url="")
    threaded.keep(
        exchange(f"{HOME}hello/"),
        exchange(f"{HOME}hello/", status=None, error="timeout: 60 s", hours=1),
        exchange(f"{HOME}wp-sitemap.xml", b"no", status=404),
        exchange(f"{HOME}feed/", b"<rss/>"),
        exchange(f"{HOME}feed/", b"no", status=404, hours=1),
        exchange(f"{HOME}busy/", b"no", status=503),
        exchange(f"{HOME}busy/", b"yes", hours=1),
    )
    (found,) = threaded.archive.status()
    assert (found.posts, found.comments, found.gone, found.incomplete_threads) == (1, 4, 1, 1)
    assert found.failing == (
        f"{HOME}feed/: the server answers 404",
        f"{HOME}hello/: timeout: 60 s",
    )
    assert (found.last_result, found.due, found.failing_count) == ("running", False, 2)


def test_status_tells_how_the_last_ingest_ended(blog: Blog) -> None:
    def result() -> str | None:
        return blog.archive.status(blog.source_id)[0].last_result

    report = Report(source="blog.example", started_at=at(0), ended_at=at(1))
    blog.writer.end_run(blog.run_id, report)
    assert result() == "ok"
    assert blog.archive.source(1).last_ingest_at is not None
    failed = Report(source="x", started_at=at(0), ended_at=at(1), failed=(Outcome(HOME, 500, "error", "busy"),))
    blog.writer.end_run(blog.writer.begin_run(blog.source_id, "ingest"), failed)
    assert result() == "some failed"
    blog.writer.end_run(blog.writer.begin_run(blog.source_id, "ingest"), None, error="StorageError: full")
    assert result() == "failed"
    run_id = blog.writer.begin_run(blog.source_id, "ingest")
    with blog.writer.database.transaction():
        dead = f"{os.uname().nodename}:{2**22 + 1}"
        blog.writer.database.run("UPDATE run SET process = :p WHERE id = :id", p=dead, id=run_id)
    assert result() == "interrupted"
    blog.writer.add_source(HOME, every_s=3600)
    assert blog.archive.status("blog.example")[0].due is False
    with pytest.raises(StorageError, match="no run 99"):
        blog.writer.end_run(99, None)


# ------------------------------------------------------------------------------------------------ opening
def test_no_archive_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no archive in .*variorum .*add URL"):
        Archive.open(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_that_says_what_it_is(blog: Blog) -> None:
    assert "WARC" in (blog.folder / "README.txt").read_text()
    with Archive.open(str(blog.folder)) as archive:
        assert [source.url for source in archive.sources()] == [HOME]


def test_questions_cannot_write(blog: Blog) -> None:
    with pytest.raises(StorageError):
        blog.archive.database.run("DELETE FROM source")


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / "variorum.sqlite").write_bytes(b"not a database at all, just text" * 100)
    with pytest.raises(StorageError, match="damaged"):
        Archive.open(tmp_path)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "variorum.sqlite").touch()
    with pytest.raises(UsageError, match="no archive in"):
        Archive.open(empty)


def test_an_archive_whose_making_was_interrupted_is_made(tmp_path: Path) -> None:
    (tmp_path / "variorum.sqlite").touch()
    use_wal(sqlite3.connect(tmp_path / "variorum.sqlite"))
    Archive.open(tmp_path, create=True).close()
    with Archive.open(tmp_path) as archive:
        assert archive.sources() == []


def test_a_database_of_others_is_left_alone(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "variorum.sqlite")) as theirs:
        theirs.execute("CREATE TABLE recipes (name TEXT)")
    before = (tmp_path / "variorum.sqlite").read_bytes()
    for create in (False, True):
        with pytest.raises(StorageError, match="no archive of variorum"):
            Archive.open(tmp_path, create=create)
    assert (tmp_path / "variorum.sqlite").read_bytes() == before


@pytest.fixture
def sealed() -> Iterator[Path]:
    """Yield the folder of an archive that cannot be written, as on a snapshot; root becomes somebody else for it."""
    root = os.getuid() == 0
    with tempfile.TemporaryDirectory() as outer:  # tmp_path is closed to others
        Path(outer).chmod(0o755)
        blog = Blog(Path(outer) / "archive")
        blog.post(text="Read me.", url=HOME + "a/")
        blog.close()
        blog.folder.chmod(0o555)
        for path in blog.folder.iterdir():
            path.chmod(0o555 if path.is_dir() else 0o444)
        if root:
            os.setresuid(65534, 65534, 0)
        try:
            yield blog.folder
        finally:
            if root:
                os.setresuid(0, 0, 0)
            blog.folder.chmod(0o755)


def test_an_archive_that_cannot_be_written_answers(sealed: Path) -> None:
    with Archive.open(sealed) as archive:
        assert [record["text"] for record in archive.records()] == ["Read me."]
        assert check(archive.database, sealed, deep=True, progress=None) == []
    with pytest.raises(StorageError, match="cannot be opened"), Archive.open(sealed).writer():
        pass


def test_what_stands_in_a_log_is_not_passed_over(sealed: Path) -> None:
    mine = os.geteuid()
    os.seteuid(os.getresuid()[2])
    sealed.chmod(0o755)
    (sealed / "variorum.sqlite-wal").write_bytes(b"what was written last")
    sealed.chmod(0o555)
    os.seteuid(mine)
    with pytest.raises(StorageError, match="cannot be opened"):
        Archive.open(sealed)


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot hold an archive"):
        Archive.open(tmp_path / "file", create=True)
