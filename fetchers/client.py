"""The fetcher: a request becomes a chain of exchanges, politely, and whatever goes wrong is in the chain."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from types import TracebackType
from typing import Self

import ada_url
import httpx

from fetchers import robots
from fetchers.address import Guard, Refused, is_loopback
from fetchers.pace import MAX_GAP_S, Pace, retry_after_s
from fetchers.robots import RobotsState, read_robots
from fetchers.transport import CONNECT_S, READ_S, TooLarge, Wire, make_transport, trusted_context
from variorum import messages
from variorum.records import Exchange, Fetched, Request
from variorum.settings import Settings
from variorum.times import to_rfc3339, utc_now
from variorum.urls import host_of

MAX_REDIRECTS = 10
MAX_ROBOTS_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_RETRY_AFTER_S = (1.0, 2.0)  #: wait before the second and the third try
_MAX_SHORT_WAIT_S = 10.0  #: a longer Retry-After is the schedule's business
_ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,application/json;q=0.9,*/*;q=0.8"
_SHORT = "truncated: the connection closed"  #: the framing promised more; the connection was closed in good order
_CODINGS = "gzip, deflate, br, zstd"


class Fetcher:
    """Fetches pages one at a time. Use it as a context manager, and from one thread.

    Args:
        settings: User-Agent, gap, timeout, bounds, private ranges.
        trusted_hosts: `host` or `host:port` that the operator named (`variorum.urls.host_of`): these alone may be
            inside the house or on another port than 80 and 443.
        clock: Time now, aware UTC.
        sleep: Waits that many seconds.

    Raises:
        UsageError: `settings.allow_private` is no list of ranges.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        trusted_hosts: frozenset[str] = frozenset(),
        clock: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._sleep = sleep
        self._guard = Guard(settings.allow_private, trusted_hosts)
        self._pace = Pace(settings.gap_s)
        self._robots: dict[str, RobotsState] = {}
        self._transport, self._backend = make_transport(self._guard, trusted_context())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept alive."""
        self._transport.close()

    def fetch(self, request: Request) -> Fetched:
        """Fetch one URL: robots.txt first where it is not known, then hop by hop.

        Never raises for a page: what went wrong stands in `Exchange.error`, and `transient` says whether another
        attempt may help. Waits at most `pace.MAX_GAP_S` for its turn; a host that asked for a longer pause is refused.
        """
        chain: list[Exchange] = []
        self._follow(request, chain, most=MAX_REDIRECTS, limit=self._settings.max_body_bytes)
        return Fetched(exchanges=tuple(chain))

    def robots(self, host: str) -> RobotsState | None:
        """Return what robots.txt of a host (`host_of`) said, None if it was not asked for."""
        return self._robots.get(f"https://{host}") or self._robots.get(f"http://{host}")

    # ----------------------------------------------------------------------------------------- hops
    def _follow(self, request: Request, chain: list[Exchange], *, most: int, limit: int) -> None:
        """Append the exchanges of a request and of the redirects after it."""
        visited: list[str] = []
        hop = request
        while True:
            visited.append(_wire_url(hop.url))
            refusal = self._refusal(hop, chain)
            if refusal is not None:
                chain.append(refusal)
                return
            self._try(hop, chain, limit)
            target = chain[-1].redirect_to
            if target is None or not (chain[-1].error or "truncated").startswith(("truncated", "bad coding")):
                return  # what is wrong with the body of a redirect does not matter
            hop = Request(url=target, role=request.role)
            if _wire_url(target) in visited:
                chain.append(self._nothing(hop, "redirects: they lead in a circle"))
                return
            if len(visited) > most:
                chain.append(self._nothing(hop, f"redirects: more than {most}"))
                return

    def _refusal(self, request: Request, chain: list[Exchange]) -> Exchange | None:
        """Return the exchange that says why this request is not made, None if it may be."""
        try:
            if not ada_url.check_url(request.url):
                raise Refused(f"{request.url[:200]} is no URL")
            self._guard.check_url(_wire_url(request.url))
        except Refused as error:
            return self._nothing(request, f"refused: {error}")
        pause = self._pause(request)
        if pause is not None or request.role == "robots":
            return pause
        state = self._robots_of(request.url, chain)
        reason = state.refusal(_wire_url(request.url))
        if reason is None:
            return None
        unreachable = state.kind == "unreachable"
        if unreachable and state.reason.startswith("refused: "):
            return self._nothing(request, state.reason)
        return self._nothing(request, f"refused by robots.txt: {reason}", transient=unreachable)

    def _robots_of(self, url: str, chain: list[Exchange]) -> RobotsState:
        """Return the robots.txt that holds for a URL; fetch it where it is not known or too old."""
        url = _wire_url(url)
        origin = f"{url.partition('://')[0]}://{host_of(url)}"
        known = self._robots.get(origin)
        if known is not None and self._clock() < known.expires_at:
            return known
        request = Request(url=f"{origin}/robots.txt", role="robots")
        self._follow(request, chain, most=MAX_ROBOTS_REDIRECTS, limit=robots.MAX_BYTES)
        state = read_robots(chain[-1], origin, self._clock(), known)
        self._robots[origin] = state
        self._pace.set_crawl_delay(host_of(url), state.crawl_delay_s, self._clock())
        return state

    def _pause(self, request: Request) -> Exchange | None:
        """Return a refusal if the host asked for a pause that is too long to be slept through."""
        host = host_of(_wire_url(request.url))
        wait = self._pace.wait_s(host, self._clock())
        if wait <= MAX_GAP_S:
            return None
        until = to_rfc3339((self._clock() + timedelta(seconds=wait)).replace(microsecond=0))
        return self._nothing(request, f"refused: {host} asked for a pause until {until}", transient=True)

    def _nothing(self, request: Request, error: str, *, transient: bool = False) -> Exchange:
        """Return the exchange of a request that was not made."""
        return Exchange(
            url=request.url,
            role=request.role,
            requested_at=self._clock(),
            duration_s=0.0,
            error=_one_line(error),
            transient=transient,
        )

    # ----------------------------------------------------------------------------------------- tries
    def _try(self, request: Request, chain: list[Exchange], limit: int) -> None:
        """Append one exchange, and more where another try may help at once.

        A connection that failed, 502, 503 and 504: twice more. A body that was cut short or badly coded: once more,
        without a coding. Where only the framing is short, the same bytes again are what the server has to give (a
        wrong Content-Length, mostly), and count as whole; a compressed stream without its end never does.
        """
        chain.append(self._exchange(request, limit))
        for wait in _RETRY_AFTER_S:
            short = self._short_wait(chain[-1], wait)
            if short is None:
                break
            self._sleep(short)
            chain.append(self._exchange(request, limit))
        first = chain[-1]
        if (first.error or "").startswith(("truncated", "bad coding")):
            again = self._exchange(request, limit, codings="identity")
            if (again.error or "").startswith(_SHORT) and (again.status, again.body) == (first.status, first.body):
                again = replace(again, error=None, transient=again.status == 429 or (again.status or 0) >= 500)
            chain.append(again)
        last = chain[-1]
        self._pace.note_answer(
            host_of(_wire_url(last.url)),
            last.status,
            last.header("retry-after"),
            self._clock(),
            loopback=is_loopback(last.address),
        )

    def _short_wait(self, exchange: Exchange, wait: float) -> float | None:
        """Return the seconds after which to try again, None if not now."""
        if (exchange.error or "").startswith("connection") and exchange.transient:
            return wait
        if exchange.status not in (502, 503, 504):
            return None
        asked = retry_after_s(exchange.header("retry-after"), self._clock())
        wait = wait if asked is None else asked
        return wait if wait <= _MAX_SHORT_WAIT_S else None

    def _exchange(self, request: Request, limit: int, codings: str = _CODINGS) -> Exchange:
        """Wait for the host's turn, send one GET, read what comes."""
        url = _wire_url(request.url)
        host = host_of(url)
        wait = min(self._pace.wait_s(host, self._clock()), MAX_GAP_S)
        if wait > 0:
            self._sleep(wait)
        wire = Wire(self._settings.timeout_s, limit)
        self._backend.wire = wire
        started_at, started = self._clock(), time.perf_counter()
        error = self._drain(url, self._headers(request, codings), limit)
        duration_s = time.perf_counter() - started
        self._pace.note_request(host, started_at, duration_s, loopback=is_loopback(wire.address))
        return _read_exchange(request, wire, error, limit, started_at, duration_s)

    def _headers(self, request: Request, codings: str) -> list[tuple[str, str]]:
        headers = [
            ("User-Agent", self._settings.user_agent),
            ("Accept", _ACCEPT),
            ("Accept-Encoding", codings),
        ]
        if request.etag and _is_header_value(request.etag):
            headers.append(("If-None-Match", request.etag))
        if request.last_modified and _is_header_value(request.last_modified):
            headers.append(("If-Modified-Since", request.last_modified))
        return headers

    def _drain(self, url: str, headers: list[tuple[str, str]], limit: int) -> str | None:
        """Send a GET and read the answer to its end into the wire; return what went wrong.

        The transport is asked directly: httpx's client would add a cookie jar, proxies of the environment, and
        an error for every Location that it cannot parse.
        """
        timeout = {"connect": CONNECT_S, "read": READ_S, "write": READ_S, "pool": CONNECT_S}
        try:
            request = httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})
            response = self._transport.handle_request(request)
            try:
                size = 0
                for piece in response.iter_raw():
                    size += len(piece)
                    if size > limit:
                        return f"too large: more than {limit} bytes of body"
            finally:
                response.close()
        except Refused as error:
            return f"refused: {error}"
        except TooLarge as error:
            return f"too large: {error}"
        except httpx.TimeoutException as error:
            return f"timeout: {error}" if str(error) else f"timeout: no connection within {CONNECT_S:g} s"
        except httpx.ConnectError as error:
            return f"{_connect_trouble(error)}: {error}"
        except httpx.NetworkError as error:
            return f"connection: {error or 'lost'}"
        except httpx.RemoteProtocolError as error:
            silent = "without sending a response" in str(error) and not self._backend.wire.received
            return f"connection: {error}" if silent else f"protocol: {error}"
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, UnicodeError) as error:
            return f"refused: {url[:200]} cannot be asked for ({error})"
        return None


# --------------------------------------------------------------------------------------------- reading an answer
def _read_exchange(
    request: Request, wire: Wire, error: str | None, limit: int, started_at: datetime, duration_s: float
) -> Exchange:
    """Make the exchange of what stands on the wire; `error` is what ended the reading before its time."""
    raw = bytes(wire.received)
    message = messages.read_message(raw)
    if message is None:
        error = error or "protocol: no HTTP/1 answer"
        return Exchange(
            url=request.url,
            role=request.role,
            requested_at=started_at,
            duration_s=duration_s,
            request=bytes(wire.sent),
            response=raw,
            address=wire.address,
            error=_one_line(error),
            transient=error.startswith(("timeout", "connection")),
        )
    if error is not None and error.startswith("protocol") and not (message.complete or message.broken):
        of = "" if message.expected is None else f" of {message.expected}"
        error = f"{_SHORT} after {len(message.coded)}{of} bytes"
    codings = [word for value in messages.values(message.headers, "content-encoding") for word in messages.words(value)]
    decoded = messages.decode(message.coded, codings, limit)
    if error is None or error.startswith(_SHORT):
        error = decoded.error or error
    troubled = error is not None and error.startswith(("timeout", "connection", "truncated"))
    return Exchange(
        url=request.url,
        role=request.role,
        requested_at=started_at,
        duration_s=duration_s,
        request=bytes(wire.sent),
        response=raw[message.start : message.end],
        status=message.status,
        headers=message.headers,
        body=decoded.body,
        address=wire.address,
        error=None if error is None else _one_line(error),
        transient=troubled or message.status == 429 or message.status >= 500,
        redirect_to=_redirect_target(_wire_url(request.url), message),
    )


def _redirect_target(url: str, message: messages.Message) -> str | None:
    """Return where a 3xx answer leads: absolute, or as it stands if no browser could read it."""
    location = next(iter(messages.values(message.headers, "location")), None)
    if message.status not in _REDIRECTS or location is None:
        return None
    with contextlib.suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")
    try:
        target = ada_url.URL(location, base=url)
    except ValueError:
        return _one_line(location)
    target.hash = ""
    return str(target.href)


@lru_cache(maxsize=64)  # each request asks some six times for its own
def _wire_url(url: str) -> str:
    """Return a URL as the browsers' parser spells it, without its fragment; as it stands if that cannot read it."""
    try:
        parsed = ada_url.URL(url)
    except ValueError:
        return url
    parsed.hash = ""
    return str(parsed.href)


def _one_line(text: str) -> str:
    """Return a message in one line of printable characters, at most 500."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:500]


def _is_header_value(text: str) -> bool:
    """Return whether a stored validator can be sent back as it is."""
    return text.isascii() and text.isprintable()


def _connect_trouble(error: BaseException | None) -> str:
    """Return the kind of a failed connection by what lies below the error: tls, unknown host, or connection."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return "tls"
        if isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN:
            return "unknown host"
        error = error.__cause__ or error.__context__
    return "connection"
