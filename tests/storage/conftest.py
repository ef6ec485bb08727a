"""An archive for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.made import Blog


@pytest.fixture
def blog(tmp_path: Path) -> Iterator[Blog]:
    """An archive with one source and one open run."""
    made = Blog(tmp_path / "archive")
    yield made
    made.close()
