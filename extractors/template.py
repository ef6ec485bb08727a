"""The template of a site, as its profile knows it, cut out of its pages. No I/O.

Twice: whole blocks are cut off the tree before the body is looked for, so that no sidebar can be taken for it; single
lines are cut off either end of the body that was found.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

from lxml import etree

from extractors import comments, furniture
from extractors.document import Document, drop
from extractors.profile import REVISION, SiteProfile, key_of
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


def lines_of(document: Document) -> list[str]:
    """Return the lines of a whole page but for its comments: what a profile is learnt from.

    Args:
        document: As parsed; its tree stays as it is.
    """
    tree = copy.deepcopy(document.tree)
    comments.take(tree, document.base)
    return render(tree, document.base).text.split("\n")


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
            found.append(element)
            inside.add(element)
    removed = tuple(Removed("other", f"{REVISION}/block", furniture.text_of(element)) for element in found)
    for element in found:
        drop(element)
    return removed


def _has_title(element: Element) -> bool:
    return next(element.iter("h1"), None) is not None


def _counts(root: Element, known: frozenset[int]) -> dict[Element, tuple[int, int]]:
    """Return how many lines stand in each element, and how many of them are known."""
    lines: dict[Element, list[int]] = {}
    words: list[str] = []
    holders = [root]

    def end_line() -> None:
        key = key_of("".join(words))
        words.clear()
        if key:
            tally = lines.setdefault(holders[-1], [0, 0])
            tally[0] += 1
            tally[1] += key in known

    for event, element in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        begins_line = element.tag in BLOCKS or element.tag in _ALSO_BLOCKS
        if event == "start":
            if begins_line:
                end_line()
                holders.append(element)
            if element.tag not in _SILENT:
                words.append(element.text or "")
            continue
        if event == "end" and begins_line:
            end_line()
            holders.pop()
        if element is not root:
            words.append(element.tail or "")
    end_line()
    for element in reversed(list(root.iter())):
        if element is not root and element in lines:
            above = lines.setdefault(element.getparent(), [0, 0])
            above[0] += lines[element][0]
            above[1] += lines[element][1]
    return {element: (tally[0], tally[1]) for element, tally in lines.items()}


def trim(rendered: Rendered, profile: SiteProfile, title: str) -> tuple[Rendered, tuple[Removed, ...]]:
    """Cut the lines that are template off both ends of a body, in its text and in its markdown."""
    lines = rendered.text.split("\n")
    template = profile.template(lines, title=title)
    if not template:
        return rendered, ()
    removed = tuple(Removed("other", rule, lines[at]) for at, rule in sorted(template.items()))
    kept = [line for at, line in enumerate(lines) if at not in template]
    return replace(rendered, text="\n".join(kept), markdown=_without(rendered.markdown, lines, template)), removed


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
