"""Killed anywhere and run again, nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows import steps
from storage.archive import Archive
from tests.lab import Lab
from variorum.settings import Settings

pytestmark = [pytest.mark.lab, pytest.mark.slow]

ROOT = Path(__file__).parent.parent.parent
KILLS = 50
_INGEST = """
import sys
from flows import steps
from variorum.settings import Settings
steps.ingest(*sys.argv[1:3], Settings())
"""
#: Fields of a record that tell what is archived; the others tell when and where, and differ from run to run.
_WHAT = (
    "work_type version_no kind url title text text_sha256 markdown authors published modified tags categories lang "
    "links images removed comment"
).split()


@pytest.fixture
def lab_site() -> Iterator[Lab]:
    """A small WordPress of the test's own."""
    with Lab(os.environ["VARIORUM_LAB"], f"crash-{os.getpid()}-{secrets.token_hex(3)}") as site:
        yield site.start(posts=8, hot=24)


def test_killed_ingests_leave_the_archive_of_an_undisturbed_one(lab_site: Lab, tmp_path: Path) -> None:
    """Each archive suffers kills until one ingest outlives its time, and then a last ingest that nobody disturbs."""
    dice = random.Random(2026)
    calm = str(tmp_path / "calm")
    span_s = _seconds_of_an_ingest(calm, lab_site.url)
    killed = number = 0
    while killed < KILLS:
        shaken = str(tmp_path / f"shaken{number}")
        number += 1
        for _ in range(8):
            if not _kill_one(shaken, lab_site.url, dice.uniform(0.3, 0.95) * span_s):
                break
            killed += 1
        steps.ingest(shaken, lab_site.url, Settings())
        with Archive.open(shaken) as archive:
            assert archive.check(deep=True) == []
        assert _told(shaken) == _told(calm)
    print(f"{killed} ingests were killed, {number} archives are whole")


def _seconds_of_an_ingest(folder: str, url: str) -> float:
    start = time.monotonic()
    subprocess.run([sys.executable, "-c", _INGEST, folder, url], cwd=ROOT, check=True, timeout=120)
    return time.monotonic() - start


def _kill_one(folder: str, url: str, after_s: float) -> bool:
    """Begin an ingest and kill it; return whether it was still at it."""
    process = subprocess.Popen([sys.executable, "-c", _INGEST, folder, url], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        process.wait(timeout=after_s)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def _told(folder: str) -> list[str]:
    """Return what the records of an archive say, without the times and places that differ from run to run."""
    with Archive.open(folder) as archive:
        records = [{name: record.get(name) for name in _WHAT} for record in archive.records()]
    return sorted(json.dumps(record, sort_keys=True, ensure_ascii=False) for record in records)
