"""Full-text search over the current texts.

Ranking all matches of a common word is slow (bm25 of 100,000 documents: 89 ms at p95), ranking the newest 500 is not
(2.2 ms). So matches come in windows of 500, newest works first, each window in order of rank: the pages of a search go
through all windows and leave nothing out. What is added while somebody turns pages is not in them; what is edited may
move within its window.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import words
from storage.contents import unfolded
from storage.engines import fulltext
from storage.engines.database import Database, Row, marks
from storage.reading import WORK_COLUMNS, WORK_TABLES, to_text, version_of, work_of
from storage.rows import Hit
from storage.withheld import all_standing
from variorum.errors import UsageError

WINDOW = 500
#: A word that is found only in what was taken down must not be found.
_SHOWN = """NOT EXISTS (SELECT 1 FROM takedown t WHERE t.lifted_at IS NULL
    AND (t.work_id = w.id OR (t.work_id = w.post_id AND t.thread = 1)))"""
_BEFORE, _AFTER = 60, 140  # characters of a passage around the first word found


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a found work must be."""

    source_id: int | None = None
    from_: datetime | None = None  #: published then or later; first seen, where no date is told
    to: datetime | None = None
    lang: str | None = None  #: "en" also finds "en-GB"
    comments: bool | None = None  #: True: comments alone; False: posts and pages alone; None: all


def search(database: Database, query: str, wanted: Filter, after: str | None, limit: int) -> list[Hit]:
    """Return works whose current text holds the words; see `storage.archive.Archive.search`."""
    terms = words.terms(query)
    if not terms:
        raise UsageError(f"{query!r} holds no word to search for")
    top, done = _read_cursor(after)
    found: list[tuple[int, int, int]] = []  # work, top of its window, place in it
    while len(found) < limit:
        window = _window(database, terms, wanted, top)
        ranked = sorted(window, key=lambda row: (row["score"], -row["id"]))
        top = top if top is not None else max((row["id"] for row in window), default=0)
        found.extend((row["id"], top, place) for place, row in enumerate(ranked) if place >= done)
        if len(window) < WINDOW:
            break
        top, done = min(row["id"] for row in window) - 1, 0
    return _hits(database, found[:limit], words.sought(query))


def _window(database: Database, terms: Sequence[words.Term], wanted: Filter, top: int | None) -> list[Row]:
    clauses, values = _conditions(wanted)
    if all_standing(database):
        clauses.append(_SHOWN)
    return fulltext.newest(database, terms, clauses, values, top=top, most=WINDOW)


def _conditions(wanted: Filter) -> tuple[list[str], dict[str, object]]:
    clauses: list[str] = []
    values: dict[str, object] = {}
    if wanted.source_id is not None:
        clauses.append("w.source_id = :source")
        values["source"] = wanted.source_id
    if wanted.comments is not None:
        clauses.append("w.work_type = 'comment'" if wanted.comments else "w.work_type IN ('post', 'page')")
    if wanted.lang:
        clauses.append("(lower(h.lang) = :lang OR lower(h.lang) LIKE :lang_region)")
        values |= {"lang": wanted.lang.lower(), "lang_region": f"{wanted.lang.lower()}-%"}
    if wanted.from_ is not None:
        clauses.append("coalesce(h.published, w.first_seen) >= :from_at")
        values["from_at"] = to_text(wanted.from_)
    if wanted.to is not None:
        clauses.append("coalesce(h.published, w.first_seen) <= :to_at")
        values["to_at"] = to_text(wanted.to)
    return clauses, values


def _hits(database: Database, found: Sequence[tuple[int, int, int]], sought: Sequence[str]) -> list[Hit]:
    if not found:
        return []
    rows: dict[int, Row] = {}
    versions: dict[int, Row] = {}
    for start in range(0, len(found), 500):
        holes, values = marks("w", [work_id for work_id, _, _ in found[start : start + 500]])
        for row in database.all(f"SELECT {WORK_COLUMNS} FROM {WORK_TABLES} WHERE w.id IN ({holes})", **values):
            rows[row["id"]] = row
        heads = database.all(
            f"SELECT v.* FROM version v JOIN work w ON w.head_id = v.id WHERE w.id IN ({holes})", **values
        )
        for row in unfolded(database, heads):
            versions[row["work_id"]] = row
    return [
        Hit(
            work=work_of(rows[work_id]),
            version=version_of(versions[work_id]),
            snippet=snippet(versions[work_id]["text"] or versions[work_id]["title"], sought),
            cursor=f"{top}.{place + 1}",
        )
        for work_id, top, place in found
        if work_id in rows and work_id in versions
    ]


def _read_cursor(after: str | None) -> tuple[int | None, int]:
    if after is None:
        return None, 0
    told = re.fullmatch(r"(\d{1,18})\.(\d{1,4})", after)
    if told is None:
        raise UsageError(f"{after!r} is no cursor of a search: pass the one that came with the last hit")
    return int(told[1]), int(told[2])


def snippet(text: str, sought: Sequence[str]) -> str:
    """Return a passage of *text* around the first word found, found words between « and ».

    Args:
        text: Any text.
        sought: Words as `words.sought` gives them; accents and case do not count.
    """
    folded, places = _fold(text)
    pattern = "|".join(re.escape(_fold(word)[0]) for word in sorted(sought, key=len, reverse=True) if word)
    spans = [
        (places[match.start()], places[match.end() - 1] + 1)
        for match in (re.finditer(_bounded(pattern), folded) if pattern else ())
    ]
    first = spans[0][0] if spans else 0
    start = max(0, first - _BEFORE)
    end = min(len(text), first + _AFTER)
    start = start if start == 0 else _word_edge(text, start, first)
    pieces = ["… " if start else ""]
    at = start
    for left, right in spans:
        if left < at or right > end:
            continue
        pieces += [text[at:left], "«", text[left:right], "»"]
        at = right
    pieces += [text[at:end], " …" if end < len(text) else ""]
    return " ".join("".join(pieces).split())


def _bounded(pattern: str) -> str:
    """Match whole words only, but any part of a run of CJK signs."""
    return rf"(?<![^\W{words.CJK}])(?:{pattern})(?![^\W{words.CJK}])"


def _word_edge(text: str, start: int, first: int) -> int:
    edge = text.find(" ", start, first)
    return edge + 1 if edge >= 0 else start


def _fold(text: str) -> tuple[str, list[int]]:
    """Return *text* without case and accents, and for each character of that its place in *text*."""
    if text.isascii():
        return text.lower(), list(range(len(text)))
    folded: list[str] = []
    places: list[int] = []
    for place, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char) if ord(char) > 127 and not words.is_hangul(char) else char:
            if not unicodedata.combining(part):
                folded.append(part.lower()[:1])
                places.append(place)
    return "".join(folded), places
