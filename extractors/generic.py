"""The body of a page of unknown make: a container that is known by name, else what most witnesses agree on.

All read the same tree, comments and furniture cut. Trafilatura and readability get copies: they change what they read.
"""

from __future__ import annotations

import copy
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any, NamedTuple

import trafilatura
from trafilatura.htmlprocessing import convert_to_html
from trafilatura.readability_lxml import Document as ReadabilityDocument

from extractors import bulk, furniture, labels, lead, prose, registry
from extractors.document import drop, words_of
from extractors.text import Rendered, render, render_fragment

REVISION = "generic/6"

Element = Any  # lxml.html.HtmlElement

#: Whole class names of the element that holds the body of a post and nothing else, whatever the platform.
_ANYWHERE = "e-content"  # microformats 2: micro.blog, Known, WriteFreely
#: The same, where it is that of a wrapper, too, on some sites.
_LOOSE_ANYWHERE = (
    "post-content post_content postcontent post-entry blog-post-content post__content",
    "article-content article-body articlebody article__body article__content story-body",
    "td-post-content single-content entrytext entry_content storycontent blogbody",
)
_BODIES = registry.bodies(_ANYWHERE, _LOOSE_ANYWHERE)
_SURE = frozenset(_BODIES[0])
_LEAST = 60  # letters: a container with less holds no text of its own (a picture post, a script's place)
_BEST_ALONE = 0.1  # likeness that trafilatura, the best of the three, need not have; also its word where none agree
_SAME_RUN = 0.9  # likeness of the prose and the densest run of blocks from which no other is asked
_SAME = 0.95  # likeness of the prose and what readability finds from which no other is asked
_ALIKE = 0.9  # likeness of two findings from which no third is asked
_FEW = 300  # letters, and the share of the page's: less may be a part only
_SHARE = 0.2
_PART = 0.9  # of the runs of words that must be found in another text for one to be a part of it
_MOST = 0.6  # of a page's letters, scripts included: little stands beside the article then
_PARAGRAPH = 70  # letters: a shorter block that only one witness found is none of the article
_SHORT = 20  # letters: a shorter text may stand in any sentence, so it must be a block of its own
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_BLOCKS = frozenset(
    "address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 "
    "header hr li main nav ol p pre section table tbody td tfoot th thead tr ul".split()
)
_LINES = tuple(_BLOCKS - {"td", "th", "hr"})  # blocks that make lines of their own

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it says there, `Body.warnings` says better


class Body(NamedTuple):
    """The body of a page."""

    rendered: Rendered
    rule: str  #: what found it: a container's name, or "trafilatura"
    warnings: tuple[str, ...] = ()
    suspect: bool = False  #: the findings disagree so much that one of them must be wrong
    agreement: float = 1.0  #: likeness of what was chosen to what the others found, 0 where nobody else found anything


def find_body(tree: Element, url: str, base: str) -> Body:
    """Return the body of the page.

    A container that platforms keep for a post's body alone is believed. Elsewhere witnesses that err on different
    pages are heard, the cheapest first. Where the densest run of blocks is the weight of prose, the prose is taken,
    its labels cut; else where readability finds the same as the prose. Else trafilatura is heard, too: where it finds
    nearly the same as the prose, that is taken, but for short lines that trafilatura did not find; and so it is where
    it holds all that trafilatura found and most of the page: several posts, a thread. Else what is most like the
    others. A lead that stands apart from the body is put before it.

    Args:
        tree: Root element, comments and furniture cut; it may be changed.
        url: Where the page was fetched.
        base: Absolute URL that links are relative to.
    """
    name, container = _container(tree)
    named = Rendered()
    if container is not None:
        furniture.cut(container, inside=True)
        named = render(container, base)
    if len(named.text) < _LEAST:
        named = Rendered()
    if warning := bulk.too_large(tree):
        whole = named if named.text else render(bulk.without_asides(tree), base)
        return Body(whole, name if named.text else "whole page", (warning,), suspect=True)
    if named.text and name in _SURE:
        return Body(named, name)
    held = prose.find_prose(tree, url)
    weighed = held.element if held is not None else None
    # a caption goes with its picture, and is none of the text: no other witness counts it to the article
    captions = frozenset(weighed.iter("figcaption")) if weighed is not None else frozenset()
    if held is not None and held.agreement >= _SAME_RUN:
        return Body(_prose_in(tree, held.element, captions, base), "prose+densest", agreement=held.agreement)
    summary = _summary(tree)
    if weighed is not None and summary is not None:
        alike = _likeness(_bag(words_of(weighed)), _bag(words_of(summary.kept)))
        if alike >= _SAME:
            return Body(_prose_in(tree, weighed, captions, base), "prose+readability", agreement=alike)
    body, warnings = _trafilatura(tree, url, careful=True)
    size = _size_of(body)
    if not named.text and size < _FEW and size < _SHARE * len(_squeezed(tree.text_content())):
        other, warnings = _trafilatura(tree, url, careful=False)  # rescues what the careful one gives up
        body = other if _size_of(other) > 10 * size else body
    found = Finding(_grounded(tree, body, base) if body is not None else Rendered(), "trafilatura")
    heavy = Finding(render(weighed, base, muted=captions) if weighed is not None else Rendered(), "prose")
    if weighed is not None and found.text and heavy.text:
        alike = _likeness(found.bag, heavy.bag)
        if alike >= _ALIKE:
            agreed = render(_agreed(weighed, found.text), base, muted=captions)
            led = lead.with_lead(tree, agreed, base, found.text)
            return Body(led, "trafilatura+prose", warnings, agreement=alike)
        if _is_part(found, heavy) and len(_squeezed(heavy.text)) >= _MOST * len(_squeezed(tree.text_content())):
            return Body(heavy.rendered, "prose", warnings, agreement=alike)
    heard = [one for one in (found, heavy, Finding(_rendered(summary, base), "readability")) if one.text]
    if not heard:
        return Body(named, name, warnings)
    best, agreement, is_alone = _most_alike(heard)
    led = lead.with_lead(tree, best.rendered, base, "" if is_alone else found.text)
    return Body(led, best.rule, warnings, suspect=is_alone, agreement=agreement)


def _prose_in(tree: Element, weighed: Element, captions: frozenset[Element], base: str) -> Rendered:
    """Return what the weighed prose says, its labels cut, the lead before it."""
    return lead.with_lead(tree, render(labels.without_labels(weighed), base, muted=captions), base)


@dataclass(frozen=True, eq=False)
class Finding:
    """What one witness takes for the body."""

    rendered: Rendered
    rule: str

    @property
    def text(self) -> str:
        """Its text, empty where the witness found nothing."""
        return self.rendered.text

    @cached_property
    def bag(self) -> Counter[tuple[str, ...]]:
        """Its runs of words."""
        return _bag(self.rendered.text)


def _is_part(one: Finding, other: Finding) -> bool:
    return _shared(one.bag, other.bag) >= _PART * sum(one.bag.values())


def _most_alike(heard: list[Finding]) -> tuple[Finding, float, bool]:
    """Return the finding that is most like the others, its likeness to the nearest, and whether no two are alike.

    Args:
        heard: At least one.
    """
    pairs = {frozenset(pair): _likeness(*(one.bag for one in pair)) for pair in combinations(heard, 2)}
    likeness = [sum(pairs[frozenset((one, other))] for other in heard if other is not one) for one in heard]
    if heard[0].rule == "trafilatura":
        likeness[0] += _BEST_ALONE
    best = heard[max(range(len(heard)), key=lambda place: (likeness[place], -place))]
    nearest = max((alike for pair, alike in pairs.items() if best in pair), default=0.0)
    return best, nearest, len(heard) > 1 and max(likeness) <= _BEST_ALONE


def _container(tree: Element) -> tuple[str, Element | None]:
    """Return the only element of its kind that is known to hold a body."""
    marked: dict[str, list[Element]] = {}
    for part in tree.iter("div", "section", "article", "td", "main", "span"):
        if part.get("itemprop") == "articleBody":
            marked.setdefault("articleBody", []).append(part)
        for name in (part.get("class") or "").lower().split():
            marked.setdefault(name, []).append(part)
    for names in _BODIES:
        found = list(_outermost([part for name in names for part in marked.get(name, ())]))
        if len(found) == 1:
            return next(name for name in names if found[0] in marked.get(name, ())), found[0]
        if found:
            break
    return "", None


def _outermost(parts: list[Element]) -> Iterator[Element]:
    among = set(parts)
    yield from (part for part in dict.fromkeys(parts) if not any(parent in among for parent in part.iterancestors()))


# ------------------------------------------------------------------------------------------------ likeness
def _bag(text: str) -> Counter[tuple[str, ...]]:
    """Return the runs of three words, or of letters where a script sets no blanks between words."""
    words = text.casefold().split()
    if len(words) * 20 < len(text):
        words = [letter for letter in text.casefold() if not letter.isspace()]
    return Counter(zip(words, words[1:], words[2:], strict=False)) or Counter([tuple(words)])


def _likeness(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> float:
    """Return twice the shared runs by all runs: 1 for equal texts, 0 for texts that share nothing."""
    return 2 * _shared(one, other) / max(1, sum(one.values()) + sum(other.values()))


def _shared(one: Counter[tuple[str, ...]], other: Counter[tuple[str, ...]]) -> int:
    """Return how many runs two bags share; most stand in a text once, and to count those takes no loop."""
    common = one.keys() & other.keys()
    return len(common) + sum(min(count, other[run]) - 1 for run, count in one.items() if count > 1 and run in common)


class _Summary(ReadabilityDocument):
    """What readability finds, trafilatura's fork of it: the element, and its markup."""

    __slots__ = ("kept", "source")

    def __init__(self, tree: Element) -> None:
        super().__init__(copy.copy(tree), min_text_length=25)
        self.source: str = self.summary()

    def sanitize(self, node: Element, candidates: Any) -> str:
        """Clean what was found; called at the end of `summary`."""
        self.kept: Element = node
        return str(super().sanitize(node, candidates))


def _summary(tree: Element) -> _Summary | None:
    try:
        return _Summary(tree)
    except Exception:  # noqa: BLE001 - a witness among others; what anybody wrote may break it in any way
        return None


def _rendered(summary: _Summary | None, base: str) -> Rendered:
    return render_fragment(summary.source, base) if summary is not None and summary.source else Rendered()


# ------------------------------------------------------------------------------------------------ trafilatura
def _size_of(body: Element | None) -> int:
    return len(_squeezed(" ".join(body.itertext()))) if body is not None else 0


def _trafilatura(tree: Element, url: str, *, careful: bool) -> tuple[Element | None, tuple[str, ...]]:
    """Return what trafilatura finds, and a warning where it broke and its own baseline stands in."""
    try:
        # links and formatting are left to us: asked for them it finds another, worse body (measured)
        found = trafilatura.bare_extraction(
            tree,
            url=url,  # it copies a tree that it is given
            include_comments=False,
            favor_precision=careful,
        )
    except Exception as error:  # noqa: BLE001 - a library that reads what anybody wrote may break in any way
        body, _, _ = trafilatura.baseline(copy.copy(tree))
        return body, (f"trafilatura broke ({type(error).__name__}: {error}); its baseline stands in",)
    return getattr(found, "body", None), ()


def _grounded(tree: Element, body: Element, base: str) -> Rendered:
    """Return what was found as the page itself has it: with headings, lists, links and images in their places.

    Trafilatura's fallbacks give bare paragraphs. The elements of *tree* whose words it found are rendered in their
    stead; where too many of its words cannot be found there, its own elements are.
    """
    own = render(_as_html(body), base)
    blocks = {_squeezed("".join(part.itertext())) for part in body.iter() if isinstance(part.tag, str)}
    words = _squeezed(" ".join(body.itertext()))
    if not words:
        return Rendered()
    root = tree.find("body")
    cover = _Cover(words, blocks)
    try:
        parts = cover.of(root if root is not None else tree)
    except RecursionError:  # nested a thousand deep: no page that a person wrote
        return own
    beside = [part for part in parts if not cover.found(part)]
    muted = frozenset(caption for part in beside for caption in part.iter("figcaption"))
    grounded = render(parts, base, muted=muted) if parts else Rendered()
    size = len(_squeezed(grounded.text))
    return grounded if 0.95 * len(words) <= size <= 1.25 * len(words) + 100 else own


def _agreed(weighed: Element, found: str) -> Element:
    """Cut the short blocks out of the weighed prose that trafilatura did not find: captions, notes, buttons.

    A paragraph needs one witness, a short line two, a heading none if it stands between blocks that stay.

    Args:
        weighed: A copy that may be changed.
        found: The text that trafilatura found, and that is nearly the same.
    """
    lines = {_squeezed(line) for line in found.split("\n")}
    words = _squeezed(found)
    captions = {inner for caption in weighed.iter("figcaption") for inner in caption.iter()}
    condemned: list[Element] = []
    headings: list[Element] = []  # since the last block that stays
    is_begun = False
    for part in weighed.iter(*_LINES):
        said = _squeezed(part.text_content())
        if not said or part is weighed or next(part.iterdescendants(*_LINES), None) is not None:
            continue
        if part in captions:  # `prose` left none but those of pictures
            continue
        if len(said) >= _PARAGRAPH or said in lines or (len(said) > _SHORT and said in words):
            headings.clear()
            is_begun = True
        elif is_begun and part.tag in _HEADINGS and _belongs(part):
            headings.append(part)
        else:
            condemned.append(part)
    for part in [*condemned, *headings]:
        drop(part)
    return weighed


class _Cover:
    """The elements of a tree whose words are among those that were found."""

    def __init__(self, words: str, blocks: set[str]) -> None:
        self.words = words  # all that was found, without blanks
        self.blocks = blocks  # the same, block by block: short words are looked for there

    def of(self, element: Element) -> list[Element]:
        """Return the outermost elements that were found, and what stands between them for them."""
        children = [child for child in element if isinstance(child.tag, str)]
        if not any(
            child.tag in _BLOCKS or next(child.iterdescendants(*_BLOCKS), None) is not None for child in children
        ):
            return [element] if self.found(element) else []
        if self._whole(element, children):
            return [element]
        covers = [self.of(child) for child in children]
        last = max((place for place, cover in enumerate(covers) if cover), default=-1)
        parts: list[Element] = []
        for place, (child, cover) in enumerate(zip(children, covers, strict=True)):
            parts += cover or ([child] if parts and place < last and _belongs(child) else [])
        return parts

    def _whole(self, element: Element, children: list[Element]) -> bool:
        """Return whether all words of an element were found: it is rendered as it is, quotes and lists with it."""
        if element.tag not in ("blockquote", "ul", "ol", "dl", "table", "pre", "figure", "li", "tr", "p"):
            return bool(
                (element.text or "").strip() or any((child.tail or "").strip() for child in children)
            ) and self.found(element)
        return self.found(element)

    def found(self, element: Element) -> bool:
        """Return whether the words of an element are among those that were found; one without words is not."""
        text = _squeezed(element.text_content())
        if not text or element.tag in ("script", "style", "noscript"):
            return False
        return text in self.blocks or (len(text) > _SHORT and text in self.words)


def _belongs(part: Element) -> bool:
    """Return whether an element that stands among found ones is theirs: a heading that is no link, a picture with or
    without its caption."""
    text = part.text_content().strip()
    if part.tag in _HEADINGS:
        return len(text) <= 200 and sum(len(link.text_content()) for link in part.iter("a")) < len(text) / 2
    if part.tag not in ("p", "figure", "div", "a", "img") or next(part.iter("img"), None) is None:
        return False
    return not text or text == "".join(caption.text_content() for caption in part.iter("figcaption")).strip()


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _as_html(body: Element) -> Element:
    """Return a copy of trafilatura's element tree under HTML's names: head → h2, list → ul, ref → a."""
    copied = copy.deepcopy(body)
    for part in copied.iter("head"):
        if not (part.get("rend") or "h3").startswith("h"):
            part.set("rend", "h3")
    for part in copied.iter("hi"):
        if part.get("rend") not in ("#i", "#b", "#u", "#t", "#sub", "#sup"):
            part.set("rend", "#i")
    html = convert_to_html(copied)
    for part in html.iter("del"):
        part.tag = "s"
    return html
