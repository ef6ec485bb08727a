"""The template of a site, as its profile knows it, cut out of its pages. No I/O.

Twice: whole blocks are cut off the tree before the body is looked for, so that no sidebar can be taken for it; single
lines are cut off either end of the body that was found.

By a careful profile, as archives use it, plain words that stand among an author's own stay, for he may set them under
every post: of blocks between his paragraphs only forms and lists of links go, of lines only links and known phrases.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from lxml import etree

from extractors import comments, furniture
from extractors.document import Document, drop
from extractors.profile import REVISION, SiteProfile, is_running, key_of
from extractors.residue import catalogue
from extractors.residue.lines import normalise
from extractors.tail import letters_of
from extractors.text import BLOCKS, Rendered, render
from variorum.records import Removed

Element = Any  # lxml.html.HtmlElement

_BLOCK_LINES = 3  #: known lines that make a block which may be cut as a whole
_NEVER = frozenset(("html", "body", "main", "article"))
_ALSO_BLOCKS = frozenset(("br", "td", "th", "option", "button"))
_SILENT = frozenset(("script", "style", "noscript", "template", "title"))
_AHEAD = 200  #: lines of markdown among which the next line of the text is looked for
_ADDRESS = re.compile(r"\]\([^)\s]*\)")
_ONLY_LINKS = re.compile(r"(?:[^\w\[\]]*!?\[[^\[\]]*\]\([^)\s]*\))+[^\w\[\]]*")
_LINKS = ("a", "button", "label", "option")
_CONTROLS = ("input", "select", "textarea")


def lines_of(document: Document) -> list[str]:
    """Return the lines of a whole page but for its comments: what a profile is learnt from.

    Args:
        document: As parsed; its tree stays as it is.
    """
    tree = copy.deepcopy(document.tree)
    comments.take(tree, document.base)
    return render(tree, document.base).text.split("\n")


def lines_in(root: Element) -> list[str]:
    """Return the lines of a tree, as `cut` tells one from the other; ten times cheaper than `lines_of`."""
    return [line for _, line in _lines(root)]


def cut(root: Element, profile: SiteProfile) -> tuple[Removed, ...]:
    """Cut the blocks that hold nothing but template off a tree, in place; in document order.

    Args:
        root: The whole page. Nothing is cut where no words would stay.
        profile: Of the site.
    """
    known = profile.head | profile.foot | profile.inner
    counts = _counts(root, known)
    lines, of_template = counts.get(root, (0, 0))
    if lines == of_template:
        return ()
    found: list[Element] = []
    inside: set[Element] = set()
    for element in root.iter():
        lines, of_template = counts.get(element, (0, 0))
        if element.getparent() in inside:
            inside.add(element)
        elif lines == of_template >= _BLOCK_LINES and element.tag not in _NEVER and not _has_title(element):
            inside.add(element)
            if not (profile.careful and _may_be_own(element, known)):
                found.append(element)
    removed = tuple(Removed("other", f"{REVISION}/block", furniture.text_of(element)) for element in found)
    for element in found:
        drop(element)
    return removed


def _may_be_own(block: Element, known: frozenset[int]) -> bool:
    """Return whether a block of plain words stands between paragraphs that are the page's own."""
    return not _is_linked(block) and any(_is_own(part, known) for part in block.getparent() if part is not block)


def _is_linked(block: Element) -> bool:
    """Return whether half of a block's letters are those of links, or it is a form."""
    if next(block.iter(*_CONTROLS), None) is not None:
        return True
    in_links = sum(len(letters_of(part.text_content())) for part in block.iter(*_LINKS))
    return 2 * in_links >= len(letters_of(block.text_content()))


def _is_own(part: Element, known: frozenset[int]) -> bool:
    """Return whether a neighbour is a paragraph that is not template, or running text stands beside it."""
    if part.tail and is_running(part.tail):
        return True
    if not isinstance(part.tag, str) or next(part.iterchildren(*BLOCKS), None) is not None:
        return False
    words = part.text_content()
    return key_of(words) not in known | {0} and (part.tag == "p" or is_running(words))


def _has_title(element: Element) -> bool:
    return next(element.iter("h1"), None) is not None


def _counts(root: Element, known: frozenset[int]) -> dict[Element, tuple[int, int]]:
    """Return how many lines stand in each element, and how many of them are known."""
    lines: dict[Element, list[int]] = {}
    for holder, line in _lines(root):
        if key := key_of(line):
            tally = lines.setdefault(holder, [0, 0])
            tally[0] += 1
            tally[1] += key in known
    for element in reversed(list(root.iter())):
        if element is not root and element in lines:
            above = lines.setdefault(element.getparent(), [0, 0])
            above[0] += lines[element][0]
            above[1] += lines[element][1]
    return {element: (tally[0], tally[1]) for element, tally in lines.items()}


def _lines(root: Element) -> Iterator[tuple[Element, str]]:
    """Yield the lines of a tree, each with the block that it stands in."""
    words: list[str] = []
    holders = [root]
    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        begins_line = element.tag in BLOCKS or element.tag in _ALSO_BLOCKS
        if begins_line and words and event in ("start", "end"):
            yield holders[-1], "".join(words)
            words.clear()
        if event == "start":
            if begins_line:
                holders.append(element)
            if element.tag not in _SILENT and element.text:
                words.append(element.text)
            continue
        if event == "end" and begins_line:
            holders.pop()
        if element is not root and element.tail:
            words.append(element.tail)
    yield holders[0], "".join(words)


def trim(rendered: Rendered, profile: SiteProfile, title: str) -> tuple[Rendered, tuple[Removed, ...]]:
    """Cut the lines that are template off both ends of a body, in its text and in its markdown."""
    lines = rendered.text.split("\n")
    template = profile.template(lines, title=title)
    if template and profile.careful:
        template = _sure(template, lines, rendered.markdown, profile)
    if not template:
        return rendered, ()
    removed = tuple(Removed("other", rule, lines[at]) for at, rule in sorted(template.items()))
    kept = [line for at, line in enumerate(lines) if at not in template]
    return replace(rendered, text="\n".join(kept), markdown=_without(rendered.markdown, lines, template)), removed


def _sure(template: dict[int, str], lines: Sequence[str], markdown: str, profile: SiteProfile) -> dict[int, str]:
    """Return those lines of the template that are known, and are nothing but links, or phrases of the catalogue."""
    linked = {letters_of(_ADDRESS.sub("]", line)) for line in markdown.split("\n") if _ONLY_LINKS.fullmatch(line)}
    known = profile.head | profile.foot | profile.inner
    return {
        at: rule
        for at, rule in template.items()
        if key_of(lines[at]) in known
        and (letters_of(lines[at]) in linked or catalogue.look_up(normalise(lines[at])) is not None)
    }


def _without(markdown: str, lines: list[str], template: dict[int, str]) -> str:
    """Return markdown without the template: both are walked from either end to the innermost line that goes."""
    rich = markdown.split("\n")
    said = [letters_of(_ADDRESS.sub("]", line)) for line in rich]
    words = [letters_of(line) for line in lines]
    stays = next(at for at, line in enumerate(lines) if line.strip() and at not in template)
    split = max((at for at, rule in template.items() if rule.endswith("/head")), default=stays - 1) + 1
    gone = _found(said, words[:split], template.keys())
    back = {len(lines) - 1 - at for at in template}
    gone |= {len(rich) - 1 - at for at in _found(said[::-1], words[split:][::-1], back)}
    kept = "\n".join(line for place, line in enumerate(rich) if place not in gone)
    return re.sub(r"\n{3,}", "\n\n", kept).strip("\n")


def _found(said: list[str], words: list[str], wanted: Collection[int]) -> set[int]:
    """Return where in *said* the lines of *words* stand that are wanted, both read from their beginning."""
    found, at = set(), 0
    for number in range(max((number for number in wanted if number < len(words)), default=-1) + 1):
        near = range(at, min(at + _AHEAD, len(said)))
        place = next((place for place in near if words[number] and said[place] == words[number]), None)
        if place is not None:  # None: markdown joins it to another line
            at = place + 1
            found.update([place] if number in wanted else [])
    return found
