"""New rules over old captures: what differs is ours, not the author's, and is recorded as `technical`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from collation.decide import decide_technical
from collation.reconcile import Reconciled, SeenComment, SeenPage, join_pages, reconcile_comment, reconcile_page
from extractors import document, feeds, rest
from extractors import page as pages
from flows.discovery import Progress
from storage.archive import Archive
from storage.writer import KnownWork, Writer
from variorum.errors import ExtractError, StorageError
from variorum.records import Comment, Known, Page, Source, Witness, WorkUpdate
from variorum.times import utc_now

BATCH = 100


@dataclass(slots=True)
class Reextracted:
    """What a re-extraction found."""

    posts: Counter[str] = field(default_factory=Counter)  #: kind of decision → number
    comments: Counter[str] = field(default_factory=Counter)
    changed: list[tuple[str, str]] = field(default_factory=list)  #: (address, "text" or "metadata")
    unreadable: list[str] = field(default_factory=list)  #: works that their captures hold no more


class Captures:
    """Stored documents, read and extracted once each."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(self, capture_id: int, kind: str) -> tuple[tuple[Page, ...], tuple[Comment, ...]]:
        stored = self._archive.body(capture_id)
        if kind == "html":
            parsed = document.parse(stored.body, stored.url, stored.content_type)
            page = pages.extract_page(parsed, captured_at=stored.observed_at)
            return (page,), page.thread.comments if page.thread else ()
        if kind == "feed":
            feed = feeds.read_feed(stored.body, stored.url)
            return feed.pages, feed.comments
        try:
            return rest.read_posts(stored.body, stored.url), ()
        except ExtractError:
            return (), rest.read_comments(stored.body, stored.url)


def reextract_source(
    archive: Archive, writer: Writer, run_id: int, source: Source, progress: Progress, *, dry_run: bool = False
) -> Reextracted:
    """Extract every head version of *source* once more and record what comes out otherwise.

    Args:
        dry_run: Report only, write nothing.
    """
    captures, result, works = Captures(archive), Reextracted(), iter(writer.known_posts(source.id))
    done = 0
    while batch := list(islice(works, BATCH)):
        updates: list[WorkUpdate] = []
        for work in batch:
            updates.extend(_post(captures, source, work, result))
        held = writer.known_comments([work.known.work_id for work in batch])
        updates.extend(_comments(captures, source, held, result))
        if not dry_run:
            writer.write(run_id, updates)
        done += len(batch)
        progress("extracting again", done, None)
    return result


def _post(captures: Captures, source: Source, work: KnownWork, result: Reextracted) -> Iterator[WorkUpdate]:
    known = work.known
    if known.state != "open" or known.head is None or not known.witnesses:
        return
    try:
        seen = [page for witness in known.witnesses if (page := _page(captures, witness, known)) is not None]
    except (ExtractError, StorageError) as error:
        result.unreadable.append(f"{work.url}: {error}")
        return
    if not seen:
        result.unreadable.append(f"{work.url}: its captures hold no post by the rules of today")
        return
    yield from _technical(source, known, work.url, reconcile_page(seen), result.posts, result)


def _page(captures: Captures, witness: Witness, known: Known) -> SeenPage | None:
    parts: list[Page] = []
    for capture_id in witness.capture_ids:
        found, _ = captures.read(capture_id, witness.kind)
        parts.extend(page for page in found if page.native_id == known.native_id or witness.kind == "html")
    parts = [part for part in parts if part.work_type != "other"]
    if not parts:
        return None
    return SeenPage(join_pages(parts) if len(parts) > 1 else parts[0], witness.capture_ids)


def _comments(captures: Captures, source: Source, held: Sequence[Known], result: Reextracted) -> Iterator[WorkUpdate]:
    for known in held:
        if known.state != "open" or known.head is None:
            continue
        seen: list[SeenComment] = []
        for witness in known.witnesses:
            for capture_id in witness.capture_ids:
                _, comments = captures.read(capture_id, witness.kind)
                seen.extend(
                    SeenComment(comment, witness.kind, witness.capture_ids)
                    for comment in comments
                    if comment.native_id == known.native_id
                )
        if seen:
            yield from _technical(source, known, "", reconcile_comment(seen), result.comments, result)


def _technical(
    source: Source, known: Known, url: str, said: Reconciled, tally: Counter[str], result: Reextracted
) -> Iterator[WorkUpdate]:
    decision = decide_technical(known, said)
    tally[decision.kind] += 1
    if decision.kind == "technical" and known.head is not None and decision.content is not None:
        what = "metadata" if decision.content.text_sha256 == known.head.text_sha256 else "text"
        result.changed.append((url or f"comment {known.native_id}", what))
    yield WorkUpdate(
        source_id=source.id,
        work_id=known.work_id,
        work_type=known.work_type,
        native_id=known.native_id,
        url=url,
        observed_at=utc_now(),
        decision=decision,
    )
