"""Rows go from SQLite to PostgreSQL all together and unchanged, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.main import variorum
from storage.archive import Archive
from storage.engines import place
from storage.engines.database import open_database
from storage.engines.moving import MOVED, move
from tests.postgres import Server
from tests.storage.made import HOME, Blog, comment, exchange, forge, update
from variorum.errors import StorageError, UsageError

pytestmark = pytest.mark.postgres


def quiet(_phase: str, _done: int, _total: int | None) -> None:
    """Say nothing."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """The folder of an archive in SQLite that nobody is at work on."""
    blog = Blog(tmp_path / "archive")
    page, *_ = blog.keep(
        exchange(f"{HOME}hello/", b"page " * 50),
        exchange(f"{HOME}x/", status=None, error="timeout: 60 s"),
        exchange(f"{HOME}bytes/", bytes(range(256))),
    )
    blog.write(
        update(blog.source_id, text="The brown fox 100 %", captures=[page.capture_id], visit_ids=(page.id,)),
        comment(blog.source_id, "7", text="東京タワー 'quoted' \\ back"),
        update(blog.source_id, text="Another", native_id="2", url=f"{HOME}2/"),
    )
    blog.post("source", "The brown bear", hours=1)
    blog.post("gone", native_id="2", url=f"{HOME}2/", hours=1)
    blog.writer.end_run(blog.run_id, None)
    blog.close()
    return blog.folder


def told(folder: Path) -> list[dict[str, object]]:
    with Archive.open(folder) as archive:
        return list(archive.records())


def test_rows_are_what_they_were(old: Path, postgres_server: Server) -> None:
    before = told(old)
    address = postgres_server.empty()
    moved = move(old, address, quiet)
    assert moved["version"] == len(before) == 5
    assert told(old) == before
    assert place.kept_address(old) == address
    with Archive.open(old) as archive, archive.writer() as writer:
        assert archive.database.dialect == "postgresql"
        assert [hit.version.text for hit in archive.search("brown")] == ["The brown bear"]
        assert [hit.version.text for hit in archive.search("タワー")] == ["東京タワー 'quoted' \\ back"]
        assert archive.check(deep=True) == []
        run = writer.begin_run(1, "ingest")
        assert run == 2, "numbers go on"
        writer.keep(run, 1, [exchange(f"{HOME}new/", b"new")])
        (seq,) = writer.write(run, [update(1, text="New", native_id="3", url=f"{HOME}3/")])
        assert seq == archive.last_seq()
        assert archive.check(deep=True) == []
    assert not (old / place.SQLITE).exists() and (old / MOVED).exists()
    with pytest.raises(UsageError, match="already"):
        move(old, postgres_server.empty(), quiet)


def test_who_has_the_old_file_open_cannot_write_it(old: Path, postgres_server: Server) -> None:
    late = Archive.open(old).writer()
    move(old, postgres_server.empty(), quiet)
    with pytest.raises(StorageError, match="has moved to PostgreSQL"):
        late.add_source("https://late.example/")
    with late:
        pass
    assert len(told(old)) == 5


def test_nothing_moves_under_a_run(old: Path, postgres_server: Server) -> None:
    with Archive.open(old) as archive, archive.writer() as writer:
        writer.begin_run(1, "ingest")
        with pytest.raises(UsageError, match="is at work"):
            move(old, postgres_server.empty(), quiet)
    assert place.kept_address(old) is None


def test_rows_that_are_not_sound_stay_where_they_are(old: Path, postgres_server: Server) -> None:
    assert forge(old, "UPDATE version SET text = 'forged' WHERE id = 1") == 1
    address = postgres_server.empty()
    with pytest.raises(StorageError, match="do not say there what they said here"):
        move(old, address, quiet)
    assert place.kept_address(old) is None and (old / place.SQLITE).exists()
    assert len(told(old)) == 5
    assert forge(old, "UPDATE version SET text = '' WHERE id = 1") == 1
    move(old, address, quiet)  # the tables are there from the first attempt, and empty


def test_a_database_with_something_in_it_is_refused(old: Path, tmp_path: Path, postgres_server: Server) -> None:
    address = postgres_server.empty()
    other = open_database(address, write=True)
    other.run("CREATE TABLE theirs (x int)")
    other.close()
    with pytest.raises(UsageError, match="holds other tables"):
        move(old, address, quiet)
    name = postgres_server.archive(tmp_path / "other")
    with pytest.raises(UsageError, match="holds the rows of an archive already"):
        move(old, postgres_server.address(name), quiet)
    postgres_server.give_back(name)
    with pytest.raises(UsageError, match="there is no archive"):
        move(tmp_path / "nowhere", address, quiet)


def test_the_command_says_how_many_and_where(old: Path, postgres_server: Server) -> None:
    address = postgres_server.empty()
    result = CliRunner().invoke(variorum, ["--archive", str(old), "move", address.replace("s@", "s:secret@"), "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.output)
    assert said["database"] == address and said["rows"]["visit"] == 3
    assert len(told(old)) == 5
