"""Links of an index page that may lead to posts, and to the older index pages. The last resort of discovery."""

from __future__ import annotations

from typing import NamedTuple

from extractors.document import Document
from variorum.urls import canonical_url

_OLDER_RELS = frozenset(("next", "prev"))
_OLDER_CLASSES = frozenset(
    "nav-previous older-posts blog-pager-older-link page-numbers next pagination-next "
    "wp-block-query-pagination-next".split()
)
#: Of a link, what holds it, or what holds that: a post without a title is linked by its date alone, pages by a menu.
_POST_CLASSES = frozenset(
    "entry-title post-title wp-block-post-title headline p-name u-url wp-block-post-date entry-date more-link "
    "wp-block-read-more page_item menu-item-object-page menu-item-object-post wp-block-pages-list__item".split()
)


class IndexLinks(NamedTuple):
    """Absolute canonical URLs, in order of appearance, each once."""

    posts: tuple[str, ...]
    older: tuple[str, ...]


def read_links(document: Document) -> IndexLinks:
    """Return the links of an index page.

    Links inside headings, marked as bookmarks or as titles of posts are taken for posts; where a page has none of
    them, all its links are.
    """
    posts: dict[str, None] = {}
    older: dict[str, None] = {}
    others: dict[str, None] = {}
    for anchor in document.tree.iter("a"):
        url = canonical_url(anchor.get("href") or "", base=document.base)
        if url is None:
            continue
        parent = anchor.getparent()
        classes = _classes(anchor) | _classes(parent) | _classes(parent.getparent() if parent is not None else None)
        rels = set((anchor.get("rel") or "").lower().split())
        if rels & _OLDER_RELS or classes & _OLDER_CLASSES:
            older[url] = None
        elif "bookmark" in rels or classes & _POST_CLASSES or _in_heading(anchor):
            posts[url] = None
        else:
            others[url] = None
    for link in document.tree.iter("link"):
        if (link.get("rel") or "").lower() == "next" and (
            url := canonical_url(link.get("href") or "", base=document.base)
        ):
            older[url] = None
    return IndexLinks(tuple(posts or others), tuple(older))


def _classes(element) -> set[str]:  # type: ignore[no-untyped-def]
    return set((element.get("class") or "").split()) if element is not None else set()


def _in_heading(anchor) -> bool:  # type: ignore[no-untyped-def]
    return any(parent.tag in ("h1", "h2", "h3") for parent in anchor.iterancestors())
