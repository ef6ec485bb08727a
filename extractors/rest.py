"""WordPress's REST interface, version 2: the platform's own word on posts, pages and comments."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import urlsplit

from extractors.dates import parse_date
from extractors.text import render_fragment
from variorum.errors import ExtractError
from variorum.records import Comment, Page, Person, Thread
from variorum.urls import canonical_url

REVISION = "rest/1"
PER_PAGE = 100  #: the most that WordPress gives
_POST_FIELDS = (
    "id,link,guid,slug,date_gmt,modified_gmt,title,content,author,comment_status,status,type,_links,_embedded"
)
_COMMENT_FIELDS = "id,post,parent,author_name,author_url,author,date_gmt,content,link,status,type"


def posts_url(root: str, page: int, kind: Literal["posts", "pages"] | str = "posts") -> str:
    """Return the address of one page of the listing of posts or static pages.

    Args:
        root: Of the interface, e.g. https://a.blog/wp-json/ or https://a.blog/?rest_route=/.
        page: From 1.
        kind: posts or pages.
    """
    embed = "author,wp:term" if kind == "posts" else "author"
    return _listing(root, f"wp/v2/{kind}", page, f"orderby=id&order=asc&_embed={embed}&_fields={_POST_FIELDS}")


def comments_url(root: str, page: int) -> str:
    """Return the address of one page of the listing of all comments, oldest first."""
    return _listing(root, "wp/v2/comments", page, f"orderby=id&order=asc&_fields={_COMMENT_FIELDS}")


def _listing(root: str, path: str, page: int, query: str) -> str:
    address = root + path
    return f"{address}{'&' if '?' in root else '?'}per_page={PER_PAGE}&page={page}&{query}"


def total_pages(headers: Sequence[tuple[str, str]]) -> int | None:
    """Return how many pages a listing has, as the answer's headers tell; None if they do not.

    The number is counted before comments that may not be read are left out, so a page may be short or empty: read on
    until this number, not until a page is not full.
    """
    value = next((value for name, value in headers if name.lower() == "x-wp-totalpages"), "")
    return int(value) if value.isdecimal() else None


def read_posts(body: bytes, url: str) -> tuple[Page, ...]:
    """Read a listing of posts or pages.

    Raises:
        ExtractError: It is no such listing: an error object, HTML, cut off.
    """
    return tuple(_page(item, url) for item in _items(body) if "title" in item or _refuse(item, "post"))


def read_comments(body: bytes, url: str) -> tuple[Comment, ...]:
    """Read a listing of comments. What is not approved is not in it, and left out if it is.

    Raises:
        ExtractError: It is no such listing: an error object, HTML, cut off.
    """
    items = [item for item in _items(body) if "post" in item or _refuse(item, "comment")]
    return tuple(
        _comment(item, url, position)
        for position, item in enumerate(items)
        if item.get("status", "approved") == "approved"
    )


def _items(body: bytes) -> list[dict[str, Any]]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise ExtractError("it is no JSON") from None
    if isinstance(found, dict) and "code" in found:
        raise ExtractError(f"{found['code']}: {found.get('message', '')}")
    if not isinstance(found, list) or not all(isinstance(item, dict) and "id" in item for item in found):
        raise ExtractError("it is JSON, but no listing of WordPress")
    return found


def _refuse(item: Mapping[str, Any], kind: str) -> bool:
    raise ExtractError(f"item {item.get('id')} of the listing is no {kind}")


def _page(item: Mapping[str, Any], url: str) -> Page:
    link = canonical_url(str(item.get("link") or ""), base=url) or url
    content = _rendered(item, "content")
    protected = bool(content.get("protected"))
    rendered = render_fragment("" if protected else str(content.get("rendered") or ""), link)
    embedded = item["_embedded"] if isinstance(item.get("_embedded"), dict) else {}
    terms = [term for group in _list(embedded.get("wp:term")) for term in _list(group)]
    return Page(
        witness="rest",
        url=link,
        extractor=REVISION,
        work_type="page" if item.get("type") == "page" else "post",
        state="protected" if protected else "open",
        native_id=str(item["id"]),
        platform="wordpress",
        title=_plain(str(_rendered(item, "title").get("rendered") or ""), link),
        authors=tuple(
            Person(html.unescape(str(author["name"])), author.get("url") or None)
            for author in _list(embedded.get("author"))
            if isinstance(author, dict) and author.get("name")
        ),
        published=parse_date(str(item.get("date_gmt") or "")),
        modified=parse_date(str(item.get("modified_gmt") or "")),
        tags=_names(terms, "post_tag"),
        categories=_names(terms, "category"),
        text=rendered.text,
        markdown=rendered.markdown,
        links=rendered.links,
        images=rendered.images,
        thread=Thread(complete=False, closed=item.get("comment_status") == "closed"),
    )


def _rendered(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a text of an item: an object with what is rendered. An empty one must not pass for an emptied post."""
    value = item.get(name) or {}
    if not isinstance(value, dict):
        raise ExtractError(f"the {name} of item {item.get('id')} of the listing is no object")
    return value


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(terms: Sequence[Any], taxonomy: str) -> tuple[str, ...]:
    return tuple(
        html.unescape(str(term["name"]))
        for term in terms
        if isinstance(term, dict) and term.get("taxonomy") == taxonomy and term.get("name")
    )


def _comment(item: Mapping[str, Any], url: str, position: int) -> Comment:
    link = str(item.get("link") or "") or None
    base = canonical_url(link or "", base=url) or url
    rendered = render_fragment(str(_rendered(item, "content").get("rendered") or ""), base)
    parent = item.get("parent") or 0
    kind = item.get("type")
    return Comment(
        native_id=str(item["id"]),
        text=rendered.text,
        author=_plain(str(item.get("author_name") or ""), base),
        author_url=str(item.get("author_url") or "") or None,
        published=parse_date(str(item.get("date_gmt") or "")),
        parent_id=str(parent) if parent else None,
        position=position,
        permalink=_permalink(link),
        kind=kind if kind in ("pingback", "trackback") else "comment",
        post_id=str(item["post"]) if item.get("post") else None,
    )


def _permalink(link: str | None) -> str | None:
    """Return the link without the comment page: its number shifts as comments come (WordPress pages them anew)."""
    if not link:
        return None
    before, _, mark = link.partition("#")
    parts = urlsplit(before)
    path = re.sub(r"/comment-page-\d+(/?)$", r"\1", parts.path)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not pair.startswith("cpage="))
    return f"{parts.scheme}://{parts.netloc}{path}{'?' + query if query else ''}#{mark}"


def _plain(source: str, base: str) -> str:
    """Return a title or a name, which WordPress gives as HTML, as plain text."""
    return render_fragment(source, base).text if "<" in source else " ".join(html.unescape(source).split())
