"""`ingest` as a Prefect flow: the same steps as flows/steps.py, in tasks of 200 works, never of one page.

The archive is the only state: Prefect persists and caches nothing, a run that was killed is run again, and what fails
on one page is a value in the report (docs/prefect.md).
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from contextvars import ContextVar
from typing import Any

from flows.discovery import Progress
from flows.steps import BATCH, Ingest, silent
from flows.unwatched import NO_CACHE, create_markdown_artifact, flow, tags, task
from variorum.errors import StorageError
from variorum.records import Report
from variorum.settings import Settings

PER_TASK = 10 * BATCH
#: The run in hand: no argument of the tasks, for Prefect would walk through it, and it cannot be pickled.
_job: ContextVar[Ingest] = ContextVar("_job")
_progress: ContextVar[Progress] = ContextVar("_progress", default=silent)


def is_transient(_task: object, _run: object, state: Any) -> bool:
    """Return whether a failed task is worth another attempt: another process holds the archive."""
    return isinstance(state.data, StorageError) and "is held by another process" in str(state.data)


@task(name="open", retries=3, retry_delay_seconds=[5, 15, 45], retry_condition_fn=is_transient, cache_policy=NO_CACHE)
def open_archive() -> None:
    """Begin a run; nothing was done yet, so this alone may be tried again."""
    _job.get().__enter__()


@task(name="discover", persist_result=False, cache_policy=NO_CACHE)
def discover() -> None:
    """Ask the listers."""
    _job.get().discover()


@task(name="archive", task_run_name="archive {first}-{last}", persist_result=False, cache_policy=NO_CACHE)
def archive(first: int, last: int) -> None:
    """Fetch and write the works from number *first* to *last*, counted from 1."""
    job = _job.get()
    for start in range(first - 1, last, BATCH):
        job.ingest(job.entries[start : min(start + BATCH, last)])


@flow(name="ingest-blog", flow_run_name="ingest {source}", persist_result=False)
def ingest_blog(
    source: str, folder: str = "archive", limit: int | None = None, full: bool = False, settings: Settings | None = None
) -> Report:
    """Ingest one source (slug, id or URL). Without *settings*, those of the environment that it runs in."""
    job = Ingest(folder, source, settings or Settings.from_environment(), limit, full, _progress.get())
    _job.set(job)
    with tags(f"source:{source}"), ExitStack() as stack:
        open_archive()
        stack.push(job)  # to be closed, however this ends
        discover()
        for first in range(1, len(job.entries) + 1, PER_TASK):
            archive(first, min(first + PER_TASK - 1, len(job.entries)))
        report = job.finish()
    create_markdown_artifact(summary(report), key=re.sub("[^a-z0-9]+", "-", f"ingest-{report.source}".lower()))
    return report


def summary(report: Report) -> str:
    """Return a report in Markdown, every page that failed included."""
    told = [f"{report.found} listed, {report.fetched} requests, {len(report.failed)} failed"]
    told += [f"posts {kind}: {number}" for kind, number in report.posts.items()]
    told += [f"comments {kind}: {number}" for kind, number in report.comments.items()]
    told += [*report.warnings, *(f"{page.status or '–'} <{page.url}> {page.error or ''}" for page in report.failed)]
    return "\n- ".join([f"# {report.source}\n", *told])


def run_with_prefect(
    folder: str,
    source_key: str,
    settings: Settings,
    *,
    limit: int | None = None,
    full: bool = False,
    progress: Progress = silent,
) -> Report:
    """Do what `flows.steps.ingest` does, with the same arguments, result and errors, as a flow run."""
    _progress.set(progress)
    return ingest_blog(source_key, folder, limit, full, settings)
