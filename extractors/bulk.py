"""Pages too large to be searched for their body: a log of ten years, a dump of a database, an attack.

What finds bodies compares parts of the page with one another, some of it by the square of their number. Of 1,244 real
pages the largest has 9,751 elements, one element at most 3,711 children.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from extractors.document import drop

Element = Any  # lxml.html.HtmlElement

MAX_ELEMENTS = 40_000
MAX_CHILDREN = 10_000  #: of one element
MAX_LETTERS = 2_000_000  #: blanks and scripts counted
_COUNT = etree.XPath("count(//*)")
_MANY_CHILDREN = etree.XPath(f"boolean(//*[count(*) > {MAX_CHILDREN}])")
_LETTERS = etree.XPath("string-length(string(/*))")
_BESIDE = ("nav", "header", "footer", "aside", "form")


def too_large(tree: Element) -> str | None:
    """Return a warning where a page, its comments cut, is too large to be searched; None where it is not."""
    elements = int(_COUNT(tree))
    if elements > MAX_ELEMENTS or (elements > MAX_CHILDREN and _MANY_CHILDREN(tree)):
        return f"the page has {elements} elements: too many to search for its body, so nearly all of it was taken"
    letters = int(_LETTERS(tree)) if elements else 0
    if letters > MAX_LETTERS:
        return f"the page has {letters} characters of text: too many to search for its body, so nearly all was taken"
    return None


def without_asides(tree: Element) -> Element:
    """Return the body element without navigation, headers, footers, asides and forms; they are cut out of *tree*."""
    body = tree.find("body")
    root = body if body is not None else tree
    for element in list(root.iterdescendants(*_BESIDE)):
        if next(element.iter("article", "main"), None) is None:
            drop(element)
        elif element.tag == "form":  # ASP.NET wraps the whole page in one
            element.tag = "div"
    return root
