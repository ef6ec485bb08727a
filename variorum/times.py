"""Times: aware UTC `datetime` inside, RFC 3339 with Z outside."""

from datetime import UTC, datetime, timedelta

from variorum.errors import UsageError


def utc_now() -> datetime:
    """Return the time now. The one clock of the project: pure rings get times as arguments."""
    return datetime.now(UTC)


def to_rfc3339(at: datetime) -> str:
    """Return an aware time as RFC 3339 in UTC, e.g. 2026-11-24T09:30:00.123456Z; no fraction when it is zero."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def parse_time(text: str) -> datetime:
    """Read a time that a person or a file gives: ISO 8601 date or time; one without a zone is UTC.

    A bare date means its last moment, because "as of 3 May" includes what was seen on that day.

    Raises:
        UsageError: It is no such time.
    """
    text = text.strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is no date: write 2026-11-24 or 2026-11-24T09:30:00Z") from None
    if len(text) == 10 and text[4] == "-":
        return at.replace(tzinfo=UTC) + timedelta(days=1, microseconds=-1)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
