"""One look at a page: what bears a name, where threads may stand, what holds the article."""

from __future__ import annotations

from typing import Any

from extractors.comments.names import ARTICLE, ASIDE, ITEM, REGION, item_id
from extractors.document import Classed

Element = Any  # lxml.html.HtmlElement

_TOLD = ASIDE | REGION | ARTICLE
_REGION_TAGS = frozenset("li div article section tr td table blockquote p dt dd ol ul form aside dl span".split())


class Survey:
    """What a tree shows, in document order.

    Args:
        tree: Root element.
        classed: Of the tree, as it is now.
    """

    def __init__(self, tree: Element, classed: Classed) -> None:
        self.tree = tree
        self.elements: list[Element] = [row[0] for row in classed.rows]
        self.anchors: list[Element] = []  #: those that are links or their targets
        self.classes: dict[Element, frozenset[str]] = {}  #: whole class names, lower-cased, where there are any
        self.marks: dict[Element, frozenset[str]] = {}  #: class names and id
        self._asides: set[Element] = set()
        self._holders: set[Element] = set()
        regions = []
        split: dict[str, frozenset[str]] = {}  # the same classes stand on many elements of a page
        for element, tag, names, ident in classed.rows:
            if names or ident:
                classes = _NONE
                if names:
                    found = split.get(names)
                    classes = split[names] = frozenset(names.lower().split()) if found is None else found
                marks = classes.union(ident.lower().split()) if ident else classes
                if classes:
                    self.classes[element] = classes
                if marks:
                    self.marks[element] = marks
                    if not _TOLD.isdisjoint(marks):
                        if not ASIDE.isdisjoint(marks) and "blog" not in marks:  # Blogger's posts: "widget Blog"
                            self._asides.add(element)
                        if not REGION.isdisjoint(marks) and tag in _REGION_TAGS:
                            regions.append(element)
                        if not ARTICLE.isdisjoint(classes) and item_id(ident) is None:
                            self._hold(element)
            if tag == "h1" or element.get("itemprop") == "articleBody":
                self._hold(element)
            elif tag == "a":
                self.anchors.append(element)
            elif tag == "aside":
                self._asides.add(element)
        self._asides = {aside for aside in self._asides if aside not in self._holders or not self._is_page(aside)}
        self.regions = [
            region
            for region in regions
            if region not in self._holders and (not self.in_aside(region) or region.tag == "aside")
        ]

    def _hold(self, part: Element) -> None:
        """Note what holds a part of the article; within a comment it is the comment's."""
        above = [part] if part.tag == "h1" or part.get("itemprop") else []
        for element in (*above, *part.iterancestors()):
            if element in self._holders:
                return
            if not ITEM.isdisjoint(self.classes.get(element, ())):
                if item_id(element.get("id")) is None:
                    self._holders.add(element)
                return
            self._holders.add(element)

    def _is_page(self, aside: Element) -> bool:
        """Return whether most of the page stands in an element: themes call a page with a sidebar "sidebar"."""
        return 2 * len(aside.text_content()) > len(self.tree.text_content())

    def holds_article(self, element: Element) -> bool:
        """Return whether the article's own body or title stands in *element*."""
        return element in self._holders

    def in_aside(self, element: Element) -> bool:
        """Return whether an element stands in a sidebar or a list of latest comments."""
        if not self._asides:
            return False
        return element in self._asides or any(parent in self._asides for parent in element.iterancestors())

    def names(self, element: Element) -> frozenset[str]:
        """Return the whole class names of an element, lower-cased."""
        return self.classes.get(element, _NONE)


_NONE: frozenset[str] = frozenset()
