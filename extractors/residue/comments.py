"""Comments in plain text: the rows below a counter, kept as records."""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.residue import dates
from extractors.residue.catalogue import Hit
from extractors.residue.lines import Line
from extractors.residue.patterns import begins_row, is_stamp
from extractors.residue.records import PlainComment
from extractors.residue.tail import is_list_head

_LINKS = 2  #: lines below a counter that may lead to the form
_NUMBERED = re.compile(r"^\s*(?:\d{1,4}[.)]|•)\s+")
_BARE_NUMBER = re.compile(r"^\s*\d{1,4}[.)]\s+\d{1,4}\s*$")
#: "par JPA le 7 mai 2020 - 12:38.", "Ann on May 3, 2020 at 4:05 pm said:"
_BY_ON = re.compile(
    r"^(?:par|by|von|por|di|da)?\s*(?P<author>.{1,60}?)\s+(?:le|on|am|el|il|em|op|w dniu)\s+(?P<date>.*\d.*?)"
    r"(?:\s+(?:said|says|a dit|dijo|sagt|sagte|disse))?\s*[:.]?$",
    re.IGNORECASE,
)


def read_comments(
    source: str, lines: Sequence[Line], hits: Sequence[Hit | None], start: int
) -> tuple[PlainComment, ...]:
    """Return the comments that the lines from *start* on hold, in order. Nothing is guessed: no row, no comment."""
    first = next((at for at in range(start, len(lines)) if is_list_head(lines, hits, at)), None)
    if first is None:
        first = _unannounced(lines, hits, start)
    if first is None:
        return ()
    last = next(
        (at for at in range(first + 1, len(lines)) if _ends_list(hits[at]) and at > first + _LINKS),
        len(lines),
    )
    rows = range(first + 1, last)
    begins = [at for at in rows if _begin(lines[at], hits[at]) is not None]
    if not begins:
        return ()
    said = any(hit is not None and hit.role == "says" for hit in hits[first + 1 : last])
    found: list[PlainComment] = []
    heads = [at for at in begins if not (at - 1 in begins and said and is_stamp(lines[at]))]
    for at, following in zip(heads, [*heads[1:], last], strict=True):
        comment = _read(source, lines, hits, at, following)
        if comment is not None:
            found.append(comment)
    return tuple(found)


def _unannounced(lines: Sequence[Line], hits: Sequence[Hit | None], start: int) -> int | None:
    """Return the index above the first comment where no counter or heading stands above it."""
    row = next((at for at in range(start, len(lines)) if begins_row(lines, hits, at)), None)
    if row is not None:
        return row - 1
    stamp = next((at for at in range(start, len(lines)) if is_stamp(lines[at])), None)
    if stamp is None:
        return None
    above = next((hit.kind for hit in reversed(hits[start:stamp]) if hit is not None), None)
    return stamp - 1 if above in ("like", "share", "comment_form") else None


def _ends_list(hit: Hit | None) -> bool:
    if hit is None or not hit.strong or hit.role in ("says", "reply", "counter"):
        return False
    return hit.kind not in ("comment_list", "like", "share")  # each comment may have buttons


def _begin(line: Line, hit: Hit | None) -> str | None:
    if hit is not None and hit.role == "says":
        return "says"
    if is_stamp(line):
        return "stamp"
    if _NUMBERED.match(line.text) and (hit is None or hit.role == "says"):
        return "number"
    return None


def _read(
    source: str, lines: Sequence[Line], hits: Sequence[Hit | None], at: int, following: int
) -> PlainComment | None:
    author: str | None = None
    date: str | None = None
    line, body = lines[at], at + 1
    shape = _begin(line, hits[at])
    start_here: int | None = None
    if shape == "says":
        author = re.sub(r"^\s*(?:\d{1,4}[.)]|•)\s+", "", line.text).strip().rstrip(":： ").rsplit(" ", 1)[0]
        if body < following and is_stamp(lines[body]):
            date, body = lines[body].text.strip(), body + 1
        elif following < len(lines) and is_stamp(lines[following]) and dates.is_date(lines[following].text):
            date = lines[following].text.strip()  # Blogger prints it below
    elif shape == "stamp":
        text = line.text.strip()
        if dates.is_date(text):
            date = text
        elif (match := _BY_ON.match(text)) is not None:
            author, date = match["author"], match["date"].strip()
    elif not _BARE_NUMBER.match(line.text):
        marker = _NUMBERED.match(line.text)
        assert marker is not None
        start_here = line.start + marker.end()
    members = [index for index in range(body, following) if not _is_button(hits[index])]
    if start_here is not None:
        begin, stop = start_here, lines[members[-1]].end if members else line.end
    elif members:
        begin, stop = lines[members[0]].start, lines[members[-1]].end
    else:
        return None
    text = source[begin:stop]
    begin += len(text) - len(text.lstrip())
    text = text.strip()
    return PlainComment(author, date, text, begin, begin + len(text)) if text else None


def _is_button(hit: Hit | None) -> bool:
    return hit is not None and (hit.role in ("reply", "count") or hit.kind in ("like", "comment_form", "comment_list"))
