"""How often a host is asked: one request after another, with a gap, and a pause where the host asks for one. No I/O."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MAX_GAP_S = 30.0  #: longest gap between the starts of two requests; a longer Crawl-delay is cut to it
MAX_PAUSE_S = 24 * 3600.0  #: longest pause that a Retry-After can ask for
_FIRST_PAUSE_S = 60.0
_LONGEST_OWN_PAUSE_S = 3600.0
_SLOW_FOR = timedelta(hours=24)
#: Platforms whose blogs share one service: one pace for all of them.
_SHARED = tuple(
    ".blogspot.com .wordpress.com .substack.com .tumblr.com .medium.com .livejournal.com .dreamwidth.org "
    ".typepad.com .ghost.io .github.io .squarespace.com".split()
)


def pace_key(host: str) -> str:
    """Return the name under which a host's requests are counted: the platform where many blogs share one."""
    return next((suffix[1:] for suffix in _SHARED if host.endswith(suffix)), host)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110 §10.2.3), at most 24 h; None if it says nothing.

    Args:
        value: Seconds or an HTTP date.
        now: Aware UTC.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:12]), MAX_PAUSE_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), MAX_PAUSE_S)


@dataclass(slots=True)
class _Host:
    next_at: datetime
    crawl_delay_s: float = 0.0
    refusals: int = 0  #: 429 and 503 in a row
    paused_until: datetime | None = None
    slow_until: datetime | None = None


class Pace:
    """Remembers, host by host, when the next request may start.

    Args:
        gap_s: Least seconds between two starts.
        chance: Number from 0 to 1, for the jitter of our own pauses.
    """

    def __init__(self, gap_s: float, chance: Callable[[], float] = random.random) -> None:
        self._gap_s = gap_s
        self._chance = chance
        self._hosts: dict[str, _Host] = {}

    def wait_s(self, host: str, now: datetime) -> float:
        """Return the seconds until the host may be asked, 0 if at once."""
        known = self._hosts.get(pace_key(host))
        if known is None:
            return 0.0
        free_at = known.next_at if known.paused_until is None else max(known.next_at, known.paused_until)
        return max((free_at - now).total_seconds(), 0.0)

    def set_crawl_delay(self, host: str, seconds: float | None, now: datetime) -> None:
        """Note what robots.txt asks for."""
        self._host(host, now).crawl_delay_s = seconds or 0.0

    def note_request(self, host: str, started_at: datetime, duration_s: float, *, loopback: bool) -> None:
        """Note a request that was made: the gap to the next counts from its start. None on the loopback."""
        known = self._host(host, started_at)
        gap_s = 0.0 if loopback else min(MAX_GAP_S, max(self._gap_s, 2 * duration_s, known.crawl_delay_s))
        if known.slow_until is not None and started_at < known.slow_until:
            gap_s = min(MAX_GAP_S, 2 * gap_s)
        known.next_at = started_at + timedelta(seconds=gap_s)

    def note_answer(
        self, host: str, status: int | None, retry_after: str | None, now: datetime, *, loopback: bool
    ) -> None:
        """Note how the request ended: 429 and 503 pause the whole host and halve its rate for a day.

        The pause is what Retry-After says; without one it is a random part of 60 s, doubled each time up to an
        hour, and none on the loopback.
        """
        known = self._host(host, now)
        if status not in (429, 503):
            known.refusals = 0 if status is not None else known.refusals
            return
        asked = retry_after_s(retry_after, now)
        own = 0.0 if loopback else min(_FIRST_PAUSE_S * 2**known.refusals, _LONGEST_OWN_PAUSE_S) * self._chance()
        known.refusals = min(known.refusals + 1, 10)
        known.paused_until = now + timedelta(seconds=own if asked is None else asked)
        known.slow_until = now + _SLOW_FOR

    def _host(self, host: str, now: datetime) -> _Host:
        return self._hosts.setdefault(pace_key(host), _Host(next_at=now))
