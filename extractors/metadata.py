"""What a page says of itself: JSON-LD, OpenGraph, microdata, microformats, meta elements, the visible byline.

Read it from a tree whose comments are cut: a commenter's name is never an author then. Times in prose are the last
resort; guessing at them costs as much as the whole extraction, so nothing but a date's own element is asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple

from extractors.dates import parse_date
from variorum.records import Person
from variorum.urls import canonical_url

REVISION = "metadata/1"

Element = Any  # lxml.html.HtmlElement

_ARTICLE_TYPES = frozenset(
    "Article BlogPosting NewsArticle ReportageNewsArticle TechArticle ScholarlyArticle OpinionNewsArticle Report "
    "LiveBlogPosting AnalysisNewsArticle BackgroundNewsArticle ReviewNewsArticle SocialMediaPosting Review Recipe "
    "MedicalScholarlyArticle DiscussionForumPosting".split()
)
_PAGE_TYPES = frozenset("WebPage AboutPage ItemPage FAQPage".split())
_LISTING_TYPES = frozenset("CollectionPage SearchResultsPage Blog".split())
_PUBLISHED_META = (
    "article:published_time og:published_time datepublished date.issued dc.date.issued dcterms.issued dcterms.created "
    "dc.date.created dc.date dcterms.date pubdate publishdate publish-date sailthru.date parsely-pub-date "
    "article.published article_date_original publication_date published_time "
    "cxenseparse:recs:publishtime originalpublicationdate date"
).split()
_MODIFIED_META = "article:modified_time og:updated_time datemodified dcterms.modified last-modified lastmod".split()
_AUTHOR_META = (
    "author article:author_name parsely-author sailthru.author dc.creator dcterms.creator byl article:author".split()
)
_AUTHOR_CLASSES = (
    frozenset("p-author".split()),
    frozenset(
        "byline-name author-name author__name entry-author-name byline__name post-author-name authorname".split()
    ),
    frozenset("post-author entry-author byline author vcard fn".split()),
)
_DATE_CLASSES = frozenset(
    "dt-published published entry-date post-date posted-on date-header postdate entry-time post-timestamp timestamp "
    "post__date article-date pubdate posted-date post-meta-date date post_date entrydate publish-date byline__date "
    "date-published article__date".split()
)
#: Of microdata, and of RDFa as Drupal writes it.
_DATE_PROPERTIES = frozenset("datePublished dateCreated schema:datePublished schema:dateCreated dc:date".split())
#: A class that ends in the word: news-list-date, blog_detail_date, PostDate.
_DATE_NAMED = re.compile(r"(?:[-_]|(?<=[a-z]))(?:[Dd]ate|[Dd]atum|[Ff]echa)$")
_TITLE_CLASSES = frozenset("entry-title post-title p-name headline article-title posttitle post__title".split())
_ASIDES = frozenset("widget sidebar related related-posts jp-relatedposts recent-posts footer".split())
_BY = re.compile(
    r"^\W*(?:(?:posted|written|published|words|story|text)?\s*(?:by|von|por|par|di|door|av|af)\b\s*:?|author\s*:|autor\s*:)\s*",
    re.I,
)
_NO_NAME = re.compile(
    r"https?://|@|^(?:admin|administrator|author|unknown|editor|anonymous|null|undefined|by)$|\d{3,}", re.I
)
_AND = re.compile(r"\s*(?:,|;|&|\band\b|\bund\b|\bet\b|\by\b)\s*")
_IN_PATH = re.compile(r"/((?:19|20)\d{2})[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/-]|$)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_SEPARATOR = re.compile(r"\s+[|–—•·»«:~\\/-]+\s+|\s*[|»«]\s*|:\s+")
_LANG = re.compile(r"[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*", re.I)


class Metadata(NamedTuple):
    """What was found; empty or None where the page does not tell."""

    title: str = ""
    authors: tuple[Person, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    lang: str | None = None
    tags: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    url: str | None = None  #: canonical, absolute
    site: str | None = None
    listing: bool = False  #: a home page, an archive, a search: many works, none of them the page
    article: bool = False  #: the page says that it is one article


def read(tree: Element, url: str, base: str) -> Metadata:
    """Return what the page says of itself.

    Args:
        tree: Root element, comments cut.
        url: Where the page was fetched.
        base: Absolute URL that its links are relative to.
    """
    metas = _metas(tree)
    nodes = list(_json_ld(tree))
    article = next((node for node in nodes if _types(node) & _ARTICLE_TYPES), None)
    described = article or next((node for node in nodes if _types(node) & _PAGE_TYPES), {})
    site = _first(metas, "og:site_name", "application-name") or _site_of(nodes)
    og_type = (_first(metas, "og:type") or "").lower()
    entries = [part for part in tree.iter("article", "div", "li", "section") if _classes(part) & {"h-entry", "hentry"}]
    outer = [part for part in entries if not any(parent in entries for parent in part.iterancestors())]
    listing = not article and (
        (og_type in ("website", "blog") and _is_root(url))
        or (len(outer) > 1 and og_type != "article")
        or any(_types(node) & {"CollectionPage", "SearchResultsPage"} for node in nodes)
    )
    return Metadata(
        title=_title(tree, metas, described, site),
        authors=_authors(tree, metas, nodes, described, base),
        published=_published(tree, metas, described, url),
        modified=_parsed(described.get("dateModified")) or _meta_date(metas, _MODIFIED_META),
        lang=_lang(tree, metas, described),
        tags=_tags(tree, metas, described),
        categories=tuple(dict.fromkeys(filter(None, map(_clean, metas.get("article:section", ()))))),
        url=_canonical(tree, metas, base),
        site=site,
        listing=listing,
        article=article is not None or og_type == "article",
    )


def declared_date(tree: Element) -> datetime | None:
    """Return when the page was published by what it declares for machines alone: JSON-LD and meta elements.

    Nothing visible is asked: a theme may show the same post with a date or without, and that is no change of it.
    """
    nodes = list(_json_ld(tree))
    named = [node for kinds in (_ARTICLE_TYPES, _PAGE_TYPES) for node in nodes if _types(node) & kinds]
    return next((at for node in named if (at := _parsed(node.get("datePublished")))), None) or _meta_date(
        _metas(tree), _PUBLISHED_META[:3]
    )


# ------------------------------------------------------------------------------------------------ sources
def _metas(tree: Element) -> dict[str, list[str]]:
    metas: dict[str, list[str]] = {}
    for meta in tree.iter("meta"):
        content = (meta.get("content") or "").strip()
        if content:
            for key in {meta.get("property"), meta.get("name"), meta.get("itemprop")} - {None}:
                metas.setdefault(str(key).strip().lower(), []).append(content)
    return metas


def _first(metas: dict[str, list[str]], *keys: str) -> str | None:
    return next((_clean(metas[key][0]) for key in keys if key in metas), None)


def _json_ld(tree: Element) -> Iterator[dict[str, Any]]:
    """Yield every node of the page's JSON-LD that has a type, outer before inner; broken scripts are passed over."""
    for script in tree.iterfind('.//script[@type="application/ld+json"]'):
        text = (script.text or "").strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
        try:
            value = json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue
        yield from islice(_nodes(value, 0), 500)


def _nodes(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    if depth > 6:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key, item in value.items():
            if isinstance(item, dict | list) and key not in ("comment", "comments", "review", "itemListElement"):
                yield from _nodes(item, depth + 1)


def _types(node: dict[str, Any]) -> frozenset[str]:
    types = node.get("@type")
    listed = types if isinstance(types, list) else [types]
    return frozenset(str(kind).rpartition("/")[2] for kind in listed)


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").lower().split())


def _clean(value: Any) -> str:
    """Return text without entities, tags and runs of blanks; "" for what is no text."""
    if not isinstance(value, str):
        return ""
    if "&" in value:
        from html import unescape

        value = unescape(value)
    return " ".join(re.sub(r"<[^<>]{1,200}>", " ", value).split())


# ------------------------------------------------------------------------------------------------ title
def _title(tree: Element, metas: dict[str, list[str]], described: dict[str, Any], site: str | None) -> str:
    head = next((_clean(part.text_content()) for part in tree.iter("title") if _in_head(part)), "")
    told = [
        _clean(described.get("headline")),
        _first(metas, "og:title") or "",
        _first(metas, "twitter:title") or "",
        head,
    ]
    visible = _visible_title(tree, " ".join(told).casefold())
    if visible:
        return visible
    for title in told:
        if title:
            return _without_site(title, site)
    return next((text for part in tree.iter("h1", "h2") if (text := _clean(part.text_content()))), "")


def _visible_title(tree: Element, told: str) -> str:
    """Return the heading that the page's head repeats, the longest of the first rank that has one."""
    marked: list[tuple[str, str]] = []
    plain: list[tuple[str, str]] = []
    for part in tree.iter("h1", "h2", "h3"):
        text = _clean(part.text_content())
        if len(text) < 3 or text.casefold() not in told:
            continue
        (marked if _classes(part) & _TITLE_CLASSES or part.get("itemprop") in ("headline", "name") else plain).append(
            (part.tag, text)
        )
    for found in (marked, plain):
        for tag in ("h1", "h2", "h3"):
            texts = [text for one, text in found if one == tag]
            if texts:
                return max(texts, key=len)
    return ""


def _in_head(part: Element) -> bool:
    return all(parent.tag != "svg" for parent in part.iterancestors())


def _without_site(title: str, site: str | None) -> str:
    """Cut the blog's name off either end of a title: "A busy one | Mezzanine"."""
    if site:
        for piece in (site, site.partition(" ")[0] if len(site.partition(" ")[0]) > 5 else site):
            cut = re.sub(
                rf"\s*[|–—•·»«:~\\/-]+\s*{re.escape(piece)}\s*$|^\s*{re.escape(piece)}\s*[|–—•·»«:~\\/-]+\s*",
                "",
                title,
                flags=re.I,
            )
            if cut and cut != title:
                return cut.strip()
        return title
    pieces = [piece for piece in re.split(r"\s+[|–—•·»«-]\s+|\s*[|»«]\s*", title) if piece.strip()]
    return max(pieces, key=len).strip() if len(pieces) > 1 else title


def _site_of(nodes: list[dict[str, Any]]) -> str | None:
    return next((_clean(node.get("name")) or None for node in nodes if _types(node) & {"WebSite", "Blog"}), None)


# ------------------------------------------------------------------------------------------------ people
def _authors(
    tree: Element, metas: dict[str, list[str]], nodes: list[dict[str, Any]], described: dict[str, Any], base: str
) -> tuple[Person, ...]:
    people = _people(described.get("author"), nodes, base) or _people(described.get("creator"), nodes, base)
    if people:
        return people
    for key in _AUTHOR_META:
        named = [name for value in metas.get(key, ()) for name in _names(_clean(value))]
        if named:
            return tuple(Person(name) for name in dict.fromkeys(named))
    return _byline(tree, base)


def _people(value: Any, nodes: list[dict[str, Any]], base: str) -> tuple[Person, ...]:
    people: dict[str, Person] = {}
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, dict) and set(item) == {"@id"}:
            item = next((node for node in nodes if node.get("@id") == item["@id"]), item)
        name, url = (_clean(item.get("name")), item.get("url")) if isinstance(item, dict) else (_clean(item), None)
        address = canonical_url(url, base=base) if isinstance(url, str) and url else None
        for one in _names(name) if isinstance(item, str) else [name]:
            if one and not _NO_NAME.search(one):
                people.setdefault(one, Person(one, address))
    return tuple(people.values())


def _names(text: str) -> list[str]:
    """Split a byline into names; what is none (an address, a role) is left out."""
    text = _BY.sub("", text).strip(" .,:|-–—·•")
    pieces = [piece.strip(" .|-–—·•") for piece in _AND.split(text)]
    names = [piece for piece in pieces if piece and not _NO_NAME.search(piece)]
    return [name for name in names if len(name) <= 60 and len(name.split()) <= 6]


def _byline(tree: Element, base: str) -> tuple[Person, ...]:
    """Return the names of the visible byline: rel=author, microdata, whole class names, a link to an author's page."""
    ranks: list[list[Element]] = [[], [], [], [], []]
    for part in tree.iter(
        "a", "span", "div", "p", "address", "cite", "strong", "em", "h4", "h5", "h6", "li", "b", "i", "small"
    ):
        classes = _classes(part)
        if (part.tag == "a" and "author" in (part.get("rel") or "").split()) or part.get("itemprop") in (
            "author",
            "creator",
        ):
            ranks[0].append(part)
        elif classes & _AUTHOR_CLASSES[0]:
            ranks[1].append(part)
        elif classes & _AUTHOR_CLASSES[1]:
            ranks[2].append(part)
        elif classes & _AUTHOR_CLASSES[2]:
            ranks[3].append(part)
        elif part.tag == "a" and re.search(r"/authors?/[^/]", part.get("href") or ""):
            ranks[4].append(part)
    for rank in ranks:
        for part in rank:
            if _aside(part):
                continue
            inner = next((one for one in part.iter() if one.get("itemprop") == "name" or "fn" in _classes(one)), None)
            inner = (
                inner
                if inner is not None
                else next((one for one in part.iter("a") if _clean(one.text_content())), part)
            )
            names = _names(_clean(inner.text_content()))
            if names:
                href = inner.get("href") if inner.tag == "a" else None
                url = canonical_url(href, base=base) if href else None
                return tuple(Person(name, url if len(names) == 1 else None) for name in dict.fromkeys(names))
    return ()


def _aside(part: Element) -> bool:
    for parent in part.iterancestors():
        classes = _classes(parent)
        if parent.tag in ("aside", "footer", "nav") or (classes & _ASIDES and "blog" not in classes):  # "widget Blog"
            return True
    return False


# ------------------------------------------------------------------------------------------------ times
def _published(tree: Element, metas: dict[str, list[str]], described: dict[str, Any], url: str) -> datetime | None:
    return (
        _parsed(described.get("datePublished"))
        or _meta_date(metas, _PUBLISHED_META[:3])
        or _marked_date(tree)
        or _meta_date(metas, _PUBLISHED_META[3:])
        or _path_date(url)
        or _visible_date(tree)
    )


def _parsed(value: Any) -> datetime | None:
    return parse_date(value) if isinstance(value, str) and value.strip() else None


def _meta_date(metas: dict[str, list[str]], keys: list[str]) -> datetime | None:
    return next((at for key in keys for value in metas.get(key, ()) if (at := _parsed(value))), None)


def _marked_date(tree: Element) -> datetime | None:
    """Return the date of an element that machines are meant to read."""
    times: list[Element] = []
    for part in tree.iter("time", "abbr", "span", "div", "p", "meta", "a"):
        if part.get("itemprop") in _DATE_PROPERTIES or part.get("property") in _DATE_PROPERTIES:
            at = _parsed(part.get("datetime") or part.get("content") or part.text_content()[:100])
            if at and not _aside(part):
                return at
        elif part.tag in ("time", "abbr", "span") and (
            part.get("datetime") or (part.get("title") and _classes(part) & _DATE_CLASSES)
        ):
            times.append(part)
    times.sort(
        key=lambda part: (
            not (part.get("pubdate") is not None or _classes(part) & _DATE_CLASSES) or "updated" in _classes(part)
        )
    )
    return next(
        (at for part in times if not _aside(part) and (at := _parsed(part.get("datetime") or part.get("title")))), None
    )


def _path_date(url: str) -> datetime | None:
    match = _IN_PATH.search(url)
    return parse_date(f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}") if match else None


def _visible_date(tree: Element) -> datetime | None:
    """Return the date that stands in an element of its own: one named for it, else the first after the title."""
    for part in tree.iter(
        "span", "div", "p", "h2", "h3", "h4", "h5", "h6", "time", "li", "a", "small", "em", "abbr", "td"
    ):
        if (part.tag == "time" or _classes(part) & _DATE_CLASSES) and not _aside(part):
            named = _clean(part.text_content())
            if 5 < len(named) <= 100 and (at := _parsed(named)):
                return at
    for part in tree.iter("span", "div", "p", "time", "li", "small", "em", "td"):
        if any(_DATE_NAMED.search(name) for name in (part.get("class") or "").split()) and not _aside(part):
            named = _clean(part.text_content())
            if 5 < len(named) <= 40 and (at := _parsed(named)):
                return at
    body = tree.find("body")
    titled = next(body.iter("h1"), None) if body is not None else None
    text: str | None
    seen = titled is None
    for part in body.iter() if body is not None else ():
        seen = seen or part is titled
        text = part.text if isinstance(part.tag, str) and part.tag not in ("script", "style", "option", "p") else None
        for piece in (text, part.tail):
            if not seen or not piece or not 8 <= len(piece.strip()) <= 60 or "©" in piece:
                continue
            if _YEAR.search(piece) and not _aside(part) and (at := _parsed(" ".join(piece.split()))):
                return at
    return None


# ------------------------------------------------------------------------------------------------ the rest
def _lang(tree: Element, metas: dict[str, list[str]], described: dict[str, Any]) -> str | None:
    for value in (tree.get("lang"), tree.get("{http://www.w3.org/XML/1998/namespace}lang"), described.get("inLanguage"),
                  _first(metas, "content-language", "og:locale", "dc.language", "language")):  # fmt: skip
        if isinstance(value, str) and _LANG.fullmatch(value.strip()):
            return value.strip().replace("_", "-")
    return None


def _tags(tree: Element, metas: dict[str, list[str]], described: dict[str, Any]) -> tuple[str, ...]:
    told = described.get("keywords")
    listed = told if isinstance(told, list) else str(told).split(",") if isinstance(told, str) else []
    listed = listed or metas.get("article:tag", [])
    listed = listed or [
        part.text_content() for part in tree.iter("a") if "tag" in (part.get("rel") or "").split() and not _aside(part)
    ]
    return tuple(dict.fromkeys(filter(None, map(_clean, listed))))


def _canonical(tree: Element, metas: dict[str, list[str]], base: str) -> str | None:
    links = (part.get("href") for part in tree.iter("link") if "canonical" in (part.get("rel") or "").lower().split())
    for href in (*links, *metas.get("og:url", ())):
        url = canonical_url(href, base=base) if href else None
        if url is not None:
            return url
    return None


def _is_root(url: str) -> bool:
    return url.partition("://")[2].partition("?")[0].partition("/")[2] in ("", "index.html", "index.php")
