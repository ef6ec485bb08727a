"""Text cut into words for the full-text index: runs of Chinese, Japanese and Korean signs become pairs of signs.

SQLite's tokenizer takes such a run for one word; pairs make any part of it findable and keep phrases exact
(measured: 13.7 of 13.7 hits against 2.6 with whole runs). The last sign of a run stands alone as well, so that a lone
sign is found wherever it is. Vowel marks of Arabic and Hebrew, which the tokenizer takes for the ends of words, are
left out, as readers leave them out when they search.
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from variorum.errors import UsageError

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
_RUN = re.compile(f"[{CJK}]+")
_VOWELS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
#: Begins the words that are made up for the index (storage/engines/fulltext.py). Of private use (Unicode 23.5), so no
#: sign of any language; one that a text holds is taken out, so that no text can pass for one of another source.
MARK = "\ue000"
MOST_TERMS = 64  #: that one question may hold: each is a list to go through
LEAST_STEM = 3  #: letters before a star: fewer are the beginning of a large part of all words
_TERM = re.compile(r'"([^"]*)"(\*?)|([^\s"]+)')
_SOUGHT = re.compile(r"[^\W_]+\*?")
_TOKEN = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")


class Term(NamedTuple):
    """What a person wants to be found: words side by side."""

    words: str
    is_open: bool  #: its last word may go on: a star follows it, or it is a lone CJK sign


def for_index(text: str) -> str:
    """Return *text* as it goes into the index. A change here needs a migration that builds the index anew."""
    if text.isascii():
        return text
    return _RUN.sub(lambda run: _with_last(run.group()), _VOWELS.sub("", text.replace(MARK, " ")))


def for_query(query: str) -> str:
    """Return the FTS5 expression for what a person typed: all words must be there, "words in quotes" side by side.

    No sign of FTS5's own syntax gets through, so nothing that is typed is a syntax error. Empty if there is no word.

    Raises:
        UsageError: As `terms`.
    """
    return expression(terms(query))


def expression(told: Sequence[Term]) -> str:
    """Return terms as an FTS5 expression."""
    return " AND ".join(f'"{term.words}"' + ("*" if term.is_open else "") for term in told)


def terms(query: str) -> list[Term]:
    """Return what a person typed as terms that must all be there, each once; none if there is no word.

    Raises:
        UsageError: Too many words, or a star after too few letters.
    """
    told = [
        (_VOWELS.sub("", phrase or word), bool(star) or word.endswith("*"))
        for phrase, star, word in _TERM.findall(query)
    ]
    found = list(dict.fromkeys(_term(text, starred) for text, starred in told if _TOKEN.search(text)))
    if sum(len(term.words.split()) for term in found) > MOST_TERMS:
        raise UsageError(f"that is too much to search for at once: {MOST_TERMS} words at most")
    return found


def side_by_side(told: Sequence[Term]) -> Term | None:
    """Return terms as one, each behind the other; None for a single one, or if one before the last is open."""
    if len(told) < 2 or any(term.is_open for term in told[:-1]):
        return None
    return Term(" ".join([*map(_closed, told[:-1]), told[-1].words]), told[-1].is_open)


def _closed(term: Term) -> str:
    """Return the words of a term before another: a run of signs that ends there has its last sign behind it."""
    last = term.words.rpartition(" ")[2]
    return f"{term.words} {last[-1]}" if _RUN.fullmatch(last) else term.words


def tokens(text: str) -> list[str]:
    """Return the single words of a text that `for_index` or `terms` cut, as SQLite's unicode61 would fold them.

    Small letters, Latin ones without accents, no signs but letters and digits: for an engine that would fold by rules
    of its own, which depend on where it runs.
    """
    text = text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))
    return _TOKEN.findall(text)


def sought(query: str) -> tuple[str, ...]:
    """Return the single words that a person typed, as they are to be marked in what is found; a star as it stands."""
    return tuple(dict.fromkeys(_SOUGHT.findall(query)))


def signs(text: str) -> set[str]:
    """Return the Chinese, Japanese and Korean signs of a text."""
    return set() if text.isascii() else set("".join(_RUN.findall(text)))


def is_sign(text: str) -> bool:
    """Return whether *text* is one Chinese, Japanese or Korean sign: it may be a word, and a word's part."""
    return len(text) == 1 and _RUN.fullmatch(text) is not None


def is_hangul(char: str) -> bool:
    """Return whether *char* is a Korean syllable: taking it apart would change what it is."""
    return "\uac00" <= char <= "\ud7af"


def _term(text: str, starred: bool) -> Term:
    """Return one term: words side by side; what ends in a lone CJK sign or before a star is open at its end."""
    plain = _RUN.sub(lambda run: f" {run.group()} ", " ".join(_TOKEN.findall(text)))
    *parts, last = plain.split()
    spelt = " ".join([*(_with_last(part).strip() if _RUN.fullmatch(part) else part for part in parts), _pairs(last)])
    if _RUN.fullmatch(last):
        return Term(spelt, len(last) == 1)  # of a run, any part is found: a star says nothing new
    if starred and len(last) < LEAST_STEM:
        raise UsageError(f"{last}* would find too much: put {LEAST_STEM} letters or more before the star")
    return Term(spelt, starred)


def _with_last(run: str) -> str:
    return f" {run} " if len(run) == 1 else f" {_pairs(run)} {run[-1]} "


def _pairs(word: str) -> str:
    """Return a run of CJK signs as overlapping pairs; anything else as it is."""
    if len(word) == 1 or not _RUN.fullmatch(word):
        return word
    return " ".join(word[i : i + 2] for i in range(len(word) - 1))
