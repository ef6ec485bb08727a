"""WordPress: classic themes, block themes, and blocks with the legacy comment list (docs: platform marks measured).

Everything is found by whole class names and ids that WordPress core prints, whatever the theme: the body's
`postid-12`, `article#post-12`, `.entry-content`, `li#comment-7`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from extractors import furniture, shapes
from extractors.comments import bbpress, take
from extractors.comments.wordpress import comment_region, href_of, is_silent, read_thread
from extractors.dates import parse_date
from extractors.document import Document, Element, classes, drop, first_by_class, words_of
from extractors.protected import bare_title
from extractors.text import render
from variorum.records import Page, Person, Removed
from variorum.urls import canonical_url

REVISION = "wordpress/3"

_ID_CLASS = re.compile(r"(postid|page-id)-(\d+)")
_OTHER = frozenset("home blog archive search error404 category tag author date paged attachment".split())
_COMMENT_PAGE = re.compile(r"/comment-page-\d+(/?)$")
_POST_PAGE = re.compile(r"/\d+(/?)$")
_PAGE_LINKS = ("page-links", "post-nav-links", "page-link")
_TEASERS = frozenset(("wp-block-query", "wp-block-latest-posts", "widget"))
_CONTENT = ("entry-content", "wp-block-post-content", "post-content", "entrytext", "post-entry", "storycontent")


@dataclass(frozen=True, slots=True)
class _Identity:
    native_id: str | None
    work_type: Literal["post", "page", "other"]


class Reading(NamedTuple):
    """A page, and whether its body is surely its own."""

    page: Page
    is_own: bool  #: it stands in the post's own `#post-N`, or is the block theme's body outside of every query loop
    is_silent: bool = False  #: the place of its comments is known, and nobody speaks there


def extract(document: Document) -> Page | None:
    """Read a page of a WordPress site; see `read`."""
    reading = read(document)
    return reading.page if reading is not None else None


def read(document: Document) -> Reading | None:
    """Read a page of a WordPress site. The tree of the document is used up: what was read is cut out of it.

    Returns:
        The post, static page, or (work_type "other") listing, search or error page; None where this is no page of
        WordPress, or one whose theme shows no body that its core classes name.
    """
    identity = _identify(document)
    if identity is None:
        return None
    url = _permalink(document)
    if identity.work_type == "other":
        return Reading(
            Page(witness="html", url=url, extractor=REVISION, work_type="other", platform="wordpress"), False
        )
    region = comment_region(document)
    article, content = _find_content(document, identity.native_id, region)
    if content is None:
        return None
    is_own = _is_own(content, article, identity.native_id)
    head = _Head(document, article, region)
    protected = bool(document.classed.within(content, "post-password-form"))
    thread = read_thread(document, region, url)
    silent = region is not None and thread is not None and not thread.comments and is_silent(region)
    forum = bbpress.cut_forum(content, document)
    if forum is not None and not (thread is not None and thread.comments):
        thread = take(forum, document.base).thread or thread
    next_pages = _post_pages(document, article)
    tags, categories = head.terms("post_tag"), head.terms("category")
    below = () if forum is None else (Removed("comment_list", "bbpress/bbpress-forums", words_of(forum)),)
    removed = (
        *below,
        *_cut_furniture(content),
        *furniture.cut(content, inside=True),
        *shapes.cut(content, document.url),
    )
    rendered = render(content, document.base)
    page = Page(
        witness="html",
        url=url,
        extractor=REVISION,
        work_type=identity.work_type,
        state="protected" if protected else "open",
        native_id=identity.native_id,
        platform="wordpress",
        title=bare_title(head.title()) if protected else head.title(),
        authors=head.authors(),
        published=head.date("published"),
        modified=head.date("modified"),
        lang=document.tree.get("lang") or None,
        tags=tags,
        categories=categories,
        text="" if protected else rendered.text,
        markdown="" if protected else rendered.markdown,
        links=() if protected else rendered.links,
        images=() if protected else rendered.images,
        removed=removed,
        thread=thread,
        partial=bool(next_pages),
        next_pages=next_pages,
        warnings=document.warnings,
    )
    return Reading(page, is_own, silent)


# ------------------------------------------------------------------------------------------------ which page it is
def _identify(document: Document) -> _Identity | None:
    names = document.body_classes
    match = next((found for name in sorted(names) if (found := _ID_CLASS.fullmatch(name))), None)
    if match is not None and "attachment" in names:  # the page of an image has a post's number too
        return _Identity(match.group(2), "other")
    if match is not None and "error404" not in names:
        return _Identity(match.group(2), "page" if match.group(1) == "page-id" else "post")
    if not _is_wordpress(document):
        return None
    if names & _OTHER and not names & {"single", "page", "single-post"}:
        return _Identity(None, "other")
    native_id = _id_from_links(document)
    if native_id is None:
        native_id = _id_from_article(document)
    return _Identity(native_id, "post") if native_id is not None else None


def _is_wordpress(document: Document) -> bool:
    if "wordpress" in document.metas.get("generator", "").lower():
        return True
    return any("https://api.w.org/" in rels for rels, _ in document.links) or "/wp-content/" in document.text


def _id_from_links(document: Document) -> str | None:
    for rels, link in document.links:
        href = link.get("href")
        if "shortlink" in rels:
            number = next(iter(parse_qs(urlsplit(href).query).get("p") or ()), "")
            if number.isdecimal():
                return number
        if "alternate" in rels and (match := re.search(r"/wp/v2/(?:posts|pages)/(\d+)$", href)):
            return match.group(1)
    return None


def _id_from_article(document: Document) -> str | None:
    """Return the number of the only post on a page."""
    found = [
        ident.removeprefix("post-")
        for ident, placed in document.classed.by_id.items()
        if re.fullmatch(r"post-\d+", ident)
        for _, element in placed
        if element.tag in ("article", "div")
    ]
    return found[0] if len(found) == 1 else None


def _permalink(document: Document) -> str:
    """Return the post's own address: what the page calls canonical, without comment page and page of the post."""
    url = document.canonical() or document.url
    url = _COMMENT_PAGE.sub(r"\1", url)
    first = _POST_PAGE.sub(r"\1", url)
    if first != url and any(_is_page_of(first, link, document.base) for link in _page_links(document)):
        url = first
    return re.sub(r"[?&](?:cpage|page)=\d+$", "", url)


def _page_links(document: Document) -> Iterator[str]:
    """Yield the links between the pages of a post in several pages."""
    for links in document.classed.of(*_PAGE_LINKS):
        yield from (href for anchor in links.iter("a") if (href := anchor.get("href")))


def _is_page_of(first: str, link: str, base: str) -> bool:
    """Return whether a link leads to a page of the post at *first*: a slug, too, may be a number."""
    url = canonical_url(link, base=base) or ""
    return url == first or _POST_PAGE.sub(r"\1", url) == first


# ------------------------------------------------------------------------------------------------ the post
def _find_content(document: Document, native_id: str | None, region: Element | None) -> tuple[Element, Element | None]:
    """Return the element that holds the whole post, and the one that holds its body."""
    tree = document.tree
    article = None
    if native_id is not None:
        article = document.classed.first_with_id(f"post-{native_id}", "article", "div", "section", "main")
    for name in _CONTENT:
        for element in document.classed.within(article if article is not None else tree, name):
            if not _is_teaser(element) and not _is_within(element, region) and not _is_foreign(element, native_id):
                holder = article if article is not None else _holder(element)
                return holder, element
    return tree, None


def _holder(content: Element) -> Element:
    """Return the element that holds a block theme's post: main, or all of the page."""
    return next((parent for parent in content.iterancestors("main", "body")), content)


def _is_own(content: Element, article: Element, native_id: str | None) -> bool:
    """Return whether a body is surely that of the page's own post; teasers were refused before."""
    return (native_id is not None and article.get("id") == f"post-{native_id}") or (
        "wp-block-post-content" in classes(content)
    )


def _is_teaser(element: Element) -> bool:
    return not all(_TEASERS.isdisjoint(classes(parent)) for parent in element.iterancestors())


def _is_foreign(element: Element, native_id: str | None) -> bool:
    """Return whether an element stands in the article of another post: a teaser, or one of several on the page."""
    if native_id is None:
        return False
    owners = (re.fullmatch(r"post-(\d+)", parent.get("id") or "") for parent in element.iterancestors())
    return any(owner is not None and owner.group(1) != native_id for owner in owners)


def _is_within(element: Element, region: Element | None) -> bool:
    return region is not None and any(parent is region for parent in element.iterancestors())


def _post_pages(document: Document, article: Element) -> tuple[str, ...]:
    """Return the other pages of a post in several pages, and take their links out of the body."""
    found: dict[str, None] = {}
    for links in document.classed.within(article, *_PAGE_LINKS):
        for anchor in links.iter("a"):
            if url := canonical_url(anchor.get("href") or "", base=document.base):
                found[url] = None
        drop(links)
    return tuple(found)


#: Whole class names of what the head of a post is made of.
_HEAD_CLASSES = frozenset(
    "entry-title wp-block-post-title post-title wp-block-post-author__name wp-block-post-author-name byline author "
    "vcard entry-author posted-by published entry-date updated wp-block-post-date taxonomy-post_tag tags-links "
    "tag-links taxonomy-category cat-links".split()
)


class _Head:
    """Title, authors, dates and terms of one post."""

    def __init__(self, document: Document, article: Element, region: Element | None) -> None:
        self._document = document
        self._region = region
        # what stands in the post comes before what stands beside it, and nothing from the thread or from teasers
        classed = document.classed
        self._marked = dict.fromkeys((*classed.within(article, *_HEAD_CLASSES), *classed.of(*_HEAD_CLASSES)))

    def _find(self, *names: str) -> Iterator[Element]:
        for element in self._marked:
            if classes(element).isdisjoint(names) or _is_within(element, self._region) or _is_teaser(element):
                continue
            yield element

    def title(self) -> str:
        for element in self._find("entry-title", "wp-block-post-title", "post-title"):
            return words_of(element)
        return ""

    def authors(self) -> tuple[Person, ...]:
        for element in self._find("wp-block-post-author__name", "wp-block-post-author-name"):
            anchor = next(element.iter("a"), None)
            return (Person(words_of(element), href_of(anchor, self._document.base)),)
        for holder in self._find("byline", "author", "vcard", "entry-author", "posted-by"):
            anchor = next(
                (a for a in holder.iter("a") if "author" in (a.get("rel") or "") or classes(a) & {"url", "fn"}), None
            )
            name = anchor if anchor is not None else first_by_class(holder, "fn", "author")
            if name is not None and (words := words_of(name)):
                return (Person(words, href_of(anchor, self._document.base)),)
        named = self._document.metas.get("author")
        return (Person(named),) if named else ()

    def date(self, kind: Literal["published", "modified"]) -> datetime | None:
        names = ("published", "entry-date") if kind == "published" else ("updated",)
        for element in self._find(*names):
            if element.tag == "time" and (at := parse_date(element.get("datetime") or "")):
                if kind == "modified" and "published" in classes(element):
                    continue
                return at
        if kind == "published":
            for holder in self._find("wp-block-post-date"):
                for element in holder.iter("time"):
                    if at := parse_date(element.get("datetime") or ""):
                        return at
        return parse_date(self._document.metas.get(f"article:{kind}_time", ""))

    def terms(self, taxonomy: Literal["post_tag", "category"]) -> tuple[str, ...]:
        names = (
            ("taxonomy-post_tag", "tags-links", "tag-links")
            if taxonomy == "post_tag"
            else ("taxonomy-category", "cat-links")
        )
        for holder in self._find(*names):
            return tuple(dict.fromkeys(words for a in holder.iter("a") if (words := words_of(a))))
        return ()


# ------------------------------------------------------------------------------------------------ furniture
#: What Jetpack, WordPress.com and widespread plugins put into a post's body: class or id → kind. Of several names
#: of one element the first here counts: the last ones stand on wrappers of all sorts.
_FURNITURE = {
    name: kind
    for kind, names in (
        (
            "share",
            "sd-sharing-enabled sd-sharing addtoany_share_save_container addtoany_content a2a_kit shareaholic-canvas "
            "social-share share-buttons ssba heateor_sss_sharing_container wp-block-jetpack-sharing-buttons",
        ),
        ("like", "jetpack-likes-widget-wrapper sd-like likes-widget wp-block-jetpack-likes"),
        ("related", "jp-relatedposts yarpp yarpp-related related-posts wp-block-jetpack-related-posts"),
        ("subscribe", "wp-block-jetpack-subscriptions jetpack_subscription_widget"),
        ("navigation", "post-navigation posts-navigation wp-block-post-navigation-link snp_nextpagelink"),
        ("byline", "author-bio author-box entry-meta postmetadata entry-footer wp-block-post-author"),
        ("comment_form", "comment-respond"),
        ("comment_list", "comments-area wp-block-comments"),
        ("other", "wpcnt wordads-tag"),
        ("share", "robots-nocontent sharedaddy jp-post-flair"),
    )
    for name in names.split()
}
_FURNITURE_RANK = {name: rank for rank, name in enumerate(_FURNITURE)}


def _cut_furniture(content: Element) -> tuple[Removed, ...]:
    """Take furniture out of the body; an element that holds most of the body's words is no furniture.

    What stands inside goes first: likes and related posts are told apart from the wrapper around them all.
    """
    marked = [
        (element, name) for element in content.iterdescendants(etree.Element) if (name := _furniture_name(element))
    ]
    removed: list[Removed] = []
    whole = len(words_of(content)) if marked else 0
    for element, name in reversed(marked):
        text = words_of(element)
        if (
            len(text) * 2 > whole
            and next(element.iterdescendants("p"), None) is not None
            and _FURNITURE[name] == "byline"
        ):
            continue
        removed.append(Removed(_FURNITURE[name], f"wordpress/{name}", text))
        drop(element)
    return tuple(cut for cut in reversed(removed) if cut.text)


def _furniture_name(element: Element) -> str | None:
    value, ident = element.get("class"), element.get("id")
    if not value and not ident:
        return None
    names = (*(value or "").split(), ident)
    return min((name for name in names if name in _FURNITURE), key=_FURNITURE_RANK.__getitem__, default=None)
