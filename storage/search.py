"""Full-text search over the current texts, and over those that were current once.

Ranking by how rare a word is reads all that hold it, and moves as the archive grows: a page of results would repeat and
skip what moved over its edge. So the order is one of what a text says, and of nothing else: matches come in windows of
the newest 500; in each those first that have all the words in their titles, then those where they stand side by side
(where one window holds all: storage/engines/fulltext.py tells why), then the rest, the newest first in each class. The
current texts come before the earlier ones. A cursor holds the ends of its window and the last hit's class and number:
what is added while somebody turns pages is not in them, and nothing comes twice or is left out over it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from storage import words
from storage.contents import unfolded
from storage.engines import fulltext
from storage.engines.database import Database, Row, chunks, marks
from storage.reading import WORK_COLUMNS, WORK_TABLES, to_text, version_of, work_of
from storage.rows import Hit
from storage.withheld import standing
from variorum.errors import StorageError, UsageError

WINDOW = 500
IN_TITLE, SIDE_BY_SIDE, APART = 0, 1, 2  #: classes of matches, the best first
_HEADS = "work w JOIN version h ON h.id = w.head_id"
_EARLIER = "version h JOIN work w ON w.id = h.work_id"
_BEFORE, _AFTER = 60, 140  # characters of a passage around a word found
_STEP, _MOST_SEARCHED = 4_000, 200_000  # characters looked at for a passage at a time, and in all
_MOST_FOUND = 50  # places of words among which the best passage is chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What a found text must be."""

    source_id: int | None = None
    from_: datetime | None = None  #: published then or later; first seen, where no date is told
    to: datetime | None = None
    lang: str | None = None  #: "en" also finds "en-GB"; language, script and region count
    comments: bool | None = None  #: True: comments alone; False: posts and pages alone; None: all
    all_versions: bool = False  #: earlier texts, too


class _Cursor(NamedTuple):
    """A place in the results: behind one hit."""

    past: bool  #: among the earlier texts
    top: int  #: of the window
    bottom: int
    rank: int
    number: int  #: of the work, or of the earlier version

    @property
    def order(self) -> tuple[int, int]:
        return self.rank, -self.number

    def __str__(self) -> str:
        return ("p" if self.past else "c") + ".".join(map(str, self[1:]))

    @classmethod
    def read(cls, text: str) -> Self:
        told = re.fullmatch(r"([cp])(\d{1,18})\.(\d{1,18})\.([012])\.(\d{1,18})", text)
        if told is None:
            raise UsageError(f"{text!r} is no cursor of a search: pass the one that came with the last hit")
        return cls(told[1] == "p", int(told[2]), int(told[3]), int(told[4]), int(told[5]))


def search(database: Database, query: str, wanted: Filter, after: str | None, limit: int) -> list[Hit]:
    """Return what holds the words; see `storage.archive.Archive.search`."""
    terms = words.terms(query)
    if not terms:
        raise UsageError(f"{query!r} holds no word to search for")
    if wanted.from_ is not None and wanted.to is not None and wanted.from_ > wanted.to:
        raise UsageError("nothing is between two dates of which the first is the later one")
    begin = _Cursor.read(after) if after is not None else None
    if not fulltext.is_built(database):
        raise StorageError(f"{database.place}: the full-text index is being built; search again when that is done")
    sought = _sought(terms, wanted)
    hits: list[Hit] = []
    for past in (False, True) if wanted.all_versions else (False,):
        if begin is not None and past < begin.past:
            continue
        one = _Search(database, past, sought, wanted)
        for found in one.places(begin if begin is not None and past == begin.past else None):
            hits += _hits(database, found[: limit - len(hits)], words.sought(query))
            if len(hits) >= limit:
                return hits
    return hits


@dataclass(frozen=True, slots=True)
class _Search:
    """A search through one of the two indexes."""

    database: Database
    past: bool
    sought: fulltext.Wanted
    wanted: Filter

    @property
    def _table(self) -> fulltext.Table:
        return fulltext.PAST if self.past else fulltext.CURRENT

    def places(self, begin: _Cursor | None) -> Iterator[list[_Cursor]]:
        """Yield the matches of each window in their order, from behind *begin* on."""
        top = None
        if begin is not None:
            bounds = begin.bottom, begin.top
            numbers = fulltext.within(self.database, self._table, self.sought, bounds)
            found = self._ranked(numbers, bounds)
            yield [place for place in found if place.order > begin.order]
            if not begin.bottom:
                return
            top = begin.bottom - 1
        while numbers := fulltext.newest(self.database, self._table, self.sought, top=top, most=WINDOW):
            bottom = numbers[-1] if len(numbers) == WINDOW else 0
            yield self._ranked(numbers, (bottom, numbers[0]))
            if not bottom:
                return
            top = numbers[-1] - 1

    def _ranked(self, numbers: Sequence[int], bounds: tuple[int, int]) -> list[_Cursor]:
        """Return the texts of a window that may be shown and are what is wanted, in their order."""
        bottom, top = bounds
        titled = set(fulltext.within(self.database, self._table, self.sought, bounds, titles=True))
        together: set[int] = set()
        if bottom == 0 and len(numbers) > 1 and (phrase := words.side_by_side(self.sought.terms)) is not None:
            beside = fulltext.Wanted((phrase,), self.sought.marks)
            together = set(fulltext.within(self.database, self._table, beside, bounds))
        found = [
            _Cursor(self.past, top, bottom, IN_TITLE if n in titled else SIDE_BY_SIDE if n in together else APART, n)
            for n in self._shown(numbers)
        ]
        return sorted(found, key=lambda place: place.order)

    def _shown(self, numbers: Sequence[int]) -> list[int]:
        """Return those that may be shown, and are what is wanted to the second."""
        clauses, values = _conditions(self.wanted)
        if not clauses and not self.past:
            works = {number: number for number in numbers}
        else:
            works = {}
            key = "h.id" if self.past else "w.id"
            joined = _EARLIER if self.past else _HEADS
            for part in chunks(numbers):
                holes, named = marks("x", part)
                where = " AND ".join([f"{key} IN ({holes})", *clauses])
                rows = self.database.all(f"SELECT {key} AS n, w.id FROM {joined} WHERE {where}", **named, **values)
                works |= {row["n"]: row["id"] for row in rows}
        down = standing(self.database, list(works.values()))
        return [number for number, work_id in works.items() if work_id not in down]


def _sought(terms: Sequence[words.Term], wanted: Filter) -> fulltext.Wanted:
    """Return what the index knows of words and a filter; `_Search._shown` looks at the rest."""
    found: list[tuple[str, ...]] = []
    if wanted.source_id is not None:
        found.append(fulltext.of_source(wanted.source_id))
    if wanted.comments is not None:
        found.append(fulltext.of_kind(comments=wanted.comments))
    if wanted.lang:
        found.append(fulltext.of_lang(wanted.lang))
    if wanted.from_ is not None or wanted.to is not None:
        found.append(fulltext.of_days(wanted.from_, wanted.to))
    return fulltext.Wanted(tuple(terms), tuple(found))


def _conditions(wanted: Filter) -> tuple[list[str], dict[str, object]]:
    """Return what the marks of the index leave open: hours of a day."""
    clauses: list[str] = []
    values: dict[str, object] = {}
    if wanted.from_ is not None and not fulltext.begins_a_day(wanted.from_):
        clauses.append("coalesce(h.published, w.first_seen) >= :from_at")
        values["from_at"] = to_text(wanted.from_)
    if wanted.to is not None and not fulltext.ends_a_day(wanted.to):
        clauses.append("coalesce(h.published, w.first_seen) <= :to_at")
        values["to_at"] = to_text(wanted.to)
    return clauses, values


def _hits(database: Database, found: Sequence[_Cursor], sought: Sequence[str]) -> list[Hit]:
    rows: dict[int, Row] = {}
    versions: dict[int, Row] = {}
    for part in chunks(found):
        holes, values = marks("x", [place.number for place in part])
        chosen = f"v.id IN ({holes})" if part[0].past else f"v.id IN (SELECT head_id FROM work WHERE id IN ({holes}))"
        read = unfolded(database, database.all(f"SELECT v.* FROM version v WHERE {chosen}", **values))
        versions |= {row["id"] if part[0].past else row["work_id"]: row for row in read}
        holes, values = marks("w", sorted({row["work_id"] for row in versions.values()} - set(rows)))
        if holes:
            works = database.all(f"SELECT {WORK_COLUMNS} FROM {WORK_TABLES} WHERE w.id IN ({holes})", **values)
            rows |= {row["id"]: row for row in works}
    return [
        Hit(
            work=work_of(rows[row["work_id"]]),
            version=version_of(row),
            is_current=not place.past,
            snippet=snippet(row["text"] or row["title"], sought),
            cursor=str(place),
        )
        for place in found
        if (row := versions.get(place.number)) is not None
    ]


def snippet(text: str, sought: Sequence[str]) -> str:
    """Return the passage of *text* that holds most of the words, the first of these, found words between « and ».

    Args:
        text: Any text.
        sought: Words as `words.sought` gives them; accents and case do not count. Where none is found in the first
            200,000 characters (they may be in the title), the passage is the beginning.
    """
    stems = {_fold(word.removesuffix("*"))[0]: word.endswith("*") for word in sought}
    each = [re.escape(stem) + (r"\w*" if stems[stem] else "") for stem in sorted(stems, reverse=True) if stem]
    for begin in range(0, min(len(text), _MOST_SEARCHED) if each else 0, _STEP):
        offset = max(0, begin - _BEFORE)
        folded, places = _fold(text[offset : begin + _STEP + _AFTER])
        spans = [
            (places[match.start()] + offset, places[match.end() - 1] + 1 + offset)
            for match in re.finditer("|".join(each), folded)
            if _is_whole(folded, match.start(), match.end())
        ]
        if spans:
            return _passage(text, spans[:_MOST_FOUND])
    return _passage(text, [])


def _is_whole(text: str, start: int, end: int) -> bool:
    """Return whether no word goes on before or behind; a run of Chinese, Japanese or Korean signs may."""
    return not any(
        char.isalnum() and not words.is_sign(char) for char in (text[max(0, start - 1) : start], text[end : end + 1])
    )


def _passage(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """Return a passage of *text* around the densest of the places of found words."""
    first = max(spans, key=lambda span: (_different(text, spans, span[0]), -span[0]))[0] if spans else 0
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


def _different(text: str, spans: Sequence[tuple[int, int]], first: int) -> int:
    """Return how many different words are found in the passage that would begin there."""
    return len({text[left:right].lower() for left, right in spans if first <= left and right <= first + _AFTER})


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
