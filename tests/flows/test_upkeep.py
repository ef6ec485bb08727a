"""The upkeep of an archive: all that is due is done, in order, and what fails is told and stops nothing."""

from __future__ import annotations

import inspect
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from flows.steps import silent
from flows.upkeep import Upkept, jobs, keep_up
from storage.archive import Archive
from tests.conftest import Settle
from tests.storage.made import HOME, Blog, exchange, update

ROOT = Path(__file__).parents[2]
PRUNE = {"unchanged": 30, "failed": 30, "captures": 30}


@pytest.fixture
def folder(tmp_path: Path, settle: Settle) -> Path:
    """An archive with something to do for each job."""
    blog = Blog(settle(tmp_path / "archive"))
    page, *_ = blog.keep(*(exchange(f"{HOME}hello/", b"page " * 200, hours=hour) for hour in range(6)))
    for native in ("1", "2"):
        told = update(blog.source_id, text="The very same words. " * 20, native_id=native, url=f"{HOME}{native}/",
                      captures=[page.capture_id], visit_ids=(page.id,))  # fmt: skip
        blog.write(told)
    blog.close()
    return blog.folder


def done(folder: Path, backup: Path) -> Upkept:
    todo = jobs(str(folder), backup_to=str(backup), prune_days=PRUNE)
    return keep_up({name: partial(job, silent) for name, job in todo.items()})


def test_all_that_is_due_is_done(folder: Path, tmp_path: Path) -> None:
    result = done(folder, tmp_path / "copy")
    with Archive.open(folder) as archive:
        copied = {"backup": "5 files"} if archive.database.dialect == "sqlite" else {}
        assert archive.uncompared() == 0
        assert archive.check(deep=True) == []
        assert [path.suffix for path in (folder / "warc").iterdir()] == []
    assert list(result.done) == ["prune", "compact", "duplicates", "seal", *copied]
    assert result.done["prune"].startswith("4 visits went")
    assert result.done["compact"].startswith("1 WARC files of")
    assert result.done["duplicates"] == "2 texts compared, 1 pairs alike"
    if copied:
        with Archive.open(tmp_path / "copy") as copy:
            assert copy.check(deep=True) == []
    else:
        assert "pg_dump" in result.failed["backup"]
        assert "- backup failed: " in result.text()


def test_what_fails_stops_nothing(folder: Path, tmp_path: Path) -> None:
    from storage.locks import alone

    (folder / "packs").mkdir()
    with alone(folder / "packs", "compact"):
        result = done(folder, tmp_path / "copy")
    assert {"prune", "compact"} <= result.failed.keys()
    assert {"duplicates", "seal"} <= result.done.keys()


def test_nothing_is_dropped_or_copied_unless_asked_for() -> None:
    assert list(jobs("archive")) == ["compact", "duplicates", "seal"]


def test_every_deployment_names_a_flow_and_its_parameters() -> None:
    told = yaml.safe_load((ROOT / "deployments" / "prefect.yaml").read_text(encoding="utf-8"))
    assert {item["name"] for item in told["deployments"]} == {"ingest", "maintain"}
    for item in told["deployments"]:
        path, _, name = item["entrypoint"].partition(":")
        flow = getattr(import_module(path.removesuffix(".py").replace("/", ".")), name)
        assert item["parameters"].keys() <= inspect.signature(flow.fn).parameters.keys()
