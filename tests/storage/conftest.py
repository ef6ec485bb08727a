"""An archive for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.storage.made import Blog


@pytest.fixture
def blog(tmp_path: Path, settle: Callable[[Path], Path]) -> Iterator[Blog]:
    """An archive with one source and one open run, with SQLite and with PostgreSQL."""
    made = Blog(settle(tmp_path / "archive"))
    yield made
    made.close()
