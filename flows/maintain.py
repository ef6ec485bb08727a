"""The upkeep of an archive as a Prefect flow: the jobs of flows/upkeep.py, a task each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flows.ingest import is_transient
from flows.steps import silent
from flows.unwatched import NO_CACHE, create_markdown_artifact, flow, task
from flows.upkeep import Job, jobs, keep_up
from variorum.errors import StorageError


@flow(name="maintain", flow_run_name="maintain {folder}", persist_result=False)
def maintain(
    folder: str = "archive", backup_to: str | None = None, prune_days: dict[str, int] | None = None
) -> dict[str, str]:
    """Do what is due; a job that fails does not keep the others from being done, and fails the run in the end."""
    result = keep_up(
        {name: _as_task(name, job) for name, job in jobs(folder, backup_to=backup_to, prune_days=prune_days).items()}
    )
    create_markdown_artifact(result.text(), key="upkeep")
    if result.failed:
        raise StorageError("; ".join(f"{name}: {said}" for name, said in result.failed.items()))
    return result.done


def _as_task(name: str, job: Job) -> Callable[[], str]:
    done: Callable[[], str] = task(
        name=name, retries=3, retry_delay_seconds=[5, 15, 45], retry_condition_fn=is_transient, cache_policy=NO_CACHE,
        persist_result=False,
    )(partial(job, silent))  # fmt: skip
    return done
