"""What a page says of itself: JSON-LD, OpenGraph, microdata, microformats, meta elements, the visible byline.

Read it from a tree whose comments are cut: a commenter's name is never an author then. The parts are found in one
pass (`outline`); title, people and times each have a module of their own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from extractors.bylines import Authors, find_authors
from extractors.document import Classed, Document
from extractors.headline import find_headline, site_name
from extractors.jsonld import clean, types
from extractors.outline import Element, Outline, read_outline
from extractors.pubdate import find_modified, find_published
from variorum.records import Disagreement, Person
from variorum.urls import canonical_url

REVISION = "metadata/2"

_LISTING_TYPES = frozenset("CollectionPage SearchResultsPage".split())
_LANG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.I)


class Metadata(NamedTuple):
    """What was found; empty or None where the page does not tell."""

    title: str = ""
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    published_on: date | None = None  #: the day as the page's readers saw it, in its own zone
    modified: datetime | None = None
    lang: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    url: str | None = None  #: canonical, absolute
    site: str | None = None
    listing: bool = False  #: a home page, an archive, a search: many works, none of them the page
    article: bool = False  #: the page says that it is one article
    sources: Mapping[str, str] = {}  #: title, authors, published → which of the page's words told it
    disagreements: tuple[Disagreement, ...] = ()
    warnings: tuple[str, ...] = ()  #: what of a huge page was not read


def read(tree: Element, url: str, base: str, classed: Classed | None = None) -> Metadata:
    """Return what the page says of itself.

    Args:
        tree: Root element, comments cut.
        url: Where the page was fetched.
        base: Absolute URL that its links are relative to.
        classed: Of the tree, where it was made before, be it before parts were cut out.
    """
    outline = read_outline(tree, url, base, classed)
    told = _read_head(outline, has_authors=False)
    is_article = outline.article is not None
    og_type = (outline.first("og:type") or "").lower()
    return told._replace(
        lang=_lang(outline),
        tags=_tags(outline),
        categories=tuple(dict.fromkeys(filter(None, map(clean, outline.metas.get("article:section", ()))))),
        url=_canonical(outline),
        listing=not is_article and _is_listing(outline, og_type),
        article=is_article or og_type == "article",
    )


def read_head(document: Document, *, has_authors: bool) -> Metadata:
    """Return what a page of a known platform says of its title, people, times and site; the rest is left out.

    Args:
        document: Of the page; parts of its tree may be cut out.
        has_authors: The authors are known from the platform's own marks: they are not looked for.
    """
    outline = read_outline(document.tree, document.url, document.base, document.classed)
    return _read_head(outline, has_authors=has_authors)


def _read_head(outline: Outline, *, has_authors: bool) -> Metadata:
    site = site_name(outline)
    title = find_headline(outline, site)
    outline.settle(title.element)
    authors = Authors() if has_authors else find_authors(outline, site)
    published = find_published(outline)
    told = {"title": title.source, "authors": authors.source, "published": published.source}
    return Metadata(
        title=title.text,
        authors=authors.people,
        published=published.at,
        published_on=published.on,
        modified=find_modified(outline, shown=published.at is None),
        site=site,
        sources={name: source for name, source in told.items() if source},
        disagreements=(*authors.disagreements, *published.disagreements),
        warnings=tuple(outline.warnings),
    )


def _is_listing(outline: Outline, og_type: str) -> bool:
    entries = set(outline.entries)
    outer = [part for part in outline.entries if not any(parent in entries for parent in part.iterancestors())]
    return (
        (og_type in ("website", "blog") and _is_root(outline.url))
        or (len(outer) > 1 and og_type != "article")
        or any(types(node) & _LISTING_TYPES for node in outline.nodes)
    )


def _lang(outline: Outline) -> str | None:
    told: Any = (
        outline.lang,
        outline.described.get("inLanguage"),
        outline.first("content-language", "og:locale", "dc.language", "language"),
    )
    for value in told:
        if isinstance(value, str) and _LANG.fullmatch(value.strip()):
            return value.strip().replace("_", "-")
    return None


def _tags(outline: Outline) -> tuple[str, ...]:
    told = outline.described.get("keywords")
    listed = told if isinstance(told, list) else str(told).split(",") if isinstance(told, str) else []
    listed = listed or outline.metas.get("article:tag", [])
    listed = listed or [part.text_content() for part in outline.tagged if not outline.is_foreign(part)]
    return tuple(dict.fromkeys(filter(None, map(clean, listed))))


def _canonical(outline: Outline) -> str | None:
    links = (part.get("href") for part in outline.links if "canonical" in (part.get("rel") or "").lower().split())
    for href in (*links, *outline.metas.get("og:url", ())):
        url = canonical_url(href, base=outline.base) if href else None
        if url is not None:
            return url
    return None


def _is_root(url: str) -> bool:
    return url.partition("://")[2].partition("?")[0].partition("/")[2] in ("", "index.html", "index.php")
