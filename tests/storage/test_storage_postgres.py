"""What PostgreSQL asks for besides: addresses and passwords, servers that go away, a feed that skips nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.archive import Archive
from storage.engines import place, postgres, schema
from storage.engines.database import Database, open_database
from storage.engines.postgres import translated
from storage.events import append_event
from tests.postgres import LOCKED, Server
from tests.storage.made import HOME, Blog, exchange, update
from variorum.errors import StorageError, UsageError

pytestmark = pytest.mark.postgres
ROOT = Path(__file__).parents[2]
NOW = "2026-01-01T12:00:00.000000Z"


@pytest.fixture
def folder(tmp_path: Path, postgres_server: Server) -> Iterator[Path]:
    """The folder of a new archive in PostgreSQL."""
    name = postgres_server.archive(tmp_path / "archive")
    yield tmp_path / "archive"
    postgres_server.give_back(name)


@pytest.fixture
def blog(folder: Path) -> Iterator[Blog]:
    """An archive in PostgreSQL alone."""
    made = Blog(folder)
    yield made
    made.close()


@pytest.fixture
def own_server(postgres_server: Server) -> Server:
    """A server that a test may stop."""
    if postgres_server.given:
        pytest.skip("the server is not ours to stop")
    return postgres_server


# ------------------------------------------------------------------------------------------------ queries
@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("SELECT :a, :b_2", "SELECT %(a)s, %(b_2)s"),
        ("a::text = :a AND b LIKE '%:no%'", "a::text = %(a)s AND b LIKE '%%:no%%'"),
        ("x % 2 = :x", "x %% 2 = %(x)s"),
        ("'it''s :not' \":neither\" :but", "'it''s :not' \":neither\" %(but)s"),
        ("-- it's :nothing\n:this", "-- it's :nothing\n%(this)s"),
    ],
)
def test_parameters_are_told_as_the_driver_wants_them(query: str, told: str) -> None:
    assert translated(query) == told


def test_values_come_back_as_from_sqlite(blog: Blog) -> None:
    database = blog.writer.database
    for value in (None, 0, -1, 2**62, 0.5, "", "it's 100 % 「東京」", b"\0\xff", bytes(range(256))):
        row = database.one(f"SELECT CAST(:value AS {_KINDS[type(value)]}) AS value", value=value)
        assert row is not None and row["value"] == value and type(row["value"]) is type(value)
    row = database.one("SELECT sum(size) AS many, 1.5 AS part FROM (VALUES (3000000000), (4000000000)) v(size)")
    assert row is not None and (row["many"], type(row["many"]), row["part"]) == (7_000_000_000, int, 1.5)
    assert database.run("UPDATE visit SET good = :truth WHERE id = 0", truth=True) == 0, "a truth is a number"


_KINDS = {int: "bigint", float: "double precision", bytes: "bytea", str: "text", type(None): "text"}


def test_a_stream_can_be_left_and_asked_beside(blog: Blog) -> None:
    blog.write(*(update(blog.source_id, text=f"t {n}", native_id=str(n), url=f"{HOME}{n}/") for n in range(1, 1_300)))
    database = blog.archive.database
    for number, row in enumerate(database.stream("SELECT id FROM work ORDER BY id"), 1):
        inner = database.stream("SELECT id FROM work WHERE id > :id ORDER BY id", id=row["id"])
        assert next(inner)["id"] == row["id"] + 1
        assert database.one("SELECT id FROM work WHERE id = :id", id=row["id"]) == {"id": number}
        if number == 600:
            break
    assert len(list(database.stream("SELECT id FROM work"))) == 1_299
    for _ in blog.writer.database.stream("SELECT id FROM work"):
        break
    blog.post("source", "and a transaction after it", native_id="1")


def test_readers_cannot_write_and_zero_bytes_are_refused_in_words(blog: Blog) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        blog.archive.database.run("DELETE FROM source")
    with pytest.raises(StorageError, match="zero byte"):
        blog.post(text="a\0b")
    blog.post(text="and the next one is written")


def test_a_failed_statement_cannot_be_passed_over(blog: Blog) -> None:
    """SQLite would commit the rest; PostgreSQL rolls it back, and says so nowhere but in the answer to COMMIT."""
    database = blog.writer.database
    with pytest.raises(StorageError, match="nothing of it was stored"), database.transaction():
        append_event(database, "x", NOW, detail={})
        with pytest.raises(StorageError):
            database.run("INSERT INTO event (seq) VALUES (1)")
    assert database.one("SELECT seq FROM event WHERE kind = 'x'") is None


def test_questions_have_an_end(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "STATEMENT_S", 1)
    database = open_database(blog.archive.database.address, write=False)
    with pytest.raises(StorageError, match="took longer"):
        database.all("SELECT pg_sleep(20)")
    database.close()


def test_a_lock_that_is_held_is_told(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "LOCK_WAIT_S", 1)
    second = open_database(blog.archive.database.address, write=True)
    held = pytest.raises(StorageError, match="held by another process for longer than")
    with blog.writer.database.transaction(), held, second.transaction():
        pass
    with second.transaction():
        append_event(second, "after", NOW, detail={})
    second.close()


# ------------------------------------------------------------------------------------------------ addresses
@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgresql://ann:secret@host:5432/db", "postgresql://ann@host:5432/db"),
        ("postgres://ann@host/db", "postgresql://ann@host/db"),
        ("postgresql://host/db?sslmode=require", "postgresql://host/db?sslmode=require"),
        ("postgresql://ann:p%40ss@h1,h2:5433/db?password=x&target_session_attrs=any&sslpassword=y",
         "postgresql://ann@h1,h2:5433/db?target_session_attrs=any"),
        ("postgresql:///db?host=/run/postgresql", "postgresql:///db?host=/run/postgresql"),
        ("postgresql://[::1]:5432/db", "postgresql://[::1]:5432/db"),
    ],
)  # fmt: skip
def test_passwords_are_left_out_of_what_is_shown(address: str, shown: str) -> None:
    assert place.without_password(address) == shown
    assert place.without_password(shown) == shown


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:se/cret@host/db", "postgresql://ann:se#cret@host/db", "postgresql://ann:se?cret@host/db",
        "postgresql://ann:se@cret@host/db", "mysql://ann:secret@host/db", "host=x password=secret", "", "secret",
    ],
)  # fmt: skip
def test_what_cannot_be_taken_apart_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(UsageError) as told:
        place.without_password(address)
    assert "cret" not in str(told.value)


def test_the_folder_keeps_the_address_without_the_password(
    tmp_path: Path, own_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_server.run("CREATE ROLE ann LOGIN PASSWORD 's3cret/@'; ")
    own_server.run(f"CREATE DATABASE {LOCKED} OWNER ann")
    plain = own_server.address(LOCKED).replace("postgres@", "ann@")
    given = plain.replace("ann@", "ann:s3cret%2F%40@")
    folder = tmp_path / "archive"
    for wrong in (plain, plain.replace("ann@", "ann:guess@")):
        monkeypatch.setenv(place.VARIABLE, wrong)
        with pytest.raises(StorageError, match="PGPASSWORD") as told:
            Archive.open(folder, create=True)
        assert "guess" not in str(told.value)
    monkeypatch.setenv(place.VARIABLE, given)
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        writer.add_source(HOME)
    assert "s3cret" not in "".join(path.read_text() for path in folder.iterdir() if path.is_file())
    assert (folder / place.KEPT).read_text() == plain + "\n"
    monkeypatch.delenv(place.VARIABLE)
    monkeypatch.setenv("PGPASSWORD", "s3cret/@")
    with Archive.open(folder) as archive:
        assert len(archive.sources()) == 1
        assert "s3cret" not in archive.database.place


def test_one_database_one_folder(tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = postgres_server.empty(), postgres_server.empty()
    monkeypatch.setenv(place.VARIABLE, first)
    with pytest.raises(UsageError, match="there is no archive"):
        Archive.open(tmp_path / "one")
    Archive.open(tmp_path / "one", create=True).close()
    with pytest.raises(UsageError, match="holds the rows of an archive already"):
        Archive.open(tmp_path / "two", create=True)
    monkeypatch.setenv(place.VARIABLE, second)
    for create in (False, True):
        with pytest.raises(UsageError, match=r"the rows of .* are in"):
            Archive.open(tmp_path / "one", create=create)
    with psycopg.connect(second) as theirs:
        theirs.execute("CREATE TABLE theirs (x int)")
    with pytest.raises(StorageError, match="holds no archive of variorum"):
        Archive.open(tmp_path / "three", create=True)
    assert not (tmp_path / "three" / place.KEPT).exists()
    monkeypatch.delenv(place.VARIABLE)
    Archive.open(tmp_path / "one").close()
    Archive.open(tmp_path / "sqlite", create=True).close()
    monkeypatch.setenv(place.VARIABLE, second)
    with pytest.raises(UsageError, match=r"its own variorum\.sqlite"):
        Archive.open(tmp_path / "sqlite")


def test_an_unreadable_address_in_the_folder(tmp_path: Path) -> None:
    (tmp_path / place.KEPT).write_text("nonsense")
    with pytest.raises(StorageError, match="does not say where the rows are"):
        Archive.open(tmp_path)


def test_two_archives_in_schemas_of_one_database(
    tmp_path: Path, postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = postgres_server.database()
    address = postgres_server.address(name)
    mark = "&" if "?" in address else "?"
    for number in (1, 2):
        postgres_server.run(f"CREATE SCHEMA blog{number}", name)
        monkeypatch.setenv(place.VARIABLE, f"{address}{mark}options=-csearch_path%3Dblog{number}")
        with Archive.open(tmp_path / str(number), create=True) as archive, archive.writer() as writer:
            writer.add_source(HOME if number == 1 else "https://other.example/")
    monkeypatch.delenv(place.VARIABLE)
    with Archive.open(tmp_path / "1") as one, Archive.open(tmp_path / "2") as two:
        assert [source.url for source in one.sources()] == [HOME]
        assert [source.url for source in two.sources()] == ["https://other.example/"]
        with one.writer() as first, first.database.transaction(), two.writer() as second:
            second.add_source("https://third.example/")  # the locks are two
    monkeypatch.setenv(place.VARIABLE, f"{address}{mark}options=-csearch_path%3Dnowhere")
    with pytest.raises(StorageError, match="no schema"):
        Archive.open(tmp_path / "3", create=True)


def test_two_processes_make_one_archive(tmp_path: Path, postgres_server: Server) -> None:
    code = "import sys; from storage.archive import Archive; Archive.open(sys.argv[1], create=True).close()"
    command = [sys.executable, "-c", code, str(tmp_path / "new")]
    environment = {**os.environ, place.VARIABLE: postgres_server.empty()}
    processes = [subprocess.Popen(command, cwd=ROOT, env=environment) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    with Archive.open(tmp_path / "new") as archive:
        assert archive.check(deep=True) == []
        assert len(archive.database.all("SELECT * FROM event WHERE kind = 'schema'")) == 1


# ------------------------------------------------------------------------------------------------ trouble in words
def test_trouble_is_told_in_words(postgres_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    there = postgres_server.empty()
    name = there.partition("?")[0].rpartition("/")[2]
    for address, words in (
        ("postgresql://nobody@127.0.0.1:1/x?connect_timeout=2", "Is the server running"),
        (there.replace(name, "no_such_database"), "createdb"),
        (there + ("&" if "?" in there else "?") + "no_such_option=1", "is no address of PostgreSQL"),
    ):
        with pytest.raises(StorageError, match=words):
            open_database(address, write=False)
    monkeypatch.setattr(postgres, "LEAST_VERSION", 99)
    with pytest.raises(StorageError, match="needs 99 or newer"):
        open_database(there, write=False)


def test_a_database_that_cannot_hold_all_signs(postgres_server: Server) -> None:
    postgres_server.run(
        "CREATE DATABASE latin ENCODING LATIN1 TEMPLATE template0 LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    try:
        with pytest.raises(StorageError, match=r"LATIN1.*--encoding=UTF8"):
            open_database(postgres_server.address("latin"), write=False)
    finally:
        postgres_server.run("DROP DATABASE latin")


def test_a_database_that_may_not_be_written(postgres_server: Server) -> None:
    name = postgres_server.database()
    address = postgres_server.address(name)
    postgres_server.run(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with pytest.raises(StorageError, match="cannot be written"):
        schema.upgrade(address)
    postgres_server.run(f'ALTER DATABASE "{name}" SET role = pg_monitor')  # a user who owns nothing
    postgres_server.run(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    with pytest.raises(StorageError, match="let the user own the database"):
        schema.upgrade(address)


# ------------------------------------------------------------------------------------------------ order of the feed
def feed(database: Database, after: int, table: str = "event") -> list[int]:
    """Return what a consumer of changes hears that has seen everything up to *after*."""
    return [row["seq"] for row in database.all(f"SELECT seq FROM {table} WHERE seq > :after ORDER BY seq", after=after)]


def test_a_sequence_alone_would_skip(folder: Path) -> None:
    """The trap itself: two writers, the first number is committed last, a consumer has gone past it."""
    reader = open_database(place.address_of(folder), write=True)
    reader.run("CREATE TABLE naive (seq bigserial PRIMARY KEY)")
    first, second = (psycopg.connect(str(reader.address)) for _ in range(2))
    first.execute("INSERT INTO naive DEFAULT VALUES")
    second.execute("INSERT INTO naive DEFAULT VALUES")
    second.commit()
    assert feed(reader, 0, "naive") == [2]
    first.commit()
    assert feed(reader, 2, "naive") == [], "1 is there now, and nobody hears of it"
    first.close()
    second.close()
    reader.run("DROP TABLE naive")
    reader.close()


def test_a_writer_waits_for_the_seq_before_its_own(folder: Path) -> None:
    address = place.address_of(folder)
    first, second, reader = (open_database(address, write=write) for write in (True, True, False))
    last = feed(reader, 0)[-1]
    done = threading.Event()

    def write_second() -> None:
        with second.transaction():
            append_event(second, "second", NOW, detail={})
        done.set()

    thread = threading.Thread(target=write_second)
    with first.transaction():
        append_event(first, "first", NOW, detail={})
        thread.start()
        assert not done.wait(0.3)
        assert feed(reader, last) == []
    thread.join()
    assert feed(reader, last) == [last + 1, last + 2]
    for database in (first, second, reader):
        database.close()


def test_eight_writers_and_a_feed_that_skips_nothing(folder: Path) -> None:
    address = place.address_of(folder)
    rounds, writers = 30, 8
    failed: list[BaseException] = []

    def write(name: str) -> None:
        database = open_database(address, write=True)
        try:
            for number in range(rounds):
                with database.transaction():
                    end = append_event(database, name, NOW, detail={"n": number})
                    time.sleep(0.001 * (number % 3))
                    append_event(database, name, NOW, detail={"n": number}, end=end)
        except BaseException as error:
            failed.append(error)
            raise
        finally:
            database.close()

    reader = open_database(address, write=False)
    heard = feed(reader, 0)
    last = heard[-1]
    threads = [threading.Thread(target=write, args=(f"w{number}",)) for number in range(writers)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        heard += feed(reader, heard[-1])
    heard += feed(reader, heard[-1])
    assert failed == []
    assert heard == list(range(1, last + 2 * rounds * writers + 1))
    reader.close()
    with Archive.open(folder) as archive:
        assert archive.check() == []


# ------------------------------------------------------------------------------------------------ restarts
def test_a_server_that_restarts_between_questions_and_batches(blog: Blog, own_server: Server) -> None:
    blog.post(text="before")
    for kill in (False, True):
        own_server.stop(kill=kill)
        own_server.start()
        assert len(list(blog.archive.records())) >= 1
        blog.keep(exchange(f"{HOME}{kill}/"))
        own_server.stop(kill=kill)
        own_server.start()
        blog.post("source", f"after {kill}", hours=1 + kill)
    assert [record["text"] for record in blog.archive.records()] == ["before", "after False", "after True"]
    assert blog.archive.check(deep=True) == []


def test_a_question_waits_for_a_server_that_is_starting(blog: Blog, own_server: Server) -> None:
    own_server.stop()
    later = threading.Timer(1.0, own_server.start)
    later.start()
    assert blog.archive.last_seq() == 3
    later.join()


def test_a_server_that_dies_within_a_batch_has_stored_nothing_of_it(blog: Blog, own_server: Server) -> None:
    database = blog.writer.database
    with pytest.raises(StorageError, match="went away"), database.transaction():
        append_event(database, "half", NOW, detail={})
        own_server.stop(kill=True)
        own_server.start()
        append_event(database, "other half", NOW, detail={})
    assert database.all("SELECT * FROM event WHERE kind LIKE '%half'") == []
    blog.post(text="and the next batch is written")
    assert blog.archive.check(deep=True) == []


def test_a_server_that_dies_at_commit_is_not_taken_for_success(blog: Blog, own_server: Server) -> None:
    database = blog.writer.database
    with pytest.raises(StorageError, match="may be stored or not"), database.transaction():
        append_event(database, "half", NOW, detail={})
        own_server.stop(kill=True)
        own_server.start()
    assert len(database.all("SELECT * FROM event WHERE kind = 'half'")) == 0


def test_a_server_that_stays_away(blog: Blog, own_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "RESTART_S", 0.5)
    own_server.stop()
    try:
        with pytest.raises(StorageError, match="Is the server running"):
            blog.archive.last_seq()
        with pytest.raises(StorageError, match="Is the server running"):
            blog.post(text="x")
    finally:
        own_server.start()
    assert blog.archive.last_seq() == 3
    blog.post(text="x")


# ------------------------------------------------------------------------------------------------ search
def test_phrases_in_texts_too_long_for_an_index(blog: Blog) -> None:
    """A tsvector keeps 16,383 places, 255 of one word: beyond that a phrase is looked up in the words themselves."""
    long = "filler " * 17_000 + "the brown fox 東京タワーへ行く"
    often = "です。" * 300 + "京都の寺です"
    blog.write(
        update(blog.source_id, text=long, native_id="1", url=f"{HOME}1/", title="A long one"),
        update(blog.source_id, text=often, native_id="2", url=f"{HOME}2/"),
        update(blog.source_id, text="the brown bear", native_id="3", url=f"{HOME}3/"),
    )

    def found(query: str) -> list[int]:
        return sorted(hit.work.id for hit in blog.archive.search(query))

    assert found('"the brown"') == [1, 3]
    assert found('"brown fox"') == [1]
    assert found('"fox brown"') == []
    assert found("タワー") == [1]
    assert found("ワータ") == []
    assert found("京都の寺です") == [2]
    assert found("寺で") == [2]
    assert found("行") == [1]
    assert found('"long one"') == [1]
    assert found('"one filler"') == [], "no phrase goes from a title into a text"
    assert blog.archive.check() == []


def test_a_text_of_more_words_than_an_index_holds(blog: Blog) -> None:
    blog.post(text=" ".join(f"word{number:06}" for number in range(150_000)) + " " + "x" * 3_000)
    assert [hit.work.id for hit in blog.archive.search("word000001")] == [1]
    assert [hit.work.id for hit in blog.archive.search('"word000001 word000002"')] == [1]
    blog.post("source", "short " + "y" * 3_000, hours=1)
    assert [hit.work.id for hit in blog.archive.search("y" * 3_000)] == [1]
    assert blog.archive.search("word000001") == []


# ------------------------------------------------------------------------------------------------ cost
def test_an_archive_in_sqlite_does_not_load_the_driver(tmp_path: Path) -> None:
    code = f"""
import sys
from storage.writer import Writer
from storage.archive import Archive
Archive.open({str(tmp_path / "a")!r}, create=True).writer().__enter__()
print("psycopg" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
