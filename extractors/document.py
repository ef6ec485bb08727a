"""A page parsed once: everything reads this one tree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any
from unicodedata import normalize

import lxml.html
from lxml import etree

from extractors.charset import Decoded, decode
from variorum.urls import canonical_url

MAX_CHARS = 20_000_000  #: of a document that are parsed; what lies behind is cut, with a warning
#: Levels of a tree. What is nested deeper stands side by side on the last level, as in browsers, whose limit is 512:
#: who asks each element for its ancestors is never slow then, nor does a recursion break. Real pages have some 50.
MAX_DEPTH = 400
_WORDS = etree.XPath("descendant-or-self::*[not(self::script or self::style)]/text()", smart_strings=False)
_LAST_LEVEL = etree.XPath("/*" * MAX_DEPTH + "[*]")
_LONGEST_REMEMBERED = 200  # letters of a class attribute
_LONGEST_JOIN = 10_000  # letters of two texts that become one where the element between them is dropped
#: lxml.html's own asks a function in Python for the class of every element that is visited, for methods of forms.
_CLASSES = etree.ElementDefaultClassLookup(element=lxml.html.HtmlElement, comment=lxml.html.HtmlComment)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_EMPTY = "<html><head></head><body></body></html>"
_CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32), 127))  #: those of `CONTROL` that are one byte in UTF-8
_XML_DECLARATION = re.compile(rb"\s*<\?xml[^>]*\?>")  #: with its encoding, which is not that of the tree's source
_END_BEGINS = re.compile(rb"</(?:body|html)", re.I)
_END = re.compile(rb"</(?:body|html)\s*>", re.I)

Element = Any  # lxml has no types


@dataclass(frozen=True)
class Document:
    """A parsed HTML page."""

    url: str  #: where it was found
    text: str  #: decoded source
    tree: Element  #: root element; never None
    charset: Decoded
    warnings: tuple[str, ...] = ()

    @cached_property
    def base(self) -> str:
        """Absolute URL that relative links start from."""
        for element in self.tree.iter("base"):
            if href := element.get("href"):
                return canonical_url(href, base=self.url) or self.url
        return self.url

    @cached_property
    def metas(self) -> dict[str, str]:
        """Name or property of each meta element, in lower case, with the first content that is not empty."""
        found: dict[str, str] = {}
        for meta in self.tree.iter("meta"):
            name = (meta.get("property") or meta.get("name") or "").strip().lower()
            content = (meta.get("content") or "").strip()
            if name and content:
                found.setdefault(name, content)
        return found

    @cached_property
    def links(self) -> tuple[tuple[frozenset[str], Element], ...]:
        """The link elements of the page with their rels."""
        return tuple(
            (frozenset((link.get("rel") or "").lower().split()), link)
            for link in self.tree.iter("link")
            if link.get("rel") and link.get("href")
        )

    @cached_property
    def classed(self) -> Classed:
        """The elements of the tree by class name, as it was when this was asked for first."""
        return Classed(self.tree)

    @cached_property
    def body_classes(self) -> frozenset[str]:
        """Whole class names of the body element."""
        body = self.tree.find("body")
        return classes(body) if body is not None else frozenset()

    def canonical(self) -> str | None:
        """Return the address that the page calls canonical, None if it names none."""
        return next(
            (
                url
                for rels, link in self.links
                if "canonical" in rels and (url := canonical_url(link.get("href"), base=self.base))
            ),
            None,
        )


_SOFT_HYPHEN = re.compile(rb"&(?:shy|#173|#x[aA][dD]);?")  #: as an entity


def parse(body: bytes, url: str, content_type: str | None = None) -> Document:
    """Parse the bytes of a page. Never fails: what cannot be parsed gives an empty tree.

    Args:
        body: Without content coding.
        url: Where it was found.
        content_type: Value of the Content-Type header, if there was one.
    """
    return _parse(decode(body, content_type), url)


def parse_text(source: str, url: str) -> Document:
    """Parse a page that is text already."""
    return _parse(Decoded(source, "utf-8", "given", 0), url)


def _parse(decoded: Decoded, url: str) -> Document:
    source, warnings = decoded.text, []
    if len(source) > MAX_CHARS:
        warnings.append(f"the page has {len(source)} characters; only the first {MAX_CHARS} were read")
        source = source[:MAX_CHARS]
    coded = decoded.source if source is decoded.text else None
    coded = source.encode("utf-8", "replace") if coded is None else coded
    if _has_control(source, coded):
        source = CONTROL.sub("", source)
        coded = source.encode("utf-8", "replace")
    if decoded.replacements:
        warnings.append(f"{decoded.replacements} characters could not be read as {decoded.label}")
    declaration = _XML_DECLARATION.match(coded)
    tree, is_cut = _tree(coded[declaration.end() :] if declaration else coded)
    if is_cut:
        warnings.append("elements are nested more than 2,000 deep; what lies behind was not read")
    return Document(url, source, tree, decoded._replace(source=None), tuple(warnings))


def _has_control(source: str, coded: bytes) -> bool:
    """Return whether a text, here also in UTF-8, holds characters of `CONTROL`; the expression takes longer."""
    return len(coded.translate(None, _CONTROL_BYTES)) < len(coded) or "\ufffe" in source or "\uffff" in source


def _tree(source: bytes) -> tuple[Element, bool]:
    """Return the root of what *source*, in UTF-8, holds, and whether libxml2 gave up at its limit of depth.

    Soft hyphens are left out: nobody sees them, and a page that hyphenates would count other words than the same page
    before it did (45 of 100 pages lost or won a paragraph).
    """
    if b"\xad" in source or _SOFT_HYPHEN.search(source):  # to look for the one byte takes a fiftieth of the two
        source = _SOFT_HYPHEN.sub(b"", source.replace(b"\xc2\xad", b""))
    # huge_tree lifts the limit on the size of a text, not the one on depth
    parser = etree.HTMLParser(no_network=True, huge_tree=True, encoding="utf-8", remove_pis=True)
    parser.set_element_class_lookup(_CLASSES)
    try:
        if source and not source.isspace():
            tree = lxml.html.document_fromstring(_open_ended(source), parser=parser)
            for top in _LAST_LEVEL(tree) if source.count(b"<") > MAX_DEPTH else ():
                _flatten(top)
            error = parser.error_log.last_error
            return tree, error is not None and error.type == etree.ErrorTypes.ERR_RESOURCE_LIMIT
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        pass
    return lxml.html.document_fromstring(_EMPTY), False


def _flatten(top: Element) -> None:
    """Put all that stands within *top* behind it instead, in document order; the words keep their order too."""
    placed: list[Element] = []
    tails: list[list[str]] = []  # the words behind each of them
    for event, node in etree.iterwalk(top, events=("start", "end", "comment", "pi")):
        if event != "end":
            placed.append(node)
            tails.append([])
        if event != "start" and node.tail:
            tails[-1].append(node.tail)
    for node in placed:
        node.tail = None
    for node in reversed(placed[1:]):  # its own children have left it: to move an element costs what it holds
        top.addnext(node)
    for node, words in zip(placed, tails, strict=True):
        node.tail = "".join(words) or None


def _open_ended(source: bytes) -> bytes:
    """Take early ends of the page away: libxml2 drops what lies behind them, browsers show it."""
    first = _END_BEGINS.search(source)
    if first is None or len(source) - first.start() < 40:  # the page's own end
        return source
    return source[: first.start()] + _END.sub(b"", source[first.start() :])


def fragment(source: str) -> Element:
    """Parse a piece of HTML, as feeds and REST carry it, into a div that holds it."""
    coded = CONTROL.sub("", source).encode("utf-8", "replace")
    body = _tree(b"<html><body><div>" + _END.sub(b"", coded) + b"</div></body></html>")[0].find("body")
    return body if body is not None else lxml.html.Element("div")


def classes(element: Element) -> frozenset[str]:
    """Return the whole class names of an element."""
    return names_in(element.get("class") or "")


def names_in(value: str) -> frozenset[str]:
    """Return the names in a class attribute."""
    return (_names_in if len(value) < _LONGEST_REMEMBERED else _names_in.__wrapped__)(value)


@lru_cache(maxsize=4096)  # few attributes are on a page many times, and on the next one again
def _names_in(value: str) -> frozenset[str]:
    return frozenset(value.split())


class Classed:
    """The elements of a tree by class name, gathered in one walk; what is cut out of the tree later stays here."""

    def __init__(self, tree: Element) -> None:
        #: elements with tag, class attribute and id, in document order
        self.rows: list[tuple[Element, str, str | None, str | None]] = [
            (element, element.tag, element.get("class"), element.get("id")) for element in tree.iter(etree.Element)
        ]
        #: class attribute → places and elements, in document order; few attributes are on a page many times
        self.by_value: dict[str, list[tuple[int, Element]]] = {}
        by_value = self.by_value
        for place, (element, _, value, _) in enumerate(self.rows):
            if not value:
                continue
            if value in by_value:
                by_value[value].append((place, element))
            else:
                by_value[value] = [(place, element)]

    @cached_property
    def by_id(self) -> dict[str, list[tuple[int, Element]]]:
        """Id → places and elements, in document order; a page may give an id twice."""
        found: dict[str, list[tuple[int, Element]]] = {}
        for place, (element, _, _, ident) in enumerate(self.rows):
            if ident:
                found.setdefault(ident, []).append((place, element))
        return found

    def first_with_id(self, ident: str, *tags: str) -> Element | None:
        """Return the first element with an id that has one of these tags."""
        return next((element for _, element in self.by_id.get(ident, ()) if element.tag in tags), None)

    @cached_property
    def _values(self) -> dict[str, list[str]]:
        """Class name → attributes that hold it."""
        values: dict[str, list[str]] = {}
        for value in self.by_value:
            for name in names_in(value):
                values.setdefault(name, []).append(value)
        return values

    def placed(self, names: Iterable[str]) -> list[tuple[int, Element]]:
        """Return the elements that have one of these whole class names, in document order, and where they stand."""
        values = {value for name in names for value in self._values.get(name, ())}
        return sorted(chain.from_iterable(map(self.by_value.__getitem__, values)), key=itemgetter(0))

    def of(self, *names: str) -> list[Element]:
        """Return the elements that have one of these whole class names, in document order."""
        return [element for _, element in self.placed(names)]

    def within(self, root: Element, *names: str) -> list[Element]:
        """Return those of `of` that are *root* or stand below it now."""
        return [
            element
            for element in self.of(*names)
            if element is root or any(parent is root for parent in element.iterancestors())
        ]


def by_class(root: Element, *names: str) -> Iterator[Element]:
    """Yield the elements below *root* that have one of these whole class names, in document order."""
    wanted = set(names)
    for element in root.iter(etree.Element):
        value = element.get("class")
        if value and not wanted.isdisjoint(names_in(value)):
            yield element


def first_by_class(root: Element, *names: str) -> Element | None:
    """Return the first element with one of these class names."""
    return next(by_class(root, *names), None)


def words_of(element: Element) -> str:
    """Return the text of an element and all below it, blanks squeezed, in NFC; scripts and styles left out."""
    return normalize("NFC", " ".join("".join(_WORDS(element)).split()))


def local_name(element: Element) -> str:
    """Return the name of an XML element without its namespace, "" for a comment or an instruction.

    lxml's QName refuses names that no XML allows, such as "http:", and a broken document has them.
    """
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def drop(element: Element) -> None:
    """Take an element out of its tree; the text behind it stays.

    An empty comment takes its place where the texts before and behind it are long: to join them at each of many
    neighbours would take time by the square of their number.
    """
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    if not tail:
        parent.remove(element)
        return
    before = element.getprevious()
    held = (parent.text if before is None else before.tail) or ""
    element.tail = None
    if len(held) + len(tail) > _LONGEST_JOIN:
        place = etree.Comment("")
        place.tail = tail
        parent.replace(element, place)
        return
    if before is None:
        parent.text = held + tail
    else:
        before.tail = held + tail
    parent.remove(element)
