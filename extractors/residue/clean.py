"""Clean a plain text of what blogs print around an article. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractors.residue.catalogue import Hit
from extractors.residue.comments import read_comments
from extractors.residue.head import head_marks
from extractors.residue.lines import Line, split, width
from extractors.residue.recognise import recognise
from extractors.residue.records import Cleaned, Mark, PlainComment
from extractors.residue.tail import mark_tail, tail_start
from variorum.records import Removed

if TYPE_CHECKING:
    from extractors.profile import SiteProfile

REVISION = "residue/2"  #: of the rules of this package; the phrases have a digest of their own

#: Kinds whose strong phrases go wherever they stand. Others only go with the block they belong to.
_ANYWHERE = frozenset(("comment_form", "share", "like", "subscribe", "cookie"))
_COMPANIONS = frozenset(("share", "like"))  #: weak phrases of these kinds go with a strong one right above
_SHORT = 16  #: a phrase shorter than this goes alone only if another stands beside it
#: Removing lines may bring others together. Two rounds do for real texts; of a text of nothing but bylines each round
#: takes eight.
_ROUNDS = 40


def clean(text: str, *, lang: str | None = None, profile: SiteProfile | None = None) -> Cleaned:
    """Return *text* without comment forms, share buttons, bylines and the like, and what was removed.

    Args:
        text: Article as an extractor left it, one block a line.
        lang: Language of the text, e.g. "de". The phrases of all languages are looked for in any case, because forms
            are often half translated; it is accepted so that a caller need not care.
        profile: What repeats on the pages of the site that the text comes from.

    Whole lines go, never parts of one; the title, taken for the first line that is no menu, always stays. When in
    doubt a line stays: what is lost cannot be got back. Cleaning the result again changes nothing.
    """
    del lang
    lines = split(text)
    hits = recognise(lines)
    marks: dict[int, Mark] = {}
    comments: tuple[PlainComment, ...] = ()
    for _ in range(_ROUNDS):
        left = [index for index in range(len(lines)) if index not in marks]
        rows, seen = [lines[i] for i in left], [hits[i] for i in left]
        found, start = _decide(rows, seen)
        if profile is not None:
            template = profile.template(["" if at in found else row.text for at, row in enumerate(rows)])
            found |= {at: Mark("other", rule) for at, rule in template.items() if at not in found}
        if not comments and start < len(rows):
            comments = read_comments(text, rows, seen, start)
        if not found:
            break
        marks |= {left[index]: mark for index, mark in found.items()}
    removed = _spans(text, lines, marks)
    return Cleaned(_kept(text, removed), removed, comments)


def _decide(lines: Sequence[Line], hits: Sequence[Hit | None]) -> tuple[dict[int, Mark], int]:
    title, marks = head_marks(lines, hits)
    first = max((title, *marks)) + 1
    start = tail_start(lines, hits, first)
    if start < len(lines):
        marks |= mark_tail(lines, hits, start)
    for index in range(first, start):
        hit = hits[index]
        if hit is None or not _goes_anywhere(hit):
            continue
        if width(lines[index].key) < _SHORT and not _has_company(hits, index):
            continue
        marks[index] = Mark(hit.kind, f"alone/{hit.rule}")
        below = index + 1
        while below < start and (hit := hits[below]) is not None and hit.kind in _COMPANIONS:
            marks[below] = Mark(hit.kind, f"alone/{hit.rule}")
            below += 1
    return marks, start


def _has_company(hits: Sequence[Hit | None], index: int) -> bool:
    """Return whether a line stands beside another of the interface; labels whose values are gone need none."""
    hit = hits[index]
    beside = [*hits[max(index - 1, 0) : index], *hits[index + 1 : index + 2]]
    return (hit is not None and hit.role in ("slots", "theme", "posted")) or any(
        near is not None and near.kind != "byline" for near in beside
    )


def _goes_anywhere(hit: Hit) -> bool:
    if hit.role in ("slots", "theme", "posted") or (hit.rule == "pager" and hit.strong):
        return True
    return hit.strong and (hit.kind in _ANYWHERE or (hit.kind == "related" and hit.rule == "catalogue/hole"))


def _spans(text: str, lines: Sequence[Line], marks: dict[int, Mark]) -> tuple[Removed, ...]:
    """Join marked lines that follow one another with the same mark; blanks go with the lines before them."""
    found: list[Removed] = []
    at = 0
    while at < len(lines):
        mark = marks.get(at)
        if mark is None:
            at += 1
            continue
        stop = at
        while stop + 1 < len(lines) and marks.get(stop + 1) == mark:
            stop += 1
        start = lines[at].start
        if at == 0:
            start = 0
        end = lines[stop + 1].start if stop + 1 < len(lines) else len(text)
        if found and found[-1].end == start:
            pass
        elif all(index in marks for index in range(at, len(lines))):
            start = lines[at - 1].end if at else 0
        found.append(Removed(mark.kind, mark.rule, text[start:end], start, end))
        at = stop + 1
    if found and len(marks) < len(lines) and found[-1].end == len(text):
        found = _with_blank_end(text, lines, marks, found)
    return tuple(found)


def _with_blank_end(text: str, lines: Sequence[Line], marks: dict[int, Mark], found: list[Removed]) -> list[Removed]:
    """Let the tail begin right behind the last letter that stays, so that no blanks are left at the end."""
    last = max(index for index in range(len(lines)) if index not in marks)
    end = lines[last].start + len(lines[last].text.rstrip())
    for number, span in enumerate(found):
        if span.start is not None and span.start >= end:
            found[number] = Removed(span.kind, span.rule, text[end : span.end], end, span.end)
            break
    return found


def _kept(text: str, removed: Sequence[Removed]) -> str:
    pieces, at = [], 0
    for span in removed:
        assert span.start is not None
        assert span.end is not None
        pieces.append(text[at : span.start])
        at = span.end
    pieces.append(text[at:])
    return "".join(pieces)
