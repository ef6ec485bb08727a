"""Where a line says when, and who: "Posted by: Ann | May 3, 2009 9:20 AM", "3 hours ago", "2009年5月3日".

A byline is a name and a moment held together by a few words that mean neither; in which order differs by theme.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from extractors.dates import parse_date

LONGEST_NAME = 80  # letters; what is longer is a sentence
LONGEST_BYLINE = 160

_LETTERS = r"[^\W\d_]"
_TIME = (
    r"(?:[\s,;|@(–—-]*(?:at|um|à|a las|as|às|alle(?: ore)?|ore|kl\.?|om|o|в|о)?\s*\d{1,2}[:.h]\d{2}(?!\d)(?::\d{2})?"
    r"(?:\s*[ap]\.?m\b\.?)?(?:\s*(?:uhr|[A-Z]{2,4}\b|(?:GMT|UTC)?[+-]\d{2}:?\d{2}))?)?"
)
_WEEKDAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?|(?:mon|diens|donners|frei|sams|sonn)tag|"
    r"mittwoch|sonnabend|"
    r"mo|di|mi|do|fr|sa|so|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche|lunes|martes|mi[ée]rcoles|jueves|"
    r"viernes|s[áa]bado|"
    r"domingo|(?:segunda|terça|quarta|quinta|sexta)(?:-feira)?|(?:lune|marte|mercole|giove|vener)d[iì]|sabato|"
    r"domenica|"
    r"(?:maan|dins|woens|donder|vrij|zater|zon)dag|(?:mån|tis|ons|tors|fre|lör|sön|man|tirs|lør|søn)dag|"
    r"poniedziałek|wtorek|"
    r"środa|czwartek|piątek|sobota|niedziela|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|пн|"
    r"вт|ср|чт|пт|сб|вс"
)
_ABSOLUTE = re.compile(
    r"(?:\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?[\s,]+(?:on\s+)?)?"  # a time of day before the date
    r"(?:(?<![^\W\d_])(?:" + _WEEKDAY + r")\.?,?\s+)?"
    r"(?:"
    r"\d{4}-?\d{2}-?\d{2}[T ]\d{2}:?\d{2}(?::?\d{2})?(?:[.,]\d+)?(?:Z|[+-]\d{2}:?\d{2})?"
    r"|\d{4}\s*[-/.年년]\s*\d{1,2}\s*[-/.月월]\s*\d{1,2}\s*[日일]?"
    r"|(?<![\d/.-])\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d{2})(?![\d/-])"
    r"|(?<!\d)\d{1,2}(?:st|nd|rd|th|\.|º|°)?[\s-]*(?:de |of |d[’'])?" + _LETTERS + r"{3,}\.?,?[\s-]*(?:de |del )?"
    r"(?:\d{4}|[’']?\d{2}(?=[\s,;)|]|$))"
    r"|" + _LETTERS + r"{3,}\.?\s+\d{1,2}(?:st|nd|rd|th|\.)?,?\s+\d{4}"
    r")(?!\d)" + _TIME,
    re.I,
)
_UNIT = (
    r"(?:sec(?:ond)?|min(?:ute)?|h(?:ou)?r|day|week|month|year|sekund|stund|tag|woche|monat|jahr|heure|jour|"
    r"semaine|mois|"
    r"an|segundo|hora|d[ií]a|semana|mes|año|ano|mês|secondo|minut|or[ae]|giorn|settiman|anno|mese|uur|uren|"
    r"dag|week|maand|jaar|"
    r"godzin|dni|tygodni|miesi|lat|rok|секунд|минут|час|дн|день|недел|месяц|год|лет)"
)
_RELATIVE = re.compile(
    r"\b(?:about |almost |over |more than |less than )?(?:an?|one|\d+)\s+"
    + _UNIT
    + r"\w*(?:,?\s+\d+\s+"
    + _UNIT
    + r"\w*)?"
    r"\s+(?:ago|fa|geleden|temu|назад|тому|sedan|siden|önce|atrás)\b"
    r"|\b(?:vor|il y a|hace|há|for|acum|πριν(?: από)?|منذ|قبل)\s+\w+\s+" + _UNIT + r"?\w*"
    r"|\d+\s*(?:秒|分|分钟|分鐘|時間|小时|小時|日|天|週間|周|か月|ヶ月|カ月|个月|個月|年)前|\d+\s*(?:초|분|시간|일|주|개월|년)\s*전"
    r"|\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?,?\s*(?:today|yesterday)"
    r"|\b(?:today|yesterday|heute|gestern|aujourd[’']hui|hier|hoy|ayer|oggi|ieri|hoje|ontem|vandaag|gisteren|"
    r"сегодня|вчера)\b"
    r",?\s*(?:at|um|à|a las|alle|às|om|в)?\s*\d{1,2}[:.h]\d{2}(?:\s*[ap]\.?m\.?)?"
    r"|\b\d{1,3}\s?(?:s|m|min|h|hr|hrs|d|w|mo|y)\s+ago\b|\bjust now\b",
    re.I,
)
_DIGIT = re.compile(r"\d")
_SHORT_YEAR = re.compile(r"(?<=[^\W\d_])[\s.,-]*[’']?(\d{2})(?=[\s,;)|]|$)")
_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
#: Words before a name.
_BY = re.compile(
    r"^(?:(?:re\s*:\s*)?(?:this\s+)?(?:comment(?:ed|s)?|posted|written|submitted|left|added|sent|published|"
    r"replied|reply)"
    r"(?:\s+(?:was\s+)?(?:posted|written|made|left|submitted))?(?:\s+by|\s+from)?|by|from|author|name|"
    r"response from|on|at|"
    r"(?:geschrieben|verfasst|gepostet|kommentar|eingetragen)\s+von|von|(?:écrit|posté|publié|rédigé|"
    r"commentaire)\s+par|par|le|"
    r"(?:escrito|publicado|enviado|comentado|comentario)\s+por|por|de|(?:scritto|inviato|postato|"
    r"commento)\s+d[ai]|da|di|"
    r"(?:geplaatst|geschreven)\s+door|door|(?:skrevet|skrivet|postet|postat)\s+a[vf]|a[vf]|napisał\w*|"
    r"dodał\w*|autor\w*|"
    r"автор|від|от|投稿者|投稿|名前)\b\s*[:：]?\s*",
    re.I,
)
#: Words behind a name, or between name and moment.
_SAYS = re.compile(
    r"[\s,]*(?:(?:\b(?:says?|said|wrote|writes|commented|commenting|replied|replies|responds?|responded|added|"
    r"posted|thinks|"
    r"schreibt|schrieb|sagt|sagte|meint|meinte|kommentierte|dice|dijo|dit|disse|diz|ha scritto|ha detto|"
    r"a écrit|a dit|zegt|"
    r"zei|schreef|pisze|napisał\w*|mówi|говорит|пишет|написал\w*|dedi ki|diyor ki|säger|skrev|sier|siger|"
    r"sanoo|írta|kirjoitti|"
    r"escribió|escreveu|comentó|comentou|on|at|am|um|le|el|il|a las|à|in|op|den|dnia|via [\w ]{2,20}|"
    r"responded to|in reply to)\b\.?)|さんの発言|さんのコメント|より|يقول|قال)"
    r"(?:\s+(?:on|at|am|um|le|el|il|this|that))?\s*$",
    re.I,
)
_CLOCK = re.compile(r"(?:\s|[\s,;|:–—-]\s)\d{1,2}:\d{2}(?::\d{2})?(?:\s*[ap]\.?m\b\.?)?\s*$", re.I)
_NUMBER = re.compile(
    r"^(?:(?:comment\s*)?(?:#|no\.?\s?|nr\.?\s?)?\d+(?:\.\d+)*\s*(?:[.):\]|-]+|(?=\s|$))|\[\d+\]|\(\d+\))\s*", re.I
)
_EDGE = " \t\n\r\xa0-–—|~.,:;/\\•·‧∙»«→←>@([{*#…"
_PIECES = re.compile(r"\s*[|•·‧∙»\[]\s*|\s+[-–—]\s+")
#: What themes print beside name and moment; compared whole, without the edges.
ACTIONS = frozenset(
    part.strip()
    for part in """reply | quote | report | report abuse | report this post | report this comment | report as abusive |
    report comment | flag | flag as inappropriate | flag as offensive | permalink | permanent link | link |
    link to this |
    link to this comment | edit | edit this | edit comment | delete | like | unlike | share | like reply | up |
    points | point | votes |
    top | back to top |
    reply to this | reply to this comment | reply to comment | reply to post | respond | log in to reply |
    login to reply |
    log in to post comments | login to post comments | login or register to post comments |
    log in or register to post comments |
    expand full comment | expand | collapse | show more | read more | more | loading | loading... | like (0) |
    hide | parent |
    recommend | recommended | thumb up | thumb down | vote up | vote down | upvote | downvote | ignore user |
    view profile | actions |
    antworten | zitieren | melden | antwort | bearbeiten | löschen | permanentlink | auf diesen kommentar antworten |
    kommentar melden | répondre | citer | signaler | signaler un abus | répondre à ce commentaire | modifier |
    lien permanent |
    responder | citar | denunciar | editar | responder a este comentario | reportar | enlace permanente |
    rispondi | cita | segnala |
    modifica | reageer | beantwoorden | citeer | antwoorden | rapporteer | svar | svara | citera | anmäl |
    anmeld | odpowiedz |
    cytuj | zgłoś | ответить | цитировать | пожаловаться | ссылка | yanıtla | cevapla | alıntı | vastaa |
    odpovědět | răspunde |
    απάντηση | 返信 | 回复 | 回覆 | 引用 | 举报 | 답글 | رد | الرد |
    url | website | homepage | email | e-mail | web""".split("|")
)


#: What stands where a name would: how deep the comment is, that it was changed.
_NOBODY = re.compile(r"level \d+|(?:last )?edited\b.*(?:\d|ago)", re.I)


class Moment(NamedTuple):
    """A moment that a text tells, and where."""

    start: int
    end: int
    published: datetime | None  #: None: it is told as a distance from now


class Byline(NamedTuple):
    """Who and when; the name is "" where only the moment is told."""

    name: str
    published: datetime | None


def find_moment(text: str, lang: str | None = None) -> Moment | None:
    """Return the first date or relative time in *text*, None if it tells none.

    Args:
        lang: Language tag of the page; see `extractors.dates.read_date`.
    """
    for match in _ABSOLUTE.finditer(text) if _DIGIT.search(text) else ():
        if (published := _parsed(match.group(), lang)) is not None:
            return Moment(*match.span(), published)
    distance = _RELATIVE.search(text)
    return Moment(*distance.span(), None) if distance else None


def day_order(text: str, lang: str | None) -> str | None:
    """Return the language by whose custom "03/04/2019" is read among these dates: theirs if they tell, else *lang*.

    A day above 12 tells it for all dates of one thread: "25/04/2019" is not written where the month comes first.
    """
    firsts, seconds = set(), set()
    for first, second in _SLASHED.findall(text):
        firsts.add(int(first) > 12)
        seconds.add(int(second) > 12)
    if True in firsts and True not in seconds:
        return "en-GB"
    return "en-US" if True in seconds and True not in firsts else lang


_SLASHED = re.compile(r"(?<![\d/-])(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d{2})(?![\d/-])")


def _parsed(told: str, lang: str | None) -> datetime | None:
    published = parse_date(told, lang) or parse_date(_POINTS.sub(r"\2.\1.\3", told), lang)  # "10.29.2012": month first
    if published is not None:
        return published
    match = _SHORT_YEAR.search(told)
    if match is None:
        return None
    year = int(match[1])
    whole = f"{told[: match.start(1)]}{2000 + year if year < 70 else 1900 + year}{told[match.end(1) :]}"
    return parse_date(whole, lang)


def read_byline(text: str, lang: str | None = None) -> Byline | None:
    """Read a short line that tells a moment; None if it tells none.

    Args:
        text: Any white space; "Ann on May 3, 2009", "May 3, 2009 by Ann", "#12 Ann says: | Reply | 3 hours ago".
        lang: Language tag of the page.
    """
    text = " ".join(text.split())
    if len(text) > LONGEST_BYLINE:
        return None
    moment = find_moment(text, lang)
    if moment is None:
        return None
    sides = (text[: moment.start], text[moment.end :])
    return Byline(next((name for name in map(name_in, sides) if name), ""), moment.published)


def name_in(text: str) -> str:
    """Return the name in what a byline says beside its moment, "" if there is none."""
    for piece in _PIECES.split(text):
        name = bare_name(piece)
        if name and name.casefold().strip(_EDGE + ")]!") not in ACTIONS and not name.isdigit():
            return name
    return ""


def bare_name(text: str) -> str:
    """Strip the numbers, edges and words that stand around a name; "" where no name is left or too much for one."""
    name = " ".join(text.split())
    return (_bare_name if len(name) <= LONGEST_BYLINE else _bare_name.__wrapped__)(name)


@lru_cache(maxsize=4096)  # the same people comment on the posts of a blog
def _bare_name(name: str) -> str:
    before = None
    while name != before:
        before = name
        name = _BY.sub("", _NUMBER.sub("", name.lstrip(_EDGE)))
        name = _SAYS.sub("", _CLOCK.sub("", name)).rstrip(" -–—|~,:;/\\•·‧∙»→@[({#…：")
        name = re.sub(r"(?<=\S)\.{2,}$", "", name)
    if len(name) > LONGEST_NAME or not any(letter.isalnum() for letter in name) or _NOBODY.fullmatch(name):
        return ""
    return name
