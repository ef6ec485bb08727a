"""Dates as pages and feeds write them. A date without a zone is taken for UTC; a relative one is no date."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

_ISO = re.compile(
    r"(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})"
    r"(?:[T ]\s*(?P<H>\d{2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?P<f>[.,]\d+)?)?"
    r"\s*(?P<z>Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_CJK = re.compile(r"(?P<y>\d{4})\s*[年년]\s*(?P<m>\d{1,2})\s*[月월]\s*(?P<d>\d{1,2})\s*[日일号]?")
_WORDS = re.compile(
    r"(?P<d>\d{1,2})(?:st|nd|rd|th|\.|º|°|er|-a|-го)?\s*(?:de |of |d’|d')?\s*(?P<m>[^\W\d_]{3,})\.?,?\s*"
    r"(?:de |del |of )?\s*(?P<y>\d{4})"
)
_MONTH_FIRST = re.compile(r"(?P<m>[^\W\d_]{3,})\.?\s*(?P<d>\d{1,2})(?:st|nd|rd|th|\.)?,?\s+(?P<y>\d{4})")
_SLASHED = re.compile(r"(?<!\d)(?P<a>\d{1,2})(?P<sep>[/.-])(?P<b>\d{1,2})(?P=sep)(?P<y>\d{4}|\d{2})(?!\d)")
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})(?!\d)")
_CLOCK = re.compile(
    r"(?<![\d:])(?P<H>\d{1,2})[:.h](?P<M>\d{2})(?::(?P<S>\d{2}))?\s*(?P<half>[ap]\.?m\b\.?)?"
    r"(?:\s*(?:GMT|UTC)?(?P<z>[+-](?:0\d|1[0-4]):?[0-5]\d)(?!\d))?",
    re.I,
)
_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

# the first letters that tell the months of a language apart; longer ones first where one begins another
_MONTHS: dict[str, int] = {}
for _line in (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber mrz apr mai jun jul aug sept okt nov dez",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "janv févr mars avr mai juin juil août sept oct nov déc",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "ene feb mar abr may jun jul ago sep oct nov dic",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "jan fev mar abr mai jun jul ago set out nov dez",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januar februar marts april maj juni juli august september oktober november december",
    "januari februari mars april maj juni juli augusti september oktober november december",
    "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    "январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь",
    "янв фев мар апр май июн июл авг сен окт ноя дек",
    "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
    "ledna února března dubna května června července srpna září října listopadu prosince",
    "január február március április május június július augusztus szeptember október november december",
    "ianuarie februarie martie aprilie mai iunie iulie august septembrie octombrie noiembrie decembrie",
    "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta "
    "marraskuuta joulukuuta",
    "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου "
    "νοεμβρίου δεκεμβρίου",
    "januari februari maret april mei juni juli agustus september oktober november desember",
):
    for _number, _name in enumerate(_line.split(), 1):
        _MONTHS.setdefault(_name, _number)


def parse_date(text: str) -> datetime | None:
    """Return the moment that *text* tells, aware in UTC; None if it tells none.

    Read are ISO 8601, RFC 822, and dates in words with the names of months in some twenty languages, with or without
    a time of day. Of "03/04/2019" it cannot be known which is the month: month first, unless the first exceeds 12,
    or the separator is a point.
    """
    text = " ".join(text.split()).translate(_DIGITS)
    if not text or len(text) > 200:
        return None
    try:
        if match := _ISO.match(text):
            return _from_iso(match)
        if text[:3].isalpha() and "," in text[:5] and (found := _from_rfc822(text)):
            return found
        return _from_words(text)
    except (ValueError, OverflowError):
        return None


def _from_iso(match: re.Match[str]) -> datetime:
    part = match.groupdict()
    fraction = int(float("0" + part["f"].replace(",", ".")) * 1e6) if part["f"] else 0
    hour, minute, second = (int(part[name] or 0) for name in "HMS")
    day = datetime(int(part["y"]), int(part["m"]), int(part["d"]), tzinfo=_zone(part["z"]))
    at = day.replace(hour=hour, minute=minute, second=second, microsecond=fraction)
    return at.astimezone(UTC)


def _zone(text: str | None) -> timezone:
    if not text or text in ("Z", "UTC", "GMT"):
        return UTC
    digits = text[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if text[0] == "-" else offset)


def _from_rfc822(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _from_words(text: str) -> datetime | None:
    low = text.lower()
    year, month, day, end = 0, 0, 0, 0
    for pattern in (_CJK, _YEAR_FIRST):
        if match := pattern.search(low):
            year, month, day, end = int(match["y"]), int(match["m"]), int(match["d"]), match.end()
            break
    else:
        for pattern in (_WORDS, _MONTH_FIRST):
            match = next((found for found in pattern.finditer(low) if found["m"] in _MONTHS), None)
            if match:
                year, month, day, end = int(match["y"]), _MONTHS[match["m"]], int(match["d"]), match.end()
                break
        else:
            match = _SLASHED.search(low)
            if match is None:
                return None
            first, second = int(match["a"]), int(match["b"])
            day, month = (first, second) if match["sep"] == "." or first > 12 else (second, first)
            year, end = int(match["y"]), match.end()
            year += 2000 if year < 70 else 1900 if year < 100 else 0
    if not 1970 <= year <= 2200:
        return None
    told = _clock(low[end : end + 40]) or _clock(low[: match.start()])
    hour, minute, second_, zone = told or (0, 0, 0, UTC)
    return datetime(year, month, day, hour, minute, second_, tzinfo=zone).astimezone(UTC)


def _clock(text: str) -> tuple[int, int, int, timezone] | None:
    match = _CLOCK.search(text)
    if match is None:
        return None
    hour, minute, second = int(match["H"]), int(match["M"]), int(match["S"] or 0)
    half = (match["half"] or "").lower()[:1]
    if half == "p" and hour < 12:
        hour += 12
    if half == "a" and hour == 12:
        hour = 0
    return (hour, minute, second, _zone(match["z"])) if hour < 24 and minute < 60 and second < 60 else None
