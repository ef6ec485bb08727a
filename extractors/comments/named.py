"""Comments that their markup names: by class, by id, by schema.org type, by a list that is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lxml import etree

from extractors.comments.moments import LONGEST_BYLINE, find_moment
from extractors.comments.names import (
    AUTHOR,
    BYLINE,
    DATE,
    ITEM,
    ITEM_PAIR,
    LISTS,
    NESTED,
    TEXT,
    item_id,
    short_id,
)
from extractors.comments.survey import Element, Survey

_TAGS = frozenset("li div article section tr td table blockquote p dt dd".split())
_WEAK_TAGS = frozenset("p td blockquote dt dd".split())  # that bear the class "comment" for other reasons
_SCHEMA = frozenset(("Comment", "UserComments"))
_TYPED = etree.XPath("descendant-or-self::*[@itemtype]")
_NAME_OR_DATE = AUTHOR | BYLINE | DATE


class Unit(NamedTuple):
    """An element that holds one comment."""

    element: Element
    native_id: str | None
    marked: bool  #: by an id or type that only comments have
    byline: Element | None = None  #: where name and date were seen, if they were


def find(survey: Survey) -> list[Unit]:
    """Return the comments that are named, in document order, outer before inner."""
    found: dict[Element, Unit] = {}
    for element in _told(survey):
        if element.tag not in _TAGS:
            continue
        unit = _marked(element, survey)
        if unit is not None and not survey.holds_article(element) and not survey.in_aside(element):
            found[element] = unit
    if not found:
        found = {element: Unit(element, None, False) for element in _unmarked(survey)}
    if not found:
        found = _numbered(survey)
    return _settled(found, survey)


def _told(survey: Survey) -> Iterable[Element]:
    """Return the elements that have a class, an id or a type, in document order; few have a type alone."""
    typed = _TYPED(survey.tree)
    if all(element in survey.marks for element in typed):
        return survey.marks
    told = {*survey.marks, *typed}
    return [element for element in survey.elements if element in told]


def _marked(element: Element, survey: Survey) -> Unit | None:
    schema = (element.get("itemtype") or "").rstrip("/").rpartition("/")[2] in _SCHEMA
    ident = element.get("id")
    native_id = item_id(ident)
    if native_id is not None:
        return Unit(element, native_id, True)
    if not schema:
        names = survey.names(element)
        if element.tag in _WEAK_TAGS or (ITEM.isdisjoint(names) and not names >= ITEM_PAIR):
            return None
        if "comments" in survey.marks[element]:  # Drupal wraps a thread in what others call one comment
            return None
    native_id = short_id(ident)
    bare = ident if ident and ident.isdecimal() else None
    return Unit(element, native_id or bare, native_id is not None or schema)


def _unmarked(survey: Survey) -> Iterator[Element]:
    """Yield the children of comment lists that bear no mark of their own."""
    for region in survey.regions:
        marks = survey.marks[region]
        if not LISTS.isdisjoint(marks) or "comments" in marks:
            lists = [region] if region.tag in ("ol", "ul") else [child for child in region if child.tag in ("ol", "ul")]
            for lister in lists:
                yield from (child for child in lister if child.tag == "li")


def _numbered(survey: Survey) -> dict[Element, Unit]:
    """Return the elements in a region that bear a number as their id, all with the same letters before it."""
    found: dict[Element, Unit] = {}
    for region in survey.regions:
        for element in region.iter("li", "div", "article", "tr", "dl", "table"):
            native_id = short_id(element.get("id"))
            if native_id and len(native_id) > 1 and element is not region and element not in found:
                found[element] = Unit(element, native_id, False)
    told = sum(
        any(find_moment(text) for text in element.itertext() if len(text) <= LONGEST_BYLINE) for element in found
    )
    return found if 2 * told > len(found) else {}  # TYPO3, too, numbers what it prints


def _settled(found: dict[Element, Unit], survey: Survey) -> list[Unit]:
    """Merge a comment's several wrappers into one, and drop what holds many comments but none of its own."""
    inner: dict[Element, list[Element]] = {}
    for element in found:
        outer = nearest(element, found)
        if outer is not None:
            inner.setdefault(outer, []).append(element)
    for element in list(found):  # outer first
        while element in found:
            unit = found[element]
            direct = [
                child for child in inner.get(element, ()) if child in found and not _in_replies(child, element, survey)
            ]
            apart = [child for child in direct if not _in_list(child, element)] if len(direct) > 1 else direct
            if len(apart) == 1 and _is_wrapper(unit, found[apart[0]], survey):
                _absorb(found, inner, element, apart[0])
                continue
            twins = [child for child in direct if unit.native_id and found[child].native_id == unit.native_id]
            if twins:  # all of them: a round for each took time by the square of their number
                for twin in twins:
                    _absorb(found, inner, element, twin)
            elif direct and unit.native_id is None and not _has_name_or_date_beside(survey, element, *inner[element]):
                del found[element]
            else:
                break
    return list(found.values())


def _is_wrapper(outer: Unit, child: Unit, survey: Survey) -> bool:
    """Return whether an item and the only one right within it are one comment."""
    if outer.native_id is not None:
        return child.native_id in (None, outer.native_id)
    return not (
        _has_name_or_date_beside(survey, outer.element, child.element)
        and _has_name_or_date_beside(survey, child.element)
    )


def _absorb(found: dict[Element, Unit], inner: dict[Element, list[Element]], outer: Element, child: Element) -> None:
    known = found[outer]
    found[outer] = Unit(outer, known.native_id or found[child].native_id, known.marked or found[child].marked)
    inner[outer] = [one for one in inner.get(outer, ()) if one is not child] + inner.get(child, [])
    del found[child]


def nearest(element: Element, among: dict[Element, Unit]) -> Element | None:
    """Return the nearest element around *element* that is one of *among*."""
    return next((parent for parent in element.iterancestors() if parent in among), None)


def _in_replies(child: Element, outer: Element, survey: Survey) -> bool:
    for parent in child.iterancestors():
        if parent is outer:
            return False
        if not NESTED.isdisjoint(survey.marks.get(parent, ())):
            return True
    return False


def _in_list(child: Element, outer: Element) -> bool:
    """Return whether a list stands between an item and one within it, as answers do where no class names them."""
    for parent in child.iterancestors():
        if parent is outer:
            return False
        if parent.tag in ("ul", "ol"):
            return True
    return False


def _has_name_or_date_beside(survey: Survey, element: Element, *inner: Element) -> bool:
    """Return whether *element* names an author or a date outside of the comments within it."""
    stack, left_out = list(element), set(inner)
    while stack:
        part = stack.pop()
        if part in left_out:
            continue
        names = survey.classes.get(part)
        if part.tag in ("time", "cite") or (names and not names.isdisjoint(_NAME_OR_DATE) and names.isdisjoint(TEXT)):
            return True
        stack.extend(part)
    return False
