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

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U000323af"
_RUN = re.compile(f"[{CJK}]+")
_VOWELS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]"
)
_TERM = re.compile(r'"([^"]*)"|([^\s"]+)')
_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")


class Term(NamedTuple):
    """What a person wants to be found: words side by side."""

    words: str
    is_open: bool  #: its last word may go on: it is a lone CJK sign


def for_index(text: str) -> str:
    """Return *text* as it goes into the index. A change here needs a migration that builds the index anew."""
    if text.isascii():
        return text
    return _RUN.sub(lambda run: _with_last(run.group()), _VOWELS.sub("", text))


def for_query(query: str) -> str:
    """Return the FTS5 expression for what a person typed: all words must be there, "words in quotes" side by side.

    No sign of FTS5's own syntax gets through, so nothing that is typed is a syntax error. Empty if there is no word.
    """
    return expression(terms(query))


def expression(told: Sequence[Term]) -> str:
    """Return terms as an FTS5 expression."""
    return " AND ".join(f'"{term.words}"' + ("*" if term.is_open else "") for term in told)


def terms(query: str) -> list[Term]:
    """Return what a person typed as terms that must all be there; none if there is no word."""
    return [_term(phrase or word) for phrase, word in _TERM.findall(query) if _WORD.search(phrase or word)]


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
    """Return the single words that a person typed, as they are to be marked in what is found."""
    return tuple(dict.fromkeys(_WORD.findall(query)))


def is_hangul(char: str) -> bool:
    """Return whether *char* is a Korean syllable: taking it apart would change what it is."""
    return "\uac00" <= char <= "\ud7af"


def _term(text: str) -> Term:
    """Return one term: words side by side; what ends in a lone CJK sign is open at its end."""
    plain = _RUN.sub(lambda run: f" {run.group()} ", " ".join(_WORD.findall(_VOWELS.sub("", text))))
    *parts, last = plain.split()
    spelt = " ".join([*(_with_last(part).strip() if _RUN.fullmatch(part) else part for part in parts), _pairs(last)])
    return Term(spelt, len(last) == 1 and _RUN.fullmatch(last) is not None)


def _with_last(run: str) -> str:
    return f" {run} " if len(run) == 1 else f" {_pairs(run)} {run[-1]} "


def _pairs(word: str) -> str:
    """Return a run of CJK signs as overlapping pairs; anything else as it is."""
    if len(word) == 1 or not _RUN.fullmatch(word):
        return word
    return " ".join(word[i : i + 2] for i in range(len(word) - 1))
