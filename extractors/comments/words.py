"""What a commenter wrote: the body where a class names it, else all but head, foot and furniture."""

from __future__ import annotations

import re

from extractors.comments.fields import Parts, holds_words
from extractors.comments.moments import ACTIONS, bare_name, find_moment
from extractors.comments.names import DATE, FURNITURE, HOLDER, TEXT, TITLE
from extractors.comments.survey import Element
from extractors.text import render

_DROP_TAGS = frozenset(
    "form script style button nav input textarea select noscript label object iframe svg template".split()
)
_BODY = TEXT | HOLDER
_SEPARATORS = re.compile(r"[\s|·•‧∙\-–—/,;:()\[\]#»«→←@.]*")
_SAID = re.compile(r"(?:[:：]|\.{3}|…)\s*$")  #: behind "says", "wrote", "schrieb"
#: What plugins print below a comment.
_WIDGET = re.compile(
    r"like or dislike:[\d\s+-]*|loading\s*(?:\.{3}|…)|v[an]:[a-z] \[[\d._]+\]|"
    r"rating: [+-]?\d+(?:\.\d+)?(?:/\d+)? \((?:from )?\d+ votes?(?: cast)?\)|"
    r"\d+ (?:likes?|votes?|points?|people like this)",
    re.I,
)
_SHORT = 60  # letters; a longer line is the commenter's, whatever it holds


def read_text(parts: Parts, head: list[Element], native_id: str | None, base: str) -> str:
    """Return the text of a comment. Its element is cut in place: whoever calls has read all else.

    Args:
        head: The elements that told author and date.
    """
    for part in parts.told("text", "commentText", "description", "reviewBody"):
        return _rendered(part, [], native_id, base)
    title = next((part for part in parts.of(TITLE) if part not in head), None)
    for names in (TEXT, HOLDER):
        for part in parts.of(names):
            body = _innermost(part)
            heading = "" if title is None or _is_within(title, body) else _rendered(title, [], native_id, base)
            text = _rendered(body, head, native_id, base)
            if text:
                return text if text.startswith(heading.rstrip(".… ")) else f"{heading}\n{text}"
    return _rendered(parts.root, head, native_id, base)


def _innermost(body: Element) -> Element:
    """Return the last of the bodies within bodies: Substack puts name and date into the outer one."""
    inner = [
        part
        for part in body.iterdescendants("div", "p", "span", "section")
        if not _BODY.isdisjoint((part.get("class") or "").lower().split())
    ]
    return inner[0] if len(inner) == 1 and inner[0].text_content().strip() else body


def _rendered(part: Element, head: list[Element], native_id: str | None, base: str) -> str:
    """Render *part* without head and furniture."""
    for inner in head:
        if inner is not part and inner.getparent() is not None and _is_within(inner, part) and not holds_words(inner):
            detach(inner)
    for inner in list(part.iterdescendants()):
        if not isinstance(inner.tag, str) or not _is_furniture(inner, native_id) or not _is_within(inner, part):
            continue
        if inner.tag in _DROP_TAGS or not holds_words(inner):
            detach(inner)
    lines = render(part, base).text.split("\n")
    while lines and _is_edge(lines[-1], last=True):
        lines.pop()
    while lines and _is_edge(lines[0], last=False):
        lines.pop(0)
    return "\n".join(lines).strip()


def _is_within(inner: Element, part: Element) -> bool:
    return any(parent is part for parent in inner.iterancestors())


def _is_furniture(part: Element, native_id: str | None) -> bool:
    if part.tag in _DROP_TAGS:
        return True
    value = part.get("class")
    if value:
        names = value.lower().split()
        if not FURNITURE.isdisjoint(names) or ("comment-date" in names and not DATE.isdisjoint(names)):
            return True
    if part.tag == "a":
        href = part.get("href") or ""
        fragment = href.partition("#")[2].lower()
        if "replytocom=" in href or fragment.startswith(("respond", "reply")):
            return True
        if native_id is not None and native_id in fragment and len(part.text_content().strip()) <= _SHORT:
            return True
    elif part.tag not in ("span", "div", "p", "li", "em", "strong", "b"):
        return False
    text = part.text_content() if len(part) <= 2 else ""
    return bool(text) and len(text) <= _SHORT and _said(text) in ACTIONS


def _said(text: str) -> str:
    return " ".join(text.split()).casefold().strip(" []()|•·…»«→←>.:")


def _is_edge(line: str, *, last: bool) -> bool:
    """Return whether a first or last line is no word of the commenter's: a separator, a link of the theme, a "
    "byline."""
    if len(line) > _SHORT:
        return False
    if _SEPARATORS.fullmatch(line) and not (
        line.strip() and set(line.strip()) <= set(".:()-") and len(line.strip()) > 1
    ):
        return True
    if not last:
        said = bool(_SAID.search(line)) and any(map(str.isalpha, line))
        return not bare_name(line) and (said or line.strip("#.:)( ").isdigit())
    if _WIDGET.fullmatch(line):
        return True
    pieces = [_said(piece) for piece in re.split(r"[|•·]", line)]
    return len(pieces) > 1 and all(piece in ACTIONS or not piece or find_moment(piece) for piece in pieces)


def detach(element: Element) -> None:
    """Cut an element, keep the text after it unless that only separated it from its neighbour."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    if tail.strip() and not _SEPARATORS.fullmatch(tail):
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + " " + tail
        else:
            parent.text = (parent.text or "") + " " + tail
    element.tail = None
    parent.remove(element)
