"""What is folded into packs comes back byte for byte, whatever happens on the way, and every flaw in it is found."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.archive import Archive
from storage.export import export_warc
from storage.locks import alone, files_stay
from storage.packing import compact, frames, unpack
from storage.packing.codings import heads_and_blocks
from storage.packing.packs import Packs, pack_number
from storage.provenance import render
from storage.takedown import Removal
from storage.warc import read_members
from tests.storage.made import HOME, Blog, at, exchange, update
from variorum.errors import StorageError
from variorum.records import Exchange

ROOT = Path(__file__).parents[2]
SEED = 20261124
_fork = multiprocessing.get_context("fork")


def sentence(dice: random.Random, count: int = 12) -> str:
    return " ".join("".join(dice.choices("abcdefghijklmnop", k=dice.randint(2, 9))) for _ in range(count))


THEME = sentence(random.Random(1), 600)


def page(number: int, visit: int = 0) -> bytes:
    """Return a page of a site: a theme, an article in three scripts, a nonce of the visit, a word that is edited."""
    article = sentence(random.Random(f"{number}"), 150)
    nonce = random.Random(f"{number} {visit}").getrandbits(64)
    return (
        f"<html><head>{THEME[:1500]}</head><p>{article}</p><p>庭の桜は静かです。نخلة التمر</p>"
        f"<p>edit {visit // 2}</p>{THEME[1500:]}<!-- {nonce:x} --></html>"
    ).encode()


def visits(pages: int, number: int) -> list[Exchange]:
    """Return a round of visits: gzip in all settings, chunks, none of both, a page that is gone, 304s."""
    sent = []
    for item in range(pages):
        url, body = f"{HOME}{item}/", page(item, number)
        coding, chunked = ("gzip", "")[item % 2], item % 3 == 0
        if item == 1 and number:
            sent.append(exchange(url, status=304, hours=number))
        else:
            sent.append(exchange(url, body, coding=coding, chunked=chunked, hours=number))
    sent.append(exchange(f"{HOME}gone/", b"not here", status=404, hours=number))
    sent.append(exchange(f"{HOME}same/", b"the same each time " * 40, hours=number))
    sent.append(exchange(f"{HOME}silent/", status=None, error="timeout: 60 s", hours=number))
    return sent


def fill(blog: Blog, rounds: int = 4, pages: int = 8, first: int = 0) -> None:
    """Visit a site round by round, each in a segment of its own."""
    for number in range(first, first + rounds):
        blog.keep(*visits(pages, number))
        blog.writer.segments.close()


@pytest.fixture
def full(blog: Blog) -> Blog:
    """An archive of four closed segments."""
    fill(blog)
    kept = blog.keep(exchange(f"{HOME}0/", page(0), hours=9))
    blog.write(update(blog.source_id, text="One", captures=[kept[0].capture_id], visit_ids=(kept[0].id,)))
    blog.writer.segments.close()
    return blog


def segments(folder: Path) -> list[Path]:
    """Return the segments in the order in which they were closed."""
    return sorted((folder / "warc").glob("*.warc.gz"), key=lambda path: path.stat().st_mtime_ns)


def pack_files(folder: Path) -> list[Path]:
    return sorted((folder / "packs").glob("*.pack"))


def records_in(paths: list[Path]) -> list[bytes]:
    """Return all records of WARC files but those that tell of the file."""
    members = [member for path in paths for member in read_members(path)]
    assert not any(isinstance(member, int) for member in members)
    found = [member.record for member in members if not isinstance(member, int)]
    return sorted(record for record in found if b"WARC-Type: warcinfo" not in record)


def exported(archive: Archive, dest: Path) -> list[bytes]:
    return records_in(sorted(export_warc(archive, dest).files))


def bodies(archive: Archive) -> dict[int, object]:
    return {row["id"]: archive.body(row["id"]) for row in archive.database.all("SELECT id FROM capture")}


# ------------------------------------------------------------------------------------------------ byte for byte
def test_all_comes_back(full: Blog, tmp_path: Path) -> None:
    raw, before = records_in(segments(full.folder)), exported(full.archive, tmp_path / "before")
    assert raw == before
    read = bodies(full.archive)
    done = full.archive.compact()
    assert segments(full.folder) == []
    assert (done.segments, done.records, done.kept) == (5, len(raw) + 5, ())
    assert done.bytes_after == pack_files(full.folder)[0].stat().st_size < done.bytes_before / 2
    assert done.as_they_came == 0 < done.coded
    assert exported(full.archive, tmp_path / "after") == before
    assert bodies(full.archive) == read
    assert full.archive.check() == full.archive.check(deep=True) == full.archive.leftovers() == []
    assert "  bytes       packs/00000001.pack at " in render(full.archive.provenance(1), "text")


def test_the_log_tells_of_it(full: Blog) -> None:
    names = [path.name for path in segments(full.folder)]
    full.archive.compact()
    row = full.archive.database.one("SELECT * FROM event ORDER BY seq DESC LIMIT 1")
    assert row is not None and row["kind"] == "compacted"
    told = json.loads(row["detail"])
    made = full.archive.database.one("SELECT * FROM pack")
    assert made is not None
    assert (told["pack"], told["sha256"], told["bytes"]) == (1, made["sha256"].hex(), made["size"])
    assert [item["name"] for item in told["segments"]] == names


def test_later_packs_build_on_earlier_ones(full: Blog, tmp_path: Path) -> None:
    full.archive.compact()
    fill(full, rounds=3, first=20)
    before = exported(full.archive, tmp_path / "before")
    done = full.archive.compact()
    assert done.packs == ("00000002.pack",)
    assert done.patches > done.keyframes
    packs = Packs(full.folder / "packs")
    assert 1 in {head.base.pack for _, head, _ in packs.spots(2) if head.base is not None}
    assert exported(full.archive, tmp_path / "after") == before
    assert full.archive.check(deep=True) == []


def test_a_read_needs_two_frames_and_a_dictionary(blog: Blog) -> None:
    fill(blog, rounds=2 * compact.MOST_PATCHES + 3, pages=6)
    blog.archive.compact()
    packs = Packs(blog.folder / "packs")
    heads = {spot: head for spot, head, _ in packs.spots(1)}
    assert max(head.patches for head in heads.values()) == compact.MOST_PATCHES
    assert sum(head.kind == frames.DICTIONARY for head in heads.values()) == 1
    for head in heads.values():
        base = heads[head.base] if head.base is not None else None
        if head.patches:
            assert base is not None and base.patches == 0 and base.kind == frames.RECORDS
        elif base is not None:
            assert base.kind == frames.DICTIONARY and base.base is None


def test_a_page_that_is_another_becomes_a_keyframe(blog: Blog) -> None:
    for hours, text in enumerate((page(1), page(1, 2), sentence(random.Random(5), 900).encode(), b"<p>short</p>")):
        blog.keep(exchange(f"{HOME}1/", text, hours=hours))
    blog.writer.segments.close()
    blog.archive.compact()
    heads = [head for _, head, _ in Packs(blog.folder / "packs").spots(1) if head.kind == frames.RECORDS]
    assert [head.patches for head in heads][1:4] == [0, 1, 0]
    assert blog.archive.check(deep=True) == []


@pytest.mark.parametrize("body", [b"", b"x", os.urandom(3_000_000), "سلام 庭 ".encode() * 200_000, b"\r\n\r\n" * 9])
def test_bodies_of_any_kind(blog: Blog, tmp_path: Path, body: bytes) -> None:
    for hours, coding in enumerate(("", "gzip", "", "gzip")):
        blog.keep(exchange(f"{HOME}x/", body + b"%d" % hours, coding=coding, chunked=hours > 1, hours=hours))
    blog.keep(exchange(f"{HOME}empty/", b"", coding="gzip"))
    blog.writer.segments.close()
    before, read = exported(blog.archive, tmp_path / "before"), bodies(blog.archive)
    blog.archive.compact()
    assert exported(blog.archive, tmp_path / "after") == before
    assert bodies(blog.archive) == read


def test_large_bodies_find_their_base(blog: Blog) -> None:
    body = random.Random(3).randbytes(4_000_000)
    blog.keep(
        exchange(f"{HOME}big/", body), exchange(f"{HOME}big/", body[:2_000_000] + b"!" + body[2_000_000:], hours=1)
    )
    blog.writer.segments.close()
    done = blog.archive.compact()
    assert done.patches == 1
    assert done.bytes_after < 4_100_000


@pytest.fixture
def with_sqlite(tmp_path: Path) -> Iterator[Blog]:
    """An archive whose folder may be copied with its rows."""
    made = Blog(tmp_path / "archive")
    fill(made)
    yield made
    made.close()


def test_the_same_segments_make_the_same_pack(with_sqlite: Blog, tmp_path: Path) -> None:
    made, full = [], with_sqlite
    for seed in ("1", "2"):
        shutil.copytree(full.folder, tmp_path / seed)
        code = "import sys; from storage.archive import Archive; Archive.open(sys.argv[1]).compact()"
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", code, str(tmp_path / seed)], cwd=ROOT, env=env, check=True)
        made.append(pack_files(tmp_path / seed)[0].read_bytes())
    assert made[0] == made[1]


def test_the_reader_of_strangers_reads_it(full: Blog) -> None:
    full.archive.compact()
    fill(full, rounds=1, first=30)
    raw = records_in(segments(full.folder))
    full.archive.compact()
    path = pack_files(full.folder)[1]

    def read(*args: str) -> subprocess.CompletedProcess[bytes]:
        command = [sys.executable, "-I", str(ROOT / "docs" / "read_pack.py"), *args]
        return subprocess.run(command, capture_output=True, check=False)

    done = read(str(path))
    assert (done.returncode, done.stderr) == (0, b"")
    records = [head + block + b"\r\n\r\n" for head, block in heads_and_blocks(done.stdout)]
    assert sorted(record for record in records if b"WARC-Type: warcinfo" not in record) == raw
    row = full.archive.database.one("SELECT * FROM visit WHERE warc_file = '00000002.pack' ORDER BY id LIMIT 1")
    assert row is not None
    assert row["warc_record_id"].encode() in read(str(path), str(row["warc_offset"])).stdout
    assert b"00000001.pack" in read(str(path), "--list").stdout
    flip(path, row["warc_offset"] + row["warc_length"] - 20)
    done = read(str(path))
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)


# ------------------------------------------------------------------------------------------------ what must stay
def test_a_segment_that_is_written_still_is_left_alone(full: Blog, tmp_path: Path) -> None:
    full.keep(exchange(f"{HOME}open/", b"still open"))
    busy = segments(full.folder)[-1]
    done = full.archive.compact()
    assert segments(full.folder) == [busy]
    assert [(kept.file, kept.reason) for kept in done.kept] == [(busy.name, "it is being written")]
    full.keep(exchange(f"{HOME}open/", b"and goes on"))
    assert full.archive.check(deep=True) == []
    full.writer.segments.close()
    assert full.archive.compact().segments == 1
    assert full.archive.check(deep=True) == []


def test_a_full_segment_stays_until_its_rows_are_there(blog: Blog) -> None:
    """A batch that fills one segment and goes on in the next is committed after both were written."""
    blog.writer.segments._segment_bytes = 500
    blog.writer.segments.write_exchange(exchange(f"{HOME}1/", os.urandom(900)), None)
    blog.writer.segments.write_exchange(exchange(f"{HOME}2/", os.urandom(900)), None)
    assert len(segments(blog.folder)) == 2
    assert all(compact._locked(path) is None for path in segments(blog.folder))
    blog.keep(exchange(f"{HOME}3/", b"committed"))
    free = [path for path in segments(blog.folder) if (lock := compact._locked(path)) is not None and not lock.close()]
    assert free == segments(blog.folder)[:2] or len(free) == 2


def test_another_process_that_writes_is_left_alone(full: Blog) -> None:
    code = """
import sys
from tests.storage.made import *
with Archive.open(sys.argv[1]) as archive, archive.writer() as writer:
    source = writer.add_source(HOME)
    run = writer.begin_run(source.id, "ingest")
    writer.keep(run, source.id, [exchange(f"{HOME}other/", b"from elsewhere")])
    print("ready", flush=True)
    sys.stdin.readline()
    writer.keep(run, source.id, [exchange(f"{HOME}other/2/", b"from elsewhere")])
"""
    pipe, env = subprocess.PIPE, {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code, str(full.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True, env=env) as other:
        assert other.stdout is not None and other.stdin is not None
        other.stdout.readline()
        assert len(full.archive.compact().kept) == 1
        assert len(segments(full.folder)) == 1
        other.stdin.write("\n")
    assert other.returncode == 0
    assert full.archive.check(deep=True) == []
    assert full.archive.compact().segments == 1
    assert full.archive.check(deep=True) == []


def test_a_damaged_segment_is_left_alone(full: Blog, tmp_path: Path) -> None:
    path = segments(full.folder)[1]
    flip(path, path.stat().st_size // 2)
    short = segments(full.folder)[2]
    short.write_bytes(short.read_bytes()[:-400])
    done = full.archive.compact()
    assert segments(full.folder) == [path, short]
    assert [kept.file for kept in done.kept] == [path.name, short.name]
    assert all("see variorum check --deep" in kept.reason for kept in done.kept)
    assert done.segments == 3


def test_what_a_crash_left_is_kept_or_told(full: Blog) -> None:
    full.writer.segments.write_exchange(exchange(f"{HOME}orphan/", b"killed before the rows"), None)
    full.writer.segments.close()
    alone_there = segments(full.folder)[-1]
    full.keep(exchange(f"{HOME}named/", b"named"))
    full.writer.segments.write_exchange(exchange(f"{HOME}orphan/", b"killed before the rows"), None)
    full.writer.segments.close()
    with segments(full.folder)[-1].open("ab") as file:
        file.write(alone_there.read_bytes()[:150])
    done = full.archive.compact()
    assert segments(full.folder) == [alone_there]
    assert [(kept.file, kept.reason[:6]) for kept in done.kept] == [(alone_there.name, "no row")]
    found = full.archive.leftovers()
    assert [(finding.kind, ".pack" in finding.where) for finding in found] == [
        ("orphan_record", False),
        ("orphan_record", True),
    ]
    assert full.archive.check(deep=True) == []


def test_one_source_alone(full: Blog) -> None:
    other = full.writer.add_source("https://other.example/").id
    full.writer.keep(full.run_id, other, [exchange("https://other.example/", b"other")])
    full.writer.segments.close()
    assert full.archive.compact(other).segments == 1
    assert len(segments(full.folder)) == 5
    assert full.archive.compact("blog.example").segments == 5
    rows = full.archive.database.all("SELECT source_id FROM pack ORDER BY id")
    assert [row["source_id"] for row in rows] == [other, full.source_id]


def test_a_dry_run_changes_nothing(full: Blog) -> None:
    def state() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in full.folder.rglob("*.warc.gz")}

    before, seq = state(), full.archive.last_seq()
    wished = full.archive.compact(dry_run=True)
    assert (state(), full.archive.last_seq(), pack_files(full.folder)) == (before, seq, [])
    assert wished.dry_run
    done = full.archive.compact()
    assert (done.bytes_after, done.records) == (wished.bytes_after, wished.records)


def test_nothing_to_do(blog: Blog) -> None:
    assert blog.archive.compact().segments == 0
    fill(blog, rounds=1)
    assert blog.archive.compact().segments == 1
    assert blog.archive.compact().segments == 0
    assert len(pack_files(blog.folder)) == 1


def test_two_at_once_are_refused(full: Blog) -> None:
    (full.folder / "packs").mkdir()
    with alone(full.folder / "packs", "compact"), pytest.raises(StorageError, match="another process"):
        full.archive.compact()
    assert full.archive.compact().segments == 5


def test_files_stay_while_they_are_read(full: Blog) -> None:
    code = "import sys; from storage.archive import Archive; Archive.open(sys.argv[1]).compact()"
    command = [sys.executable, "-c", code, str(full.folder)]  # not forked: a child would hold the lock as well
    with files_stay(full.folder / "warc"):
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(3)
        assert len(segments(full.folder)) == 5
    assert process.wait(60) == 0
    assert segments(full.folder) == []


def test_a_body_that_is_packed_between_two_looks_is_found(full: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    from storage import bodies as reading

    expected, old = full.archive.body(1), dict(full.archive.database.one("SELECT * FROM capture WHERE id = 1") or {})
    full.archive.compact()
    rows = iter((old,))
    true_row = reading._row
    monkeypatch.setattr(reading, "_row", lambda database, number: next(rows, None) or true_row(database, number))
    assert full.archive.body(1) == expected


# ------------------------------------------------------------------------------------------------ and back
def test_packs_become_segments_again(full: Blog, tmp_path: Path) -> None:
    before, read = exported(full.archive, tmp_path / "before"), bodies(full.archive)
    full.archive.compact()
    fill(full, rounds=1, first=30)
    both = exported(full.archive, tmp_path / "both")
    full.archive.compact()
    names = full.archive.unpack()
    assert names == [path.name for path in segments(full.folder)]
    assert pack_files(full.folder) == []
    assert full.archive.check(deep=True) == full.archive.leftovers() == []
    assert exported(full.archive, tmp_path / "after") == both
    assert set(before) < set(both)
    assert {number: body for number, body in bodies(full.archive).items() if number in read} == read
    assert full.archive.compact().segments == len(names)
    assert [path.name for path in pack_files(full.folder)] == ["00000003.pack"]  # numbers are not given twice
    assert exported(full.archive, tmp_path / "again") == both
    assert bodies(full.archive).keys() >= read.keys()
    assert full.archive.check(deep=True) == []


def test_what_rests_on_a_pack_goes_with_it(full: Blog) -> None:
    full.archive.compact()
    fill(full, rounds=1, first=30)
    full.archive.compact()
    other = full.writer.add_source("https://other.example/").id
    full.writer.keep(full.run_id, other, [exchange("https://other.example/", b"other")])
    full.writer.segments.close()
    full.archive.compact()
    with full.archive.writer() as writer:
        assert len(unpack.unpack(writer.database, full.folder, [1])) == 2
    assert [path.name for path in pack_files(full.folder)] == ["00000003.pack"]
    assert full.archive.check(deep=True) == []


@pytest.mark.parametrize("step", ["_change_rows", "files_go"])
def test_unpacking_that_was_killed_goes_on(full: Blog, tmp_path: Path, step: str) -> None:
    before = exported(full.archive, tmp_path / "before")
    full.archive.compact()
    process = _fork.Process(target=_unpack_until, args=(str(full.folder), step))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert full.archive.check() == full.archive.check(deep=True) == []
    full.archive.unpack()
    assert (len(segments(full.folder)), pack_files(full.folder)) == (1, [])
    assert full.archive.check(deep=True) == full.archive.leftovers() == []
    assert exported(full.archive, tmp_path / "after") == before


def _unpack_until(folder: str, step: str) -> None:
    setattr(unpack, step, _die)
    with Archive.open(folder) as archive:
        archive.unpack()


def test_what_is_destroyed_is_in_no_pack(full: Blog) -> None:
    """A page is quoted by the dictionary, its patches and those of later packs; none of them holds a word of it."""
    full.archive.compact()
    fill(full, rounds=1, first=30)
    full.archive.compact()
    secret = page(0)[1700:1760]
    assert any(secret in held for held in _all_held(full.folder))
    work = full.archive.find_work(f"{HOME}hello/")
    with full.archive.writer() as writer:
        removal = Removal(writer.database, full.folder, work)
        taken, _ = removal.register(full.run_id, "destroy", "asked", "us", thread=False, now=at(99))
        rows = full.archive.database.all("SELECT DISTINCT capture_id FROM visit WHERE url = :url", url=f"{HOME}0/")
        with writer.database.transaction():
            writer.database.run_many(
                "INSERT INTO takedown_capture (capture_id, takedown_id) VALUES (:capture, :id)",
                [{"capture": row["capture_id"], "id": taken.id} for row in rows],
            )
        removal.find_captures(taken, lambda _texts: lambda _body: False)
        assert removal.destroy_bytes(taken) > 0
        removal.destroy_rows(taken, lambda _texts: None)
    assert pack_files(full.folder) == []
    assert not any(secret in record for record in records_in(segments(full.folder)))
    assert full.archive.check(deep=True) == []
    full.archive.compact()
    assert full.archive.check(deep=True) == []
    assert not any(secret in held for held in _all_held(full.folder))


def _all_held(folder: Path) -> Iterator[bytes]:
    packs = Packs(folder / "packs")
    for path in pack_files(folder):
        for spot, _, _ in packs.spots(pack_number(path.name) or 0):
            yield packs.frame(spot).held


# ------------------------------------------------------------------------------------------------ damage
def flip(path: Path, offset: int, bit: int = 0) -> None:
    data = bytearray(path.read_bytes())
    data[offset] ^= 1 << bit
    path.write_bytes(bytes(data))


def test_any_flipped_bit_is_found(full: Blog) -> None:
    full.archive.compact()
    (path,) = pack_files(full.folder)
    whole = path.read_bytes()
    dice = random.Random(SEED)
    for offset in [0, 5, 8, 9, *dice.sample(range(len(whole)), 60), len(whole) - 1]:
        flip(path, offset, dice.randrange(8))
        assert full.archive.check(deep=True), offset
        path.write_bytes(whole)
    assert full.archive.check(deep=True) == []


def test_a_frame_is_told_even_if_the_digest_of_the_pack_was_forged(full: Blog) -> None:
    """A bit in the content of a frame does not get past its own digest."""
    full.archive.compact()
    (path,) = pack_files(full.folder)
    spot, _, length = list(Packs(full.folder / "packs").spots(1))[5]
    flip(path, spot.offset + length - 30)
    forged = sql("UPDATE pack SET sha256 = :digest", digest=_digest(path))
    forged(full)
    assert {finding.kind for finding in full.archive.check(deep=True)} == {"missing_bytes"}


def _digest(path: Path) -> bytes:
    import hashlib

    return hashlib.sha256(path.read_bytes()).digest()


def sql(statement: str, **values: object) -> Callable[[Blog], None]:
    def tamper(blog: Blog) -> None:
        with blog.writer.database.transaction():
            assert blog.writer.database.run(statement, **values) > 0

    return tamper


def _swap_frames(blog: Blog) -> None:
    """Put two frames into each other's place, as far as the rows know."""
    rows = blog.archive.database.all(
        "SELECT id, warc_offset, warc_length FROM visit WHERE warc_file LIKE '%.pack' ORDER BY id LIMIT 2"
    )
    for row, other in zip(rows, reversed(rows), strict=True):
        sql(
            "UPDATE visit SET warc_offset = :offset, warc_length = :length WHERE id = :id",
            offset=other["warc_offset"],
            length=other["warc_length"],
            id=row["id"],
        )(blog)


@pytest.mark.parametrize(
    ("tamper", "kind", "quick"),
    [
        (lambda blog: pack_files(blog.folder)[0].unlink(), "missing_bytes", True),
        (lambda blog: pack_files(blog.folder)[0].write_bytes(pack_files(blog.folder)[0].read_bytes()[:-9]),
         "missing_bytes", True),
        (lambda blog: pack_files(blog.folder)[0].write_bytes(pack_files(blog.folder)[0].read_bytes() + b"x"),
         "missing_bytes", True),
        (sql("UPDATE visit SET warc_offset = warc_offset + 1 WHERE id = 1"), "missing_bytes", False),
        (sql("UPDATE visit SET warc_length = warc_length + 1 WHERE id = 1"), "digest_mismatch", False),
        (sql("UPDATE visit SET warc_file = '00000099.pack' WHERE id = 1"), "missing_bytes", True),
        (sql("UPDATE capture SET warc_offset = warc_offset + 1 WHERE id = 1"), "broken_reference", True),
        (sql("UPDATE capture SET sha256 = :digest WHERE id = 1", digest=bytes(32)), "digest_mismatch", False),
        (sql("UPDATE pack SET size = size + 1"), "missing_bytes", True),
        (sql("UPDATE pack SET sha256 = :digest", digest=bytes(32)), "digest_mismatch", False),
        (sql("DELETE FROM pack"), "unknown_pack", True),
        (_swap_frames, "digest_mismatch", False),
    ],
)  # fmt: skip
def test_damage_is_found(full: Blog, tamper: Callable[[Blog], None], kind: str, quick: bool) -> None:
    full.archive.compact()
    tamper(full)
    found = full.archive.check(deep=True)
    assert kind in {finding.kind for finding in found}
    assert all(finding.where and finding.what and finding.advice for finding in found)
    if quick:
        assert kind in {finding.kind for finding in full.archive.check()}


def test_a_lost_pack_is_told_once_a_record_that_rests_on_it(full: Blog) -> None:
    full.archive.compact()
    fill(full, rounds=1, first=30)
    full.archive.compact()
    pack_files(full.folder)[0].unlink()
    found = full.archive.check(deep=True)
    assert any("00000002.pack" in finding.where for finding in found)
    with pytest.raises(StorageError, match=r"00000001\.pack"):
        bodies(full.archive)


def test_a_database_from_a_backup_loses_no_pack(with_sqlite: Blog, tmp_path: Path) -> None:
    """Rows older than the files: the pack is the only witness, and no compaction takes it away or its number."""
    full = with_sqlite
    shutil.copytree(full.folder, tmp_path / "old")
    full.archive.compact()
    shutil.rmtree(tmp_path / "old" / "warc")
    (tmp_path / "old" / "warc").mkdir()
    shutil.copytree(full.folder / "packs", tmp_path / "old" / "packs")
    with Archive.open(tmp_path / "old") as archive:
        assert "unknown_pack" in {finding.kind for finding in archive.check()}
        done = archive.compact()
        assert "00000001.pack" in {kept.file for kept in done.kept}
        assert pack_files(tmp_path / "old")[0].read_bytes() == pack_files(full.folder)[0].read_bytes()


# ------------------------------------------------------------------------------------------------ crash
def _compact(folder: str, most: int) -> None:
    compact.MOST_SEGMENTS = most
    with Archive.open(folder) as archive:
        archive.compact()


def _die(*_args: object, **_more: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _compact_until(folder: str, step: str) -> None:
    setattr(compact._Compaction, step, _die)
    _compact(folder, 200)


@pytest.mark.parametrize("step", ["_compare", "_change_rows", "_remove"])
def test_killed_at_a_step_the_next_run_goes_on(full: Blog, tmp_path: Path, step: str) -> None:
    before = exported(full.archive, tmp_path / "before")
    process = _fork.Process(target=_compact_until, args=(str(full.folder), step))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert len(segments(full.folder)) == 5
    assert full.archive.check() == full.archive.check(deep=True) == []
    assert ("orphan_pack" in {finding.kind for finding in full.archive.leftovers()}) == (step == "_change_rows")
    assert full.archive.compact().segments == (0 if step == "_remove" else 5)
    assert segments(full.folder) == []
    assert [path.name for path in sorted((full.folder / "packs").iterdir())] == ["00000001.pack"]
    assert full.archive.check(deep=True) == full.archive.leftovers() == []
    assert exported(full.archive, tmp_path / "after") == before


def _visit_and_compact(folder: str, first: int) -> None:
    """Write and fold in turns, as an ingest and a compaction on a schedule would."""
    compact.MOST_SEGMENTS = 2
    with Archive.open(folder) as archive:
        for number in range(first, first + 4):
            with archive.writer() as writer:
                run = writer.begin_run(1, "ingest")
                writer.keep(run, 1, visits(5, number))
            archive.compact()


def test_killed_anywhere_nothing_is_lost(blog: Blog, tmp_path: Path) -> None:
    fill(blog, rounds=6, pages=5)
    witnesses = set(records_in(segments(blog.folder)))
    dice = random.Random(SEED)
    span_s, killed = 20.0, 0
    for turn in range(14):
        process = _fork.Process(target=_visit_and_compact, args=(str(blog.folder), 100 + 4 * turn))
        start = time.monotonic()
        process.start()
        process.join(dice.random() * span_s / 2 if turn else None)
        span_s = time.monotonic() - start if not turn else span_s  # of the first, which is left in peace
        killed += process.is_alive()
        process.kill()
        process.join()
        assert blog.archive.check(deep=True) == []
        found = set(exported(blog.archive, tmp_path / f"export{turn}"))
        assert witnesses <= found
        witnesses = found
    assert killed >= 6
    blog.archive.compact()
    assert set(exported(blog.archive, tmp_path / "last")) == witnesses
    assert blog.archive.check(deep=True) == []
    assert [path for path in (blog.folder / "packs").iterdir() if path.suffix != ".pack"] == []


@pytest.mark.parametrize("number", range(4))
def test_a_disk_that_fails_loses_nothing(full: Blog, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """It fails when the folder, the draft, the name of the pack or the segments' going is forced to it."""
    true_fsync, calls = os.fsync, iter(range(9))

    def fsync(handle: int) -> None:
        if next(calls) == number:
            raise OSError(28, "No space left on device")
        true_fsync(handle)

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fsync)
        with pytest.raises(StorageError, match="No space left on device"):
            full.archive.compact()
    assert full.archive.check(deep=True) == []
    assert [path for path in (full.folder / "packs").iterdir() if path.suffix != ".pack"] == []
    assert full.archive.compact().segments == (5 if number < 3 else 0)
    assert (len(pack_files(full.folder)), segments(full.folder)) == (1, [])
    assert full.archive.check(deep=True) == []


def test_a_pack_that_does_not_read_back_changes_nothing(full: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    true_patch = compact.patch
    with monkeypatch.context() as patched:
        patched.setattr(compact, "patch", lambda content, base: true_patch(content[:-1] + b"?", base))
        with pytest.raises(StorageError, match="did not come back"):
            full.archive.compact()
    assert (len(segments(full.folder)), pack_files(full.folder)) == (5, [])
    assert full.archive.check(deep=True) == []


@pytest.fixture(autouse=True)
def _batches_are_whole() -> Iterator[None]:
    yield
    compact.MOST_SEGMENTS = 200
