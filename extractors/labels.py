"""Short blocks among the paragraphs of an article that are none of it: labels, buttons, captions, credits. No I/O.

Asked where two witnesses agree on what holds the article. A short line in a paragraph, a list or a table between long
ones is the author's until shown otherwise. It is not where the catalogue of interface phrases knows it; where it is a
bare `div` among paragraphs that have an element of their own; where it is a link above or below all of the text, or
is a date above it.
"""

from __future__ import annotations

from typing import Any

from extractors.document import drop
from extractors.residue import catalogue
from extractors.residue.dates import is_date
from extractors.residue.lines import normalise, width

REVISION = "labels/1"

Element = Any  # lxml.html.HtmlElement

_PARAGRAPH = 70  # Latin letters: a shorter block may be a label
_LINKED = 0.5  # share of a block's letters that are links', from which on it is a link
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: Blocks that make lines of their own.
_LINES = (
    "address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header li main nav ol p pre section table tbody tfoot thead tr ul"
).split()
_ROWS = frozenset(("tr", "dt", "dd", "li", "center"))
#: Kinds of phrases that nobody writes as a line of an article.
_INTERFACE = frozenset("navigation share related comment_form comment_list footer like subscribe cookie".split())


def without_labels(prose: Element) -> Element:
    """Cut the labels out of an element that holds an article, in place, and return it.

    A heading goes where nothing that stays follows it. Captions stay: whoever renders the element knows them.
    """
    blocks = _innermost(prose)
    long = [place for place, (_, said) in enumerate(blocks) if width(said) >= _PARAGRAPH]
    first, last = (long[0], long[-1]) if long else (len(blocks), len(blocks))
    tags = [blocks[place][0].tag for place in long]
    has_paragraphs = tags.count("p") > tags.count("div")
    headings: list[Element] = []  # since the last block that stays
    condemned: list[Element] = []
    for place, (block, said) in enumerate(blocks):
        if width(said) < _PARAGRAPH:
            if _is_phrase(block) or (block.tag == "div" and has_paragraphs):
                condemned.append(block)
                continue
            if block.tag in _HEADINGS:
                headings.append(block)
                continue
            is_above = place < first
            if (is_above or place > last) and (_is_linked(block, said) or (is_above and _is_data(block))):
                condemned.append(block)
                continue
        headings.clear()
    for block in (*condemned, *headings):
        drop(block)
    return prose


def _innermost(prose: Element) -> list[tuple[Element, str]]:
    """Return the blocks that hold no other, and what each says without blanks; silent ones and captions left out."""
    captions = {part for caption in prose.iter("figcaption") for part in caption.iter()}
    blocks = list(prose.iterdescendants(*_LINES))
    around: set[Element] = set()
    for block in blocks:
        above = block.getparent()
        while above is not prose and above not in around:
            around.add(above)
            above = above.getparent()
    return [
        (block, said)
        for block in blocks
        if block not in captions and block not in around and (said := _squeezed(block.text_content()))
    ]


def _is_phrase(block: Element) -> bool:
    """Return whether the catalogue knows all that a block says for words of the interface."""
    key = normalise(block.text_content())
    hit = catalogue.look_up(key) or catalogue.look_up_joined(key)
    return hit is not None and (hit.kind in _INTERFACE or (hit.kind == "byline" and not hit.role))


def _is_data(block: Element) -> bool:
    """Return whether a block is a row, a date or holds one for machines: above the text that is of the post, not in it.

    A date in words does not suffice: letters and reports begin with one.
    """
    if block.tag in _ROWS or next(block.iter("time"), None) is not None:
        return True
    return is_date(" ".join(block.text_content().split()))


def _is_linked(block: Element, said: str) -> bool:
    return sum(len(_squeezed(link.text_content())) for link in block.iter("a")) > _LINKED * len(said)


def _squeezed(text: str) -> str:
    return "".join(text.split())
