"""A server that says exactly the bytes that a test gives it, on the loopback."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

import pytest

from fetchers import Fetcher
from variorum.records import Fetched, Request
from variorum.settings import Settings

#: Whole answer, or something that speaks to the connection itself; it is closed when that returns.
Answer = bytes | Callable[[socket.socket], None]


class RawServer:
    """Answers by path: a list is worked off, its last member stays. Connections stay open after `bytes`.

    An answer of bytes with "Connection: close" in it, or without Content-Length and chunks, ends the connection.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer | list[Answer]] = {"/robots.txt": reply(b"", status="404 Not Found")}
        self.requests: list[bytes] = []
        self.connections = 0
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"
        threading.Thread(target=self._accept, daemon=True).start()

    def paths(self) -> list[str]:
        return [request.split(b" ")[1].decode() for request in self.requests]

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # else a thread in accept() keeps the port open
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.closing(connection):
            self.connections += 1
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            pending = b""
            while True:
                while b"\r\n\r\n" not in pending:
                    data = connection.recv(65536)
                    if not data:
                        return
                    pending += data
                head, _, pending = pending.partition(b"\r\n\r\n")
                self.requests.append(head + b"\r\n\r\n")
                answer = self._next(head.split(b" ")[1].decode())
                if not isinstance(answer, bytes):
                    answer(connection)
                    return
                connection.sendall(answer)
                low = answer.partition(b"\r\n\r\n")[0].lower()
                framed = b"content-length" in low or b"chunked" in low or b" 304 " in low
                if b"connection: close" in low or not framed:
                    connection.close()
                    return

    def _next(self, path: str) -> Answer:
        found = self.answers.get(path, reply(b"no such path in this test", status="404 Not Found"))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


def reply(body: bytes = b"", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """Return a response with a Content-Length, true unless another is given."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@pytest.fixture(name="reply")
def _reply() -> Callable[..., bytes]:
    return reply


@pytest.fixture
def server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def other_server() -> Iterator[RawServer]:
    server = RawServer()
    yield server
    server.close()


@pytest.fixture
def new_server() -> Iterator[Callable[..., RawServer]]:
    servers: list[RawServer] = []

    def make(tls: ssl.SSLContext | None = None) -> RawServer:
        servers.append(RawServer(tls))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def slept() -> list[float]:
    """The waits that a fetcher made, which took no time."""
    return []


@pytest.fixture
def get(server: RawServer, slept: list[float]) -> Iterator[Callable[..., Fetched]]:
    """Fetch a path of the server with one fetcher that trusts it alone and never really sleeps."""
    settings = Settings(timeout_s=5, max_body_bytes=200_000)
    with Fetcher(settings, trusted_hosts=frozenset({server.host}), sleep=slept.append) as fetcher:

        def fetch(path: str, **fields: str) -> Fetched:
            url = path if "://" in path else server.url + path
            return fetcher.fetch(Request(url=url, **fields))

        yield fetch
