"""Feeds: RSS 0.9x to 2.0, RSS 1.0, Atom, JSON Feed; of posts or of comments. Read tolerantly, never sanitised."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, replace
from html.entities import html5
from typing import Any, Literal
from urllib.parse import parse_qs, urlsplit

from lxml import etree

from extractors.charset import decode
from extractors.dates import parse_date
from extractors.document import drop, fragment, local_name, words_of
from extractors.protected import asks_for_password, bare_title
from extractors.text import render, render_fragment
from variorum.errors import ExtractError
from variorum.records import Comment, Page, Person, Thread
from variorum.urls import canonical_url

REVISION = "feed/2"
MAX_BYTES = 15_000_000

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DC = "{http://purl.org/dc/elements/1.1/}"
_SLASH = "{http://purl.org/rss/1.0/modules/slash/}comments"
_THR = "{http://purl.org/syndication/thread/1.0}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_POST_ID = "{com-wordpress:feed-additions:1}post-id"  # WordPress.com
_START = re.compile(r"<\?xml\b|<(?:[a-z]+:)?(?:rss|feed|rdf)\b", re.I)
_HTML_NAME = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30};)")
_COMMENT_MARK = re.compile(r"#(?:comment-|c)(\d+)$")
_BLOGGER_ID = re.compile(r"\.post-(\d+)$")
_MAX_ANSWER = 40  #: letters of "In reply to …." around the name, in any language
_COMMENT_TITLE = re.compile(r"^(?:comments? on|kommentare? zu|commentaires? sur|comentarios? en|.* コメント)", re.I)

Element = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What a feed tells."""

    kind: Literal["posts", "comments"]
    title: str = ""
    pages: tuple[Page, ...] = ()  #: witness "feed"; `partial` where only a summary is given
    comments: tuple[Comment, ...] = ()
    next_page: str | None = None  #: where older entries are


def read_feed(body: bytes, url: str) -> Feed:
    """Read a feed.

    Args:
        body: Without content coding.
        url: Where it was found; relative links start from it.

    Raises:
        ExtractError: It is none.
    """
    if len(body) > MAX_BYTES:
        raise ExtractError(f"it has {len(body)} bytes; the limit is {MAX_BYTES}")
    if body.lstrip()[:1] == b"{":
        return _read_json(body, url)
    source = decode(body).text
    root = _root(source)
    name = local_name(root).lower() if root is not None else ""
    if name in ("rss", "rdf", "feed"):
        feed = _read_atom(root, url) if name == "feed" else _read_rss(root, url)
        return feed if re.search(rf"</(?:\w+:)?{name}\s*>", source, re.I) else _without_cut(feed)
    raise ExtractError(f"it is XML, but no feed: its root is <{name}>" if name else "it is no feed")


def _root(source: str) -> Element | None:
    """Parse a feed: what a server printed before it is left out, HTML's names of characters are understood."""
    if start := _START.search(source[:100_000]):
        source = source[start.start() :]
    elif "<html" in source[:2000].lower():
        raise ExtractError("it is a web page, no feed")
    source = _HTML_NAME.sub(_character, re.sub(r"^<\?xml[^>]*\?>", "", source))
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        return etree.fromstring(source.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ExtractError(f"it is no XML: {error}") from None


def _without_cut(feed: Feed) -> Feed:
    """Return a feed that breaks off: its last entry may be cut, which must not pass for an edit."""
    last = tuple(replace(page, partial=True) for page in feed.pages[-1:])
    return replace(feed, pages=feed.pages[:-1] + last, comments=feed.comments[:-1])


def _character(match: re.Match[str]) -> str:
    return html.escape(html5[match.group(1)]) if match.group(1) in html5 else match.group()


# ------------------------------------------------------------------------------------------------ RSS
def _read_rss(root: Element, url: str) -> Feed:
    channel = next((part for part in root.iter("{*}channel")), root)
    items = list(root.iter("{*}item"))
    title = " ".join(_child(channel, "title").split())
    link = canonical_url(_child(channel, "link"), base=url) or url
    is_comments = "/comments/" in urlsplit(url).path or bool(_COMMENT_TITLE.match(title)) or _all_comments(items)
    if is_comments or _is_thread_feed(url, items):
        is_wordpress = "wordpress" in _child(channel, "generator").lower()
        comments = tuple(
            _rss_comment(item, url, position, is_wordpress=is_wordpress) for position, item in enumerate(items)
        )
        return Feed(kind="comments", title=title, comments=comments)
    pages = tuple(page for item in items if (page := _rss_page(item, link)))
    return Feed(kind="posts", title=title, pages=pages, next_page=_next_page(channel, url, bool(items)))


def _all_comments(items: list[Element]) -> bool:
    return bool(items) and all(_COMMENT_MARK.search(_child(item, "link") or _child(item, "guid")) for item in items)


def _is_thread_feed(url: str, items: list[Element]) -> bool:
    return not items and urlsplit(url).path.count("/") > 2 and urlsplit(url).path.rstrip("/").endswith("/feed")


def _rss_page(item: Element, base: str) -> Page | None:
    guid = _child(item, "guid")
    link = canonical_url(_child(item, "link") or guid, base=base)
    if link is None:
        return None
    whole = item.findtext(_CONTENT)
    source = whole if whole is not None else _child(item, "description")
    counted = item.findtext(_SLASH)
    return _page(
        link,
        native_id=(item.findtext(_POST_ID) or "").strip() or _native_id(guid),
        source=source or "",
        summary=whole is None,
        title=_title(_child(item, "title")),
        authors=[name for name in (item.findtext(_DC + "creator") or _child(item, "author"),) if name],
        published=_child(item, "pubDate") or item.findtext(_DC + "date") or "",
        modified="",
        tags=[" ".join((tag.text or "").split()) for tag in item.iter("category") if (tag.text or "").strip()],
        claimed=int(counted) if counted and counted.strip().isdecimal() else None,
    )


def _rss_comment(item: Element, url: str, position: int, *, is_wordpress: bool) -> Comment:
    link = _child(item, "link")
    guid = _child(item, "guid")
    mark = _COMMENT_MARK.search(guid) or _COMMENT_MARK.search(link)
    whole = item.findtext(_CONTENT)
    source = whole if whole is not None else _child(item, "description")
    answered = item.find(_THR + "in-reply-to")
    told = _COMMENT_MARK.search(answered.get("ref") or "") if answered is not None else None
    parent = told.group(1) if told else None
    permalink = canonical_url(link, base=url)
    body = fragment(source or "")
    if is_wordpress and permalink:
        parent = _cut_answer(body, post_of(permalink), url) or parent
    return Comment(
        native_id=mark.group(1) if mark else None,
        text=render(body, url).text,
        author=" ".join((item.findtext(_DC + "creator") or _child(item, "author")).split()),
        published=parse_date(_child(item, "pubDate") or item.findtext(_DC + "date") or ""),
        parent_id=parent,
        parent_known=parent is not None,
        position=position,
        permalink=f"{post_of(permalink)}#comment-{mark.group(1)}" if permalink and mark else permalink,
        post_url=post_of(permalink) if permalink else None,
    )


def _cut_answer(body: Element, post: str, base: str) -> str | None:
    """Take away the paragraph that WordPress's comment feeds put before an answer; return the parent's id.

    It holds few words, in the language of the site, and one link, to another comment on the same post.
    """
    first = next(body.iter("p"), None)
    if first is None or [part.tag for part in first] != ["a"] or not words_of(body).startswith(words_of(first)):
        return None
    link = first[0]
    href = link.get("href") or ""
    mark = _COMMENT_MARK.search(href)
    around = f"{first.text or ''}{link.tail or ''}".strip()
    if mark is None or not 0 < len(around) <= _MAX_ANSWER or post_of(canonical_url(href, base=base) or "") != post:
        return None
    drop(first)
    return mark.group(1)


def post_of(permalink: str) -> str:
    """Return the address of the post that a comment's permalink leads to."""
    before = permalink.partition("#")[0]
    return re.sub(r"comment-page-\d+/?$", "", before)


def _next_page(channel: Element, url: str, filled: bool) -> str | None:
    """Return where older entries are: as RFC 5005 says it, or by WordPress's own paging."""
    for link in channel.iter(_ATOM + "link"):
        if link.get("rel") in ("next", "prev-archive") and link.get("href"):
            return canonical_url(link.get("href"), base=url)
    generator = _child(channel, "generator")
    if not filled or "wordpress.org" not in generator:
        return None
    paged = re.search(r"([?&])paged=(\d+)", url)
    if paged:
        return url.replace(paged.group(0), f"{paged.group(1)}paged={int(paged.group(2)) + 1}")
    return f"{url}{'&' if '?' in url else '?'}paged=2"


# ------------------------------------------------------------------------------------------------ Atom
def _read_atom(root: Element, url: str) -> Feed:
    entries = list(root.iter("{*}entry"))
    title = " ".join(_child(root, "title").split())
    base = root.get("{http://www.w3.org/XML/1998/namespace}base") or url
    following = next((link.get("href") for link in root.findall("{*}link") if link.get("rel") == "next"), None)
    next_page = canonical_url(following, base=base) if following else None
    if entries and all(entry.find(_THR + "in-reply-to") is not None for entry in entries):
        comments = tuple(_atom_comment(entry, base, position) for position, entry in enumerate(entries))
        return Feed(kind="comments", title=title, comments=comments, next_page=next_page)
    pages = tuple(page for entry in entries if (page := _atom_page(entry, base)))
    return Feed(kind="posts", title=title, pages=pages, next_page=next_page)


def _atom_page(entry: Element, base: str) -> Page | None:
    links = {(link.get("rel") or "alternate"): link for link in reversed(entry.findall("{*}link"))}
    native = _child(entry, "id")
    target = links["alternate"].get("href") if "alternate" in links else native
    link = canonical_url(target or "", base=base)
    if link is None:
        return None
    content = entry.find("{*}content")
    replies = links.get("replies")
    counted = entry.findtext(_THR + "total") or (replies.get(_THR + "count") if replies is not None else None)
    return _page(
        link,
        native_id=_native_id(native),
        source=_atom_text(content if content is not None else entry.find("{*}summary")),
        summary=content is None,
        title=_title(_atom_text(entry.find("{*}title"))),
        authors=[name for author in entry.findall("{*}author") if (name := _child(author, "name"))],
        published=_child(entry, "published") or _child(entry, "issued") or _child(entry, "updated"),
        modified=_child(entry, "updated") or _child(entry, "modified"),
        tags=[
            term
            for tag in entry.findall("{*}category")
            if (term := (tag.get("label") or tag.get("term") or "").strip())
        ],
        claimed=int(counted) if counted and counted.strip().isdecimal() else None,
    )


def _atom_comment(entry: Element, base: str, position: int) -> Comment:
    answered = entry.find(_THR + "in-reply-to")
    ref = answered.get("ref") or ""
    link = next((part.get("href") for part in entry.findall("{*}link") if part.get("rel") in (None, "alternate")), "")
    mark = (
        _COMMENT_MARK.search(link or "")
        or _COMMENT_MARK.search(_child(entry, "id"))
        or _BLOGGER_ID.search(_child(entry, "id"))
    )
    parent = _COMMENT_MARK.search(ref)
    post = canonical_url(answered.get("href") or "", base=base)
    author = entry.find("{*}author")
    return Comment(
        native_id=mark.group(1) if mark else None,
        text=render_fragment(_atom_text(entry.find("{*}content")) or _atom_text(entry.find("{*}summary")), base).text,
        author=_child(author, "name") if author is not None else "",
        author_url=(_child(author, "uri") or None) if author is not None else None,
        published=parse_date(_child(entry, "published") or _child(entry, "updated")),
        parent_id=parent.group(1) if parent else None,
        parent_known=parent is not None,
        position=position,
        permalink=link or None,
        post_url=post_of(post) if post else None,
    )


def _atom_text(element: Element | None) -> str:
    """Return the HTML of a text construct (RFC 4287 §3.1), whichever of the three types it is."""
    if element is None:
        return ""
    kind = element.get("type", "text")
    if kind == "xhtml" or (len(element) and kind != "text"):
        return (element.text or "") + "".join(
            etree.tostring(child, encoding="unicode", method="html") for child in element
        )
    text = element.text or ""
    return text if kind in ("html", "text/html") else text.replace("&", "&amp;").replace("<", "&lt;")


# ------------------------------------------------------------------------------------------------ JSON Feed
def _read_json(body: bytes, url: str) -> Feed:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise ExtractError("it is no JSON") from None
    if "jsonfeed.org" not in str(told.get("version", "")) or not isinstance(told.get("items"), list):
        raise ExtractError("it is JSON, but no JSON Feed")
    pages = []
    for item in told["items"]:
        link = canonical_url(str(item.get("url") or item.get("id") or ""), base=url) if isinstance(item, dict) else None
        if link is None:
            continue
        authors = item.get("authors") or [item.get("author")]
        plain = html.escape(str(item.get("content_text") or "")).replace("\n", "<br>")
        pages.append(
            _page(
                link,
                native_id=_native_id(str(item.get("id") or "")),
                source=str(item.get("content_html") or plain or item.get("summary") or ""),
                summary="content_html" not in item and "content_text" not in item,
                title=_title(str(item.get("title") or "")),
                authors=[
                    str(author["name"]) for author in _list(authors) if isinstance(author, dict) and author.get("name")
                ],
                published=str(item.get("date_published") or ""),
                modified=str(item.get("date_modified") or ""),
                tags=[str(tag) for tag in _list(item.get("tags"))],
                claimed=None,
            )
        )
    following = canonical_url(str(told.get("next_url") or ""), base=url) if told.get("next_url") else None
    return Feed(kind="posts", title=str(told.get("title") or ""), pages=tuple(pages), next_page=following)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# ------------------------------------------------------------------------------------------------ shared
def _page(
    link: str,
    *,
    native_id: str | None,
    source: str,
    summary: bool,
    title: str,
    authors: list[str],
    published: str,
    modified: str,
    tags: list[str],
    claimed: int | None,
) -> Page:
    body = fragment(source) if source.strip() else None
    protected = body is not None and asks_for_password(body)
    rendered = render(body, link) if body is not None and not protected else render_fragment("", link)
    return Page(
        witness="feed",
        url=link,
        extractor=REVISION,
        state="protected" if protected else "open",
        native_id=native_id,
        title=bare_title(title) if protected else title,
        authors=tuple(Person(" ".join(name.split())) for name in authors),
        published=parse_date(published),
        modified=parse_date(modified),
        tags=tuple(dict.fromkeys(tags)),
        text=rendered.text,
        markdown=rendered.markdown,
        links=rendered.links,
        images=rendered.images,
        partial=summary,
        thread=Thread(claimed=claimed, complete=False) if claimed is not None else None,
    )


def _native_id(guid: str) -> str | None:
    """Return the post's own number, where its id holds one: WordPress's ?p=12, Blogger's tag:…post-12."""
    if match := _BLOGGER_ID.search(guid):
        return match.group(1)
    query = parse_qs(urlsplit(guid).query) if guid.startswith("http") else {}
    number = next(iter(query.get("p") or query.get("page_id") or ()), "")
    return number if number.isdecimal() else None


def _child(element: Element, name: str) -> str:
    for child in element:
        if local_name(child) == name and child.prefix in (None, "rss", "rdf", "atom"):
            return (child.text or "").strip()
    return ""


def _title(source: str) -> str:
    """Return a title, which feeds give as HTML, as plain text."""
    return " ".join(render_fragment(source, "http://none.invalid/").text.split()) if source else ""
