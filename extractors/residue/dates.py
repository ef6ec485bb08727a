"""Dates as blogs print them, in the languages of the catalogue. Only recognised, never read."""

from __future__ import annotations

import re
from functools import cache

#: Month names and their short forms: en de fr es pt it nl sv da nb fi pl cs hu ro tr id lt ru uk bg el ar fa hi.
_MONTHS = """
january february march april may june july august september october november december jan feb mar apr jun jul aug sep
sept oct nov dec januar februar märz mai juni juli oktober dezember jän jänner mär okt dez janvier février mars avril
juin juillet août septembre octobre novembre décembre janv févr avr juil déc enero febrero marzo abril mayo junio
julio agosto septiembre octubre noviembre diciembre ene abr ago dic janeiro fevereiro março maio junho julho setembro
outubro novembro dezembro fev set out gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag
giu lug ott januari februari maart mei augustus desember augusti mars april maj juni juli januar februar marts
tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta
joulukuuta stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
styczeń luty marzec kwiecień czerwiec lipiec sierpień wrzesień październik listopad grudzień ledna února března
dubna května června července srpna září října listopadu prosince január február március április május június július
augusztus szeptember október november december ianuarie februarie martie aprilie iunie iulie septembrie octombrie
noiembrie decembrie ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık januari februari maret
agustus oktober sausio vasario kovo balandžio gegužės birželio liepos rugpjūčio rugsėjo spalio lapkričio gruodžio
января февраля марта апреля мая июня июля августа сентября октября ноября декабря січня лютого березня квітня травня
червня липня серпня вересня жовтня листопада грудня януари февруари март април май юни юли август септември октомври
ноември декември ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου σεπτεμβρίου οκτωβρίου
νοεμβρίου δεκεμβρίου يناير فبراير مارس أبريل ابريل مايو يونيو يوليو أغسطس اغسطس سبتمبر أكتوبر اكتوبر نوفمبر ديسمبر
ژانویه فوریه آوریل مه ژوئن جولای ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر فروردین اردیبهشت خرداد تیر مرداد شهریور مهر
آبان آذر دی بهمن اسفند जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर
"""
#: Days of the week and the small words between the parts of a date.
_BESIDE = """
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun montag dienstag
mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so lundi mardi mercredi jeudi vendredi samedi
dimanche lunes martes miércoles jueves viernes sábado domingo lunedì martedì mercoledì giovedì venerdì sabato domenica
segunda terça quarta quinta sexta feira maandag dinsdag woensdag donderdag vrijdag zaterdag zondag poniedziałek wtorek
środa czwartek piątek sobota niedziela pazartesi salı çarşamba perşembe cuma cumartesi pazar senin selasa rabu kamis
jumat sabtu minggu понедельник вторник среда четверг пятница суббота воскресенье
at um on am pm a.m p.m uhr le à il alle de del das às a las o klo kl om pukul st nd rd th of der den the в г o'clock
gmt utc cet cest est edt pst pdt ist saat godz الساعة في ص م
"""
_CLOCK = re.compile(
    r"\b\d{1,2}(?::|h|\.)\d{2}(?::\d{2})?(?!\.\d)\b|\b\d{1,2}\s*(?:uhr|[ap]\.?m\b)|(?:上午|下午)\s*\d+:\d+"
)
_NUMERIC = re.compile(
    r"(?<![\d./-])(?:\d{4}([./-])\s?\d{1,2}\1\s?\d{1,2}\b\.?|\d{1,2}([./-])\s?\d{1,2}\2\s?(?:\d{4}|\d{2})\b)"
    r"|\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]"
)
_WORD = re.compile(r"[^\W\d_](?:[\w'.]*\w)?")
_YEAR = re.compile(r"\b(?:19|20)\d{2}(?!\d)")
_DAY = re.compile(r"(?<![\d.,])(?:[0-3]?\d)(?![\d,]*\d)")


@cache
def _words() -> tuple[frozenset[str], frozenset[str]]:
    return frozenset(_MONTHS.split()), frozenset(_BESIDE.split())


def has_date(text: str) -> bool:
    """Return whether *text* names a full date: day, month and year."""
    if _NUMERIC.search(text):
        return True
    if not _YEAR.search(text):
        return False
    months, _ = _words()
    return any(_month(word, months) for word in _WORD.findall(text.casefold())) and bool(
        _DAY.search(_CLOCK.sub(" ", _YEAR.sub(" ", text)))
    )


def has_clock(text: str) -> bool:
    """Return whether *text* names a time of day."""
    return bool(_CLOCK.search(text.casefold()))


def is_date(text: str) -> bool:
    """Return whether *text* is a date, with or without time and weekday, and nothing else."""
    return len(text) <= 80 and has_date(text) and not rest_of(text)


def is_month(word: str) -> bool:
    """Return whether *word* is the name of a month, or its short form."""
    return _month(word.casefold(), _words()[0])


def rest_of(text: str) -> list[str]:
    """Return the words of *text* that belong to no date."""
    text = _NUMERIC.sub(" ", text)
    months, beside = _words()
    return [
        word
        for word in _WORD.findall(_CLOCK.sub(" ", text.casefold()))
        if not _month(word, months) and word.strip(".") not in beside
    ]


def _month(word: str, months: frozenset[str]) -> bool:
    return word.strip(".") in months
