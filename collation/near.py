"""Is a text a copy of another one, whole or in part? Keys to find such texts by, and the proof.

A text is the set of its shingles, runs of five words in a row (of five signs in Chinese, Japanese and Korean). Its keys
are the 32 smallest digests of them. Any two texts pick by the same order, so what they share shows among the keys of
both: a copy with every fifth word replaced, or a third of the text, still has three of them in common. Keys only
propose; two texts are linked by the share of their shingles that is the same, counted exactly.

Measured beside it (docs/duplicates.md): hashes of whole sentences and MinHash bands, which miss copies with many
small edits; the keys here find more, with as many rows, and need no library.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from variorum.records import LikeKind

ALGORITHM = "near/1"  #: revision of all that keys depend on; another one means to compare all texts anew
KEYS = 32  #: of a text, fewer where it is shorter than 36 words
SHARED = 3  #: keys that two texts must share to be compared
HOLDERS = 50  #: a key that more texts have is a common phrase, or belongs to a text that is copied everywhere …
FIRST = 2  #: … so that only its first holders are looked at: enough to find that text, cheap for a phrase

_RUN = 5  # words of a shingle
_SHORT_RUN = 3  # of those that tell a copy with a word changed here and there
_DUPLICATE = 0.8  # Jaccard
_CONTAINED = 0.5
_REWORDED = 0.4  # of the short shingles: what is left when every fourth word is another
_WORTH_A_LOOK = 0.1  # containment below which short shingles are not counted

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
_TOKEN = re.compile(f"[{_CJK}]|[^\\W_{_CJK}]+")
_ASCII_TOKEN = re.compile("[a-z0-9]+")


class Likeness(NamedTuple):
    """What two texts have in common."""

    kind: LikeKind
    jaccard: float  #: shingles of both by shingles of either
    containment: float  #: shingles of both by those of the text that has fewer
    method: str  #: what the kind was told by: text_sha256, jaccard/5, containment/5, containment/3


def tokens(text: str) -> list[str]:
    """Return the words of *text* without case, compatibility forms and punctuation; each CJK sign is a word."""
    if text.isascii():
        return _ASCII_TOKEN.findall(text.lower())
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def keys(text: str) -> tuple[int, ...]:
    """Return the keys of a text, 32 bits each, smallest first; none where it has fewer than five words.

    They are the same in every process, on every machine and in every version of Python.
    """
    digests = set(map(crc32, map(_bytes, _runs(tokens(text), _RUN))))
    return tuple(sorted(digests)[:KEYS])


def runs(text: str) -> frozenset[str]:
    """Return the shingles of a text."""
    return frozenset(_runs(tokens(text), _RUN))


def _bytes(shingle: str) -> bytes:
    return shingle.encode("utf-8", "surrogatepass")


def _runs(words: list[str], length: int) -> Iterable[str]:
    return map(" ".join, zip(*(words[start:] for start in range(length)), strict=False))


class Shingled:
    """A text as its shingles, to be compared with many others."""

    __slots__ = ("_runs", "_short_runs", "_words", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._words = tokens(text)
        self._runs = frozenset(_runs(self._words, _RUN))
        self._short_runs: frozenset[str] | None = None

    def likeness(self, other: Shingled) -> Likeness | None:
        """Return what two texts have in common; None if that is too little, or a text is shorter than five words."""
        low, high = sorted((len(self._runs), len(other._runs)))
        if not low:
            return None
        if self.text == other.text:
            return Likeness("exact", 1.0, 1.0, "text_sha256")
        both = len(self._runs & other._runs)
        jaccard, containment = both / (low + high - both), both / low
        if jaccard >= _DUPLICATE:
            return Likeness("duplicate", jaccard, containment, f"jaccard/{_RUN}")
        if containment >= _CONTAINED:
            kind: LikeKind = "variant" if both / high >= _CONTAINED else "excerpt"
            return Likeness(kind, jaccard, containment, f"containment/{_RUN}")
        if containment >= _WORTH_A_LOOK and self._is_reworded(other):
            return Likeness("variant", jaccard, containment, f"containment/{_SHORT_RUN}")
        return None

    def _is_reworded(self, other: Shingled) -> bool:
        """Return whether each text holds so much of the other in short shingles as chance does not bring about."""
        mine, theirs = self._in_short(), other._in_short()
        return len(mine & theirs) >= _REWORDED * max(len(mine), len(theirs))

    def _in_short(self) -> frozenset[str]:
        if self._short_runs is None:
            self._short_runs = frozenset(_runs(self._words, _SHORT_RUN))
        return self._short_runs

    def is_shorter_than(self, other: Shingled) -> bool:
        """Return whether this text has fewer words."""
        return len(self._words) < len(other._words)


def candidates(
    number: int, own: Iterable[int], holders: Mapping[int, Iterable[int]], common: Collection[int]
) -> list[int]:
    """Return the texts that share so many keys with one text that they are worth comparing with it.

    Args:
        number: Of the text.
        own: Its keys.
        holders: Key → numbers of the texts that have it, in order; it may be among them.
        common: Keys with more holders than `HOLDERS`.
    """
    counts: Counter[int] = Counter()
    for key in own:
        found = [other for other in holders.get(key, ()) if other != number]
        counts.update(found[:FIRST] if key in common else found)
    return sorted(other for other, shared in counts.items() if shared >= SHARED)
