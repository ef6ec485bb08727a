"""Every single bit that flips in the rows, the bytes or an export is found. VARIORUM_FLIPS=1000 turns so many."""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.export import export_jsonl, export_proof
from storage.proof.log import Log
from storage.warc import read_members
from tests.storage import flips
from tests.storage.made import HOME, START, Blog, comment, exchange, update
from variorum.errors import StorageError

COUNT = int(os.environ.get("VARIORUM_FLIPS", "0"))
ROOT = Path(__file__).parents[2]


@pytest.fixture
def full(blog: Blog) -> Blog:
    """An archive with edits, answers, tombstones, failures, revisits, a takedown, aliases, a sealed log."""
    page, _, again, feed, missing = blog.keep(
        exchange(f"{HOME}hello/", b"page " * 200, coding="gzip", chunked=True, headers=[("ETag", '"1"')]),
        exchange(f"{HOME}hello/", b"page " * 200, coding="gzip", chunked=True, hours=1, headers=[("ETag", '"1"')]),
        exchange(f"{HOME}hello/", b"page, edited " * 90, hours=2, headers=[("Last-Modified", "now")]),
        exchange(f"{HOME}feed/", b"<rss/>" * 20, role="feed"),
        exchange(f"{HOME}bye/", b"no", status=404, hours=3),
    )
    blog.keep(exchange(f"{HOME}x/", status=None, error="timeout: 60 s"), exchange(f"{HOME}hello/", status=304, hours=4))
    removed = [{"kind": "share", "rule": "wordpress/sharedaddy", "chars": 5, "sha256": "0" * 64, "text": "Share"}]
    meta = {"removed": removed, "links": [["https://x.example/", "x"]], "sources": {"title": "rest"}, "tags": ["日本"]}
    one = {"captures": [page.capture_id], "visit_ids": (page.id, feed.id)}
    two = {"captures": [again.capture_id], "visit_ids": (again.id,), "hours": 2}
    told = {"seen": 3, "claimed": 3, "complete": True}
    blog.write(
        update(blog.source_id, text="Eins\nzwei", title="Hallo", meta=meta, comments=told, **one),
        comment(blog.source_id, "7", text="Hi", **one),
        comment(blog.source_id, "8", text="مرحبا", parent_native_id="7", depth=1, position=1, **one),
        comment(blog.source_id, "9", text="spam", position=2, **one),
        update(blog.source_id, text="Bye", native_id="2", url=f"{HOME}bye/", **one),
        update(blog.source_id, "missing", native_id="3", url=f"{HOME}locked/", state="protected"),
    )
    blog.write(
        update(blog.source_id, "source", "Drei", title="Hallo", reason="edited", comments=told,
               aliases=((f"{HOME}?p=1", "redirect"),), **two),
        comment(blog.source_id, "9", "missing", state="missing", absences=1, hours=2, position=2),
    )  # fmt: skip
    blog.post("source", "Eins\nzwei", title="Hallo", same_text_as=1, hours=3)
    blog.post("gone", native_id="2", url=f"{HOME}bye/", hours=3, reason="404", visit_ids=(missing.id,))
    blog.comment("8", "gone", hours=3, url="")
    blog.post(text="Eins\nzwei, again", native_id="4", url=f"{HOME}again/", hours=3)
    blog.comment("10", text="below it", post_native_id="4", hours=3)
    blog.post("merged", native_id="4", url=f"{HOME}again/", hours=4, merged_into=1, merged_by="Ann", reason="moved")
    from storage.takedown import Removal
    from tests.storage.made import at

    work = blog.archive.find_work(f"{HOME}bye/")
    removal = Removal(blog.writer.database, blog.folder, work)
    removal.register(blog.run_id, "hide", "asked by its author", "Ann", thread=False, now=at(5))
    removal.undo(blog.run_id, "Ann", "asked again", at(6))
    taken, _ = removal.register(blog.run_id, "hide", "asked by its author", "Ann", thread=False, now=at(7))
    removal.find_captures(taken, lambda _: lambda _: False)
    blog.writer.end_run(blog.run_id, None)
    Log(blog.writer.database).seal(START)
    blog.writer.segments.close()
    assert blog.archive.check(deep=True) == []
    return blog


def test_every_column_is_content_or_told_why_not() -> None:
    declared = flips.columns()
    places = {*declared, *(f"{table}.{name}" for table, names in declared.items() for name in names)}
    assert flips.NOT_CONTENT.keys() <= places
    assert flips.content().keys() == {"source", "visit", "capture", "work", "work_url", "extractor", "version", "event",
                                      "log_node", "takedown", "merge"}  # fmt: skip
    for place, why in sorted(flips.NOT_CONTENT.items()):
        print(f"not content: {place}: {why}")


def test_bits_of_rows(full: Blog) -> None:
    chance = random.Random(20261124)
    database = flips.unguarded(full.folder)
    last = full.archive.last_seq()
    turned, missed, refused = Counter[str](), Counter[str](), 0
    places = sum(len(names) for names in flips.content().values())
    wanted = COUNT or (places if database.dialect == "sqlite" else 25)
    for cell in flips.cells(full.folder, chance):
        if turned.total() >= wanted:
            break
        value = flips.turned(cell.value, chance)
        key = {**cell.key, cell.column: value} if cell.column in cell.key else cell.key
        try:
            assert flips.put(database, cell, value) == 1
        except StorageError:  # the engine itself does not take it
            refused += 1
            continue
        with Archive.open(full.folder) as archive:
            found = archive.check(deep=True)
        assert flips.put(database, cell, cell.value, key) == 1
        database.run("DELETE FROM event WHERE kind = 'checked' AND seq > :last", last=last)
        place = f"{cell.table}.{cell.column}"
        turned[place] += 1
        if not found:
            missed[place] += 1
            print(f"missed: {place}: {cell.value!r} → {value!r}")
    database.close()
    print(f"{turned.total()} bits in {len(turned)} columns, {refused} refused by the engine, {missed.total()} missed")
    assert full.archive.check(deep=True) == []
    assert not missed


def test_bits_of_payloads(full: Blog) -> None:
    """Bits that say nothing of the bytes are counted apart: gzip's time, level and system, the padding of a deflate."""
    chance = random.Random(7)
    (path,) = (full.folder / "warc").glob("*.warc.gz")
    whole = path.read_bytes()
    told, last = list(read_members(path)), full.archive.last_seq()
    turned, idle, missed = 0, 0, []
    wanted = COUNT or (60 if full.archive.database.dialect == "sqlite" else 10)
    while turned < wanted:
        at, data = flips.flip_bit(whole, chance)
        path.write_bytes(data)
        if list(read_members(path)) == told:
            idle += 1
            continue
        turned += 1
        if not full.archive.check(deep=True):
            missed.append(at)
        full.writer.database.run("DELETE FROM event WHERE kind = 'checked' AND seq > :last", last=last)
    path.write_bytes(whole)
    print(
        f"{turned} bits of {len(whole)} bytes of WARC, {len(missed)} missed: {missed}; {idle} say nothing of any byte"
    )
    assert not missed


def test_bits_of_exports(full: Blog, tmp_path: Path) -> None:
    chance = random.Random(11)
    export, proof = tmp_path / "blog.jsonl", tmp_path / "blog.jsonl.proof"
    export_jsonl(full.archive, export)
    export_proof(full.archive, export, proof)
    assert verified(export, proof)
    for path in (export, proof):
        whole = path.read_bytes()
        missed = []
        for _ in range(COUNT or 100):
            at, data = flips.flip_bit(whole, chance)
            path.write_bytes(data)
            if verified(export, proof):
                missed.append(whole[max(0, at - 30) : at + 30])
        path.write_bytes(whole)
        print(f"{COUNT or 100} bits of {len(whole)} bytes of {path.name}, {len(missed)} missed: {missed}")
        assert not missed


def verified(export: Path, proof: Path) -> bool:
    """Whether docs/verify_export.py takes an export for sound; what it cannot read, it does not."""
    namespace: dict[str, object] = {"__name__": "verify_export"}
    exec(compile((ROOT / "docs" / "verify_export.py").read_text(encoding="utf-8"), "verify", "exec"), namespace)
    main = namespace["main"]
    assert callable(main)
    return bool(main(str(export), str(proof)) == 0)
