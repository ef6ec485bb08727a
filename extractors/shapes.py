"""Widgets that no class name gives away, cut out of the tree by what they say and how they are built. No I/O.

Words alone never suffice inside an article: the phrase must be all that its block says ("Email this", "Related"), and
a list of related posts must be links. The phrases are those of the catalogue, see `extractors.residue`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from extractors.document import drop
from extractors.furniture import is_below
from extractors.residue import catalogue
from extractors.residue.lines import EDGE, normalise
from variorum.records import Removed

REVISION = "shapes/2"

Element = Any  # lxml.html.HtmlElement

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_CAPTIONS = _HEADINGS | {
    "p",
    "div",
    "strong",
    "b",
    "em",
    "span",
    "dt",
    "legend",
    "header",
    "summary",
    "a",
    "button",
    "li",
}
_INLINE = frozenset("a b strong em i span small button font u label nobr li sup".split())
_LISTS = _HEADINGS | {"ul", "ol", "dl", "p", "div", "section", "table", "article", "nav", "figure"}
_BETWEEN = " -–—|•·\n\t\r\xa0"  #: what may stand between links
_SEPARATORS = " ,;|/·•\n\t\xa0"  #: what stands between tags
_SILENT = frozenset(("script", "style", "noscript", "template", "iframe"))
_BLOCKS = frozenset(("p", "div", "ul", "ol", "dl", "dd", "li", "span", "footer", "small", "em", "h4", "h5", "h6"))
_LONGEST = 60  #: letters of a caption or of a link that is a button
_MOST_WORDS = 16
_BEFORE = EDGE + "\n\r\xa0"
_LONGEST_REMEMBERED = 200  #: letters of an address
_LONGEST_BLOCK = 400  #: letters of a line of tags
_LINKED = 0.7  #: share of a block's letters that must be links' for it to be a list of links
_BOXES = frozenset(("div", "section", "aside", "nav", "li", "td"))
_NEIGHBOURS = 4  #: links: the post before, the home page, an archive, the post after
_BACK, _ONWARD = frozenset("«‹←"), frozenset("»›→")
_TEASER = 250  #: letters for each link in a box of teasers
_DATE = 24  #: letters behind a link in a list of related posts
_LABELS = 60  #: letters that may stand beside the links in a line of tags
_MOST = 0.5  #: share of the root's text above which a block is taken for the article itself
#: Words that head a list of links, of a site's own posts or of anybody's: the links must be the site's own.
_AMBIGUOUS = frozenset(("see also", "more", "links", "read more", "similar", "most popular"))
#: Words that authors themselves put above a list.
_AUTHORS = frozenset(
    (
        "suggested reading",
        "further reading",
        "recommended reading",
        "related reading",
        "more reading",
        "related links",
        "related resources",
        "zum weiterlesen",
        "pour aller plus loin",
    )
)
_BUTTONS = frozenset(("share", "comment_form", "like", "subscribe"))
_WORD = re.compile(r"[^\W_]")
_TAG_RELATIONS = frozenset(("tag", "category"))
_PINGS = re.compile(r"trackbacks?(?: \(\d+\)| urls?)?|\d+ trackbacks?", re.IGNORECASE)
_PING_LINE = re.compile(
    r"(?:the )?trackback url (?:for|to) this (?:entry|post)|listed below are links to weblogs", re.IGNORECASE
)


def cut(root: Element, url: str) -> tuple[Removed, ...]:
    """Cut related posts, share and comment links, lines of tags and trackbacks out of a tree, in place.

    Args:
        root: lxml element: the container of an article, or the whole page.
        url: Where the page was fetched: tells the site's own links from others.

    Returns:
        What was cut, in document order. Nothing that holds half of the root's text, an `article` or a `main`.
    """
    host = host_of(url)
    found: list[Removed] = []
    for element in [one for one in root.iterdescendants(etree.Element) if _may_tell(one)]:
        for parts, kind, rule in _finds(element, root, host):
            if not is_below(element, root):
                break  # went with another
            if not _is_most(parts, root) and not any(map(_holds_article, parts)):
                found.append(Removed(kind, f"shape/{rule}", "\n".join(filter(None, map(_text, parts)))))
                for part in parts:
                    drop(part)
                break
    return tuple(found)


def _may_tell(element: Element) -> bool:
    """Return whether anything may be found at an element: few are a link or a heading, or begin like a phrase."""
    return element.tag == "a" or element.tag in _HEADINGS or _begins_phrase(element)


Find = tuple[list[Element], str, str]  # what to cut, kind, rule


def _finds(element: Element, root: Element, host: str) -> Iterator[Find]:
    if element.tag == "a":
        if _points(element.text or ""):
            yield from _neighbours(element, root)
        if (told := _is_tag(element)) or _follows_label(element):
            yield from _tag_line(element, root, told=told)
    elif element.tag in _HEADINGS:
        yield from _pings(element)
    phrase = _phrase(element) if _begins_phrase(element) else ""
    hit = (catalogue.look_up(phrase) or catalogue.look_up_joined(phrase)) if phrase else None
    if hit is None or phrase in _AUTHORS:
        return
    around = _around(element, root)
    links = [part for part in around if part.tag in ("a", "button")]
    if hit.kind == "related" and not links:
        yield from _related(around[-1], phrase, hit.strong, host)
    elif hit.kind in _BUTTONS and hit.role not in ("says", "reply"):
        items = [part for part in around if part.tag == "li"] if hit.strong else []  # scripts make buttons of those
        for part in (links or items)[-1:] if hit.strong or " " in phrase else []:
            if _stands_alone(part, root):
                yield [part], hit.kind, "link"


def _related(caption: Element, phrase: str, certain: bool, host: str) -> Iterator[Find]:
    """Yield a caption like "Related posts" and the links below it: headed lists, paragraphs of one link each."""
    if (caption.tail or "").strip():
        return
    parts, links = [caption], 0
    for sibling in caption.itersiblings():
        if isinstance(sibling.tag, str):
            if not _letters(sibling):
                if next(sibling.iter("img"), None) is not None and next(sibling.iter("a"), None) is None:
                    break  # a picture of the article
            elif sibling.tag in _LISTS and _is_related(sibling, certain, host if phrase in _AMBIGUOUS else None):
                links += 1
            else:
                break
        parts.append(sibling)
        if (sibling.tail or "").strip(_BETWEEN):
            break
    while len(parts) > 1 and not _letters(parts[-1]):
        parts.pop()
    if links:
        yield parts, "related", "headed-links"
    elif certain and not any(map(_letters, caption.itersiblings())):
        yield [caption], "related", "heading"
    elif certain and phrase not in _AMBIGUOUS and (box := _box_of(caption, host)) is not None:
        yield [box], "related", "headed-box"


def _box_of(caption: Element, host: str) -> Element | None:
    """Return the element that a caption heads, if it holds teasers of the site's own posts: a link every few lines."""
    box = caption.getparent()
    if box is None or box.tag not in _BOXES or (box.text or "").strip() or _said_before(caption):
        return None
    links = [link for link in box.iter("a") if _letters(link)]
    is_teasers = len(links) > 1 and len(_letters(box, len(links) * _TEASER)) <= len(links) * _TEASER
    return box if is_teasers and _is_own(box, host) else None


def _said_before(part: Element) -> bool:
    return any(_letters(one) or (one.tail or "").strip() for one in part.itersiblings(preceding=True))


def _pings(element: Element) -> Iterator[Find]:
    """Yield what Movable Type and Typepad print above the trackbacks of a post: heading, address, "Listed below …"."""
    if not _PINGS.fullmatch(_words(element)):
        return
    parts = [element]
    for sibling in element.itersiblings():
        if isinstance(sibling.tag, str) and _letters(sibling):
            if len(parts) > 2 or not _PING_LINE.match(_words(sibling)):
                break
            parts.append(sibling)
    if len(parts) > 1:
        yield parts, "comment_list", "trackbacks"


def _words(element: Element) -> str:
    return " ".join(element.text_content().split())


def _neighbours(link: Element, root: Element) -> Iterator[Find]:
    """Yield the block that leads to the posts before and after: "« A post | Main | Another »", links and nothing else.

    It is asked of links that point back or onward. Movable Type and Typepad print it above the post, and without a
    class name.
    """
    block = link.getparent()
    if block is None or block is root or block.tag not in _BLOCKS:
        return
    said = len(_letters(block, _LONGEST_BLOCK))
    links = list(block.iter("a"))
    if said <= _LONGEST_BLOCK and 2 <= len(links) <= _NEIGHBOURS and not _beside(block).strip(_BETWEEN + "«»‹›←→"):
        yield [block], "navigation", "neighbours"


def _points(words: str) -> bool:
    """Return whether words point back or onward; guillemets around all of them are quotation marks."""
    words = words.strip()
    return (words[:1] in _BACK) != (words[-1:] in _ONWARD)


def _tag_line(link: Element, root: Element, *, told: bool) -> Iterator[Find]:
    """Yield the widest block around a link that says of itself that it is a tag (`rel`), if it holds little else.

    Without `rel` (*told*) the words beside the links must be a label of the catalogue: "Filed under:", "Tags:".
    """
    widest = None
    for block in link.iterancestors():
        if block is root or not (_is_tag_line(block) if told else _is_labelled(block)):
            break
        if block.tag in _BLOCKS:
            widest = block
    if widest is not None:
        yield [widest], "byline", "rel-tag" if told else "labelled-links"


def _is_tag(link: Element) -> bool:
    relations = link.get("rel")
    return relations is not None and not _TAG_RELATIONS.isdisjoint(relations.lower().split())


def _is_tag_line(block: Element) -> bool:
    said = len(_letters(block, _LONGEST_BLOCK))
    if said > _LONGEST_BLOCK:
        return False
    links = list(block.iter("a"))
    linked = sum(len(_letters(link)) for link in links)
    if sum(map(_is_tag, links)) * 2 < len(links) or said - linked > min(_LABELS, max(linked, 24)):
        return False
    words = [line for line in _beside(block).split("\n") if _WORD.search(line)]
    return not words or any(line.rstrip().endswith((":", "：")) or _is_label(line) for line in words)


def _follows_label(link: Element) -> bool:
    """Return whether the words right before a link can be a label: they are short and end its line's beginning."""
    before = link.getprevious()
    parent = link.getparent()
    if before is None:
        return _is_label((parent.text or "") if parent is not None else "")
    if not isinstance(before.tag, str):
        return _is_label(before.tail or "")
    return before.tag not in ("a", "br") and len(before) == 0 and _is_label((before.text or "") + (before.tail or ""))


def _is_label(words: str) -> bool:
    if not words or not 2 < len(words.strip()) <= _LONGEST:
        return False
    hit = catalogue.look_up(normalise(words))
    return hit is not None and hit.role == "terms" and hit.rule == "catalogue"


def _is_labelled(block: Element) -> bool:
    """Return whether a block is a label and links, nothing else."""
    said = len(_letters(block, _LONGEST_BLOCK))
    if said > _LONGEST_BLOCK:
        return False
    return _is_label(_beside(block).strip(_SEPARATORS))


def _beside(block: Element) -> str:
    """Return what a block says beside its links."""
    said = _text(block)
    for link in block.iter("a"):
        said = said.replace(_text(link), "\n", 1)
    return said


def _own_text(element: Element) -> str | None:
    """Return the words that an element begins with: its text, or what stands behind an icon."""
    text: str | None = element.text
    if (not text or text.isspace()) and len(element) and element[0].tag in ("img", "i", "svg", "br"):
        text = element[0].tail
    return text


def _around(element: Element, root: Element) -> list[Element]:
    """Return an element and those around it that say nothing else: a bold word, its paragraph."""
    around, said = [element], _letters(element, _LONGEST)
    while (
        (parent := around[-1].getparent()) is not None
        and parent is not root
        and parent.tag in _CAPTIONS
        and _letters(parent, _LONGEST) == said
    ):
        around.append(parent)
    return around


def _stands_alone(element: Element, root: Element) -> bool:
    """Return whether no words touch an inline element within its block, other buttons' aside."""
    while element is not root:
        before = element.getprevious()
        parent = element.getparent()
        touching = (before.tail if before is not None else parent.text) or ""
        if _WORD.search(touching) or _WORD.search(element.tail or ""):
            return False
        if element.tag == "li" or parent.tag not in _INLINE or parent.tag == "li":
            return True
        element = parent
    return True


def _is_linked(element: Element) -> bool:
    said = len(_letters(element))
    links = [element] if element.tag == "a" else list(element.iter("a"))
    return bool(links) and sum(len(_letters(link)) for link in links) >= _LINKED * said


def _is_related(element: Element, certain: bool, host: str | None) -> bool:
    linked = _is_linked(element) or _is_list_of_links(element, certain)
    return linked and (host is None or _is_own(element, host))


def _is_list_of_links(element: Element, certain: bool) -> bool:
    """Return whether each item of a list begins with a link: related posts with their dates, or a few words on each."""
    if element.tag not in ("ul", "ol"):
        return False
    items = [item for item in element if item.tag == "li"]
    return bool(items) and all(
        (link := next(item.iter("a"), None)) is not None
        and (said := _letters(item)).startswith(_letters(link))
        and (certain or len(said) - len(_letters(link)) <= _DATE)
        for item in items
    )


def _is_own(element: Element, host: str) -> bool:
    links = [element] if element.tag == "a" else list(element.iter("a"))
    own = sum(host_of(link.get("href") or "") in ("", host) for link in links)
    return bool(host) and own * 2 >= len(links)


def host_of(url: str) -> str:
    """Return the host of an address without www, empty for one that is relative or broken."""
    if "//" not in url:
        return ""
    return (_host_of if len(url) < _LONGEST_REMEMBERED else _host_of.__wrapped__)(url)


@lru_cache(maxsize=4096)  # each link of a page is asked for more than once, many are on its other pages too
def _host_of(url: str) -> str:
    try:
        return (urlsplit(url.strip()).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _holds_article(element: Element) -> bool:
    return isinstance(element.tag, str) and next(element.iter("article", "main"), None) is not None


def _phrase(element: Element) -> str:
    """Return what a small element says, as it is looked up; empty for what says more than a caption does."""
    words: list[str] = []
    for piece in _pieces(element):
        words += piece.split()
        if len(words) > _MOST_WORDS:
            return ""
    said = " ".join(words)
    return normalise(said) if 1 < len(said) <= _LONGEST else ""


def _begins_phrase(element: Element) -> bool:
    """Return whether what an element says begins like a phrase of the catalogue, and may be short enough for one."""
    text = _own_text(element)
    if not text or len(text) > 4 * _LONGEST:
        return False
    return text[:80].lstrip(_BEFORE).casefold()[:3] in _beginnings()


def _is_most(parts: list[Element], root: Element) -> bool:
    size = sum(len(_letters(part)) for part in parts)
    return size > _MOST * len(_letters(root, int(size / _MOST)))


@cache
def _beginnings() -> frozenset[str]:
    return catalogue.beginnings(_BUTTONS | {"related"})


def _letters(element: Element, most: int | None = None) -> str:
    """Return what an element says without its blanks; no more than shows that there is more than *most*."""
    found, size = [], 0
    for piece in _pieces(element):
        found.append("".join(piece.split()))
        size += len(found[-1])
        if most is not None and size > most:
            break
    return "".join(found)


def _text(element: Element) -> str:
    return "\n".join(line for piece in _pieces(element) if (line := " ".join(piece.split())))


def _pieces(element: Element) -> Iterator[str]:
    if not isinstance(element.tag, str):
        return
    for node in element.iter():
        if isinstance(node.tag, str) and node.tag not in _SILENT:
            yield node.text or ""
        if node is not element:
            yield node.tail or ""
