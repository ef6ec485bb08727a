"""Comments that a page declares to machines, in JSON-LD: `"comment": [{"@type": "Comment", …}]` of its article."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html import unescape
from typing import Any, NamedTuple
from unicodedata import normalize

from extractors.comments.names import item_id
from extractors.comments.survey import Element
from extractors.dates import parse_date
from extractors.document import CONTROL, fragment
from extractors.jsonld import Node, clean, read_nodes, types
from extractors.text import render
from variorum.records import Comment
from variorum.urls import canonical_url

_WORKS = frozenset(
    "Article BlogPosting NewsArticle SocialMediaPosting LiveBlogPosting OpinionNewsArticle ReportageNewsArticle "
    "ReviewNewsArticle TechArticle ScholarlyArticle Report CreativeWork WebPage Review Recipe".split()
)
_COMMENTS = frozenset(("Comment", "UserComments"))
_OWN_ADDRESS = re.compile(r"/comments?/(\d+|[0-9a-f]{16,})/?(?:[?#]|$)", re.I)
_DEEPEST = 50  #: answers to answers
_MOST = 50_000


class Declared(NamedTuple):
    """What the JSON-LD of a page says of its thread."""

    comments: tuple[Comment, ...] = ()  #: answers behind what they answer, as in a page
    claimed: int | None = None


def scripts_of(tree: Element) -> list[str]:
    """Return the JSON-LD of a page."""
    return [script.text or "" for script in tree.iterfind('.//script[@type="application/ld+json"]')]


def read(scripts: Iterable[str], base: str) -> Declared:
    """Return the comments that the one article of a page declares; none where several do: that is a listing."""
    works: list[Node] = []
    for script in scripts:
        if '"comment' in script or "CommentAction" in script:
            works += (node for node in read_nodes(script) if types(node) & _WORKS)
    counts = [count for work in works if (count := _count(work)) is not None]
    told = [work for work in works if work.get("comment") or work.get("comments")]
    comments: list[Comment] = []
    if len(told) == 1:
        for comment in _walk(told[0], None, 0, base):
            comments.append(replace(comment, position=len(comments)))
            if len(comments) >= _MOST:
                break
    is_nested = any(comment.depth for comment in comments)
    return Declared(
        tuple(comments if is_nested else (replace(comment, parent_known=False) for comment in comments)),
        counts[0] if len(set(counts)) == 1 else None,
    )


def merged(shown: tuple[Comment, ...], declared: tuple[Comment, ...]) -> tuple[Comment, ...]:
    """Fill in what the markup left out of the comments that were read from it, where the words are the same."""
    if not shown or not declared:
        return shown or declared
    by_id = {comment.native_id: comment for comment in declared if comment.native_id is not None}
    times = Counter(map(_key, declared))
    by_words = {key: comment for comment in declared if times[key := _key(comment)] == 1}
    out = []
    for comment in shown:
        told = by_id.get(comment.native_id or "") or by_words.get(_key(comment))
        is_same = told is not None and _key(told) == _key(comment)
        out.append(_filled(comment, told) if told is not None and is_same else comment)
    return tuple(out)


def _filled(comment: Comment, told: Comment) -> Comment:
    is_better = not comment.parent_known and told.parent_known
    return replace(
        comment,
        native_id=comment.native_id or told.native_id,
        author=comment.author or told.author,
        author_url=comment.author_url or told.author_url,
        published=comment.published or told.published,
        permalink=comment.permalink or told.permalink,
        parent_id=told.parent_id if is_better else comment.parent_id,
        parent_known=comment.parent_known or told.parent_known,
        depth=told.depth if is_better else comment.depth,
    )


def _key(comment: Comment) -> str:
    return "".join(letter for letter in comment.text.casefold() if letter.isalnum())


def _count(work: Node) -> int | None:
    told = work.get("commentCount")
    if told is None:
        for node in _listed(work.get("interactionStatistic")):
            kind = node.get("interactionType")
            if "CommentAction" in str(kind.get("@type") if isinstance(kind, dict) else kind):
                told = node.get("userInteractionCount")
    if isinstance(told, str) and told.strip().isdecimal():
        told = int(told)
    return told if isinstance(told, int) and not isinstance(told, bool) and told >= 0 else None


def _listed(value: Any) -> Iterator[Node]:
    yield from (item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict))


def _walk(holder: Node, parent: str | None, depth: int, base: str) -> Iterator[Comment]:
    """Yield the comments below a node, outer before inner."""
    if depth > _DEEPEST:
        return
    for node in _listed(holder.get("comment") or holder.get("comments")):
        if not types(node) & _COMMENTS:
            continue
        comment = _comment(node, parent, depth, base)
        if comment is not None:
            yield comment
        yield from _walk(node, comment.native_id if comment is not None else parent, depth + 1, base)


def _comment(node: Node, parent: str | None, depth: int, base: str) -> Comment | None:
    text = _text(node.get("text") or node.get("commentText") or node.get("description"), base)
    if not text:
        return None
    addresses = [told for key in ("url", "@id", "identifier") if isinstance(told := node.get(key), str | int)]
    author = next(_listed(node.get("author") or node.get("creator")), None)
    named = author.get("name") if author is not None else node.get("author") or node.get("creator")
    dates = (node.get(key) for key in ("dateCreated", "datePublished", "commentTime", "uploadDate"))
    url = node.get("url") or (at if isinstance(at := node.get("@id"), str) and "#" in at else None)
    author_url = author.get("url") if author is not None else None
    return Comment(
        native_id=_native_id(map(str, addresses)),
        text=text,
        author=clean(named[0] if isinstance(named, list) and named else named),
        author_url=canonical_url(author_url, base=base) if isinstance(author_url, str) and author_url else None,
        published=next((at for told in dates if isinstance(told, str) and (at := parse_date(told))), None),
        parent_id=parent or _native_id(_addresses(node.get("parentItem"))),
        depth=depth,
        permalink=_permalink(url, base) if isinstance(url, str) else None,
    )


def _permalink(url: str, base: str) -> str | None:
    address, _, anchor = url.partition("#")
    found = canonical_url(address or base, base=base)
    return f"{found}#{anchor}" if found and anchor else found


def _addresses(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for node in _listed(value):
        yield from (told for key in ("@id", "url") if isinstance(told := node.get(key), str))


def _native_id(addresses: Iterable[str]) -> str | None:
    for address in addresses:
        if (native_id := item_id(address.partition("#")[2] or address)) is not None:
            return native_id
        if match := _OWN_ADDRESS.search(address):
            return match[1]
        if address.isdecimal():
            return address
    return None


def _text(value: Any, base: str) -> str:
    """Return the words of a comment, one block a line, from text or HTML."""
    if not isinstance(value, str):
        return ""
    if re.search(r"</?[a-z][^<>]*>", value, re.I):
        return str(render(fragment(value), base).text)
    lines = (" ".join(line.split()) for line in normalize("NFC", CONTROL.sub("", unescape(value))).splitlines())
    return "\n".join(line for line in lines if line)
