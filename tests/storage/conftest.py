"""An archive for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Settle
from tests.storage.made import Blog


@pytest.fixture
def blog(tmp_path: Path, settle: Settle) -> Iterator[Blog]:
    """An archive with one source and one open run, with SQLite and with PostgreSQL."""
    made = Blog(settle(tmp_path / "archive"))
    yield made
    made.close()
