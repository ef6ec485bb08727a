"""When a page was published, by what it declares or shows for that: never the time of a change, a comment, a cache.

A date must not wander, or it makes versions that nobody wrote: so no guess by whatever date a page holds, no time of
modification for want of another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any, NamedTuple

from extractors.dates import Told, read_date
from extractors.jsonld import clean, types
from extractors.months import MONTHS
from extractors.outline import Element, Outline, beginning, class_roles
from variorum.records import Disagreement
from variorum.times import to_rfc3339

REVISION = "pubdate/2"

_PAGE_TYPES = frozenset("WebPage AboutPage ItemPage FAQPage".split())
#: Names that mean the publication of the page and nothing else; then those that sites use for other times too.
_PUBLISHED_META = "article:published_time og:published_time datepublished og:article:published_time".split()
_OTHER_META = (
    "date.issued dc.date.issued dcterms.issued citation_publication_date citation_online_date sailthru.date "
    "parsely-pub-date shareaholic:article_published_time article.published article_date_original publication_date "
    "published_time pubdate publishdate publish-date originalpublicationdate cxenseparse:recs:publishtime "
    "datecreated dcterms.created dc.date.created dc.date dcterms.date date"
).split()
_MODIFIED_META = (
    "article:modified_time og:updated_time og:modified_time datemodified dcterms.modified dc.date.modified "
    "last-modified lastmod dateupdate"
).split()
_IN_PATH = re.compile(
    r"/((?:19|20)\d{2})[/-]?(0[1-9]|1[0-2]|(?<=[/-])[1-9])[/-]?(0[1-9]|[12]\d|3[01]|(?<=[/-])[1-9])(?=[/-]|$)"
)
_WORD_IN_PATH = re.compile(r"/((?:19|20)\d{2})/([a-z]{3,9})/(\d{1,2})(?=/|$)")
_HAS_DAY = re.compile(r"\d.*\d", re.S)
_CHANGED = (
    r"updated?\b|modifi|last (?:edit|change|review)|revised|aktualisier|geändert|\bstand\s*(?=[:\d–—-])|mis à jour|"
    r"actualiz|aggiornat|atualiz|bijgewerkt|обновл|更新"
)
_LAST_CHANGE = re.compile(_CHANGED, re.I)
_OF_CHANGE = re.compile(rf"{_CHANGED}|copyright|©|\(c\)", re.I)
_OF_PUBLICATION = re.compile(
    r"publi|post(?:ed| time| date)|veröffentlich|erstellt|created|originally|опублик|公開|投稿|发布|發佈|게시",
    re.I,
)
_NO_PROSE = frozenset("script style option title noscript select".split())
_LONGEST = 100  #: characters of an element that shows a date and little else, or says what the date is
_LONGEST_LINE = 80  #: of one that does not
_NEAR, _ABOVE, _CLOSE_ABOVE = 100, 40, 20  #: elements behind and before the title where a bare date is the page's
_LONGEST_LABEL = 30
_FOOT, _FOOT_DEPTH = 60, 3  #: elements at the end of an article that may be its foot, and how deep they stand in it
_CLOSE = 20  #: where a date in the text, marked as one, is surer than what a meta element without a meaning tells
_INLINE, _INLINE_DEPTH = frozenset("a abbr b em i small span strong time u".split()), 3
_FAR = 400  #: elements from the title where a marked one is, outside of its article


class Published(NamedTuple):
    """When, and by which of the page's words."""

    at: datetime | None = None  #: aware UTC
    on: date | None = None  #: the day in the zone of the page, as its readers saw it
    source: str = ""
    disagreements: tuple[Disagreement, ...] = ()  #: other days on which the page declares that it was


def find_published(outline: Outline) -> Published:
    """Return when the page was published, by its best witness.

    Machines' words come before marks in the text, these before the address and the bare text near the title. Where
    the words are of UTC, the day that the address or the text shows decides which day it was for the page's readers.
    """
    for told, source in _witnesses(outline):
        day = told.on if told.zoned else _day_shown(told, outline)
        return Published(told.at if told.timed else _of_day(day).at, day, source, _others(told, outline))
    return Published()


def _others(told: Told, outline: Outline) -> tuple[Disagreement, ...]:
    """Return what the page declares otherwise of its publication, a day or more away: zones and midnights aside."""
    in_path = _day_of_path(outline)
    declared = (*_declared(outline), *([(_of_day(in_path), "url")] if in_path is not None else []))
    found = {
        (source, to_rfc3339(other.at) if other.timed else other.on.isoformat())
        for other, source in declared
        if abs((other.on - told.on).days) > 1
    }
    return tuple(Disagreement("published", source, value) for source, value in sorted(found))


def find_modified(outline: Outline, *, shown: bool) -> datetime | None:
    """Return when the page says it was changed.

    Args:
        outline: Of the page, settled.
        shown: Read what it says to readers, too, where it says nothing to machines.
    """
    told = _told(outline.described.get("dateModified"), None)
    told = told or next(_of_metas(outline, _MODIFIED_META), None)
    told = told or (next(_of_changes(outline), None) if shown else None)
    return told.at if told else None


def _of_changes(outline: Outline) -> Iterator[Told]:
    """Yield the dates of changes that stand near the title: "Last updated on 3 May 2024"."""
    for line in _lines_with_numbers(outline):
        if not line.is_near:
            continue
        match = _LAST_CHANGE.search(line.words)
        is_labelled = match is None and _LAST_CHANGE.search(_label(line.before)) is not None
        told = _told(line.words[match.end() if match else 0 :], outline.lang) if match or is_labelled else None
        if told and not outline.is_foreign(line.holder):
            yield told


def _witnesses(outline: Outline) -> Iterator[tuple[Told, str]]:
    yield from _declared(outline)
    yield from ((told, "property") for told in _of_properties(outline))
    yield from ((told, "time") for told in _of_times(outline))
    metas = list(_of_metas(outline, _OTHER_META))
    swapped = {(told.on.year, told.on.day, told.on.month) for told in metas}
    # "03/04/2019" beside the title, and a machine that says which of them is the month
    close = (told for told in _of_named(outline, _CLOSE) if told.on.timetuple()[:3] not in swapped)
    yield from ((told, "text") for told in close)
    yield from ((told, "other meta") for told in metas)
    in_path = _day_of_path(outline)
    if in_path is not None:
        yield _of_day(in_path), "url"
    yield from ((told, "text") for told in _of_text(outline))


def _declared(outline: Outline) -> Iterator[tuple[Told, str]]:
    nodes = [outline.article] if outline.article is not None else []
    nodes += [node for node in outline.nodes if types(node) & _PAGE_TYPES]
    for node in nodes:
        if told := _told(node.get("datePublished"), None):
            yield told, "json-ld"
    yield from ((told, "meta") for told in _of_metas(outline, _PUBLISHED_META))
    for node in nodes[:1]:
        if told := _told(node.get("dateCreated"), None):
            yield told, "json-ld"


def _told(value: Any, lang: str | None) -> Told | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    told = read_date(value, lang) if isinstance(value, str) and value.strip() else None
    return told if told is not None and told.on.year >= 1990 else None  # 1970: an empty field of a database


def _of_metas(outline: Outline, names: list[str]) -> Iterator[Told]:
    for name in names:
        for value in outline.metas.get(name, ()):
            if told := _told(value, outline.lang):
                yield told


def _of_day(day: date) -> Told:
    return Told(datetime(day.year, day.month, day.day, tzinfo=UTC), day, False, False)


def path_day(url: str) -> date | None:
    """Return the day that an address names: /2012/05/03/, /20120503/, /2012-05-03-."""
    match = _IN_PATH.search(url)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
        match = _WORD_IN_PATH.search(url.lower())
        month = MONTHS.get(match[2]) if match else None
        return date(int(match[1]), month, int(match[3])) if match and month else None
    except ValueError:
        return None


def _day_of_path(outline: Outline) -> date | None:
    """Return the day that the page's address names, or the one that it calls canonical."""
    canonical = (part.get("href") for part in outline.links if part.get("rel") == "canonical")
    addresses = (outline.url, *canonical, *outline.metas.get("og:url", ()))
    return next((day for address in addresses if address and (day := path_day(address))), None)


# ------------------------------------------------------------------------------------------------ in the page
def _of_properties(outline: Outline) -> Iterator[Told]:
    """Yield the dates of microdata and RDFa."""
    marked = [part for part in outline.dated if part.get("itemprop") or part.get("property")]
    for part in outline.nearest(marked, _FAR):
        told = _told(_machine_words(part) or clean(part.text_content()[:200]), outline.lang)
        if told and not _is_change(part):
            yield told


def _of_times(outline: Outline) -> Iterator[Told]:
    """Yield the dates of elements that hold one for machines, those of a post's own classes first."""
    holders = [part for part in outline.dated if _machine_words(part)]
    named = [part for part in holders if "date" in class_roles(part.get("class") or "") or part.get("pubdate")]
    for part in chain(outline.nearest(named, _FAR), outline.nearest(holders, _FAR)):
        if not _is_change(part) and (told := _told(_machine_words(part), outline.lang)):
            yield told


def _machine_words(part: Element) -> str | None:
    words: str | None = part.get("datetime") or part.get("content")
    return part.get("title") if not words and part.tag == "abbr" else words


def _is_change(part: Element) -> bool:
    """Return whether an element shows the time of a change: by its class, its property or the words before it."""
    if (part.get("itemprop") or "").startswith(("dateMod", "dateUpd")):
        return True
    roles = class_roles(part.get("class") or "")
    if "change" in roles and "date" not in roles:
        return True
    before = part.getprevious()
    parent = part.getparent()
    led = (before.tail if before is not None else parent.text if parent is not None else "") or ""
    led = led[-40:] if not led.isspace() and led else _label(before)
    return bool(_OF_CHANGE.search(led)) and not _OF_PUBLICATION.search(led)


def _of_text(outline: Outline) -> Iterator[Told]:
    """Yield the dates that readers see: of elements that are named for it, then bare ones close to the title."""
    yield from _of_named(outline, _FAR)
    yield from _bare_dates(outline)


def _of_named(outline: Outline, far: int) -> Iterator[Told]:
    for part in outline.nearest(outline.dated, far):
        text = clean(part.text_content()[:400])
        if (told := _shown(text, outline.lang)) and not _is_change(part):
            yield told


def _shown(text: str, lang: str | None) -> Told | None:
    """Return the date that a short text shows, None if it speaks of a change or of rights."""
    if not 6 <= len(text) <= _LONGEST or not _HAS_DAY.search(text):
        return None
    if _OF_CHANGE.search(text):
        text = _first_part(text)
        if not text:
            return None
    return _told(text, lang)


def _first_part(text: str) -> str:
    """Return what stands before the words on a change: "3 May 2012, updated 4 May 2013"; "" if nothing does."""
    match = _OF_CHANGE.search(text)
    kept = text[: match.start()] if match else text
    return kept if any(letter.isdigit() for letter in kept) else ""


def _bare_dates(outline: Outline) -> Iterator[Told]:
    """Yield the dates of short texts near the title, the nearest first; prose tells of other days."""
    for line in _lines_with_numbers(outline):
        is_named = _OF_PUBLICATION.search(line.words) is not None
        if not (line.is_near or is_named) or _is_in_prose(line.holder, is_named):
            continue
        told = _shown(line.words, outline.lang)
        if told and not _OF_CHANGE.search(_label(line.before)) and not outline.is_foreign(line.holder):
            yield told


class _Line(NamedTuple):
    """A short text with two digits or more, and where it stands."""

    words: str
    holder: Element
    before: Element | None  #: the element before it
    is_near: bool


def _lines_with_numbers(outline: Outline) -> Iterator[_Line]:
    """Yield the short texts about the title, those behind it first."""
    start = outline.place.get(outline.heading, -1) if outline.heading is not None else -1
    if start < 0:
        return
    for steps, part in enumerate(outline.order[start : start + _FAR]):
        yield from _lines_of(part, is_near=steps <= _NEAR)
    for steps, part in enumerate(outline.order[max(start - _ABOVE, 0) : start][::-1], 1):
        # a site's header shows the date of today; far behind the title other days are spoken of
        yield from _lines_of(part, is_near=steps <= _CLOSE_ABOVE or outline.is_in_main(part))
    for part in outline.end_of_main(_FOOT):
        if _is_foot(part):
            yield from _lines_of(part, is_near=True)


def _is_foot(part: Element) -> bool:
    """Return whether a part stands in what a class calls the foot of a post."""
    return any("foot" in (up.get("class") or "").lower() for up in (part, *islice(part.iterancestors(), _FOOT_DEPTH)))


def _lines_of(part: Element, *, is_near: bool) -> Iterator[_Line]:
    for piece, is_inside in ((part.text, True), (part.tail, False)):
        if not piece or not 6 <= len(piece) < 400 or not _HAS_DAY.search(piece):
            continue
        words = " ".join(piece.split())
        holder = part if is_inside else part.getparent()
        is_short = 6 <= len(words) <= (_LONGEST if _OF_PUBLICATION.search(words) else _LONGEST_LINE)
        if is_short and holder is not None and holder.tag not in _NO_PROSE:
            yield _Line(words, holder, part.getprevious() if is_inside else part, is_near)


def _label(before: Element | None) -> str:
    """Return the words of an element before a date, "Last updated", "Stand:"; "" where it is no label."""
    words = clean(before.text_content()[:200]) if before is not None and isinstance(before.tag, str) else ""
    return words if len(words) <= _LONGEST_LABEL and not _HAS_DAY.search(words) else ""


def _is_in_prose(holder: Element, is_named: bool) -> bool:
    """Return whether the words of an element are part of a sentence.

    Args:
        holder: Element that has the words itself.
        is_named: The words speak of a publication: a small print "This entry was posted on …" is no prose.
    """
    for part in (holder, *islice(holder.iterancestors(), 0 if is_named else _INLINE_DEPTH)):
        if part.tag == "p":
            return len(clean(beginning(part, 400))) > _LONGEST and not _is_foot(part)
        if part.tag not in _INLINE:
            return False
    return False


def _day_shown(told: Told, outline: Outline) -> date:
    """Return the day on which readers saw a page appear that gives its time in UTC, or without a zone."""
    in_path = _day_of_path(outline)
    if not told.timed:  # "03/10/2023" may mean the third of October
        is_swapped = in_path is not None and (in_path.year, in_path.day, in_path.month) == told.on.timetuple()[:3]
        return in_path if in_path is not None and is_swapped else told.on
    first, last = (told.at - timedelta(hours=12)).date(), (told.at + timedelta(hours=14)).date()
    if in_path is not None and first <= in_path <= last:
        return in_path
    other = None
    for shown in islice(_of_text(outline), 12):
        if shown.on == told.on:
            return told.on
        if other is None and first <= shown.on <= last:
            other = shown.on
    return other or told.on
