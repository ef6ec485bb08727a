"""Dates as pages and feeds write them. A date without a zone is taken for UTC; a relative one is no date."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from extractors.months import IN_PARTS, JALALI, MONTHS, MONTHS_OF

REVISION = "dates/4"

_ISO = re.compile(
    r"(?P<y>\d{4})(?:(?P<m>\d{2})(?P<d>\d{2})|-(?P<m1>\d{1,2})-(?P<d1>\d{1,2}))(?!\d)"
    r"(?:[T ]\s*(?P<H>\d{1,2})(?::?(?P<M>\d{2}))(?::?(?P<S>\d{2})(?P<f>[.,]\d+)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
#: The spelling of most of them, which Python's own reader takes as well, in a third of the time.
_MACHINE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])")
_CJK = re.compile(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일号號]?")
_VIETNAMESE = re.compile(r"(?<!\d)(?P<d>\d{1,2}),?\s*(?:tháng|thg)\s*(?P<m>\d{1,2}),?\s*(?:năm\s*)?(?P<y>\d{4})(?!\d)")
#: The name of a month: letters of any script, with the marks that Indian ones are written with.
_NAME = r"(?P<m>[^\s\d.,/:;|()\[\]<>·•–—_-]{2,25}|" + "|".join(map(re.escape, IN_PARTS)) + ")"
_DAY_FIRST = re.compile(
    r"(?<!\d)(?P<d>\d{1,2})(?:st|nd|rd|th|º|°|er|-a|-го|-е|-ті|\.)?(?![^\W\d_])[\s.\-/]*(?:(?:de|of|da)\s+|(?:ta|o?d)['’]\s*)?"
    + _NAME
    + r"[\s.,\-/]*(?:(?:de|del|of|do|the)\s+)?(?P<y>\d{4})(?!\d)"
)
_MONTH_FIRST = re.compile(_NAME + r"\.?[\s\-/]*(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?,?[\s\-/]+(?P<y>\d{4})(?!\d)")
_NAME_BETWEEN = re.compile(  # "2026. november 16.", "2026 m. lapkričio 16 d.", "2026. gada 16. novembris"
    r"(?<!\d)(?P<y>\d{4})(?:\.|\s*m\.|\(?e?\)?ko|\s*оны?)?[\s\-/,]*" + _NAME + r"[\s.\-/]*(?P<d>\d{1,2})(?!\d)"
)
_YEAR_THEN_DAY = re.compile(r"(?<!\d)(?P<y>\d{4})\.\s*gada\s*(?P<d>\d{1,2})\.\s*" + _NAME)
_SLASHED = re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<sep>[/.-])\s?(?P<b>\d{1,2})(?P=sep)\s?(?P<y>\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})[/.-]\s?(?P<m>\d{1,2})[/.-]\s?(?P<d>\d{1,2})(?!\d)")
_CLOCK = re.compile(
    r"(?P<late>午後|下午|오후)?\s*(?<![\d:])(?P<H>\d{1,2})\s?[:.h時时시]\s?(?P<M>\d{2})(?::(?P<S>\d{2}))?"
    r"\s*(?P<half>[ap]\.?\s?m\b\.?)?"
    r"(?:\s*(?:GMT|UTC)?(?P<z>[+-](?:0\d|1[0-4]):?[0-5]\d)(?!\d))?",
    re.I,
)
#: The decimal digits of Arabic, Persian, the Indian scripts, Thai and the full width of East Asia.
_DIGITS = {
    first + digit: str(digit)
    for first in (0x660, 0x6F0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xFF10)
    for digit in range(10)
}
#: Years that a page may tell: "0001-01-01" and "9999-12-31" stand where software knows no date.
_FIRST_YEAR, _LAST_YEAR = 1000, 2200
_BUDDHIST = 543  #: years that Thailand's calendar is ahead
#: Where a bare number before a slash is a month; in all other places it is a day.
_MONTH_FIRST_LANGS = re.compile(r"en(?:[-_]?us|[-_]ph)?|es[-_](?:us|pr|pa)|fil(?:[-_].*)?", re.I)


class Told(NamedTuple):
    """A date as far as its words tell it."""

    at: datetime  #: aware UTC; midnight where no time of day is told
    on: date  #: the day as written, in the writer's own zone
    timed: bool  #: a time of day is told
    zoned: bool  #: a zone other than UTC is told: `on` is surely the day of the writer; machines write all in UTC


def parse_date(text: str, lang: str | None = None) -> datetime | None:
    """Return the moment that *text* tells, aware in UTC; None if it tells none; see `read_date`."""
    told = read_date(text, lang)
    return told.at if told is not None else None


def read_date(text: str, lang: str | None = None) -> Told | None:
    """Return the date that *text* tells, None if it tells none.

    Read are ISO 8601, RFC 822, and dates in words with the names of months in some sixty languages, with or without
    a time of day, in digits of any script; years of Thailand's calendar and dates of Iran's are converted. Of
    "03/04/2019" it cannot be known which is the month unless one exceeds 12 or the separator is a point: *lang*
    decides, without it the month comes first.

    Args:
        text: At most 200 characters; longer ones tell nothing.
        lang: Language tag of the page ("en-GB"), None or anything odd where it is unknown.
    """
    if len(text) > 400:
        return None
    text = " ".join(text.split())
    if not text or len(text) > 200:
        return None
    try:
        if _MACHINE.fullmatch(text):
            return _told(datetime.fromisoformat(text), True)
        text = text if text.isascii() else text.translate(_DIGITS)
        if match := _ISO.match(text):
            return _from_iso(match)
        if text[:3].isalpha() and "," in text[:5] and (found := _from_rfc822(text)):
            return found
        return _from_words(text, lang)
    except (ValueError, OverflowError):
        return None


def _told(moment: datetime, timed: bool) -> Told:
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise ValueError(moment)
    return Told(moment.astimezone(UTC), moment.date(), timed, timed and bool(moment.utcoffset()))


def _from_iso(match: re.Match[str]) -> Told:
    part = match.groupdict()
    fraction = int(float("0" + part["f"].replace(",", ".")) * 1e6) if part["f"] else 0
    hour, minute, second = (int(part[name] or 0) for name in "HMS")
    day = datetime(int(part["y"]), int(part["m"] or part["m1"]), int(part["d"] or part["d1"]), tzinfo=_zone(part["z"]))
    at = day.replace(hour=hour, minute=minute, second=second, microsecond=fraction)
    return _told(at, part["H"] is not None)


def _zone(text: str | None) -> timezone:
    if not text or text in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _from_rfc822(text: str) -> Told | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return _told(at.replace(tzinfo=UTC) if at.tzinfo is None else at, True)


def _from_words(text: str, lang: str | None) -> Told | None:
    low = text.lower()
    found = _numbered(low) or _named(low, lang) or _slashed(low, lang)
    if found is None:
        return None
    day, start, end = found
    if not 1970 <= day.year <= _LAST_YEAR:
        return None
    told = _clock(low[end : end + 40]) or _clock(low[:start])
    hour, minute, second, zone = told or (0, 0, 0, UTC)
    return _told(datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=zone), told is not None)


_Found = tuple[date, int, int]  # the day, and where in the text it stands


def _numbered(low: str) -> _Found | None:
    for pattern in (_CJK, _YEAR_FIRST, _VIETNAMESE):
        if match := pattern.search(low):
            return date(_common_year(int(match["y"])), int(match["m"]), int(match["d"])), match.start(), match.end()
    return None


def _named(low: str, lang: str | None) -> _Found | None:
    of_lang = (lang or "").partition("-")[0].partition("_")[0].lower()
    for pattern in (_YEAR_THEN_DAY, _DAY_FIRST, _MONTH_FIRST, _NAME_BETWEEN):
        for match in pattern.finditer(low):
            name, year, day = match["m"], int(match["y"]), int(match["d"])
            if name in JALALI and 1300 <= year < 1500:
                return _from_jalali(year, JALALI[name], day), match.start(), match.end()
            month = MONTHS_OF.get((of_lang, name)) or MONTHS.get(name)
            if month:
                return date(_common_year(year), month, day), match.start(), match.end()
    return None


def _slashed(low: str, lang: str | None) -> _Found | None:
    match = _SLASHED.search(low)
    if match is None:
        return None
    first, second = int(match["a"]), int(match["b"])
    is_month_first = match["sep"] != "." and (not lang or _MONTH_FIRST_LANGS.fullmatch(lang) is not None)
    if first > 12 or second > 12:
        is_month_first = second > 12
    day, month = (second, first) if is_month_first else (first, second)
    year = int(match["y"])
    year += 2000 if year < 70 else 1900 if year < 100 else 0
    return date(_common_year(year), month, day), match.start(), match.end()


def _common_year(year: int) -> int:
    return year - _BUDDHIST if 2500 <= year < 2650 else year


def _from_jalali(year: int, month: int, day: int) -> date:
    """Return a day of Iran's solar calendar in the common one; right for the years 1300 to 1499.

    Its leap years follow the 33-year rule; 1 Farvardin 1400 was 21 March 2021.
    """
    if not (1 <= month <= 12 and 1 <= day <= (31 if month <= 6 else 30)):
        raise ValueError(month, day)
    before = 31 * min(month - 1, 6) + 30 * max(month - 7, 0)
    days = 365 * (year - 1400) + (8 * year + 21) // 33 - (8 * 1400 + 21) // 33 + before + day - 1
    return date(2021, 3, 21) + timedelta(days=days)


def _clock(text: str) -> tuple[int, int, int, timezone] | None:
    match = _CLOCK.search(text)
    if match is None:
        return None
    hour, minute, second = int(match["H"]), int(match["M"]), int(match["S"] or 0)
    half = "p" if match["late"] else (match["half"] or "").lower()[:1]
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return (hour, minute, second, _zone(match["z"])) if hour < 24 and minute < 60 and second < 60 else None
