"""The full-text index of each engine: FTS5 in SQLite, tsvector with GIN in PostgreSQL. Both hold the current texts.

PostgreSQL gets words that were cut and folded here: its own parser takes addresses and dates apart in another way, and
folds by the locale of its server. It keeps no place beyond 16,383 and 255 of one word, so a longer text loses its
phrases, and Chinese or Japanese is nothing but phrases; such a text leaves its words in order in `plain` as well, where
a phrase is looked up as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storage import words
from storage.engines.database import Database, Row

TITLE, TEXT = 4.0, 1.0  #: how much a word counts
INDEXED = "h.kind NOT IN ('gone', 'merged', 'takedown')"  #: works whose head `h` is so are in the index
_LAST_PLACE, _MOST_PLACES = 16_383, 255  # that a tsvector keeps (tsearch/ts_type.h: MAXENTRYPOS, MAXNUMPOS)
_LONGEST = 500  # signs of a word, 2,000 bytes at most: a lexeme has no room for more than 2,046
_MOST_BYTES = 900_000  # of different words in one text: a tsvector has no room for more than 1 MB
_GAP = 10  # places between title and text, so that no phrase goes over


def put(database: Database, work_id: int, title: str, text: str) -> None:
    """Add the current text of a work that has none in the index."""
    if database.dialect == "sqlite":
        database.run(
            "INSERT INTO fts(rowid, title, body) VALUES (:id, :title, :body)",
            id=work_id,
            title=words.for_index(title),
            body=words.for_index(text),
        )
        return
    vector, plain = _vector(title, text)
    database.run(
        "INSERT INTO fts (id, words, plain) VALUES (:id, CAST(:words AS tsvector), :plain)",
        id=work_id,
        words=vector,
        plain=plain,
    )


def forget(database: Database, work_id: int, title: str, text: str) -> None:
    """Take the text of a work out of the index.

    Args:
        title: As it was put in; a contentless FTS5 index cannot find it otherwise.
        text: The same.
    """
    if database.dialect == "sqlite":
        database.run(
            "INSERT INTO fts(fts, rowid, title, body) VALUES ('delete', :id, :title, :body)",
            id=work_id,
            title=words.for_index(title),
            body=words.for_index(text),
        )
    else:
        database.run("DELETE FROM fts WHERE id = :id", id=work_id)


def indexed_works(database: Database) -> str:
    """Return the table whose `id` are the works that the index holds."""
    return "fts_docsize" if database.dialect == "sqlite" else "fts"


def newest(
    database: Database,
    terms: Sequence[words.Term],
    clauses: Sequence[str],
    values: Mapping[str, object],
    *,
    top: int | None,
    most: int,
) -> list[Row]:
    """Return the newest works that hold all terms, the highest id first: `id`, and `score`, lower is better.

    Args:
        terms: One or more.
        clauses: What else holds of the work `w` and its head `h`.
        values: The parameters of *clauses*.
        top: No work with a higher id; None for all.
        most: Works to return.
    """
    key = "f.rowid" if database.dialect == "sqlite" else "f.id"
    joined = f" JOIN work w ON w.id = {key} JOIN version h ON h.id = w.head_id" if clauses else ""
    more = "".join(f" AND {clause}" for clause in clauses)
    if top is not None:
        more += f" AND {key} <= :top"
        values = {**values, "top": top}
    if database.dialect == "sqlite":
        return database.all(
            f"""SELECT f.rowid AS id, bm25(fts, {TITLE}, {TEXT}) AS score FROM fts f{joined}
                WHERE fts MATCH :expression{more} ORDER BY f.rowid DESC LIMIT {most}""",
            expression=words.expression(terms),
            **values,
        )
    spelt = [(words.tokens(term.words), term.is_open) for term in terms]
    if not all(tokens for tokens, _ in spelt):
        return []
    holds, sought = _holds(spelt)
    return database.all(  # ranked outside: nothing but what is returned
        f"""SELECT f.id, -ts_rank('{{0, 0, {TEXT / TITLE}, 1}}', f.words, CAST(:near AS tsquery), 1) AS score
            FROM (SELECT f.id FROM fts f{joined} WHERE {holds}{more} ORDER BY f.id DESC LIMIT {most}) m
            JOIN fts f ON f.id = m.id ORDER BY f.id DESC""",
        **sought,
        **values,
    )


# ------------------------------------------------------------------------------------------------ PostgreSQL
def _vector(title: str, text: str) -> tuple[str, str | None]:
    """Return the words of a text as a tsvector is written, and in their order if it is too long for that."""
    heads, bodies = words.tokens(words.for_index(title)), words.tokens(words.for_index(text))
    places: dict[str, list[str]] = {}
    for place, token in enumerate(heads, 1):
        places.setdefault(token[:_LONGEST], []).append(f"{place}A")
    for place, token in enumerate(bodies, len(heads) + _GAP):
        places.setdefault(token[:_LONGEST], []).append(f"{place}B")
    fits = len(heads) + _GAP + len(bodies) <= _LAST_PLACE and all(len(told) <= _MOST_PLACES for told in places.values())
    if fits:
        return " ".join(f"'{token}':{','.join(told)}" for token, told in places.items()), None
    kept: list[str] = []
    left = _MOST_BYTES
    for token, told in places.items():
        left -= len(token.encode()) + 8
        if left < 0:
            break
        kept.append(f"'{token}':1{told[0][-1]}")
    return " ".join(kept), f" {' '.join(heads)} | {' '.join(bodies)} "


def _holds(spelt: Sequence[tuple[list[str], bool]]) -> tuple[str, dict[str, str]]:
    """Return the condition that an entry `f` of the index holds all terms, and its parameters."""
    near = " & ".join(_tsquery(tokens, " <-> ", is_open) for tokens, is_open in spelt)
    phrases = [(tokens, is_open) for tokens, is_open in spelt if len(tokens) > 1]
    if not phrases:
        return "f.words @@ CAST(:near AS tsquery)", {"near": near}
    each = " & ".join(_tsquery(tokens, " & ", is_open) for tokens, is_open in spelt)
    found = {
        f"phrase{n}": f" {' '.join(tokens)}{'' if is_open else ' '}" for n, (tokens, is_open) in enumerate(phrases)
    }
    inside = "".join(f" AND strpos(f.plain, :{name}) > 0" for name in found)
    condition = (  # one look into the index for all words; a look into each entry for their places
        f"f.words @@ CAST(:each AS tsquery) AND CASE WHEN f.plain IS NULL THEN f.words @@ CAST(:near AS tsquery) "
        f"ELSE true{inside} END"
    )
    return condition, {"near": near, "each": each, **found}


def _tsquery(tokens: Sequence[str], between: str, is_open: bool) -> str:
    *parts, last = (f"'{token[:_LONGEST]}'" for token in tokens)
    return "(" + between.join([*parts, last + (":*" if is_open else "")]) + ")"
