"""What changed between two texts, for people: by paragraph, and word by word where a paragraph was rewritten.

Both levels are longest common subsequences over interned tokens (bit-parallel, `rapidfuzz`): the tightest of what was
measured, and never worse than quadratic / 64, also on ten thousand equal lines. `rapidfuzz` is imported when needed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

#: An equal run of fewer tokens between two changes is shown as changed: single words that both texts happen to hold.
LEAST_RUN = 3
#: Most cells of one alignment (64 cells are 8 bytes: 64 MiB). A larger block is aligned by sentences first.
MOST_CELLS = 512 * 1024 * 1024

#: Scripts without blanks between words, aligned by character: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_SENTENCE = re.compile(r"[^.!?。！？؟।\n]*(?:[.!?。！？؟।]+[^\S\n]*|\n|$)")


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters that both texts hold, or one of them."""

    kind: Literal["equal", "delete", "insert"]
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of paragraphs. The `old` of all hunks, joined by line feeds, is the old text; the `new` the new one."""

    kind: Literal["equal", "delete", "insert", "replace"]
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_start: int  #: number of the first paragraph in the old text, from 0
    new_start: int
    #: for `replace`: equal and deleted ones joined are the old paragraphs with their line feeds, equal and inserted
    #: ones the new
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that changed. Of lists, what was taken out and put in."""

    name: str
    old: object
    new: object
    removed: tuple[object, ...] = ()
    added: tuple[object, ...] = ()


def diff_texts(old: str, new: str) -> tuple[Hunk, ...]:
    """Return the difference of two texts, paragraph by paragraph, in order; nothing for two empty ones.

    Args:
        old: One paragraph a line.
        new: Likewise. Words are aligned within a run of paragraphs that were replaced; scripts that put no blanks
            between words by character.
    """
    before, after = old.split("\n") if old else [], new.split("\n") if new else []
    hunks: list[Hunk] = []
    for kind, i1, i2, j1, j2 in _align(before, after):
        cut, put = tuple(before[i1:i2]), tuple(after[j1:j2])
        spans = tuple(_spans("\n".join(cut), "\n".join(put))) if kind == "replace" else ()
        hunks.append(Hunk(kind, cut, put, i1, j1, spans))
    return tuple(hunks)


_Block = tuple[Literal["equal", "delete", "insert", "replace"], int, int, int, int]


def _align(old: Sequence[str], new: Sequence[str]) -> Iterator[_Block]:
    """Yield blocks that cover both sequences in order; neighbouring changes are one `replace`."""
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    i = j = 0
    for i1, i2, j1 in _runs(old, new, start, end):
        if i1 > i or j1 > j:
            yield ("replace" if i1 > i and j1 > j else "delete" if i1 > i else "insert"), i, i1, j, j1
        if i2 > i1:
            yield "equal", i1, i2, j1, j1 + i2 - i1
        i, j = i2, j1 + i2 - i1


def _runs(old: Sequence[str], new: Sequence[str], start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (from, to, from in new) of equal runs, and an empty one at the very end."""
    pending = (0, start, 0)
    inner, other = old[start : len(old) - end], new[start : len(new) - end]
    for i1, i2, j1 in [*_common_runs(inner, other), (len(inner), len(inner) + end, len(other))]:
        i1, i2, j1 = i1 + start, i2 + start, j1 + start
        if (i1, j1) == (pending[1], pending[2] + pending[1] - pending[0]):
            pending = (pending[0], i2, pending[2])
        else:
            yield pending
            pending = (i1, i2, j1)
    yield pending


def _common_runs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int]]:
    if not old or not new or len(old) * len(new) > MOST_CELLS:
        return []
    from rapidfuzz.distance import LCSseq

    ids: dict[str, int] = {}
    numbers = [[ids.setdefault(token, len(ids)) for token in side] for side in (old, new)]
    codes = LCSseq.opcodes(*numbers)
    return [(code.src_start, code.src_end, code.dest_start) for code in codes if code.tag == "equal"]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """Return how many tokens both begin with."""
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _spans(old: str, new: str) -> Iterator[Span]:
    """Yield what two texts share and do not share, word by word; deleted before inserted."""
    words = _words()
    before, after = words.findall(old), words.findall(new)
    if len(before) * len(after) > MOST_CELLS:
        yield from _spans_by_sentence(old, new)
        return
    for kind, i1, i2, j1, j2 in _merged(list(_align(before, after)), before):
        if kind == "equal":
            yield Span("equal", "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Span("delete", "".join(before[i1:i2]))
        if j2 > j1:
            yield Span("insert", "".join(after[j1:j2]))


def _spans_by_sentence(old: str, new: str) -> Iterator[Span]:
    """Like `_spans` for blocks that are too large: whole sentences, without a look inside."""
    before, after = ([part for part in _SENTENCE.findall(text) if part] for text in (old, new))
    for kind, i1, i2, j1, j2 in _align(before, after):
        cut, put = "".join(before[i1:i2]), "".join(after[j1:j2])
        if kind == "equal":
            yield Span("equal", cut)
            continue
        if cut:
            yield Span("delete", cut)
        if put:
            yield Span("insert", put)


def _merged(blocks: Sequence[_Block], old: Sequence[str]) -> list[_Block]:
    """Join changes with the short equal runs between them, so that words in common by chance do not scatter."""
    merged: list[_Block] = []
    for number, block in enumerate(blocks):
        kind, i1, i2, j1, j2 = block
        between = 0 < number < len(blocks) - 1
        if kind == "equal" and not (between and sum(not token.isspace() for token in old[i1:i2]) < LEAST_RUN):
            merged.append(block)
        elif merged and merged[-1][0] != "equal":
            merged[-1] = ("replace", merged[-1][1], i2, merged[-1][3], j2)
        else:
            merged.append(("replace", i1, i2, j1, j2))
    return merged


@cache
def _words() -> re.Pattern[str]:
    """Return what finds words with their marks, runs of blanks, and every other character by itself.

    `\\w` leaves out the marks that Arabic, Hebrew and the Indic scripts put on their letters.
    """
    marks = _ranges([code for code in range(0x300, 0xFF00) if unicodedata.category(chr(code)) in ("Mn", "Mc", "Me")])
    word = f"[^\\W{_UNSPACED}][^\\W{_UNSPACED}]*"
    joined = f"(?:(?:[{marks}\u200c\u200d\u00ad]|['’](?=\\w))[^\\W{_UNSPACED}]*)*"
    return re.compile(f"{word}{joined}|[{_UNSPACED}][{marks}]*|\n|[^\\S\n]+|[^\\w\\s][{marks}]*|.", re.S)


def _ranges(codes: Sequence[int]) -> str:
    """Return code points as the inside of a character class."""
    parts: list[list[int]] = []
    for code in codes:
        if parts and code == parts[-1][1] + 1:
            parts[-1][1] = code
        else:
            parts.append([code, code])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in parts)


def diff_fields(old: Mapping[str, object], new: Mapping[str, object]) -> tuple[FieldChange, ...]:
    """Return the fields that differ, in the order of *new*, then of *old*; empty and missing are the same.

    Args:
        old: JSON-ready values, such as `Content.meta`, with the title if it is to be compared.
        new: Likewise.
    """
    changes: list[FieldChange] = []
    for name in dict.fromkeys([*new, *old]):
        before, after = old.get(name), new.get(name)
        if before == after or not (before or after):
            continue
        one, other = before if isinstance(before, list) else [], after if isinstance(after, list) else []
        removed, added = (tuple(x for x in a if x not in b) for a, b in ((one, other), (other, one)))
        changes.append(FieldChange(name, before, after, removed, added))
    return tuple(changes)


def unified(hunks: Sequence[Hunk], *, context: int = 1) -> str:
    """Return hunks as plain text, one paragraph a line.

    Marks: `-` taken out, `+` put in, `~` rewritten, with [-old-]{+new+} words; ¶ stands for a paragraph's end that
    was put in or taken out.

    Args:
        hunks: All of two texts. Without a change the result is empty.
        context: Unchanged paragraphs shown before and after a change; what is left out is counted.
    """
    if all(hunk.kind == "equal" for hunk in hunks):
        return ""
    lines: list[str] = []
    for number, hunk in enumerate(hunks):
        if hunk.kind == "equal":
            before, after = context if number else 0, context if number < len(hunks) - 1 else 0
            lines.extend(f"  {line}".rstrip() for line in _around(hunk.old, before, after))
        elif hunk.kind == "replace":
            lines.extend(f"~ {line}" for line in "".join(map(_marked, hunk.spans)).split("\n"))
        else:
            lines.extend(f"- {line}" for line in hunk.old)
            lines.extend(f"+ {line}" for line in hunk.new)
    return "\n".join(lines) + "\n"


def _around(paragraphs: Sequence[str], before: int, after: int) -> list[str]:
    left_out = len(paragraphs) - before - after
    if left_out <= 1:
        return list(paragraphs)
    tail = paragraphs[len(paragraphs) - after :]
    return [*paragraphs[:before], f"… {left_out} paragraphs unchanged …", *tail]


def _marked(span: Span) -> str:
    if span.kind == "equal":
        return span.text
    if span.kind == "delete":
        return f"[-{span.text.replace(chr(10), '¶')}-]"
    return "\n".join(f"{{+{line}+}}" if line else "" for line in span.text.replace("\n", "¶\n").split("\n"))
