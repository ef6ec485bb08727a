"""Folding what versions say that were written before schema 0008 (storage/contents.py). Nothing is lost at any moment:
a row is folded whole or not at all, both forms are read, and what was folded is unfolded and compared before it is
committed. A process that is killed leaves some rows as they were: the next one goes on there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from storage.contents import WORDS, columns, folded, unfolded
from storage.engines.database import Database, Row, chunks, marks
from variorum.errors import StorageError

Progress = Callable[[str, int, int | None], None]
_BATCH = 500  # rows folded in one transaction
_PLAIN = "v.content IS NULL AND v.id > :after"


def fold(database: Database, source_id: int | None, tell: Progress, *, dry_run: bool) -> int:
    """Fold all rows that hold plain words, batch by batch, and return how many those are.

    Args:
        database: That may be written, unless *dry_run*.
        source_id: Of this source alone; None for all.
        tell: Called with a phase, how much is done, and of how much.
        dry_run: Only count them.
    """
    where = _PLAIN if source_id is None else f"{_PLAIN} AND v.source_id = :source"
    values: dict[str, Any] = {} if source_id is None else {"source": source_id}
    counted = database.one(f"SELECT count(*) AS n FROM version v WHERE {where}", after=0, **values)
    total = int(counted["n"]) if counted is not None else 0
    query = f"SELECT {columns()}, v.kind FROM version v WHERE {where} ORDER BY v.id LIMIT {_BATCH}"
    after = done = 0
    while total and not dry_run:
        with database.transaction():
            rows = database.all(query, after=after, **values)
            done += _fold(database, rows)
        tell("texts", done, total)
        if len(rows) < _BATCH:
            return done
        after = rows[-1]["id"]
    return total


def _fold(database: Database, rows: Sequence[Row]) -> int:
    """Fold rows, each against the version before it; return how many could be."""
    before: dict[tuple[int, int], Row] = dict(_before(database, rows))
    made: list[Row] = []
    for row in rows:
        told = dict(row) | folded(row, before.get((row["work_id"], row["number"] - 1)))
        if told["content"] is None:
            continue
        before[row["work_id"], row["number"]] = dict(row) | {"content": told["content"]}
        made.append(told)
    database.run_many(
        """UPDATE version SET witnesses = :witnesses, meta = :meta, text = :text, markdown = :markdown,
           content = :content WHERE id = :id""",
        [{name: told[name] for name in ("id", *WORDS, "content")} for told in made],
    )
    plain = {row["id"]: row for row in rows}
    for back in unfolded(database, made):
        if any(back[name] != plain[back["id"]][name] for name in WORDS):
            raise StorageError(f"version {back['id']} does not come back as it was folded: nothing was changed")
    return len(made)


def _before(database: Database, rows: Sequence[Row]) -> dict[tuple[int, int], Row]:
    """Return the versions before *rows*, but for those among them."""
    found: dict[tuple[int, int], Row] = {}
    for ids in chunks([row["id"] for row in rows if row["number"] > 1]):
        holes, values = marks("v", ids)
        before = database.all(
            f"""SELECT {columns("b")}, b.kind FROM version v
                JOIN version b ON b.work_id = v.work_id AND b.number = v.number - 1 WHERE v.id IN ({holes})""",
            **values,
        )
        found.update({(row["work_id"], row["number"]): row for row in unfolded(database, before)})
    return found
