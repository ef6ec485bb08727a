"""Which platform a site runs on and which listers it offers, from its home page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors import recognition
from extractors.document import Document, words_of
from variorum.urls import canonical_url

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json", "application/json")
_REST_HEADER = re.compile(r"""<([^>]+)>\s*;[^,]*rel="?https://api\.w\.org/"?""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a home page tells of its site; addresses are absolute."""

    platform: str | None = None
    confidence: float = 0.0  #: 1.0: the platform names itself by something that nobody else has
    title: str | None = None
    lang: str | None = None
    rest_root: str | None = None  #: of WordPress
    feeds: tuple[str, ...] = ()  #: of posts
    comment_feed: str | None = None

    def settings(self) -> dict[str, object]:
        """Return what is worth remembering until the next visit."""
        return {
            "rest_root": self.rest_root,
            "feeds": list(self.feeds),
            "comment_feed": self.comment_feed,
            "lang": self.lang,
        }


def recognise(document: Document, headers: Sequence[tuple[str, str]] = ()) -> Site:
    """Recognise a site by its home page.

    Args:
        document: The parsed home page.
        headers: Of the answer that brought it.
    """
    rest_root = _rest_root(document, headers)
    platform, confidence = ("wordpress", 1.0) if rest_root else recognition.recognise(document)
    posts, comments = _feeds(document)
    if platform == "wordpress" and not posts:
        posts = [url for url in [canonical_url("feed/", base=_home(document))] if url]
    if platform == "wordpress" and comments is None:
        comments = canonical_url("comments/feed/", base=_home(document))
    return Site(
        platform=platform,
        confidence=confidence,
        title=_title(document),
        lang=document.tree.get("lang") or None,
        rest_root=rest_root,
        feeds=tuple(posts),
        comment_feed=comments,
    )


def _home(document: Document) -> str:
    return document.url if document.url.endswith("/") else document.url + "/"


def _rest_root(document: Document, headers: Sequence[tuple[str, str]]) -> str | None:
    for rels, link in document.links:
        if "https://api.w.org/" in rels:
            return canonical_url(link.get("href"), base=document.base)
    for name, value in headers:
        if name.lower() == "link" and (match := _REST_HEADER.search(value)):
            return canonical_url(match.group(1), base=document.base)
    return None


def _feeds(document: Document) -> tuple[list[str], str | None]:
    """Return the feeds of posts, and the one of comments: WordPress names it by its address, others in its title."""
    posts: list[str] = []
    comments: str | None = None
    for rels, link in document.links:
        kind = (link.get("type") or "").lower().split(";")[0].strip()
        url = canonical_url(link.get("href"), base=document.base)
        if "alternate" not in rels or kind not in _FEED_TYPES or url is None or "/wp-json/" in url or "oembed" in url:
            continue
        if kind == "application/json" and "feed" not in url:
            continue
        if "/comments/" in url or url.endswith("/comments"):
            comments = comments or url
        elif url not in posts and "/tag/" not in url and "/category/" not in url:
            posts.append(url)
    return _without_twins(posts), comments


def _without_twins(posts: list[str]) -> list[str]:
    """Keep one of an RSS and an Atom feed of the same list: the first, as the page prefers."""
    kept: dict[str, str] = {}
    for url in posts:
        kept.setdefault(re.sub(r"(?:feed|atom|rss2?|rdf|index|\.xml|\.json|/)+$", "", url), url)
    return list(kept.values())


def _title(document: Document) -> str | None:
    if name := document.metas.get("og:site_name"):
        return name
    title = next(document.tree.iter("title"), None)
    words = words_of(title) if title is not None else ""
    return re.split(r"\s+[|–—-]\s+", words)[0] or None
