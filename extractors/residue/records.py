"""What cleaning gives back."""

from __future__ import annotations

from dataclasses import dataclass

from variorum.records import Removed


@dataclass(frozen=True, slots=True)
class PlainComment:
    """A comment found in plain text. `author` and `date` are as printed, None where the text has lost them."""

    author: str | None
    date: str | None
    text: str
    start: int  #: offsets of `text` in the input
    end: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A text without its residue. The spans of `removed` and what is kept between them are the whole input."""

    clean: str
    removed: tuple[Removed, ...]
    comments: tuple[PlainComment, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """Why a line goes."""

    kind: str
    rule: str
