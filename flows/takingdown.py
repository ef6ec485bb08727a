"""Take a text down, or show it again: what `variorum takedown` does, step by step (storage/takedown.py)."""

from __future__ import annotations

import contextlib
import html
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from collation import near
from collation.kinship import places
from storage.archive import Archive
from storage.duplicates import Comparison
from storage.rows import Takedown
from storage.takedown import Removal
from storage.writer import Writer
from variorum.errors import UsageError, VariorumError
from variorum.records import TakedownLevel
from variorum.times import utc_now

_TAG = re.compile(r"<(?:!\[CDATA\[|[^>]*>)")
_HELD = 0.3  # of the shingles of a text: then a document holds it, or so much of it that it must go as well


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """What a takedown did."""

    takedown: Takedown
    is_new: bool  #: False: it stood already
    works: int  #: that are withheld: the post or comment itself, and the comments of its thread
    captures: int  #: documents that hold a text of them
    records: int  #: of WARC files that were destroyed this time


def take_down(
    folder: str, key: str, level: TakedownLevel, reason: str, by: str, *, only_post: bool = False
) -> TakenDown:
    """Take down a post with its thread, or a comment. What was interrupted goes on when it is called again.

    Args:
        folder: The archive.
        key: As for `Archive.find_work`.
        level: How far.
        reason: For whoever asks for the text later.
        by: Who has decided it.
        only_post: Leave the comments of the post alone.

    Raises:
        UsageError: There is no such work, or it is taken down at a stricter level.
        StorageError: The archive cannot be written, or a file of it is being written.
    """
    if not reason.strip():
        raise UsageError("a takedown needs a reason: it is what those are told who ask for the text")
    with Archive.open(folder) as archive, archive.writer() as writer:
        work = archive.find_work(key)
        removal = Removal(writer.database, archive.folder, work)
        with _run(writer, work.source_id) as run_id:
            thread = not only_post and work.work_type != "comment"
            takedown, is_new = removal.register(run_id, level, reason.strip(), by, thread=thread, now=utc_now())
            captures, records = removal.find_captures(takedown, holding), 0
            if level == "destroy":
                records = removal.destroy_bytes(takedown)
                if not takedown.done:
                    removal.destroy_rows(takedown, partial(_forget, writer.comparison(near.ALGORITHM, near.HOLDERS)))
                removal.wipe()
        return TakenDown(
            takedown=takedown, is_new=is_new, works=removal.count(takedown), captures=captures, records=records
        )


@contextlib.contextmanager
def _run(writer: Writer, source_id: int) -> Iterator[int]:
    """Hold a run, so that every version that is opened has one; it ends with the error that ends the block."""
    run_id = writer.begin_run(source_id, "takedown")
    try:
        yield run_id
    except VariorumError as error:
        writer.end_run(run_id, None, error=f"{type(error).__name__}: {error}")
        raise
    writer.end_run(run_id, None)


def _forget(comparison: Comparison, texts: Mapping[int, str]) -> None:
    comparison.forget({number: near.keys(text) for number, text in texts.items()}, places)


def undo(folder: str, key: str, reason: str, by: str) -> Takedown:
    """Show again what was taken down.

    Args:
        folder: The archive.
        key: As for `Archive.find_work`.
        reason: Why.
        by: Who has decided it.

    Raises:
        UsageError: There is no such work, it is not taken down itself, or it is destroyed.
    """
    with Archive.open(folder) as archive, archive.writer() as writer:
        work = archive.find_work(key)
        with _run(writer, work.source_id) as run_id:
            return Removal(writer.database, archive.folder, work).undo(run_id, by, reason, utc_now())


def holding(texts: Sequence[str]) -> Callable[[bytes], bool]:
    """Return a test whether a document (HTML, a feed, JSON) holds one of *texts*, or a third of it.

    A text of fewer than five words is sought nowhere: too many documents say "thank you".
    """
    wanted = [runs for text in dict.fromkeys(texts) if (runs := near.runs(text))]

    def holds(body: bytes) -> bool:
        runs = near.runs(_plain(body))
        return any(len(runs & own) >= _HELD * len(own) for own in wanted)

    return holds


def _plain(body: bytes) -> str:
    """Return all words of a document, whatever it is."""
    text = body.decode("utf-8", "replace")
    if text.lstrip()[:1] in ("{", "["):
        with contextlib.suppress(ValueError, RecursionError):  # no JSON after all
            text = "\n".join(_strings(json.loads(text)))
    return _TAG.sub(" ", html.unescape(_TAG.sub(" ", html.unescape(text))))


def _strings(value: object) -> list[str]:
    found: list[str] = []
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            found.append(item)
        elif isinstance(item, dict):
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return found
