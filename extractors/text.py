"""From markup to text: one block a line for reading and comparing, markdown for reading with its form.

The same words come out of one post whether REST, its feed or its page carried it, in any theme.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from extractors.document import Element, fragment
from variorum.records import Link
from variorum.urls import canonical_url

_SKIPPED = frozenset(
    "script style noscript template head title meta link base iframe object embed svg math canvas audio video form "
    "button input select textarea option datalist dialog".split()
)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center cite dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary table tbody tfoot "
    "thead tr ul".split()
)
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_MARKS = {"strong": "**", "b": "**", "em": "*", "i": "*", "del": "~~", "s": "~~"}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A piece of markup as text. `links` and `images` are absolute, in order, each address once."""

    text: str = ""
    markdown: str = ""
    links: tuple[Link, ...] = ()
    images: tuple[Link, ...] = ()


def render(elements: Element | Iterable[Element], base: str) -> Rendered:
    """Render one element, or several one after another.

    Args:
        elements: What to render; text behind an element is not part of it.
        base: Absolute URL that relative links start from.
    """
    roots = [elements] if hasattr(elements, "tag") else list(elements)
    writer = _Writer(base)
    for root in roots:
        writer.walk(root)
    return writer.finish()


def render_fragment(source: str, base: str) -> Rendered:
    """Render a piece of HTML as feeds and REST carry it."""
    return render(fragment(source), base) if source.strip() else Rendered()


@dataclass(slots=True)
class _Writer:
    """Walks a tree once, without recursion, and writes text lines and markdown blocks side by side."""

    base: str
    lines: list[str] = field(default_factory=list)
    blocks: list[tuple[str, str]] = field(default_factory=list)  # (prefix of a block, its markdown)
    links: dict[str, Link] = field(default_factory=dict)
    images: dict[str, Link] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)  # of the block that is being written
    rich: list[str] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)  # quote marks and list indents that the block stands in
    head: str = ""  # "## ", "- ", …: what the next block begins with
    numbers: list[int | None] = field(default_factory=list)  # counters of the open lists; None: not numbered
    pre: int = 0

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
                stack.append((element, True))
                stack.extend((child, False) for child in reversed(element))
            elif element is not root:
                self._words(element.tail)
        self._end_block()

    def finish(self) -> Rendered:
        """Return what was written."""
        self._end_block()
        return Rendered(
            text=unicodedata.normalize("NFC", "\n".join(self.lines)),
            markdown=unicodedata.normalize("NFC", _joined(self.blocks)),
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
            self._line_break()
            return False
        if tag == "img":
            self._image(element)
            return False
        if tag == "table":
            self._end_block()
            if self._table(element):
                return False
        if tag in _BLOCKS:
            self._end_block()
        if tag == "blockquote":
            self.containers.append("> ")
        elif tag in ("ul", "ol", "menu", "dir"):
            self.numbers.append(_start(element) if tag == "ol" else None)
        elif tag == "li":
            self._item()
        elif tag == "pre":
            self.pre += 1
        elif tag in _HEADINGS:
            self.head = _HEADINGS[tag] + " "
        elif tag == "hr":
            self.blocks.append(("".join(self.containers), "---"))
        elif tag in _MARKS:
            self.rich.append(_MARKS[tag])
        elif tag == "code" and not self.pre:
            self.rich.append("`")
        elif tag == "a":
            self.rich.append("[")
        elif tag in ("td", "th"):
            self._end_block()
        self._words(element.text)
        return True

    def _leave(self, element: Element) -> None:
        tag = element.tag
        if tag in _MARKS:
            self._close_mark(_MARKS[tag])
        elif tag == "code" and not self.pre:
            self._close_mark("`")
        elif tag == "a":
            self._close_link(element)
        if tag in _BLOCKS or tag in ("td", "th"):
            self._end_block(fence=tag == "pre")
        if tag == "blockquote":
            self.containers.pop()
        elif tag in ("ul", "ol", "menu", "dir"):
            self.numbers.pop()
        elif tag == "li" and self.numbers:
            self.containers.pop()
            self.head = ""
        elif tag == "pre":
            self.pre -= 1
        elif tag in _HEADINGS:
            self.head = ""

    def _item(self) -> None:
        if not self.numbers:
            return
        number = self.numbers[-1]
        if number is None:
            self.head = "- "
        else:
            self.head = f"{number}. "
            self.numbers[-1] = number + 1
        self.containers.append(" " * len(self.head))

    def _image(self, element: Element) -> None:
        source = element.get("data-src") or element.get("src") or ""
        url = canonical_url(source, base=self.base)
        if url is None:
            return
        alt = " ".join((element.get("alt") or "").split())
        self.images.setdefault(url, Link(url, alt))
        self.rich.append(f"![{alt}]({url})")

    def _close_mark(self, mark: str) -> None:
        """Close emphasis; an empty one is taken back, and blanks inside its marks go outside."""
        start = _rindex(self.rich, mark)
        inside = "".join(self.rich[start + 1 :])
        bare = inside.strip()
        if not bare:
            self.rich[start:] = [inside]
            return
        lead = " " if inside[:1].isspace() else ""
        trail = " " if inside[-1:].isspace() else ""
        self.rich[start:] = [f"{lead}{mark}{bare}{mark}{trail}"]

    def _close_link(self, element: Element) -> None:
        start = _rindex(self.rich, "[")
        inside = "".join(self.rich[start + 1 :])
        href = (element.get("href") or "").strip()
        url = canonical_url(href, base=self.base) if href and not href.startswith("#") else None
        bare = inside.strip()
        if url is None or not bare:
            self.rich[start:] = [inside]
            return
        self.links.setdefault(url, Link(url, " ".join("".join(words_only(element)).split())))
        trail = " " if inside[-1:].isspace() else ""
        lead = " " if inside[:1].isspace() else ""
        self.rich[start:] = [f"{lead}[{bare}]({url}){trail}"]

    def _table(self, table: Element) -> bool:
        """Write a table that holds data: a line a row. One that only lays out a page is walked like any block."""
        rows = [[cell for cell in row if cell.tag in ("td", "th")] for row in table.iter("tr")]
        rows = [row for row in rows if row]
        if not rows or next(table.iterdescendants("table"), None) is not None:
            return False
        if any(
            next(cell.iter("p", "div", "ul", "ol", "pre", "blockquote", "h1", "h2", "h3"), None) is not None
            for row in rows
            for cell in row
        ):
            return False
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
        prefix = "".join(self.containers)
        self.blocks.append((prefix, "\n".join([rich[0], "|" + " --- |" * width, *rich[1:]])))
        for caption in table.iter("caption"):
            if words := " ".join("".join(words_only(caption)).split()):
                self.lines.append(words)
                self.blocks.append((prefix, words))
        return True

    # ------------------------------------------------------------------------------------------ words
    def _words(self, words: str | None) -> None:
        if not words:
            return
        if self.pre:
            self.plain.append(words)
            self.rich.append(words)
            return
        squeezed = " ".join(words.split())
        if not squeezed:
            squeezed = " "
        else:
            squeezed = (" " if words[0].isspace() else "") + squeezed + (" " if words[-1].isspace() else "")
        self.plain.append(squeezed)
        self.rich.append(squeezed)

    def _line_break(self) -> None:
        self.plain.append("\n")
        self.rich.append("\n")

    def _end_block(self, *, fence: bool = False) -> None:
        if not self.plain and not self.rich:
            return
        plain, rich = "".join(self.plain), "".join(self.rich)
        self.plain.clear()
        self.rich.clear()
        keep = self.pre > 0
        lines = [line.rstrip() if keep else " ".join(line.split()) for line in plain.replace("\r", "").split("\n")]
        told = [line.replace("\xa0", " ") for line in lines if line.strip()]
        self.lines.extend(told)
        if keep:
            body = rich.replace("\r", "").strip("\n")
            if body.strip():
                marks = "```" if "```" not in body else "````"
                self._block(f"{marks}\n{body}\n{marks}")
            return
        body = "\n".join(line for line in (" ".join(line.split()) for line in rich.split("\n")) if line)
        if body:
            self._block(body.replace("\n", "  \n"))

    def _block(self, body: str) -> None:
        prefix = "".join(self.containers)
        if self.head:
            if self.head.strip() in _HEADINGS.values():
                body = body.replace("  \n", " ")
            else:  # a list item: its first block carries the bullet in place of the indent
                prefix = "".join(self.containers[:-1])
                body = self.head + body.replace("\n", "\n" + " " * len(self.head))
                self.head = ""
                self.blocks.append((prefix, body))
                return
            body = self.head + body
            self.head = ""
        self.blocks.append((prefix, body))


def _joined(blocks: list[tuple[str, str]]) -> str:
    """Put blocks together: an empty line between them, none between the items of one list."""
    out: list[str] = []
    before: tuple[str, str] | None = None
    for prefix, body in blocks:
        if before is not None:
            tight = _is_item(body) and _is_item(before[1])
            shared = prefix if before[0].startswith(prefix) else before[0] if prefix.startswith(before[0]) else ""
            if not tight:
                out.append(shared.rstrip())
        out.extend((prefix + line).rstrip() if not line.endswith("  ") else prefix + line for line in body.split("\n"))
        before = (prefix, body)
    return "\n".join(out)


def _is_item(body: str) -> bool:
    mark = body.split(" ", 1)[0]
    return mark == "-" or (mark.endswith(".") and mark[:-1].isdecimal())


def words_only(element: Element) -> Iterable[str]:
    """Yield the pieces of text in an element."""
    return element.itertext()  # type: ignore[no-any-return]


def _is_hidden(element: Element) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style) and "display:none" in style.replace(" ", "").lower()


def _start(element: Element) -> int:
    value = element.get("start") or ""
    return int(value) if value.isdecimal() and len(value) < 9 else 1


def _rindex(pieces: list[str], mark: str) -> int:
    """Return where *mark* was written last; a block that ended in between took it along, so it may stand nowhere."""
    for position in range(len(pieces) - 1, -1, -1):
        if pieces[position] == mark:
            return position
    pieces.insert(0, mark)
    return 0
