"""Lines of a text: offsets, and the spelling under which they are looked up. No I/O."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: What may stand around a phrase without belonging to it: bullets, arrows, quotes, numbering.
EDGE = '" \t•◦▪·*–—-~≈|←→↑↓«»‹›<>⟵⟶►▸▶○●■□✓✉☆★♥:：.…。!！,،;؛'
_NUMBERS = re.compile(r"\d+(?:[.,\u066b\u066c\u00a0\u202f]\d+)*")
_STRAIGHT = tuple((mark, '"') for mark in "“”„‟«»″") + tuple((mark, "'") for mark in "‘’‚‛′´`")
_BULLET = re.compile(r"\s*(?:[•◦▪·●○■*]|[-–]\s|\d{1,3}[.)]\s)\s*")
_WIDE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_MARKS = re.compile(r"[.!?…;:。！？](?:\s|$)")
LONGEST = 400  #: characters of a line that is looked up; no interface string of ours is longer
_FEW_WORDS = 12
_NAMED = 0.75  #: share of words with a capital that makes a line names
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»)\]]*$")


@dataclass(frozen=True, slots=True)
class Line:
    """One line with something in it: `text` is `source[start:end]`, the line feed is left out."""

    start: int
    end: int
    text: str
    key: str  #: normalised, for look-ups; a line that is too long to be looked up is left as it stands
    bullet: bool
    prose: bool  #: reads like a sentence or more of running text


def normalise(text: str) -> str:
    """Return the spelling under which *text* is looked up.

    NFC, case folded, numbers as 0, quotes straight, without invisible characters and without the bullets, arrows and
    punctuation around it. Idempotent but for digits, which are 0 afterwards.
    """
    if text.isascii():
        text = " ".join(text.lower().split()).replace("`", "'")
    else:
        bare = text if text.isprintable() else _INVISIBLE.sub("", text)
        text = " ".join(unicodedata.normalize("NFC", bare).casefold().split())
        for mark, straight in _STRAIGHT:  # to look for each of them takes a tenth of one expression's time
            text = text.replace(mark, straight)
    return _NUMBERS.sub("0", text).strip(EDGE)


def width(text: str) -> int:
    """Return the length in Latin letters: an ideograph or a Hangul syllable counts for two and a half."""
    return len(text) if text.isascii() else len(text) + len(_WIDE.findall(text)) * 3 // 2


def is_prose(text: str) -> bool:
    """Return whether a line is running text: long, or fairly long and ended like a sentence."""
    size = width(text.strip())
    return (size >= 160 and not is_cloud(text)) or (size >= 80 and ends_sentence(text))


def is_cloud(text: str) -> bool:
    """Return whether a long line is a cloud of tags or a menu run together: names without a sentence's marks."""
    if _MARKS.search(text) or len(words := text.split()) < _FEW_WORDS:
        return False
    return sum(word[:1].isupper() or word[:1].isdigit() or not word[:1].isalpha() for word in words) >= 0.75 * len(
        words
    )


def ends_sentence(text: str) -> bool:
    """Return whether *text* ends like a sentence."""
    return bool(_SENTENCE_END.search(text.rstrip()))


def _is_bullet(marker: re.Match[str] | None) -> bool:
    """Return whether a marker is a bullet: menus have those, the numbers of a list say more."""
    return marker is not None and not any(character.isdigit() for character in marker[0])


def split(text: str) -> tuple[Line, ...]:
    """Return the lines of *text* that are not blank. Only a line feed ends a line."""
    found, start = [], 0
    for piece in text.split("\n"):
        end = start + len(piece)
        if piece.strip() and (piece.isascii() or _INVISIBLE.sub("", piece).strip()):
            bullet = _BULLET.match(piece)
            body = piece[bullet.end() :] if bullet else piece
            key = normalise(body) if len(body) <= LONGEST else body
            found.append(Line(start, end, piece, key, _is_bullet(bullet), is_prose(piece)))
        start = end + 1
    return tuple(found)
