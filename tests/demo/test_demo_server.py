"""The server of the sample blog: recorded bytes as they are, but for its port."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from demo.recording import Recording, read, write
from demo.server import SampleServer, serve
from variorum.errors import UsageError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nX-Odd:  two blanks\r\n"
HOME = HEAD + b'Link: <http://127.0.0.1:18765/x>\r\n\r\n<a href="http://127.0.0.1:18765/">18765 \xe6\xb8\xaf</a>'
FEED = HEAD + b'ETag: "one"\r\nLast-Modified: Mon, 16 Nov 2026 12:49:32 GMT\r\n\r\n<rss/>'
CHANGED = FEED.replace(b'"one"', b'"two"').replace(b"<rss/>", b"<rss>new</rss>")
GONE = b"HTTP/1.1 404 Not Found\r\n\r\nnothing here"
ROUNDS = (
    ("2026-11-24T09:00:00Z", {"/": HOME, "/feed/": FEED, "/post/?page=2": HOME}),
    ("2026-11-24T09:00:05Z", {"/": HOME, "/feed/": CHANGED, "/post/?page=2": GONE}),
)


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    write(tmp_path / "sample.warc.gz", "http://127.0.0.1:18765", ROUNDS)
    return read(tmp_path / "sample.warc.gz")


@pytest.fixture
def server(recording: Recording) -> Iterator[SampleServer]:
    with serve(recording) as server:
        yield server


def wire(server: SampleServer, target: str, **headers: str) -> bytes:
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=5) as client:
        client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode())
        return b"".join(iter(lambda: client.recv(4096), b""))


def test_recording_survives_the_file(recording: Recording) -> None:
    assert recording == Recording("http://127.0.0.1:18765", tuple(responses for _, responses in ROUNDS))


def test_file_is_a_sound_warc_with_revisits(tmp_path: Path) -> None:
    path = tmp_path / "sample.warc.gz"
    write(path, "http://127.0.0.1:18765", ROUNDS)
    with path.open("rb") as file:
        records = ArchiveIterator(file, check_digests="raise")
        kinds = [(record.rec_type, record.content_stream().read()) for record in records]
    assert [kind for kind, _ in kinds] == ["warcinfo", *["response"] * 3, "warcinfo", "revisit", *["response"] * 2]
    first = path.read_bytes()
    write(path, "http://127.0.0.1:18765", ROUNDS)
    assert path.read_bytes() == first


@pytest.mark.parametrize("content", [b"", b"no gzip", None])
def test_broken_recording_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "sample.warc.gz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=r"sample\.warc\.gz"):
        read(path)


def test_truncated_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sample.warc.gz"
    write(path, "http://127.0.0.1:18765", ROUNDS)
    whole = path.read_bytes()
    second_record = whole.index(b"\x1f\x8b", 10)
    for length in (10, second_record, second_record + 300):
        path.write_bytes(whole[:length])
        with pytest.raises(UsageError, match="fetch the file again"):
            read(path)


def test_serves_what_was_recorded_round_by_round(server: SampleServer) -> None:
    port = str(server.server_port).encode()
    assert wire(server, "/") == HOME.replace(b"127.0.0.1:18765", b"127.0.0.1:" + port)
    assert wire(server, "/feed/") == FEED
    server.round = 2
    assert wire(server, "/feed/") == CHANGED
    assert wire(server, "/post/?page=2") == GONE
    assert server.unknown == []


def test_port_that_is_taken_is_written_over(recording: Recording) -> None:
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 18765))
            other.listen()
        except OSError:
            pass  # somebody else has it: as good
        with serve(recording) as server:
            assert server.server_port != 18765
            assert len(server.url) == len("http://127.0.0.1:18765/")
            answer = wire(server, "/")
    assert answer == HOME.replace(b"127.0.0.1:18765", f"127.0.0.1:{server.server_port}".encode())
    assert b">18765 " in answer


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If_None_Match": '"one"'}, 304),
        ({"If_None_Match": '"two"'}, 200),
        ({"If_Modified_Since": "Mon, 16 Nov 2026 12:49:32 GMT"}, 304),
        ({"If_Modified_Since": "Mon, 16 Nov 2026 12:49:33 GMT"}, 200),
        ({"If_None_Match": '"two"', "If_Modified_Since": "Mon, 16 Nov 2026 12:49:32 GMT"}, 200),
    ],
)
def test_validators_are_heard(server: SampleServer, headers: dict[str, str], status: int) -> None:
    client = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
    client.request("GET", "/feed/", headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = client.getresponse()
    assert answer.status == status
    assert answer.headers["ETag"] == '"one"'
    assert answer.read() == (b"" if status == 304 else b"<rss/>")


def test_unrecorded_address_is_noted(server: SampleServer) -> None:
    assert wire(server, "/never").startswith(b"HTTP/1.1 404 ")
    assert server.unknown == ["/never"]
