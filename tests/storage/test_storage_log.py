"""The log of events as a Merkle tree: sealed, proved, and any hand laid on it found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.engines.database import Database
from storage.events import chain, event_bytes
from storage.proof import merkle
from storage.proof.log import Log, TreeHead
from storage.reading import to_text
from tests.storage.made import Blog, at
from variorum.errors import UsageError
from variorum.times import utc_now

WHEN = "2026-01-01T00:00:00.000000Z"


def grow(database: Database, count: int) -> None:
    """Append events, many at a time."""
    row = database.one("SELECT seq, chain FROM event ORDER BY seq DESC LIMIT 1")
    assert row is not None
    seq, before, rows = row["seq"], row["chain"], []
    for number in range(count):
        told = {"at": WHEN, "kind": "tried", "source_id": None, "work_id": None, "detail": f'{{"number":{number}}}'}
        before = chain(before, {"seq": seq + number + 1, **told})
        rows.append({"seq": seq + number + 1, **told, "chain": before})
    with database.transaction():
        database.run_many(
            """INSERT INTO event (seq, at, kind, source_id, work_id, detail, chain)
               VALUES (:seq, :at, :kind, :source_id, :work_id, :detail, :chain)""",
            rows,
        )


def proved(log: Log, seq: int, head: TreeHead) -> bool:
    """Whether a proof leads from the event's own bytes to the head."""
    row = log.database.one("SELECT * FROM event WHERE seq = :seq", seq=seq)
    assert row is not None
    proof = log.inclusion(seq, head)
    leaf = merkle.leaf_hash(event_bytes(row))
    assert proof.leaf == leaf.hex()
    return merkle.root_of(seq - 1, head.size, leaf, [bytes.fromhex(step) for step in proof.path]).hex() == head.root


@pytest.mark.parametrize("more", [0, 250, 253, 254, 700, 66_000])
def test_events_are_proved_by_a_head(blog: Blog, more: int) -> None:
    database = blog.writer.database
    grow(database, more)
    head = Log(database).seal(at(0))
    assert head.size == Log(database).size() == more + 3
    grow(database, 3)
    fresh = Log(database, upto=head.size)
    asked = {1, 2, head.size // 2, head.size - 1, head.size, 256, 257} & set(range(1, head.size + 1))
    assert all(proved(fresh, seq, head) for seq in asked)
    kept = database.one("SELECT count(*) AS n FROM log_node")
    assert kept is not None
    assert kept["n"] == (head.size >> 8) + (head.size >> 16)
    assert blog.archive.check() == []


def test_what_was_sealed_is_the_beginning_of_what_came_later(blog: Blog) -> None:
    database = blog.writer.database
    log = Log(database)
    heads = []
    for more in (0, 1, 252, 1, 3, 500, 7):
        grow(database, more)
        heads.append(log.seal(at(0)))
    assert [head.size for head in heads] == [3, 4, 256, 257, 260, 760, 767]
    assert log.heads() == heads
    for old in heads:
        for new in heads:
            if old.size > new.size:
                with pytest.raises(UsageError, match="cannot begin"):
                    log.consistency(old, new)
                continue
            proof = log.consistency(old, new)
            path = [bytes.fromhex(step) for step in proof.path]
            roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
            assert merkle.is_consistent(old.size, new.size, *roots, path)
    assert all(proved(log, seq, heads[-1]) for seq in range(1, 768, 13))


def test_the_first_seal_of_a_long_log_says_how_far_it_is(blog: Blog) -> None:
    grow(blog.writer.database, 1_500)
    told: list[tuple[str, int, int | None]] = []
    head = Log(blog.writer.database).seal(at(0), lambda *args: told.append(args))
    assert [done for _, done, _ in told] == [256, 512, 768, 1_024, 1_280]
    assert {(phase, total) for phase, _, total in told} == {("events", head.size)}


def test_to_seal_again_changes_nothing(blog: Blog) -> None:
    log = Log(blog.writer.database)
    head = log.seal(at(0))
    assert log.seal(at(5)) == head
    assert len(log.heads()) == 1


def test_the_end_of_a_run_seals_the_day(blog: Blog) -> None:
    blog.writer.end_run(blog.run_id, None)
    log = Log(blog.writer.database)
    (head,) = log.heads()
    assert head.size == log.size()
    blog.writer.end_run(blog.writer.begin_run(blog.source_id, "ingest"), None)
    assert log.heads() == [head], "a head a day is enough"
    grow(blog.writer.database, 3)
    blog.writer.end_run(blog.writer.begin_run(blog.source_id, "ingest"), None)
    assert log.heads()[-1].size == log.size(), "but not if the log has doubled"
    head = log.heads()[-1]
    yesterday = to_text(utc_now() - timedelta(days=1, minutes=1))
    blog.writer.database.run("UPDATE tree_head SET at = :at", at=yesterday)
    blog.writer.end_run(blog.writer.begin_run(blog.source_id, "ingest"), None)
    assert log.heads()[-1].size == log.size() > head.size


def test_what_is_not_sealed_cannot_be_proved(blog: Blog) -> None:
    log = Log(blog.writer.database)
    with pytest.raises(UsageError, match="never sealed"):
        log.inclusion(1)
    log.seal(at(0))
    grow(blog.writer.database, 1)
    with pytest.raises(UsageError, match="log --seal` makes a new head"):
        log.inclusion(4)
    with pytest.raises(UsageError, match="not among"):
        log.inclusion(99)
    with pytest.raises(UsageError, match="not sealed at 99"):
        log.head(99)


@pytest.mark.parametrize(
    ("damage", "where"),
    [
        ("UPDATE tree_head SET root = :zero", "head of"),
        ("UPDATE log_node SET hash = :zero WHERE number = 1", "node 8/1"),
        ("INSERT INTO log_node (level, number, hash) VALUES (8, 900, :zero)", "node 8/900"),
        ("DELETE FROM event WHERE seq > 700", "head of"),
    ],
)
def test_damage_is_found(blog: Blog, damage: str, where: str) -> None:
    grow(blog.writer.database, 700)
    Log(blog.writer.database).seal(at(0))
    blog.writer.database.run(damage, zero=bytes(32))
    findings = blog.archive.check()
    assert [finding.kind for finding in findings] == ["merkle_log"]
    assert findings[0].where.startswith(where)


def test_an_event_rewritten_with_its_whole_chain_is_found(blog: Blog) -> None:
    """Who can write rows can make the chain anew; the root that was sealed tells."""
    from storage.events import START, chain

    database = blog.writer.database
    grow(database, 20)
    Log(database).seal(at(0))
    database.run("""UPDATE event SET detail = '{"number":99}' WHERE seq = 10""")
    before = START
    for row in database.all("SELECT * FROM event ORDER BY seq"):
        before = chain(before, row)
        database.run("UPDATE event SET chain = :chain WHERE seq = :seq", chain=before, seq=row["seq"])
    assert [finding.kind for finding in blog.archive.check()] == ["merkle_log"]
