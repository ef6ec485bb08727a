"""What became of every block of a page or a plain text: kept, a comment, removed by which rule, or left out.

It compares the finished record with the source, so it tells what happened whichever way was taken. No I/O.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from extractors.document import Document, Element
from extractors.outline import bare
from variorum.records import Page, Removed

#: "left": outside of the article and of its comments; no rule was needed.
Fate = Literal["kept", "title", "comment", "removed", "left"]

_UNSEEN = frozenset(("script", "style", "noscript", "template", "head", "option", "textarea"))
_BORDERS = frozenset(
    "address article aside blockquote body br button caption dd details div dl dt fieldset figcaption figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr label legend li main nav ol p pre section summary table td th tr ul".split()
)
_SURE = 24  #: letters from which a block may be a part of a longer line; a shorter one must be a line of its own


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of the source."""

    text: str
    fate: Fate
    rule: str = ""  #: of a removal "kind: rule", of a comment its author; "" otherwise


def explain_page(document: Document, page: Page) -> Iterator[Piece]:
    """Yield the blocks of a page in document order.

    Args:
        document: Parsed anew: extraction uses its tree up.
        page: What was extracted from it.
    """
    comments = page.thread.comments if page.thread else ()
    kept = _Lines([("", page.text)])
    told = _Lines((comment.author, comment.text) for comment in comments)
    removed = _Lines((f"{cut.kind}: {cut.rule}", cut.text) for cut in page.removed)
    title = bare(page.title)
    for text in _blocks(document.tree):
        letters = bare(text)
        if not letters:
            continue
        if letters == title:
            yield Piece(text, "title")
        elif kept.find(letters) is not None:
            yield Piece(text, "kept")
        elif (author := told.find(letters)) is not None:
            yield Piece(text, "comment", author)
        elif (rule := removed.find(letters)) is not None:
            yield Piece(text, "removed", rule)
        else:
            yield Piece(text, "left")


def explain_text(raw: str, removed: Iterable[Removed]) -> Iterator[Piece]:
    """Yield the pieces of a plain text: their texts, joined, are *raw*.

    Args:
        raw: What was cleaned.
        removed: What was removed from it, with offsets.
    """
    end = 0
    for cut in sorted(removed, key=lambda cut: cut.start or 0):
        if cut.start is None or cut.end is None:
            continue
        if cut.start > end:
            yield Piece(raw[end : cut.start], "kept")
        yield Piece(raw[cut.start : cut.end], "removed", f"{cut.kind}: {cut.rule}")
        end = cut.end
    if raw[end:]:
        yield Piece(raw[end:], "kept")


class _Lines:
    """Texts in which a block is looked for by its letters."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._by_line: dict[str, str] = {}
        self._whole: list[tuple[str, str]] = []
        for name, text in named:
            self._whole.append((bare(text), name))
            for line in text.split("\n"):
                self._by_line.setdefault(bare(line), name)

    def find(self, letters: str) -> str | None:
        """Return the name of the text that holds these letters, None if none does."""
        if letters in self._by_line:
            return self._by_line[letters]
        if len(letters) < _SURE:
            return None
        return next((name for whole, name in self._whole if letters in whole), None)


def _blocks(tree: Element) -> Iterator[str]:
    """Yield what stands between the borders of blocks, white space squeezed."""
    run: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end", "comment", "pi")):
        hidden = event in ("start", "end") and element.tag in _UNSEEN
        if event == "start":
            unseen += hidden
            if element.tag in _BORDERS:
                yield from _flush(run)
            if not unseen and element.text:
                run.append(element.text)
            continue
        if event == "end":
            unseen -= hidden
            if element.tag in _BORDERS:
                yield from _flush(run)
        if not unseen and element.tail and element is not tree:
            run.append(element.tail)
    yield from _flush(run)


def _flush(run: list[str]) -> Iterator[str]:
    text = " ".join("".join(run).split())
    run.clear()
    if text:
        yield text
