"""Killed anywhere and run again, nothing is lost and nothing is doubled."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import secrets
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flows import steps
from storage.archive import Archive
from tests.lab import Lab
from variorum.settings import Settings

pytestmark = [pytest.mark.lab, pytest.mark.slow]

KILLS = 50
ARCHIVES = 3  #: that suffer kills, each beside one that does not
#: What changes on the blog before each round; the first finds it as it was seeded.
ROUNDS: tuple[tuple[tuple[str, dict[str, object]], ...], ...] = (
    (),
    (
        ("edit-post", {"post": 4, "how": "add"}),
        ("edit-post", {"post": 5, "how": "rewrite"}),
        ("retitle", {"post": 6, "title": "「別の題」"}),
        ("slug", {"post": 8, "slug": "somewhere-else"}),
        ("add-comment", {"post": 10, "count": 3}),
        ("edit-comment", {"comment": 2, "text": "I looked it up: it was number 66."}),
        ("delete-comment", {"comment": 11}),
    ),
    (
        ("trash-post", {"post": 11}),
        ("gone-post", {"post": 9}),
        ("add-post", {"lang": "ar"}),
        ("edit-post", {"post": 4, "how": "drop"}),
        ("undelete-comment", {"comment": 11}),
        ("add-comment", {"post": 7, "text": "Two more.", "author": "Ann", "count": 2}),
    ),
)
#: Fields of a record that tell what is archived; the others tell when and where, and differ from run to run. So do the
#: witnesses: where a killed run had fetched a feed, the next one hears 304 of it and does not count it (`_fresh`).
_WHAT = (
    "work_type native_id source_url version_no kind reason state url title text text_sha256 text_len markdown authors "
    "published modified tags categories lang links images removed platform comment comments field_sources "
    "disagreements"
).split()
_WHAT_OF_THREAD = ("post_native_id", "post_url", "parent_native_id", "depth", "position")
_fork = multiprocessing.get_context("fork")  # the modules are loaded: a kill falls into the ingest, not into imports


@pytest.fixture
def lab_site() -> Iterator[Lab]:
    """A small WordPress of the test's own."""
    with Lab(os.environ["VARIORUM_LAB"], f"crash-{os.getpid()}-{secrets.token_hex(3)}") as site:
        yield site.start(posts=8, hot=24)


def test_killed_ingests_leave_the_archive_of_an_undisturbed_one(lab_site: Lab, tmp_path: Path) -> None:
    """Round by round the blog changes; one archive is left in peace, the others are killed again and again."""
    dice = random.Random(2026)
    calm = str(tmp_path / "calm")
    shaken = [str(tmp_path / f"shaken{number}") for number in range(ARCHIVES)]
    killed = [0] * len(ROUNDS)
    for number, mutations in enumerate(ROUNDS):
        for action, values in mutations:
            lab_site.mutate(action, **values)
        span_s = _seconds_of_an_ingest(calm, lab_site.url)
        for turn in range(10 * KILLS):
            if killed[number] * len(ROUNDS) >= KILLS:
                break
            killed[number] += _kill_one(shaken[turn % ARCHIVES], lab_site.url, dice.random() * span_s)
        for folder in shaken:
            assert steps.ingest(folder, lab_site.url, Settings()).failed == ()
            assert _told(folder) == _told(calm), f"{folder} in round {number}"
    for folder in (calm, *shaken):
        with Archive.open(folder) as archive:
            assert archive.check(deep=True) == []
    print(f"{sum(killed)} ingests were killed, {killed} a round; {ARCHIVES} archives are as the undisturbed one")
    assert sum(killed) >= KILLS


def test_a_run_that_dies_with_the_listings_in_its_hands_loses_no_change(lab_site: Lab, tmp_path: Path) -> None:
    """The next run finds the listings as the dead one left them: that vouches for nothing."""
    folder = str(tmp_path / "archive")
    steps.ingest(folder, lab_site.url, Settings())
    lab_site.mutate("edit-post", post=4, how="add")
    lab_site.mutate("add-comment", post=4, text="One more voice.", author="Ann")
    process = _fork.Process(target=_die_after_discovery, args=(folder, lab_site.url))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    report = steps.ingest(folder, lab_site.url, Settings())
    assert (report.posts.get("source"), report.comments.get("first")) == (1, 1)


def _die_after_discovery(folder: str, url: str) -> None:
    with steps.Ingest(folder, url, Settings()) as job:
        job.discover()
        os.kill(os.getpid(), signal.SIGKILL)


def _seconds_of_an_ingest(folder: str, url: str) -> float:
    start = time.monotonic()
    assert steps.ingest(folder, url, Settings()).failed == ()
    return time.monotonic() - start


def _kill_one(folder: str, url: str, after_s: float) -> bool:
    """Begin an ingest in a process of its own and kill it; return whether it was still at it."""
    process = _fork.Process(target=steps.ingest, args=(folder, url, Settings()))
    process.start()
    process.join(after_s)
    process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


def _told(folder: str) -> list[str]:
    """Return what the records of an archive say, without the times and places that differ from run to run."""
    with Archive.open(folder) as archive:
        return sorted(json.dumps(_what(record), sort_keys=True, ensure_ascii=False) for record in archive.records())


def _what(record: dict[str, Any]) -> dict[str, Any]:
    thread = record["thread"] or {}
    return {
        **{name: record.get(name) for name in _WHAT},
        **{name: thread.get(name) for name in _WHAT_OF_THREAD},
        "aliases": sorted({alias["url"] for alias in record["aliases"]}),
    }
