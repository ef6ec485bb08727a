"""Where the page goes on after the article: growth of blocks from their anchors to the end of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extractors.residue.catalogue import Hit
from extractors.residue.head import is_byline
from extractors.residue.lines import Line, ends_sentence
from extractors.residue.patterns import begins_row, is_of_the_house, is_stamp, is_truncated
from extractors.residue.records import Mark

#: Lines without a phrase that may stand in a widget before the next phrase.
_ROOM = {
    "share": 14,
    "like": 4,
    "related": 24,
    "navigation": 8,
    "byline": 4,
    "subscribe": 10,
    "cookie": 10,
    "footer": 80,
    "other": 80,
    "comment_form": 60,
    "comment_list": 60,
}
_FORM_LINES = 3  #: so many lines of a form make the form certain
_NEAR = 8  #: lines below a counter in which the first comment must begin
#: A weak phrase of these kinds may begin a block if nothing but furniture follows.
_WEAK_ANCHORS = frozenset(("related", "share", "subscribe"))
_NAMED = 40  #: lines below a heading among which names of commenters are looked for
_LONGEST_NAME = 40
_ROWS = 3  #: so many names make a list of comments
_APART = 60  #: lines between two comments that show each other to be some
_REPEATED = 3  #: rows that stand so often between paragraphs make these a list of teasers
_NOTICES = 2  #: paragraphs on newsletters, cookies and the like that a tail may hold
_NOTICE_SHARE = 8  #: each of them is at most an eighth of the article
_PARAGRAPHS = 2  #: of an author's box
_COMPANY = 3  #: further phrases that such a block needs
_BELOW_RIGHTS = 24  #: lines that may stand below a notice of rights that closes a page
_ABOVE_COMMENTS = frozenset(("like", "share", "comment_form"))
_BETWEEN = 12  #: lines from a share row or the like to the heading of the form
_ROLES_WITHOUT_BLOCK = frozenset(("says", "reply", "date", "service", "slots"))


def tail_start(lines: Sequence[Line], hits: Sequence[Hit | None], first: int) -> int:
    """Return the index of the first line that no longer belongs to the article, `len(lines)` if all do.

    Args:
        lines: The lines of the text.
        hits: What each of them was recognised as.
        first: Index below which nothing is cut: the title and the head.

    A block begins at an anchor and must explain every line to the end of the text: prose is explained by a list of
    comments above it or by a whole form, short lines by the widget they stand in, up to the room it has.
    """
    end = len(lines)
    prose_before = _running_prose(lines)
    stuck = first  # every anchor before this line would get stuck there too: only prose in between lets it pass
    stuck_prose = -1
    for index in range(first, end):
        hit = hits[index]
        if hit is None or not _anchors(lines, hits, index):
            continue
        if index < stuck and prose_before[index] == stuck_prose:
            continue
        stop = _explained_to(lines, hits, index, prose_before)
        if stop == end:
            return _upwards(lines, hits, index, first)
        stuck, stuck_prose = stop, prose_before[index]
    return _upwards(lines, hits, _loose_end(hits, first), first)


def mark_tail(lines: Sequence[Line], hits: Sequence[Hit | None], start: int) -> dict[int, Mark]:
    """Return a mark for each line from *start* on; lines without a phrase take the kind of the widget above them."""
    marks: dict[int, Mark] = {}
    kind = "other"
    for index in range(start, len(lines)):
        hit = hits[index]
        if hit is None and not marks and is_byline(lines[index]):
            kind = "byline"
        if hit is not None and not (kind == "comment_list" and hit.role in _ROLES_WITHOUT_BLOCK):
            kind = hit.kind
        marks[index] = Mark(kind, f"tail/{hit.rule}" if hit is not None else f"tail/{kind}")
    return marks


def is_list_head(lines: Sequence[Line], hits: Sequence[Hit | None], index: int) -> bool:
    """Return whether a line is the counter or the heading above printed comments."""
    hit = hits[index]
    if hit is None or hit.kind != "comment_list" or hit.role in _ROLES_WITHOUT_BLOCK:
        return False
    if hit.role == "counter":
        return True
    below = range(index + 1, min(index + 1 + _NEAR, len(lines)))
    return any(_begins_comment(lines[at], hits[at]) for at in below) or _are_named(lines, hits, index)


def _are_named(lines: Sequence[Line], hits: Sequence[Hit | None], index: int) -> bool:
    """Return whether names behind bullets follow a heading, each with something said below it: comments of Disqus."""
    end = min(len(lines) - 1, index + _NAMED)
    names = [
        at
        for at in range(index + 1, end)
        if lines[at].bullet and not lines[at + 1].bullet and hits[at] is None and len(lines[at].key) <= _LONGEST_NAME
    ]
    said = sum(not lines[at].bullet for at in range(index + 1, end))
    return len(names) >= _ROWS and names[0] <= index + 3 and said >= len(names)


def _starts_rows(lines: Sequence[Line], hits: Sequence[Hit | None], index: int) -> bool:
    """Return whether comments begin here that no counter announces: a name, what it says, a date, and another."""
    return begins_row(lines, hits, index) and any(
        begins_row(lines, hits, at) for at in range(index + 1, min(index + _APART, len(lines)))
    )


def _begins_comment(line: Line, hit: Hit | None) -> bool:
    if hit is not None and hit.role in ("says", "reply"):
        return True
    return is_stamp(line) or line.text.strip()[:3] in ("1. ", "1) ")


def _anchors(lines: Sequence[Line], hits: Sequence[Hit | None], index: int) -> bool:
    hit = hits[index]
    assert hit is not None
    if hit.role in ("posted", "about"):
        return True
    if hit.role == "says":
        return _starts_rows(lines, hits, index)
    if hit.role in _ROLES_WITHOUT_BLOCK or hit.kind == "byline":
        return False
    return hit.strong or is_list_head(lines, hits, index) or hit.kind in _WEAK_ANCHORS


def _running_prose(lines: Sequence[Line]) -> list[int]:
    total, found = 0, []
    for line in lines:
        found.append(total)
        total += len(line.text) if line.prose else 0
    found.append(total)
    return found


def _explained_to(lines: Sequence[Line], hits: Sequence[Hit | None], start: int, prose: Sequence[int]) -> int:
    """Return the index of the first line that a block from *start* on does not explain, `len(lines)` if it does all."""
    first = hits[start]
    assert first is not None
    rights = _ends_in_rights(hits, start)
    if first.role == "about" and first.kind == "other":
        return _after_author(lines, hits, start, prose)
    if first.role == "says":
        return len(lines) if prose[start] > 0 else start
    if not first.strong and not is_list_head(lines, hits, start):
        company = sum(hit is not None for hit in hits[start + 1 :])
        if company < _COMPANY:
            return start
    kind, quiet, form, spent, listed, notices = "", 0, 0, 0, False, 0
    times = Counter(line.key for line in lines[start:])
    repeated = frozenset(key for key, count in times.items() if count >= _REPEATED)
    for index in range(start, len(lines)):
        hit, line = hits[index], lines[index]
        if hit is not None and hit.kind == "comment_form":
            form += 1 + (hit.role == "heading") * (hit.strong)
        if not listed:
            head = is_list_head(lines, hits, index) and (
                prose[start] > 0 or (hit is not None and hit.role == "counter")
            )
            listed = head or (kind in _ABOVE_COMMENTS and prose[start] > 0 and _stamps_follow(lines, index))
        if hit is not None and (hit.strong or hit.role not in _ROLES_WITHOUT_BLOCK):
            kind, quiet = hit.kind, 0
            continue
        certain = listed or (form >= _FORM_LINES and prose[-1] - prose[index] <= prose[start])
        if certain:
            continue
        if line.prose:
            if prose[start] > 0 and _is_furniture(lines, hits, index, kind, repeated):
                continue
            if notices < _NOTICES and len(line.text) * _NOTICE_SHARE <= prose[start] and is_of_the_house(line):
                notices += 1  # more of them, or long ones: the article is about such things
                continue
            if rights and kind in ("related", "share") and (len(line.text) < 160 or not ends_sentence(line.text)):
                continue  # a headline
            spent += len(line.text)
            lone = index + 1 == len(lines) or not lines[index + 1].prose
            if rights and lone and spent * 4 <= prose[start]:
                continue
            if not _form_is_near(lines, hits, index, prose[index + 1] - prose[start], prose[start]):
                return index
            continue
        if kind == "related" and hit is not None and hit.role == "date":
            quiet = 0  # a list of dated posts
        quiet += 1
        if not rights and quiet > _ROOM.get(kind, 8):
            return index
    return len(lines)


def _is_furniture(
    lines: Sequence[Line], hits: Sequence[Hit | None], index: int, kind: str, repeated: frozenset[str]
) -> bool:
    """Return whether a paragraph in a tail is an author's box, or a teaser: cut off, or between rows alike."""
    if any(hit is not None and hit.role == "bio" for hit in hits[index + 1 : index + 3]):
        return True
    if kind not in ("related", "share"):
        return False
    beside = (*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2])
    return is_truncated(lines[index].text) or any(line.key in repeated for line in beside)


def _after_author(lines: Sequence[Line], hits: Sequence[Hit | None], start: int, prose: Sequence[int]) -> int:
    """Return the first line that the box of an author does not explain: two paragraphs, and what is recognised."""
    paragraphs, quiet = 0, 0
    for index in range(start + 1, len(lines)):
        if lines[index].prose:
            paragraphs += 1
            if paragraphs > _PARAGRAPHS or (prose[index + 1] - prose[start]) * 2 > prose[start]:
                return index
        elif hits[index] is None:
            quiet += 1
            if quiet > _ROOM["byline"]:
                return index
        elif _anchors(lines, hits, index):
            return _explained_to(lines, hits, index, prose)
    return len(lines)


def _stamps_follow(lines: Sequence[Line], index: int) -> bool:
    """Return whether a line is a date with a time, and one more stands below it: comments without their names."""
    return is_stamp(lines[index]) and any(map(is_stamp, lines[index + 1 :]))


def _ends_in_rights(hits: Sequence[Hit | None], start: int) -> bool:
    """Return whether a notice of rights closes the page below *start*."""
    return any(hit is not None and hit.role == "rights" for hit in hits[max(start + 1, len(hits) - _BELOW_RIGHTS) :])


def _form_is_near(lines: Sequence[Line], hits: Sequence[Hit | None], index: int, between: int, before: int) -> bool:
    """Return whether a little prose stands between a widget and the form below it: an author's box, a run of tags.

    The prose must be less than a quarter of what stands above the widget, and the form's heading near.
    """
    if between * 4 > before:
        return False
    near = hits[index + 1 : index + 1 + _BETWEEN]
    return any(
        hit is not None and ((hit.strong and hit.kind == "comment_form") or hit.role == "counter") for hit in near
    )


def _loose_end(hits: Sequence[Hit | None], first: int) -> int:
    """Return where a run of recognised lines at the very end begins: two of them, or a notice of rights."""
    end = len(hits)
    start = end
    while start > first and hits[start - 1] is not None:
        start -= 1
    run = [hit for hit in hits[start:] if hit is not None and hit.role != "date"]
    if any(hit.role in ("rights", "slots", "terms", "link") or hit.strong for hit in run) or len(run) >= 3:
        return start
    return end


def _upwards(lines: Sequence[Line], hits: Sequence[Hit | None], start: int, first: int) -> int:
    """Let a block that is certain grow over the recognised lines right above it."""
    if start >= len(lines):
        return start
    while start > first:
        hit = hits[start - 1]
        if hit is None and is_byline(lines[start - 1]):
            start -= 1
            continue
        if hit is None or (not hit.strong and hit.kind in ("other", "navigation") and " " not in lines[start - 1].key):
            break
        start -= 1
    return start
