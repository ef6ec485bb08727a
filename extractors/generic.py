"""The body of a page of unknown make: where one container is known by name that one, else trafilatura's finding.

Both read the same tree, comments and furniture cut. Trafilatura gets a copy of it: it changes what it reads.
"""

from __future__ import annotations

import copy
import logging
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import lxml.html
import trafilatura
from trafilatura.htmlprocessing import convert_to_html

from extractors.text import Rendered, render

REVISION = "generic/1"

Element = Any  # lxml.html.HtmlElement

#: Whole class names (or ids) of the element that holds the body of a post and nothing else, by platform or theme family.
_BODIES: tuple[frozenset[str], ...] = (
    frozenset(("entry-content", "wp-block-post-content")),  # WordPress themes, hAtom
    frozenset(("post-body",)),  # Blogger
    frozenset(("e-content",)),  # microformats 2: micro.blog, Known, WriteFreely
    frozenset(("gh-content", "post-full-content", "kg-canvas")),  # Ghost
    frozenset(("available-content",)),  # Substack
    frozenset(("entry-body", "asset-body", "asset-content")),  # Typepad, Movable Type
    frozenset(("post-content", "post_content", "postcontent", "post-entry", "blog-post-content", "post__content")),
    frozenset(("article-content", "article-body", "articlebody", "article__body", "article__content", "story-body")),
    frozenset(("field-name-body", "field--name-body")),  # Drupal
    frozenset(("td-post-content", "single-content", "entrytext", "entry_content", "storycontent", "blogbody")),
)
_LEAST = 60  # letters: a container with less holds no text of its own (a picture post, a script's place)
_SHINGLE = 3

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says there, `Body.warnings` says better


class Body(NamedTuple):
    """The body of a page."""

    rendered: Rendered
    rule: str  #: what found it: a container's name, or "trafilatura"
    warnings: tuple[str, ...] = ()
    suspect: bool = False  #: the findings disagree so much that one of them must be wrong


def find_body(tree: Element, url: str, base: str) -> Body:
    """Return the body of the page.

    Args:
        tree: Root element, comments and furniture cut; it may be changed.
        url: Where the page was fetched.
        base: Absolute URL that links are relative to.
    """
    name, container = _container(tree)
    named = render(container, base) if container is not None else Rendered()
    if len(named.text) < _LEAST:
        named = Rendered()
    found, warnings = _trafilatura(tree, url, base)
    if not named.text:
        return Body(found or Rendered(), "trafilatura", warnings)
    if not found.text:
        return Body(named, name, warnings)
    return Body(named, name, warnings)


def _container(tree: Element) -> tuple[str, Element | None]:
    """Return the only element of its kind that is known to hold a body."""
    marked: dict[str, list[Element]] = {}
    for part in tree.iter("div", "section", "article", "td", "main", "span"):
        if part.get("itemprop") == "articleBody":
            marked.setdefault("articleBody", []).append(part)
        for name in (part.get("class") or "").lower().split():
            marked.setdefault(name, []).append(part)
    for names in _BODIES:
        found = list(_outermost([part for name in names for part in marked.get(name, ())]))
        if len(found) == 1:
            return next(name for name in names if found[0] in marked.get(name, ())), found[0]
        if found:
            break
    return "", None


def _outermost(parts: list[Element]) -> Iterator[Element]:
    among = set(parts)
    yield from (part for part in dict.fromkeys(parts) if not any(parent in among for parent in part.iterancestors()))


# ------------------------------------------------------------------------------------------------ trafilatura
def _trafilatura(tree: Element, url: str, base: str, *, fast: bool = False) -> tuple[Rendered, tuple[str, ...]]:
    """Return what trafilatura finds, and a warning where it broke and its own baseline stands in."""
    try:
        found = trafilatura.bare_extraction(
            copy.copy(tree),
            url=url,
            fast=fast,
            include_comments=False,
            include_formatting=True,
            include_links=True,
            include_images=True,
        )
        body = found.body if found is not None else None
        warnings: tuple[str, ...] = ()
    except Exception as error:  # noqa: BLE001 - a library that reads what anybody wrote may break in any way
        body, _, _ = trafilatura.baseline(copy.copy(tree))
        warnings = (f"trafilatura broke ({type(error).__name__}: {error}); its baseline stands in",)
    if body is None:
        return Rendered(), warnings
    return render(_as_html(body), base), warnings


def _as_html(body: Element) -> Element:
    """Return trafilatura's own element names as HTML: head → h2, list → ul, ref → a."""
    for part in body.iter("head"):
        if not (part.get("rend") or "h3").startswith("h"):
            part.set("rend", "h3")
    for part in body.iter("hi"):
        if part.get("rend") not in ("#i", "#b", "#u", "#t", "#sub", "#sup"):
            part.set("rend", "#i")
    html = convert_to_html(body)
    for part in html.iter("del"):
        part.tag = "s"
    return html
