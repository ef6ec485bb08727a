"""The part of a page that holds its prose: found by weight, in any language, by no name of any platform.

Sentences weigh, links and labels do not; from the body downwards the heaviest child is followed as long as it holds
nearly all of the weight. It is one of several witnesses (`extractors/generic.py`): cheap, and it errs on other pages
than they do.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass

from lxml import etree

from extractors.document import Element, drop

REVISION = "prose/1"

_BORDERS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_UNREAD = frozenset(
    "script style noscript template head title meta link iframe object embed svg math canvas audio video form button "
    "input select textarea option nav footer aside dialog".split()
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: What is no container: the search does not go into one.
_WHOLE = _HEADINGS | frozenset(("p", "pre", "figure", "dt", "span", "b", "i", "em", "strong", "a", "font"))
_SENTENCE = re.compile(r"[.!?…。！？؟।,،、;]")
#: Scripts without blanks, whose signs say twice as much.
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
#: Words in class names and ids of what stands around an article, and those that speak against them.
_AROUND = frozenset(
    "sidebar footer related promo share sharing social widget widgets newsletter subscribe nav navigation menu "
    "breadcrumb breadcrumbs comments comment disqus advert ads ad sponsor sponsored popular trending recommended "
    "recommendations teaser teasers more archive archives tags tagcloud blogroll login signup masthead toolbar pager "
    "pagination cookie banner modal popup copyright disclaimer byline meta author bio rail secondary".split()
)
_WITHIN = frozenset("content article body entry main post story text".split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_NEARLY_ALL = 0.75  # of the weight; flat from .65 to .85 on the sets of the benchmark
_AROUND_KEEPS = 0.2  # of its weight


@dataclass(slots=True, eq=False)
class _Weight:
    prose: float = 0.0  #: letters that count as prose
    letters: int = 0
    linked: int = 0


def find_prose(tree: Element) -> Element | None:
    """Return a copy of the element that holds the prose of a page, widgets within it cut out; None where there is none.

    Args:
        tree: Root element; it is not changed.
    """
    body = tree.find("body")
    root = body if body is not None else tree
    weights = _weigh(root)
    found = root
    while True:
        heaviest = max((child for child in found if child in weights), key=lambda one: weights[one].prose, default=None)
        if (
            heaviest is None
            or heaviest.tag in _WHOLE
            or weights[heaviest].prose < _NEARLY_ALL * weights[found].prose
            or not weights[heaviest].prose
        ):
            break
        found = heaviest
    if not weights[found].prose:
        return None
    # a child that is dropped takes what is below it along: dropping that again does no harm
    condemned = [place for place, part in enumerate(found.iter()) if _is_around(part, found, weights)]
    copied = copy.deepcopy(found)
    copied.tail = None
    parts = list(copied.iter())
    for place in condemned:
        drop(parts[place])
    return copied


def _is_around(part: Element, found: Element, weights: dict[Element, _Weight]) -> bool:
    """Return whether a part of what was found is a widget: by its tag, its names, or because it is links."""
    if part is found or not isinstance(part.tag, str):
        return False
    if part.tag in ("nav", "aside", "footer", "form", "button"):
        return True
    weight = weights.get(part)
    if weight is None or part.tag not in _BORDERS or part.tag in _HEADINGS or part.tag in ("p", "br", "hr", "pre"):
        return False
    whole = weights[found].prose
    if _is_named_around(part) and weight.prose < 0.3 * whole:
        return True
    return (
        part.tag not in ("figure", "figcaption") and weight.linked > 0.6 * weight.letters and weight.prose < 0.1 * whole
    )


def _is_named_around(part: Element) -> bool:
    if part.tag in ("body", "html", "article", "main"):
        return False
    names = f"{part.get('class') or ''} {part.get('id') or ''}"
    words = {word.lower() for word in _WORD.findall(names)}
    return not words.isdisjoint(_AROUND) and words.isdisjoint(_WITHIN)


def _weigh(root: Element) -> dict[Element, _Weight]:
    """Return the weight of every element that is read, by element."""
    weights: dict[Element, _Weight] = {}
    open_: list[_Weight] = []
    run: list[tuple[str, bool]] = []  # text since the last border of a block, and whether it is a link's
    links = 0
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, part in walker:
        tag = part.tag
        if event == "start":
            if tag in _UNREAD:
                walker.skip_subtree()
                continue
            if tag in _BORDERS:
                _settle(run, open_[-1] if open_ else None, heading=False)
            weights[part] = _Weight()
            open_.append(weights[part])
            links += tag == "a"
            if part.text:
                run.append((part.text, links > 0))
            continue
        if event == "end" and part in weights:
            if tag in _BORDERS:
                _settle(run, open_[-1], heading=tag in _HEADINGS)
            links -= tag == "a"
            weight = open_.pop()
            if weight.prose and _is_named_around(part):
                weight.prose *= _AROUND_KEEPS
            if open_:
                above = open_[-1]
                above.prose += weight.prose
                above.letters += weight.letters
                above.linked += weight.linked
        if part.tail and part is not root:
            run.append((part.tail, links > 0))
    return weights


def _settle(run: list[tuple[str, bool]], weight: _Weight | None, *, heading: bool) -> None:
    """Add what a run of text weighs to the element that holds it, and begin a new one."""
    if not run:
        return
    sizes = [(len(" ".join(text.split())), linked) for text, linked in run]
    text = "".join(text for text, _ in run)
    run.clear()
    letters = sum(size for size, _ in sizes)
    if weight is None or not letters:
        return
    linked = sum(size for size, is_link in sizes if is_link)
    weight.letters += letters
    weight.linked += linked
    if heading or linked * 2 >= letters:
        return
    bare = (letters - linked) * (2 if len(_DENSE.findall(text[:200])) > 20 else 1)
    if bare >= 80:
        weight.prose += bare
    elif bare >= 25 and _SENTENCE.search(text):
        weight.prose += bare / 2
    elif bare >= 40:
        weight.prose += bare / 4
