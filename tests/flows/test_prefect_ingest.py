"""`run_with_prefect` does what the plain path does, and Prefect stays out of everything else.

One Prefect server is started inside this process for all tests: that takes some ten seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from demo import recording, server
from flows.steps import Entry, Ingest, ingest
from storage.archive import Archive
from variorum.errors import StorageError, UsageError
from variorum.records import Report
from variorum.settings import Settings

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module", autouse=True)
def prefect_server() -> Iterator[None]:
    from prefect.testing.utilities import prefect_test_harness

    import flows.ingest  # noqa: F401  # sets Prefect's defaults before Prefect is imported

    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def blog() -> Iterator[server.SampleServer]:
    with server.serve(recording.read()) as served:
        yield served


def works(folder: Path) -> list[Any]:
    with Archive.open(str(folder)) as archive:
        return [(work.work_type, work.native_id, work.url, work.state) for work in archive.works()]


def test_both_paths_give_the_same_report_and_archive(tmp_path: Path, blog: server.SampleServer) -> None:
    from flows.ingest import run_with_prefect

    plain, flow = tmp_path / "plain", tmp_path / "flow"
    for served in (1, 2, 2):
        blog.round = served
        one = ingest(str(plain), blog.url, Settings())
        other = run_with_prefect(str(flow), blog.url, Settings())
        assert replace(one, started_at=other.started_at, ended_at=other.ended_at) == other
    assert other.found > 5
    assert works(plain) == works(flow)


def test_progress_and_limit_reach_the_steps(tmp_path: Path, blog: server.SampleServer) -> None:
    from flows.ingest import run_with_prefect

    told: list[tuple[str, int, int | None]] = []
    report = run_with_prefect(str(tmp_path), blog.url, Settings(), limit=2, progress=lambda *step: told.append(step))
    assert report.capped == report.found - 2
    assert ("archiving", 2, 2) in told


def test_works_are_laid_in_tasks_of_many(
    tmp_path: Path, blog: server.SampleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.ingest as module

    batches: list[int] = []
    plain = Ingest.ingest

    def counted(job: Ingest, batch: Sequence[Entry]) -> None:
        batches.append(len(batch))
        plain(job, batch)

    monkeypatch.setattr(Ingest, "ingest", counted)
    monkeypatch.setattr(module, "BATCH", 2)
    monkeypatch.setattr(module, "PER_TASK", 4)
    report = module.run_with_prefect(str(tmp_path), blog.url, Settings())
    assert sum(batches) == report.found
    assert max(batches) == 2


def test_bad_usage_is_the_same_error_as_on_the_plain_path(tmp_path: Path) -> None:
    from flows.ingest import run_with_prefect

    with pytest.raises(UsageError, match="nonsense"):
        run_with_prefect(str(tmp_path), "nonsense", Settings())


def test_a_failed_run_is_closed_and_run_again(
    tmp_path: Path, blog: server.SampleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.ingest as module

    def stop(_job: object, _batch: object) -> None:
        raise StorageError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Ingest, "ingest", stop)
        with pytest.raises(StorageError, match="the disk is full"):
            module.run_with_prefect(str(tmp_path), blog.url, Settings())
    report = module.run_with_prefect(str(tmp_path), blog.url, Settings())
    assert report.posts["first"] > 5


def test_an_archive_held_by_another_process_is_tried_again(
    tmp_path: Path, blog: server.SampleServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    import flows.ingest as module

    plain, errors = Ingest.__enter__, [StorageError("a is held by another process for longer than 30 s")]
    monkeypatch.setattr(module.open_archive, "retry_delay_seconds", [0, 0, 0])

    def enter(job: Ingest) -> Ingest:
        if errors:
            raise errors.pop()
        return plain(job)

    monkeypatch.setattr(Ingest, "__enter__", enter)
    assert module.run_with_prefect(str(tmp_path), blog.url, Settings(), limit=1).found > 5


def test_an_operators_own_settings_stand() -> None:
    env = os.environ | {"PREFECT_LOGGING_LEVEL": "DEBUG"}
    code = "import os, flows.ingest; print(os.environ['PREFECT_LOGGING_LEVEL'], os.environ['DO_NOT_TRACK'])"
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["DEBUG", "1"]


def test_the_summary_names_what_failed() -> None:
    from datetime import UTC, datetime

    from flows.ingest import summary
    from variorum.records import Outcome

    at = datetime(2026, 1, 2, tzinfo=UTC)
    failed = (Outcome("https://b.example/x", 500, "error", "the server answers 500"),)
    text = summary(Report(source="b", started_at=at, ended_at=at, found=3, posts={"first": 2}, failed=failed))
    assert text.startswith("# b\n")
    assert "- posts first: 2" in text
    assert "500 <https://b.example/x> the server answers 500" in text


def test_upkeep_as_a_flow(tmp_path: Path, blog: server.SampleServer) -> None:
    from flows.maintain import maintain

    ingest(str(tmp_path / "archive"), blog.url, Settings())
    told = maintain(str(tmp_path / "archive"), str(tmp_path / "copy"))
    assert list(told) == ["compact", "duplicates", "seal", "backup"]
    with pytest.raises(StorageError, match=r"backup: .*no backup"):
        (tmp_path / "other").mkdir()
        (tmp_path / "other" / "letter.txt").write_text("mine")
        maintain(str(tmp_path / "archive"), str(tmp_path / "other"))
