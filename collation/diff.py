"""What changed between two texts, for people: by paragraph, and word by word where a paragraph was rewritten.

Both levels are longest common subsequences over interned tokens (bit-parallel, `rapidfuzz`): the tightest of what was
measured, and never worse than quadratic / 64, also on ten thousand equal lines. `rapidfuzz` is imported when needed.
Paragraphs that were taken out here and put in there are told as moved, also where some words of them were changed.

Time is bounded: what is too large for a comparison by words is compared by sentences, or not, and its hunk says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Literal, NamedTuple

#: An equal run of fewer tokens between two changes is shown as changed: single words that both texts happen to hold.
LEAST_RUN = 3
#: Most cells of one alignment (64 cells are 8 bytes: 64 MiB). A larger block is aligned by sentences first.
MOST_CELLS = 512 * 1024 * 1024
MOST_CELLS_IN_ALL = 4 * MOST_CELLS  #: of all alignments by words of one difference: half a second
MOST_CHARACTERS = 2_000_000  #: of a block that is cut into words
LEAST_MOVED = 5  #: words of a paragraph that is looked for elsewhere: fewer stand in many places by chance
MOVED_ALIKE = 70  #: percent of its characters that a paragraph keeps where it was moved and changed
MOST_PAIRS, MOST_ALIKE = 2_500, 4_000  #: pairs of paragraphs, and characters of one, that are compared for that

#: Scripts without blanks between words, aligned by character: Thai, Lao, Burmese, Khmer, kana, Han.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff"
    "\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_SENTENCE = re.compile(r"[^.!?。！？؟।\n]*(?:[.!?。！？؟।]+[^\S\n]*|\n|$)")


Detail = Literal["words", "sentences", "whole"]


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters that both texts hold, or one of them."""

    kind: Literal["equal", "delete", "insert"]
    text: str


@dataclass(frozen=True, slots=True)
class Hunk:
    """A run of paragraphs. The `old` of all hunks, joined by line feeds, is the old text; the `new` the new one.

    What was moved is two hunks with the same number `move`: `moved_away` has the old paragraphs, `moved_here` the new.
    """

    kind: Literal["equal", "delete", "insert", "replace", "moved_away", "moved_here"]
    old: tuple[str, ...]
    new: tuple[str, ...]
    old_start: int  #: number of the first paragraph in the old text, from 0
    new_start: int
    #: for `replace`: equal and deleted ones joined are the old paragraphs with their line feeds, equal and inserted
    #: ones the new; for `moved_here`, of what was changed on the way: the same, the old ones being those moved away
    spans: tuple[Span, ...] = ()
    detail: Detail | None = None  #: what the spans are made of; less than words where that would take too long
    move: int | None = None  #: from 1, in the order of the old text


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
    blocks = list(_align(before, after))
    moves = _moves(before, after, [block for block in blocks if block[0] != "equal"])
    hunks: list[Hunk] = []
    left = MOST_CELLS_IN_ALL
    for kind, i1, i2, j1, j2, move in _cut(blocks, moves):
        away = moves[move - 1] if move is not None else None
        cut = tuple(before[away.old : away.old + away.length] if away is not None else before[i1:i2])
        put = tuple(after[j1:j2])
        spans: tuple[Span, ...] = ()
        detail: Detail | None = None
        if kind == "replace" or (kind == "moved_here" and cut != put):
            spans, detail, cost = _compared("\n".join(cut), "\n".join(put), left)
            left -= cost
        hunks.append(Hunk(kind, tuple(before[i1:i2]), put, i1, j1, spans, detail, move))
    return tuple(hunks)


class _Move(NamedTuple):
    """A run of paragraphs that stands elsewhere now: numbers of the first one."""

    old: int
    new: int
    length: int


_Kind = Literal["equal", "delete", "insert", "replace", "moved_away", "moved_here"]
_Piece = tuple[_Kind, int, int, int, int, int | None]


def _moves(before: Sequence[str], after: Sequence[str], changes: Sequence[_Block]) -> list[_Move]:
    """Return the runs of paragraphs that were moved, in the order of the old text."""
    taken = [i for _, i1, i2, _, _ in changes for i in range(i1, i2)]
    put = [j for _, _, _, j1, j2 in changes for j in range(j1, j2)]
    pairs = _same(before, after, taken, put)
    pairs |= _alike(before, after, changes, pairs)
    moves: list[_Move] = []
    for i, j in sorted(pairs.items()):
        last = moves[-1] if moves else None
        if last is not None and (i, j) == (last.old + last.length, last.new + last.length):
            moves[-1] = last._replace(length=last.length + 1)
        else:
            moves.append(_Move(i, j, 1))
    return moves


def _same(before: Sequence[str], after: Sequence[str], taken: Sequence[int], put: Sequence[int]) -> dict[int, int]:
    """Return paragraphs that were taken out and put in as they were; a run of them goes where a run stands."""
    places: dict[str, list[int]] = {}
    for j in reversed(put):
        places.setdefault(after[j], []).append(j)
    free = set(put)
    pairs: dict[int, int] = {}
    for i in taken:
        follower = pairs.get(i - 1, -2) + 1
        if follower in free and after[follower] == before[i]:
            j = follower
        elif before[i] in places and _is_weighty(before[i]):
            waiting = places[before[i]]
            while waiting and waiting[-1] not in free:
                waiting.pop()
            if not waiting:
                continue
            j = waiting.pop()
        else:
            continue
        pairs[i] = j
        free.discard(j)
    return pairs


def _alike(
    before: Sequence[str], after: Sequence[str], changes: Sequence[_Block], known: Mapping[int, int]
) -> dict[int, int]:
    """Return paragraphs that were taken out and put in elsewhere with some words changed."""
    taken = [i for kind, i1, i2, _, _ in changes if kind == "delete" for i in range(i1, i2) if i not in known]
    free = set(known.values())
    put = [j for kind, _, _, j1, j2 in changes if kind == "insert" for j in range(j1, j2) if j not in free]
    taken, put = [i for i in taken if _is_comparable(before[i])], [j for j in put if _is_comparable(after[j])]
    if not taken or not put or len(taken) * len(put) > MOST_PAIRS:
        return {}
    from rapidfuzz import fuzz

    pairs: dict[int, int] = {}
    for i in taken:
        scores = [(fuzz.ratio(before[i], after[j], score_cutoff=MOVED_ALIKE), -j) for j in put]
        best, j = max(scores, default=(0.0, 0))
        if best:
            pairs[i] = -j
            put.remove(-j)
    return pairs


def _is_weighty(text: str) -> bool:
    begin = [token.group() for token in islice(_words().finditer(text), 2 * LEAST_MOVED)]
    return sum(not token.isspace() for token in begin) >= LEAST_MOVED


def _is_comparable(text: str) -> bool:
    return len(text) <= MOST_ALIKE and _is_weighty(text)


def _cut(blocks: Sequence[_Block], moves: Sequence[_Move]) -> Iterator[_Piece]:
    """Yield blocks with what was moved as pieces of its own, in the order of both texts."""
    olds = {move.old: (number, move.length) for number, move in enumerate(moves, 1)}
    news = {move.new: (number, move.length) for number, move in enumerate(moves, 1)}
    for kind, i1, i2, j1, j2 in blocks:
        if kind == "equal":
            yield kind, i1, i2, j1, j2, None
            continue
        away, here = list(_parts(i1, i2, olds)), list(_parts(j1, j2, news))
        i, j = i1, j1
        while away or here:
            if away and away[0][1] is not None:
                end, move = away.pop(0)
                yield "moved_away", i, end, j, j, move
                i = end
            elif here and here[0][1] is not None:
                end, move = here.pop(0)
                yield "moved_here", i, i, j, end, move
                j = end
            else:
                i_end, j_end = away.pop(0)[0] if away else i, here.pop(0)[0] if here else j
                yield (
                    "replace" if i_end > i and j_end > j else "delete" if i_end > i else "insert",
                    i,
                    i_end,
                    j,
                    j_end,
                    None,
                )
                i, j = i_end, j_end


def _parts(start: int, end: int, moved: Mapping[int, tuple[int, int]]) -> Iterator[tuple[int, int | None]]:
    """Yield the ends of the pieces of a range: what was moved with its number, and what was not."""
    at = begin = start
    while at < end:
        if at not in moved:
            at += 1
            continue
        if at > begin:
            yield at, None
        number, length = moved[at]
        at = begin = at + length
        yield at, number
    if at > begin:
        yield at, None


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


def _compared(old: str, new: str, left: int) -> tuple[tuple[Span, ...], Detail, int]:
    """Return what two texts share and do not share, deleted before inserted; how finely; and the cells it took.

    Args:
        old: Any text.
        new: Another one.
        left: Cells that may be used.
    """
    if len(old) + len(new) <= MOST_CHARACTERS:
        before, after = _words().findall(old), _words().findall(new)
        cost = len(before) * len(after)
        if cost <= min(left, MOST_CELLS):
            return tuple(_spans(before, after, _merged(list(_align(before, after)), before))), "words", cost
    before, after = ([part for part in _SENTENCE.findall(text) if part] for text in (old, new))
    cost = len(before) * len(after)
    if cost > min(left, MOST_CELLS):
        return (Span("delete", old), Span("insert", new)), "whole", 0
    return tuple(_spans(before, after, list(_align(before, after)))), "sentences", cost


def _spans(before: Sequence[str], after: Sequence[str], blocks: Sequence[_Block]) -> Iterator[Span]:
    for kind, i1, i2, j1, j2 in blocks:
        if kind == "equal":
            yield Span("equal", "".join(before[i1:i2]))
            continue
        if i2 > i1:
            yield Span("delete", "".join(before[i1:i2]))
        if j2 > j1:
            yield Span("insert", "".join(after[j1:j2]))


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


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown: unchanged paragraphs, or what happened to others."""

    mark: str  #: of one sign: " " unchanged, "…" left out, "-" "+" "~" as in `unified`, "<" moved away, ">" moved here
    spans: tuple[Span, ...]
    move: int | None = None


def layout(hunks: Sequence[Hunk], *, context: int = 1) -> Iterator[Line]:
    """Yield what is to be shown of hunks.

    Args:
        hunks: All of two texts.
        context: Unchanged paragraphs shown before and after a change; what is left out is counted.
    """
    for number, hunk in enumerate(hunks):
        if hunk.kind == "equal":
            before, after = context if number else 0, context if number < len(hunks) - 1 else 0
            yield from _around(hunk.old, before, after)
        elif hunk.kind in ("moved_away", "moved_here"):
            sign: Literal["<", ">"] = "<" if hunk.kind == "moved_away" else ">"
            if hunk.spans:
                yield Line(sign, hunk.spans, hunk.move)
            else:
                yield from (Line(sign, (Span("equal", line),), hunk.move) for line in (*hunk.old, *hunk.new))
        elif hunk.kind == "replace":
            yield Line("~", hunk.spans)
        else:
            yield from (Line("-", (Span("delete", line),)) for line in hunk.old)
            yield from (Line("+", (Span("insert", line),)) for line in hunk.new)


def unified(hunks: Sequence[Hunk], *, context: int = 1) -> str:
    """Return hunks as plain text, one paragraph a line.

    Marks: `-` taken out, `+` put in, `~` rewritten, with [-old-]{+new+} words; `<` and `>` stood there and stands here,
    with the number of the move; ¶ stands for a paragraph's end that was put in or taken out.

    Args:
        hunks: All of two texts. Without a change the result is empty.
        context: See `layout`.
    """
    if all(hunk.kind == "equal" for hunk in hunks):
        return ""
    lines: list[str] = []
    for line in layout(hunks, context=context):
        if line.mark in "-+":
            lines.append(f"{line.mark} {line.spans[0].text}")
            continue
        start = "  " if line.mark in " …" else f"{line.mark} " + (f"[{line.move}] " if line.move is not None else "")
        lines.extend(
            f"{start}{text}".rstrip() if line.mark == " " else f"{start}{text}"
            for text in "".join(map(_marked, line.spans)).split("\n")
        )
    return "\n".join(lines) + "\n"


def _around(paragraphs: Sequence[str], before: int, after: int) -> Iterator[Line]:
    left_out = len(paragraphs) - before - after
    shown = [Line(" ", (Span("equal", line),)) for line in paragraphs]
    if left_out > 1:
        shown[before : before + left_out] = [Line("…", (Span("equal", f"… {left_out} paragraphs unchanged …"),))]
    yield from shown


def _marked(span: Span) -> str:
    if span.kind == "equal":
        return span.text
    if span.kind == "delete":
        return f"[-{span.text.replace(chr(10), '¶')}-]"
    return "\n".join(f"{{+{line}+}}" if line else "" for line in span.text.replace("\n", "¶\n").split("\n"))
