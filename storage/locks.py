"""Who may not work at the same time on one folder. The system lets go of a lock when its process dies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from variorum.errors import StorageError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


@contextlib.contextmanager
def files_stay(folder: Path) -> Iterator[None]:
    """Hold off whoever would take files out of *folder* while they are read, one after another.

    Where the folder cannot be locked (a file system without locks) nothing is held off.
    """
    with _opened(folder) as handle:
        if handle is not None:
            with contextlib.suppress(OSError):
                fcntl.flock(handle, fcntl.LOCK_SH)
        yield


@contextlib.contextmanager
def files_go(folder: Path) -> Iterator[None]:
    """Wait for all who read the files of *folder*, and hold them off for the block."""
    with _opened(folder) as handle:
        if handle is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def alone(folder: Path, what: str) -> Iterator[None]:
    """Be the only one that does *what* in *folder*.

    Raises:
        StorageError: Another process does it.
    """
    with _opened(folder) as handle:
        if handle is not None:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StorageError(f"another process does this already: {what} {folder}") from None
        yield


@contextlib.contextmanager
def _opened(folder: Path) -> Iterator[int | None]:
    try:
        handle = os.open(folder, os.O_RDONLY) if fcntl is not None else None
    except OSError:
        handle = None
    if handle is None:
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)
