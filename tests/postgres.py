"""A PostgreSQL server of a test run's own, and an empty archive in it for each test that asks."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

VARIABLE = "VARIORUM_TEST_POSTGRES"
LOCKED = "locked"  #: name of a database that asks for a password
_START_S = 30
_DEBIAN = Path("/usr/lib/postgresql")  # its packages put commands nowhere else

_SAVE = """CREATE SCHEMA saved; CREATE TABLE saved.event AS SELECT * FROM public.event;
    CREATE TABLE saved.alembic_version AS SELECT * FROM public.alembic_version;
    CREATE TABLE saved.fts_state AS SELECT * FROM public.fts_state"""
_RESET = """DO $$ DECLARE name text; BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('DELETE FROM public.%I', name);
        END LOOP;
        FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
            PERFORM setval(format('public.%I', name)::regclass, 1, false);
        END LOOP;
        INSERT INTO public.event SELECT * FROM saved.event;
        INSERT INTO public.alembic_version SELECT * FROM saved.alembic_version;
        INSERT INTO public.fts_state SELECT * FROM saved.fts_state;
    END $$"""


def commands() -> Path | None:
    """Return the folder of initdb and postgres, the newest; None where PostgreSQL is not installed."""
    found = shutil.which("initdb")
    if found and (Path(found).resolve().parent / "postgres").exists():
        return Path(found).resolve().parent
    homes = [path for path in _DEBIAN.glob("*/bin") if (path / "initdb").exists()]
    return max(homes, key=lambda path: int(path.parent.name), default=None)


def is_there() -> bool:
    """Return whether tests can have a server: one that the environment names, or one that can be started.

    VARIORUM_TEST_POSTGRES=none leaves these tests out.
    """
    named = os.environ.get(VARIABLE)
    return named != "none" and (bool(named) or commands() is not None)


class Server:
    """A server on a socket in a folder of its own, or the one that VARIORUM_TEST_POSTGRES names.

    Its databases order texts as English readers do (ICU), to show that the archive does not depend on it.
    """

    def __init__(self) -> None:
        self.given = os.environ.get(VARIABLE)
        self.folder = Path(tempfile.mkdtemp(prefix="vpg-"))
        self._user = "postgres" if hasattr(os, "geteuid") and os.geteuid() == 0 else None  # initdb refuses root
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._template: str | None = None
        self._shared: str | None = None
        self._free: list[str] = []  # databases of archives that no test uses any more

    def __enter__(self) -> Self:
        if not self.given:
            if self._user:
                shutil.chown(self.folder, self._user)
            self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync",
                      "--locale=C.UTF-8", "--locale-provider=icu", "--icu-locale=en-US")  # fmt: skip
            hosts = self._data / "pg_hba.conf"
            hosts.write_text(f"local {LOCKED} all scram-sha-256\n{hosts.read_text()}")
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.given:
            for name in self._mine():
                self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self.stop(kill=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _run(self, name: str, *arguments: str) -> None:
        home = commands()
        assert home is not None
        subprocess.run(
            [str(home / name), *arguments], user=self._user, cwd=self.folder, check=True, capture_output=True
        )

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        home = commands()
        assert home is not None
        quick = (
            "fsync=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0", "autovacuum=off",
            "shared_buffers=32MB", "max_connections=60", "listen_addresses=",
        )  # fmt: skip
        self._process = subprocess.Popen(
            [str(home / "postgres"), "-D", str(self._data), "-k", str(self.folder)]
            + [part for setting in quick for part in ("-c", setting)],
            user=self._user, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until = time.monotonic() + _START_S
        while True:
            try:
                self.run("SELECT 1")
            except Exception:  # noqa: BLE001 whatever it is, it is not up
                assert time.monotonic() < until, "the PostgreSQL of this test run does not start"
                time.sleep(0.05)
            else:
                return

    def stop(self, *, kill: bool = False) -> None:
        """Stop the server: in order, or as a power cut would."""
        if self._process is None:
            return
        if kill:
            self._run("pg_ctl", "-D", str(self._data), "-m", "immediate", "stop")
        else:
            self._run("pg_ctl", "-D", str(self._data), "-m", "fast", "stop")
        self._process.wait(_START_S)
        self._process = None

    def address(self, name: str) -> str:
        """Return the address of a database."""
        if self.given:
            head, _, tail = self.given.partition("?")
            return f"{head.rpartition('/')[0]}/{name}" + (f"?{tail}" if tail else "")
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def run(self, statement: str, name: str | None = None) -> None:
        """Run a statement in a database; None: in one that belongs to no test."""
        import psycopg

        address = self.address(name) if name else self.given or self.address("postgres")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)

    def empty(self) -> str:
        """Return the address of a place with nothing in it: a new schema, for a database takes 300 files."""
        if self._shared is None:
            self._shared = self._new("")
        schema = f"empty{next(self._numbers)}"
        self.run(f"CREATE SCHEMA {schema}", self._shared)
        address = self.address(self._shared)
        return f"{address}{'&' if '?' in address else '?'}options=-csearch_path%3D{schema}"

    def database(self) -> str:
        """Return the name of a new database with nothing in it."""
        return self._new("")

    def archive(self, folder: Path) -> str:
        """Make *folder* the one of a new archive whose rows are here; return the name of their database."""
        from storage.engines import place

        name = self._free.pop() if self._free else self._new(f' TEMPLATE "{self._made()}"')
        folder.mkdir(parents=True, exist_ok=True)
        assert place.keep_address(folder, self.address(name))
        return name

    def _made(self) -> str:
        """Return a database with an archive in it to which nothing has happened."""
        from storage.engines import schema

        if self._template is None:
            self._template = self._new("")
            schema.upgrade(self.address(self._template))
            self.run(_SAVE, self._template)
        return self._template

    def give_back(self, name: str) -> None:
        """Empty the archive in a database for the next test: making one anew takes 300 files."""
        self.run(_RESET, name)
        self._free.append(name)

    def _new(self, how: str) -> str:
        name = f"variorum_test_{os.getpid()}_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}"{how}')
        return name

    def _mine(self) -> list[str]:
        return [f"variorum_test_{os.getpid()}_{number}" for number in range(1, next(self._numbers))]
