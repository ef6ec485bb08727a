"""What may go and what never does; the archive is sound and the same to its readers afterwards."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import retention
from storage.export import export_warc
from storage.retention import Needed, Policy, droppable, prune
from tests.storage.made import HOME, Blog, comment, exchange, update
from variorum.errors import StorageError, UsageError

YEAR = timedelta(days=30)  # what the made-up blog has is older than that
ALL = Policy(unchanged=YEAR, failed=YEAR, captures=YEAR)
PAGE = f"{HOME}hello/"


@pytest.fixture
def old(blog: Blog) -> Blog:
    """A page seen often: the same, the same in other bytes, edited, failing; a comment, a redirect; all long ago."""
    first, *_ = blog.keep(*(exchange(PAGE, b"one " * 99, hours=hour) for hour in range(5)))
    blog.keep(exchange(PAGE, status=304, hours=5), exchange(PAGE, status=None, error="timeout", hours=6))
    blog.keep(
        *(exchange(PAGE, b"busy", status=503, hours=hour) for hour in (7, 8, 9)),
        *(exchange(PAGE, f"one, nonce {hour} ".encode() * 99, hours=hour) for hour in range(10, 16)),
        exchange(f"{HOME}old", b"", status=301, hours=9),
    )
    (edited,) = blog.keep(exchange(PAGE, b"two " * 99, hours=20))
    blog.keep(*(exchange(PAGE, b"two " * 99, hours=hour) for hour in range(21, 25)))
    one: dict[str, Any] = {"captures": [first.capture_id], "visit_ids": (first.id,)}
    two: dict[str, Any] = {"captures": [edited.capture_id], "visit_ids": (edited.id,), "hours": 20}
    blog.write(update(blog.source_id, text="One", **one), comment(blog.source_id, "7", text="Hi", **one))
    blog.write(update(blog.source_id, "same", "One", hours=15))  # the last that was seen of it
    blog.write(update(blog.source_id, "source", "Two", **two))
    blog.writer.end_run(blog.run_id, None)
    blog.writer.segments.close()
    return blog


def visits(blog: Blog) -> list[int]:
    return [row["id"] for row in blog.archive.database.all("SELECT id FROM visit ORDER BY id")]


def answers(blog: Blog) -> Any:
    """Return what readers are told of texts, without places in files."""
    records = [
        {**record, "capture": record["capture"] and {**record["capture"], "warc": None}}
        for record in blog.archive.records()
    ]
    captures = [capture["id"] for record in records if (capture := record["capture"])]
    return records, [blog.archive.body(number).body for number in captures]


def test_what_nothing_rests_on_goes(old: Blog) -> None:
    before, told, size = visits(old), answers(old), sum(path.stat().st_size for path in segments(old))
    seen = prune(old.archive, None, ALL, dry_run=True)
    assert visits(old) == before and old.archive.check(deep=True) == []
    done = prune(old.archive, None, ALL)
    assert dict(done.visits) == dict(seen.visits) == {"unchanged": 7, "failed": 4, "captures": 5}
    assert done.captures == seen.captures == 6
    assert len(visits(old)) == len(before) - 16
    assert answers(old) == told
    assert old.archive.check(deep=True) == []
    assert (done.segments, done.kept) == (1, ())
    assert sum(path.stat().st_size for path in segments(old)) == size - done.freed_bytes < size
    assert old.archive.leftovers() == []
    rows = old.archive.database.all("SELECT detail FROM event WHERE kind = 'pruned'")
    assert sum(sum(json.loads(row["detail"])["visits"].values()) for row in rows) == 16
    again = prune(old.archive, None, ALL)
    assert (dict(again.visits), again.segments) == ({}, 0)
    assert export_warc(old.archive, old.folder.parent / "warcs").count == 2 * len(
        old.archive.database.all("SELECT id FROM visit WHERE warc_file IS NOT NULL")
    )
    assert old.archive.compact().records > 0
    assert old.archive.check(deep=True) == []


def segments(blog: Blog) -> list[Any]:
    return sorted((blog.folder / "warc").glob("*.warc.gz"))


def test_young_visits_stay_and_a_rule_that_is_not_named_holds_for_nothing(old: Blog) -> None:
    for policy in (Policy(unchanged=timedelta(days=99_999)), Policy(failed=timedelta(days=99_999))):
        assert dict(prune(old.archive, None, policy).visits) == {}
    assert dict(prune(old.archive, "blog.example", Policy(failed=YEAR)).visits) == {"failed": 4}
    with pytest.raises(UsageError, match="name an age"):
        prune(old.archive, None, Policy())
    with pytest.raises(UsageError, match="less than a day"):
        prune(old.archive, None, Policy(unchanged=timedelta(hours=2)))


def test_records_in_packs_go_only_where_the_packs_are_taken_apart(old: Blog) -> None:
    old.archive.compact()
    told = answers(old)
    done = prune(old.archive, None, ALL)
    assert (done.in_packs, done.segments) == (15, 0)
    assert old.archive.check(deep=True) == []
    assert answers(old) == told


def test_packs_are_taken_apart_where_it_is_asked_for(old: Blog) -> None:
    old.archive.compact()
    told = answers(old)
    done = prune(old.archive, None, ALL, repack=True)
    assert (done.in_packs, done.segments) == (0, 1)
    assert old.archive.check(deep=True) == [] and old.archive.leftovers() == []
    assert answers(old) == told
    old.archive.compact()
    assert old.archive.check(deep=True) == []
    assert answers(old) == told


def test_a_segment_that_is_written_is_left_for_the_next_time(old: Blog) -> None:
    from storage.warc import lock

    with segments(old)[0].open("rb") as held:
        assert lock(held)
        assert prune(old.archive, None, ALL).kept == (segments(old)[0].name,)
        assert old.archive.check(deep=True) == []
    done = prune(old.archive, None, ALL)
    assert (dict(done.visits), done.segments, done.kept) == ({}, 1, ())
    assert old.archive.check(deep=True) == [] and old.archive.leftovers() == []


class Killed(BaseException):
    """Ends a process in a test."""


@pytest.mark.parametrize(("name", "times"), [("append_event", 3), ("_copy", 1), ("sync_path", 1), ("files_go", 1)])
def test_interrupted_it_goes_on(old: Blog, monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> None:
    told, real, left = answers(old), getattr(retention, name), [times]
    monkeypatch.setattr(retention, "chunks", lambda ones: (ones[at : at + 3] for at in range(0, len(ones), 3)))

    def dies(*args: Any, **more: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return real(*args, **more)

    monkeypatch.setattr(retention, name, dies)
    try:
        prune(old.archive, None, ALL)
    except Killed:
        assert old.archive.check(deep=True) == []
        assert answers(old) == told
    monkeypatch.setattr(retention, name, real)
    prune(old.archive, None, ALL)
    assert visits(old) == [1, 6, 16, 17, 18, 22]
    assert old.archive.check(deep=True) == [] and old.archive.leftovers() == []
    assert answers(old) == told


def test_only_one_at_a_time(old: Blog) -> None:
    from storage.locks import alone

    (old.folder / "packs").mkdir()
    with alone(old.folder / "packs", "compact"), pytest.raises(StorageError, match="another process"):
        prune(old.archive, None, ALL)


def test_what_was_taken_down_is_left(old: Blog) -> None:
    first = old.archive.database.one("SELECT min(id) AS id FROM capture WHERE status = 503")
    assert first is not None
    old.writer.database.insert(
        "takedown",
        {
            "work_id": 1,
            "level": "hide",
            "thread": 0,
            "reason": "asked",
            "by_whom": "Ann",
            "at": "2026",
            "done_at": "2026",
        },
    )
    old.writer.database.insert("takedown_capture", {"capture_id": first["id"], "takedown_id": 1}, key=None)
    assert dict(prune(old.archive, None, Policy(failed=YEAR), dry_run=True).visits) == {"failed": 1}


# ------------------------------------------------------------------------------------------------ the choice
def row(number: int, **told: Any) -> Mapping[str, Any]:
    values = {"id": number, "requested_at": f"2020-01-{number:02}", "status": 200, "error": None, "capture_id": None,
              "unchanged": 0, "good": 1, "revisit_of": None, "warc_record_id": f"r{number}",
              "first_record_id": None}  # fmt: skip
    return {**values, **told}


@given(st.lists(st.integers(0, 4), max_size=12), st.sets(st.integers(1, 12)), st.sets(st.integers(0, 3)))
def test_the_choice_keeps_what_is_needed(bodies: list[int], visits: set[int], captures: set[int]) -> None:
    """4 stands for a failure; a body as at the good visit before is a revisit."""
    made: list[Mapping[str, Any]] = []
    records: dict[int, str] = {}
    for number, body in enumerate(bodies, 1):
        if body == 4:
            made.append(row(number, status=503, good=0))
            continue
        good = [visit for visit in made if visit["good"]]
        same = bool(good) and good[-1]["capture_id"] == body
        first = records.setdefault(body, f"r{number}")
        made.append(row(number, capture_id=body, unchanged=int(same), first_record_id=first,
                        revisit_of=good[-1]["revisit_of"] or good[-1]["warc_record_id"] if same else None))  # fmt: skip
    before = dict.fromkeys(("unchanged", "failed", "captures"), "9999")
    gone = {visit["id"] for visit, _ in droppable(made, before, Needed(visits, captures))}
    stay = [visit for visit in made if visit["id"] not in gone]
    assert not gone & visits
    assert {visit["capture_id"] for visit in made if visit["capture_id"] in captures} <= {
        visit["capture_id"] for visit in stay
    }
    names = {visit["warc_record_id"] for visit in stay}
    assert {visit["revisit_of"] for visit in stay} - {None} <= names, "a revisit without the response that it repeats"
    assert {visit["first_record_id"] for visit in stay} - {None} <= names, "a capture without its record"
    good = [visit for visit in made if visit["good"]]
    assert {visit["id"] for visit in (*made[:1], *made[-1:], *good[:1], *good[-1:])} <= {visit["id"] for visit in stay}
