"""Say that two works are one, or that they are not after all: what `variorum merge` does (storage/merging.py)."""

from __future__ import annotations

from storage.archive import Archive
from storage.rows import Merge, Work
from variorum.errors import UsageError
from variorum.records import Decision, WorkUpdate
from variorum.times import utc_now


def merge(folder: str, key: str, into: str, reason: str, by: str) -> Merge:
    """Merge a post into another one of the same source; where that was done already, return the merge that stands.

    Args:
        folder: The archive.
        key: The post that is given up, as for `Archive.find_work`.
        into: The one that goes on.
        reason: Why, for whoever asks later.
        by: Who says so.

    Raises:
        UsageError: One of them is not known, or they cannot be one work.
    """
    with Archive.open(folder) as archive, archive.writer() as writer:
        work, other = archive.find_work(key), archive.find_work(into)
        for standing in archive.merges(work_id=work.id):
            if standing.into_id == other.id:
                return standing
        _check(work, other)
        run_id = writer.begin_run(work.source_id, "merge")
        update = WorkUpdate(
            source_id=work.source_id,
            work_id=work.id,
            work_type=work.work_type,
            native_id=work.native_id,
            url=work.url,
            observed_at=utc_now(),
            decision=Decision(kind="merged", reason=f"the same as {other.url}: {reason}"),
            state="merged",
            merged_into=other.id,
            merged_by=by,
        )
        writer.write(run_id, [update])
        writer.end_run(run_id, None)
        return archive.merges(work_id=work.id)[0]


def _check(work: Work, other: Work) -> None:
    if work.id == other.id:
        raise UsageError(f"{work.url} and {other.url} are one work already")
    if "comment" in (work.work_type, other.work_type):
        raise UsageError("a comment is known by its post and its number: merge the posts, its thread goes with them")
    if work.source_id != other.source_id:
        raise UsageError(f"{work.url} and {other.url} are of two blogs: `variorum duplicates` marks what they share")
    for one in (work, other):
        if one.takedown is not None:
            raise UsageError(f"{one.url} was taken down: lift that first (variorum takedown --undo)")
        if one.state == "merged":
            raise UsageError(f"{one.url} was merged into another post already: `variorum merge` lists into which")
    if not work.versions:
        raise UsageError(f"{work.url} was never seen open: there is nothing to merge")


def undo(folder: str, key: str, reason: str, by: str) -> Merge:
    """Say that a merge does not hold: the work goes on with the words that it had last.

    Args:
        folder: The archive.
        key: The number or an address of the work that was given up.
        reason: Why.
        by: Who says so.

    Raises:
        UsageError: It was not merged.
    """
    with Archive.open(folder) as archive, archive.writer() as writer:
        standing = archive.merges()
        number = archive.find_work(key).id
        found = next((item for item in standing if number == item.work_id or key == item.url), None)
        if found is None:
            raise UsageError(f"{key} was not merged; `variorum merge` lists what was, with the number of each")
        run_id = writer.begin_run(archive.work(found.work_id).source_id, "merge")
        writer.unmerge(run_id, found, reason=reason, by=by)
        writer.end_run(run_id, None)
        return found
