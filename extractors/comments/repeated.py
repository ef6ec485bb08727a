"""Comments that nothing names: bylines that repeat in one shape, each with words beside it, below a heading for them.

No single sign is enough: lists of posts and of headlines, too, repeat names and dates. So signs are weighed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from extractors.comments.flat import in_one
from extractors.comments.moments import ACTIONS, LONGEST_BYLINE, Byline, bare_name, find_moment, name_in, read_byline
from extractors.comments.named import Unit
from extractors.comments.names import BY_SCRIPT
from extractors.comments.survey import Element, Survey

#: A heading that stands above comments and nothing else, whole; asked of text in lower case, which takes a quarter
#: of the time that blindness for case takes.
HEADING = re.compile(
    r"\W*(?:(?:\d[\d.,]*|no|one|all|the|latest|recent|users?|readers?|readers[’']|your|our|total|view|article|"
    r"story|blog|"
    r"bisherige|neueste|alle|ihre|les|vos|derniers|los|tus|i|gli|de|reacties|member)\s+)*"
    r"(?:comments?|responses?|replies|thoughts|opinions|talk\s?backs?|feedback|reactions?|discussion|"
    r"have your say|your say|"
    r"kommentare?|kommentarer|leserkommentare|lesermeinungen|meinungen|antworten|reaktionen|commentaires?|"
    r"réactions?|avis|"
    r"comentarios?|respuestas?|opiniones|commenti|commento|comentários?|respostas?|reacties?|reageren|"
    r"komentarze|komentarzy|"
    r"komentarz|opinie|комментари\w*|отзыв\w*|коментар\w*|yorum(?:lar)?|hozzászólás(?:ok)?|kommentit|"
    r"komentáře|comentarii|"
    r"σχόλια|コメント|评论|評論|留言|댓글|تعليقات|التعليقات|תגובות)"
    r"(?:\(s\))?(?:\s*[:(\[]?\s*\d*\s*[)\]]?)?(?:\s+(?:so far|on|to|for|about|zu|sur|sobre|su|op|"
    r"are (?:now )?closed)\b.{0,120})?\W*"
)
#: A class, id or name that may belong to a thread; a sign among others, never enough.
_MARK = re.compile(
    r"comment(?!ary|ator|ed|er\b)|kommentar|komment(?!iert)|coment[aá]ri|commenti|talkback|discuss|your-?say|reacties|"
    r"guestbook|feedback|postedby|readers?mail",
    re.I,
)
_SPEAKS = re.compile(
    r"\b(?:posted|written|submitted|left|commented?|says?|said|wrote|geschrieben|écrit|escrito|scritto)\b", re.I
)
_TEASER = re.compile(
    r"read more|continue reading|full (?:story|article)|weiterlesen|lire la suite|leer más|mehr\s*»|"
    r"\bmore\s*(?:»|…|\.\.\.)",
    re.I,
)
_HINT = re.compile(r"\d{1,4}\D{1,12}\d|\d\s+\w+\s+ago|\bago\b|[年월日前]|today|yesterday", re.I)
_SIGN = re.compile(r"[\d年월月日前]|ago\b|today|yesterday")  #: in lower case; without one there is no hint
_HEADS = frozenset(("h1", "h2", "h3", "h4"))
_STOPS = _HEADS | {"form", "h5", "h6"}
_SKIPPED = frozenset("script style noscript nav header form option select head title".split())
#: What stands below a post in a list of posts.
_COUNTED = re.compile(
    r"\b\d+ (?:comments?|responses?|replies|kommentare?|commentaires?|comentarios?|commenti|reacties)\b|"
    r"\b(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties) ?[:(]\s?\d|\b(?:no|add|"
    r"leave a) comments?\b|^permalink\b",
    re.I,
)
_LEGAL = re.compile(r"©|\(c\) ?\d{4}|all rights reserved|copyright", re.I)
_FORUM = re.compile(r"/(?:forums?|threads?|topics?|boards?)/|(?:viewtopic|showthread|viewthread)", re.I)
_ENOUGH = 3
_FEWEST_RULED = 3  #: comments that no date tells
_MOST_BESIDE = 70  #: letters beside the moment: what has more is a sentence
_LONGEST_HEADING = 150  #: characters
_LONGEST = 6  #: words of a name
_MOST_HITS = 20_000


class _Hit(NamedTuple):
    """A text that tells a moment."""

    element: Element  #: it holds the text, as its own or behind a child
    place: int  #: in document order


class _Row(NamedTuple):
    """What may be comments: one after another, each with its byline."""

    blocks: list[list[Element]]  #: the elements of each comment
    bylines: list[Byline]
    hits: list[Element]


def find(survey: Survey, url: str) -> list[Unit]:
    """Return the comments that their shape tells, in document order; the flat ones are put into elements.

    The posts of a forum are what its page is for: they are no comments. Nor is what stands where a script draws them.
    """
    drawn = any(not BY_SCRIPT.isdisjoint(survey.marks[region]) for region in survey.regions)
    marker = None if drawn or _FORUM.search(url) else _marker(survey)
    if marker is None:
        return []
    groups: dict[tuple[object, ...], list[_Hit]] = {}
    for hit in _hits(survey, marker):
        groups.setdefault(_shape(hit.element), []).append(hit)
    for hits in sorted(groups.values(), key=len, reverse=True):
        row = _row(hits, marker, survey)
        if row is not None and _weight(row, marker) >= _ENOUGH:
            return [
                Unit(in_one(block), None, False, hit) for block, hit in zip(row.blocks, row.hits, strict=True) if block
            ]
    return [Unit(in_one(block), None, False, None) for block in _ruled(marker, survey)]


def _ruled(marker: _Marker, survey: Survey) -> list[list[Element]]:
    """Return what stands between the rules below a heading, where each piece begins with a name in bold, a line long.

    Such comments bear no date: `<b>Ann</b><br>What she wrote.<hr><b>Bo</b><br>…`
    """
    rules: dict[Element, list[Element]] = {}
    for element in survey.elements[marker.place :]:
        if element.tag == "hr":
            rules.setdefault(element.getparent(), []).append(element)
    for parent, inside in rules.items():
        if len(inside) < _FEWEST_RULED or survey.holds_article(parent):
            continue
        starts = [part for part in parent if part.tag in ("b", "strong") and _is_line_of_name(part)]
        blocks = [[start, *_between(start, forward=True, starts=set(starts), marker=marker)] for start in starts]
        blocks = [[part for part in block if part.tag != "hr"] for block in blocks]
        if len(starts) >= max(_FEWEST_RULED, len(inside) // 2) and all(_words_of(block) > 1 for block in blocks):
            return blocks
    return []


def _is_line_of_name(part: Element) -> bool:
    """Return whether a name stands alone in its line, behind a rule or a break."""
    before, after = part.getprevious(), part.getnext()
    is_first = (before is None or before.tag in ("hr", "br")) and not (
        (before is not None and before.tail) or ""
    ).strip()
    is_alone = after is not None and after.tag == "br" and not (part.tail or "").strip()
    return is_first and is_alone and bool(bare_name(part.text_content()))


# ------------------------------------------------------------------------------------------------ where
class _Marker(NamedTuple):
    """The first sign that comments stand on the page."""

    element: Element
    place: int
    above: set[Element]  #: what it stands in
    is_heading: bool


def _marker(survey: Survey) -> _Marker | None:
    """Return the heading or anchor above the comments, else the first container that may hold them."""
    container: _Marker | None = None
    for place, element in enumerate(survey.elements):
        tag = element.tag
        if tag in _SKIPPED or survey.holds_article(element):
            continue
        named = (element.get("name") or element.get("id") or "") if tag == "a" else ""
        if named and _MARK.match(named) and not survey.in_aside(element):
            return _Marker(element, place, {element, *element.iterancestors()}, True)
        if tag not in ("a", "p", "li") and is_heading(element.text) and not survey.in_aside(element):
            return _Marker(element, place, {element, *element.iterancestors()}, True)
        marks = survey.marks.get(element) if container is None and tag not in ("a", "span", "img", "input") else None
        if marks and any(map(_is_mark, marks)) and not survey.in_aside(element):
            container = _Marker(element, place, {element, *element.iterancestors()}, False)
    return container


def is_heading(text: str | None) -> bool:
    """Return whether a text is a heading that stands above comments and nothing else."""
    if not text or len(text) > _LONGEST_HEADING or text.isspace():
        return False
    return HEADING.fullmatch(text.lower()) is not None


@lru_cache(maxsize=4096)
def _is_mark(name: str) -> bool:
    return _MARK.search(name) is not None


def _hits(survey: Survey, marker: _Marker) -> Iterator[_Hit]:
    """Yield the elements behind the marker, or in it, that hold a text which tells a moment."""
    seen = 0
    for place, element in enumerate(survey.elements[marker.place :], marker.place):
        if element.tag in _SKIPPED or (element is marker.element and marker.is_heading):
            continue
        told = _tells(element.text) or any(_tells(child.tail) for child in element)
        if told and not survey.in_aside(element):
            yield _Hit(element, place)
            seen += 1
            if seen >= _MOST_HITS:
                return


def _tells(text: str | None) -> bool:
    """Return whether a short text tells a moment; sources may indent it deeply."""
    if not text or text.isspace() or len(text) > 4 * LONGEST_BYLINE:
        return False
    if not _SIGN.search(text.lower()) or not _HINT.search(text):
        return False
    text = " ".join(text.split())
    if len(text) > LONGEST_BYLINE:
        return False
    moment = find_moment(text)
    if moment is None:
        return False
    beside = sum(letter.isalpha() for letter in text[: moment.start] + text[moment.end :])
    return beside <= (_MOST_BESIDE if moment.published is not None else _MOST_BESIDE // 2)


def _shape(element: Element) -> tuple[object, ...]:
    """Return tags and first class names of an element and the two around it, numbers left out."""
    shape: list[object] = []
    for part in (element, *element.iterancestors()):
        names = (part.get("class") or "").split()
        shape.append((part.tag, re.sub(r"\d+|odd|even|alt|first|last", "", names[0].lower()) if names else ""))
        if len(shape) == 3:
            break
    return tuple(shape)


# ------------------------------------------------------------------------------------------------ what
def _row(hits: list[_Hit], marker: _Marker, survey: Survey) -> _Row | None:
    """Put each hit with the words beside it into one block; None where no words stand beside them."""
    bodies = _distinct([hit.element for hit in hits], marker, survey)
    if not bodies:
        return None
    if 2 * sum(_has_words(body) for body in bodies) > len(bodies):
        blocks = [[body] for body in bodies]
    else:
        blocks = _runs(bodies, marker, survey)
    texts = [" ".join(" ".join(part.text_content().split()) for part in block) for block in blocks]
    if 2 * sum(bool(text) for text in texts) <= len(texts):
        return None
    bylines = [_byline(hit.element, block) for hit, block in zip(hits, blocks, strict=True)]
    return _Row(blocks, bylines, [hit.element for hit in hits])


def _distinct(elements: list[Element], marker: _Marker, survey: Survey) -> list[Element]:
    """Return the largest elements around each that hold no other of them."""
    if len(elements) == 1:
        body = elements[0]
        while not _has_words(body):
            parent = body.getparent()
            if parent is None or survey.holds_article(parent) or len(parent) > 8 or parent in marker.above:
                return [body]
            body = parent
        return [body]
    while True:
        parents = [element.getparent() for element in elements]
        if any(parent is None or survey.holds_article(parent) for parent in parents) or len(set(parents)) < len(
            parents
        ):
            return elements
        elements = parents


def _has_words(element: Element) -> bool:
    """Return whether more than a byline stands in an element."""
    text = " ".join(element.text_content().split())
    if len(text) > LONGEST_BYLINE:
        return True
    moment = find_moment(text)
    if moment is None:
        return False
    rest = text[: moment.start] + " | " + text[moment.end :]
    for inner in element.iter("a", "b", "strong", "cite"):
        rest = rest.replace(" ".join(inner.text_content().split()), " ", 1)
    blocks = sum(1 for _ in element.iter("p", "div", "br", "blockquote", "dd", "h4", "h5"))
    name = name_in(rest)
    return blocks > 1 and sum(letter.isalpha() for letter in rest.replace(name, " ")) > 1


def _runs(bodies: list[Element], marker: _Marker, survey: Survey) -> list[list[Element]]:
    """Return the runs of siblings between bylines, each with its byline at its start or at its end."""
    starts = set(bodies)
    first_after = _between(bodies[-1], forward=True, starts=starts, marker=marker)
    first_before = _between(bodies[0], forward=False, starts=starts, marker=marker)
    forward = _words_of(first_after) >= 2 and (_words_of(first_before) < 2 or not _is_foot(bodies[0]))
    blocks = []
    for body in bodies:
        beside = _between(body, forward=forward, starts=starts, marker=marker)
        blocks.append([body, *beside] if forward else [*reversed(beside), body])
    return blocks


def _is_foot(body: Element) -> bool:
    """Return whether a byline closes what it belongs to: a rule behind it says so."""
    after = body.getnext()
    return after is not None and after.tag == "hr"


def _between(body: Element, *, forward: bool, starts: set[Element], marker: _Marker) -> list[Element]:
    found = []
    for element in body.itersiblings(preceding=not forward):
        if not isinstance(element.tag, str):
            continue
        if element in starts or element.tag in _STOPS or element in marker.above:
            break
        if next(element.iter("textarea", "h1", "h2", "h3"), None) is not None:
            break
        found.append(element)
    return found


def _words_of(elements: list[Element]) -> int:
    return sum(len(element.text_content().split()) + len((element.tail or "").split()) for element in elements)


def _byline(hit: Element, block: list[Element]) -> Byline:
    for text in (hit.text, *(child.tail for child in hit)):
        if _tells(text) and (line := read_byline(text or "")) is not None and line.name:
            return line
    text = " ".join(hit.text_content().split())[:LONGEST_BYLINE]
    moment = find_moment(text)
    if moment is None:
        return Byline("", None)
    name = name_in(text[: moment.start]) or name_in(text[moment.end :])
    if not name:
        whole = " ".join(" ".join(part.text_content().split()) for part in block)
        at = whole.find(text[moment.start : moment.end])
        name = bare_name(whole[max(0, at - 60) : at]) if 0 < at <= 80 else ""
    return Byline(name, moment.published)


# ------------------------------------------------------------------------------------------------ whether
def _weight(row: _Row, marker: _Marker) -> float:
    """Weigh what speaks for comments against what speaks for a list of posts."""
    count = len(row.blocks)
    texts = [" ".join(" ".join(part.text_content().split()) for part in block) for block in row.blocks]
    named = [byline.name for byline in row.bylines if byline.name and len(byline.name.split()) <= _LONGEST]
    spoken = sum(bool(_SPEAKS.search(_own_words(hit))) for hit in row.hits)
    weight = 2.0 if marker.is_heading else 1.0
    weight += 1 if 2 * spoken > count else 0
    weight += 1 if 2 * len(named) > count and len(set(named)) > 1 else 0
    weight += 1 if 2 * sum(_has_action(block) for block in row.blocks) > count else 0
    weight += 1 if count > 1 and _is_numbered(texts) else 0
    weight -= 2 if count > 2 and named and len(set(named)) == 1 else 0
    weight -= 3 if 2 * sum(_links_away(block) for block in row.blocks) > count else 0
    weight -= 2 if 2 * sum(bool(_TEASER.search(text[-60:])) for text in texts) > count else 0
    weight -= 3 if count > 1 and 2 * sum(bool(_COUNTED.search(text)) for text in texts) > count else 0
    weight -= 3 if 2 * sum(bool(_LEGAL.search(text[:500])) for text in texts) > count else 0
    weight -= 2 if 2 * len(named) <= count else 0
    return weight if count > 1 or (spoken and marker.is_heading and not _is_amid(row.hits[0])) else 0


def _is_amid(hit: Element) -> bool:
    """Return whether words stand on both sides of a moment, as in a sentence: "I said so a year ago, and he wrote"."""
    text = next((text for text in (hit.text, *(child.tail for child in hit)) if _tells(text)), None)
    moment = find_moment(" ".join(text.split())) if text else None
    if text is None or moment is None:
        return False
    text = " ".join(text.split())
    return bool(name_in(text[: moment.start]) and name_in(text[moment.end :]))


def _is_numbered(texts: list[str]) -> bool:
    """Return whether the blocks are counted, up or down."""
    numbers = [int(match[1]) for text in texts if (match := re.match(r"\W{0,3}(\d{1,5})(?:\.\d+)*\b", text))]
    steps = [after - before for before, after in pairwise(numbers)]
    return (
        len(numbers) == len(texts)
        and bool(steps)
        and (all(step >= 0 for step in steps) or all(step <= 0 for step in steps))
    )


def _own_words(hit: Element) -> str:
    """Return what stands around a moment in its line."""
    parent = hit.getparent()
    around = parent if parent is not None and len(parent.text_content()) <= 2 * LONGEST_BYLINE else hit
    return " ".join(around.text_content().split())


def _has_action(block: list[Element]) -> bool:
    return any(
        " ".join(anchor.text_content().split()).casefold() in ACTIONS for part in block for anchor in part.iter("a")
    )


def _links_away(block: list[Element]) -> bool:
    """Return whether a block is made of links, or headed by one: a teaser."""
    words = sum(len("".join(part.text_content().split())) for part in block)
    linked = sum(
        len("".join(anchor.text_content().split()))
        for part in block
        for anchor in part.iter("a")
        if not (anchor.get("href") or "").startswith(("#", "javascript:"))
    )
    if 2 * linked > words:
        return True
    return any(next(head.iter("a"), None) is not None for part in block for head in part.iter(*_HEADS))
