"""Threads as WordPress core prints them, whatever the theme: classic lists, and the blocks of block themes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal

from lxml import etree

from extractors.comments.fields import name_of
from extractors.dates import parse_date
from extractors.document import Document, Element, by_class, classes, drop, first_by_class, words_of
from extractors.text import render
from variorum.records import Comment, Thread
from variorum.urls import canonical_url

_COMMENT_ID = re.compile(r"(?:li-|div-)?comment-(\d+)")
_COMMENT_CLASSES = frozenset(("comment", "pingback", "trackback"))
_COMMENT_TEXT = ("comment-content", "wp-block-comment-content", "comment-text", "comment_text")
_IN_COMMENT_DROPPED = frozenset((
    "comment-author", "comment-meta", "commentmetadata", "comment-metadata", "reply", "comment-reply-link",
    "comment-awaiting-moderation", "comment-edit-link", "says", "avatar", "wp-block-comment-reply-link",
    "wp-block-comment-edit-link", "screen-reader-text", "comment-likes", "cld-like-dislike-wrap",
))  # fmt: skip
_THREAD_NAV = (
    "comments-pagination", "comment-navigation", "wp-block-comments-pagination", "comments-navigation",
    "navigation", "nav-links", "comment-nav", "comments-nav", "pagination", "commentnav",
)  # fmt: skip


def comment_region(tree: Element) -> Element | None:
    """Return the element that holds the thread and its form, None if the page has none."""
    for element in tree.iter("div", "section", "aside", "ol"):
        names = classes(element)
        if element.get("id") == "comments" or names & {"comments-area", "wp-block-comments", "wp-block-post-comments"}:
            return element
    heading = next((element for element in tree.iter("h2", "h3", "h4") if element.get("id") == "comments"), None)
    lister = first_by_class(tree, "commentlist", "comment-list", "wp-block-comment-template")
    found = lister if lister is not None else heading
    if found is None:
        found = next((element for element in tree.iter("div") if element.get("id") == "respond"), None)
    return found.getparent() if found is not None else None


def read_thread(document: Document, region: Element | None, url: str) -> Thread | None:
    """Return the comments that a page shows, None where it has no place for them.

    Args:
        document: Of the page.
        region: What `comment_region` found.
        url: The post's own address; permalinks begin with it.
    """
    if region is None:
        return None
    items = [item for item in region.iter("li", "div", "article") if _is_item(item)]
    others = _other_pages(document, region)
    comments = tuple(
        comment
        for position, item in enumerate(items)
        if (comment := _comment(item, document.base, url, position)) is not None
    )
    return Thread(
        comments=comments,
        claimed=_claimed(region),
        complete=not others,
        closed=next((False for element in region.iter("div") if element.get("id") == "respond"), True),
        other_pages=others,
    )


def _is_item(element: Element) -> bool:
    ident = element.get("id")
    if not ident or not _COMMENT_ID.fullmatch(ident) or not classes(element) & _COMMENT_CLASSES:
        return False
    return element.tag == "li" or not any(_is_item(parent) for parent in element.iterancestors("li"))


def _comment(item: Element, base: str, url: str, position: int) -> Comment | None:
    own = _Own(item)
    if own.first("comment-awaiting-moderation") is not None:
        return None  # only its author sees it
    match = _COMMENT_ID.fullmatch(item.get("id") or "")
    assert match is not None
    number = match.group(1)
    ancestors = [parent for parent in item.iterancestors("li", "div", "article") if _is_item(parent)]
    parent = _COMMENT_ID.fullmatch(ancestors[0].get("id")) if ancestors else None
    names = classes(item)
    kind: Literal["comment", "pingback", "trackback"] = (
        "pingback" if "pingback" in names else "trackback" if "trackback" in names else "comment"
    )
    author, author_url = _author(own, kind, base)
    return Comment(
        native_id=number,
        text=_comment_text(own, kind, base),
        author=author,
        author_url=author_url,
        published=_comment_date(own),
        parent_id=parent.group(1) if parent else None,
        depth=len(ancestors),
        position=position,
        permalink=f"{url}#comment-{number}",
        kind=kind,
        by_author="bypostauthor" in names,
    )


class _Own:
    """The elements of a comment without those of the comments that answer it."""

    def __init__(self, item: Element) -> None:
        self.elements: list[Element] = []  #: in document order
        self._first: dict[str, int] = {}  # class name → place of the first that bears it
        stack = list(reversed(item))
        while stack:
            element = stack.pop()
            if not isinstance(element.tag, str) or _is_item(element):
                continue
            for name in classes(element):
                self._first.setdefault(name, len(self.elements))
            self.elements.append(element)
            stack.extend(reversed(element))

    def first(self, *names: str) -> Element | None:
        """Return the first element that bears one of the class names."""
        places = [place for name in names if (place := self._first.get(name)) is not None]
        return self.elements[min(places)] if places else None


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
    meta = own.first("comment-metadata", "commentmetadata", "comment-meta", "wp-block-comment-date", "comment-date")
    return parse_date(words_of(meta)) if meta is not None else None


def _comment_text(own: _Own, kind: str, base: str) -> str:
    content = own.first(*_COMMENT_TEXT)
    if content is not None:
        for element in [e for e in content.iterdescendants(etree.Element) if classes(e) & _IN_COMMENT_DROPPED]:
            drop(element)
        return render([content], base).text
    if kind != "comment":
        return ""  # a classic theme shows no more of a ping than who sent it
    body = own.first("comment-body")
    if body is None:
        return ""
    parts = [child for child in body if isinstance(child.tag, str) and not classes(child) & _IN_COMMENT_DROPPED]
    return render(
        [part for part in parts if part.tag not in ("ul", "ol") or not classes(part) & {"children"}], base
    ).text


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
    for nav in by_class(region, *_THREAD_NAV):
        for anchor in nav.iter("a"):
            href = anchor.get("href") or ""
            if "comment-page-" in href or "cpage=" in href or classes(anchor) & {"page-numbers"}:
                url = canonical_url(href.partition("#")[0], base=document.base)
                if url and url != here:
                    found[url] = None
    for anchor in region.iter("a"):
        href = anchor.get("href") or ""
        if ("comment-page-" in href or "cpage=" in href) and href.endswith("#comments"):
            url = canonical_url(href.partition("#")[0], base=document.base)
            if url and url != here:
                found[url] = None
    return tuple(found)


def href_of(anchor: Element | None, base: str) -> str | None:
    """Return where a link leads, absolute."""
    return canonical_url(anchor.get("href") or "", base=base) if anchor is not None else None
