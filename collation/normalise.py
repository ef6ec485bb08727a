"""Two identities of a text: what it is to the letter, and what it is to a reader.

`text_sha256` is the text as shown (NFC). `fingerprint` forgives what is no edit: white space, typographic against
plain quotation marks and dashes, invisible characters, and lines that only count or tell a relative time. Case and
punctuation count: a comma put in is an edit by the author, and an archive that folds it away cannot say so.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from variorum.digests import canonical_json, sha256_hex

FINGERPRINT = "fp/2"  #: revision of the folding below; part of the extractor's fingerprint

_INVISIBLE = (0x00AD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), *range(0x2066, 0x206A))
_FOLDED = {
    **dict.fromkeys((*map(chr, _INVISIBLE), "\ufeff"), ""),  # soft hyphen, zero widths, marks of direction
    **dict.fromkeys("‘’‚‛′`´ʼ", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "…": "...",
}
_FOLDABLE = re.compile("[" + "".join(_FOLDED) + "]")

_HYPHENS = re.compile("-{2,}")
_SURROGATE = re.compile("[\ud800-\udfff]")

_AGO = re.compile(
    r"\b(?:\d+|an?|one|few|ein\w*|un[ea]?)\s+(?:second|minute|hour|day|week|month|year)s?(?:,\s*\d+\s+\w+)?\s+ago\b",
    re.I,
)
_NOISE_LINE = re.compile(
    r"""\s*(?:
        [\d.,]+\s*[km]?\s*(?:comments?|views?|likes?|shares?|replies|kommentare?|commentaires?|comentarios?)
      | (?:comments?|views?|likes?|shares?|阅读|閲覧数?|조회)\s*[(:：]?\s*[\d.,]+\s*\)?
      | (?:posted\s+)?(?:vor|il\s+y\s+a|hace|há)\s+\d+\s+\w+
      | \d+\s*(?:秒|分|時間|小时|小時|日|天|週間|か月|年)前
      | loading(?:\.\.\.|…)?
      | (?:like|share)\s+this:?
    )\s*""",
    re.I | re.X,
)


def legible(text: str) -> str:
    """Return *text* with U+FFFD for lone halves of surrogate pairs: JSON can say them, UTF-8 and SQLite cannot."""
    return text if text.isascii() or not _SURROGATE.search(text) else _SURROGATE.sub("\ufffd", text)


def clean_text(text: str) -> str:
    """Return *text* in NFC with plain line ends and no blanks at the ends of lines or of the whole."""
    lines = unicodedata.normalize("NFC", legible(text)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def text_sha256(text: str) -> str:
    """Return the SHA-256 of the clean text, 64 hex digits."""
    return sha256_hex(clean_text(text))


def fingerprint(text: str) -> str:
    """Return 32 hex digits (BLAKE2b, 128 bit) that stay the same when only white space or typography changes."""
    text = _plain(text)
    lines = [line for line in text.split("\n") if not (len(line) < 60 and _NOISE_LINE.fullmatch(line))]
    folded = " ".join(" ".join(lines).split())
    if " ago" in folded:
        folded = _AGO.sub("(some time) ago", folded)
    return hashlib.blake2b(folded.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _plain(text: str) -> str:
    """Return *text* without typography and invisible signs.

    A run of hyphens is one: a typewriter's dash, of which filters make the typographic one.
    """
    plain = _FOLDABLE.sub(lambda sign: _FOLDED[sign[0]], legible(text))  # `str.translate` takes ten times as long
    plain = unicodedata.normalize("NFKC", plain)
    return _HYPHENS.sub("-", plain) if "--" in plain else plain


def meta_digests(values: Mapping[str, object], *, whole: bool = False) -> dict[str, str]:
    """Return field → short digest for the fields that are told. What is no edit in a text is none in a title either.

    Args:
        values: JSON-ready values.
        whole: The witness tells all it knows, so that empty text and an empty list are told as well.
    """
    return {
        name: hashlib.blake2b(canonical_json(_folded(value)), digest_size=8).hexdigest()
        for name, value in values.items()
        if value is not None and (whole or value not in ("", [], ()))
    }


def _folded(value: object) -> object:
    """Return a value with white space and typography folded in all its texts."""
    if isinstance(value, str):
        return " ".join(_plain(value).split())
    if isinstance(value, list):
        return [_folded(item) for item in value]
    return value
