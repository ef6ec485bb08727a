"""The schema: declared once, made by migrations, and no burden to a question."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from storage import fulltext, schema
from storage.archive import Archive
from storage.batch import version_detail
from storage.database import Database, open_database
from storage.events import START, append_event, chain
from tests.conftest import Settle
from tests.storage.made import HOME, Blog, forge
from variorum.errors import StorageError

ROOT = Path(__file__).parents[2]


def test_migrations_make_what_the_tables_declare(tmp_path: Path, settle: Settle) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlmodel import SQLModel

    import storage.tables  # noqa: F401 fills the metadata
    from storage.migrations import rules
    from storage.postgres import connected_plainly

    address = settle.empty(tmp_path)
    schema.upgrade(address)
    if isinstance(address, Path):
        engine = create_engine(f"sqlite:///{address}")
    else:
        engine = create_engine("postgresql+psycopg://", creator=lambda: connected_plainly(address))
    with engine.connect() as connection:
        options = {"compare_type": True, "include_object": rules.include_object}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)
    engine.dispose()
    assert differences == []


def test_head_is_the_newest_migration() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(ROOT / "storage" / "migrations"))
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [schema.HEAD]
    assert {revision.revision for revision in script.walk_revisions()} == {schema.HEAD, *schema.OLDER}


def test_a_question_loads_nothing_heavy(blog: Blog) -> None:
    code = f"""
import sys
from storage.archive import Archive
with Archive.open({str(blog.folder)!r}) as archive:
    archive.sources(), list(archive.works()), list(archive.records()), archive.status()
heavy = {{"sqlalchemy", "sqlmodel", "alembic", "warcio", "httpx", "lxml", "trafilatura", "prefect", "pydantic"}}
print(sorted(heavy & {{name.partition(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def set_revision(folder: Path, revision: str) -> None:
    assert forge(folder, "UPDATE alembic_version SET version_num = :revision", revision=revision) == 1


def test_an_archive_of_a_newer_variorum_is_left_alone(blog: Blog) -> None:
    set_revision(blog.folder, "9999")
    for create in (False, True):
        with pytest.raises(StorageError, match="newer variorum"):
            Archive.open(blog.folder, create=create)
    with pytest.raises(StorageError, match="newer variorum"):
        blog.archive.writer()


def test_an_archive_of_an_older_variorum_says_so(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "OLDER", frozenset({"0000"}))
    set_revision(blog.folder, "0000")
    with pytest.raises(StorageError, match="older variorum"):
        Archive.open(blog.folder)
    upgraded: list[Path | str] = []

    def upgrade(address: Path | str) -> None:
        upgraded.append(address)
        set_revision(blog.folder, schema.HEAD)

    monkeypatch.setattr(schema, "upgrade", upgrade)
    Archive.open(blog.folder, create=True).close()
    assert upgraded == [blog.archive.database.address]


def test_two_processes_make_one_archive(tmp_path: Path) -> None:
    code = "import sys; from storage.archive import Archive; Archive.open(sys.argv[1], create=True).close()"
    command = [sys.executable, "-c", code, str(tmp_path / "new")]
    processes = [subprocess.Popen(command, cwd=ROOT) for _ in range(2)]
    assert [process.wait() for process in processes] == [0, 0]
    with Archive.open(tmp_path / "new") as archive:
        assert archive.check(deep=True) == []


def test_every_making_is_an_event(blog: Blog) -> None:
    rows = blog.archive.database.all("SELECT * FROM event ORDER BY seq")
    assert [row["kind"] for row in rows] == ["schema", "source_added", "run_started"]
    before = START
    for row in rows:
        assert row["chain"] == chain(before, row)
        before = row["chain"]


def test_a_transaction_that_fails_leaves_nothing(blog: Blog) -> None:
    database = blog.writer.database
    with pytest.raises(RuntimeError), database.transaction():
        append_event(database, "x", "2026-01-01T00:00:00.000000Z", detail={})
        raise RuntimeError
    assert database.one("SELECT seq FROM event WHERE kind = 'x'") is None
    with database.transaction():  # and the lock is free again
        append_event(database, "y", "2026-01-01T00:00:00.000000Z", detail={})


def test_errors_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="check that its folder exists"):
        open_database(tmp_path / "no" / "where.sqlite", write=True)
    database = open_database(tmp_path / "a.sqlite", write=True)
    with pytest.raises(StorageError, match="no archive of this version"):
        database.all("SELECT * FROM work")
    database.close()


@pytest.mark.parametrize("revision", sorted({*schema.OLDER, schema.HEAD}))
def test_every_revision_is_brought_up_to_date_with_data_in_it(tmp_path: Path, settle: Settle, revision: str) -> None:
    address = settle.empty(tmp_path)
    schema.migrate(address, "0001")
    database = open_database(address, write=True)
    with database.transaction():
        fill_by_hand(database)
    database.close()
    assert schema.migrate(address, revision) == "0001"
    with Archive.open(tmp_path, create=True) as archive:
        assert [work.title for work in archive.works()] == ["A title", ""]
        assert [hit.work.id for hit in archive.search("brown fox")] == [1]
        assert [record["text"] for record in archive.records()] == ["The brown fox", "Indeed"]
        assert [finding.kind for finding in archive.check(deep=True) if finding.kind != "missing_bytes"] == []
        assert archive.status()[0].posts == 1


def fill_by_hand(database: Database) -> None:
    """Write a post and a comment into tables of the first schema, in the words of that time."""
    day = "2026-01-01T12:00:00.000000Z"
    source = {"slug": "s", "url": HOME, "settings": "{}", "added_at": day}
    database.insert("source", source)
    database.insert("run", {"source_id": 1, "command": "ingest", "process": "here:1", "started_at": day})
    database.insert("extractor", {"fingerprint": "variorum 0.1.0 0123456789abcdef", "first_used": day})
    for number, (kind, title, text) in enumerate((("post", "A title", "The brown fox"), ("comment", "", "Indeed")), 1):
        own = {"source_id": 1, "work_type": kind, "native_id": f"{number}", "scope": 0, "url": f"{HOME}{number}/"}
        seen = {"state": "open", "head_id": number, "versions": 1, "first_seen": day, "last_seen": day, "absences": 0}
        place = {"witnesses": "[]", "post_id": 1 if kind == "comment" else None, "depth": 0, "position": 0}
        database.insert("work", {**own, **seen, **place})
        said = {
            "number": 1, "kind": "first", "url": f"{HOME}{number}/", "observed_first": day,
            "title": title, "text": text, "markdown": text, "meta": "{}",
            "text_sha256": hashlib.sha256(text.encode()).digest(),
        }  # fmt: skip
        end = append_event(database, "version", day, source_id=1, work_id=number, detail=version_detail(said))
        rest = {
            "work_id": number, "source_id": 1, "run_id": 1, "seq": end.seq, "fingerprint": "", "text_len": len(text),
            "extractor_id": 1, "observed_last": day, "recorded_at": day, "visit_ids": "[]", "witnesses": "[]",
        }  # fmt: skip
        database.insert("version", {**said, **rest})
        fulltext.put(database, number, title, text)
