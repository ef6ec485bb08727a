"""The part of a page that holds its prose: found by weight, in any language, by no name of any platform.

Sentences weigh, links and labels do not; from the body downwards the heaviest child is followed as long as it holds
nearly all of the weight. It is one of several witnesses (`extractors/generic.py`): cheap, and it errs on other pages
than they do. The blocks that it weighs are put before another, cheaper one on the way (`extractors/densest.py`).
"""

from __future__ import annotations

import copy
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

from extractors import densest
from extractors.densest import Block, Place
from extractors.document import Element, drop
from extractors.shapes import host_of

REVISION = "prose/4"

_BORDERS = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_UNREAD = frozenset(
    "script style noscript template head title meta link iframe object embed svg math canvas audio video button "
    "input select textarea option".split()
)
#: What stands around an article, unless it wraps the article: a menu that nobody closed.
_ASIDE = frozenset(("nav", "aside", "footer", "dialog"))
_TEASERS = 0.7  # of the children of a list of teasers
_TEASER = 500  # letters that a teaser may have
_HEADLINE = 8  # letters of its link
_IN_FORM = 1000  # letters of prose that no form has unless it is the page: ASP.NET puts all into one
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
#: Page builders call every block a widget.
_BUILDERS = re.compile(r"\b(?:elementor-widget|siteorigin-widget|so-widget)(?:-container|-wrap)?(?![\w-])")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")

_NEARLY_ALL = 0.75  # of the weight; flat from .65 to .85 on the sets of the benchmark
_AROUND_KEEPS = 0.2  # of its weight
_LONGEST_REMEMBERED = 200  # letters of class names and id


class Prose(NamedTuple):
    """What holds the prose of a page."""

    element: Element  #: a copy, widgets within it cut out
    agreement: float  #: how far it is the densest run of the page's blocks, 0 to 1; 0 where that is not to be heard


@dataclass(slots=True, eq=False)
class _Weight:
    """What an element weighs, with all that is below it."""

    prose: float = 0.0  #: letters that count as prose
    letters: int = 0
    linked: int = 0
    begins: bool | None = None  #: whether its first word is a link's to a page of the same site; None: no word yet
    items: int = 0  #: children that say something
    teasers: int = 0  #: of those: few words that begin with such a link
    place: Place = Place.OUTSIDE  #: whether it stands in what was found, and in a widget there

    @property
    def is_teasers(self) -> bool:
        """Whether this is a list of the site's other articles: headlines that are links, some words on each."""
        return self.teasers >= 3 and self.teasers >= _TEASERS * self.items


def find_prose(tree: Element, url: str = "") -> Prose | None:
    """Return what holds the prose of a page; None where there is none.

    Args:
        tree: Root element; it is not changed.
        url: Where the page was fetched: tells links to the site's own pages from others.
    """
    body = tree.find("body")
    root = body if body is not None else tree
    wrappers = _wrappers(root)
    scale = _Scale(host_of(url), wrappers)
    weights = scale.weigh(root)
    found = _heaviest(root, weights)
    if not weights[found].prose:
        return None
    parts = list(found.iter())
    condemned = [place for place, part in enumerate(parts) if _is_around(part, found, weights, wrappers)]
    _place(parts, condemned, weights)
    places = [holder.place for holder in scale.holders]
    agreement = densest.likeness(scale.blocks, places) if densest.is_sure(scale.blocks, places) else 0.0
    return Prose(_copied(found, condemned), agreement)


def _heaviest(root: Element, weights: dict[Element, _Weight]) -> Element:
    """Return the innermost element that holds nearly all of the prose."""
    found = root
    while True:
        heaviest = max((child for child in found if child in weights), key=lambda one: weights[one].prose, default=None)
        if (
            heaviest is None
            or heaviest.tag in _WHOLE
            or weights[heaviest].prose < _NEARLY_ALL * weights[found].prose
            or not weights[heaviest].prose
        ):
            return found
        found = heaviest


def _place(parts: list[Element], condemned: list[int], weights: dict[Element, _Weight]) -> None:
    for part in parts:
        if part in weights:
            weights[part].place = Place.KEPT
    for number in condemned:
        for part in parts[number].iter():
            if part in weights:
                weights[part].place = Place.CUT


def _copied(found: Element, condemned: list[int]) -> Element:
    """Return a copy of an element without the parts that stand at some places, in document order."""
    copied = copy.deepcopy(found)
    copied.tail = None
    parts = list(copied.iter())
    for place in condemned:  # a part that is dropped takes what is below it along: to drop that again does no harm
        drop(parts[place])
    for form in copied.iter("form"):  # it is the page, or the article stands in it: nothing that is filled in
        form.tag = "div"
    return copied


def _is_around(part: Element, found: Element, weights: dict[Element, _Weight], wrappers: set[Element]) -> bool:
    """Return whether a part of what was found is a widget: by its tag, its names, or because it is links."""
    if part is found or not isinstance(part.tag, str):
        return False
    weight = weights.get(part)
    if part.tag == "button" or (part.tag == "figcaption" and not is_caption(part)):
        return True
    if part.tag in _ASIDE and weight is None:
        return True
    if weight is None or part.tag not in _BORDERS or part.tag in _HEADINGS or part.tag in ("p", "br", "hr", "pre"):
        return False
    if part.tag == "form":
        return weight.prose < _IN_FORM
    whole = weights[found].prose
    if weight.prose < 0.3 * whole and (weight.is_teasers or _is_named_around(part, wrappers)):
        return True
    return (
        part.tag not in ("figure", "figcaption") and weight.linked > 0.6 * weight.letters and weight.prose < 0.1 * whole
    )


def is_caption(part: Element) -> bool:
    """Return whether a `figcaption` stands beside the picture that it is for."""
    figure = next(part.iterancestors("figure"), None)
    return figure is not None and next(figure.iter("img"), None) is not None


def _wrappers(root: Element) -> set[Element]:
    """Return the elements around the page's own article: around `main`, or around the only `article`.

    Where there are several, they may be teasers of other articles.
    """
    held: Counter[Element] = Counter()
    wrappers: set[Element] = set()
    for part in root.iter("main", "article"):
        above = list(part.iterancestors())
        if part.tag == "main":
            wrappers.update(above)
        elif not any(one.tag == "article" for one in above):
            held.update(above)
    return wrappers | {part for part, articles in held.items() if articles == 1}


def _is_named_around(part: Element, wrappers: set[Element]) -> bool:
    if part in wrappers or part.tag in ("body", "html", "article", "main"):
        return False
    value, ident = part.get("class"), part.get("id")
    if not value and not ident:
        return False
    names = f"{value or ''} {ident or ''}"
    return (_are_around if len(names) < _LONGEST_REMEMBERED else _are_around.__wrapped__)(names)


@lru_cache(maxsize=4096)  # few names are on a page many times, and on the next one again
def _are_around(names: str) -> bool:
    words = {word.lower() for word in _WORD.findall(_BUILDERS.sub(" ", names))}
    return not words.isdisjoint(_AROUND) and words.isdisjoint(_WITHIN)


class _Scale:
    """Weighs every element of a page in one walk.

    Args:
        host: Of the site, without www; a link elsewhere heads no teaser.
        wrappers: The elements around the page's own article: whatever they are called, they are read.
    """

    def __init__(self, host: str, wrappers: set[Element]) -> None:
        self.host = host
        self.wrappers = wrappers
        self.weights: dict[Element, _Weight] = {}
        self.blocks: list[Block] = []
        self.holders: list[_Weight] = []  # of the blocks: the innermost element that is open where each ends
        self.open: list[_Weight] = []
        self.run: list[tuple[str, bool]] = []  # text since the last border of a block, and whether it is a link's
        self.links = 0
        self.address = ""  # where the last link leads

    def weigh(self, root: Element) -> dict[Element, _Weight]:
        """Return the weight of every element that is read, by element."""
        walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, part in walker:
            if event == "start":
                if part.tag in _UNREAD or (part.tag in _ASIDE and part not in self.wrappers):
                    walker.skip_subtree()
                else:
                    self._enter(part)
                continue
            if event == "end" and part in self.weights:
                self._leave(part)
            if part.tail and part is not root:
                self._read(part.tail)
        return self.weights

    def _enter(self, part: Element) -> None:
        if self.run and part.tag in _BORDERS:
            self._settle(heading=False)
        self.weights[part] = weight = _Weight()
        self.open.append(weight)
        if part.tag == "a":
            self.links += 1
            self.address = (part.get("href") or "").strip()
        if part.text:
            self._read(part.text)

    def _read(self, text: str) -> None:
        self.run.append((text, self.links > 0))
        if self.open and self.open[-1].begins is None and not text.isspace():
            begins = self.links > 0 and self._is_own()
            for weight in reversed(self.open):
                if weight.begins is not None:
                    break
                weight.begins = begins

    def _is_own(self) -> bool:
        """Return whether the last link leads to another page of the site, not within this one (contents, a note)."""
        is_within = self.address.startswith("#") and len(self.address) > 1
        return not is_within and host_of(self.address) in ("", self.host)

    def _leave(self, part: Element) -> None:
        if self.run and part.tag in _BORDERS:
            self._settle(heading=part.tag in _HEADINGS)
        self.links -= part.tag == "a"
        weight = self.open.pop()
        if part.tag == "form" and weight.prose < _IN_FORM:
            weight.prose = 0
        elif weight.prose and (weight.is_teasers or _is_named_around(part, self.wrappers)):
            weight.prose *= _AROUND_KEEPS
        if not self.open:
            return
        above = self.open[-1]
        above.prose += weight.prose
        above.letters += weight.letters
        above.linked += weight.linked
        if weight.letters and part.tag in _BORDERS:
            above.items += 1
            above.teasers += bool(weight.begins) and weight.letters <= _TEASER and weight.linked >= _HEADLINE

    def _settle(self, *, heading: bool) -> None:
        """Add what a run of text weighs to the element that holds it, and begin a new one."""
        letters = linked = 0
        for text, is_link in self.run:
            size = len(" ".join(text.split()))
            letters += size
            linked += size if is_link else 0
        text = "".join([text for text, _ in self.run])
        self.run.clear()
        if not letters or not self.open:
            return
        weight = self.open[-1]
        weight.letters += letters
        weight.linked += linked
        density = 2 if not text.isascii() and len(_DENSE.findall(text[:200])) > 20 else 1
        prose = 0.0 if heading or linked * 2 >= letters else _prose((letters - linked) * density, text)
        weight.prose += prose
        self.blocks.append(Block(letters, linked, density, prose))
        self.holders.append(weight)


def _prose(letters: int, text: str) -> float:
    """Return how many of the letters that a block has beside its links count as prose."""
    if letters >= 80:
        return letters
    if letters >= 25 and _SENTENCE.search(text):
        return letters / 2
    return letters / 4 if letters >= 40 else 0.0
