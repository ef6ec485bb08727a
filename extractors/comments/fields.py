"""Who wrote a comment, when, and where it stands: by class names and microformats, else by a byline in its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from extractors.comments.moments import (
    ACTIONS,
    LONGEST_BYLINE,
    LONGEST_NAME,
    bare_name,
    find_moment,
    name_in,
    read_byline,
)
from extractors.comments.names import AUTHOR, BYLINE, DATE, HOLDER, TEXT, item_id, short_id
from extractors.comments.survey import Element
from extractors.dates import parse_date
from variorum.urls import canonical_url

#: Blogger's link to a comment tells when it was written, in milliseconds, whatever the clock of the theme.
_BLOGGER_LINK = re.compile(r"[?&]showComment=(?P<at>\d{12,13})#c(?P<id>\d+)$")
_CUT = "\x1f"  # stands for what was left out of a name
_ADDRESS = re.compile(r"\s*(https?://\S+)\s*$")
_FIRST_YEAR = 1999  #: of Blogger
_NO_NAME = frozenset("time small script style img br form button".split())
_BODY = TEXT | HOLDER
_HINT = re.compile(r"\d|ago\b|\bnow\b", re.I)


class Parts:
    """The elements of one comment, by class name."""

    def __init__(self, root: Element, lang: str | None = None) -> None:
        self.root = root
        self.lang = lang  #: by whose custom dates in figures are read
        self.elements: list[Element] = list(root.iter(etree.Element))
        self.by_name: dict[str, list[int]] = {}
        self.by_property: dict[str, list[int]] = {}
        self.names: dict[Element, frozenset[str]] = {}
        for place, element in enumerate(self.elements):
            value = element.get("class")
            if value:
                names = frozenset(value.lower().split())
                self.names[element] = names
                for name in names:
                    self.by_name.setdefault(name, []).append(place)
            for name in (element.get("itemprop") or "").split():
                self.by_property.setdefault(name, []).append(place)

    def of(self, names: Iterable[str]) -> Iterator[Element]:
        """Yield the elements that bear one of the names, in document order, the comment's own element left out."""
        places = sorted({place for name in self.by_name.keys() & names for place in self.by_name[name]})
        yield from (self.elements[place] for place in places if place)

    def told(self, *properties: str) -> Iterator[Element]:
        """Yield the elements that bear one of the microdata properties, the comment's own left out."""
        places = sorted({place for name in properties for place in self.by_property.get(name, ())})
        yield from (self.elements[place] for place in places if place)

    def has(self, name: str) -> bool:
        """Return whether an element of the comment, or the comment itself, bears the name."""
        return name in self.by_name


class Head(NamedTuple):
    """Name and date of a comment and the elements that tell them."""

    author: str
    published: datetime | None
    author_part: Element | None
    date_part: Element | None
    is_dated: bool  #: it tells a date, be it a relative one
    is_guess: bool = False  #: the name is no more than the bold words or the link at the start


def read_head(parts: Parts, native_id: str | None, hint: Element | None) -> Head:
    """Return what a comment says of its author and date.

    Args:
        hint: Element that holds a moment, where one was seen.
    """
    author_part, author = _author(parts)
    date_part, published, is_dated = _date(parts, native_id)
    if not author or not is_dated:
        line = _byline(parts, hint)
        if line is not None:
            if not author:
                author, author_part = line.name, line.name_part
            if not is_dated:
                published, date_part, is_dated = line.published, line.part, True
    if not author:
        author_part, author = _ping_sender(parts)
    is_guess = not author
    if is_guess:
        author_part, author = _bold_name(parts)
    return Head(author, published, author_part, date_part, is_dated, is_guess)


# ------------------------------------------------------------------------------------------------ author
def _author(parts: Parts) -> tuple[Element | None, str]:
    """Return the element that names the author and the name."""
    for part in parts.told("author", "creator"):
        for inner in part.iter(etree.Element):
            if "name" in (inner.get("itemprop") or "").split() and (name := inner.get("content") or name_of(inner)):
                return part, name
        if name := name_of(part):
            return part, name
    if (parts.root.get("id") or "").startswith("dsq-"):  # Disqus prints the address of the profile before the name
        for part in parts.elements:
            if (part.get("id") or "").startswith("dsq-author-user-") and (name := _squeezed(_spoken(part))):
                return part.getparent() if part.getparent().tag == "cite" else part, name
    for names in (AUTHOR, BYLINE):
        found: tuple[Element, str] | None = None
        for part in parts.of(names):
            if found is not None and found[0] not in part.iterancestors():
                break
            if not _is_text(part, parts) and (name := name_of(part)) and (found is None or name in found[1]):
                found = found[0] if found else part, name  # a byline within a byline says it with less beside it
        if found is not None:
            return found
    for part in parts.elements:
        label = part.get("aria-label") or ""
        if label.startswith("Comment by ") and len(label) <= 80:  # Substack
            return None, label.removeprefix("Comment by ").strip()
    for part in parts.root.iter("cite"):
        if not any(parent.tag == "blockquote" for parent in part.iterancestors() if parent is not parts.root):
            line = read_byline(_squeezed(part.text_content()))
            if name := (line.name if line and line.name else name_of(part)):
                return part, name
    return None, ""


def name_of(part: Element) -> str:
    """Return the name in an element, "" if it holds a text too long for one, or none."""
    if literal := _literal(part):
        return literal
    pieces = [part.text or ""]
    for child in part:
        if isinstance(child.tag, str):
            names = _names_of(child)
            is_apart = child.tag in _APART or not names.isdisjoint(DATE) or not names.isdisjoint(_BODY)
            pieces.append(_CUT if is_apart else "")
            if child.tag not in _NO_NAME and names.isdisjoint(_NOT_NAMES):
                words = _spoken(child)
                if words.strip().casefold() not in ACTIONS and (child.tag != "p" or len(words) <= LONGEST_NAME):
                    pieces.append(words)
            pieces.append(_CUT if is_apart else "")
        pieces.append(child.tail or "")
    text = "".join(pieces)
    if len(text) <= LONGEST_BYLINE and _HINT.search(text) and (line := read_byline(text.replace(_CUT, " | "))):
        if line.name:
            return line.name
        if not any(letter.isalpha() for letter in text):
            return ""
    for piece in text.split(_CUT):
        name = bare_name(piece)
        if name and name.casefold() not in ACTIONS:
            return name
    link = next((a for a in part.iter("a", "cite", "strong", "b") if 0 < len(a.text_content().strip()) <= 40), None)
    return bare_name(_spoken(link)) if link is not None and link is not part else ""


def _literal(part: Element) -> str:
    """Return the text of the only link in an element that says no more: its numbers, dates and bars are the name's."""
    links = [part] if part.tag == "a" else list(part.iter("a"))
    if len(links) != 1 or not _names_of(links[0]).isdisjoint(_ACTION_NAMES):
        return ""
    said = _spoken(links[0])
    name = _squeezed(said)
    if not 0 < len(name) <= _LONGEST_TITLE or not _may_be_literal(name):
        return ""
    rest = _spoken(part).replace(said, "", 1) if links[0] is not part else ""
    return name if sum(map(str.isalpha, rest)) <= _MOST_SAID else ""


@lru_cache(maxsize=4096)  # the same people comment on the posts of a blog
def _may_be_literal(name: str) -> bool:
    moment = find_moment(name)
    if moment is not None and 2 * (moment.end - moment.start) > len(name):
        return False
    return any(map(str.isalpha, name)) and name.casefold() not in ACTIONS and not _BY_LINK.search(name)


_LONGEST_TITLE = 120  #: letters of a name: a ping is signed with the title of the page that sent it
_MOST_SAID = 12  #: letters of "wrote:" and the like
_BY_LINK = re.compile(r"(?:says?|said|wrote|commented)?\s*[:：]\s*$|\.{3}$|…$", re.I)


def _names_of(part: Element) -> frozenset[str]:
    return frozenset((part.get("class") or "").lower().split())


_APART = frozenset(("p", "br"))  # what stands in these is a line of its own
_ACTION_NAMES = frozenset("reply comment-reply-link comment-edit-link reply-link permalink comment-permalink".split())
#: Beside the name, but never of it.
_NOT_NAMES = DATE | _BODY | _ACTION_NAMES | {"says", "rank"}


def _spoken(part: Element) -> str:
    """Return the text of an element without scripts."""
    if next(part.iter("script", "style"), None) is None:
        return str(part.text_content())
    return "".join(
        (node.text or "" if node.tag not in ("script", "style") else "") + (node.tail or "" if node is not part else "")
        for node in part.iter()
        if isinstance(node.tag, str)
    )


def _is_text(part: Element, parts: Parts) -> bool:
    return not TEXT.isdisjoint(parts.names.get(part, ()))


def _bold_name(parts: Parts) -> tuple[Element | None, str]:
    """Return the name that stands alone before the comment's words: `<b>Ann</b><br>What she wrote`."""
    for part in parts.elements[1:]:
        if part.tag in ("b", "strong", "h3", "h4", "h5", "h6") or (part.tag == "a" and part.get("href")):
            name = bare_name(_squeezed(part.text_content()))
            if name and name.casefold() not in ACTIONS and len(name) <= 40 and _is_first(part, parts.root):
                return part, name
            if name:
                break
    return None, ""


def _ping_sender(parts: Parts) -> tuple[Element | None, str]:
    """Return the link, and what it says, of "Pingback: A title | A blog"."""
    if _PING.match(_spoken(parts.root)[:_LONGEST_TITLE]):
        for anchor in parts.root.iter("a"):
            name = _squeezed(_spoken(anchor))
            return (anchor, name) if 0 < len(name) <= _LONGEST_TITLE else (None, "")
    return None, ""


_PING = re.compile(r"\s*(?:ping|track)back\s*[:：]", re.I)


def _is_first(part: Element, root: Element) -> bool:
    """Return whether no words but a number stand before *part* in *root*."""
    around = set(part.iterancestors())
    for node in root.iter():
        if node is part:
            return True
        told = (node.text or "") if isinstance(node.tag, str) else ""
        if node not in around:
            told += node.tail or ""
        if any(letter.isalpha() for letter in told):
            return False
    return True


def author_url(root: Element, name_part: Element | None, base: str) -> str | None:
    """Return where the author's name leads."""
    if name_part is None:
        return None
    if name_part.tag == "cite" and (match := _ADDRESS.match(name_part.text or "")):
        return canonical_url(match[1], base=base)
    anchors = [part for part in (name_part, *name_part.iterancestors("a"), *name_part.iter("a")) if part.tag == "a"]
    for anchor in anchors:
        href = anchor.get("href") or ""
        if href and not href.startswith(("#", "javascript:", "mailto:")):
            return canonical_url(href, base=base)
    return None


# ------------------------------------------------------------------------------------------------ date
def _date(parts: Parts, native_id: str | None) -> tuple[Element | None, datetime | None, bool]:
    """Return the element that tells the date, the date, and whether it tells one at all, be it relative."""
    for part in parts.root.iter("a"):
        match = _BLOGGER_LINK.search(part.get("href") or "")
        if match and (published := _from_milliseconds(match["at"])) is not None:
            return part, published, True
    for part in parts.root.iter("time", "abbr"):
        for stamp in (part.get("datetime"), part.get("title"), part.text_content()):
            if stamp and (published := parse_date(stamp, parts.lang)):
                return part, published, True
    for part in parts.told("datePublished", "dateCreated", "commentTime"):
        stamp = part.get("datetime") or part.get("content") or part.text_content()
        if published := parse_date(stamp, parts.lang):
            return part, published, True
    fallback = None
    for part in _dated(parts, native_id):
        stamp = part.get("title") or ""
        published = parse_date(stamp, parts.lang) if stamp else None
        text = _squeezed(part.text_content())
        moment = find_moment(text, parts.lang) if published is None and 0 < len(text) <= LONGEST_BYLINE else None
        if published is not None or (moment is not None and moment.published is not None):
            return part, published or (moment.published if moment else None), True
        if fallback is None and moment is not None:
            fallback = part
    return fallback, None, fallback is not None


def _from_milliseconds(told: str) -> datetime | None:
    published = datetime.fromtimestamp(int(told) // 1000, UTC)
    return published if published.year >= _FIRST_YEAR else None


def _dated(parts: Parts, native_id: str | None) -> Iterator[Element]:
    yield from (part for part in parts.of(DATE) if not _is_text(part, parts))
    if native_id is not None:
        yield from (anchor for anchor in parts.root.iter("a") if _leads_to(anchor.get("href") or "", native_id))


# ------------------------------------------------------------------------------------------------ byline
class _Line(NamedTuple):
    name: str
    published: datetime | None
    part: Element
    name_part: Element


def _byline(parts: Parts, hint: Element | None) -> _Line | None:
    """Find the line that says who wrote the comment and when, where no class does."""
    for part in _tellers(parts, hint):
        whole = _widened(part, parts)
        line = read_byline(_squeezed(_spoken(whole)), parts.lang)
        if line is None:
            continue
        name, name_part = _linked_name(whole) or line.name, whole
        if not name:
            name, name_part = _name_before(whole, parts.root)
        return _Line(name, line.published, whole, name_part)
    return None


def _tellers(parts: Parts, hint: Element | None) -> Iterator[Element]:
    """Yield the elements in whose own words a moment is told, but not where the commenter's words are named."""
    said = [part for part in parts.elements[1:] if _is_text(part, parts)]
    inside = {inner for part in said for inner in part.iter()}
    for part in [*([] if hint is None else [hint]), *parts.elements]:
        if part in inside or part.tag in ("script", "style"):
            continue
        for child in part:
            if _tells(child.tail):  # a date behind an element gets an element of its own, to be cut with it
                line = read_byline(child.tail)
                alone = part is parts.root or not _is_short(part) or (line is not None and line.name)
                yield _wrapped_tail(child) if alone else part
        if _tells(part.text):
            if part is not parts.root:
                yield part
            elif (line := read_byline(part.text)) is not None and line.name:
                yield _wrapped_head(part)
    if hint is not None:
        yield hint


def _tells(text: str | None) -> bool:
    return (
        bool(text) and len(text or "") <= LONGEST_BYLINE and bool(_HINT.search(text or "") and find_moment(text or ""))
    )


def _is_short(part: Element) -> bool:
    return len(part) <= 12 and len(_squeezed(_spoken(part))) <= LONGEST_BYLINE


def _wrapped_tail(child: Element) -> Element:
    """Put the text behind an element into an element."""
    span = child.makeelement("span")
    span.text, child.tail = child.tail, None
    child.addnext(span)
    return span


def _wrapped_head(part: Element) -> Element:
    """Put the text at the start of an element into an element."""
    span = part.makeelement("span")
    span.text, part.text = part.text, None
    part.insert(0, span)
    return span


def _widened(part: Element, parts: Parts) -> Element:
    """Return the largest element around *part* that holds a name, a moment, and nothing that a person wrote."""
    while True:
        parent = part.getparent()
        if part is parts.root or parent is None or parent is parts.root or not _is_short(parent):
            return part
        if _is_text(parent, parts) or next(parent.iterdescendants("p", "blockquote", "textarea"), None) is not None:
            return part
        text = _squeezed(_spoken(parent))
        moment = find_moment(text)
        if moment is None:
            return part
        rest = text[: moment.start] + " | " + text[moment.end :]
        name = _linked_name(parent) or name_in(rest)
        if sum(letter.isalpha() for letter in rest.replace(name, " ")) > _MOST_GLUE:
            return part
        part = parent


_MOST_GLUE = 30  # letters of a byline that are neither name nor moment: "Posted by", "Report this post", "at"


def _linked_name(part: Element) -> str:
    """Return the name that a link or a bold word of a byline tells."""
    for inner in part.iter("b", "strong", "cite", "a"):
        words = _squeezed(_spoken(inner))
        if 0 < len(words) <= 60 and not find_moment(words):
            name = bare_name(words)
            if name and not name.isdigit() and name.casefold() not in ACTIONS:
                return name
    return ""


def _name_before(part: Element, root: Element) -> tuple[str, Element]:
    """Return the name in the short text right before *part*, and the element that holds it and no more."""
    node = part
    while node is not None and node is not root:
        before = node.getprevious()
        while before is not None:
            if isinstance(before.tag, str) and not _names_of(before).isdisjoint(_BODY):
                before = before.getprevious()  # the comment itself: the name stands above it
                continue
            words = (_squeezed(_spoken(before)) if isinstance(before.tag, str) else "") + " " + (before.tail or "")
            if words.strip():
                name = bare_name(words) if len(words) < LONGEST_BYLINE else ""
                return (
                    ("", part)
                    if name.casefold() in ACTIONS
                    else (name, part if (before.tail or "").strip() else before)
                )
            before = before.getprevious()
        node = node.getparent()
        if node is not None and (node.text or "").strip():
            return bare_name(node.text or ""), part
    return "", part


def _squeezed(text: str) -> str:
    return " ".join(text.split())


# ------------------------------------------------------------------------------------------------ place
def inner_id(parts: Parts) -> str | None:
    """Return the native id that an element or a link within the comment tells."""
    for part in parts.elements:
        for ident in (part.get("id"), part.get("name") if part.tag == "a" else None):
            if (native_id := item_id(ident) or short_id(ident)) is not None:
                return native_id
    for anchor in parts.root.iter("a"):
        href = anchor.get("href") or ""
        if match := _BLOGGER_LINK.search(href):
            return match["id"]
        if (native_id := item_id(href.partition("#")[2])) is not None:
            return native_id
    return None


def permalink(root: Element, native_id: str | None, base: str) -> str | None:
    """Return the address of the comment, None if it bears no link to itself."""
    if native_id is None:
        return None
    for anchor in root.iter("a"):
        href = (anchor.get("href") or "").strip()
        fragment = href.partition("#")[2]
        if _leads_to(href, native_id) and not fragment.lower().startswith(("reply", "respond")):
            url = canonical_url(href, base=base)
            return f"{url}#{fragment}" if url and fragment else url
    return None


def _leads_to(href: str, native_id: str) -> bool:
    """Return whether a link leads to a comment: its anchor on a page, or an address of its own."""
    before, _, fragment = href.partition("#")
    if fragment:
        return native_id in fragment
    return native_id in before and before.partition("?")[0].rstrip("/").endswith(
        (f"/comment/{native_id}", f"/comments/{native_id}")
    )


def holds_words(part: Element) -> bool:
    """Return whether the element, for all its name, holds the comment itself: a paragraph, or a class of bodies."""
    for inner in part.iter("p", "blockquote", "div", "dd", "span"):
        names = frozenset((inner.get("class") or "").lower().split())
        if not names.isdisjoint(_BODY) and inner.text_content().strip():
            return True
        if inner.tag in ("p", "blockquote") and inner is not part and len(inner.text_content().strip()) > 80:
            return True
    return False
