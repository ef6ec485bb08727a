"""How far a long job is: a bar for a terminal, a line every few seconds for a log. Always on standard error."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

EVERY_S = 5.0  #: between two lines where there is no terminal


class Progress:
    """A context manager that is called with a phase, how much is done, and of how much (None: not known yet)."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._phase = ""
        self._said_at = time.monotonic()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if sys.stderr.isatty():
            self._bar = _bar()
            self._task = self._bar.add_task(self._title, total=None)
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, phase: str, done: int, total: int | None) -> None:
        """Take note of how far it is."""
        if self._bar is not None and self._task is not None:
            if phase != self._phase:
                self._bar.reset(self._task, description=f"{self._title}: {phase}", total=total)
            self._bar.update(self._task, completed=done, total=total)
        elif time.monotonic() - self._said_at >= EVERY_S:
            self._said_at = time.monotonic()
            of = f" of {total}" if total is not None else ""
            sys.stderr.write(f"{self._title}: {phase} {done}{of}\n")
            sys.stderr.flush()
        self._phase = phase


def _bar() -> Bar:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    return Bar(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
