"""What belongs to a thread as a whole: who answers whom, how many the page claims, its further pages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from extractors.comments.named import Unit, nearest
from extractors.comments.names import ITEM
from extractors.comments.survey import Element, Survey
from variorum.records import Comment
from variorum.urls import canonical_url

_INTEGER = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,\u00a0\u202f ]\d{3})+(?!\d)|\d+")
_QUOTED = re.compile('[“«„「『"].*[”»“」』"]')
_HEADINGS = frozenset(("h2", "h3", "h4", "h5"))
_PAGE = re.compile(r"comment-page-\d|[?&;](?:cpage|commentPage|comment_page|comments_page)=\d")
_CLOSED = re.compile(
    r"comments (?:for this [\w ]{1,40} |on this [\w ]{1,40} )?(?:are|is|have been) (?:now )?(?:closed|"
    r"disabled|off)|commenting is closed|"
    r"kommentare sind geschlossen|les commentaires sont fermés|los comentarios están cerrados|i commenti sono chiusi|"
    r"comentários (?:estão )?(?:encerrados|fechados)|reacties zijn gesloten|комментарии закрыты|"
    r"コメントは受け付けていません|"
    r"評論已關閉|评论已关闭",
    re.I,
)


def parents_of(units: list[Unit]) -> dict[Element, Element]:
    """Return the comment around each comment that stands within one."""
    among = {unit.element: unit for unit in units}
    found = {element: nearest(element, among) for element in among}
    return {element: parent for element, parent in found.items() if parent is not None}


def threaded(units: list[Unit], parents: dict[Element, Element], read: dict[Element, Comment]) -> tuple[Comment, ...]:
    """Give the comments their place, parent and depth; a parent that could not be read is skipped over."""
    depths: dict[Element, int] = {}
    out: list[Comment] = []
    seen: set[str] = set()
    for unit in units:
        comment = read.get(unit.element)
        if comment is None or (comment.native_id is not None and comment.native_id in seen):
            continue
        parent = parents.get(unit.element)
        while parent is not None and parent not in depths:
            parent = parents.get(parent)
        depths[unit.element] = 0 if parent is None else depths[parent] + 1
        if comment.native_id is not None:
            seen.add(comment.native_id)
        out.append(
            replace(
                comment,
                parent_id=None if parent is None else read[parent].native_id,
                depth=depths[unit.element],
                position=len(out),
            )
        )
    nested = any(depths.values())
    return tuple(out) if nested else tuple(replace(comment, parent_known=False) for comment in out)


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


def claimed(survey: Survey) -> int | None:
    """Return the one whole number of the thread's heading: "12 thoughts on …", "Comments (12)"."""
    for region in survey.regions:
        for heading in region.iter(*_HEADINGS):
            if any(not ITEM.isdisjoint(survey.names(parent)) for parent in heading.iterancestors()):
                break
            numbers = _INTEGER.findall(_QUOTED.sub(" ", heading.text_content()))
            if len(numbers) == 1:
                return int(re.sub(r"\D", "", numbers[0]))
            break
    return None


def is_closed(regions: list[Element], *, has_form: bool) -> bool | None:
    """Return whether the page takes no more comments; None where it does not say."""
    if has_form:
        return False
    return True if any(_CLOSED.search(region.text_content()) for region in regions) else None


def other_pages(survey: Survey, base: str) -> tuple[str, ...]:
    """Return the addresses of the further comment pages that the page links to."""
    here = base.partition("#")[0].rstrip("/")
    found: dict[str, None] = {}
    for anchor in survey.anchors:
        href = anchor.get("href") or ""
        if not _PAGE.search(href) or "replytocom" in href:
            continue
        numbered = not _PAGERS.isdisjoint(survey.marks.get(anchor, ())) or not re.search(r"\d", href.partition("#")[2])
        url = canonical_url(href.partition("#")[0], base=base)
        if url is not None and numbered and url.rstrip("/") != here:
            found[url] = None
    return tuple(found)


_PAGERS = frozenset(("page-numbers", "prev", "next"))
