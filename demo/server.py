"""Serves the sample blog on the loopback: recorded answers, byte for byte, first of round one, then of round two.

The pages link to the address at which they were recorded. Where that port is taken, another one of as many digits is
used and written into the answers in its place; nothing else is ever changed.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast

from demo.recording import Recording
from variorum.errors import UsageError

HOST = "127.0.0.1"
_VALIDATORS = (b"etag", b"last-modified")


class SampleServer(ThreadingHTTPServer):
    """A blog of recorded answers; a context manager that serves while it is open."""

    daemon_threads = True

    def __init__(self, recording: Recording, port: int) -> None:
        """Listen on *port* of the loopback, 0 for any that is free; OSError if it is taken."""
        super().__init__((HOST, port), _Handler)
        self.recording = recording
        self.round = 1  #: which answers are given, counted from 1; set it to switch
        self.unknown: list[str] = []  #: targets that were asked for and are not in the recording
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Home page."""
        return f"http://{HOST}:{self.server_port}/"

    def answer(self, target: str, *, etag: str | None = None, last_modified: str | None = None) -> bytes:
        """Return the whole response to a GET, as it goes over the wire.

        Args:
            target: Path and query, as requested.
            etag: What the client sends as If-None-Match.
            last_modified: What the client sends as If-Modified-Since; unheard beside *etag* (RFC 9110, 13.2.2).
        """
        recorded = self.recording.rounds[self.round - 1].get(target)
        if recorded is None:
            self.unknown.append(target)
            return b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\nnever recorded\n"
        headers = recorded.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
        validators = {line.partition(b":")[0].lower(): line for line in headers if _name(line) in _VALIDATORS}
        asked = {b"etag": etag} if etag else {b"last-modified": last_modified}
        if any(value and _value(validators.get(name, b"")) == value for name, value in asked.items()):
            return b"\r\n".join([b"HTTP/1.1 304 Not Modified", *validators.values(), b"Connection: close", b"", b""])
        return _moved(recorded, self.recording.origin, self.server_port)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.shutdown()
        self.server_close()


def serve(recording: Recording) -> SampleServer:
    """Return a server of the sample blog, at the recorded address if it can be had.

    Raises:
        UsageError: No port can be had.
    """
    digits = recording.origin.rpartition(":")[2]
    for port in (int(digits), *[0] * 50):
        try:
            server = SampleServer(recording, port)
        except OSError:
            continue
        if len(str(server.server_port)) == len(digits):
            return server
        server.server_close()
    raise UsageError(f"no port of {HOST} can be had for the sample blog: end what listens there, and try again")


def _name(line: bytes) -> bytes:
    return line.partition(b":")[0].lower()


def _value(line: bytes) -> str:
    return line.partition(b":")[2].strip().decode("latin-1")


def _moved(response: bytes, origin: str, port: int) -> bytes:
    """Return the response with the recorded port written over by *port*, in links plain and percent-coded."""
    host, _, old = origin.rpartition("/")[2].partition(":")
    for colon in (":", "%3A", "%3a"):
        response = response.replace(f"{host}{colon}{old}".encode(), f"{host}{colon}{port}".encode())
    return response


class _Handler(BaseHTTPRequestHandler):
    """Answers GET from the recording, and closes: so did the server that was recorded."""

    def do_GET(self) -> None:
        server = cast(SampleServer, self.server)
        headers = self.headers
        self.wfile.write(
            server.answer(self.path, etag=headers["If-None-Match"], last_modified=headers["If-Modified-Since"])
        )

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the sample's output is what the reader came for."""
