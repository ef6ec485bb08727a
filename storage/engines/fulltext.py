"""The full-text index of each engine: FTS5 in SQLite, tsvector with GIN in PostgreSQL.

There are two of each: `fts` holds the current texts, by the number of their work; `fts_past` holds those that were
current once, by the number of their version. Beside its words each text has marks in the index: made-up words for its
source, kind, language and date, for the words of its title and for single Chinese, Japanese and Korean signs. So a
question that wants posts of one source alone is answered from the lists of the index, without a look at a row: filtered
afterwards, a common word in one source of a hundred took 345 ms. For titles: a condition on a column, or on words side
by side, is not bounded by a range of numbers, for FTS5 looks for the next text that fulfils it before it compares its
number. And a lone sign would be a search for all words that begin with it, which makes one list of all theirs.

PostgreSQL gets words that were cut and folded here: its own parser takes addresses and dates apart in another way, and
folds by the locale of its server. It keeps no place beyond 16,383 and 255 of one word, so a longer text loses its
phrases, and Chinese or Japanese is nothing but phrases; such a text leaves its words in order in `plain` as well, where
a phrase is looked up as it stands. GIN gives matches in no order: to find the newest of a common word it would read all
that hold it (84 ms of the server's at 20,000 posts). So numbers have marks too, by blocks of 4,096: the newest block is
gone through first, then eight or 64 if that many will do, then all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal

from storage import words
from storage.contents import columns, unfolded
from storage.engines.database import Database, Row
from variorum.records import WORDLESS

Table = Literal["fts", "fts_past"]
CURRENT: Table = "fts"
PAST: Table = "fts_past"
_WORDS = f"NOT IN ({', '.join(repr(kind) for kind in sorted(WORDLESS))})"  # kinds of versions that are in the index
_WHOLE = """NOT EXISTS (SELECT 1 FROM takedown t WHERE t.level = 'destroy' AND t.done_at IS NOT NULL
    AND (t.work_id = w.id OR (t.work_id = w.post_id AND t.thread = 1)))"""  # versions whose words are destroyed are not
#: Of how the index is made. Raise it with any change here or in storage/words.py: each archive builds its own anew.
REVISION = 3
_BATCH = 500  # works indexed within one transaction
_LAST_PLACE, _MOST_PLACES = 16_383, 255  # that a tsvector keeps (tsearch/ts_type.h: MAXENTRYPOS, MAXNUMPOS)
_LONGEST = 500  # signs of a word, 2,000 bytes at most: a lexeme has no room for more than 2,046
_MOST_BYTES = 900_000  # of different words in one text: a tsvector has no room for more than 1 MB
_BLOCK_BITS = 12  # 4,096 numbers are a block, which PostgreSQL has a mark for
_SPANS = (1, 8, 64)  # blocks that the newest texts are sought in, before all are gone through
_GAP = 10  # places between title and text, so that no phrase goes over
_TITLE = words.MARK * 2  # begins a word of a title
_MOST_OF_TITLE = 200  # words
_TAG = re.compile(r"[^\W_]+")
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class Entry:
    """A text as it goes into the index."""

    title: str
    text: str
    marks: tuple[str, ...]  #: made-up words without what all of them begin with


def entry(work: Row, version: Row) -> Entry:
    """Return the entry of a version.

    Args:
        work: With source_id, work_type and first_seen, which never change: an entry is taken out by what it was.
        version: With title, text, lang and published.
    """
    found = [f"s{work['source_id']}", f"k{_family(work['work_type'])}"]
    found += _day_marks((version["published"] or work["first_seen"])[:10])
    found += _lang_marks(version["lang"] or "")
    found += sorted({f"u{sign}" for sign in words.signs(version["title"]) | words.signs(version["text"])})
    return Entry(version["title"], version["text"], tuple(found))


@lru_cache(maxsize=512)  # of few days are many comments
def _day_marks(day: str) -> tuple[str, str, str]:
    plain = day.replace("-", "")
    return _year(date.fromisoformat(day)), f"m{plain[:6]}", f"d{plain}"


@lru_cache(maxsize=64)
def _lang_marks(lang: str) -> tuple[str, ...]:
    tag = _tag(lang)
    return tuple(f"l{words.MARK.join(tag[:length])}" for length in range(1, len(tag) + 1))


def put(database: Database, table: Table, number: int, said: Entry) -> None:
    """Add a text that is not in the index."""
    put_all(database, table, [(number, said)])


def put_all(database: Database, table: Table, entries: Iterable[tuple[int, Entry]]) -> None:
    """Add texts that are not in the index, by their numbers."""
    if database.dialect == "sqlite":
        statement = f"INSERT INTO {table}(rowid, title, body, marks) VALUES (:id, :title, :body, :marks)"
        database.run_many(statement, (sqlite_row(number, said) for number, said in entries))
    else:
        statement = f"INSERT INTO {table} (id, words, plain) VALUES (:id, CAST(:words AS tsvector), :plain)"
        database.run_many(statement, (_postgres_row(number, said) for number, said in entries))


def forget(database: Database, table: Table, number: int, said: Entry) -> None:
    """Take a text out of the index.

    Args:
        said: As it was put in; a contentless FTS5 index cannot find it otherwise.
    """
    if database.dialect == "sqlite":
        database.run(
            f"INSERT INTO {table}({table}, rowid, title, body, marks) VALUES ('delete', :id, :title, :body, :marks)",
            **sqlite_row(number, said),
        )
    else:
        database.run(f"DELETE FROM {table} WHERE id = :id", id=number)


def sqlite_row(number: int, said: Entry) -> dict[str, object]:
    """Return the columns of an entry in FTS5, its number as `id`."""
    return {
        "id": number,
        "title": words.for_index(said.title),
        "body": words.for_index(said.text),
        "marks": " ".join([*(words.MARK + mark for mark in said.marks), *_title_words(said)]),
    }


def _title_words(said: Entry) -> list[str]:
    return [_TITLE + token for token in words.tokens(words.for_index(said.title))[:_MOST_OF_TITLE]]


# ------------------------------------------------------------------------------------------------ building
def is_built(database: Database) -> bool:
    """Return whether the index is whole, and made as this module makes it."""
    row = database.one("SELECT revision, work_id FROM fts_state")
    return row is not None and row["revision"] == REVISION and row["work_id"] is None


def build(database: Database) -> None:
    """Make the index anew from all versions, unless it is built. Goes on where it was interrupted."""
    while not is_built(database):
        with database.transaction():
            build_some(database)


def build_some(database: Database, most: int = _BATCH) -> None:
    """Index some more works, within a transaction of the caller's."""
    state = database.one("SELECT revision, work_id FROM fts_state")
    if state is None or state["revision"] != REVISION:
        for table in (CURRENT, PAST):
            database.run(
                f"INSERT INTO {table}({table}) VALUES ('delete-all')"
                if database.dialect == "sqlite"
                else f"DELETE FROM {table}"
            )
        database.run("DELETE FROM fts_state")
        database.run("INSERT INTO fts_state (revision, work_id) VALUES (:revision, 0)", revision=REVISION)
        done = 0
    elif state["work_id"] is None:
        return
    else:
        done = state["work_id"]
    last = database.one(
        "SELECT max(id) AS id FROM (SELECT id FROM work WHERE id > :done ORDER BY id LIMIT :most) w",
        done=done,
        most=most,
    )
    if last is None or last["id"] is None:
        database.run("UPDATE fts_state SET work_id = NULL")
        return
    rows = database.all(
        f"""SELECT {columns()}, v.title, v.lang, v.published, w.head_id, w.source_id, w.work_type, w.first_seen
            FROM work w JOIN version v ON v.work_id = w.id
            WHERE w.id > :done AND w.id <= :last AND v.kind {_WORDS} AND {_WHOLE} ORDER BY v.id""",
        done=done,
        last=last["id"],
    )
    rows = unfolded(database, rows)
    heads = [row for row in rows if row["id"] == row["head_id"]]
    put_all(database, CURRENT, ((row["work_id"], entry(row, row)) for row in heads))
    put_all(database, PAST, ((row["id"], entry(row, row)) for row in rows if row["id"] != row["head_id"]))
    database.run("UPDATE fts_state SET work_id = :last", last=last["id"])


def missing(database: Database) -> Iterable[tuple[str, int]]:
    """Yield what the index should hold and does not, or holds and should not: (what it is, its number)."""
    sqlite = database.dialect == "sqlite"
    current, past = ("fts_docsize", "fts_past_docsize") if sqlite else (CURRENT, PAST)
    for name, query in {
        "work whose words are not in the full-text index": f"""SELECT w.id FROM work w
            JOIN version h ON h.id = w.head_id LEFT JOIN {current} d ON d.id = w.id
            WHERE (h.kind {_WORDS}) <> (d.id IS NOT NULL)""",
        "entry of the full-text index without a work": f"""SELECT d.id FROM {current} d
            LEFT JOIN work w ON w.id = d.id WHERE w.head_id IS NULL""",
        "earlier version whose words are not in the full-text index": f"""SELECT v.id FROM version v
            JOIN work w ON w.id = v.work_id LEFT JOIN {past} d ON d.id = v.id
            WHERE v.kind {_WORDS} AND {_WHOLE} AND v.id <> w.head_id AND d.id IS NULL""",
        "entry of the full-text index of what is no earlier version": f"""SELECT d.id FROM {past} d
            LEFT JOIN version v ON v.id = d.id LEFT JOIN work w ON w.id = v.work_id
            WHERE v.id IS NULL OR v.id = w.head_id OR NOT ({_WHOLE})""",
    }.items():
        for row in database.all(query):
            yield name, row["id"]


# ------------------------------------------------------------------------------------------------ asking
@dataclass(frozen=True, slots=True)
class Wanted:
    """What a text must say and be; each tuple of `marks` is one condition: one of them must be there."""

    terms: tuple[words.Term, ...]
    marks: tuple[tuple[str, ...], ...] = ()


def of_source(source_id: int) -> tuple[str, ...]:
    """Return the condition that a text is of a source."""
    return (f"s{source_id}",)


def of_kind(*, comments: bool) -> tuple[str, ...]:
    """Return the condition that a text is of a comment, or of a post or page."""
    return ("kc" if comments else "kp",)


def of_lang(lang: str) -> tuple[str, ...]:
    """Return the condition that a text is in a language, or in its form in one region: "en" is all of English."""
    return (f"l{words.MARK.join(_tag(lang))}",)


def of_days(begin: datetime | None, end: datetime | None) -> tuple[str, ...]:
    """Return the condition that a text is of one of the days from one time to another; None: without an end there.

    Whole years, months and days that cover them all.
    """
    first = begin.astimezone(UTC).date() if begin is not None else date.min
    last = end.astimezone(UTC).date() if end is not None else date.max
    found = [_year(day) for day in (first, last) if first <= last and not _FIRST_DAY <= day <= _LAST_DAY]
    first, last = max(first, _FIRST_DAY), min(last, _LAST_DAY)
    while first <= last:
        year, month = date(first.year, 12, 31), _month_end(first)
        if (first.month, first.day) == (1, 1) and year <= last:
            found.append(_year(first))
            first = year
        elif first.day == 1 and month <= last:
            found.append(f"m{first:%Y%m}")
            first = month
        else:
            found.append(f"d{first:%Y%m%d}")
        first += timedelta(days=1)
    return tuple(found)


def begins_a_day(at: datetime) -> bool:
    """Return whether `of_days` says all there is to say of a time from which on something is wanted."""
    return at.astimezone(UTC).time() == time.min and _FIRST_DAY <= at.astimezone(UTC).date() <= _LAST_DAY


def ends_a_day(at: datetime) -> bool:
    """Likewise of a time up to which something is wanted."""
    return at.astimezone(UTC).time() == time.max and _FIRST_DAY <= at.astimezone(UTC).date() <= _LAST_DAY


def _year(day: date) -> str:
    """Return the mark of a year; all that are no years of blogs, but mistakes, have two marks together."""
    return "y0" if day < _FIRST_DAY else "y1" if day > _LAST_DAY else f"y{day.year}"


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _tag(lang: str) -> list[str]:
    """Return the parts of a language tag (BCP 47): language, script, region."""
    return [part[:8] for part in _TAG.findall(lang.lower())[:3]]


def _family(work_type: str) -> str:
    return "c" if work_type == "comment" else "p"


def newest(database: Database, table: Table, wanted: Wanted, *, top: int | None, most: int) -> list[int]:
    """Return the numbers of the newest texts that hold what is wanted, highest first.

    Args:
        top: None with a higher number; None for all.
        most: Numbers to return.
    """
    if (
        database.dialect == "postgresql"
        and (found := _newest_by_blocks(database, table, wanted, top, most)) is not None
    ):
        return found
    limit = "" if top is None else "AND {key} <= :top"
    values = {} if top is None else {"top": top}
    return _numbers(database, table, wanted, f"{limit} ORDER BY {{key}} DESC LIMIT {most}", values)


def within(
    database: Database, table: Table, wanted: Wanted, bounds: tuple[int, int], *, titles: bool = False
) -> list[int]:
    """Return the numbers of the texts that hold what is wanted, highest first.

    Args:
        bounds: The lowest and the highest number.
        titles: The words must be in the title.
    """
    order = "AND {key} BETWEEN :bottom AND :top ORDER BY {key} DESC"
    blocks = _blocks(*bounds) if database.dialect == "postgresql" and not titles else ()
    sought = Wanted(wanted.terms, (*wanted.marks, blocks)) if blocks else wanted
    return _numbers(database, table, sought, order, {"bottom": bounds[0], "top": bounds[1]}, titles=titles)


def _numbers(
    database: Database, table: Table, wanted: Wanted, rest: str, values: dict[str, int], *, titles: bool = False
) -> list[int]:
    if not all(wanted.marks):
        return []
    if database.dialect == "sqlite":
        rows = database.all(
            f"SELECT rowid AS id FROM {table} WHERE {table} MATCH :sought {rest.format(key='rowid')}",
            sought=_expression(wanted, titles=titles),
            **values,
        )
    else:
        holds, sought = _titled(wanted) if titles else _holds(wanted)
        rows = database.all(f"SELECT f.id FROM {table} f WHERE {holds} {rest.format(key='f.id')}", **sought, **values)
    return [row["id"] for row in rows]


def _expression(wanted: Wanted, *, titles: bool) -> str:
    parts = [words.expression([*map(_in_title if titles else _alone, wanted.terms)])]
    parts += [" OR ".join(f'"{words.MARK}{mark}"' for mark in some) for some in wanted.marks]
    return " AND ".join(f"({part})" for part in parts)


def _in_title(term: words.Term) -> words.Term:
    return words.Term(" ".join(_TITLE + token for token in words.tokens(term.words)), term.is_open)


def _alone(term: words.Term) -> words.Term:
    """Return a term as it is, or the mark of a lone sign."""
    return words.Term(f"{words.MARK}u{term.words}", is_open=False) if words.is_sign(term.words) else term


# ------------------------------------------------------------------------------------------------ PostgreSQL
def _newest_by_blocks(database: Database, table: Table, wanted: Wanted, top: int | None, most: int) -> list[int] | None:
    """Return what `newest` does, where that many are in the newest blocks, or those blocks are all; else None."""
    if top is None:
        row = database.one(f"SELECT max(id) AS id FROM {table}")
        top = row["id"] if row is not None else None
    if top is None:
        return []
    dense = most  # matches in a block
    for span in _SPANS:
        bottom = max(0, ((top >> _BLOCK_BITS) - span + 1) << _BLOCK_BITS)
        if dense * span < most or (span > 1 and span * 2 > top >> _BLOCK_BITS):
            break  # they would not do, or are as many as all
        found = within(database, table, wanted, (bottom, top))
        if len(found) >= most or bottom == 0:
            return found[:most]
        dense = len(found) // span
    return None


def _blocks(bottom: int, top: int) -> tuple[str, ...]:
    """Return the marks of all blocks with these numbers; none where that is too many to be of use."""
    first, last = bottom >> _BLOCK_BITS, top >> _BLOCK_BITS
    return tuple(f"b{block}" for block in range(first, last + 1)) if last - first < _SPANS[-1] else ()


def _postgres_row(number: int, said: Entry) -> dict[str, object]:
    vector, plain = _vector(replace(said, marks=(*said.marks, *_blocks(number, number))))
    return {"id": number, "words": vector, "plain": plain}


def _vector(said: Entry) -> tuple[str, str | None]:
    """Return a text as a tsvector is written, and its words in their order if it has too many for that."""
    heads, bodies = words.tokens(words.for_index(said.title)), words.tokens(words.for_index(said.text))
    fixed = {f"'{words.MARK}{mark}'": "" for mark in said.marks}
    for place, token in enumerate(_title_words(said), 1):
        name = f"'{token[:_LONGEST]}'"
        fixed[name] = f"{fixed[name]},{place}" if name in fixed else f":{place}"
    places: dict[str, list[str]] = {}
    for place, token in [*enumerate(heads, 1), *enumerate(bodies, len(heads) + _GAP)]:
        places.setdefault(token[:_LONGEST], []).append(str(place))
    fits = len(heads) + _GAP + len(bodies) <= _LAST_PLACE and all(len(told) <= _MOST_PLACES for told in places.values())
    parts = [name + told for name, told in fixed.items()]
    if fits:
        return " ".join([*parts, *(f"'{token}':{','.join(told)}" for token, told in places.items())]), None
    left = _MOST_BYTES - sum(len(part.encode()) + 8 for part in parts)
    for token in places:
        left -= len(token.encode()) + 8
        if left < 0:
            break
        parts.append(f"'{token}'")
    return " ".join(parts), f" {' '.join(heads)} | {' '.join(bodies)} "


def _holds(wanted: Wanted) -> tuple[str, dict[str, str]]:
    """Return the condition that an entry `f` of the index holds what is wanted, and its parameters."""
    told = [_alone(term) for term in wanted.terms]
    spelt = [([word] if word[0] == words.MARK else words.tokens(word), is_open) for word, is_open in told]
    marked = [_any(some) for some in wanted.marks]
    near = " & ".join([*marked, *(_tsquery(tokens, " <-> ", is_open) for tokens, is_open in spelt)])
    phrases = [(tokens, is_open) for tokens, is_open in spelt if len(tokens) > 1]
    if not phrases:
        return "f.words @@ CAST(:near AS tsquery)", {"near": near}
    each = " & ".join([*marked, *(_tsquery(tokens, " & ", is_open) for tokens, is_open in spelt)])
    found = {
        f"phrase{n}": f" {' '.join(tokens)}{'' if is_open else ' '}" for n, (tokens, is_open) in enumerate(phrases)
    }
    inside = "".join(f" AND strpos(f.plain, :{name}) > 0" for name in found)
    condition = (  # one look into the index for all words; a look into each entry for their places
        f"f.words @@ CAST(:each AS tsquery) AND CASE WHEN f.plain IS NULL THEN f.words @@ CAST(:near AS tsquery) "
        f"ELSE true{inside} END"
    )
    return condition, {"near": near, "each": each, **found}


def _titled(wanted: Wanted) -> tuple[str, dict[str, str]]:
    """Return the condition that the title of an entry `f` holds what is wanted, and its parameters."""
    sought = [_tsquery(term.words.split(), " <-> ", term.is_open) for term in map(_in_title, wanted.terms)]
    return "f.words @@ CAST(:title AS tsquery)", {"title": " & ".join([*map(_any, wanted.marks), *sought])}


def _any(marks: Collection[str]) -> str:
    return "(" + " | ".join(f"'{words.MARK}{mark}'" for mark in marks) + ")"


def _tsquery(tokens: Sequence[str], between: str, is_open: bool) -> str:
    *parts, last = (f"'{token[:_LONGEST]}'" for token in tokens)
    return "(" + between.join([*parts, last + (":*" if is_open else "")]) + ")"
