"""The schema: declared once, made by migrations, and no burden to a question."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.engines import schema
from storage.engines.database import open_database
from storage.events import START, append_event, chain
from tests.conftest import Settle
from tests.storage.made import Blog, forge
from variorum.errors import StorageError

ROOT = Path(__file__).parents[2]


def test_migrations_make_what_the_tables_declare(tmp_path: Path, settle: Settle) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from sqlalchemy import create_engine
    from sqlmodel import SQLModel

    import storage.engines.tables  # noqa: F401 fills the metadata
    from storage.engines.migrations import rules
    from storage.engines.postgres import connected_plainly

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
    config.set_main_option("script_location", str(ROOT / "storage" / "engines" / "migrations"))
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
