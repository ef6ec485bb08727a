"""From markup to text: one block a line for reading and comparing, markdown for reading with its form.

The same words come out of one post whether REST, its feed or its page carried it, in any theme.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from extractors.document import Element, fragment
from variorum.records import Link
from variorum.urls import canonical_url

REVISION = "text/4"

_SKIPPED = frozenset(
    "script style noscript template head title meta link base iframe object embed svg math canvas audio video form "
    "button input select textarea option datalist dialog".split()
)
BLOCKS = frozenset(
    "address article aside blockquote body caption center cite dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody tfoot "
    "thead tr ul".split()
)
_LISTS = frozenset(("ul", "ol", "menu", "dir"))
_HEADINGS = {f"h{level}": "#" * level + " " for level in range(1, 7)}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "code": "`", "a": "["}
#: What a table holds that only lays out a page.
_IN_LAYOUT = frozenset(
    "table p div ul ol dl pre blockquote h1 h2 h3 h4 h5 h6 section article figure form center".split()
)
_TABLE_PARTS = frozenset(("table", "thead", "tbody", "tfoot", "tr"))
_BREAK = r"<br ?/?>"
#: Paragraphs of nothing but words, as most comments are. Its characters and references are read alike by all parsers.
_PARAGRAPHS = re.compile(
    r"(?:\s*+<p>(?:[^<&\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]++"
    rf"|{_BREAK}|&(?:amp|lt|gt|quot|nbsp|#8\d{{3}}|#0?39);)*+</p>)++\s*+"
)
_DEEPEST = 16  #: levels of quotes, lists and marks that markdown shows; deeper ones keep their words


@dataclass(frozen=True, slots=True)
class Rendered:
    """A piece of markup as text. `links` and `images` are absolute, in order, each address once."""

    text: str = ""
    markdown: str = ""
    links: tuple[Link, ...] = ()
    images: tuple[Link, ...] = ()


def render(elements: Element | Iterable[Element], base: str, *, muted: frozenset[Element] = frozenset()) -> Rendered:
    """Render one element, or several one after another.

    Args:
        elements: What to render; text behind an element is not part of it.
        base: Absolute URL that relative links start from.
        muted: Captions of figures whose words stand in the markdown alone.
    """
    writer = _Writer(base, muted=muted)
    for root in [elements] if hasattr(elements, "tag") else elements:
        writer.walk(root)
    return writer.finish()


def render_text(elements: Iterable[Element], base: str) -> str:
    """Return the text alone that `render` makes of several elements one after another."""
    writer = _Writer(base)
    for root in elements:
        writer.walk(root)
    return _plain("\n".join(writer.lines))


def render_fragment(source: str, base: str) -> Rendered:
    """Render a piece of HTML as feeds and REST carry it."""
    if _PARAGRAPHS.fullmatch(source):
        return _paragraphs(source)
    return render(fragment(source), base) if source.strip() else Rendered()


def _paragraphs(source: str) -> Rendered:
    """Render what `_PARAGRAPHS` matches: the same as by way of a tree, in a tenth of the time."""
    blocks = [_lines_of(paragraph) for paragraph in source.split("</p>")]
    return Rendered(
        text=_plain("\n".join(line for block in blocks for line in block)),
        markdown=_plain("\n\n".join("  \n".join(block) for block in blocks if block)),
    )


def _lines_of(paragraph: str) -> list[str]:
    parts = re.split(_BREAK, paragraph.partition("<p>")[2])
    return [line for part in parts if (line := " ".join(html.unescape(part).replace("\u00ad", "").split()))]


def _plain(text: str) -> str:
    """Return *text* in NFC without soft hyphens: a reader never sees them, and a search for the word would miss it."""
    return unicodedata.normalize("NFC", text.replace("\u00ad", ""))


class _Block(NamedTuple):
    """A block of markdown: what stands before its first line and before the others, and its lines."""

    first: str
    rest: str
    body: str
    is_item: bool


@dataclass(slots=True)
class _Writer:
    """Walks a tree once, without recursion, and writes text lines and markdown blocks side by side."""

    base: str
    muted: frozenset[Element] = frozenset()
    lines: list[str] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)
    links: dict[str, Link] = field(default_factory=dict)
    images: dict[str, Link] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)  # of the block that is being written
    rich: list[str] = field(default_factory=list)
    marks: list[tuple[Element, int]] = field(default_factory=list)  # open ones, and where in `rich` each begins
    # quotes and list items that the block stands in: what begins a line, and what begins the first line instead
    containers: list[tuple[str, str]] = field(default_factory=list)
    heading: str = ""
    numbers: list[int | None] = field(default_factory=list)  # counters of the open lists; None: not numbered
    pre: int = 0
    before_muted: int | None = None  # lines that were written when a caption began that is none of the text

    def walk(self, root: Element) -> None:
        """Write *root* and all below it."""
        stack: list[tuple[Element, bool]] = [(root, False)]
        while stack:
            element, leaving = stack.pop()
            if leaving:
                self._leave(element)
                if element is not root:
                    self._words(element.tail)
                continue
            if self._enter(element):
                if inner := [(child, False) for child in reversed(element)]:
                    stack.append((element, True))
                    stack += inner
                    continue
                self._leave(element)
            if element is not root:
                self._words(element.tail)
        self._end_block()

    def finish(self) -> Rendered:
        """Return what was written."""
        self._end_block()
        return Rendered(
            text=_plain("\n".join(self.lines)),
            markdown=_plain(_joined(self.blocks)),
            links=tuple(self.links.values()),
            images=tuple(self.images.values()),
        )

    # ------------------------------------------------------------------------------------------ elements
    def _enter(self, element: Element) -> bool:
        """Begin an element; return whether its children are to be walked."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SKIPPED or _is_hidden(element):
            return False
        if tag == "br":
            self.plain.append("\n")
            self.rich.append("\n")
            return False
        if tag == "img":
            self._image(element)
            return False
        if tag in BLOCKS or tag in ("td", "th"):
            self._end_block()
            if tag == "table" and (rows := _data_rows(element)):
                self._table(element, rows)
                return False
            self._enter_block(element, tag)
        elif tag in _MARKS and len(self.marks) < _DEEPEST:
            self.marks.append((element, len(self.rich)))
            self.rich.append("")
        self._words(element.text)
        return True

    def _enter_block(self, element: Element, tag: str) -> None:
        if tag == "blockquote":
            self.containers.append(("> ", "> "))
        elif tag in _LISTS:
            self.numbers.append(_start(element) if tag == "ol" else None)
        elif tag == "li" and self.numbers:
            number = self.numbers[-1]
            bullet = "- " if number is None else f"{number}. "
            if number is not None:
                self.numbers[-1] = number + 1
            self.containers.append((" " * len(bullet), bullet))
        elif tag == "pre":
            self.pre += 1
        elif tag in _HEADINGS:
            self.heading = _HEADINGS[tag]
        elif tag == "hr":
            self._block("---")
        elif tag == "figcaption" and element in self.muted:
            self.before_muted = len(self.lines)

    def _leave(self, element: Element) -> None:
        tag = element.tag
        if self.marks and self.marks[-1][0] is element:
            self._close_mark(*self.marks.pop())
        if tag not in BLOCKS and tag not in ("td", "th"):
            return
        self._end_block()
        if tag == "blockquote" or (tag == "li" and self.numbers):
            self.containers.pop()
        elif tag in _LISTS:
            self.numbers.pop()
        elif tag == "pre":
            self.pre -= 1
        elif tag in _HEADINGS:
            self.heading = ""
        elif tag == "figcaption" and self.before_muted is not None:
            del self.lines[self.before_muted :]
            self.before_muted = None

    def _image(self, element: Element) -> None:
        alt = unicodedata.normalize("NFC", " ".join((element.get("alt") or "").split()))
        if not {"emoji", "wp-smiley"}.isdisjoint((element.get("class") or "").split()):
            self._words(alt)  # WordPress's feeds and older pages have a picture where REST has the character
            return
        source = element.get("data-src") or element.get("data-lazy-src") or element.get("src") or ""
        if url := canonical_url(source, base=self.base):
            self.images.setdefault(url, Link(url, alt))
            self.rich.append(f"![{alt}]({url})")

    def _close_mark(self, element: Element, start: int) -> None:
        """Put marks around what was written since *start*; blanks go outside, nothing gets no marks."""
        inside = "".join(self.rich[start + 1 :])
        bare = inside.strip()
        before, after = self._marks(element) if bare else ("", "")
        if before:
            at = inside.index(bare[0])
            inside = f"{inside[:at]}{before}{bare}{after}{inside[at + len(bare) :]}"
        self.rich[start:] = [inside]

    def _marks(self, element: Element) -> tuple[str, str]:
        if element.tag != "a":
            mark = "" if self.pre else _MARKS[element.tag]
            return mark, mark
        href = (element.get("href") or "").strip()
        url = canonical_url(href, base=self.base) if href and not href.startswith("#") else None
        if url is None:
            return "", ""
        if url not in self.links:
            words = " ".join("".join(element.itertext()).split())
            self.links[url] = Link(url, unicodedata.normalize("NFC", words))
        return ("", "") if self.pre else ("[", f"]({url})")

    def _table(self, table: Element, rows: list[list[Element]]) -> None:
        """Write a table that holds data: a line a row, its cells apart by tabs."""
        for caption in table.iter("caption"):
            self.walk(caption)
        rich = []
        for row in rows:
            cells = [render(cell, self.base) for cell in row]
            for cell in cells:
                self.links.update({link.url: link for link in cell.links if link.url not in self.links})
                self.images.update({image.url: image for image in cell.images if image.url not in self.images})
            words = "\t".join(cell.text.replace("\n", " ") for cell in cells).strip()
            if words:
                self.lines.append(words)
            rich.append(
                "| " + " | ".join(cell.markdown.replace("\n", " ").replace("|", "\\|") for cell in cells) + " |"
            )
        width = max(len(row) for row in rows)
        self._block("\n".join([rich[0], "|" + " --- |" * width, *rich[1:]]))

    # ------------------------------------------------------------------------------------------ words
    def _words(self, words: str | None) -> None:
        if not words:
            return
        if not self.pre:
            words = words.replace("\n", " ")  # a line feed stands for a break here; blanks are squeezed line by line
        self.plain.append(words)
        self.rich.append(words)

    def _end_block(self) -> None:
        """Write the block so far; marks that are open are closed here and opened again in the next block."""
        if not self.plain and len(self.rich) == len(self.marks):
            return
        for element, start in reversed(self.marks):
            self._close_mark(element, start)
        plain, rich = "".join(self.plain), "".join(self.rich)
        self.plain.clear()
        self.rich[:] = [""] * len(self.marks)
        self.marks = [(element, start) for start, (element, _) in enumerate(self.marks)]
        if self.pre:
            lines = [line.rstrip() for line in plain.replace("\r", "").split("\n")]
            self.lines.extend(line.replace("\xa0", " ") for line in lines if line)
            body = rich.replace("\r", "").strip("\n")
            if body.strip():
                fence = "```" if "```" not in body else "````"
                self._block(f"{fence}\n{body}\n{fence}")
            return
        lines = _squeezed(plain)
        self.lines += lines
        if body := "  \n".join(lines if rich == plain else _squeezed(rich)):
            self._block(body)

    def _block(self, body: str) -> None:
        if self.heading:
            body = self.heading + body.replace("  \n", " ")
        if not self.containers:
            self.blocks.append(_Block("", "", body, False))
            return
        shown = self.containers[:_DEEPEST]
        first = "".join(first for _, first in shown)
        rest = "".join(rest for rest, _ in shown)
        is_item = any(first != rest for rest, first in shown)
        self.blocks.append(_Block(first, rest, body, is_item))
        if is_item:  # its bullet is written
            self.containers = [(rest, rest) for rest, _ in self.containers]


def _squeezed(text: str) -> list[str]:
    """Return the lines of a text, each blank in them one, without empty lines."""
    return [line for part in text.split("\n") if (line := " ".join(part.split()))]


def _joined(blocks: list[_Block]) -> str:
    """Put blocks together: an empty line between them, none between the items of one list."""
    out: list[str] = []
    before: _Block | None = None
    for block in blocks:
        if before is not None and not (block.is_item and before.is_item):
            shared = block.rest if before.rest.startswith(block.rest) else before.rest
            out.append(shared.rstrip() if block.rest.startswith(shared) else "")
        for number, line in enumerate(block.body.split("\n")):
            whole = (block.rest if number else block.first) + line
            out.append(whole if line.endswith("  ") else whole.rstrip())
        before = block
    return "\n".join(out)


def _data_rows(table: Element) -> list[list[Element]] | None:
    """Return the cells of a table that holds data, by row; None of one that only lays out a page."""
    rows: list[list[Element]] = []
    for part in table.iter():
        tag = part.tag
        if tag in _IN_LAYOUT and part is not table:
            return None
        if tag in _TABLE_PARTS and (_is_said(part.text) or any(_is_said(child.tail) for child in part)):
            return None  # words between the cells would be lost
        if tag == "tr":
            rows.append([])
        elif tag in ("td", "th"):
            if not rows:
                return None
            if not _is_hidden(part) and not _is_hidden(part.getparent()):
                rows[-1].append(part)
    return [row for row in rows if row] or None


def _is_said(words: str | None) -> bool:
    return words is not None and words.strip() != ""


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style) and "display:none" in style.replace(" ", "").lower()


def _start(element: Element) -> int:
    value = element.get("start") or ""
    return int(value) if value.isdecimal() and len(value) < 9 else 1
