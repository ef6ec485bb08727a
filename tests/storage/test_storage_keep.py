"""Exchanges become WARC records, visits and captures: exact bytes, one capture for equal bodies, revisits."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from storage.archive import Archive
from storage.warc import Segments, read_record, read_segment
from tests.storage.made import HOME, Blog, at, exchange
from variorum.errors import StorageError


def warcio_finds_fault(*paths: Path) -> int:
    """Return the exit value of `warcio check`."""

    class Options:
        inputs = tuple(str(path) for path in paths)
        verbose = False

    checker = Checker(Options)
    checker.process_all()
    return int(checker.exit_value)


def segments_of(blog: Blog) -> list[Path]:
    blog.writer.segments.close()
    return sorted((blog.folder / "warc").glob("*.warc.gz"))


def test_wire_bytes_come_back_exactly(blog: Blog) -> None:
    odd = (("X-Név", "café"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    sent = exchange(
        body="日本語".encode() * 50, coding="gzip", chunked=True, headers=[(n.replace("é", "e"), v) for n, v in odd]
    )
    (visit,) = blog.keep(sent)
    row = blog.archive.database.one("SELECT * FROM visit WHERE id = :id", id=visit.id)
    assert row is not None
    record = read_record(blog.folder / "warc", row["warc_file"], row["warc_offset"], row["warc_length"])
    assert record.block == sent.response
    assert visit.capture_id is not None
    stored = blog.archive.body(visit.capture_id)
    assert stored.body == sent.body
    assert stored.headers == sent.headers
    assert (stored.url, stored.status, stored.observed_at) == (HOME, 200, at(0))
    assert stored.content_type == "text/html; charset=utf-8"


def test_request_follows_its_response(blog: Blog) -> None:
    sent = exchange()
    blog.keep(sent)
    kinds = [
        (record.kind, record.block) for record in read_segment(segments_of(blog)[0]) if not isinstance(record, int)
    ]
    assert [kind for kind, _ in kinds] == ["warcinfo", "response", "request"]
    assert kinds[2][1] == sent.request


@pytest.mark.parametrize("coding", ["", "gzip"])
@pytest.mark.parametrize("chunked", [False, True])
def test_equal_payload_of_an_address_is_a_revisit(blog: Blog, coding: str, chunked: bool) -> None:
    first, again = blog.keep(
        exchange(coding=coding, chunked=chunked), exchange(coding=coding, chunked=chunked, hours=1)
    )
    assert first.capture_id == again.capture_id
    assert (first.unchanged, again.unchanged) == (False, True)
    (path,) = segments_of(blog)
    records = [record for record in read_segment(path) if not isinstance(record, int) and record.kind != "request"]
    assert [record.kind for record in records] == ["warcinfo", "response", "revisit"]
    revisit = records[2].headers
    assert revisit["WARC-Refers-To-Target-URI"] == HOME
    assert revisit["WARC-Refers-To-Date"] == records[1].headers["WARC-Date"]
    assert revisit["WARC-Refers-To"] == records[1].headers["WARC-Record-ID"]
    assert revisit["WARC-Payload-Digest"] == records[1].headers["WARC-Payload-Digest"]
    assert records[2].block.endswith(b"\r\n\r\n")
    assert warcio_finds_fault(path) == 0


def test_revisit_is_found_by_a_later_process(blog: Blog) -> None:
    blog.keep(exchange())
    with blog.archive.writer() as other:
        (visit,) = other.keep(blog.run_id, blog.source_id, [exchange(hours=2)])
    assert visit.unchanged
    row = blog.archive.database.one("SELECT * FROM visit WHERE id = :id", id=visit.id)
    assert row is not None and row["revisit_of"] is not None


def test_304_confirms_the_last_good_payload_without_a_block(blog: Blog) -> None:
    good, bad, same = blog.keep(
        exchange(headers=[("ETag", '"1"')]),
        exchange(status=503, body=b"busy", hours=1),
        exchange(status=304, headers=[("ETag", '"1"')], hours=2),
    )
    assert bad.capture_id not in (None, good.capture_id)
    assert same.capture_id == good.capture_id
    assert same.unchanged
    (path,) = segments_of(blog)
    revisit = next(record for record in read_segment(path) if not isinstance(record, int) and record.kind == "revisit")
    assert revisit.block == b""
    assert revisit.headers["WARC-Profile"].endswith("server-not-modified")
    assert "Content-Type" not in revisit.headers
    assert warcio_finds_fault(path) == 0
    last = blog.writer.validators(blog.source_id)[HOME]
    assert (last.etag, last.capture_id, last.at) == ('"1"', good.capture_id, at(2))
    assert last.is_same(b"<p>Hello</p>")


def test_304_that_nobody_asked_for_is_kept_as_it_came(blog: Blog) -> None:
    (visit,) = blog.keep(exchange(status=304))
    assert visit.capture_id is None
    assert blog.writer.validators(blog.source_id) == {}
    assert blog.archive.check(deep=True) == []


def test_failure_leaves_a_visit_alone(blog: Blog) -> None:
    (visit,) = blog.keep(exchange(status=None, error="timeout: nothing came in 60 s"))
    assert (visit.capture_id, visit.unchanged) == (None, False)
    assert segments_of(blog) == []
    row = blog.archive.database.one("SELECT * FROM visit")
    assert row is not None and row["error"].startswith("timeout") and row["warc_file"] is None


def test_cut_response_is_kept_and_never_confirmed(blog: Blog) -> None:
    cut = exchange(body=b"half", error="truncated: 4 of 12 bytes came")
    (visit,) = blog.keep(cut)
    assert visit.capture_id is not None
    assert blog.writer.validators(blog.source_id) == {}
    (path,) = segments_of(blog)
    response = [record for record in read_segment(path) if not isinstance(record, int)][1]
    assert response.headers["WARC-Truncated"] == "disconnect"
    assert blog.keep(exchange(body=b"half", hours=1))[0].unchanged is False


def test_two_addresses_with_one_body_share_a_capture_and_no_revisit(blog: Blog) -> None:
    one, other = blog.keep(exchange(), exchange(f"{HOME}copy/"))
    assert one.capture_id == other.capture_id
    assert not other.unchanged
    kinds = [record.kind for record in read_segment(segments_of(blog)[0]) if not isinstance(record, int)]
    assert "revisit" not in kinds
    again = blog.keep(exchange(f"{HOME}copy/", hours=1))[0]
    row = blog.archive.database.one("SELECT revisit_of FROM visit WHERE id = :id", id=again.id)
    assert row is not None and row["revisit_of"] is not None, "its own full response is there to be referred to"


def test_bytes_with_another_coding_are_no_revisit(blog: Blog) -> None:
    """The same payload bytes under another Content-Encoding are another body: the record must hold them."""
    import gzip

    packed = gzip.compress(b"text", mtime=0)
    plain = exchange(body=packed)  # sent as they are
    coded = exchange(body=b"text", coding="gzip", hours=1)
    assert plain.response.endswith(packed) and coded.response.endswith(packed)
    one, other = blog.keep(plain, coded)
    assert one.capture_id != other.capture_id and other.capture_id is not None
    assert blog.archive.body(other.capture_id).body == b"text"
    assert blog.archive.check(deep=True) == []


def test_segments_rotate_and_all_pass_the_reference_checker(tmp_path: Path) -> None:
    segments = Segments(tmp_path, operator="ops@example.org\r\nX: y", segment_bytes=3000)
    for number in range(20):
        segments.write_exchange(exchange(f"{HOME}{number}", body=bytes(range(256)) * (number + 1)), None)
    segments.close()
    paths = sorted(tmp_path.glob("*.warc.gz"))
    assert len(paths) > 2
    assert warcio_finds_fault(*paths) == 0
    for path in paths:
        with path.open("rb") as file:
            records = [(record.rec_type, record.content_stream().read()) for record in ArchiveIterator(file)]
        assert records[0][0] == "warcinfo"
        assert b"operator: ops@example.org X: y\r\n" in records[0][1], "no value breaks out of its line"
        assert [kind for kind, _ in records[1:]] == ["response", "request"] * (len(records) // 2)


def test_reference_reader_sees_what_was_received(blog: Blog) -> None:
    sent = exchange(body=b"<h1>x</h1>" * 99, coding="gzip", chunked=True)
    blog.keep(sent)
    with segments_of(blog)[0].open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            if record.rec_type == "response":
                assert record.content_stream().read() == sent.body
                assert record.rec_headers.get_header("WARC-IP-Address") == "192.0.2.7"


def test_full_disk_leaves_no_row_and_a_new_segment(blog: Blog, monkeypatch: pytest.MonkeyPatch) -> None:
    blog.keep(exchange())

    class Full(io.BytesIO):
        def write(self, data: object) -> int:
            raise OSError(28, "No space left on device")

    real = blog.writer.segments._file
    assert real is not None
    blog.writer.segments._file = Full()  # type: ignore[assignment]
    with pytest.raises(StorageError, match="No space left"):
        blog.keep(exchange(body=b"new", hours=1))
    real.close()
    assert len(blog.archive.database.all("SELECT id FROM visit")) == 1
    (visit,) = blog.keep(exchange(body=b"new", hours=2))
    assert not visit.unchanged
    assert len(segments_of(blog)) == 2
    assert blog.archive.check(deep=True) == []


def test_body_of_a_missing_file_says_what_to_do(blog: Blog) -> None:
    (visit,) = blog.keep(exchange())
    for path in segments_of(blog):
        path.unlink()
    assert visit.capture_id is not None
    with pytest.raises(StorageError, match="cannot be read"):
        blog.archive.body(visit.capture_id)
    with pytest.raises(StorageError, match="no capture 99"):
        blog.archive.body(99)


def test_many_processes_never_share_a_file(blog: Blog) -> None:
    blog.keep(exchange())
    with Archive.open(blog.folder, create=True) as second, second.writer() as writer:
        writer.keep(blog.run_id, blog.source_id, [exchange(body=b"other")])
    names = {row["warc_file"] for row in blog.archive.database.all("SELECT warc_file FROM visit")}
    assert len(names) == 2
