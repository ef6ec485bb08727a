"""Comments that stand in no element of their own: each run of elements is put into one."""

from __future__ import annotations

import re

from extractors.comments.moments import read_byline
from extractors.comments.named import Unit
from extractors.comments.names import ASIDE, ITEM, ITEM_ID, REGION
from extractors.comments.survey import Element, Survey

_ANCHOR = re.compile(r"(?:comment|c|cmt|com)[-_]?(\d{3,}|[0-9a-f]{16,})", re.I)
_STOPS = frozenset(("h1", "h2", "h3", "h4", "form", "script"))


def wrap_definitions(tree: Element) -> None:
    """Put each `dt` and its `dd` of a comment list into one element: Blogger and Thesis write such pairs."""
    for lister in list(tree.iter("dl")):
        marked = _marks(lister) & REGION or any(_classes(child) & (ITEM | {"comment-author"}) for child in lister)
        if not marked and not any(_marks(parent) & REGION for parent in lister.iterancestors()):
            continue
        if any(_marks(parent) & ASIDE and "blog" not in _marks(parent) for parent in (lister, *lister.iterancestors())):
            continue
        group = None
        for child in list(lister):
            if child.tag == "dt" or group is None:
                group = lister.makeelement("li", {"class": "comment"})
                child.addprevious(group)
                if child.get("id"):
                    group.set("id", child.attrib.pop("id"))
                for name in ("pingback", "trackback", "bypostauthor"):
                    if name in _classes(child):
                        group.set("class", f"{group.get('class')} {name}")
            child.set("class", " ".join(sorted(_classes(child) - ITEM)))
            group.append(child)


def find(survey: Survey) -> list[Unit]:
    """Return the comments that begin with an anchor: `<a id="c123"></a><p>…</p><p>Posted by …</p>`, again and again."""
    anchors: dict[Element, list[tuple[Element, str]]] = {}
    for anchor in survey.elements:
        if anchor.tag == "a" and not survey.in_aside(anchor):
            match = _ANCHOR.fullmatch(anchor.get("id") or anchor.get("name") or "")
            parent = anchor.getparent()
            if match and parent is not None:
                anchors.setdefault(parent, []).append((anchor, match[1]))
    units = []
    alone = [parent for parent, inside in anchors.items() if len(inside) == 1]
    for parent, inside in anchors.items():
        if len(inside) > 1 or (survey.holds_article(parent) and not alone[1:]):
            units += [Unit(run([anchor], survey), number, True) for anchor, number in inside]
        elif not survey.holds_article(parent):
            units.append(Unit(parent, inside[0][1], True))
    units = [unit for unit in units if unit.element.text_content().strip()]
    return units if survey.regions or (len(units) > 1 and _are_told(units)) else []


def _are_told(units: list[Unit]) -> bool:
    """Return whether most of the elements tell a name and a moment: other systems, too, number what they print."""
    told = 0
    for unit in units:
        lines = [line for line in map(read_byline, unit.element.itertext()) if line is not None]
        told += bool(lines) and next(unit.element.iter("h1", "h2", "h3"), None) is None
    return 2 * told > len(units)


def run(first: list[Element], survey: Survey) -> Element:
    """Put *first* and what follows it, up to the next of its kind, a heading or a form, into an element of its own."""
    start = first[0]
    holder = start.makeelement("div", {"class": "comment"})
    block = [start]
    for element in start.itersiblings():
        if _ends(element, start, survey):
            break
        block.append(element)
    start.addprevious(holder)
    for element in block:
        holder.append(element)
    return holder


def _ends(element: Element, start: Element, survey: Survey) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.tag in _STOPS or not REGION.isdisjoint(survey.marks.get(element, ())):
        return True
    if element.tag == "a" and _ANCHOR.fullmatch(element.get("id") or element.get("name") or ""):
        return True
    return next(element.iter("form", "textarea"), None) is not None


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").lower().split())


def _marks(element: Element) -> frozenset[str]:
    return frozenset(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())
