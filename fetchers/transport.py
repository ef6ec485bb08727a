"""The wire: a network backend for httpcore that asks the guard, keeps every byte and ends what does not end.

httpx has no public argument for a network backend; `transport._pool` is the one private name that is touched, and
`tests/fetchers/test_fetchers_transport.py` fails if it moves.
"""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from fetchers.address import Guard
from variorum.messages import find_head

CONNECT_S = 10.0
READ_S = 20.0
MAX_HEAD_BYTES = 65536
MAX_HEAD_LINES = 256
_MAX_ADDRESSES = 4
_KEEP_ALIVE_S = 35.0  # longer than the longest gap between two requests to a host (pace.MAX_GAP_S)


class TooLarge(Exception):
    """More came than an answer may have. The text says of what."""


class Wire:
    """What one exchange sends and receives, after TLS, and the bounds that it must keep.

    Args:
        timeout_s: Seconds for the whole exchange, from now.
        max_bytes: Most bytes of the coded body. Framing may take as much again before the stream is ended.
    """

    def __init__(self, timeout_s: float, max_bytes: int) -> None:
        self.sent = bytearray()
        self.received = bytearray()
        self.address: str | None = None
        self.timeout_s = timeout_s
        self._deadline = time.monotonic() + timeout_s
        self._max_received = MAX_HEAD_BYTES + 2 * max_bytes
        self._head_seen = False

    def left_s(self, most: float | None) -> float:
        """Return the seconds that the next step may take.

        Raises:
            httpcore.ReadTimeout: None are left.
        """
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout(self.overdue())
        return left if most is None else min(most, left)

    def overdue(self) -> str:
        """Return which bound ended the wait, in words."""
        if time.monotonic() >= self._deadline - 0.05:
            return f"no whole answer within {self.timeout_s:g} s"
        return f"nothing came for {READ_S:g} s"

    def take(self, data: bytes) -> None:
        """Keep what was read.

        Raises:
            TooLarge: Head or body pass their bounds.
        """
        self.received += data
        if len(self.received) > self._max_received:
            raise TooLarge("the body is longer than its bound, framing and all")
        if self._head_seen:
            return
        head = find_head(self.received)
        end = len(self.received) if head is None else head[1]
        if end > MAX_HEAD_BYTES:
            raise TooLarge(f"more than {MAX_HEAD_BYTES} bytes of headers")
        if self.received.count(b"\n", 0, end) > MAX_HEAD_LINES + 2:
            raise TooLarge(f"more than {MAX_HEAD_LINES} header lines")
        self._head_seen = head is not None


class _Stream(httpcore.NetworkStream):
    """A connection that writes down what passes into the wire of the exchange under way."""

    def __init__(self, inner: httpcore.NetworkStream, backend: Backend, address: str) -> None:
        self._inner = inner
        self._backend = backend
        self._address = address

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        wire = self._backend.wire
        try:
            data = self._inner.read(max_bytes, wire.left_s(timeout))
        except httpcore.ReadTimeout:
            raise httpcore.ReadTimeout(wire.overdue()) from None
        wire.take(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        wire = self._backend.wire
        wire.address = self._address
        self._inner.write(buffer, wire.left_s(timeout))
        wire.sent += buffer

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        wire = self._backend.wire
        wire.address = self._address
        inner = self._inner.start_tls(ssl_context, server_hostname, wire.left_s(timeout))
        return _Stream(inner, self._backend, self._address)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class Backend(httpcore.NetworkBackend):
    """Opens connections to addresses that the guard checked, never to a name.

    `wire` is the exchange under way: there is one at a time, so whatever passes belongs to it.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._tcp = httpcore.SyncBackend()
        self.wire = Wire(0.0, 0)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses = self._guard.addresses(host, port)[:_MAX_ADDRESSES]
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"no address for {host} ({error})") from error
        trouble: Exception = httpcore.ConnectError(f"no address for {host}")
        ends_at = time.monotonic() + CONNECT_S
        for address in addresses:
            left = ends_at - time.monotonic()
            try:
                inner = self._tcp.connect_tcp(
                    address, port, self.wire.left_s(max(left, 0.1)), local_address, socket_options
                )
            except httpcore.ConnectTimeout:
                trouble = httpcore.ConnectTimeout(f"no connection to {address} port {port}")
            except httpcore.ConnectError as error:
                trouble = error
            else:
                return _Stream(inner, self, address)
        raise trouble


def trusted_context() -> ssl.SSLContext:
    """Return the TLS context that trusts what this machine trusts, one for the whole process.

    To read the certificates takes 20 ms of CPU, as long as a third of an ingest that finds nothing new.
    """
    return _context(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))


@lru_cache(maxsize=1)
def _context(file: str | None, folder: str | None) -> ssl.SSLContext:
    """Make the context; OpenSSL itself asks the environment where the certificates are."""
    del file, folder
    return ssl.create_default_context()


def make_transport(guard: Guard, context: ssl.SSLContext) -> tuple[httpx.HTTPTransport, Backend]:
    """Return a transport whose every connection goes through the guard and is recorded, and its backend."""
    backend = Backend(guard)
    transport = httpx.HTTPTransport(verify=context, trust_env=False)
    transport._pool.close()
    transport._pool = httpcore.ConnectionPool(
        ssl_context=context,
        max_connections=10,
        max_keepalive_connections=5,
        keepalive_expiry=_KEEP_ALIVE_S,
        http1=True,
        http2=False,
        network_backend=backend,
    )
    return transport, backend
