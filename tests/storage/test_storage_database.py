"""Connections: who waits for whom."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from storage.engines.sqlite import sqlite3, use_wal


def test_the_write_ahead_log_is_waited_for(tmp_path: Path) -> None:
    """SQLite itself would not: it says "database is locked" at once while somebody else makes the file."""
    first = sqlite3.connect(tmp_path / "new.sqlite", isolation_level=None, check_same_thread=False)
    first.execute("CREATE TABLE t (x)")
    first.execute("BEGIN IMMEDIATE")
    second = sqlite3.connect(tmp_path / "new.sqlite", isolation_level=None, timeout=30)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.execute("PRAGMA journal_mode=WAL")
    release = threading.Timer(0.2, first.execute, ("COMMIT",))
    release.start()
    use_wal(second)
    release.join()
    assert second.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    first.close()
    second.close()
