"""Threads as WordPress core prints them, whatever the theme: classic lists, and the blocks of block themes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from typing import Literal

from lxml import etree

from extractors.comments.fields import name_of
from extractors.dates import parse_date
from extractors.document import Document, Element, classes, drop, first_by_class, words_of
from extractors.text import render_text
from variorum.records import Comment, Thread
from variorum.urls import canonical_url

_COMMENT_ID = re.compile(r"(?:li-|div-)?comment-(\d+)")
_ITEM_TAGS = frozenset(("li", "div", "article"))
_REGION_TAGS = ("div", "section", "aside", "ol")
_REGION_CLASSES = ("comments-area", "wp-block-comments", "wp-block-post-comments")
_HEADING = 60  # letters that stand above a form or in its stead: "Leave a comment", "Comments are closed."
_COMMENT_CLASSES = frozenset(("comment", "pingback", "trackback"))
_COMMENT_TEXT = ("comment-content", "wp-block-comment-content", "comment-text", "comment_text")
_DATE = ("comment-metadata", "commentmetadata", "comment-meta", "wp-block-comment-date", "comment-date")
#: What an element of a comment is asked for by class.
_TOLD = frozenset((
    *_COMMENT_TEXT, *_DATE, "comment-awaiting-moderation", "wp-block-comment-author-name", "comment-author", "fn",
    "comment-body",
))  # fmt: skip
_IN_COMMENT_DROPPED = frozenset((
    "comment-author", "comment-meta", "commentmetadata", "comment-metadata", "reply", "comment-reply-link",
    "comment-awaiting-moderation", "comment-edit-link", "says", "avatar", "wp-block-comment-reply-link",
    "wp-block-comment-edit-link", "screen-reader-text", "comment-likes", "cld-like-dislike-wrap",
))  # fmt: skip
_THREAD_NAV = (
    "comments-pagination", "comment-navigation", "wp-block-comments-pagination", "comments-navigation",
    "navigation", "nav-links", "comment-nav", "comments-nav", "pagination", "commentnav",
)  # fmt: skip


def comment_region(document: Document) -> Element | None:
    """Return the element that holds the thread and its form, None if the page has none."""
    classed = document.classed
    named = classed.placed(_REGION_CLASSES)
    placed = [one for one in (*named, *classed.by_id.get("comments", ())) if one[1].tag in _REGION_TAGS]
    if placed:
        return min(placed, key=itemgetter(0))[1]
    heading = classed.first_with_id("comments", "h2", "h3", "h4")
    listers = classed.of("commentlist", "comment-list", "wp-block-comment-template")
    found = listers[0] if listers else heading
    if found is None:
        found = classed.first_with_id("respond", "div")
    return found.getparent() if found is not None else None


def is_silent(region: Element) -> bool:
    """Return whether the place of a thread says nothing beside its form but a heading: nobody has commented.

    Args:
        region: What `comment_region` found, as it was in the page.
    """
    if region.get("id") != "comments" and classes(region).isdisjoint(_REGION_CLASSES):
        return False  # it stands around a form, and the comments may stand elsewhere
    said = len(words_of(region))
    return said <= _HEADING or said - sum(len(words_of(form)) for form in region.iter("form")) <= _HEADING


def read_thread(document: Document, region: Element | None, url: str) -> Thread | None:
    """Return the comments that a page shows, None where it has no place for them.

    Args:
        document: Of the page.
        region: What `comment_region` found.
        url: The post's own address; permalinks begin with it.
    """
    if region is None:
        return None
    others = _other_pages(document, region)
    comments: dict[str, Comment] = {}
    for position, own in enumerate(_items(region)):
        comment = _comment(own, document.base, url, position) if own.number not in comments else None
        if comment is not None:
            comments[own.number] = comment
    return Thread(
        comments=tuple(comments.values()),
        claimed=_claimed(region),
        complete=not others,
        closed=next((False for element in region.iter("div") if element.get("id") == "respond"), True),
        other_pages=others,
    )


@dataclass(slots=True)
class _Own:
    """A comment, and its elements without those of the comments that answer it."""

    item: Element
    number: str  #: of the comment
    above: tuple[str, ...]  #: numbers of the comments that it stands in, outermost first
    elements: list[Element] = field(default_factory=list)  #: in document order, the comment's own element left out
    by_name: dict[str, int] = field(default_factory=dict)  #: class name → place of the first that bears it

    def take(self, elements: list[Element]) -> None:
        """Add elements that stand behind those it has."""
        for place, element in enumerate(elements, len(self.elements)):
            if value := element.get("class"):
                for name in _told_names(value):
                    self.by_name.setdefault(name, place)
        self.elements += elements

    def first(self, *names: str) -> Element | None:
        """Return the first element that bears one of the class names, which must be among `_TOLD`."""
        places = [place for name in names if (place := self.by_name.get(name)) is not None]
        return self.elements[min(places)] if places else None


@lru_cache(maxsize=1024)  # the same few on every comment of a blog
def _told_names(value: str) -> tuple[str, ...]:
    return tuple(name for name in value.split() if name in _TOLD)


def _items(region: Element) -> list[_Own]:
    """Return the comments below an element, in document order."""
    order = list(region.iter(etree.Element))
    numbers: dict[int, str] = {}
    items: set[Element] = set()
    for start, element in enumerate(order):
        ident = element.get("id")
        match = _COMMENT_ID.fullmatch(ident) if ident and element.tag in _ITEM_TAGS else None
        if match is None or classes(element).isdisjoint(_COMMENT_CLASSES):
            continue
        if element.tag == "li" or items.isdisjoint(element.iterancestors("li")):
            items.add(element)
            numbers[start] = match.group(1)
    found: list[_Own] = []
    around: list[tuple[_Own, int]] = []  # the comments around the place of the walk, and where each of them ends
    at = 0
    for start in (*numbers, len(order)):
        while around and around[-1][1] <= start:
            own, end = around.pop()
            own.take(order[at:end])
            at = end
        if around:
            around[-1][0].take(order[at:start])
        at = start + 1
        if start < len(order):
            found.append(_Own(order[start], numbers[start], tuple(own.number for own, _ in around)))
            around.append((found[-1], at + sum(1 for _ in order[start].iterdescendants(etree.Element))))
    return found


def _comment(own: _Own, base: str, url: str, position: int) -> Comment | None:
    if own.first("comment-awaiting-moderation") is not None:
        return None  # only its author sees it
    names = classes(own.item)
    kind: Literal["comment", "pingback", "trackback"] = (
        "pingback" if "pingback" in names else "trackback" if "trackback" in names else "comment"
    )
    author, author_url = _author(own, kind, base)
    return Comment(
        native_id=own.number,
        text=_comment_text(own, kind, base),
        author=author,
        author_url=author_url,
        published=_comment_date(own),
        parent_id=own.above[-1] if own.above else None,
        depth=len(own.above),
        position=position,
        permalink=f"{url}#comment-{own.number}",
        kind=kind,
        by_author="bypostauthor" in names,
    )


def _author(own: _Own, kind: str, base: str) -> tuple[str, str | None]:
    holder = own.first("wp-block-comment-author-name")
    if holder is None:
        vcard = own.first("comment-author")
        holder = first_by_class(vcard, "fn") if vcard is not None else own.first("fn")
        if holder is None and vcard is not None:
            holder = vcard
    if holder is None and kind != "comment":  # "Pingback: <a>name</a>"
        anchor = next(
            (part for part in own.elements if part.tag == "a" and "comment-edit-link" not in classes(part)), None
        )
        return (words_of(anchor), href_of(anchor, base)) if anchor is not None else ("", None)
    if holder is None:
        return "", None
    anchor = holder if holder.tag == "a" else next(holder.iter("a"), None)
    return name_of(holder) or words_of(holder), href_of(anchor, base)


def _comment_date(own: _Own) -> datetime | None:
    for element in own.elements:
        if element.tag == "time" and (at := parse_date(element.get("datetime") or "")):
            return at
    meta = own.first(*_DATE)
    return parse_date(words_of(meta)) if meta is not None else None


def _comment_text(own: _Own, kind: str, base: str) -> str:
    content = own.first(*_COMMENT_TEXT)
    if content is not None:
        for element in [e for e in content.iterdescendants(etree.Element) if classes(e) & _IN_COMMENT_DROPPED]:
            drop(element)
        return render_text([content], base)
    if kind != "comment":
        return ""  # a classic theme shows no more of a ping than who sent it
    body = own.first("comment-body")
    if body is None:
        return ""
    parts = [child for child in body if isinstance(child.tag, str) and not classes(child) & _IN_COMMENT_DROPPED]
    answers = {part for part in parts if part.tag in ("ul", "ol") and "children" in classes(part)}
    return render_text([part for part in parts if part not in answers], base)


def _claimed(region: Element) -> int | None:
    """Return how many comments the heading counts; the post's own title, which it quotes, is no number."""
    heading = first_by_class(region, "comments-title", "wp-block-comments-title", "comment-title")
    if heading is None:
        heading = next(
            (e for e in region.iter("h2", "h3", "h4") if e.get("id") in ("comments", "comments-title")), None
        )
    if heading is None:
        return None
    words = re.sub('[“«„「『"].*[”»“」』"]', " ", words_of(heading))
    match = re.search(r"\d[\d.,\u00a0\u202f]*", words)
    return int(re.sub(r"\D", "", match.group())) if match else None


def _other_pages(document: Document, region: Element) -> tuple[str, ...]:
    here = canonical_url(document.url)
    found: dict[str, None] = {}
    for nav in document.classed.within(region, *_THREAD_NAV):
        for anchor in nav.iter("a"):
            href = anchor.get("href") or ""
            if "comment-page-" in href or "cpage=" in href or classes(anchor) & {"page-numbers"}:
                url = canonical_url(href.partition("#")[0], base=document.base)
                if url and url != here:
                    found[url] = None
    for anchor in region.iter("a"):
        href = anchor.get("href") or ""
        if href.endswith("#comments") and ("comment-page-" in href or "cpage=" in href):
            url = canonical_url(href.partition("#")[0], base=document.base)
            if url and url != here:
                found[url] = None
    return tuple(found)


def href_of(anchor: Element | None, base: str) -> str | None:
    """Return where a link leads, absolute."""
    return canonical_url(anchor.get("href") or "", base=base) if anchor is not None else None
