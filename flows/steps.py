"""The main job in plain functions: source → discover → fetch → capture → extract → collate → archive.

Nothing here knows Prefect (flows/ingest.py lays it upon these functions). An ingest may be killed anywhere: bytes are
in the archive before anything is said of them, and what is said is written in whole batches, so a second run goes on
where the first one ended and doubles nothing.
"""

from __future__ import annotations

import gc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import TracebackType
from typing import Self

from fetchers import Fetcher
from flows.collating import Told, collate_comments, collate_post, tell_absent
from flows.discovery import Listing, Progress, discover
from flows.matching import Entry, counts_anew, is_same_post, leads_elsewhere, match
from flows.memory import Memory
from flows.quality import Watch
from flows.quiet import KEY, Quiet, look, remembered
from flows.reading import HtmlView, fetch_ahead, read_post
from flows.reextraction import Reextracted, reextract_source
from flows.visiting import Visitor
from storage.archive import Archive
from storage.writer import KnownWork
from variorum.errors import UsageError
from variorum.records import Known, Report, Source, WorkUpdate
from variorum.settings import Settings
from variorum.times import utc_now
from variorum.urls import canonical_url, host_of

BATCH = 20  #: posts fetched, then written together
_OBJECTS = 15_000  # made and not freed, after which Python looks for cycles; its own 700 cost 4 % of an ingest


def silent(phase: str, done: int, total: int | None) -> None:
    """Progress for nobody."""


@dataclass(slots=True)
class Ingest:
    """One run over one source, a context manager: `discover`, then `ingest` for each of `batches`, then `finish`."""

    folder: str
    source_key: str
    settings: Settings
    limit: int | None = None
    full: bool = False
    progress: Progress = silent

    source: Source = field(init=False)
    listing: Listing = field(init=False)
    entries: list[Entry] = field(init=False, default_factory=list)
    posts: Counter[str] = field(init=False, default_factory=Counter)
    comments: Counter[str] = field(init=False, default_factory=Counter)
    warnings: list[str] = field(init=False, default_factory=list)
    found: int = field(init=False, default=0)
    vouched: int = field(init=False, default=0)
    capped: int = field(init=False, default=0)
    done: int = field(init=False, default=0)
    _done_works: set[int] = field(init=False, default_factory=set)
    _by_native: dict[str | None, KnownWork] = field(init=False, default_factory=dict)
    _by_url: dict[str, KnownWork] = field(init=False, default_factory=dict)
    _adopted: set[str] = field(init=False, default_factory=set)  #: listed addresses that a known work's own leads to
    _started_at: datetime = field(init=False)
    _visitor: Visitor = field(init=False)
    _run_id: int = field(init=False)
    _memory: Memory = field(init=False)
    _watch: Watch = field(init=False)
    _stack: ExitStack = field(init=False)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(_rare_collections())
            archive = stack.enter_context(Archive.open(self.folder, create=True))
            writer = stack.enter_context(archive.writer())
            self.source = known_source(archive, self.source_key) or writer.add_source(_home(self.source_key))
            fetcher = stack.enter_context(Fetcher(self.settings, trusted_hosts=frozenset({host_of(self.source.home)})))
            self._started_at = utc_now()
            self._run_id = writer.begin_run(self.source.id, "ingest")
            self._memory = Memory.of(writer, self.source.id)
            self._watch = Watch.of(writer, self.source.id)
            validators = writer.validators(self.source.id)
            self._visitor = Visitor(fetcher, archive, writer, self._run_id, self.source.id, validators)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is not None and not isinstance(error, KeyboardInterrupt):
                self._visitor.writer.end_run(self._run_id, None, error=f"{kind.__name__}: {error}" if kind else None)

    def discover(self) -> None:
        """Ask the listers, and put what they tell beside what the archive knows."""
        visitor, writer = self._visitor, self._visitor.writer
        if self.source.settings.get("extractor") not in (None, self._memory.rules.text):
            self._read_again()
        quiet = None if self.full else look(self.source.settings, self._memory.rules.text, visitor)
        if quiet is not None:
            self._touch(quiet)
            return
        site, self.listing = discover(self.source, visitor, self.progress)
        self.found = len(self.listing.works)
        visitor.keep()
        self.warnings.extend(self.listing.warnings)
        before = self.source.platform
        found = {"extractor": self._memory.rules.text, **(site.settings() if site else {})}
        # should this run die half-way, the listings that are remembered say no more what the archive holds
        held = {key: value for key, value in self.source.settings.items() if key != KEY}
        self.source = writer.update_source(
            self.source.id,
            name=self.source.name or (site.title if site else None),
            platform=(site.platform if site else None) or self.source.platform,
            settings={**held, **{key: value for key, value in found.items() if value}},
        )
        known = writer.known_posts(self.source.id)
        if counts_anew(self.listing, known):
            writer.retire_native_ids(self._run_id, self.source.id, before=before, now=self.source.platform)
            self.warnings.append(f"{self.source.home} is another platform now: its posts are known by their addresses")
            known = writer.known_posts(self.source.id)
        self._by_native = {item.known.native_id: item for item in known if item.known.native_id}
        self._by_url = {url: item for item in known for url in (*item.aliases, item.url)}
        entries = match(self.listing, known)
        self.entries = [entry for entry in entries if not entry.is_taken_down]
        self.posts["takedown"] += len(entries) - len(self.entries)
        if self.limit is not None:
            self.capped = max(0, len(self.entries) - self.limit)
            self.entries = self.entries[: self.limit]

    def _read_again(self, *, by_profile: bool = False) -> None:
        """Extract the heads by the rules, or the profile, of today, where those before made them."""
        archive, writer = self._visitor.archive, self._visitor.writer
        changed = reextract_source(
            archive, writer, self._run_id, self.source, self._memory, self.progress, by_profile=by_profile
        )
        for told, counts in ((self.posts, changed.posts), (self.comments, changed.comments)):
            # what is read as before is counted once, when it is seen
            told.update({kind: number for kind, number in counts.items() if kind != "same"})

    def _touch(self, quiet: Quiet) -> None:
        """Record that every text was seen unchanged: the listings say so, byte for byte."""
        visitor = self._visitor
        visitor.keep()
        self.listing = Listing()
        at = min(seen.exchange.requested_at for seen in quiet.documents)
        posts, comments = visitor.writer.touch(self.source.id, at)
        self.found = self.vouched = quiet.found
        self.posts.update({"same": posts, "protected": quiet.protected})
        self.comments.update({"same": comments})

    def batches(self, size: int = BATCH) -> Iterator[Sequence[Entry]]:
        """Yield the works to be looked at, *size* at a time."""
        for start in range(0, len(self.entries), size):
            yield self.entries[start : start + size]

    def ingest(self, batch: Sequence[Entry]) -> None:
        """Fetch what the listings do not vouch for, then write what is to be said of every work of the batch."""
        visitor, writer = self._visitor, self._visitor.writer
        ids = [entry.known.known.work_id for entry in batch if entry.known]
        comments_of: dict[int, list[Known]] = {}
        for comment in writer.known_comments(ids):
            comments_of.setdefault(comment.parent_work_id or 0, []).append(comment)
        vouched = self._fetch(batch, comments_of)
        views: list[HtmlView | None] = []
        looked: list[Entry] = []
        for entry, is_told in zip(batch, vouched, strict=True):
            if self._is_adopted(entry):
                continue
            looked.append(entry)
            if is_told:
                views.append(None)
                continue
            before, whole = _read_before(entry), _is_told_whole(entry)
            views.append(read_post(entry.url, visitor, self._memory, read_before=before, whole_elsewhere=whole))
            self._follow(entry, views[-1])
        visitor.keep()
        batch = looked
        self._recognise(batch, views, comments_of)
        known = (entry.known.known if entry.known else None for entry in batch)
        self._watch.look(zip(views, (entry.listed for entry in batch), known, strict=True))
        if self._watch.holds:
            for entry in batch:
                entry.doubt_again()
        updates: list[WorkUpdate] = []
        for entry, view in zip(batch, views, strict=True):
            if self._is_done(entry):
                continue
            told = self._told(entry, view, comments_of)
            if view is not None:
                self.warnings.extend(view.warnings)
            self.posts[told.kind] += 1
            self.comments.update(update.decision.kind for update in told.comments)
            if told.excuses_failure and view is not None:
                visitor.forgive(view.url)
            updates.extend(told.updates)
        writer.write(self._run_id, updates, extractor=self._memory.rules.text)
        self._memory.keep(self._run_id)

    def _fetch(self, batch: Sequence[Entry], comments_of: Mapping[int, Sequence[Known]]) -> list[bool]:
        """Fetch the pages of a batch, and return for each work whether the listings vouch for it instead.

        All of a batch, then they are read: a processor that fetches and reads in turns forgets the one over the other,
        and spends a fifth more.
        """
        vouched = []
        for entry in batch:
            told = not self.full and entry.known and is_vouched(entry, self._told(entry, None, comments_of))
            vouched.append(bool(told))
            if not told and not self._is_adopted(entry):
                fetch_ahead(entry.url, self._visitor)
            self.done += 1
            self.progress("archiving", self.done, len(self.entries))
        self.vouched += sum(vouched)
        return vouched

    def _is_adopted(self, entry: Entry) -> bool:
        """Return whether a listed address is the new one of a known work, which was looked at by its old one."""
        return entry.known is None and entry.url in self._adopted

    def _follow(self, entry: Entry, view: HtmlView | None) -> None:
        """Note what the address of a work that is listed no more leads to: its own new one, another work, a guess.

        WordPress leads the reader of a deleted post to one whose address begins alike.
        """
        if view is None or entry.listed is not None or entry.known is None or not leads_elsewhere(entry.url, view):
            return
        other = self._by_url.get(view.first.url)
        if other is not None and other.known.work_id == entry.known.known.work_id:
            return  # to another address of its own
        entry.leads_to = other
        if not is_same_post(entry.known.known, view.page, self._visitor.archive):
            entry.is_elsewhere = True
        elif other is None and (listed := self.listing.works.get(view.first.url)) is not None:
            self._adopted.add(listed.url)
            entry.listed = listed

    def _recognise(
        self, batch: Sequence[Entry], views: Sequence[HtmlView | None], comments_of: dict[int, list[Known]]
    ) -> None:
        """Find the known work behind a new address by the native id that its page tells: a slug or date was changed."""
        writer = self._visitor.writer
        for entry, view in zip(batch, views, strict=True):
            native_id = view.page.native_id if view is not None and view.page is not None else None
            if entry.known is None and native_id in self._by_native:
                entry.known = self._by_native[native_id]
                work_id = entry.known.known.work_id
                comments_of[work_id] = list(writer.known_comments([work_id]))

    def _is_done(self, entry: Entry) -> bool:
        """Return whether the work was told of in this run already: at its new address, before its old one led there."""
        work_id = entry.known.known.work_id if entry.known else None
        if work_id in self._done_works:
            return True
        if work_id is not None:
            self._done_works.add(work_id)
        return False

    def _told(self, entry: Entry, view: HtmlView | None, comments_of: Mapping[int, Sequence[Known]]) -> Told:
        known = entry.known.known if entry.known else None
        told = (
            tell_absent(self.source.id, entry.known, view, self.listing, entry.same_as)
            if entry.listed is None and entry.known and (view is None or view.page is None or entry.is_absent)
            else collate_post(self.source.id, entry.listed, entry.known, view, self.listing)
        )
        held = comments_of.get(known.work_id, []) if known else []
        shown = None if entry.is_absent else view  # not the thread of what its address leads to
        return collate_comments(told, entry.listed, entry.known, held, shown, self.listing)

    def _set(self, **settings: object) -> None:
        settings = {**self.source.settings, **settings}
        self.source = self._visitor.writer.update_source(self.source.id, settings=settings)

    def finish(self) -> Report:
        """Close the run and return its report."""
        visitor = self._visitor
        visitor.keep()
        if quality := self._watch.measured():
            visitor.writer.keep_quality(self.source.id, self._run_id, quality)
        if self._watch.drift:
            self.warnings.append(f"the pages are read worse than before: {self._watch.drift}")
        if self._memory.learn(self._run_id):
            self._read_again(by_profile=True)
            self._set(extractor=self._memory.rules.text)
        if self.entries:
            open_ends = visitor.failed or self.capped or visitor.writer.has_open_ends(self.source.id)
            told = None if open_ends else remembered(self.listing, self._memory.rules.text, self.posts["protected"])
            self._set(**{KEY: told})
        report = Report(
            source=self.source.slug,
            started_at=self._started_at,
            ended_at=utc_now(),
            found=self.found,
            fetched=visitor.fetched,
            not_modified=visitor.not_modified,
            vouched=self.vouched,
            posts=dict(+self.posts),
            comments=dict(+self.comments),
            failed=tuple(visitor.failed),
            warnings=tuple(dict.fromkeys(self.warnings)),
            capped=self.capped,
            bytes_received=visitor.bytes_received,
        )
        visitor.writer.end_run(self._run_id, report, progress=self.progress)
        return report


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Look for cycles of objects seldom: a page makes ten thousands of objects, and hardly a cycle."""
    before = gc.get_threshold()
    if 0 < before[0] < _OBJECTS:
        gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def ingest(
    folder: str,
    source_key: str,
    settings: Settings,
    *,
    limit: int | None = None,
    full: bool = False,
    progress: Progress = silent,
) -> Report:
    """Ingest one source and report.

    Args:
        folder: The archive; made if it is not there.
        source_key: Slug, id or URL of a source; a URL that is not known is added first.
        settings: Of this installation.
        limit: Look at this many works at most; the rest is counted in `Report.capped`.
        full: Fetch every page, also where a complete listing vouches that nothing changed.
        progress: Called with a phase, how much is done, and of how much (None: not known yet).

    Raises:
        UsageError: The key is no known source and no URL.
        StorageError: The archive cannot be written.
    """
    with Ingest(folder, source_key, settings, limit, full, progress) as job:
        job.discover()
        for batch in job.batches():
            job.ingest(batch)
        return job.finish()


def add(
    folder: str,
    url: str,
    settings: Settings,
    *,
    name: str | None = None,
    every_s: int | None = None,
    continues: str | None = None,
) -> tuple[Source, tuple[str, ...]]:
    """Register a source: look at its home page, recognise its platform and listers.

    Args:
        folder: The archive; made if it is not there.
        url: Its home page.
        settings: Of this installation.
        name: For people, in place of the title of the page.
        every_s: How often it is to be ingested.
        continues: Slug, id or URL of the source that is at this address now; its history goes on.

    Returns:
        The source, and warnings for the operator (the home page could not be read, …).
    """
    from extractors import site as sites

    home = _home(url)
    with Archive.open(folder, create=True) as archive, archive.writer() as writer:
        if continues is not None:
            writer.move_source(archive.source(continues).id, home)
        source = writer.add_source(home, name=name, every_s=every_s)
        run_id = writer.begin_run(source.id, "add")
        with Fetcher(settings, trusted_hosts=frozenset({host_of(home)})) as fetcher:
            visitor = Visitor(fetcher, archive, writer, run_id, source.id, writer.validators(source.id))
            seen = visitor.see(home, "home")
            visitor.keep()
        warnings: tuple[str, ...] = tuple(f"{outcome.url}: {outcome.error}" for outcome in visitor.failed)
        if seen.found:
            site = sites.recognise(seen.parse(), seen.exchange.headers)
            source = writer.update_source(
                source.id,
                name=source.name or site.title,
                platform=site.platform or source.platform,
                settings={**source.settings, **{key: value for key, value in site.settings().items() if value}},
            )
        writer.end_run(run_id, None)
    return source, warnings


def known_source(archive: Archive, key: str) -> Source | None:
    """Return the source of that slug, id or URL; None where *key* is a URL that is not known yet.

    Raises:
        UsageError: It is neither.
    """
    try:
        return archive.source(key)
    except UsageError:
        if canonical_url(key) is None:
            raise
        return None


def _home(url: str) -> str:
    home = canonical_url(url)
    if home is None:
        raise UsageError(f"{url!r} is no address of a blog: write it with http:// or https://")
    return home


def _read_before(entry: Entry) -> tuple[int, ...]:
    """Return the captures of the pages in which the post was last seen."""
    witnesses = entry.known.known.witnesses if entry.known else ()
    return next((witness.capture_ids for witness in witnesses if witness.kind == "html"), ())


def _is_told_whole(entry: Entry) -> bool:
    return entry.listed is not None and any(page.witness == "rest" for page, _ in entry.listed.pages)


def is_vouched(entry: Entry, told: Told) -> bool:
    """Return whether a complete listing vouches that nothing of a post or its thread changed since it was seen.

    Asked only of posts whose HTML was seen before, so that every post has been seen as its readers see it.
    """
    assert entry.known is not None
    kinds = {witness.kind for witness in entry.known.known.witnesses}
    return (
        told.listed_by_rest
        and "html" in kinds
        and told.kind in ("same", "protected")
        and not told.thread_moved
        and all(update.decision.kind == "same" for update in told.comments)
    )


def reextract(
    folder: str,
    source_key: str | None,
    settings: Settings,
    *,
    jobs: int = 1,
    dry_run: bool = False,
    progress: Progress = silent,
) -> dict[str, Reextracted]:
    """Extract the head versions of one source, or of all, once more with the rules of today.

    Args:
        folder: The archive.
        source_key: Slug, id or URL; None for all sources.
        settings: Of this installation.
        jobs: Processes that extract.
        dry_run: Report only.
        progress: As for `ingest`.

    Returns:
        Slug → what came out.
    """
    results: dict[str, Reextracted] = {}
    with Archive.open(folder) as archive, archive.writer() as writer:
        for source in [archive.source(source_key)] if source_key else archive.sources():
            run_id = writer.begin_run(source.id, "reextract")
            memory = Memory.of(writer, source.id)
            results[source.slug] = reextract_source(
                archive, writer, run_id, source, memory, progress, jobs=jobs, dry_run=dry_run
            )
            if not dry_run:
                writer.update_source(source.id, settings={**source.settings, "extractor": memory.rules.text})
            writer.end_run(run_id, None)
    return results
