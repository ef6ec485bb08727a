"""How much of a thread a page shows: how many comments it claims, and which pages hold the others."""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import urlsplit

from extractors.comments.names import COUNTS, ITEM
from extractors.comments.repeated import is_heading
from extractors.comments.survey import Element, Survey
from extractors.registry import comment_names, comment_pattern
from variorum.urls import canonical_url

_INTEGER = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+")
_QUOTED = re.compile('[“«„「『"].*[”»“」』"]')
_HEADINGS = frozenset(("h2", "h3", "h4", "h5"))
#: Addresses that no other page has: WordPress, Blogger, Typepad, and a page number before the anchor of the thread.
_PAGE = re.compile(
    comment_pattern("pages", r"[?&;]comments?_page=\d [?&;](?:page|pg|start|offset)=\d+[^#]*#comments?$")
)
_NUMBERED = frozenset(("page-numbers", "prev", "next"))
_PAGERS = comment_names("pagers", "pagination paging comment-pager comments-pager pager-wrapper")
_IN_PAGER = re.compile(r"[?&;](?:page|pg|p|start|offset)=\d")
#: What a link to the others says; in lower case.
_MORE = re.compile(
    r"\W*(?:"
    r"(?:(?:view|see|show|load|read) )?(?:(?:all|the|more|older|newer|previous|next|earlier|later|remaining) )+"
    r"(?:\d+ )?(?:comments|responses|replies)|(?:view|see|show|load|read) (?:\d+ )?comments|"
    r"(?:(?:view|see|show|load|read) )?\d+ more (?:comments|responses|replies)|"
    r"(?:ältere|neuere|weitere|alle|mehr|vorherige|nächste) kommentare(?: anzeigen| laden)?|"
    r"(?:plus de |tous les )?commentaires (?:plus (?:anciens|récents)|précédents|suivants)|"
    r"(?:plus de|tous les) commentaires|comentarios (?:más )?(?:antiguos|recientes|anteriores|siguientes|nuevos)|"
    r"(?:ver )?más comentarios|(?:ver )?mais comentários|"
    r"comentários (?:mais )?(?:antigos|recentes|anteriores|seguintes)|"
    r"commenti (?:più )?(?:vecchi|recenti|nuovi|precedenti|successivi)|(?:altri|più) commenti|"
    r"(?:oudere|nieuwere|vorige|volgende|meer|alle) reacties|"
    r"(?:äldre|nyare|fler|eldre|nyere|flere|ældre) kommentarer|"
    r"(?:starsze|nowsze|poprzednie|następne) komentarze|więcej komentarzy|"
    r"(?:предыдущие|следующие|старые|новые|ещё|еще|все) комментарии|больше комментариев|"
    r"(?:daha )?(?:eski|yeni|fazla) yorumlar|(?:古い|新しい|前の|次の|過去の)コメント|"
    r"(?:もっと|すべての)コメント(?:を(?:見る|読む|表示))?|"
    r"(?:较早|較舊|较新|較新|更多|全部|上一页|下一页)的?(?:评论|評論|留言)|(?:이전|다음) 댓글|댓글 더 ?보기|"
    r"(?:المزيد من )?التعليقات (?:الأقدم|الأحدث|السابقة|التالية)|المزيد من التعليقات"
    r")(?:\s*\(?\d+\)?)?\W*"
)
_LONGEST_LINK = 60  #: characters


class Others(NamedTuple):
    """The part of a thread that stands elsewhere."""

    pages: tuple[str, ...]  #: absolute URLs that the page links to
    is_cut: bool  #: there are more comments than shown, be it behind a link or a button


def other_pages(survey: Survey, base: str) -> Others:
    """Return the addresses of the further comment pages that the page links to, and whether it speaks of any."""
    here = base.partition("#")[0].rstrip("/")
    found: dict[str, None] = {}
    is_cut = False
    among = set(survey.regions)
    outermost = [region for region in survey.regions if among.isdisjoint(region.iterancestors())]
    in_regions = {anchor for region in outermost for anchor in region.iter("a", "button")}
    buttons = (part for region in outermost for part in region.iter("button"))
    for anchor in (*survey.anchors, *buttons):
        href = anchor.get("href") or ""
        within = anchor in in_regions
        if not within and "omment" not in href and "cpage=" not in href:  # as most links of a page
            continue
        says_more = within and _says_more(anchor)
        is_cut = is_cut or says_more
        if not href or href.startswith(("#", "javascript:")) or "replytocom" in href:
            continue
        if not says_more and not _is_page(anchor, href, survey, within=within):
            continue
        url = canonical_url(href.partition("#")[0], base=base)
        if url is not None and url.rstrip("/") != here and urlsplit(url).netloc == urlsplit(base).netloc:
            found[url] = None
    return Others(tuple(found), is_cut or bool(found))


def _says_more(part: Element) -> bool:
    text = part.text_content()
    if not text or len(text) > 4 * _LONGEST_LINK:
        return False
    text = " ".join(text.lower().split())
    return len(text) <= _LONGEST_LINK and _MORE.fullmatch(text) is not None


def _is_page(anchor: Element, href: str, survey: Survey, *, within: bool) -> bool:
    if _PAGE.search(href):  # a link to one comment on such a page, as sidebars have them, has its number behind the "#"
        return not _NUMBERED.isdisjoint(survey.marks.get(anchor, ())) or not re.search(r"\d", href.partition("#")[2])
    if not within or not _IN_PAGER.search(href):
        return False
    return any(
        not _PAGERS.isdisjoint(survey.marks.get(parent, ())) for parent in anchor.iterancestors("ul", "div", "nav")
    )


def claimed(survey: Survey) -> int | None:
    """Return the one whole number of the thread's heading, or of what else counts it: "12 thoughts on …"."""
    if survey.regions:
        counter = next((part for part, names in survey.classes.items() if not COUNTS.isdisjoint(names)), None)
        if counter is not None and (number := _number(counter.text_content())) is not None:
            return number
    for region in survey.regions:
        for heading in region.iter(*_HEADINGS):
            if any(not ITEM.isdisjoint(survey.names(parent)) for parent in heading.iterancestors()):
                break
            if (number := _number(heading.text_content())) is not None:
                return number
            break
    for region in survey.regions:
        for part in region.iter("div", "span", "p", "b", "strong", "h1", "h6", "a"):
            if not ITEM.isdisjoint(survey.names(part)):
                break
            if is_heading(part.text) and (number := _number(part.text)) is not None:
                return number
    return None


def _number(text: str) -> int | None:
    numbers = _INTEGER.findall(_QUOTED.sub(" ", text))
    return int(re.sub(r"\D", "", numbers[0])) if len(numbers) == 1 else None
