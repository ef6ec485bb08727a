"""robots.txt (RFC 9309): what the answer to its request means. Protego reads the rules, the rest is here. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from protego import Protego

from variorum.records import Exchange

TOKEN = "variorum"
MAX_BYTES = 512 * 1024  # RFC 9309 §2.5 asks for 500 KiB at least
_FRESH = timedelta(hours=24)
#: Wait before an unreachable robots.txt is asked for again, by the number of failures in a row; then hourly.
_RETRY = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60))
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsState:
    """What robots.txt of one origin said, and until when that holds."""

    origin: str  #: scheme://host[:port]
    kind: Literal["rules", "none", "unreachable"]  #: "none": there is no such file, so nothing is forbidden
    reason: str  #: for people: "200", "404", "503", "timeout: …"
    expires_at: datetime
    rules: Protego | None = None
    crawl_delay_s: float | None = None  #: as the file asks; `fetchers.pace` cuts it
    failures: int = 0  #: times in a row that it could not be read

    def refusal(self, url: str) -> str | None:
        """Return why this URL may not be fetched, None if it may: the rule, or that the file could not be read."""
        if self.kind == "unreachable":
            return f"it could not be read ({self.reason}), so nothing may be fetched"
        if self.rules is None or self.rules.can_fetch(url, TOKEN):
            return None
        return matched_rule(self.rules, url)


def read_robots(exchange: Exchange, origin: str, now: datetime, before: RobotsState | None = None) -> RobotsState:
    """Tell from the last exchange of a robots.txt request what may be fetched.

    Args:
        exchange: The answer after redirects. One that was too large is read as far as it came.
        origin: scheme://host[:port] for which the rules hold, whoever gave them (RFC 9309 §2.3.1.2).
        now: Aware UTC.
        before: What was known; its rules are kept while the file cannot be read.
    """
    status = exchange.status
    too_large = (exchange.error or "").startswith("too large")
    if exchange.error is not None and exchange.error.startswith("redirects"):
        # RFC 9309 §2.3.1.2: not reached within five redirects counts as unavailable
        return RobotsState(origin=origin, kind="none", reason=exchange.error, expires_at=now + _FRESH)
    if status is not None and 200 <= status < 300 and (exchange.error is None or too_large):
        rules = Protego.parse(robots_text(exchange.body))
        delay = rules.crawl_delay(TOKEN)
        return RobotsState(
            origin=origin,
            kind="rules",
            reason=str(status),
            expires_at=now + _FRESH,
            rules=rules,
            crawl_delay_s=delay,
        )
    unavailable = status is not None and 400 <= status < 500 and status != 429
    if exchange.error is None and (unavailable or status in (300, *_REDIRECTS)):
        return RobotsState(origin=origin, kind="none", reason=str(status), expires_at=now + _FRESH)
    failures = 1 + (before.failures if before is not None else 0)
    reason = exchange.error or str(status)
    expires_at = now + _RETRY[min(failures, len(_RETRY)) - 1]
    if before is not None and before.kind != "unreachable":
        return RobotsState(
            origin=origin,
            kind=before.kind,
            reason=f"{before.reason}, then {reason}",
            expires_at=expires_at,
            rules=before.rules,
            crawl_delay_s=before.crawl_delay_s,
            failures=failures,
        )
    return RobotsState(origin=origin, kind="unreachable", reason=reason, expires_at=expires_at, failures=failures)


def robots_text(body: bytes) -> str:
    """Return the text of a robots.txt: at most 512 KiB, cut at a line end, without a byte order mark.

    With the mark left in, Protego loses the first group, and with it perhaps every rule.
    """
    if len(body) > MAX_BYTES:
        body = body[: max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES), 0)]
    encoding = "utf-16" if body.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
    return body.decode(encoding, "replace").lstrip("\ufeff")


def matched_rule(rules: Protego, url: str) -> str:
    """Return the rule that forbids a URL, e.g. "Disallow: /private", the pattern as Protego spells it.

    Protego tells no rule in public: a test fails if these private names move.
    """
    group = rules._get_matching_rule_set(TOKEN)
    for rule in group._rules if group is not None else ():  # most specific first
        text = f"Disallow: {rule.value._pattern}"
        if rule.field == "disallow" and not Protego.parse(f"User-agent: *\n{text}").can_fetch(url, TOKEN):
            return text
    return "a rule for this agent"
