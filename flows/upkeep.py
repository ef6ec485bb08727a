"""What an archive wants done from time to time, in this order; the commands of the same names do the very same.

prune → compact → duplicates → seal → backup
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from flows.comparing import compare_new
from flows.discovery import Progress
from storage.archive import Archive
from storage.backup import backup
from storage.proof.log import Log
from storage.retention import Policy, prune
from variorum.errors import VariorumError
from variorum.times import utc_now

Job = Callable[[Progress], str]  #: does one thing, and says what it did


@dataclass(slots=True)
class Upkept:
    """What each job did, or why it could not."""

    done: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """Return it in Markdown."""
        lines = [f"{name}: {said}" for name, said in self.done.items()]
        lines += [f"{name} failed: {said}" for name, said in self.failed.items()]
        return "\n- ".join(["# Upkeep\n", *lines])


def jobs(folder: str, *, backup_to: str | None = None, prune_days: Mapping[str, int] | None = None) -> dict[str, Job]:
    """Return name → job, in the order in which they are to be done.

    Args:
        folder: The archive.
        backup_to: Folder of the copy; None for none.
        prune_days: Rule (unchanged, failed, captures) → age in days; None or nothing: nothing is dropped.
    """

    def pruned(progress: Progress) -> str:
        ages = {rule: timedelta(days=days) for rule, days in (prune_days or {}).items()}
        with Archive.open(folder) as archive:
            gone = prune(archive, None, Policy(**ages), progress=progress)
        return f"{sum(gone.visits.values())} visits went, {gone.freed_bytes} bytes freed"

    def compacted(progress: Progress) -> str:
        with Archive.open(folder) as archive:
            made = archive.compact(progress=progress)
        return f"{made.segments} WARC files of {made.bytes_before} bytes became {made.bytes_after}"

    def compared(progress: Progress) -> str:
        found = compare_new(folder, progress)
        return f"{found.texts} texts compared, {found.links} pairs alike"

    def sealed(progress: Progress) -> str:
        with Archive.open(folder) as archive, archive.writer() as writer:
            head = Log(writer.database).seal(utc_now(), progress)
        return f"{head.size} events under the root {head.root}"

    def copied(progress: Progress) -> str:
        made = backup(Path(folder), Path(backup_to or ""), progress)
        return f"{made.copied} files of {made.files} copied, up to event {made.last_seq}"

    every = {"prune": pruned, "compact": compacted, "duplicates": compared, "seal": sealed, "backup": copied}
    unwanted = {"prune": not prune_days, "backup": not backup_to}
    return {name: job for name, job in every.items() if not unwanted.get(name)}


def keep_up(todo: Mapping[str, Callable[[], str]]) -> Upkept:
    """Do all jobs, also those behind one that could not be done."""
    result = Upkept()
    for name, job in todo.items():
        try:
            result.done[name] = job()
        except VariorumError as error:
            result.failed[name] = str(error)
    return result
