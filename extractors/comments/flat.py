"""Comments that stand in no element of their own: each run of elements is put into one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from extractors.comments.moments import read_byline
from extractors.comments.named import Unit
from extractors.comments.names import ASIDE, ITEM, REGION
from extractors.comments.survey import Element, Survey

#: Name of an anchor that begins a comment.
ANCHOR = re.compile(r"(?:comment|c|cmt|com)[-_]?(\d{3,}|[0-9a-f]{16,})", re.I)
_STOPS = frozenset(("h1", "h2", "h3", "h4", "form", "script"))


def wrap_definitions(tree: Element) -> bool:
    """Put each `dt` and its `dd` of a comment list into one element: Blogger and Thesis write such pairs.

    Returns:
        Whether there were any.
    """
    is_changed = False
    for lister in list(tree.iter("dl")):
        marked = _marks(lister) & REGION or any(_classes(child) & (ITEM | {"comment-author"}) for child in lister)
        if not marked and not any(_marks(parent) & REGION for parent in lister.iterancestors()):
            continue
        around = (lister, *lister.iterancestors())
        if any(p.tag == "form" or (_marks(p) & ASIDE and "blog" not in _marks(p)) for p in around):
            continue
        group = None
        is_changed = True
        for child in list(lister.iterchildren(etree.Element)):
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
    return is_changed


def find(survey: Survey) -> list[Unit]:
    """Return the comments that begin with an anchor: `<a id="c123"></a><p>…</p><p>Posted by …</p>`, again "
    "and again."""
    anchors: dict[Element, list[tuple[Element, str]]] = {}
    for anchor in survey.anchors:
        named = anchor.get("id") or anchor.get("name")
        match = ANCHOR.fullmatch(named) if named else None
        parent = anchor.getparent() if match else None
        if match and parent is not None and not survey.in_aside(anchor):
            anchors.setdefault(parent, []).append((anchor, match[1]))
    alone = [parent for parent, inside in anchors.items() if len(inside) == 1]
    blocks: list[tuple[list[Element], str]] = []
    for parent, inside in anchors.items():
        if len(inside) > 1 or (survey.holds_article(parent) and not alone[1:]):
            blocks += [(_run(anchor, survey), number) for anchor, number in inside]
        elif not survey.holds_article(parent):
            blocks.append(([parent], inside[0][1]))
    blocks = [block for block in blocks if any(_texts(block[0]))]
    if not survey.regions and (len(blocks) < 2 or not _are_told([block for block, _ in blocks])):
        return []
    return [Unit(in_one(block), number, True) for block, number in blocks]


def _are_told(blocks: list[list[Element]]) -> bool:
    """Return whether most of the runs tell a name and a moment: other systems, too, number what they print."""
    told = 0
    for block in blocks:
        elements = [part for part in block if isinstance(part.tag, str)]
        if not any(next(part.iter("h1", "h2", "h3"), None) is not None for part in elements):
            told += any(read_byline(text) for text in _texts(block))
    return 2 * told > len(blocks)


def _texts(block: list[Element]) -> Iterator[str]:
    for part in block:
        if isinstance(part.tag, str):
            yield from (text for text in part.itertext() if text.strip())
        if part.tail and part.tail.strip():
            yield part.tail


def _run(start: Element, survey: Survey) -> list[Element]:
    """Return an anchor and what follows it, up to the next of its kind, a heading or a form."""
    block = [start]
    for element in start.itersiblings():
        if _ends(element, survey):
            break
        block.append(element)
    return block


def in_one(block: list[Element]) -> Element:
    """Put elements that follow one another into one element, with the text behind each."""
    if len(block) == 1 and not (block[0].tail or "").strip():
        return block[0]
    holder = block[0].makeelement("div", {"class": "comment"})
    block[0].addprevious(holder)
    for element in block:
        holder.append(element)
    return holder


def _ends(element: Element, survey: Survey) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.tag in _STOPS or not REGION.isdisjoint(survey.marks.get(element, ())):
        return True
    if element.tag == "a" and ANCHOR.fullmatch(element.get("id") or element.get("name") or ""):
        return True
    return next(element.iter("form", "textarea"), None) is not None


def _classes(element: Element) -> frozenset[str]:
    return frozenset((element.get("class") or "").lower().split())


def _marks(element: Element) -> frozenset[str]:
    return frozenset(f"{element.get('class') or ''} {element.get('id') or ''}".lower().split())
