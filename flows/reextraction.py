"""New rules over old captures: what differs is ours, not the author's, and is recorded as `technical`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import partial

from collation.decide import decide_technical
from collation.reconcile import Reconciled, SeenComment, SeenPage, join_pages, reconcile_comment, reconcile_page
from extractors import document, feeds, generic, rest
from extractors import page as pages
from extractors.profile import SiteProfile
from flows.collating import comment_keys
from flows.discovery import Progress
from flows.memory import Memory
from storage.archive import Archive
from storage.bodies import StoredBody
from storage.writer import KnownWork, Writer
from variorum.errors import DestroyedError, ExtractError
from variorum.records import Comment, Known, Page, Source, Witness, WitnessKind, WorkUpdate
from variorum.times import utc_now

BATCH = 100
#: States of the works that are read: one that is missing may be back tomorrow, and is to be compared by the same rules.
_READ = frozenset(("open", "missing"))


@dataclass(slots=True)
class Reextracted:
    """What a re-extraction found."""

    posts: Counter[str] = field(default_factory=Counter)  #: kind of decision → number
    comments: Counter[str] = field(default_factory=Counter)
    changed: list[tuple[str, str]] = field(default_factory=list)  #: (address, "text" or "metadata")
    unreadable: list[str] = field(default_factory=list)  #: works that their captures hold no more


Read = tuple[tuple[Page, ...], tuple[Comment, ...]]


class Captures:
    """Stored documents, read and extracted once each; several at a time where there is a pool for it."""

    def __init__(self, archive: Archive, profile: SiteProfile | None, pool: ProcessPoolExecutor | None = None) -> None:
        self._archive = archive
        self._extract = partial(_extract, profile=profile)
        self._pool = pool
        self._read: dict[tuple[int, WitnessKind], Read | ExtractError] = {}

    def prepare(self, wanted: Iterable[tuple[int, WitnessKind]]) -> None:
        """Extract those of *wanted* that are not at hand, and let go of all others."""
        keys = list(dict.fromkeys(wanted))
        self._read = {key: read for key, read in self._read.items() if key in keys}
        missing = [key for key in keys if key not in self._read]
        stored: list[tuple[StoredBody, WitnessKind]] = []
        for number, kind in list(missing):
            try:
                stored.append((self._archive.body(number), kind))
            except DestroyedError as error:
                missing.remove((number, kind))
                self._read[number, kind] = ExtractError(str(error))
        results = self._pool.map(self._extract, stored, chunksize=8) if self._pool else map(self._extract, stored)
        self._read.update(zip(missing, results, strict=True))

    def read(self, capture_id: int, kind: WitnessKind) -> Read:
        """Return the pages and comments of a prepared capture.

        Raises:
            ExtractError: It holds none.
        """
        found = self._read[capture_id, kind]
        if isinstance(found, ExtractError):
            raise found
        return found


def _extract(item: tuple[StoredBody, WitnessKind], profile: SiteProfile | None) -> Read | ExtractError:
    stored, kind = item
    try:
        if kind == "html":
            parsed = document.parse(stored.body, stored.url, stored.content_type)
            page = pages.extract_page(parsed, captured_at=stored.observed_at, profile=profile)
            return (page,), page.thread.comments if page.thread else ()
        if kind == "feed":
            feed = feeds.read_feed(stored.body, stored.url)
            return feed.pages, feed.comments
        if "/comments" in stored.url:
            return (), rest.read_comments(stored.body, stored.url)
        return rest.read_posts(stored.body, stored.url), ()
    except ExtractError as error:
        return error


def reextract_source(
    archive: Archive,
    writer: Writer,
    run_id: int,
    source: Source,
    memory: Memory,
    progress: Progress,
    *,
    by_profile: bool = False,
    jobs: int = 1,
    dry_run: bool = False,
) -> Reextracted:
    """Extract every head version of *source* once more and record what comes out otherwise.

    Args:
        archive: To read captures from.
        writer: To write with.
        run_id: The run that this belongs to.
        source: Whose works.
        memory: With the profile of the source.
        progress: Called with the number of posts done.
        by_profile: Nothing but the profile is another one: posts that a platform's rules read say the same as before,
            and so do all comments.
        jobs: Processes that extract.
        dry_run: Report only, write nothing.
    """
    result = Reextracted()
    works = [work for work in writer.known_posts(source.id) if not by_profile or _heeds_profile(work)]
    with ProcessPoolExecutor(jobs) if jobs > 1 else nullcontext() as pool:
        captures = Captures(archive, memory.profile, pool)
        for start in range(0, len(works), BATCH):
            batch = works[start : start + BATCH]
            held = [] if by_profile else writer.known_comments([work.known.work_id for work in batch])
            told = [*(work.known for work in batch), *held]
            witnesses = [witness for known in told for witness in known.witnesses]
            captures.prepare((number, witness.kind) for witness in witnesses for number in witness.capture_ids)
            updates: list[WorkUpdate] = []
            for work in batch:
                updates.extend(_post(captures, source, work, result))
            updates.extend(_comments(captures, source, held, result))
            if not dry_run:
                writer.write(run_id, updates, extractor=memory.rules.text)
            progress("extracting again", start + len(batch), len(works))
    return result


def _heeds_profile(work: KnownWork) -> bool:
    return any(witness.kind == "html" and witness.extractor == generic.REVISION for witness in work.known.witnesses)


def _post(captures: Captures, source: Source, work: KnownWork, result: Reextracted) -> Iterator[WorkUpdate]:
    known = work.known
    if known.state not in _READ or known.head is None or not known.witnesses:
        return
    try:
        seen = [page for witness in known.witnesses if (page := _page(captures, witness, work)) is not None]
    except ExtractError as error:
        result.unreadable.append(f"{work.url}: {error}")
        return
    if not seen:
        result.unreadable.append(f"{work.url}: its captures hold no post by the rules of today")
        return
    yield from _technical(source, known, work.url, reconcile_page(seen), result.posts, result)


def _page(captures: Captures, witness: Witness, work: KnownWork) -> SeenPage | None:
    addresses = {work.url, *work.aliases}
    parts: list[Page] = []
    for capture_id in witness.capture_ids:
        found, _ = captures.read(capture_id, witness.kind)
        parts.extend(
            page
            for page in found
            if witness.kind == "html"
            or (page.native_id is not None and page.native_id == work.known.native_id)
            or (page.native_id is None and page.url in addresses)
        )
    parts = [part for part in parts if part.work_type != "other"]
    if not parts:
        return None
    return SeenPage(join_pages(parts) if len(parts) > 1 else parts[0], witness.capture_ids)


def _comments(captures: Captures, source: Source, held: Sequence[Known], result: Reextracted) -> Iterator[WorkUpdate]:
    for known in held:
        if known.state not in _READ or known.head is None:
            continue
        seen: list[SeenComment] = []
        for witness in known.witnesses:
            for capture_id in witness.capture_ids:
                try:
                    _, comments = captures.read(capture_id, witness.kind)
                except ExtractError:
                    continue  # its post is reported
                seen.extend(
                    SeenComment(comment, witness.kind, witness.capture_ids)
                    for key, comment in zip(comment_keys(comments), comments, strict=True)
                    if key == known.native_id
                )
        if seen:
            yield from _technical(source, known, "", reconcile_comment(seen), result.comments, result)


def _technical(
    source: Source, known: Known, url: str, said: Reconciled, tally: Counter[str], result: Reextracted
) -> Iterator[WorkUpdate]:
    decision = decide_technical(known, said)
    decision = replace(decision, absences=known.absences, pending_sha256=known.pending_sha256)
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
        state=known.state,
    )
