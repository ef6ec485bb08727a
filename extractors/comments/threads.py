"""What belongs to a thread as a whole: who answers whom, what a theme prints below each, whether it is closed."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from extractors.comments.answers import Names, split_name
from extractors.comments.named import Unit, nearest
from extractors.comments.names import NESTED
from extractors.comments.survey import Element, Survey
from extractors.registry import comment_pattern
from variorum.records import Comment

_CLOSED = re.compile(
    r"comments (?:for this [\w ]{1,40} |on this [\w ]{1,40} )?(?:are|is|have been) (?:now )?(?:closed|"
    r"disabled|off)|commenting is closed|"
    r"kommentare sind geschlossen|les commentaires sont fermés|los comentarios están cerrados|i commenti sono chiusi|"
    r"comentários (?:estão )?(?:encerrados|fechados)|reacties zijn gesloten|комментарии закрыты|"
    r"コメントは受け付けていません|"
    r"評論已關閉|评论已关闭",
    re.I,
)


#: How deep a comment of a flat list stands, as its class name tells it, or words for those who hear the page.
_LEVEL = re.compile(rf"{comment_pattern('levels')}(\d{{1,2}})")
_SPOKEN_LEVEL = re.compile(r"\s*level (\d{1,2})\s*")


def parents_of(units: list[Unit], survey: Survey) -> dict[Element, Element]:
    """Return the comment that each comment answers by its place: within it, in a list right behind it, or a level
    below it."""
    among = {unit.element: unit for unit in units}
    nests = [element for element, marks in survey.marks.items() if not NESTED.isdisjoint(marks)] if units else []
    behind = {nest: before for nest in nests if (before := _before(nest)) in among}
    found: dict[Element, Element] = {}
    for element in among:
        parent = nearest(element, among)
        if parent is None and behind:
            parent = next((behind[around] for around in element.iterancestors() if around in behind), None)
        if parent is not None:
            found[element] = parent
    return found or _by_level(units, survey)


def outermost(units: list[Unit]) -> list[Element]:
    """Return the elements of the comments that stand within no other one."""
    among = {unit.element: unit for unit in units}
    return [element for element in among if nearest(element, among) is None]


def _before(nest: Element) -> Element | None:
    """Return the element right before another one; an anchor or two between them do not count."""
    for element in islice(nest.itersiblings(preceding=True), 3):
        if isinstance(element.tag, str) and element.tag != "a":
            return element
    return None


def _by_level(units: list[Unit], survey: Survey) -> dict[Element, Element]:
    """Return the last comment of a lower level before each one, where every comment tells its level."""
    levels = [_level_of(unit.element, survey) for unit in units]
    found: dict[Element, Element] = {}
    open_: list[tuple[int, Element]] = []
    for unit, level in zip(units, levels, strict=True):
        if level is None:
            return {}
        while open_ and open_[-1][0] >= level:
            open_.pop()
        if open_:
            found[unit.element] = open_[-1][1]
        open_.append((level, unit.element))
    return found


def _level_of(element: Element, survey: Survey) -> int | None:
    for name in sorted(survey.names(element)):
        if match := _LEVEL.fullmatch(name):
            return int(match[1])
    first = next((text for text in element.itertext() if text.strip()), "")
    match = _SPOKEN_LEVEL.fullmatch(first)
    return int(match[1]) if match else None


class Said(NamedTuple):
    """A comment that was read, before it has its place."""

    comment: Comment
    answers: str | None = None  #: native id of the comment that its markup says it answers
    is_gone: bool = False  #: a placeholder: what answers it still does
    is_signed: bool = True  #: it surely tells a name or a date


def threaded(units: list[Unit], parents: dict[Element, Element], read: dict[Element, Said]) -> tuple[Comment, ...]:
    """Give the comments their place, parent and depth; a parent that could not be read is skipped over."""
    around: dict[Element, Element | None] = {}  # the comments that are shown, and what each stands in
    seen: set[str] = set()
    for unit in units:
        said = read.get(unit.element)
        if said is None or (said.comment.native_id is not None and said.comment.native_id in seen):
            continue
        parent = parents.get(unit.element)
        while parent is not None and parent not in around:
            parent = parents.get(parent)
        around[unit.element] = parent
        if said.comment.native_id is not None:
            seen.add(said.comment.native_id)
    nested = any(parent is not None for parent in around.values())
    by_id = {native_id: element for element in around if (native_id := read[element].comment.native_id) is not None}
    for element in around:
        told = by_id.get(read[element].answers or "")
        if told is not None:
            around[element] = told
    comments = {element: read[element].comment for element in around}
    if not nested:
        _answer_by_name(comments, around, by_id)
    depths = _depths(around)
    shown = [element for element in around if not read[element].is_gone]
    return tuple(
        replace(
            comments[element],
            parent_id=None if (parent := around[element]) is None else comments[parent].native_id,
            parent_known=nested or around[element] is not None,
            depth=depths[element],
            position=position,
        )
        for position, element in enumerate(shown)
    )


def _depths(around: dict[Element, Element | None]) -> dict[Element, int]:
    """Return how deep each comment stands; an answer that would close a circle is taken out of *around*."""
    depths: dict[Element, int] = {}
    for element in around:
        chain: dict[Element, None] = {}
        place: Element | None = element
        while place is not None and place not in depths:
            chain[place] = None
            if around[place] in chain:
                around[place] = None
            place = around[place]
        depth = -1 if place is None else depths[place]
        for below in reversed(chain):
            depth += 1
            depths[below] = depth
    return depths


def _answer_by_name(
    comments: dict[Element, Comment], around: dict[Element, Element | None], by_id: dict[str, Element]
) -> None:
    """Find whom the comments of a flat list address; what is found goes into *around*, bare names into *comments*."""
    names = frozenset(comment.author.casefold() for comment in comments.values() if comment.author)
    dated = [comment.published for comment in comments.values() if comment.published is not None]
    elements = list(comments)
    if dated and dated[0] > dated[-1]:  # the newest stands first
        elements.reverse()
    before = Names()
    for element in elements:
        comment = comments[element]
        author, other = split_name(comment.author, names)
        if other:
            comment = comments[element] = replace(comment, author=author)
        found = before.addressed(f"@{other}" if other else comment.text)
        if found is not None and found.native_id is not None and around[element] is None:
            around[element] = by_id[found.native_id]
        before.add(comment)


def without_template(comments: tuple[Comment, ...]) -> tuple[Comment, ...]:
    """Cut the last lines that most comments share, whatever their numbers: what a theme prints below each."""
    while len(comments) >= _FEW:
        lines = [comment.text.rpartition("\n") for comment in comments]
        shapes = Counter(re.sub(r"\d+", "0", last) for before, _, last in lines if before)
        shape, times = max(shapes.items(), key=lambda pair: pair[1], default=("", 0))
        if times < _MOST * len(comments):
            break
        comments = tuple(
            replace(comment, text=before) if before and re.sub(r"\d+", "0", last) == shape else comment
            for comment, (before, _, last) in zip(comments, lines, strict=True)
        )
    return comments


_FEW = 4  #: comments, below which nothing can be called shared
_MOST = 0.7


def is_closed(regions: list[Element], *, has_form: bool) -> bool | None:
    """Return whether the page takes no more comments; None where it does not say."""
    if has_form:
        return False
    return True if any(_CLOSED.search(region.text_content()) for region in regions) else None
